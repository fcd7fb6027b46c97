"""The client: one method an operation, one engine, one pool, views that allow less."""

import random as _random
import threading
import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import wraps
from os import environ
from types import TracebackType
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar
from uuid import uuid4

from talon_client import calls
from talon_client.call import Call
from talon_client.config import Secret, check_base_url, check_key, check_limits
from talon_client.decode import decode
from talon_client.describe import Description, describe
from talon_client.engine import Attempt, Completed, Failure, Outcome, Policy, exchange
from talon_client.errors import ConfigError, NotAllowed, TalonError
from talon_client.events import Event, EventKind, Hook, tell
from talon_client.locks import KeyedLocks
from talon_client.models.base import Page
from talon_client.paging import Iteration, PageSize, Report
from talon_client.pool import Pool, abandon, as_finished, done, result_or_error
from talon_client.request import Prepared, headers_of, prepare, url_of

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
P = ParamSpec("P")

Predicate = Callable[[Call[object]], bool | str]
"""True allows; False, or a text that says why, refuses."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """All there is to know of a call that succeeded. `elapsed` in seconds, waits included."""

    value: T
    status: int
    headers: Mapping[str, str]
    attempts: int
    elapsed: float
    body: bytes

    def __repr__(self) -> str:
        # The value and the body hold customers.
        return f"<Answer {self.status} after {self.attempts} attempt(s) in {self.elapsed:.3f} s>"


class _Core:
    """What all views of a client share."""

    def __init__(
        self,
        base_url: str,
        key: Secret,
        policy: Policy,
        max_in_flight: int,
        http: "httpx.Client | None",
        hooks: Sequence[Hook],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self.base_url = base_url
        self.key = key
        self.policy = policy
        # Late: whoever only builds calls or reads models need not wait for httpx.
        from talon_client.transport import HttpDriver, open_http

        # A client of the caller's own stays open.
        self.driver = HttpDriver(http or open_http(max_in_flight), clock, owned=http is None)
        self.hooks = tuple(hooks)
        self.clock = clock
        self.sleep = sleep
        self.random = random
        self.locks = KeyedLocks(clock)
        self.turns = threading.BoundedSemaphore(max_in_flight)
        self.page_size = PageSize()
        self.pool = Pool(max_in_flight)


def _method(build: Callable[P, Call[T]]) -> "Callable[Concatenate[TalonClient, P], T]":
    @wraps(build)
    def method(self: "TalonClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.send(build(*args, **kwargs))

    return method


class TalonClient:
    """The Integration API of one Application. Threads may share one; keep it for the life of the process.

    `timeout` bounds one attempt and `deadline` the whole call, in seconds. `idempotency_keys=True` says that
    the deployment honours `Idempotency-Key`: only then is a write that takes keys repeated by itself. Raises
    `ConfigError` for a key or URL that cannot work. `http` may be a client of your own; it is not closed.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        timeout: float = 10.0,
        deadline: float = 20.0,
        attempts: int = 3,
        max_in_flight: int = 8,
        idempotency_keys: bool = False,
        http: "httpx.Client | None" = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
    ) -> None:
        key = Secret(api_key)
        del api_key  # a traceback with locals would show it
        check_limits(timeout, deadline, attempts, max_in_flight)
        self._core = _Core(
            check_base_url(base_url),
            check_key(key),
            Policy(timeout, deadline, attempts, idempotency_keys),
            max_in_flight,
            http,
            hooks,
            clock,
            sleep,
            random,
        )
        self._allow: tuple[Predicate, ...] = ()

    @classmethod
    def from_env(cls) -> "TalonClient":
        """A client from `TALON_BASE_URL` and `TALON_API_KEY`; `ConfigError` names the one that is missing."""
        for name in ("TALON_BASE_URL", "TALON_API_KEY"):
            if not environ.get(name):
                raise ConfigError(f"{name} is not set")
        return cls(environ["TALON_BASE_URL"], environ["TALON_API_KEY"])

    def __repr__(self) -> str:
        core = getattr(self, "_core", None)
        if core is None:
            return "<TalonClient unfinished>"  # a traceback out of its constructor
        return f"<TalonClient {core.base_url}{' restricted' if self._allow else ''}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a client holds a key and connections: it is never pickled")

    def __enter__(self) -> "TalonClient":
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

    def restricted(self, allow: Predicate) -> "TalonClient":
        """A view on the same pool: `allow(call)` runs before any I/O, else `NotAllowed`. Views of views only
        ever allow less."""
        view = object.__new__(type(self))
        view._core = self._core
        view._allow = (*self._allow, allow)
        return view

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

        return Iteration(call, submit, self._core.page_size, progress)

    def describe(self, call: Call[object]) -> Description:
        """What the call would send, without the key. Nothing is sent. A fresh `Idempotency-Key` is added to a
        keyed write that has none when it is sent."""
        url = url_of(self._core.base_url, call)
        return describe(call.operation.method, url, headers_of(call), call.content)

    def _check(self, call: Call[object]) -> None:
        refusal = self._refusal(call)
        if refusal is not None:
            raise refusal

    def _refusal(self, call: Call[object]) -> NotAllowed | None:
        for allow in self._allow:
            verdict = allow(call)
            if verdict is not True:
                reason = verdict if isinstance(verdict, str) and verdict else "this view does not allow it"
                return NotAllowed(reason, operation=call.operation.id)
        return None

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
        if call.safety.takes_key and call.idempotency_key is None:
            # One key for all attempts: without it the API would take a repetition for a second change.
            call = call.with_key(str(uuid4()))
        core = self._core
        started = core.clock()
        self._tell(call, "call")
        try:
            completed = self._exchange(call, started)
            value = decode(call.operation, completed)
        except BaseException as error:
            attempts, status = getattr(error, "attempts", 0), getattr(error, "status", None)
            self._tell(call, "outcome", attempts, status, error, core.clock() - started)
            raise
        elapsed = core.clock() - started
        response = completed.response
        self._tell(call, "outcome", completed.attempts, response.status, None, elapsed)
        return Answer(value, response.status, response.headers, completed.attempts, elapsed, response.body)

    def _exchange(self, call: Call[object], started: float) -> Completed:
        core = self._core
        steps = exchange(call, core.policy, started, core.clock, core.random)
        prepared = prepare(core.base_url, core.key, call)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                completed: Completed = stop.value
                return completed
            if isinstance(step, Attempt):
                self._tell(call, "attempt", step.number)
                outcome = self._attempt(call, prepared, step)
            else:
                self._tell(call, "retry", step.attempt, None, step.error, 0.0, step.seconds)
                core.sleep(step.seconds)
                outcome = None

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

    def _tell(
        self,
        call: Call[object],
        kind: EventKind,
        attempt: int = 0,
        status: int | None = None,
        error: BaseException | None = None,
        elapsed: float = 0.0,
        wait: float = 0.0,
    ) -> None:
        if not self._core.hooks:
            return
        operation, name = call.operation, type(error).__name__ if error else None
        event = Event(
            kind,
            operation.id,
            operation.method,
            operation.path,
            call.safety.value,
            attempt,
            status,
            name,
            elapsed,
            wait,
        )
        tell(self._core.hooks, event)

    get_customer_inventory = _method(calls.get_customer_inventory)
    update_customer_profile_v2 = _method(calls.update_customer_profile_v2)
    get_customer_session = _method(calls.get_customer_session)
    update_customer_session_v2 = _method(calls.update_customer_session_v2)
    return_cart_items = _method(calls.return_cart_items)
    reopen_customer_session = _method(calls.reopen_customer_session)
    get_loyalty_balances = _method(calls.get_loyalty_balances)
    get_loyalty_program_profile_points = _method(calls.get_loyalty_program_profile_points)
    get_loyalty_program_profile_transactions = _method(calls.get_loyalty_program_profile_transactions)
    get_loyalty_card_balances = _method(calls.get_loyalty_card_balances)
    get_loyalty_card_points = _method(calls.get_loyalty_card_points)
    get_loyalty_card_transactions = _method(calls.get_loyalty_card_transactions)
    generate_loyalty_card = _method(calls.generate_loyalty_card)
    link_loyalty_card_to_profile = _method(calls.link_loyalty_card_to_profile)
    create_coupon_reservation = _method(calls.create_coupon_reservation)
    delete_coupon_reservation = _method(calls.delete_coupon_reservation)
    get_reserved_customers = _method(calls.get_reserved_customers)
