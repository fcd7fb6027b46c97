"""Every error of the client as four answers: what happened, what it means for the customer, what to do now, a reference."""

from dataclasses import dataclass
from enum import StrEnum

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


_NOT_CUSTOMER = "This says nothing about the customer."


def trouble(error: BaseException, asked: str = "this", *, write: bool = False) -> Trouble:
    """The panel for `error`, raised while asking for `asked` ("the balance of Shop points"); `write` for changes."""
    if isinstance(error, OutcomeUnknown):
        return Trouble(
            Sort.UNKNOWN,
            f"The answer for {asked} was lost while it was being changed.",
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
    happened, meaning, todo, sort, again = _plain(error, asked)
    if write and sort is not Sort.UNKNOWN:
        meaning = "Nothing has changed for the customer."
    return Trouble(sort, happened, meaning, todo, _reference(error), _raw(error), again)


def _plain(error: BaseException, asked: str) -> tuple[str, str, str, Sort, bool]:
    """What happened, what it means, what to do, the kind, and whether trying again can help."""
    if isinstance(error, NotFound):
        return (
            f"There is no {_bare(asked)} in this Application.",
            "The id is not known here; it can exist in another Application or environment.",
            "Check the spelling, or look in another Application.",
            Sort.NOT_FOUND,
            False,
        )
    if isinstance(error, BadRequest):
        return (
            f"The API does not accept the request for {asked}.",
            _NOT_CUSTOMER,
            "Its own reason is below. Check the id and what was typed.",
            Sort.REFUSED,
            False,
        )
    if isinstance(error, Unauthorized):
        return (
            f"The API does not accept this desk's key, so {asked} could not be looked up.",
            _NOT_CUSTOMER,
            "The key is wrong, expired, or of another environment. Whoever runs this desk has to replace it.",
            Sort.COULD_NOT_LOOK,
            False,
        )
    if isinstance(error, Forbidden):
        return (
            f"This desk's key may not look up {asked}.",
            _NOT_CUSTOMER,
            "Ask whoever runs this desk whether the key should be allowed to.",
            Sort.COULD_NOT_LOOK,
            False,
        )
    if isinstance(error, Conflict):
        return (
            "Something else is changing the same customer or session right now.",
            _NOT_CUSTOMER,
            "Often the shop itself. Wait a few seconds and try again.",
            Sort.REFUSED,
            True,
        )
    if isinstance(error, RateLimited):
        wait = f"{int(error.retry_after) + 1} seconds" if error.retry_after is not None else "a minute"
        return (
            f"The API takes no more requests at the moment, so {asked} could not be looked up.",
            _NOT_CUSTOMER,
            f"Try again in {wait}.",
            Sort.COULD_NOT_LOOK,
            True,
        )
    if isinstance(error, ServerError):
        return (
            f"The API failed while looking up {asked}.",
            _NOT_CUSTOMER,
            "Try again. If it stays, tell whoever runs this desk, with the reference.",
            Sort.COULD_NOT_LOOK,
            True,
        )
    if isinstance(error, Timeout | DeadlineExceeded):
        return (
            f"The API took too long to answer for {asked}.",
            _NOT_CUSTOMER,
            "Try again.",
            Sort.COULD_NOT_LOOK,
            True,
        )
    if isinstance(error, TransportError):
        where = "was cut off while answering" if error.sent else "could not be reached"
        return (
            f"The API {where}, so {asked} could not be looked up.",
            _NOT_CUSTOMER,
            "Check the connection and try again.",
            Sort.COULD_NOT_LOOK,
            True,
        )
    if isinstance(error, DecodeError):
        return (
            f"The API's answer for {asked} could not be read.",
            _NOT_CUSTOMER,
            "Try again. If it stays, something between this desk and the API may be answering in its place.",
            Sort.COULD_NOT_LOOK,
            True,
        )
    if isinstance(error, NotAllowed):
        return (
            f"Not allowed here: {error.reason}",
            _NOT_CUSTOMER,
            "Somebody with the right role can do it.",
            Sort.REFUSED,
            False,
        )
    if isinstance(error, ConfigError):
        return (
            f"This desk is not set up for {asked}: {error.summary}",
            _NOT_CUSTOMER,
            "Whoever runs this desk has to change its settings.",
            Sort.COULD_NOT_LOOK,
            False,
        )
    if isinstance(error, APIError):
        return (
            f"The API refused the request for {asked}.",
            _NOT_CUSTOMER,
            "Its own reason is below.",
            Sort.REFUSED,
            True,
        )
    return (
        f"This desk failed while looking up {asked}.",
        _NOT_CUSTOMER,
        "Try again. If it stays, tell whoever runs this desk, with the reference.",
        Sort.COULD_NOT_LOOK,
        True,
    )


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
    details = [": ".join(part for part in (entry.title, entry.details) if part) for entry in error.errors]
    return "; ".join(part for part in (error.message, *details) if part)
