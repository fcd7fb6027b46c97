"""Effects of rules: each reads its line of the data file and returns what the session gets."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import cast

from .. import profiles
from ..amounts import to_decimal, to_hundredths
from ..catalog import CatalogError, Json, Program, number
from ..clock import to_wire
from ..durations import add_duration
from ..identity import make_uuid
from ..ledger import AT_ONCE, Window
from . import codes_given, expiry, item_costs
from .build import build, part_of
from .conditions import matches
from .draft import Context, EffectFailed
from .model import Effect, Item, PointsMove, Wire
from .rewards import REWARDS

Maker = Callable[[Context, Json, int], list[Effect]]


def make(context: Context, spec: Json, index: int) -> list[Effect]:
    """Run one effect of the data file; EffectFailed when it cannot be applied, nothing when it comes to zero."""
    maker = EFFECTS.get(str(spec["do"]))
    if maker is None:
        raise CatalogError(f"unknown effect {spec['do']!r}")
    return maker(context, spec, index)


def _cut(props: Wire, wanted: int, allowed: int) -> Wire:
    return {**props, "desiredValue": to_decimal(wanted)} if allowed < wanted else props


def _discount(context: Context, spec: Json, index: int) -> list[Effect]:
    base = context.view.item_total if spec.get("of") == "items" else context.view.total
    wanted = part_of(spec, base)
    if "at_most" in spec:
        wanted = min(wanted, to_hundredths(spec["at_most"]))
    wanted = min(wanted, context.left_to_pay())
    if wanted <= 0:
        return []
    allowed = context.take_budget(wanted)
    props = _cut({"name": str(spec["name"]), "value": to_decimal(allowed)}, wanted, allowed)
    return [build(context, "setDiscount", props, allowed)]


def _discount_items(context: Context, spec: Json, index: int) -> list[Effect]:
    made = []
    for item in context.view.items:
        if not matches(item, spec):
            continue
        for unit in item.units:
            made += _discount_unit(context, spec, item, unit)
    return made


def _discount_unit(context: Context, spec: Json, item: Item, unit: int) -> list[Effect]:
    taken = context.draft.unit_discounts
    place = (item.position, unit)
    wanted = min(part_of(spec, item.price), item.price - taken.get(place, 0), context.left_to_pay())
    if wanted <= 0:
        return []
    allowed = context.take_budget(wanted)
    taken[place] = taken.get(place, 0) + allowed
    props: Wire = {"name": str(spec["name"]), "value": to_decimal(allowed), "position": item.position}
    if item.quantity > 1:
        props["subPosition"] = unit
    effect = build(context, "setDiscountPerItem", _cut(props, wanted, allowed), allowed)
    return [replace(effect, position=item.position, sub_position=unit)]


def _discount_cost(context: Context, spec: Json, index: int) -> list[Effect]:
    name = str(spec["cost"])
    charged = context.view.costs.get(name, 0) - context.draft.cost_discounts.get(name, 0)
    wanted = min(part_of(spec, context.view.costs.get(name, 0)), charged, context.left_to_pay())
    if wanted <= 0:
        return []
    allowed = context.take_budget(wanted)
    context.draft.cost_discounts[name] = context.draft.cost_discounts.get(name, 0) + allowed
    props: Wire = {
        "name": str(spec["name"]),
        "additionalCostId": context.world.catalog.additional_costs[name],
        "additionalCost": name,
        "value": to_decimal(allowed),
    }
    return [build(context, "setDiscountPerAdditionalCost", _cut(props, wanted, allowed), allowed)]


def _add_points(context: Context, spec: Json, index: int) -> list[Effect]:
    program, subledger = _ledger(context, spec)
    items = [item for item in context.view.items if matches(item, spec)]
    if spec.get("each") is True:
        awards = [(_points_for(spec, item.price), item, unit) for item in items for unit in item.units]
        return [
            _award(context, spec, index, program, subledger, amount, (item, unit))
            for amount, item, unit in awards
            if amount > 0
        ]
    filtered = any(key in spec for key in ("category", "sku", "attribute"))
    base = sum(item.value for item in items) if filtered else _base(context, spec)
    amount = _points_for(spec, base)
    return [_award(context, spec, index, program, subledger, amount, None)] if amount > 0 else []


def _base(context: Context, spec: Json) -> int:
    match spec.get("of", "items"):
        case "total":
            return context.view.total
        case "paid":
            return max(0, context.view.item_total - context.draft.discount)
        case _:
            return context.view.item_total


def _points_for(spec: Json, money: int) -> int:
    """Hundredths of points for hundredths of money; a fixed award does not look at the money."""
    if "points" in spec:
        return to_hundredths(spec["points"])
    points = to_hundredths(number(spec["per_euro"]) * money / 100)
    return points // 100 * 100 if spec.get("whole") is True else points


def _ledger(context: Context, spec: Json) -> tuple[Program, str]:
    program = context.program(spec["program"])
    subledger = str(spec.get("subledger", ""))
    context.account(program, subledger)  # refuses a session without the customer or card that it needs
    card = context.view.card
    if program.card_based and card is not None and card.status != "active":
        raise EffectFailed(f"the loyalty card is {card.status}")
    return program, subledger


def _award(
    context: Context,
    spec: Json,
    index: int,
    program: Program,
    subledger: str,
    amount: int,
    unit: tuple[Item, int] | None,
) -> Effect:
    place = None if unit is None else (unit[0].position, unit[1])
    window = _window(context, spec, program)
    props: Wire = {
        "name": str(spec["name"]),
        "programId": program.id,
        "subLedgerId": subledger,
        "value": to_decimal(amount),
        "recipientIntegrationId": _recipient(context, spec),
        "transactionUUID": _uuid(context, index, place),
    }
    if window.starts is not None:
        props["startDate"] = to_wire(window.starts)
    if window.expires is not None:
        props["expiryDate"] = to_wire(window.expires)
    if window.awaits:
        props["awaitsActivation"] = True
        if window.validity is not None:
            props["validityDuration"] = window.validity
    if unit is not None:
        props["cartItemPosition"] = unit[0].position
        if unit[0].quantity > 1:
            props["cartItemSubPosition"] = unit[1]
    effect = _moving(context, "addLoyaltyPoints", props, amount, program, subledger, window, place)
    return _for_advocate(context, effect) if spec.get("to") == "advocate" else effect


def _for_advocate(context: Context, effect: Effect) -> Effect:
    """The award for whoever made the referral code."""
    advocate = (
        None if context.referral is None else profiles.find(context.world.conn, context.referral["advocate"])
    )
    if advocate is None or effect.points is None:
        raise EffectFailed("there is no advocate")
    return replace(effect, points=replace(effect.points, profile_id=advocate.id))


def _moving(
    context: Context,
    effect_type: str,
    props: Wire,
    amount: int,
    program: Program,
    subledger: str,
    window: Window,
    place: tuple[int, int] | None,
) -> Effect:
    card = context.view.card if program.card_based else None
    if card is not None:
        props["cardIdentifier"] = card.identifier
    return replace(
        build(context, effect_type, props, amount),
        position=None if place is None else place[0],
        sub_position=None if place is None else place[1],
        points=PointsMove(program.id, subledger, window, None if card is None else card.id),
    )


def _window(context: Context, spec: Json, program: Program) -> Window:
    valid = spec.get("valid")
    if spec.get("awaits_action") is True:
        return Window(awaits=True, validity=None if valid is None else str(valid))
    starts = add_duration(context.now, str(spec["pending"]), program.zone) if "pending" in spec else None
    since = context.now if starts is None else starts
    expires = None if valid is None else add_duration(since, str(valid), program.zone)
    return Window(starts, expires)


def _recipient(context: Context, spec: Json) -> str:
    if spec.get("to") == "advocate" and context.referral is not None:
        return str(context.referral["advocate"])
    return "" if context.view.profile is None else context.view.profile.integration_id


def _uuid(context: Context, index: int, place: tuple[int, int] | None) -> str:
    coupon = None if context.coupon is None else context.coupon["id"]
    return make_uuid(context.view.nonce, context.campaign.id, context.rule_index, index, coupon, place)


def _pay_with_points(context: Context, spec: Json, index: int) -> list[Effect]:
    """Spend what the session attribute says: a number of points, or, for true, as many as are of use."""
    program, subledger = _ledger(context, spec)
    asked = context.view.attributes.get(str(spec["attribute"]))
    if asked is None or asked is False:
        return []
    rate = number(spec["points_per_euro"])
    spent = context.draft.spent_points  # awards of this session are not active yet, so they cannot pay for it
    active = context.balance(program, subledger).active - spent.get((program.id, subledger), 0)
    if asked is True:
        wanted = max(0, active)
    elif isinstance(asked, int | Decimal):
        wanted = to_hundredths(asked)
        if wanted > active:
            raise EffectFailed(f"{to_decimal(active)} points are active, {asked} were asked for")
    else:
        raise EffectFailed(f"{spec['attribute']} is neither a number nor true")
    money = min(int(Decimal(wanted) / rate), context.left_to_pay())
    if money <= 0:
        return []
    money = context.take_budget(money)
    points = to_hundredths(rate * money / 100)
    spent[program.id, subledger] = spent.get((program.id, subledger), 0) + points
    props: Wire = {
        "ruleTitle": context.rule_name,
        "programId": program.id,
        "subLedgerId": subledger,
        "value": to_decimal(points),
        "transactionUUID": _uuid(context, index, None),
        "name": str(spec["name"]),
    }
    discount: Wire = {"name": str(spec["name"]), "value": to_decimal(money)}
    return [
        _moving(context, "deductLoyaltyPoints", props, points, program, subledger, AT_ONCE, None),
        build(context, "setDiscount", discount, money),
    ]


def _notify(context: Context, spec: Json, index: int) -> list[Effect]:
    props: Wire = {
        "notificationType": spec.get("type", "Info"),
        "title": spec["title"],
        "body": spec["body"],
    }
    return [build(context, "showNotification", props)]


def _custom(context: Context, spec: Json, index: int) -> list[Effect]:
    props: Wire = {"effectId": spec["id"], "name": spec["name"], "payload": spec.get("payload", {})}
    return [build(context, "customEffect", props)]


def _free_item(context: Context, spec: Json, index: int) -> list[Effect]:
    return [build(context, "addFreeItem", {"sku": spec["sku"], "name": spec["name"]})]


def _set_attribute(context: Context, spec: Json, index: int) -> list[Effect]:
    return [build(context, "updateAttribute", {"path": spec["path"], "value": spec["value"]})]


def _audience(context: Context, spec: Json, index: int) -> list[Effect]:
    if context.view.profile is None:
        raise EffectFailed("the session has no customer profile")
    audience = cast(int, spec["audience"])
    name = profiles.audience_name(context.world.conn, audience)
    if name is None:  # choices.py, deleted-audience
        return []
    props: Wire = {
        "audienceId": audience,
        "audienceName": name,
        "profileIntegrationId": context.view.profile.integration_id,
        "profileId": context.view.profile.id,
    }
    return [build(context, "addToAudience" if spec["do"] == "join_audience" else "removeFromAudience", props)]


EFFECTS: Mapping[str, Maker] = {
    "discount": _discount,
    "discount_items": _discount_items,
    "discount_cost": _discount_cost,
    "discount_item_cost": item_costs.discount_item_cost,
    "add_points": _add_points,
    "pay_with_points": _pay_with_points,
    "notify": _notify,
    "custom": _custom,
    "free_item": _free_item,
    "set_attribute": _set_attribute,
    "join_audience": _audience,
    "leave_audience": _audience,
    **REWARDS,
    "extend_expiry": expiry.extend,
    "set_expiry": expiry.replace,
    "create_coupon": codes_given.create,
    "reserve_coupon": codes_given.reserve,
    "create_referral": codes_given.refer,
}
