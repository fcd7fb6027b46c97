"""A session's document: how an update builds on the last one, what is refused, what rules and answers see of it."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from . import cards, items, profiles
from .amounts import to_decimal, to_hundredths
from .attributes import check_attributes, check_costs
from .contract import invalid
from .rules.model import CardView, Item, ProfileView, SessionView

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
MOST_ITEMS = 1000
MOST_UNITS = 10_000
_HIGHEST_PRICE = Decimal(10**8)
_KEPT = (
    *("storeIntegrationId", "couponCodes", "referralCode", "loyaltyCards", "cartItems"),
    *("experimentVariantAllocations", "additionalCosts", "identifiers"),
)
_COMPUTED = frozenset(
    {
        "position",
        "returnedQuantity",
        "remainingQuantity",
        "prices",
        "selectedPriceType",
        "adjustmentReferenceId",
        "adjustmentEffectiveFrom",
        "adjustmentEffectiveUntil",
    }
)


def merge(earlier: Wire, update: Mapping[str, object]) -> Wire:
    """The document after an update: what is left out stays, `[]` and `""` clear, attributes are set one by one."""
    merged = {**earlier, **{name: update[name] for name in _KEPT if update.get(name) is not None}}
    attributes = {**_mapping(earlier, "attributes"), **_mapping(update, "attributes")}
    merged["attributes"] = {name: value for name, value in attributes.items() if value is not None}
    codes = cast(Sequence[str], merged.get("couponCodes", ()))
    merged["couponCodes"] = list(dict.fromkeys(codes))
    return merged


def with_catalog_prices(world: "World", update: Mapping[str, object]) -> Mapping[str, object]:
    """What was sent, with the catalog's price on items that came without one (facts.md, Sessions)."""
    sent = cast(Sequence[Mapping[str, object]], update.get("cartItems") or ())
    if all(item.get("price") is not None for item in sent):
        return update
    return {**update, "cartItems": [_priced(world, item) for item in sent]}


def _priced(world: "World", item: Mapping[str, object]) -> Mapping[str, object]:
    known = items.find(world, str(item["sku"])) if item.get("price") is None else None
    return item if known is None else {**item, "price": known.price, "catalogItemID": known.id}


def check(world: "World", update: Mapping[str, object]) -> None:
    """ApiError 400 for a cart, cost, attribute or card that cannot be."""
    check_attributes(
        world.catalog, "CustomerSession", _mapping(update, "attributes"), "/customerSession/attributes"
    )
    _check_costs(world, _mapping(update, "additionalCosts"), "/customerSession/additionalCosts")
    items = cast(Sequence[Mapping[str, object]], update.get("cartItems") or ())
    if len(items) > MOST_ITEMS or sum(cast(int, item["quantity"]) for item in items) > MOST_UNITS:
        raise invalid(
            "Too many",
            f"at most {MOST_ITEMS} items with a summed quantity of {MOST_UNITS}",
            pointer="/customerSession/cartItems",
        )
    for index, item in enumerate(items):
        _check_item(world, item, f"/customerSession/cartItems/{index}")
    for card in cast(Sequence[str], update.get("loyaltyCards") or ()):
        found = cards.by_identifier(world.conn, card)
        if found is None or found["status"] == "blocked":  # choices.py, card-in-session
            raise invalid(
                "Not found" if found is None else "Card is blocked",
                f"there is no loyalty card {card!r} that can be used",
                pointer="/customerSession/loyaltyCards/0",
            )


def _check_item(world: "World", item: Mapping[str, object], pointer: str) -> None:
    if item.get("price") is None:
        raise invalid("Required", "an item that is in no catalog needs a price", pointer=f"{pointer}/price")
    _check_price(item["price"], f"{pointer}/price")
    check_attributes(world.catalog, "CartItem", _mapping(item, "attributes"), f"{pointer}/attributes")
    _check_costs(world, _mapping(item, "additionalCosts"), f"{pointer}/additionalCosts")


def _check_costs(world: "World", costs: Mapping[str, object], pointer: str) -> None:
    check_costs(world.catalog, costs, pointer)
    for name, cost in costs.items():
        _check_price(cast(Mapping[str, object], cost)["price"], f"{pointer}/{name}/price")


