"""The client for coroutines of one asyncio event loop: the same engine, calls and views, nothing blocks."""

import asyncio
import random as _random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from talon_client.async_locks import AsyncKeyedLocks, Turns, taken_before
from talon_client.async_methods import AsyncMethods
from talon_client.async_paging import AsyncIteration, drop
from talon_client.base import Answer, BaseClient, Core
from talon_client.call import Call
from talon_client.config import Secret
from talon_client.engine import Attempt, Failure, Outcome, Policy
from talon_client.errors import ConfigError, NotAllowed, TalonError, TransportError
from talon_client.events import Hook
from talon_client.models.base import Page
from talon_client.request import Prepared
from talon_client.settings import TLS, Settings, check_settings, from_environment
from talon_client.walk import Report

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class _Core(Core):
    def __init__(
        self,
        settings: Settings,
        http: "httpx.AsyncClient | None",
        hooks: Sequence[Hook],
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        random: Callable[[], float],
    ) -> None:
        super().__init__(settings, hooks, clock, random)
        # Late: whoever only names the class need not wait for httpx.
        from talon_client.async_transport import open_async_driver

        self.driver = open_async_driver(settings, http, clock)
        self.sleep = sleep
        self.locks = AsyncKeyedLocks(clock)
        self.turns = Turns(settings.max_in_flight)
        # Calls of batches and lists begin, and their deadlines with them, when they get one of these.
        self.places = Turns(settings.max_in_flight)
        self.loop: asyncio.AbstractEventLoop | None = None

    def stay_in_loop(self) -> None:
        """A `ConfigError` in another event loop than before: connections and turns of the first are of no use there."""
        loop = asyncio.get_running_loop()
        if self.loop is None:
            self.loop = loop
        elif self.loop is not loop:
            raise ConfigError(
                "an AsyncTalonClient stays in the event loop it was first used in: make one for each"
            )


