"""One exchange, fed by hand to its end: what the engine's tests share."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from talon_client import (
    Call,
    TalonError,
    calls,
)
from talon_client.engine import Attempt, Completed, Failure, Outcome, Pause, Policy, Response, Step, exchange
from talon_client.models import CouponReservations, CustomerProfileIntegrationRequestV2, GenerateLoyaltyCard
from tests.client.help import World

READ: Call[Any] = calls.get_customer_session("s")
KEYED: Call[Any] = calls.update_customer_profile_v2("p", body=CustomerProfileIntegrationRequestV2()).with_key(
    "k"
)
DRY: Call[Any] = calls.update_customer_profile_v2(
    "p", body=CustomerProfileIntegrationRequestV2(), dry=True, run_rule_engine=True
)
IDEMPOTENT: Call[Any] = calls.delete_coupon_reservation("c", body=CouponReservations(integration_ids=["p"]))
UNSAFE: Call[Any] = calls.generate_loyalty_card(1, body=GenerateLoyaltyCard())

OK = Response(200, {}, b"{}")
LOST = Failure("network", sent=True)
LATE = Failure("timeout", sent=True)
REFUSED_CONNECTION = Failure("connect", sent=False)
BUSY = {"message": "Too many requests are updating this session at the same time", "StatusCode": 409}
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def answer(status: int, body: object = None, **headers: str) -> Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, names, json.dumps({"message": "no"} if body is None else body).encode())


class Run:
    """One exchange, driven to its end by these outcomes; each may take some seconds first."""

    def __init__(
        self, call: Call[Any], outcomes: Sequence[Outcome | tuple[float, Outcome]], **policy: Any
    ) -> None:
        self.world = World()
        self.steps: list[Step] = []
        self.completed: Completed | None = None
        self.error: TalonError | None = None
        waiting = list(outcomes)
        steps = exchange(
            call,
            Policy(**policy),
            self.world.now,
            self.world.clock,
            self.world.random,
            lambda: NOW,
        )
        reply: Outcome | None = None
        while True:
            try:
                step = steps.send(reply)
            except StopIteration as stop:
                self.completed = stop.value
                break
            except TalonError as error:
                self.error = error
                break
            self.steps.append(step)
            reply = None
            if isinstance(step, Pause):
                self.world.sleep(step.seconds)
            else:
                given = waiting.pop(0)
                took, reply = given if isinstance(given, tuple) else (0.0, given)
                self.world.now += took
        assert not waiting, "the call ended before all outcomes were used"

    @property
    def sent(self) -> int:
        return sum(isinstance(step, Attempt) for step in self.steps)

    def failed(self, kind: type[TalonError]) -> Any:
        assert type(self.error) is kind, self.error
        assert self.error.attempts == self.sent
        return self.error
