"""Decisions about repeating: pure functions of what came back and of the call's safety."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from talon_client.call import Safety

REPEATABLE_STATUS = frozenset({408, 429, 500, 502, 503, 504})
BACKOFF_BASE = 0.25
BACKOFF_CAP = 4.0

# The only 409 that asks to be repeated (facts.md, Transport); matched loosely because texts drift.
_CONCURRENCY_TEXT = "too many requests"


def is_concurrency_conflict(status: int, message: str) -> bool:
    """Whether a 409 only says that the same profile or session is being updated right now."""
    return status == 409 and _CONCURRENCY_TEXT in message.lower()


def may_repeat_answered(safety: Safety, status: int, message: str, keys_honoured: bool) -> bool:
    """Whether a call that got this error status may be sent again."""
    if is_concurrency_conflict(status, message):
        # The API refused before doing anything, so a keyed write is safe to repeat even where keys are not honoured.
        # It documents that for none of the UNSAFE operations (facts.md, Transport): there the text proves nothing.
        return safety is not Safety.UNSAFE
    # A 429 too, although it refuses (`certainty`): a write that was turned away is the caller's to send again.
    return status in REPEATABLE_STATUS and may_repeat_lost(safety, keys_honoured)


def may_repeat_lost(safety: Safety, keys_honoured: bool) -> bool:
    """Whether a call whose answer was lost may be sent again."""
    if safety is Safety.KEYED:
        return keys_honoured
    return safety is not Safety.UNSAFE


Certainty = Literal["refused", "open"]


def certainty(status: int) -> Certainty:
    """Whether an error status proves that a write was not applied."""
    return "open" if status >= 500 or status == 408 else "refused"


def settles_earlier_attempts(status: int, message: str) -> bool:
    """Whether this error on a repeat also tells what became of the attempts before it.

    400 and 404 do (a replayed answer, or what the first attempt left); a refusal at the door does not.
    """
    if status >= 500 or status < 400:
        return False
    return status not in (401, 403, 408, 429) and not is_concurrency_conflict(status, message)


def backoff(attempt: int, random: float) -> float:
    """Full jitter: between nothing and a cap that doubles from 0.25 s up to 4 s. `random` is in [0, 1)."""
    ceiling: float = min(BACKOFF_CAP, BACKOFF_BASE * 2.0 ** min(attempt - 1, 10))
    return random * ceiling


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait from a Retry-After header in either form; `None` when it says nothing usable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
