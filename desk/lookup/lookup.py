"""Runs investigations: asks the batches they want, from the cache where it can, and keeps notes."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from desk.insight.investigation import Answers, Ask, AskAll, Batch, Investigation
from desk.lookup.cache import Cache, Key
from desk.lookup.connections import Connections
from talon_client import Call, NotAllowed, Report, Safety, TalonClient, TalonError

F = TypeVar("F")

Allow = Callable[[str, Call[object]], bool | str]
"""(Application, call): True, or why not. Comes from the roles."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being fetched: `title` for people, requests done of `total`, rows of long lists so far."""

    title: str
    done: int
    total: int
    rows: int


@dataclass(frozen=True, slots=True)
class RequestNote:
    """One request of an investigation, for "what was asked": never an id, but for the cURL text on demand."""

    application: str
    call: Call[Any]
    at: datetime
    elapsed: float
    cached: bool
    error: TalonError | None
    rows: int | None = None
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Found(Generic[F]):
    """A finding, the age of its oldest answer (UTC), and the requests behind it."""

    finding: F
    as_of: datetime
    requests: tuple[RequestNote, ...]

    @property
    def asked(self) -> int:
        """How many requests went out; answers at hand do not count."""
        return sum(not note.cached for note in self.requests)


@dataclass(slots=True)
class _Pending:
    ask: Ask | AskAll
    application: str
    future: "Future[object]"
    at: datetime
    cached: bool
    watch: "_Watch"


@dataclass(slots=True)
class _Watch:
    """Written by the worker thread, read by the page's thread."""

    started: float = 0.0
    elapsed: float = 0.0
    report: Report | None = None


class Reader:
    """What all people of a process share: connections, cache and worker threads."""

    def __init__(self, connections: Connections, cache: Cache | None = None, workers: int = 16) -> None:
        self.connections = connections
        self.cache = cache or Cache()
        # Not the client's own threads: a list that waits for its pages must not hold the places they need.
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="talon-desk-read")

    def close(self) -> None:
        """Ends the threads and closes every client."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.connections.close()


class Lookup:
    """Reads for one person. `role` and `allow` decide what may be asked, below the pages."""

    def __init__(self, reader: Reader, *, role: str, allow: Allow) -> None:
        self._reader = reader
        self._role = role
        self._allow = allow

    def run(
        self,
        investigation: Investigation[F],
        application: str,
        *,
        fresh: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> Found[F]:
        """Runs it to its end. A request that fails becomes an answer of the investigation, never an exception
        here. `fresh` passes the cache; `progress` is called on this thread."""
        notes: list[RequestNote] = []
        answers: Answers | None = None
        try:
            batch = next(investigation)
            while True:
                answers, batch_notes = self._ask(batch, application, fresh, progress)
                notes += batch_notes
                batch = investigation.send(answers)
        except StopIteration as stop:
            as_of = min((note.at for note in notes), default=datetime.now(UTC))
            return Found(cast(F, stop.value), as_of, tuple(notes))

    def client(self, application: str) -> TalonClient:
        """This person's view of an Application's client: what the role does not allow raises `NotAllowed`."""
        return self._restricted(self._reader.connections.client(application), application)

    def _restricted(self, client: TalonClient, application: str) -> TalonClient:
        allow = self._allow
        return client.restricted(lambda call: allow(application, call))

    def forget(self, ids: Iterable[str]) -> None:
        """After a write: what was read about these ids is asked again, in every Application."""
        self._reader.cache.forget(ids)

    def forget_everything(self) -> None:
        """After an erasure: sessions and codes hold the customer's data too, under ids of their own."""
        self._reader.cache.clear()

    def _ask(
        self,
        batch: Batch,
        application: str,
        fresh: bool,
        progress: Callable[[Progress], None] | None,
    ) -> tuple[Answers, list[RequestNote]]:
        pending = [self._start(ask, ask.application or application, fresh) for ask in batch.asks]
        waiting = {each.future for each in pending}
        while waiting:
            _, waiting = wait(waiting, timeout=0.1 if progress else None)
            if progress and waiting:
                rows = sum(each.watch.report.items for each in pending if each.watch.report)
                progress(Progress(batch.title, len(pending) - len(waiting), len(pending), rows))
        answers: dict[Ask | AskAll, object] = {}
        notes = []
        for each in pending:
            value = _value(each.future)
            answers[each.ask] = value
            notes.append(_note(each, value))
        return Answers(answers), notes

    def _start(self, ask: Ask | AskAll, application: str, fresh: bool) -> _Pending:
        watch = _Watch()
        refusal = self._refusal(ask, application)
        if refusal is not None:
            refused: Future[object] = Future()
            refused.set_exception(refusal)
            return _Pending(ask, application, refused, datetime.now(UTC), False, watch)

        def start() -> "Future[object]":
            return self._reader.pool.submit(self._read, application, ask, watch)

        if ask.call.safety is not Safety.READ:
            return _Pending(ask, application, start(), datetime.now(UTC), False, watch)
        key = Key(application, self._role, ask)
        future, at, cached = self._reader.cache.get(key, start, fresh=fresh)
        return _Pending(ask, application, future, at, cached, watch)

    def _read(self, application: str, ask: Ask | AskAll, watch: _Watch) -> object:
        watch.started = time.monotonic()

        def progress(report: Report) -> None:
            watch.report = report

        try:
            if isinstance(ask, Ask):
                return self.client(application).send(ask.call)
            lists = self._restricted(self._reader.connections.lists(application), application)
            return tuple(lists.iterate(ask.call, progress=progress))
        finally:
            watch.elapsed = time.monotonic() - watch.started

    def _refusal(self, ask: Ask | AskAll, application: str) -> TalonError | None:
        """Decided anew each time: the cache must not answer what the role may no longer see."""
        try:
            self._reader.connections.client(application)
        except KeyError:
            return NotAllowed(f"no Application is called {application!r}")
        except TalonError as error:
            return error
        verdict = self._allow(application, ask.call)
        if verdict is True:
            return None
        reason = verdict if isinstance(verdict, str) else "your role may not read that"
        return NotAllowed(reason, operation=ask.call.operation.id)


def _value(future: "Future[object]") -> object:
    try:
        return future.result()
    except TalonError as error:
        return error


def _note(each: _Pending, value: object) -> RequestNote:
    report = each.watch.report
    return RequestNote(
        application=each.application,
        call=each.ask.call,
        at=each.at,
        elapsed=each.watch.elapsed,
        cached=each.cached,
        error=value if isinstance(value, TalonError) else None,
        rows=len(value) if isinstance(value, tuple) else None,
        repeated=report.repeated if report else 0,
    )
