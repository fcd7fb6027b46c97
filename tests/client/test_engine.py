"""The engine, fed by hand: no I/O, no waiting, every way that a call can end."""

import json
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from talon_client import (
    APIError,
    BadRequest,
    Call,
    Conflict,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Safety,
    ServerError,
    TalonError,
    Timeout,
    TransportError,
    Unauthorized,
    calls,
)
from talon_client.engine import Attempt, Completed, Failure, Outcome, Pause, Policy, Response, Step, exchange
from talon_client.errors import ErrorDetail
from talon_client.models import (
    CouponReservations,
    CustomerProfileIntegrationRequestV2,
    GenerateLoyaltyCard,
)
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


def test_a_success_ends_it_at_once() -> None:
    run = Run(READ, [OK])
    assert run.completed == Completed(OK, 1)
    assert run.steps == [Attempt(1, timeout=10.0, end=1020.0)]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    assert Run(UNSAFE, [Response(status, {}, b"")]).completed is not None


@pytest.mark.parametrize("call", [READ, DRY, IDEMPOTENT], ids=["read", "dry", "idempotent"])
@pytest.mark.parametrize("outcome", [LOST, LATE, answer(503), answer(429), answer(408), REFUSED_CONNECTION])
def test_what_may_be_repeated_is_tried_three_times_with_full_jitter(
    call: Call[Any], outcome: Outcome
) -> None:
    run = Run(call, [outcome, outcome, OK])
    assert run.completed == Completed(OK, 3)
    assert run.world.slept == [0.25, 0.5]
    pauses = [step for step in run.steps if isinstance(step, Pause)]
    assert [(pause.attempt, pause.error.attempts) for pause in pauses] == [(1, 1), (2, 2)]
    assert {pause.error.operation for pause in pauses} == {call.operation.id}


def test_jitter_is_random_between_nothing_and_its_ceiling() -> None:
    steps = exchange(READ, Policy(), 0.0, lambda: 0.0, lambda: 0.3)
    next(steps)
    pause = steps.send(LOST)
    assert isinstance(pause, Pause)
    assert pause.seconds == pytest.approx(0.075)


@pytest.mark.parametrize(
    ("outcome", "kind", "says"),
    [
        (LOST, TransportError, "broke"),
        (LATE, Timeout, "no answer in time"),
        (REFUSED_CONNECTION, TransportError, "could not connect"),
        (Failure("connect timeout", sent=False), Timeout, "could not connect in time"),
        (Failure("pool", sent=False), Timeout, "no free connection"),
        (answer(503), ServerError, "503"),
        (answer(429), RateLimited, "429"),
        (answer(408), ServerError, "408"),
        (Failure("network", sent=True, status=200), TransportError, "broke"),
    ],
)
def test_a_read_that_keeps_failing_ends_in_its_last_error(
    outcome: Outcome, kind: type[TalonError], says: str
) -> None:
    error = Run(READ, [outcome] * 3).failed(kind)
    assert says in str(error)
    assert error.operation == "get_customer_session"
    assert str(error).startswith("get_customer_session: ")


@pytest.mark.parametrize("failure", [REFUSED_CONNECTION, Failure("pool", sent=False)])
@pytest.mark.parametrize("call", [UNSAFE, KEYED], ids=["unsafe", "keyed"])
def test_what_never_left_the_house_is_tried_again_whatever_it_is(call: Call[Any], failure: Failure) -> None:
    assert Run(call, [failure, failure, OK]).completed == Completed(OK, 3)
    run = Run(call, [failure] * 3)
    assert isinstance(run.error, TransportError)
    assert not run.error.sent


def test_a_closed_client_is_not_tried_again() -> None:
    error = Run(READ, [Failure("closed", sent=False)]).failed(TransportError)
    assert not error.sent
    assert "closed" in str(error)


@pytest.mark.parametrize(
    "outcome", [LOST, LATE, answer(500), answer(502), answer(503), answer(408), answer(501)]
)
@pytest.mark.parametrize("call", [UNSAFE, KEYED], ids=["unsafe", "keyed"])
def test_a_write_that_may_have_been_applied_is_never_repeated_and_says_so(
    call: Call[Any], outcome: Outcome
) -> None:
    error = Run(call, [outcome]).failed(OutcomeUnknown)
    assert isinstance(error.cause, TransportError | ServerError)
    assert error.cause.summary in str(error)
    assert error.operation == call.operation.id


