"""A customer session as the write path reads it: state, items, what was returned, whose points it moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from desk.guard.change import Ledger, Wire
from desk.guard.kinds.effects import ledgers
from desk.guard.kinds.reading import answer, batch, child, number, objects, profile, text, whole
from desk.guard.model import Json, Target, Weight
from desk.insight.investigation import Investigation
from talon_client import calls


@dataclass(frozen=True)
class Item:
    """A line of the cart. `position` counts from 0 and is what a return names."""

    position: int
    sku: str
    quantity: int
    returned: int
    price: Decimal = Decimal(0)
    """Of one unit, in the Application's currency."""

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
    awarded: Decimal = Decimal(0)
    """Points that its effects gave, over all ledgers."""

    @property
    def weight(self) -> Weight:
        """What taking the whole session back takes from the customer."""
        return Weight(self.awarded, sum((item.left * item.price for item in self.items), Decimal(0)))

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
        awarded=_awarded(objects(found.get("effects"))),
    )


def _awarded(effects: Sequence[Wire]) -> Decimal:
    given = (effect for effect in effects if text(effect.get("effectType")) == "addLoyaltyPoints")
    return sum((number(child(effect, "props").get("value")) or Decimal(0) for effect in given), Decimal(0))


def _item(index: int, item: Wire) -> Item:
    position = item.get("position")
    return Item(
        position=position if isinstance(position, int) else index,
        sku=text(item.get("sku")),
        quantity=whole(item.get("quantity")),
        returned=whole(item.get("returnedQuantity")),
        price=number(item.get("price")) or Decimal(0),
    )
