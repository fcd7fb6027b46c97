"""Instants as integer microseconds UTC, and the sandbox's clock, which is kept in the database."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST = (datetime(1000, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LATEST = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND


def to_micros(moment: datetime) -> int:
    """`moment` as microseconds since 1970 UTC; a naive datetime is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(micros: int, zone: ZoneInfo | None = None) -> datetime:
    """The instant as an aware datetime, in UTC or in `zone`."""
    moment = _EPOCH + timedelta(microseconds=micros)
    return moment if zone is None else moment.astimezone(zone)


def to_wire(micros: int, zone: ZoneInfo | None = None) -> str:
    """RFC 3339 with offset, `Z` for UTC, microseconds only where there are some."""
    text = to_datetime(micros, zone).isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def wall_clock() -> int:
    """The machine's clock in microseconds."""
    return time.time_ns() // 1000


class ClockError(ValueError):
    """The clock was asked to go back, which only reset and restore do, or to leave the years that it knows."""


def check_instant(micros: int) -> None:
    """ClockError for an instant at which no world can stand: dates count from it, both ways."""
    if micros > _LATEST:
        raise ClockError("the clock goes no further than the year 9000")
    if micros < _EARLIEST:
        raise ClockError("the clock begins with the year 1000")


class Clock:
    """A frozen instant, or the wall clock plus an offset; forward only, also when the machine's clock steps back.

    The state is one row of the table `clock`, so that it travels with snapshots.
    """

    def __init__(self, conn: sqlite3.Connection, wall: Callable[[], int] = wall_clock) -> None:
        self._conn = conn
        self._wall = wall
        self._held: int | None = None
        self._last = 0

    def now(self) -> int:
        """The present in microseconds; inside `held` always the same instant."""
        if self._held is not None:
            return self._held
        mode, value, floor = self._conn.execute("select mode, value, floor from clock").fetchone()
        if mode == "frozen":
            return int(value)
        self._last = max(self._last, int(floor), self._wall() + int(value))
        return self._last

    @contextmanager
    def held(self) -> Iterator[None]:
        """One request, one instant: hold the present still, unless it is moved by hand."""
        outermost = self._held is None
        self._held = self.now()
        try:
            yield
        finally:
            if outermost:
                self._held = None

    def start_again(self, latest: int) -> None:
        """After a restore: the present may lie earlier, but not before `latest`, the last thing written."""
        self._held, self._last = None, latest

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return bool(self._conn.execute("select mode = 'frozen' from clock").fetchone()[0])

    def freeze(self, micros: int) -> None:
        """Stand still at `micros`."""
        self._set("frozen", micros, micros, self.now())

    def advance(self, by: timedelta) -> None:
        """Go forward by `by`, frozen or not."""
        now = self.now()
        target = now + by // _MICROSECOND
        mode = self._conn.execute("select mode from clock").fetchone()[0]
        self._set(mode, target if mode == "frozen" else target - self._wall(), target, now)

    def follow_wall_clock(self) -> None:
        """Run on from the present instant at the pace of the machine's clock."""
        now = self.now()
        self._set("wall", now - self._wall(), now, now)

    def _set(self, mode: str, value: int, instant: int, now: int) -> None:
        """`now` is the present that `instant` was reckoned from: read again, it would have moved on."""
        check_instant(instant)
        if instant < now:
            raise ClockError(
                f"the clock only goes forward: it is {to_wire(now)}, asked for {to_wire(instant)}"
            )
        self._conn.execute("update clock set mode = ?, value = ?, floor = ?", (mode, value, instant))
        if self._held is not None:
            self._held = instant
