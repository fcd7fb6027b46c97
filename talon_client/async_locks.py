"""Turns and keyed locks for coroutines of one event loop; waiting ends with a deadline, never by itself."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Turns:
    """So many at a time, first come, first served. Closing sends away those who wait."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[bool]] = deque()

    async def take(self) -> bool:
        """True: it is one's turn, to be given back. False: closed while waiting."""
        if self._free:
            self._free -= 1
            return True
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self.give_back()  # it came while the caller gave up
            raise

    def give_back(self) -> None:
        """Hands the turn to the next who still waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1

    def close(self) -> None:
        """Sends away all who wait; whoever comes later is served as before."""
        for turn in self._waiting:
            if not turn.done():
                turn.set_result(False)
        self._waiting.clear()


class AsyncKeyedLocks:
    """Locks by name that exist only while somebody uses them: one write at a time per profile and session id."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._locks: dict[str, tuple[Turns, int]] = {}

    @asynccontextmanager
    async def holding(self, keys: tuple[str, ...], end: float) -> AsyncIterator[bool]:
        """Holds all keys, or yields False when they are not free before `end` (the clock's seconds).

        Keys come sorted, so that two calls never wait for each other.
        """
        taken: list[Turns] = []
        used = [self._borrow(key) for key in keys]
        try:
            for lock in used:
                if not await taken_before(lock, end - self._clock()):
                    yield False
                    return
                taken.append(lock)
            yield True
        finally:
            for lock in reversed(taken):
                lock.give_back()
            for key in keys:
                self._give_back(key)

    def _borrow(self, key: str) -> Turns:
        lock, users = self._locks.get(key) or (Turns(1), 0)
        self._locks[key] = (lock, users + 1)
        return lock

    def _give_back(self, key: str) -> None:
        lock, users = self._locks[key]
        if users == 1:
            del self._locks[key]
        else:
            self._locks[key] = (lock, users - 1)


async def taken_before(turns: Turns, seconds: float) -> bool:
    """Whether a turn came within so many seconds; then it is to be given back."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await turns.take()
    except TimeoutError:
        return False