class AsyncTalonClient(BaseClient, AsyncMethods):
    """The Integration API of one Application, for asyncio (not trio). Coroutines of one event loop may share one.

    It takes what `TalonClient` takes, with an `httpx.AsyncClient` and a `sleep` that is awaited. Cancelling the task
    that waits for a call ends the call: its connection is closed, its turn and locks are given back, and whether a
    write that was on its way has been applied is unknown.
    """

    _core: _Core

    def __init__(
        self,
        base_url: str,
        api_key: str | Secret,
        *,
        timeout: float = 10.0,
        deadline: float = 20.0,
        attempts: int = 3,
        max_in_flight: int = 8,
        idempotency_keys: bool = False,
        proxy: str | Secret | None = None,
        tls: TLS | None = None,
        http: "httpx.AsyncClient | None" = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = _random.random,
    ) -> None:
        key, through = Secret.of(api_key), None if proxy is None else Secret.of(proxy)
        del api_key, proxy  # a traceback with locals would show them
        policy = Policy(timeout, deadline, attempts, idempotency_keys)
        settings = check_settings(base_url, key, policy, max_in_flight, through, tls, http is not None)
        self._core = _Core(settings, http, hooks, clock, sleep, random)

    @classmethod
    def from_env(
        cls,
        *,
        timeout: float = 10.0,
        deadline: float = 20.0,
        attempts: int = 3,
        max_in_flight: int = 8,
        idempotency_keys: bool = False,
        proxy: str | Secret | None = None,
        tls: TLS | None = None,
        http: "httpx.AsyncClient | None" = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = _random.random,
    ) -> Self:
        """A client from `TALON_BASE_URL` and `TALON_API_KEY`; `ConfigError` names the one that is missing."""
        proxy = None if proxy is None else Secret.of(proxy)
        base_url, key = from_environment()
        return cls(
            base_url,
            key,
            timeout=timeout,
            deadline=deadline,
            attempts=attempts,
            max_in_flight=max_in_flight,
            idempotency_keys=idempotency_keys,
            proxy=proxy,
            tls=tls,
            http=http,
            hooks=hooks,
            clock=clock,
            sleep=sleep,
            random=random,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends the pool: what waits is dropped, and every later call ends in `TransportError`, unsent.

        A view of another client leaves that client's pool alone.
        """
        if self._allow:
            return
        core = self._core
        core.driver.closed = True
        core.places.close()
        core.turns.close()
        await core.driver.close()

    async def send(self, call: Call[T]) -> T:
        """Makes the call and returns its value; raises the one `TalonError` that ended it."""
        return (await self.fetch(call)).value

    async def fetch(self, call: Call[T]) -> Answer[T]:
        """Like `send`, with status, headers, attempts, time and the raw body."""
        self._check(call)
        self._core.stay_in_loop()
        return await self._fetch(call)

    async def send_all(self, batch: Iterable[Call[T]]) -> list[T | TalonError]:
        """Makes all calls, bounded by `max_in_flight`; the deadline of each begins when its turn comes.

        In order, each a value or the `TalonError` that ended it; one failure never hides the others.
        """
        batch = list(batch)
        values: dict[int, T | TalonError] = {}
        async with aclosing(self.send_each(batch)) as each:
            async for place, value in each:
                values[place] = value
        return [values[place] for place in range(len(batch))]

    async def send_each(self, batch: Iterable[Call[T]]) -> AsyncGenerator[tuple[int, T | TalonError], None]:
        """Like `send_all`, but yields (index, value or error) as they complete. What is not done is cancelled when
        the iterator is left early (at once under `contextlib.aclosing`)."""
        batch = list(batch)
        # All are judged before the first is sent.
        refusals = [self._refusal(call) for call in batch]
        tasks = [
            asyncio.create_task(self._value_or_error(call, refusal))
            for call, refusal in zip(batch, refusals, strict=True)
        ]
        finished: asyncio.Queue[int] = asyncio.Queue()
        for place, task in enumerate(tasks):
            task.add_done_callback(partial(_note, finished, place))
        try:
            for _ in tasks:
                place = await finished.get()
                yield place, tasks[place].result()
        finally:
            await drop(tasks)

    def iterate(
        self, call: Call[Page[T]], *, progress: Callable[[Report], None] | None = None
    ) -> AsyncIteration[T]:
        """All items of a paged list, a few pages in flight. A page that fails raises its error."""

        def submit(page: Call[Page[T]]) -> asyncio.Task[Page[T]]:
            self._check(page)
            return asyncio.create_task(self._value(page))

        return AsyncIteration(call, submit, self._core.page_size, progress, self._core.look_ahead)

    async def _value(self, call: Call[T]) -> T:
        self._core.stay_in_loop()
        places = self._core.places
        if not await places.take():
            raise TransportError(
                "the client is closed, nothing was sent", operation=call.operation.id, sent=False
            )
        try:
            return (await self._fetch(call)).value
        finally:
            places.give_back()

    async def _value_or_error(self, call: Call[T], refusal: NotAllowed | None) -> T | TalonError:
        if refusal is not None:
            return refusal
        try:
            return await self._value(call)
        except TalonError as error:
            return error

    async def _fetch(self, call: Call[T]) -> Answer[T]:
        call, prepared, course = self._begin(call)
        outcome: Outcome | None = None
        while True:
            try:
                step = course.send(outcome)
            except StopIteration as stop:
                answer: Answer[T] = stop.value
                return answer
            try:
                if isinstance(step, Attempt):
                    outcome = await self._attempt(call, prepared, step)
                else:
                    await self._core.sleep(step.seconds)
                    outcome = None
            except BaseException as error:
                course.throw(error)  # which tells of it and raises it again

    async def _attempt(self, call: Call[object], prepared: Prepared, step: Attempt) -> Outcome:
        core = self._core
        async with core.locks.holding(call.locks, step.end) as free:
            if not free or not await taken_before(core.turns, step.end - core.clock()):
                return Failure("closed" if core.driver.closed else "turn", sent=False)
            try:
                now = core.clock()
                if now >= step.end:
                    # Its turn came too late, or a hook took the time: sending now could only end unknown.
                    return Failure("turn", sent=False)
                return await core.driver.attempt(prepared, min(step.end, now + step.timeout))
            finally:
                core.turns.give_back()


def _note(finished: "asyncio.Queue[int]", place: int, _: object) -> None:
    finished.put_nowait(place)
