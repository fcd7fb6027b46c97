"""A customer session as the write path reads it: state, items, what was returned, whose points it moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from desk.guard.change import Ledger
from desk.guard.kinds.effects import ledgers
from desk.guard.kinds.reading import batch, objects, profile
from desk.guard.model import Json, Target, Weight
from desk.guard.wire import record, wire
from desk.insight.investigation import Investigation
from desk.insight.standing import points_standing, returned_units
from talon_client import TalonError, calls
from talon_client.models import CartItemEntry, CustomerSessionV2


@dataclass(frozen=True)
class Item:
    """A line of the cart. `position` counts from 0 and is what a return names."""

    position: int
    sku: str
    quantity: int
    returned: int | None
    """None: some items of the session came back, and of this line the API does not say."""
    price: Decimal | None = None
    """Of one unit, in the Application's currency; None where the API does not say."""
    name: str = ""

    @property
    def left(self) -> int:
        """Units that can still be returned, as far as is known."""
        return self.quantity - (self.returned or 0)


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
        return Weight(self.standing, value_of((item.price, item.left) for item in self.items))

    def item(self, position: int) -> Item | None:
        """The line at that position, or None."""
        for item in self.items:
            if item.position == position:
                return item
        return None


def look_at_order(session_id: str) -> Investigation[Order]:
    """Read the session. Raises the API's error for an unknown one (400 or 404, facts.md, Transport)."""
    call = calls.get_customer_session(session_id)
    found = (yield batch(call))[call]
    if isinstance(found, TalonError):
        raise found
    session = found.customer_session or CustomerSessionV2()
    state, profile_id = session.state or "", session.profile_id or ""
    return Order(
        state=state,
        profile_id=profile_id,
        updates=[session.update_count, wire(session.updated)],
        items=tuple(_item(index, item, state) for index, item in enumerate(session.cart_items)),
        subjects=(profile(profile_id),) if profile_id else (),
        ledgers=ledgers(objects(record(found).get("effects")), profile_id),
        standing=points_standing(found.effects),
    )


def value_of(parts: Iterable[tuple[Decimal | None, int]]) -> Decimal | None:
    """What so many units at these prices come to; None where a price among them is not known."""
    total = Decimal(0)
    for price, units in parts:
        if price is None and units:
            return None
        total += (price or 0) * units
    return total


def _item(index: int, item: CartItemEntry, state: str) -> Item:
    returned = returned_units(item)
    return Item(
        position=index if item.position is None else item.position,
        sku=item.sku or "",
        quantity=item.quantity or 0,
        # Nothing can have come back before the state says so.
        returned=0 if returned is None and state != "partially_returned" else returned,
        price=item.price,
        name=item.name or "",
    )
