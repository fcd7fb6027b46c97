"""Every error of the client in four parts: what happened, what it means, what to do now, a reference."""

from dataclasses import dataclass
from enum import StrEnum

from desk.guard.errors import GuardError
from talon_client.errors import (
    APIError,
    BadRequest,
    ConfigError,
    Conflict,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    TalonError,
    Timeout,
    TransportError,
    Unauthorized,
)


class Sort(StrEnum):
    """What kind of trouble it is; pages use it to tell "not found" from "could not look" (scenarios.md, 1)."""

    NOT_FOUND = "not found"
    COULD_NOT_LOOK = "could not look"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as a panel says it. Plain text; whoever shows it escapes it.

    `raw`: the API's own words, may quote ids. `reference`: short text to quote to whoever runs the desk.
    `again`: whether trying again can help.
    """

    sort: Sort
    happened: str
    meaning: str
    todo: str
    reference: str = ""
    raw: str = ""
    again: bool = True


@dataclass(frozen=True, slots=True)
class _Entry:
    """How one class of errors is said. `{asked}`, `{bare}`, `{why}` and `{wait}` are filled in."""

    kind: type[BaseException]
    happened: str
    todo: str
    sort: Sort = Sort.COULD_NOT_LOOK
    again: bool = True


_NOT_CUSTOMER = "This says nothing about the customer."
_TELL = "Try again. If it stays, tell whoever runs this desk, with the reference."
# The first entry that fits is taken, so subclasses come before their bases.
_ENTRIES = (
    _Entry(
        NotFound,
        "There is no {bare} in this Application.",
        "Check the spelling, or look in another Application.",
        Sort.NOT_FOUND,
        again=False,
    ),
    _Entry(
        BadRequest,
        "The API does not accept the request for {asked}.",
        "Its own reason is below. Check the id and what was typed.",
        Sort.REFUSED,
        again=False,
    ),
    _Entry(
        Unauthorized,
        "The API does not accept this desk's key, so {asked} could not be looked up.",
        "The key is wrong, expired, or of another environment. Whoever runs this desk has to replace it.",
        again=False,
    ),
    _Entry(
        Forbidden,
        "This desk's key may not look up {asked}.",
        "Ask whoever runs this desk whether the key should be allowed to.",
        again=False,
    ),
    _Entry(
        Conflict,
        "Something else is changing the same customer or session right now.",
        "Often the shop itself. Wait a few seconds and try again.",
        Sort.REFUSED,
    ),
    _Entry(
        RateLimited,
        "The API takes no more requests at the moment, so {asked} could not be looked up.",
        "Try again in {wait}.",
    ),
    _Entry(ServerError, "The API failed while looking up {asked}.", _TELL),
    _Entry(APIError, "The API refused the request for {asked}.", "Its own reason is below.", Sort.REFUSED),
    _Entry(Timeout, "The API took too long to answer for {asked}.", "Try again."),
    _Entry(DeadlineExceeded, "The API took too long to answer for {asked}.", "Try again."),
    _Entry(
        TransportError,
        "The API {why}, so {asked} could not be looked up.",
        "Check the connection and try again.",
    ),
    _Entry(
        DecodeError,
        "The API's answer for {asked} could not be read.",
        "Try again. If it stays, something between this desk and the API may be answering in its place.",
    ),
    _Entry(
        NotAllowed,
        "Not allowed here: {why}",
        "Somebody with the right role can do it.",
        Sort.REFUSED,
        again=False,
    ),
    _Entry(
        ConfigError,
        "This desk is not set up for {asked}: {why}",
        "Whoever runs this desk has to change its settings.",
        again=False,
    ),
    _Entry(BaseException, "This desk failed while looking up {asked}.", _TELL),
)


def trouble(error: BaseException, asked: str = "this", *, write: bool = False) -> Trouble:
    """The panel for `error`, raised while asking for `asked` ("the balance of Shop points").

    `write`: it was a change, and `asked` names it ("“Return 1 item”").
    """
    if isinstance(error, OutcomeUnknown):
        return Trouble(
            Sort.UNKNOWN,
            f"The answer to {asked} was lost on the way.",
            "It may or may not have happened for the customer.",
            "Do not repeat it. Open the receipt or refresh: the desk looks up what is there now.",
            _reference(error),
            _raw(error.cause),
        )
    if isinstance(error, DecodeError) and write:
        return Trouble(
            Sort.UNKNOWN,
            f"The API accepted {asked}, but its answer could not be read.",
            "It is done for the customer.",
            "Refresh to see what is there now.",
            _reference(error),
        )
    if isinstance(error, GuardError):
        return Trouble(
            Sort.REFUSED,
            str(error),
            f"Nothing was sent for {asked}, and nothing has changed for the customer.",
            "",
            _reference(error),
            again=False,
        )
    if write and not isinstance(error, TalonError):
        return Trouble(
            Sort.UNKNOWN,
            f"This desk failed during {asked}.",
            "It may or may not have happened for the customer.",
            "Do not repeat it. Open the receipts, or the customer anew, and look at what is there now.",
            _reference(error),
        )
    entry = next(entry for entry in _ENTRIES if isinstance(error, entry.kind))
    return Trouble(
        entry.sort,
        entry.happened.format(asked=asked, bare=_bare(asked), why=_why(error)),
        _meaning(entry, write),
        entry.todo.format(wait=_wait(error)),
        _reference(error),
        _raw(error),
        entry.again,
    )


def _meaning(entry: _Entry, write: bool) -> str:
    if write:
        return "Nothing has changed for the customer."
    if entry.sort is Sort.NOT_FOUND:
        return "The id is not known here; it can exist in another Application or environment."
    return _NOT_CUSTOMER


def _why(error: BaseException) -> str:
    if isinstance(error, TransportError):
        return "was cut off while answering" if error.sent else "could not be reached"
    if isinstance(error, NotAllowed):
        return error.reason
    return error.summary if isinstance(error, TalonError) else ""


def _wait(error: BaseException) -> str:
    seconds = error.retry_after if isinstance(error, APIError) else None
    return "a minute" if seconds is None else f"{int(seconds) + 1} seconds"


def _bare(asked: str) -> str:
    """`the card X` after "there is no": without its article."""
    return asked.removeprefix("the ").removeprefix("this ")


def _reference(error: BaseException) -> str:
    """`get_loyalty_balances, 503 ServerError, 3 attempts`: no id, no key, no body."""
    parts = [error.operation] if isinstance(error, TalonError) and error.operation else []
    status = getattr(error, "status", None)
    parts.append(f"{status} {type(error).__name__}" if isinstance(status, int) else type(error).__name__)
    if isinstance(error, TalonError) and error.attempts > 1:
        parts.append(f"{error.attempts} attempts")
    return ", ".join(parts)


def _raw(error: BaseException) -> str:
    """The API's own message and its list of errors, on one line."""
    if not isinstance(error, APIError):
        return ""
    # The list often says the message once more.
    news = [entry for entry in error.errors if not entry.details or entry.details not in error.message]
    details = [": ".join(part for part in (entry.title, entry.details) if part) for entry in news]
    return "; ".join(part for part in (error.message, *details) if part)
