"""The form of an investigation: a generator that asks for batches of calls and returns its finding.

    def holders(code: str) -> Investigation[tuple[str, ...]]:
        call = calls.get_reserved_customers(code)
        answers = yield Batch("Who holds this code", (Ask(call),))
        page = answers[call]
        ...
        return tuple(...)

No I/O happens here: `desk.lookup` runs it against the client, tests run it by feeding answers by hand.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, cast

from talon_client import Call, TalonError
from talon_client.models import Page

T = TypeVar("T")
F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `application` names another Application than the one that is open; `None` is that one."""

    call: Call[Any]
    application: str | None = None


@dataclass(frozen=True, slots=True)
class AskAll:
    """A whole list, page after page: its answer is a tuple of all items, in the API's order."""

    call: Call[Page[Any]]
    application: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that are made together. `title` says to a person what is being fetched."""

    title: str
    asks: tuple[Ask | AskAll, ...]


class Answers:
    """What came back for one batch: for each request its value, or the `TalonError` that ended it."""

    def __init__(self, answers: Mapping[Ask | AskAll, object]) -> None:
        self._answers = dict(answers)

    def __getitem__(self, call: Call[T]) -> T | TalonError:
        """The answer to `Ask(call)` in the open Application."""
        return cast(T | TalonError, self._answers[Ask(call)])

    def at(self, application: str | None, call: Call[T]) -> T | TalonError:
        """The answer to `Ask(call, application)`."""
        return cast(T | TalonError, self._answers[Ask(call, application)])

    def all(self, call: Call[Page[T]], application: str | None = None) -> tuple[T, ...] | TalonError:
        """The answer to `AskAll(call, application)`."""
        return cast(tuple[T, ...] | TalonError, self._answers[AskAll(call, application)])


Investigation: TypeAlias = Generator[Batch, Answers, F]


def conclude(investigation: Investigation[F], *rounds: Answers) -> F:
    """Runs an investigation on answers given by hand; for tests and for replays of a case file."""
    waiting = list(rounds)
    batch: Batch | None = None
    try:
        batch = next(investigation)
        while True:
            if not waiting:
                raise LookupError(f"no answers left for the batch {batch.title!r}")
            batch = investigation.send(waiting.pop(0))
    except StopIteration as stop:
        return cast(F, stop.value)
