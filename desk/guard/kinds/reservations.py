"""Reserving a coupon code for one customer, and releasing it."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar

from pydantic import Field

from desk.guard.change import Change, Proof, Reading, Wire
from desk.guard.kinds.reading import ProfileId, answer, batch, known_profile, objects, profile
from desk.guard.model import Fact, Note, Target
from desk.insight.investigation import Investigation
from talon_client import Call, TalonError, calls
from talon_client.models import CouponReservations, CustomerInventory

Code = Annotated[str, Field(min_length=1, max_length=1000)]


class _Reservation(Change):
    """What both have in common: a code, a customer, and the list of holders as proof."""

    code: Code
    profile_id: ProfileId

    wanted: ClassVar[bool]
    """Whether the customer holds the code afterwards."""

    def target(self) -> Target:
        return Target("coupon", self.code)

    def lease(self) -> tuple[str, ...]:
        # Not the whole code: agents reserve a popular one for many customers at once.
        return ("reservation", self.code, self.profile_id)

    def subjects(self) -> tuple[Target, ...]:
        return (profile(self.profile_id),)

    def look(self) -> Investigation[Reading]:
        holders_call = calls.get_reserved_customers(self.code)
        profile_call = calls.get_customer_inventory(self.profile_id, profile=True, coupons=self.wanted)
        answers = yield batch(holders_call, profile_call)
        holders = [each.get("integrationId") for each in objects(answer(answers[holders_call]).get("data"))]
        holds = self.profile_id in holders
        blocks = known_profile(answers[profile_call]) if self.wanted else ()
        if holds is self.wanted:
            blocks += (Note("already_holds" if holds else "does_not_hold"),)
        state = self._state(answers[profile_call]) if holds and self.wanted else ""
        return Reading(
            fingerprint={"holds": holds},
            facts=(
                Fact("coupon.holds", (), holds),
                Fact("coupon.holders", (), len(holders)),
                *((Fact("coupon.state", (), state),) if state else ()),
            ),
            blocks=blocks,
        )

    def _state(self, inventory: CustomerInventory | TalonError) -> str:
        """What the holder's wallet calls the code; empty where it does not list it."""
        if isinstance(inventory, TalonError):
            return ""
        return next((each.state or "" for each in inventory.coupons if each.value == self.code), "")

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (Fact("coupon.holds", (), self.wanted),)

    def proof(self, before: Wire, after: Wire) -> Proof:
        if after.get("holds") is self.wanted:
            return Proof.APPLIED
        return Proof.NOT_APPLIED

    def _body(self) -> CouponReservations:
        return CouponReservations(integration_ids=[self.profile_id])


class ReserveCoupon(_Reservation):
    """Reserve `code` for one customer. The API lets it past the code's `reservationLimit` (facts.md, Coupons)."""

    kind = "reserve_coupon"
    wanted = True

    def call(self) -> Call[Any]:
        return calls.create_coupon_reservation(self.code, body=self._body())

    def undo(self) -> Change:
        return ReleaseCoupon(code=self.code, profile_id=self.profile_id)


class ReleaseCoupon(_Reservation):
    """Release the reservation that one customer holds of `code`."""

    kind = "release_coupon"
    wanted = False

    def call(self) -> Call[Any]:
        return calls.delete_coupon_reservation(self.code, body=self._body())

    def undo(self) -> Change:
        return ReserveCoupon(code=self.code, profile_id=self.profile_id)
