"""The one engine: attempts, deadline and errors of a call, decided as a generator without any I/O.

It yields `Attempt` ("send this") and `Pause` ("sleep that long") and is told what came back. A driver that
does the I/O can be a thread or a coroutine; tests feed answers by hand.
"""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from talon_client import retry
from talon_client.call import Call
from talon_client.errors import (
    BY_STATUS,
    APIError,
    DeadlineExceeded,
    DecodeError,
    ErrorDetail,
    OutcomeUnknown,
    ServerError,
    TalonError,
    Timeout,
    TransportError,
)


@dataclass(frozen=True, slots=True)
class Policy:
    """`timeout` bounds one attempt, `deadline` the whole call, in seconds."""

    timeout: float = 10.0
    deadline: float = 20.0
    attempts: int = 3
    idempotency_keys: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send the request: within `timeout` seconds from when its turn has come, and never past `end` (the
    clock's seconds)."""

    number: int
    timeout: float
    end: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait before the next attempt, because of `error`."""

    seconds: float
    attempt: int
    error: TalonError


@dataclass(frozen=True, slots=True)
class Response:
    """An answer that arrived whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        # Tracebacks with locals show it, and a body holds customers.
        return f"<Response {self.status} with {len(self.body)} bytes>"


FailureKind = Literal["closed", "turn", "pool", "connect", "connect timeout", "timeout", "network"]


@dataclass(frozen=True, slots=True)
class Failure:
    """No whole answer. `sent` False: nothing left the house. `status` and `headers` (names in lower case) when only the
    body was lost.

    `turn`: another write to the same profile or session, or the requests in flight, took all the time.
    """

    kind: FailureKind
    sent: bool
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)


Outcome = Response | Failure
Step = Attempt | Pause


@dataclass(frozen=True, slots=True)
class Completed:
    """A success status with its body, after so many attempts."""

    response: Response
    attempts: int


