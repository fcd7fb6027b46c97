"""What became of a write: one pure function from what came back to an outcome and the key of its words."""

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from talon_client.errors import (
    APIError,
    ConfigError,
    DecodeError,
    NotAllowed,
    OutcomeUnknown,
    TransportError,
)


class Outcome(str, Enum):
    """State of a record. Only `SENDING` and `UNKNOWN` hold the lease on their target."""

    SENDING = "sending"
    """Recorded, and not yet answered. A crash leaves it here until the sweep."""
    DONE = "done"
    """The API said yes, or reading back proved that it happened."""
    REFUSED = "refused"
    """The API said no; nothing changed."""
    FAILED = "failed"
    """Nothing left the house, or reading back proved that nothing happened."""
    UNKNOWN = "unknown"
    """Sent, and no usable answer. Resolved by reading back, never by repeating."""
    STALE = "stale"
    """Not sent, because the preview no longer described the target. Renew the plan and look again."""

    @property
    def open(self) -> bool:
        """Whether the record still holds the lease on its target."""
        return self in (Outcome.SENDING, Outcome.UNKNOWN)


WORDS = frozenset(
    {
        "sending",
        "done",
        "done.unreadable",
        "done.already",
        "done.read_back",
        "done.declared",
        "refused.bad_request",
        "refused.unauthorized",
        "refused.forbidden",
        "refused.not_found",
        "refused.conflict",
        "refused.rate_limited",
        "refused.other",
        "failed.not_sent",
        "failed.not_allowed",
        "failed.configuration",
        "failed.not_read",
        "failed.interrupted",
        "failed.not_there",
        "failed.declared",
        "unknown.lost",
        "unknown.server_error",
        "unknown.fault",
        "unknown.interrupted",
        "unknown.unclear",
        "unknown.no_read_back",
        "unknown.past_world",
        "stale.changed",
        "stale.old",
        "stale.other_preview",
        "stale.past_world",
    }
)
"""Every key that `Receipt.words` can hold; `desk/ui/words.py` has a sentence for each."""

_REFUSED: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "refused.bad_request",
    HTTPStatus.UNAUTHORIZED: "refused.unauthorized",
    HTTPStatus.FORBIDDEN: "refused.forbidden",
    HTTPStatus.NOT_FOUND: "refused.not_found",
    HTTPStatus.CONFLICT: "refused.conflict",
    HTTPStatus.TOO_MANY_REQUESTS: "refused.rate_limited",
}


@dataclass(frozen=True)
class Verdict:
    """An outcome, the key of its words, and whether only reading back can make it certain."""

    outcome: Outcome
    words: str
    read_back: bool


_BY_KIND: tuple[tuple[type[BaseException], Verdict], ...] = (
    (NotAllowed, Verdict(Outcome.FAILED, "failed.not_allowed", read_back=False)),
    (ConfigError, Verdict(Outcome.FAILED, "failed.configuration", read_back=False)),
    (DecodeError, Verdict(Outcome.DONE, "done.unreadable", read_back=True)),
    (OutcomeUnknown, Verdict(Outcome.UNKNOWN, "unknown.lost", read_back=True)),
    (TransportError, Verdict(Outcome.UNKNOWN, "unknown.lost", read_back=True)),
)


def judge(result: object, *, idempotent_delete: bool = False) -> Verdict:
    """The outcome table of design.md ("Writing"), for a value or whatever was raised while sending.

    `idempotent_delete` says that repeating the call could only find its own work done, so a 404 on
    a repeated attempt is done. An error that nobody foresaw counts as unknown: sending had begun.
    """
    if not isinstance(result, BaseException):
        return Verdict(Outcome.DONE, "done", read_back=True)
    if isinstance(result, APIError):
        return _judge_status(result, idempotent_delete)
    if isinstance(result, OutcomeUnknown) and isinstance(result.cause, APIError):
        return Verdict(Outcome.UNKNOWN, "unknown.server_error", read_back=True)
    if isinstance(result, TransportError) and not result.sent:
        return Verdict(Outcome.FAILED, "failed.not_sent", read_back=False)
    for kind, verdict in _BY_KIND:
        if isinstance(result, kind):
            return verdict
    return Verdict(Outcome.UNKNOWN, "unknown.fault", read_back=True)


def _judge_status(error: APIError, idempotent_delete: bool) -> Verdict:
    if error.status == HTTPStatus.NOT_FOUND and idempotent_delete and error.after_unknown:
        return Verdict(Outcome.DONE, "done.already", read_back=True)
    if error.status >= 500 or error.status == HTTPStatus.REQUEST_TIMEOUT:
        return Verdict(Outcome.UNKNOWN, "unknown.server_error", read_back=True)
    # A refusal may answer the repetition of an attempt that did get through ("already linked"), so it is
    # looked at before it is believed.
    return Verdict(
        Outcome.REFUSED, _REFUSED.get(error.status, "refused.other"), read_back=error.after_unknown
    )
