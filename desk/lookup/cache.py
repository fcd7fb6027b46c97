"""Answers that were read a moment ago: each question is asked once, however many cards want it.

Only answers stay, never errors. A write forgets what it touched, by the ids that the calls name.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime

from desk.insight.investigation import Ask, AskAll

TTL = 60.0
ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Key:
    """Environment, role and request: what one person may see, another may not."""

    application: str
    role: str
    ask: Ask | AskAll


@dataclass(frozen=True, slots=True)
class Read:
    """A value and when it was read (UTC). `cached`: somebody had asked before."""

    value: object
    at: datetime
    cached: bool


@dataclass(slots=True)
class _Entry:
    future: "Future[object]"
    at: datetime
    started: float
    weight: int = 1


class Cache:
    """Shared by all people of a process; bounded by age and by rows."""

    def __init__(
        self,
        ttl: float = TTL,
        rows: int = ROWS,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._ttl = ttl
        self._rows = rows
        self._clock = clock
        self._now = now
        self._guard = threading.Lock()
        self._entries: OrderedDict[Key, _Entry] = OrderedDict()

    def get(
        self, key: Key, start: Callable[[], "Future[object]"], *, fresh: bool
    ) -> "tuple[Future[object], datetime, bool]":
        """The answer under way or at hand, when it was asked for, and whether it was there before."""
        with self._guard:
            entry = self._entries.get(key)
            if entry and self._usable(entry, fresh):
                self._entries.move_to_end(key)
                return entry.future, entry.at, True
            entry = _Entry(start(), self._now(), self._clock())
            self._entries[key] = entry
            self._entries.move_to_end(key)
        entry.future.add_done_callback(lambda future: self._settle(key, entry, future))
        return entry.future, entry.at, False

    def _usable(self, entry: _Entry, fresh: bool) -> bool:
        # Even a refresh shares a request that is still under way.
        if not entry.future.done():
            return True
        return not fresh and self._clock() - entry.started < self._ttl

    def _settle(self, key: Key, entry: _Entry, future: "Future[object]") -> None:
        with self._guard:
            failed = future.cancelled() or future.exception() is not None
            if failed:
                if self._entries.get(key) is entry:
                    del self._entries[key]
                return
            value = future.result()
            entry.weight = max(1, len(value)) if isinstance(value, tuple) else 1
            self._shrink()

    def _shrink(self) -> None:
        now = self._clock()
        done = [key for key, entry in self._entries.items() if entry.future.done()]
        total = sum(entry.weight for entry in self._entries.values())
        for key in done:
            entry = self._entries[key]
            if now - entry.started >= self._ttl or total > self._rows:
                total -= entry.weight
                del self._entries[key]

    def forget(self, ids: Iterable[str]) -> None:
        """Drops what was read about these ids, for every role; in every Application, for customers and points belong
        to all of an environment."""
        touched = set(ids)
        with self._guard:
            for key in list(self._entries):
                if touched & {str(value) for _, value in key.ask.call.arguments}:
                    del self._entries[key]

    def forget_role(self, role: str) -> None:
        """Drops what was read under that role: somebody signed out."""
        with self._guard:
            for key in [key for key in self._entries if key.role == role]:
                del self._entries[key]

    def clear(self) -> None:
        """Drops everything."""
        with self._guard:
            self._entries.clear()