def test_a_keyed_write_is_repeated_where_keys_are_honoured() -> None:
    assert Run(KEYED, [LOST, answer(503), OK], idempotency_keys=True).completed == Completed(OK, 3)
    assert Run(KEYED, [LOST] * 3, idempotency_keys=True).failed(OutcomeUnknown).attempts == 3


def test_a_keyed_write_without_a_key_is_not_repeated_even_there() -> None:
    run = Run(replace(KEYED, idempotency_key=None), [LOST], idempotency_keys=True)
    assert run.failed(OutcomeUnknown).attempts == 1


def test_an_idempotent_write_that_stays_lost_is_unknown() -> None:
    assert Run(IDEMPOTENT, [LOST] * 3).failed(OutcomeUnknown).attempts == 3


@pytest.mark.parametrize(
    ("second", "kind"),
    [(answer(404), NotFound), (answer(400), BadRequest), (answer(409), Conflict), (answer(422), BadRequest)],
)
def test_an_answer_to_the_repetition_settles_the_first_attempt(second: Outcome, kind: type[APIError]) -> None:
    error = Run(IDEMPOTENT, [LOST, second]).failed(kind)
    assert error.after_unknown


@pytest.mark.parametrize(
    "second", [answer(401), answer(403), answer(302), answer(501), Failure("closed", sent=False)]
)
def test_a_refusal_at_the_door_leaves_the_first_attempt_open(second: Outcome) -> None:
    error = Run(IDEMPOTENT, [LATE, second]).failed(OutcomeUnknown)
    assert type(error.cause) in (Timeout, ServerError)


def test_being_refused_first_and_never_sent_after_leaves_nothing_open() -> None:
    run = Run(IDEMPOTENT, [answer(429), REFUSED_CONNECTION, REFUSED_CONNECTION])
    assert not run.failed(TransportError).sent


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (410, APIError),
        (422, BadRequest),
        (302, APIError),
        (101, APIError),
        (501, ServerError),
    ],
)
def test_answers_that_are_final_are_not_repeated(status: int, kind: type[APIError]) -> None:
    error = Run(READ, [answer(status)]).failed(kind)
    assert error.status == status
    assert error.message == "no"
    assert not error.after_unknown
    assert str(status) in str(error)
    assert "no" not in str(error).split()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 429])
def test_a_refused_write_changed_nothing_and_says_which_refusal(status: int) -> None:
    error = Run(UNSAFE, [answer(status)]).error
    assert isinstance(error, APIError)
    assert error.status == status


def test_the_concurrency_conflict_is_repeated_but_not_for_unsafe_writes() -> None:
    busy = answer(409, BUSY)
    assert Run(KEYED, [busy, busy, OK]).completed == Completed(OK, 3)
    assert Run(KEYED, [busy] * 3).failed(Conflict).message == BUSY["message"]
    assert Run(UNSAFE, [busy]).failed(Conflict)


def test_a_redirect_is_an_error_that_says_so() -> None:
    assert "redirect" in str(Run(READ, [answer(307, location="/elsewhere")]).error)


@pytest.mark.parametrize(
    ("value", "seconds"), [("2", 2.0), ("Fri, 20 Nov 2026 12:00:03 GMT", 3.0), ("0", 0.0)]
)
def test_retry_after_replaces_the_jitter(value: str, seconds: float) -> None:
    assert Run(READ, [answer(429, retry_after=value), OK]).world.slept == [seconds]
    assert Run(READ, [answer(503, retry_after=value), OK]).world.slept == [seconds]


def test_a_retry_after_beyond_the_deadline_ends_it_at_once() -> None:
    error = Run(READ, [answer(429, retry_after="30")]).failed(RateLimited)
    assert error.retry_after == 30.0


def test_unusable_retry_after_falls_back_to_jitter() -> None:
    run = Run(READ, [answer(429, retry_after="tomorrow"), OK])
    assert run.world.slept == [0.25]


def test_no_attempt_begins_once_the_deadline_is_near() -> None:
    run = Run(READ, [(4.9, LOST)], deadline=5.0)
    assert run.failed(TransportError).attempts == 1


def test_the_deadline_names_itself_when_it_cut_an_attempt_off() -> None:
    assert Run(READ, [(10.0, LOST), (10.0, LATE)]).failed(DeadlineExceeded).sent
    assert (
        Run(READ, [(20.0, Failure("timeout", sent=True, status=200))]).failed(DeadlineExceeded).status == 200
    )


def test_waiting_for_a_turn_can_use_up_the_deadline() -> None:
    error = Run(UNSAFE, [(20.0, Failure("turn", sent=False))]).failed(DeadlineExceeded)
    assert not error.sent
    assert "nothing was sent" in str(error)


