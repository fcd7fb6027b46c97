"""What the engine makes of answers, fed by hand: cut off, without an envelope, or with one."""

from collections.abc import Generator
from typing import Any

import pytest

from talon_client import (
    BadRequest,
    Call,
    DecodeError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Safety,
)
from talon_client.engine import Completed, Failure, Outcome, Pause, Policy, Response, Step, exchange
from talon_client.errors import ErrorDetail
from tests.client.engine_run import DRY, IDEMPOTENT, KEYED, LOST, OK, READ, UNSAFE, Run, answer
from tests.client.help import World


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


@pytest.mark.parametrize(("seconds", "waited"), [("7", [7.0]), ("30", [])])
def test_a_refusal_whose_body_was_lost_says_how_long_to_wait(seconds: str, waited: list[float]) -> None:
    cut = Failure("network", sent=True, status=429, headers={"retry-after": seconds})
    run = Run(READ, [cut, OK] if waited else [cut])
    assert run.world.slept == waited
    if not waited:
        assert run.failed(RateLimited).retry_after == 30.0
    assert "retry" not in repr(cut)


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