def _check_price(price: object, pointer: str) -> None:
    if isinstance(price, bool) or not isinstance(price, int | Decimal):
        raise invalid("Invalid type", "a number", pointer=pointer)
    if not 0 <= price <= _HIGHEST_PRICE:
        raise invalid("Invalid value", f"between 0 and {_HIGHEST_PRICE}", pointer=pointer)


def _mapping(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    return cast(Mapping[str, object], data.get(name) or {})


def items_of(document: Wire, returned: Mapping[int, int]) -> tuple[Item, ...]:
    """The cart lines; `returned` says how many units of a position have come back."""
    lines = cast(Sequence[Mapping[str, object]], document.get("cartItems", ()))
    return tuple(
        Item(
            position=position,
            sku=cast(str, line["sku"]),
            quantity=cast(int, line["quantity"]),
            price=to_hundredths(line["price"]),
            category=cast(str, line.get("category") or ""),
            attributes=_mapping(line, "attributes"),
            costs=_prices(_mapping(line, "additionalCosts")),
            returned=returned.get(position, 0),
        )
        for position, line in enumerate(lines)
    )


def costs_of(document: Wire) -> dict[str, int]:
    """The session's additional costs in hundredths."""
    return _prices(_mapping(document, "additionalCosts"))


def _prices(costs: Mapping[str, object]) -> dict[str, int]:
    return {name: to_hundredths(cast(Wire, cost)["price"]) for name, cost in costs.items()}


@dataclass(frozen=True, slots=True)
class Totals:
    """A session's totals before discounts, in hundredths."""

    items: int
    costs: int
    item_costs: int


def totals_of(document: Wire) -> Totals:
    """What the whole cart costs, returned items included."""
    items = items_of(document, {})
    return Totals(
        items=sum(item.price * item.quantity for item in items),
        costs=sum(costs_of(document).values()),
        item_costs=sum(sum(item.costs.values()) * item.quantity for item in items),
    )


def view_profile(world: "World", profile: profiles.Profile) -> ProfileView:
    """A profile as rules see it."""
    closed, sales = profiles.sales_of(world.conn, profile.id)
    audiences = frozenset(number for number, _ in profiles.audiences_of(world.conn, profile.id))
    return ProfileView(profile.id, profile.integration_id, profile.attributes, audiences, closed, sales)


def view(
    world: "World",
    document: Wire,
    profile: profiles.Profile | None,
    nonce: tuple[object, ...],
    *,
    first: bool,
    evaluable: Sequence[int] | None = None,
    dry: bool = False,
    returned: Mapping[int, int] | None = None,
    closing: bool = True,
) -> SessionView:
    """A session as rules see it."""
    named = cast(Sequence[str], document.get("loyaltyCards") or ())
    card = cards.by_identifier(world.conn, named[0]) if named else None
    return SessionView(
        nonce=nonce,
        profile=None if profile is None else view_profile(world, profile),
        items=items_of(document, returned or {}),
        costs=costs_of(document),
        coupons=tuple(cast(Sequence[str], document.get("couponCodes") or ())),
        referral=cast(str, document.get("referralCode") or ""),
        card=None if card is None else view_card(card),
        attributes=_mapping(document, "attributes"),
        store=cast(str, document.get("storeIntegrationId") or ""),
        first=first,
        evaluable=None if evaluable is None else frozenset(evaluable),
        dry=dry,
        closing=closing,
    )


def view_card(card: sqlite3.Row) -> CardView:
    """A card as rules see it."""
    return CardView(card["id"], card["identifier"], card["program_id"], card["status"])


def lines_to_answer(document: Wire, returned: Mapping[int, int]) -> list[Wire]:
    """The cart as the API shows it, with the read-only fields."""
    lines = cast(Sequence[Wire], document.get("cartItems", ()))
    answer = []
    for position, line in enumerate(lines):
        came_back, quantity = returned.get(position, 0), cast(int, line["quantity"])
        sent = {name: value for name, value in line.items() if name not in _COMPUTED and value is not None}
        answer.append(
            {
                **sent,
                "returnedQuantity": came_back,
                "remainingQuantity": quantity - came_back,
                "position": position,
            }
        )
    return answer


def totals_to_answer(totals: Totals) -> Wire:
    """The four totals of a session."""
    return {
        "total": to_decimal(totals.items + totals.costs + totals.item_costs),
        "cartItemTotal": to_decimal(totals.items),
        "additionalCostTotal": to_decimal(totals.costs),
        "cartItemAdditionalCostTotal": to_decimal(totals.item_costs),
    }
