"""Orders whose points are asked for, by hand and against a sandbox."""

import uuid
from typing import Any, TypeVar

from desk.insight.missing import missing_points
from desk.insight.missing_fates import Fate
from desk.insight.missing_verdict import Missing, Question
from talon_client import Call, NotFound, Safety, TalonClient, TalonError
from talon_client.models import CustomerInventory, IntegrationStateV2
from talon_client.models import LedgerPointsEntryIntegrationAPI as Entry
from tests.insight.help import NOW, Book, day, play
from tests.insight.orders import answered

F = TypeVar("F")
ORDER = "ORD-1"


class Answered:
    """What the API answers about the order ORD-1 of maria; each part can be replaced, by an error too."""

    def __init__(self, session: Any = None, **books: Any) -> None:
        self.session = answered() if session is None else session
        self.books = books  # by "p1" (program 1) or the card's identifier
        self.lists: dict[tuple[str, str], Any] = {}
        self.inventory: Any = CustomerInventory()
        self.today: Any = IntegrationStateV2()
        self.campaigns: Any = ()
        self.calls: list[Call[Any]] = []

    def respond(self, call: Call[Any]) -> Any:
        self.calls.append(call)
        operation = call.operation.id
        if operation == "get_customer_session":
            return self.session
        if operation == "get_customer_inventory":
            return self.inventory
        if operation == "update_customer_session_v2":
            return self.today
        if operation == "integration_get_all_campaigns":
            return self.campaigns
        card = call.argument("loyalty_card_id") if "card" in operation else None
        holder = str(card or f"p{call.argument('loyalty_program_id')}")
        if operation.endswith("transactions"):
            book = self.books.get(holder, NotFound("nobody", status=404))
            return tuple(book.rows) if isinstance(book, Book) else book
        return self.lists.get((holder, dict(call.query)["status"]), ())

    def ask(self, customer: str = "", **more: Any) -> Missing:
        settings = {"programs": (1,), "fresh_id": "fresh", "now": NOW, **more}
        return play(missing_points(Question(ORDER, customer), **settings), self.respond)[0]

    def asked(self) -> list[str]:
        return [call.operation.id for call in self.calls]

    def dry(self) -> list[Call[Any]]:
        return [call for call in self.calls if call.safety is not Safety.READ]


def lists_of(book: Book, holder: str = "p1", **by_status: Any) -> dict[tuple[str, str], Any]:
    """The lists of unused points as the API gives them: status, then (place of the row, what is left of it)."""
    found = {}
    for status, left in by_status.items():
        entries = []
        for place, amount in left.items():
            row = book.rows[place].model_dump(by_alias=True, mode="json", exclude_none=True)
            entries.append(Entry.model_validate({**row, "amount": amount}))
        found[holder, status] = tuple(entries)
    return found


def look(client: TalonClient, order: str, customer: str = "", **more: Any) -> tuple[Missing, list[Call[Any]]]:
    """The verdict on an order of a sandbox, and every call that was made for it."""
    made: list[Call[Any]] = []

    def respond(call: Call[Any]) -> Any:
        made.append(call)
        return sent(client, call)

    settings = {"programs": (1, 3), "card_programs": (2,), "now": NOW, **more}
    fresh = f"desk-trial-{uuid.uuid4()}"
    return play(missing_points(Question(order, customer), fresh_id=fresh, **settings), respond)[0], made


def sent(client: TalonClient, call: Call[Any]) -> Any:
    try:
        return tuple(client.iterate(call)) if call.operation.paged else client.send(call)
    except TalonError as error:
        return error


def earned(amount: str = "100", created: float = -20, **more: Any) -> Book:
    """The order's award, as the only row."""
    book = Book()
    book.add(amount, day(created), customerSessionId=ORDER, ruleName="a rule", rulesetId=7, **more)
    return book


def fates(found: Missing) -> dict[str, int]:
    """Points of the order by fate, over all ledgers."""
    parts = [part for each in found.brought for part in each.parts]
    return {fate.value: int(sum(part.amount for part in parts if part.fate is fate)) for fate in Fate if
            any(part.fate is fate for part in parts)}  # fmt: skip
