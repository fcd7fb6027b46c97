"""Days of a zone and spans of time, within the years that there are: an expiry in the year 9999, a common "never", and
a date of the year 2 come from the API, and neither may take a page down. What would lie beyond the calendar stands at
its end."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

T = TypeVar("T", date, datetime)

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
_LAST = datetime.max.replace(tzinfo=UTC)
_FIRST = datetime.min.replace(tzinfo=UTC)


def local(at: datetime, zone: tzinfo) -> datetime:
    """The instant in `zone`; as it came where that zone has no such day any more."""
    try:
        return at.astimezone(zone)
    except (OverflowError, ValueError):
        return at


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day of an instant in `zone`."""
    return local(at, zone).date()


def begin_of(day: date, zone: tzinfo) -> datetime:
    """The first instant of a day of `zone`, in UTC."""
    try:
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    except (OverflowError, ValueError):
        return _FIRST


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last instant of a day of `zone`, in UTC."""
    return _LAST if day == date.max else begin_of(day + DAY, zone) - TICK


def plus(at: T, span: timedelta) -> T:
    """So much later, or earlier."""
    try:
        return at + span
    except OverflowError:
        later = span > timedelta()
        if isinstance(at, datetime):
            return (_LAST if later else _FIRST).replace(tzinfo=at.tzinfo)
        return date.max if later else date.min
