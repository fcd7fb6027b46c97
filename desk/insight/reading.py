"""What answers mean to an investigation: instants that may be missing or broken, requests that failed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from talon_client import TalonError
from talon_client.models import Effect

T = TypeVar("T")

_REAL_YEARS = 2  # Go's zero time 0001-01-01 means "not set" (facts.md, Transport)


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: `what` in a few plain words ("the points of program 2") and the
    error.

    Partial failure is data: a finding that carries one of these is incomplete, not wrong.
    """

    what: str
    error: TalonError

    def __str__(self) -> str:
        return f"{self.what} could not be read: {self.error}"


def instant(value: datetime | str | None) -> datetime | None:
    """`value` as an aware instant in UTC; None when it is missing, unreadable, Go's zero time, or not within the years
    to 9999 in UTC."""
    if not isinstance(value, datetime) or value.year < _REAL_YEARS:
        return None
    # One zone object for all: datetimes of the same zone object compare several times faster.
    if value.tzinfo is None or not value.utcoffset():
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        return None


def value_of(answer: T | TalonError) -> T | None:
    """The answer, or None when it is an error."""
    return None if isinstance(answer, TalonError) else answer


def error_of(answer: object) -> TalonError | None:
    """The error, or None when it is an answer."""
    return answer if isinstance(answer, TalonError) else None


def effect_date(effect: Effect, prop: str) -> datetime | None:
    """A timestamp among an effect's props, in UTC; None when it is missing or unreadable."""
    text = effect.text(prop)
    if text is None:
        return None
    try:
        return instant(datetime.fromisoformat(text))
    except ValueError:
        return None
