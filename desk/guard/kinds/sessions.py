"""Reopening and cancelling a session. Neither can be previewed by the API; both are read back."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from desk.guard.change import Change, Proof, Reading, Wire
from desk.guard.kinds.orders import look_at_order
from desk.guard.model import Fact, Note, Target
from desk.insight.investigation import Investigation
from talon_client import Call, calls
from talon_client.models import IntegrationRequest, NewCustomerSessionV2


class _Move(Change):
    """A session moves from one of some states to another (facts.md, Sessions)."""

    session_id: Annotated[str, Field(min_length=1, max_length=1000)]

    sources: ClassVar[tuple[str, ...]]
    destination: ClassVar[str]
    block: ClassVar[str]

    def target(self) -> Target:
        return Target("session", self.session_id)

    def look(self) -> Investigation[Reading]:
        order = yield from look_at_order(self.session_id)
        movable = order.state in self.sources
        return Reading(
            fingerprint={
                "state": order.state,
                "items": [[item.position, item.sku, item.quantity, item.returned] for item in order.items],
                "updates": order.updates,
            },
            facts=(Fact("session.state", (), order.state),),
            subjects=order.subjects,
            blocks=() if movable else (Note(self.block, (("state", order.state),)),),
            ledgers=order.ledgers,
            weight=order.weight,
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (Fact("session.state", (), self.destination),)

    def proof(self, before: Wire, after: Wire) -> Proof:
        if after.get("state") == self.destination:
            return Proof.APPLIED
        return Proof.NOT_APPLIED if after == before else Proof.UNCLEAR


class ReopenSession(_Move):
    """Open a closed session again. Which points come back depends on the program's return policy."""

    kind = "reopen_session"
    sources = ("closed",)
    destination = "open"
    block = "session_not_closed"

    def call(self) -> Call[Any]:
        return calls.reopen_customer_session(self.session_id)


class CancelSession(_Move):
    """Cancel an open, closed or partially returned session; a cancelled one stays cancelled."""

    kind = "cancel_session"
    sources = ("open", "closed", "partially_returned")
    destination = "cancelled"
    block = "session_not_cancellable"

    def call(self) -> Call[Any]:
        session = NewCustomerSessionV2(state="cancelled")
        return calls.update_customer_session_v2(
            self.session_id, body=IntegrationRequest(customer_session=session)
        )
