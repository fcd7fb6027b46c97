"""Conditions of rules: each returns None when it holds, else one line that says why not."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from ..amounts import to_decimal, to_hundredths
from ..catalog import CatalogError, Json
from ..tiers import standing
from .draft import Context, EffectFailed
from .model import Event, Item

Condition = Callable[[Context, Event | None, Json], str | None]


def check(context: Context, event: Event | None, spec: Json) -> str | None:
    """Try one condition of the data file; CatalogError for one that nobody knows."""
    condition = CONDITIONS.get(str(spec["if"]))
    if condition is None:
        raise CatalogError(f"unknown condition {spec['if']!r}")
    try:
        return condition(context, event, spec)
    except EffectFailed as error:
        return str(error)


def _coupon(context: Context, event: Event | None, spec: Json) -> str | None:
    return None if context.coupon is not None else "no valid coupon of this campaign was entered"


def _referral(context: Context, event: Event | None, spec: Json) -> str | None:
    return None if context.referral is not None else "no valid referral code of this campaign was entered"


def _cart_total(context: Context, event: Event | None, spec: Json) -> str | None:
    if not context.view.exists:
        return "there is no session"
    return _in_range(context.view.item_total, spec, "the cart total")


def _cart_has(context: Context, event: Event | None, spec: Json) -> str | None:
    items = [item for item in context.view.items if matches(item, spec)]
    quantity = sum(len(item.units) for item in items)
    wanted = cast(int, spec.get("quantity", 1))
    if quantity < wanted:
        return f"{quantity} matching items in the cart, {wanted} needed"
    return _in_range(sum(item.value for item in items), spec, "their value")


def _profile(context: Context, event: Event | None, spec: Json) -> str | None:
    return None if context.view.profile is not None else "the session has no customer profile"


def _audience(context: Context, event: Event | None, spec: Json) -> str | None:
    """The file's audience of that name, whatever it is called by now; a later one of the same name is another."""
    name, profile = str(spec["name"]), context.view.profile
    meant = {number for number, called in context.world.catalog.audiences.items() if called == name}
    member = profile is not None and not meant.isdisjoint(profile.audiences)
    return None if member else f"the customer is not in the audience {name}"


def _profile_attribute(context: Context, event: Event | None, spec: Json) -> str | None:
    if context.view.profile is None:
        return "the session has no customer profile"
    return _attribute(context.view.profile.attributes, spec)


def _session_attribute(context: Context, event: Event | None, spec: Json) -> str | None:
    return _attribute(context.view.attributes, spec)


def _card(context: Context, event: Event | None, spec: Json) -> str | None:
    card = context.view.card
    if card is None or ("program" in spec and card.program_id != spec["program"]):
        return "no such loyalty card in the session"
    return None if card.status == "active" else f"the loyalty card is {card.status}"


def _points(context: Context, event: Event | None, spec: Json) -> str | None:
    figures = context.balance(context.program(spec["program"]), str(spec.get("subledger", "")))
    return _in_range(figures.active, spec, "the active points")


def _tier(context: Context, event: Event | None, spec: Json) -> str | None:
    program = context.program(spec["program"])
    account = context.account(program, str(spec.get("subledger", "")))
    held = None if account is None else standing(context.world.conn, program, account, context.now).tier
    wanted = cast(Sequence[str], spec["in"])
    name = "none" if held is None else held.name
    return None if name in wanted else f"the tier is {name}, needed is {' or '.join(wanted)}"


def _first_session(context: Context, event: Event | None, spec: Json) -> str | None:
    return None if context.view.first else "this is not the customer's first session"


def _closed_sessions(context: Context, event: Event | None, spec: Json) -> str | None:
    count = 0 if context.view.profile is None else context.view.profile.closed_sessions
    return _in_range(count * 100, spec, "the number of closed sessions")


def _event(context: Context, event: Event | None, spec: Json) -> str | None:
    return None if event is not None and event.type == spec["type"] else f"no event {spec['type']}"


def _any(context: Context, event: Event | None, spec: Json) -> str | None:
    reasons = [check(context, event, inner) for inner in cast(Sequence[Json], spec["of"])]
    return None if None in reasons else "; ".join(filter(None, reasons))


def _not(context: Context, event: Event | None, spec: Json) -> str | None:
    inner = cast(Json, spec["of"])
    return f"{inner['if']} holds" if check(context, event, inner) is None else None


CONDITIONS: Mapping[str, Condition] = {
    "coupon": _coupon,
    "referral": _referral,
    "cart_total": _cart_total,
    "cart_has": _cart_has,
    "profile": _profile,
    "audience": _audience,
    "profile_attribute": _profile_attribute,
    "session_attribute": _session_attribute,
    "card": _card,
    "points": _points,
    "tier": _tier,
    "first_session": _first_session,
    "closed_sessions": _closed_sessions,
    "event": _event,
    "any": _any,
    "not": _not,
}


def matches(item: Item, spec: Json) -> bool:
    """Whether a line is one of those that `category`, `sku` and `attribute`/`is` of the data file mean."""
    if "category" in spec and item.category != spec["category"]:
        return False
    if "sku" in spec and item.sku != spec["sku"]:
        return False
    return "attribute" not in spec or item.attributes.get(str(spec["attribute"])) == spec.get("is")


def _attribute(attributes: Mapping[str, object], spec: Json) -> str | None:
    name = str(spec["name"])
    value = attributes.get(name)
    if value is None:
        return f"{name} is not set"
    if "is" in spec and value != spec["is"]:
        return f"{name} is not {spec['is']}"
    if "in" in spec and value not in cast(Sequence[object], spec["in"]):
        return f"{name} is none of the wanted values"
    if "at_least" in spec or "at_most" in spec:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return f"{name} is not a number"
        return _in_range(to_hundredths(value), spec, name)
    return None


def _in_range(value: int, spec: Json, what: str) -> str | None:
    if "at_least" in spec and value < to_hundredths(spec["at_least"]):
        return f"{what} is {to_decimal(value)}, at least {spec['at_least']} is needed"
    if "at_most" in spec and value > to_hundredths(spec["at_most"]):
        return f"{what} is {to_decimal(value)}, at most {spec['at_most']} is allowed"
    return None
