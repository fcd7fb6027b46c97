"""An error of the client as the plain data that a receipt keeps."""

from desk.guard.model import Problem
from talon_client import APIError, DecodeError, OutcomeUnknown, TransportError


def problem_of(error: BaseException) -> Problem:
    """What happened, without key, header or body. An unknown outcome is told by what made it unknown."""
    if isinstance(error, OutcomeUnknown):
        cause = problem_of(error.cause)
        return Problem(type(error).__name__, cause.status, cause.message, cause.errors)
    if isinstance(error, APIError):
        details = tuple((each.title or "", each.details or "", _where(each.source)) for each in error.errors)
        return Problem(type(error).__name__, error.status, error.message or error.summary, details)
    status = error.status if isinstance(error, (DecodeError, TransportError)) else None
    # Of what is no error of the client only the kind is told: its text may quote anything.
    message = getattr(error, "summary", "") or f"an error of the desk itself ({type(error).__name__})"
    return Problem(type(error).__name__, status, message)


def _where(source: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in source)