def exchange(
    call: Call[object],
    policy: Policy,
    started: float,
    clock: Callable[[], float],
    random: Callable[[], float],
    today: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Generator[Step, Outcome | None, Completed]:
    """Runs one call. Returns what completed it, or raises the one `TalonError` that ends it.

    `started` is when the caller began to wait: queues count against the deadline. `today` is only used for a
    Retry-After that is a date.
    """
    end = started + policy.deadline
    keys_honoured = policy.idempotency_keys and call.idempotency_key is not None
    # What ends the call when no time is left for the next attempt.
    error: TalonError = DeadlineExceeded("deadline exceeded before it was sent", sent=False)
    open_cause: TalonError | None = None
    number = 0
    while True:
        if clock() >= end:
            raise _final(call, error, number, open_cause)
        number += 1
        outcome = yield Attempt(number, policy.timeout, end)
        assert outcome is not None, "a driver answers every Attempt with an outcome"
        if isinstance(outcome, Response) and 200 <= outcome.status < 300:
            return Completed(outcome, number)
        error, repeatable = _judge(call, keys_honoured, outcome, clock() >= end, today)
        error.attempts, error.operation = number, call.operation.id
        if call.safety.writes and _leaves_open(error):
            open_cause = error
        wait = _wait(error, number, random)
        if not repeatable or number >= policy.attempts or clock() + wait >= end:
            raise _final(call, error, number, open_cause)
        yield Pause(wait, number, error)


def _wait(error: TalonError, number: int, random: Callable[[], float]) -> float:
    if isinstance(error, APIError) and error.retry_after is not None:
        return error.retry_after
    return retry.backoff(number, random())


def _judge(
    call: Call[object], keys_honoured: bool, outcome: Outcome, late: bool, today: Callable[[], datetime]
) -> tuple[TalonError, bool]:
    """The error that an outcome means, and whether the call may be sent again."""
    if isinstance(outcome, Failure):
        if not outcome.sent:
            return _not_sent(outcome), outcome.kind != "closed"
        if outcome.status is None or 200 <= outcome.status < 300:
            if call.safety.writes and outcome.status is not None:
                return DecodeError("done, but the answer was cut off", status=outcome.status), False
            return _lost(outcome, late), retry.may_repeat_lost(call.safety, keys_honoured)
        # An error status says enough without its body, and how long to wait is said before it.
        outcome = Response(outcome.status, outcome.headers, b"")
    error = read_error(outcome, today())
    return error, retry.may_repeat_answered(call.safety, error.status, error.message, keys_honoured)


def _not_sent(failure: Failure) -> TransportError:
    if failure.kind == "closed":
        return TransportError("the client is closed, nothing was sent", sent=False)
    if failure.kind == "turn":
        return DeadlineExceeded("deadline exceeded while waiting for its turn, nothing was sent", sent=False)
    if failure.kind == "pool":
        return Timeout("no free connection in time, nothing was sent", sent=False)
    if failure.kind == "connect timeout":
        return Timeout("could not connect in time, nothing was sent", sent=False)
    return TransportError("could not connect, nothing was sent", sent=False)


def _lost(failure: Failure, late: bool) -> TransportError:
    if late:
        return DeadlineExceeded("deadline exceeded before the answer was complete", status=failure.status)
    if failure.kind == "timeout":
        return Timeout("no answer in time", status=failure.status)
    return TransportError("the connection broke before the answer was complete", status=failure.status)


def _leaves_open(error: TalonError) -> bool:
    """Whether a write that ended like this may have been applied."""
    if isinstance(error, TransportError):
        return error.sent
    if isinstance(error, APIError):
        return retry.certainty(error.status) == "open"
    return False


def _final(call: Call[object], error: TalonError, attempts: int, open_cause: TalonError | None) -> TalonError:
    """The error that ends the call, honest about earlier attempts."""
    error.attempts, error.operation = attempts, call.operation.id
    if open_cause is None or isinstance(error, DecodeError):
        return error
    if isinstance(error, APIError) and retry.settles_earlier_attempts(error.status, error.message):
        error.after_unknown = True
        return error
    return OutcomeUnknown(open_cause, operation=call.operation.id, attempts=attempts)


def read_error(response: Response, now: datetime) -> APIError:
    """The typed error of an answer. Its envelope is read if there is one; anything else is kept out."""
    message, errors = _envelope(response.body)
    status = response.status
    kind = BY_STATUS.get(status) or (ServerError if status >= 500 else APIError)
    retry_after = retry.parse_retry_after(response.headers.get("retry-after"), now)
    return kind(
        _SUMMARIES.get(status, _summary(status)),
        status=status,
        message=message,
        errors=errors,
        retry_after=retry_after,
    )


_SUMMARIES = {
    400: "400, the API does not accept this request",
    401: "401, the API key is not valid here",
    403: "403, the API key may not do this",
    404: "404, not found",
    408: "408, the API gave up waiting for the request",
    409: "409, conflict",
    422: "422, the API does not accept this request",
    429: "429, too many requests",
}


def _summary(status: int) -> str:
    if 300 <= status < 400:
        return f"{status}, the API answered with a redirect, which is never followed"
    return f"{status}, the API failed" if status >= 500 else f"{status}, the API refused"


def _envelope(body: bytes) -> tuple[str, tuple[ErrorDetail, ...]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return "", ()
    if not isinstance(document, dict):
        return "", ()
    message = document.get("message")
    entries = document.get("errors")
    details = (
        tuple(_detail(entry) for entry in entries if isinstance(entry, dict))
        if isinstance(entries, list)
        else ()
    )
    return message if isinstance(message, str) else "", details


def _detail(entry: dict[str, object]) -> ErrorDetail:
    title, details, source = entry.get("title"), entry.get("details"), entry.get("source")
    places = sorted((str(k), str(v)) for k, v in source.items()) if isinstance(source, dict) else []
    return ErrorDetail(
        title=None if title is None else str(title),
        details=None if details is None else str(details),
        source=tuple(places),
    )
