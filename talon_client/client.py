"""The client that waits: threads may share it, and batches and lists run on its own threads."""

import random as _random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from talon_client.base import Answer, BaseClient, Core
from talon_client.call import Call
from talon_client.config import Secret
from talon_client.engine import Attempt, Failure, Outcome, Policy
from talon_client.errors import TalonError
from talon_client.events import Hook
from talon_client.locks import KeyedLocks
from talon_client.methods import Methods
from talon_client.models.base import Page
from talon_client.paging import Iteration, Report
from talon_client.pool import Pool, abandon, as_finished, done, result_or_error
from talon_client.request import Prepared
from talon_client.settings import TLS, Settings, check_settings, from_environment

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")


class _Core(Core):
    def __init__(
        self,
        settings: Settings,
        http: "httpx.Client | None",
        hooks: Sequence[Hook],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        super().__init__(settings, hooks, clock, random)
        # Late: whoever only builds calls or reads models need not wait for httpx.
        from talon_client.transport import open_driver

        self.driver = open_driver(settings, http, clock)
        self.sleep = sleep
        self.locks = KeyedLocks(clock)
        self.turns = threading.BoundedSemaphore(settings.max_in_flight)
        self.pool = Pool(settings.max_in_flight)


class TalonClient(BaseClient, Methods):
    """The Integration API of one Application. Threads may share one; keep it for the life of the process.

    `timeout` bounds one attempt and `deadline` the whole call, in seconds; `max_in_flight` bounds requests and
    connections. `idempotency_keys=True` says that the deployment honours `Idempotency-Key`: only then is a write
    that takes keys repeated by itself. `proxy` is a URL (without one, `HTTPS_PROXY` and its kind count); `tls` an
    `ssl.SSLContext` or the path of a file of CA certificates. `http` may be a client of your own instead: it is
    not closed, and only its transport, proxy, TLS and event hooks count (its headers, params, cookies and auth are not
    sent). Raises `ConfigError` for what cannot work.
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
        http: "httpx.Client | None" = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
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
        http: "httpx.Client | None" = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the pool: what waits is dropped, and every later call ends in `TransportError`, unsent.

        A view of another client leaves that client's pool alone.
        """
        if self._allow:
            return
        self._core.driver.close()
        self._core.pool.close()

    def send(self, call: Call[T]) -> T:
        """Makes the call and returns its value; raises the one `TalonError` that ended it."""
        return self.fetch(call).value

    def fetch(self, call: Call[T]) -> Answer[T]:
        """Like `send`, with status, headers, attempts, time and the raw body."""
        self._check(call)
        return self._fetch(call)

    def send_all(self, batch: Iterable[Call[T]]) -> list[T | TalonError]:
        """Makes all calls, bounded by `max_in_flight`; the deadline of each begins when its turn comes.

        In order, each a value or the `TalonError` that ended it; one failure never hides the others.
        """
        batch = list(batch)
        futures = self._start(batch)
        try:
            return [result_or_error(future, call) for future, call in zip(futures, batch, strict=True)]
        finally:
            abandon(futures)

    def send_each(self, batch: Iterable[Call[T]]) -> Generator[tuple[int, T | TalonError], None, None]:
        """Like `send_all`, but yields (index, value or error) as they complete. Calls that have not begun are
        dropped when the iterator is left early."""
        batch = list(batch)
        futures = self._start(batch)
        try:
            for place in as_finished(futures):
                yield place, result_or_error(futures[place], batch[place])
        finally:
            abandon(futures)

    def iterate(
        self, call: Call[Page[T]], *, progress: Callable[[Report], None] | None = None
    ) -> Iteration[T]:
        """All items of a paged list, a few pages in flight. A page that fails raises its error."""

        def submit(page: Call[Page[T]]) -> Future[Page[T]]:
            self._check(page)
            return self._core.pool.later(self._value, page)

        return Iteration(call, submit, self._core.page_size, progress, self._core.look_ahead)

    def _start(self, batch: Sequence[Call[T]]) -> "list[Future[T | TalonError]]":
        # All are judged here, on the caller's thread, before the first is sent.
        refusals = [self._refusal(call) for call in batch]
        return [
            self._core.pool.later(self._value_or_error, call) if refusal is None else done(refusal)
            for call, refusal in zip(batch, refusals, strict=True)
        ]

    def _value(self, call: Call[T]) -> T:
        return self._fetch(call).value

    def _value_or_error(self, call: Call[T]) -> T | TalonError:
        try:
            return self._fetch(call).value
        except TalonError as error:
            return error

    def _fetch(self, call: Call[T]) -> Answer[T]:
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
                    outcome = self._attempt(call, prepared, step)
                else:
                    self._core.sleep(step.seconds)
                    outcome = None
            except BaseException as error:
                course.throw(error)  # which tells of it and raises it again

    def _attempt(self, call: Call[object], prepared: Prepared, step: Attempt) -> Outcome:
        core = self._core
        with core.locks.holding(call.locks, step.end) as free:
            if not free or not core.turns.acquire(timeout=max(0.0, step.end - core.clock())):
                return Failure("turn", sent=False)
            try:
                now = core.clock()
                if now >= step.end:
                    # Its turn came too late, or a hook took the time: sending now could only end unknown.
                    return Failure("turn", sent=False)
                return core.driver.attempt(prepared, min(step.end, now + step.timeout))
            finally:
                core.turns.release()
