"""A customer session as the write path reads it: state, items, what was returned, whose points it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desk.guard.change import Ledger, Wire
from desk.guard.kinds.effects import OWED, TAKEN, ledgers
from desk.guard.kinds.reading import answer, batch, child, number, objects, profile, text, whole
from desk.guard.model import Json, Target, Weight
from desk.insight.investigation import Investigation
from talon_client import calls

_LEDGER = ("programId", "subLedgerId", "cardIdentifier")
_ITEM = ("cartItemPosition", "cartItemSubPosition")


@dataclass(frozen=True)
class Item:
    """A line of the cart. `position` counts from 0 and is what a return names."""

    position: int
    sku: str
    quantity: int
    returned: int
    price: Decimal = Decimal(0)
    """Of one unit, in the Application's currency."""
    name: str = ""

    @property
    def left(self) -> int:
        """Units that can still be returned."""
        return self.quantity - self.returned


@dataclass(frozen=True)
class Order:
    """The session at the moment of reading."""

    state: str
    profile_id: str
    updates: Json
    items: tuple[Item, ...]
    subjects: tuple[Target, ...]
    ledgers: tuple[Ledger, ...]
    standing: Decimal = Decimal(0)
    """Points that its effects gave and nothing has taken back yet, over all ledgers."""

    @property
    def weight(self) -> Weight:
        """What taking the whole session back takes from the customer."""
        return Weight(self.standing, sum((item.left * item.price for item in self.items), Decimal(0)))

    def item(self, position: int) -> Item | None:
        """The line at that position, or None."""
        for item in self.items:
            if item.position == position:
                return item
        return None


def look_at_order(session_id: str) -> Investigation[Order]:
    """Read the session. Raises the API's error for an unknown one (400 or 404, facts.md, Transport)."""
    call = calls.get_customer_session(session_id)
    found = answer((yield batch(call))[call])
    session = child(found, "customerSession")
    profile_id = text(session.get("profileId"))
    return Order(
        state=text(session.get("state")),
        profile_id=profile_id,
        updates=[session.get("updateCount"), session.get("updated")],
        items=tuple(_item(index, item) for index, item in enumerate(objects(session.get("cartItems")))),
        subjects=(profile(profile_id),) if profile_id else (),
        ledgers=ledgers(objects(found.get("effects")), profile_id),
        standing=_standing(objects(found.get("effects"))),
    )


def _standing(effects: Sequence[Wire]) -> Decimal:
    """What is left of the awards after the rollbacks that follow them. A rollback that fits no award before it counts
    for nothing: its own may not be listed any more (facts.md, Sessions), and the limit must not shrink twice."""
    left: list[tuple[Wire, Decimal]] = []
    for effect in effects:
        kind, amount = text(effect.get("effectType")), _value(effect)
        if kind == "addLoyaltyPoints":
            left.append((effect, amount))
        if kind not in (TAKEN, OWED):
            continue
        for place, (award, standing) in enumerate(left):
            part = min(amount, standing) if _undoes(effect, award) else Decimal(0)
            left[place], amount = (award, standing - part), amount - part
    return sum((standing for _, standing in left), Decimal(0))


def _value(effect: Wire) -> Decimal:
    return abs(number(child(effect, "props").get("value")) or Decimal(0))


def _undoes(rollback: Wire, award: Wire) -> bool:
    """Of the same rule and ledger; of the same item where the award is for one, of the same unit where both name it."""
    back, given = child(rollback, "props"), child(award, "props")
    rule = all(rollback.get(name) == award.get(name) for name in ("rulesetId", "ruleIndex"))
    ledger = all((back.get(name) or "") == (given.get(name) or "") for name in _LEDGER)
    item, unit = (number(given.get(name)) for name in _ITEM)
    same_item = item is None or number(back.get(_ITEM[0])) == item
    same_unit = unit is None or number(back.get(_ITEM[1])) in (None, unit)
    return rule and ledger and same_item and same_unit


def _item(index: int, item: Wire) -> Item:
    position = item.get("position")
    return Item(
        position=position if isinstance(position, int) else index,
        sku=text(item.get("sku")),
        quantity=whole(item.get("quantity")),
        returned=whole(item.get("returnedQuantity")),
        price=number(item.get("price")) or Decimal(0),
        name=text(item.get("name")),
    )
