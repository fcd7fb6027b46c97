"""Returning items of a closed session, previewed by a dry return of exactly the same body."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from desk.guard.change import Change, Ledger, Proof, Reading, Wire
from desk.guard.kinds.effects import changed, ledgers, totals
from desk.guard.kinds.orders import Order, look_at_order, value_of
from desk.guard.kinds.reading import number, objects, whole
from desk.guard.model import Fact, Json, Note, Target, Weight
from desk.insight.investigation import Investigation
from talon_client import Call, calls
from talon_client.models import NewReturn, ReturnedCartItem, ReturnIntegrationRequest

TAKES = ("effect.points_taken_back", "effect.points_owed")
RETURNABLE = ("closed", "partially_returned")


class ReturnedItem(BaseModel):
    """So many units of the line at `position` (from 0)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    position: Annotated[int, Field(ge=0)]
    quantity: Annotated[int, Field(ge=1)]


class ReturnItems(Change):
    """Return items of a closed or partially returned session."""

    session_id: Annotated[str, Field(min_length=1, max_length=1000)]
    items: Annotated[tuple[ReturnedItem, ...], Field(min_length=1, max_length=1000)]

    kind = "return_items"

    @field_validator("items")
    @classmethod
    def _one_line_a_position(cls, items: tuple[ReturnedItem, ...]) -> tuple[ReturnedItem, ...]:
        positions = [item.position for item in items]
        if len(set(positions)) != len(positions):
            raise ValueError("each position may be named once")
        return tuple(sorted(items, key=lambda item: item.position))

    def target(self) -> Target:
        return Target("session", self.session_id)

    def call(self) -> Call[Any]:
        return calls.return_cart_items(self.session_id, body=self._body())

    def dry(self) -> Call[Any]:
        return calls.return_cart_items(self.session_id, body=self._body(), dry=True)

    def _body(self) -> ReturnIntegrationRequest:
        items = [ReturnedCartItem(position=item.position, quantity=item.quantity) for item in self.items]
        return ReturnIntegrationRequest.model_validate(
            {
                "return": NewReturn(returned_cart_items=items),
                "responseContent": ["customerSession", "loyalty"],
            }
        )

    def look(self) -> Investigation[Reading]:
        order = yield from look_at_order(self.session_id)
        return Reading(
            fingerprint={
                "state": order.state,
                "items": [[item.position, item.sku, item.quantity, item.returned] for item in order.items],
            },
            facts=(Fact("session.state", (), order.state), *self._returned(order)),
            subjects=order.subjects,
            blocks=tuple(self._blocks(order)),
            ledgers=order.ledgers,
            weight=Weight(value=self._value(order)),
        )

    def _value(self, order: Order) -> Decimal | None:
        found = ((order.item(wanted.position), wanted.quantity) for wanted in self.items)
        return value_of((item.price, quantity) for item, quantity in found if item)

    def weight(self, reading: Reading, dry: Wire | None) -> Weight | None:
        taken = (fact for fact in changed(objects((dry or {}).get("effects"))) if fact.topic in TAKES)
        points = sum((abs(number(fact.value) or Decimal(0)) for fact in taken), Decimal(0))
        return replace(reading.weight or Weight(), points=points)

    def _returned(self, order: Order) -> tuple[Fact, ...]:
        found = (order.item(item.position) for item in self.items)
        return tuple(
            Fact("item.returned", (str(item.position), item.sku, *filter(None, [item.name])), item.returned)
            for item in found
            if item and item.returned is not None
        )

    def _blocks(self, order: Order) -> list[Note]:
        if order.state not in RETURNABLE:
            return [Note("session_not_closed", (("state", order.state),))]
        notes = []
        for wanted in self.items:
            item = order.item(wanted.position)
            if item is None:
                notes.append(Note("item_unknown", (("position", wanted.position),)))
            elif wanted.quantity > item.left:
                values = (("position", wanted.position), ("sku", item.sku), ("left", item.left))
                notes.append(Note("more_than_left", values))
        return notes

    def ledgers(self, dry: Wire) -> tuple[Ledger, ...]:
        return ledgers(objects(dry.get("effects")), "")

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        quantities = {str(item.position): item.quantity for item in self.items}
        returned = tuple(
            Fact(fact.topic, fact.about, whole(fact.value) + quantities[fact.about[0]])
            for fact in before
            if fact.topic == "item.returned"
        )
        effects = objects((dry or {}).get("effects"))
        return (
            Fact("session.state", (), "partially_returned"),
            *returned,
            *totals(before, effects, reading.ledgers),
            *changed(effects),
        )

    def notes(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Note, ...]:
        expected = {fact.about: number(fact.value) for fact in self.expect(reading, before, dry)
                    if fact.topic == "points.total"}  # fmt: skip
        tiers = {fact.about: fact.value for fact in before if fact.topic == "tier"}
        notes = []
        for fact in before:
            after = expected.get(fact.about)
            if fact.topic != "points.total" or after is None:
                continue
            place: tuple[tuple[str, str], ...] = (("program", fact.about[0]), ("subledger", fact.about[1]))
            if after < 0:
                notes.append(Note("negative_balance", (*place, ("points", str(after)))))
            if fact.about in tiers and after < (number(fact.value) or Decimal(0)):
                notes.append(Note("tier_at_risk", (*place, ("tier", tiers[fact.about]))))
        return tuple(notes)

    def proof(self, before: Wire, after: Wire) -> Proof:
        had, has = _quantities(before), _quantities(after)
        if after.get("state") == before.get("state") and had == has:
            # Where nothing is said of what came back of a line, a second return of it leaves no trace to read.
            unsaid = not any(had.values()) or any(had.get(item.position) is None for item in self.items)
            silent = before.get("state") == "partially_returned" and unsaid
            return Proof.UNCLEAR if silent else Proof.NOT_APPLIED
        wanted, found = _counted(had), _counted(has)
        wanted.update({item.position: item.quantity for item in self.items})
        if found == wanted and after.get("state") == "partially_returned":
            return Proof.APPLIED
        return Proof.UNCLEAR


def _quantities(fingerprint: Mapping[str, Json]) -> dict[int, int | None]:
    """Returned units by position; None where that was not known."""
    items = fingerprint.get("items")
    if isinstance(items, str) or not isinstance(items, Sequence):
        return {}
    return {
        whole(item[0]): None if item[3] is None else whole(item[3])
        for item in items
        if not isinstance(item, str) and isinstance(item, Sequence) and len(item) == 4
    }


def _counted(units: Mapping[int, int | None]) -> Counter[int]:
    return Counter({place: known or 0 for place, known in units.items()})