def test_a_call_that_waited_too_long_is_not_even_tried() -> None:
    world = World()
    steps = exchange(UNSAFE, Policy(deadline=5.0), world.now - 6.0, world.clock, world.random)
    with pytest.raises(DeadlineExceeded) as caught:
        next(steps)
    assert (caught.value.attempts, caught.value.sent) == (0, False)


def test_a_sleep_that_ran_over_the_deadline_ends_in_the_error_before_it() -> None:
    world = World()
    steps = exchange(READ, Policy(deadline=5.0), world.now, world.clock, world.random)
    next(steps)
    assert isinstance(steps.send(answer(503)), Pause)
    world.now += 60.0
    with pytest.raises(ServerError) as caught:
        next(steps)
    assert caught.value.attempts == 1


def test_a_sleep_that_ran_over_keeps_a_write_open() -> None:
    world = World()
    steps = exchange(IDEMPOTENT, Policy(deadline=5.0), world.now, world.clock, world.random)
    next(steps)
    steps.send(LOST)
    world.now += 60.0
    with pytest.raises(OutcomeUnknown):
        next(steps)


def test_one_attempt_means_one() -> None:
    assert Run(READ, [LOST], attempts=1).failed(TransportError).attempts == 1


@pytest.mark.parametrize("kind", ["network", "timeout"])
@pytest.mark.parametrize("call", [UNSAFE, KEYED, IDEMPOTENT], ids=["unsafe", "keyed", "idempotent"])
def test_a_write_whose_success_was_cut_off_is_done_and_says_so(call: Call[Any], kind: Any) -> None:
    error = Run(call, [Failure(kind, sent=True, status=200)]).failed(DecodeError)
    assert error.status == 200
    assert "done" in str(error)


def test_a_cut_off_success_settles_what_was_open_before() -> None:
    assert Run(IDEMPOTENT, [LOST, Failure("network", sent=True, status=204)]).failed(DecodeError)


def test_a_refusal_counts_even_when_its_body_was_lost() -> None:
    cut = Failure("network", sent=True, status=404)
    assert Run(READ, [cut]).failed(NotFound).message == ""
    assert Run(UNSAFE, [cut]).failed(NotFound)
    assert Run(UNSAFE, [Failure("network", sent=True, status=502)]).failed(OutcomeUnknown)


def test_the_envelope_is_read_where_there_is_one() -> None:
    body = {
        "message": "The submitted data was invalid",
        "errors": [
            {"title": "Unknown", "details": "no such attribute", "source": {"pointer": "/a", "line": 3}},
            {"title": None, "details": 7, "source": "elsewhere"},
            "not an entry",
        ],
        "StatusCode": 400,
    }
    error = Run(READ, [answer(400, body)]).failed(BadRequest)
    assert error.message == body["message"]
    assert error.errors == (
        ErrorDetail("Unknown", "no such attribute", (("line", "3"), ("pointer", "/a"))),
        ErrorDetail(None, "7", ()),
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>down</html>",
        b"\xff\xfe\x00",
        b"[1]",
        b"null",
        b'{"message": 3, "errors": "x"}',
        b"[" * 99999,
    ],
)
def test_anything_else_than_an_envelope_is_kept_out(body: bytes) -> None:
    error = Run(READ, [Response(404, {}, body)]).failed(NotFound)
    assert (error.message, error.errors) == ("", ())
    assert str(error) == "get_customer_session: 404, not found"


def test_what_goes_over_the_wire_never_shows_in_a_repr() -> None:
    assert repr(Response(200, {"x": "marker"}, b"marker")) == "<Response 200 with 6 bytes>"
    assert "marker" not in repr(Completed(Response(200, {}, b"marker"), 1))


def test_the_safety_of_these_calls_is_what_their_names_say() -> None:
    assert [call.safety for call in (READ, DRY, KEYED, IDEMPOTENT, UNSAFE)] == [
        Safety.READ,
        Safety.DRY,
        Safety.KEYED,
        Safety.IDEMPOTENT,
        Safety.UNSAFE,
    ]


def test_today_is_the_wall_clock_unless_told() -> None:
    world = World()
    steps: Generator[Step, Outcome | None, Completed] = exchange(
        READ, Policy(), world.now, world.clock, world.random
    )
    next(steps)
    pause = steps.send(answer(429, retry_after="Fri, 20 Nov 2020 12:00:00 GMT"))
    assert isinstance(pause, Pause)
    assert pause.seconds == 0.0
