"""One write at a time per profile and session id, inside one client: keeps the API's 409 from happening."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class KeyedLocks:
    """Locks by name that exist only while somebody uses them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def holding(self, keys: tuple[str, ...], end: float) -> Iterator[bool]:
        """Holds all keys, or yields False when they are not free before `end` (the clock's seconds).

        Keys come sorted, so that two calls never wait for each other.
        """
        taken: list[threading.Lock] = []
        used = [self._borrow(key) for key in keys]
        try:
            for lock in used:
                if not lock.acquire(timeout=max(0.0, end - self._clock())):
                    yield False
                    return
                taken.append(lock)
            yield True
        finally:
            for lock in reversed(taken):
                lock.release()
            for key in keys:
                self._give_back(key)

    def _borrow(self, key: str) -> threading.Lock:
        with self._guard:
            lock, users = self._locks.get(key, (threading.Lock(), 0))
            self._locks[key] = (lock, users + 1)
            return lock

    def _give_back(self, key: str) -> None:
        with self._guard:
            lock, users = self._locks[key]
            if users == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, users - 1)
