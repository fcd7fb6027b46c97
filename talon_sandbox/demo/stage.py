"""Plays lives on a world: the clock walks from act to act, and every act is a real request to a handler."""

import heapq
from collections.abc import Generator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from ..api import answer
from ..contract import Request
from ..ledger import Window
from ..world import World
from .people import Person

CLUB, CARDS, STAFF = 1, 2, 3
"""The demo's loyalty programs: a points club, store cards, perks for staff."""
NEWSLETTER = "newsletter"
GOLD_AUDIENCE, STAFF_AUDIENCE, STAMP_AUDIENCE = 1, 3, 4
REFERRALS = 115
"""The campaign that pays advocates."""
PAY_WITH_POINTS: Mapping[str, object] = {"PayWithPoints": True}
"""Attributes of a session whose customer wants to pay with points."""

Life: TypeAlias = Generator[datetime, None, None]
"""A customer's story: yields the instant of its next act (UTC) and acts when resumed."""


class Stage:
    """What customers do, in the words of a shop. Times are those of the world's clock."""

    def __init__(self, world: World, end: datetime) -> None:
        self.world, self.end = world, end

    def ago(self, days: float, hour: int = 12, minute: int = 0) -> datetime:
        """The instant at that time of day (UTC), so many days before the end, never after it."""
        day = self.end - timedelta(days=days)
        return min(day.replace(hour=hour, minute=minute, second=0, microsecond=0), self.end)

    def beginning(self) -> datetime:
        """When the shop opened: before the first customer."""
        return self.end - timedelta(days=734)

    def an_hour_ago(self) -> datetime:
        """An hour before the end."""
        return self.end - timedelta(hours=1)

    def next_friday(self) -> datetime:
        """The first Friday, 10:00 UTC, that is at least two days after the end."""
        day = (self.end + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
        return day + timedelta(days=(4 - day.weekday()) % 7)

    def play(self, lives: Iterable[Life]) -> None:
        """Run all lives side by side in the order of their instants; ties in the order given.

        What would happen after the end does not happen.
        """
        acts: list[tuple[datetime, int, Life]] = []
        for number, life in enumerate(lives):
            self._await(acts, life, number, datetime.min.replace(tzinfo=UTC))
        clock = None
        while acts:
            at, number, life = heapq.heappop(acts)
            if at != clock:
                self.world.freeze(at)
                clock = at
            self._await(acts, life, number, at)

    def _await(self, acts: list[tuple[datetime, int, Life]], life: Life, number: int, now: datetime) -> None:
        following = next(life, None)
        if following is not None and following <= self.end:
            heapq.heappush(acts, (max(now, following), number, life))

    def profile(self, person: Person) -> None:
        """Create or update a customer's profile."""
        self._send(
            "update_customer_profile_v2", {"integration_id": person.id}, {"attributes": person.attributes}
        )

    def session(
        self,
        session_id: str,
        profile_id: str,
        cart: Sequence[Mapping[str, object]],
        *,
        state: str = "closed",
        coupons: Sequence[str] = (),
        card: str | None = None,
        costs: Mapping[str, object] | None = None,
        attributes: Mapping[str, object] | None = None,
        referral: str = "",
        evaluable: Sequence[int] = (),
    ) -> None:
        """Create or update a session; by default an order that is paid at once. `evaluable`: the only campaigns that
        may look at it."""
        session: dict[str, object] = {"profileId": profile_id, "state": state, "cartItems": list(cart)}
        if coupons:
            session["couponCodes"] = list(coupons)
        if card is not None:
            session["loyaltyCards"] = [card]
        if costs is not None:
            session["additionalCosts"] = dict(costs)
        if referral:
            session["referralCode"] = referral
        if attributes is not None:
            session["attributes"] = dict(attributes)
        if evaluable:
            session["evaluableCampaignIds"] = list(evaluable)
        self._send(
            "update_customer_session_v2", {"customer_session_id": session_id}, {"customerSession": session}
        )

    def join_audience(self, audience: int, profile_id: str) -> None:
        """Make a customer a member."""
        change = {"action": "add", "profileIntegrationId": profile_id, "audienceId": audience}
        self._send("update_customer_profile_audiences", {}, {"data": [change]})

    def track(self, event_id: str, profile_id: str, kind: str, attributes: Mapping[str, object]) -> None:
        """Track an event under an id."""
        body = {
            "integrationId": event_id,
            "profileId": profile_id,
            "type": kind,
            "attributes": dict(attributes),
        }
        self._send("track_event_v3", {}, body)

    def refer(self, profile_id: str) -> str:
        """Make a referral code for an advocate and answer it."""
        body = {"campaignId": REFERRALS, "advocateProfileIntegrationId": profile_id}
        made = answer(self.world, Request("create_referral", {}, {}, body)).body
        assert isinstance(made, dict)
        return str(made["code"])

    def erase(self, profile_id: str) -> None:
        """Delete a customer's personal data."""
        self._send("delete_customer_data", {"integration_id": profile_id})

    def set_state(self, session_id: str, state: str) -> None:
        """Close or cancel a session as it stands."""
        path = {"customer_session_id": session_id}
        self._send("update_customer_session_v2", path, {"customerSession": {"state": state}})

    def give_back(self, session_id: str, *items: tuple[int, int]) -> None:
        """Return (position, quantity) pairs of a closed session."""
        returned = [{"position": position, "quantity": quantity} for position, quantity in items]
        path = {"customer_session_id": session_id}
        self._send("return_cart_items", path, {"return": {"returnedCartItems": returned}})

    def reopen(self, session_id: str) -> None:
        """Reopen a closed session."""
        self._send("reopen_customer_session", {"customer_session_id": session_id})

    def reserve(self, code: str, *profile_ids: str) -> None:
        """Reserve a coupon for customers."""
        body = {"integrationIDs": list(profile_ids)}
        self._send("create_coupon_reservation", {"coupon_value": code}, body)

    def link_card(self, program_id: int, card: str, profile_id: str) -> None:
        """Register a customer on a card."""
        path: dict[str, str | int] = {"loyalty_program_id": program_id, "loyalty_card_id": card}
        self._send("link_loyalty_card_to_profile", path, {"integrationId": profile_id})

    def generate_card(self, program_id: int, card: str, *profile_ids: str) -> None:
        """Make a card, with its holders if any."""
        body = {"cardIdentifier": card, "customerProfileIds": list(profile_ids)}
        self._send("generate_loyalty_card", {"loyalty_program_id": program_id}, body)

    def give(self, profile_id: str, points: int, name: str, *, days: int, subledger: str = "") -> None:
        """Add points of the club by hand, as Campaign Manager does, active at once and valid so many days."""
        expires = self.world.now() + timedelta(days=days) // timedelta(microseconds=1)
        window = Window(expires=expires)
        self.world.add_points(CLUB, profile_id, points * 100, name=name, subledger=subledger, window=window)

    def block_card(self, program_id: int, card: str, reason: str) -> None:
        """Block a card for good, as a transfer in Campaign Manager does; no operation of the API can."""
        self.world.conn.execute(
            "update card set status = 'blocked', block_reason = ?, modified = ?"
            " where identifier = ? and program_id = ?",
            (reason, self.world.now(), card, program_id),
        )

    def _send(
        self, operation: str, path: Mapping[str, str | int], body: Mapping[str, object] | None = None
    ) -> None:
        answer(self.world, Request(operation, path, {}, body))
