"""Everything that can go wrong, as one family.

`str(error)` is one line for a person and never holds a key, an id or a body; the details are attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One entry of the API's error envelope. `source` names a pointer, parameter, line or resource."""

    title: str | None = None
    details: str | None = None
    source: tuple[tuple[str, str], ...] = ()


class TalonError(Exception):
    """Base of all errors of this client.

    Attributes: `operation` (its id, or `None`), `attempts` (how often it was tried: a try that ended before anything
    was sent counts too), `summary` (the line that `str()` shows).
    """

    def __init__(self, summary: str, *, operation: str | None = None, attempts: int = 0) -> None:
        super().__init__(summary)
        self.summary = summary
        self.operation = operation
        self.attempts = attempts

    def __str__(self) -> str:
        return f"{self.operation}: {self.summary}" if self.operation else self.summary

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        # Pickled by attribute, because constructors take keywords; what may name a customer stays behind.
        state = {name: value for name, value in self.__dict__.items() if name not in _LEFT_BEHIND}
        return (_restore, (type(self), state))


# The API's texts can quote ids of customers, and a pickle travels further than a log.
_LEFT_BEHIND = frozenset({"message", "errors", "__notes__"})


def _restore(kind: type[TalonError], state: dict[str, object]) -> TalonError:
    error = kind.__new__(kind, str(state.get("summary", "")))
    error.__dict__.update(state)
    if isinstance(error, APIError):
        error.message, error.errors = "", ()
    return error


class ConfigError(TalonError):
    """The client cannot be built like this; the text says what to change."""


class NotAllowed(TalonError):
    """A restricted view refused the call before anything was sent. `reason` says why."""

    def __init__(self, reason: str, *, operation: str | None = None) -> None:
        super().__init__(f"not allowed: {reason}", operation=operation)
        self.reason = reason


class TransportError(TalonError):
    """No usable answer arrived. `sent` is False when nothing left the house; `status` is known when only
    the body was lost."""

    def __init__(
        self,
        summary: str,
        *,
        operation: str | None = None,
        attempts: int = 0,
        sent: bool = True,
        status: int | None = None,
    ) -> None:
        super().__init__(summary, operation=operation, attempts=attempts)
        self.sent = sent
        self.status = status


class Timeout(TransportError):
    """One attempt took longer than its time-out."""


class DeadlineExceeded(TransportError):
    """The time for the whole call, attempts and waits included, is used up."""


class APIError(TalonError):
    """The API answered with an error status.

    Attributes: `status`, `message` and `errors` (the API's own texts, which may quote ids), `retry_after`
    (seconds), `after_unknown` (an earlier attempt of this call may have been applied: a 404 then can mean
    that the first delete worked).
    """

    def __init__(
        self,
        summary: str,
        *,
        status: int,
        operation: str | None = None,
        attempts: int = 0,
        message: str = "",
        errors: Sequence[ErrorDetail] = (),
        retry_after: float | None = None,
        after_unknown: bool = False,
    ) -> None:
        super().__init__(summary, operation=operation, attempts=attempts)
        self.status = status
        self.message = message
        self.errors = tuple(errors)
        self.retry_after = retry_after
        self.after_unknown = after_unknown


class BadRequest(APIError):
    """400 or 422: the API does not accept the request; `errors` say which part."""


class Unauthorized(APIError):
    """401: the key is wrong, expired, or of another environment."""


class Forbidden(APIError):
    """403: the key may not do this."""


class NotFound(APIError):
    """404: no such thing in the key's Application and environment."""


class Conflict(APIError):
    """409: it exists already, or too many requests update the same profile or session."""


class RateLimited(APIError):
    """429: too many requests. `retry_after` in seconds, when the API says."""


class ServerError(APIError):
    """5xx or 408: the API failed. Only reads raise it; writes raise `OutcomeUnknown`."""


class DecodeError(TalonError):
    """A success whose body could not be read. For a write that means: done, answer unreadable."""

    def __init__(self, summary: str, *, status: int, operation: str | None = None, attempts: int = 0) -> None:
        super().__init__(summary, operation=operation, attempts=attempts)
        self.status = status


class OutcomeUnknown(TalonError):
    """A write that may or may not have been applied. Read it back; never repeat it blindly.

    `cause` is the error of the attempt that left it open (time-out, reset, 5xx).
    """

    def __init__(self, cause: TalonError, *, operation: str | None = None, attempts: int = 0) -> None:
        super().__init__(
            f"outcome unknown, it may have been applied ({cause.summary})",
            operation=operation,
            attempts=attempts,
        )
        self.cause = cause


BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: ServerError,
    409: Conflict,
    422: BadRequest,
    429: RateLimited,
}
