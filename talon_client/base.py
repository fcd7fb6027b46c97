"""What both clients share: checks, views, descriptions, and the course of a call with its events; no I/O."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar
from uuid import uuid4

from talon_client.call import Call
from talon_client.decode import decode
from talon_client.describe import Description, describe
from talon_client.engine import Attempt, Completed, Outcome, Step, exchange
from talon_client.errors import NotAllowed
from talon_client.events import Event, EventKind, Hook, tell
from talon_client.request import Prepared, headers_of, prepare, url_of
from talon_client.settings import Predicate, Settings
from talon_client.walk import LOOK_AHEAD, PageSize

T = TypeVar("T")


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


class Core:
    """What all views of a client share."""

    def __init__(
        self,
        settings: Settings,
        hooks: Sequence[Hook],
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self.base_url = settings.base_url
        self.key = settings.key
        self.policy = settings.policy
        self.hooks = tuple(hooks)
        self.clock = clock
        self.random = random
        self.page_size = PageSize()
        self.look_ahead = min(LOOK_AHEAD, settings.max_in_flight)


class BaseClient:
    """A client without the part that waits."""

    _core: Core
    _allow: tuple[Predicate, ...] = ()

    def __repr__(self) -> str:
        name = type(self).__name__
        core = getattr(self, "_core", None)
        if core is None:
            return f"<{name} unfinished>"  # a traceback out of its constructor
        return f"<{name} {core.base_url}{' restricted' if self._allow else ''}>"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a client holds a key and connections: it is never pickled")

    def restricted(self, allow: Predicate) -> Self:
        """A view on the same pool: `allow(call)` runs before any I/O, else `NotAllowed`. Views of views only
        ever allow less. What a subclass keeps in its instances, its views have too."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._allow = (*self._allow, allow)
        return view

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

    def _begin(self, call: Call[T]) -> tuple[Call[T], Prepared, Generator[Step, Outcome | None, Answer[T]]]:
        """The call as it is sent, its request, and its course: what a driver is to do, until it returns the answer."""
        if call.safety.takes_key and call.idempotency_key is None:
            # One key for all attempts: without it the API would take a repetition for a second change.
            call = call.with_key(str(uuid4()))
        return call, prepare(self._core.base_url, self._core.key, call), self._course(call)

    def _course(self, call: Call[T]) -> Generator[Step, Outcome | None, Answer[T]]:
        """The engine's steps, with every event told. A driver that is interrupted throws the error in here."""
        core = self._core
        started = core.clock()
        self._tell(call, "call")
        try:
            completed = yield from self._steps(call, started)
            value = decode(call.operation, completed)
        except BaseException as error:
            attempts, status = getattr(error, "attempts", 0), getattr(error, "status", None)
            self._tell(call, "outcome", attempts, status, error, core.clock() - started)
            raise
        elapsed = core.clock() - started
        response = completed.response
        self._tell(call, "outcome", completed.attempts, response.status, None, elapsed)
        return Answer(value, response.status, response.headers, completed.attempts, elapsed, response.body)

    def _steps(self, call: Call[object], started: float) -> Generator[Step, Outcome | None, Completed]:
        core = self._core
        steps = exchange(call, core.policy, started, core.clock, core.random)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                completed: Completed = stop.value
                return completed
            if isinstance(step, Attempt):
                self._tell(call, "attempt", step.number)
            else:
                self._tell(call, "retry", step.attempt, None, step.error, 0.0, step.seconds)
            outcome = yield step

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
