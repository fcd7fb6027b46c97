"""Answers made by hand: ledger rows, errors, and a runner that answers an investigation call by call."""

from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from desk.insight.history import Ledger, explain
from desk.insight.investigation import Answers, Batch
from desk.insight.rows import read_rows
from talon_client import BadRequest, Call, Forbidden, NotFound, ServerError, TalonClient, TalonError
from talon_client.models import Effect, LedgerTransactionLogEntryIntegrationAPI

F = TypeVar("F")

NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)

NOT_FOUND = NotFound("not found", status=404)
BAD = BadRequest("bad request", status=400)
DOWN = ServerError("the API failed", status=503)
FORBIDDEN = Forbidden("the key may not do this", status=403)


def day(number: float) -> datetime:
    """So many days before or after NOW."""
    return NOW + timedelta(days=number)


def wire(moment: datetime | str | None) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else moment


class Book:
    """Writes the rows of one ledger as the API lists them."""

    def __init__(self, subledger: str = "") -> None:
        self.subledger = subledger
        self.rows: list[LedgerTransactionLogEntryIntegrationAPI] = []

    def add(
        self,
        amount: str,
        created: datetime | str,
        starts: datetime | str = "immediate",
        expires: datetime | str = "unlimited",
        **more: Any,
    ) -> str:
        return self._write(
            "addition", amount, created, startDate=wire(starts), expiryDate=wire(expires), **more
        )

    def take(self, amount: str, created: datetime | str, **more: Any) -> str:
        return self._write(
            "subtraction", amount, created, startDate="immediate", expiryDate="unlimited", **more
        )

    def _write(self, kind: str, amount: str, created: datetime | str, **more: Any) -> str:
        number = len(self.rows) + 1
        values = {
            "id": number,
            "transactionUUID": f"{self.subledger}u{number}",
            "created": wire(created),
            "programId": 1,
            "type": kind,
            "name": "",
            "subledgerId": self.subledger,
            "amount": Decimal(amount),
            **more,
        }
        self.rows.append(LedgerTransactionLogEntryIntegrationAPI.model_validate(values))
        return f"{self.subledger}u{number}"


def effect(kind: str, **props: Any) -> Effect:
    return Effect.model_validate({"effectType": kind, "props": props, "campaignId": 1, "ruleName": "a rule"})


def play(
    investigation: Generator[Batch, Answers, F], respond: Callable[[Call[Any]], Any]
) -> tuple[F, list[Batch]]:
    """Runs an investigation; `respond` answers each call with a value or a `TalonError`."""
    batches: list[Batch] = []
    try:
        batch = next(investigation)
        while True:
            batches.append(batch)
            batch = investigation.send(Answers({ask: respond(ask.call) for ask in batch.asks}))
    except StopIteration as stop:
        return stop.value, batches


def asked(batches: list[Batch]) -> list[str]:
    """The operations that were asked, with the path of each."""
    return [f"{ask.call.operation.id} {ask.call.path}" for batch in batches for ask in batch.asks]


def by_operation(answers: dict[str, Any]) -> Callable[[Call[Any]], Any]:
    """Answers by operation id; what is not named is not found."""

    def respond(call: Call[Any]) -> Any:
        return answers.get(call.operation.id, NOT_FOUND)

    return respond


def ask(client: TalonClient, investigation: Generator[Batch, Answers, F]) -> F:
    """Runs an investigation on a client, one request after the other."""

    def respond(call: Call[Any]) -> Any:
        try:
            return tuple(client.iterate(call)) if call.operation.paged else client.send(call)
        except TalonError as error:
            return error

    return play(investigation, respond)[0]


def explained(book: Book, **more: object) -> Ledger:
    """The ledger that a book of rows comes to."""
    return explain(read_rows(book.rows, NOW), NOW, **more)  # type: ignore[arg-type]


def active(ledger: Ledger, at: datetime = NOW) -> Decimal:
    """What can be spent at an instant."""
    return ledger.at(at).active
