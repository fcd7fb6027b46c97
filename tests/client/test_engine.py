"""The engine, fed by hand: no I/O, no waiting, every way that a call can end."""

from dataclasses import replace
from typing import Any

import pytest

from talon_client import (
    APIError,
    BadRequest,
    Call,
    Conflict,
    DeadlineExceeded,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    TalonError,
    Timeout,
    TransportError,
    Unauthorized,
)
from talon_client.engine import Attempt, Completed, Failure, Outcome, Pause, Policy, Response, exchange
from tests.client.engine_run import (
    BUSY,
    DRY,
    IDEMPOTENT,
    KEYED,
    LATE,
    LOST,
    OK,
    READ,
    REFUSED_CONNECTION,
    UNSAFE,
    Run,
    answer,
)
from tests.client.help import World


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


def test_a_408_does_not_say_that_the_api_refused() -> None:
    assert str(Run(READ, [answer(408)] * 3).error) == (
        "get_customer_session: 408, the API gave up waiting for the request"
    )


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


def test_a_write_that_was_turned_away_is_left_to_its_caller_who_learns_when_to_come_again() -> None:
    for call in (UNSAFE, KEYED):
        error = Run(call, [answer(429, retry_after="2")]).failed(RateLimited)
        assert error.retry_after == 2.0
        assert not error.after_unknown
    turned_away = answer(429, retry_after="2")
    assert Run(KEYED, [turned_away, OK], idempotency_keys=True).world.slept == [2.0]
    assert Run(IDEMPOTENT, [turned_away, OK]).world.slept == [2.0]


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
