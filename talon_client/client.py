"""The client: one method an operation, one engine, one pool, views that allow less."""

import random as _random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import wraps
from os import environ
from types import TracebackType
from typing import Concatenate, Generic, ParamSpec, TypeVar
from urllib.parse import quote_plus

import httpx

from talon_client import calls
from talon_client.call import Call
from talon_client.config import PREFIX, Secret, check_base_url, check_key
from talon_client.decode import decode
from talon_client.describe import Description, describe
from talon_client.engine import Attempt, Completed, Failure, Outcome, Policy, exchange
from talon_client.errors import APIError, ConfigError, NotAllowed, TalonError
from talon_client.events import Event, Hook, tell
from talon_client.locks import KeyedLocks
from talon_client.models.base import Page
from talon_client.paging import Iteration, PageSize, Report
from talon_client.transport import HttpDriver, Prepared, open_http

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


class _Core:
    """What all views of a client share."""

    def __init__(
        self,
        base_url: str,
        key: Secret,
        policy: Policy,
        max_in_flight: int,
        http: httpx.Client | None,
        hooks: Sequence[Hook],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self.base_url = base_url
        self.key = key
        self.policy = policy
        self.owns_http = http is None
        self.http = http or open_http(max_in_flight)
        self.driver = HttpDriver(self.http, clock)
        self.hooks = tuple(hooks)
        self.clock = clock
        self.sleep = sleep
        self.random = random
        self.locks = KeyedLocks()
        self.turns = threading.BoundedSemaphore(max_in_flight)
        self.page_size = PageSize()
        self.pool = ThreadPoolExecutor(max_workers=max_in_flight, thread_name_prefix="talon-client")


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
        http: httpx.Client | None = None,
        hooks: Sequence[Hook] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = _random.random,
    ) -> None:
        if timeout <= 0 or deadline <= 0 or attempts < 1 or max_in_flight < 1:
            raise ConfigError("timeout and deadline must be positive, attempts and max_in_flight at least 1")
        self._core = _Core(
            check_base_url(base_url),
            check_key(api_key),
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
        return f"<TalonClient {self._core.base_url}{' restricted' if self._allow else ''}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a client holds a key and connections: it is never pickled")

    def __enter__(self) -> "TalonClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the pool; a view of another client leaves that client's pool alone."""
        if self._allow:
            return
        self._core.pool.shutdown(wait=False, cancel_futures=True)
        if self._core.owns_http:
            self._core.http.close()

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
        core = self._core
        self._check(call)
        started = core.clock()
        self._tell(call, "call")
        try:
            done = self._exchange(call, started)
            value = decode(call.operation, done)
        except TalonError as error:
            status = error.status if isinstance(error, APIError) else None
            self._tell(call, "outcome", error.attempts, status, error, core.clock() - started)
            raise
        elapsed = core.clock() - started
        self._tell(call, "outcome", done.attempts, done.response.status, None, elapsed)
        return Answer(
            value, done.response.status, done.response.headers, done.attempts, elapsed, done.response.body
        )

    def send_all(self, batch: Sequence[Call[object]]) -> list[object]:
        """Makes all calls, bounded by `max_in_flight`. In order, each a value or the `TalonError` that ended it;
        one failure never hides the others."""
        futures = [self._core.pool.submit(self._value_or_error, call) for call in batch]
        return [future.result() for future in futures]

    def send_each(self, batch: Sequence[Call[object]]) -> Iterator[tuple[int, object]]:
        """Like `send_all`, but yields (index, value or error) as they complete."""
        futures = {self._core.pool.submit(self._value_or_error, call): i for i, call in enumerate(batch)}
        for future in as_completed(futures):
            yield futures[future], future.result()

    def iterate(
        self, call: Call[Page[T]], *, progress: Callable[[Report], None] | None = None
    ) -> Iteration[T]:
        """All items of a paged list, a few pages in flight. A page that fails raises its error."""

        def submit(page: Call[Page[T]]) -> Future[Page[T]]:
            return self._core.pool.submit(self.send, page)

        return Iteration(call, self.send, submit, self._core.page_size, progress=progress)

    def describe(self, call: Call[object]) -> Description:
        """What the call would send, without the key. Nothing is sent."""
        return describe(call.operation.method, self._url(call), _headers(call), call.content)

    def _check(self, call: Call[object]) -> None:
        for allow in self._allow:
            verdict = allow(call)
            if verdict is not True:
                reason = verdict if isinstance(verdict, str) and verdict else "this view does not allow it"
                raise NotAllowed(reason, operation=call.operation.id)

    def _value_or_error(self, call: Call[object]) -> object:
        try:
            return self.send(call)
        except TalonError as error:
            return error

    def _exchange(self, call: Call[object], started: float) -> Completed:
        core = self._core
        steps = exchange(call, core.policy, started, core.clock, core.random)
        prepared: Prepared | None = None
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                completed: Completed = stop.value
                return completed
            if isinstance(step, Attempt):
                self._tell(call, "attempt", step.number)
                prepared = prepared or self._prepare(call)
                outcome = self._attempt(call, prepared, step, started + core.policy.deadline)
            else:
                self._tell(call, "retry", step.attempt, None, step.error, 0.0, step.seconds)
                core.sleep(step.seconds)
                outcome = None

    def _attempt(self, call: Call[object], prepared: Prepared, step: Attempt, end: float) -> Outcome:
        core = self._core
        with core.locks.holding(call.locks, end - core.clock()) as free:
            if not free:
                return Failure("deadline", sent=False)
            if not core.turns.acquire(timeout=max(0.0, end - core.clock())):
                return Failure("pool", sent=False)
            try:
                until = min(end, core.clock() + core.policy.timeout)
                return core.driver.attempt(prepared, until)
            finally:
                core.turns.release()

    def _prepare(self, call: Call[object]) -> Prepared:
        secret = ("Authorization", f"{PREFIX} {self._core.key.reveal()}")
        return Prepared(
            call.operation.method, self._url(call), (secret, *_headers(call)), call.content
        )

    def _url(self, call: Call[object]) -> str:
        query = "&".join(f"{name}={quote_plus(value)}" for name, value in call.query)
        return f"{self._core.base_url}{call.path}{'?' + query if query else ''}"

    def _tell(
        self,
        call: Call[object],
        kind: str,
        attempt: int = 0,
        status: int | None = None,
        error: TalonError | None = None,
        elapsed: float = 0.0,
        wait: float = 0.0,
    ) -> None:
        if not self._core.hooks:
            return
        operation = call.operation
        tell(
            self._core.hooks,
            Event(
                kind,  # type: ignore[arg-type]
                operation.id,
                operation.method,
                operation.path,
                call.safety.value,
                attempt,
                status,
                type(error).__name__ if error else None,
                elapsed,
                wait,
            ),
        )

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


def _headers(call: Call[object]) -> tuple[tuple[str, str], ...]:
    headers = [("Accept", "application/json")]
    if call.content is not None:
        headers.append(("Content-Type", "application/json"))
    if call.idempotency_key is not None and call.operation.safety.takes_key:
        headers.append(("Idempotency-Key", call.idempotency_key))
    return tuple(headers)
