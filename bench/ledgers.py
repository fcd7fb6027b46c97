"""Long ledgers as the local server of the benchmarks gives them: of every kind of row, and consistent, so that a page
about them is the page that people see. Balances and lists of unused points follow from the rows by the engine."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from uuid import UUID

from desk.insight.history import explain
from desk.insight.ledger import Status
from desk.insight.rows import read_rows
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI

PROGRAM = 5
NOW = datetime.now(UTC).replace(microsecond=0)
RULES = ("One point per euro", "Double points", "Welcome", "Birthday", "Points for a review")
EVERY = timedelta(minutes=17)


def stamp(moment: datetime) -> str:
    """As the API writes instants."""
    return moment.isoformat().replace("+00:00", "Z")


def row(place: int, total: int) -> dict[str, object]:
    """One movement, the oldest at place 0: two to an order, four of five add points that expire after a year, every
    ninth of these is pending for two weeks at first, some are taken back by the row after them."""
    back = place % 50 == 49
    spent = place % 10 in (3, 7) and place > 10
    of = place - 1 if back else place
    created = NOW - EVERY * (total - place)
    added = not spent and not back
    shown: dict[str, object] = {
        "transactionUUID": str(UUID(int=(0x4000 << 64) + (0x8000 << 48) + place)),
        "created": stamp(created),
        "programId": PROGRAM,
        "customerSessionId": f"order-{100_000 + of // 2}",
        "type": "addition" if added else "subtraction",
        "name": "Points for an order" if not spent else "Points spent on an order",
        "startDate": stamp(created + timedelta(days=14)) if added and place % 9 == 0 else "immediate",
        "expiryDate": stamp(created + timedelta(days=365)) if added else "unlimited",
        "subledgerId": "",
        "amount": 10 + of % 90 + (0.25 if of % 2 else 0) if not spent else 20 + place % 60,
        "rulesetId": 77,
        "ruleName": "Pay with points" if spent else RULES[of % len(RULES)],
        "id": place + 1,
    }
    if not added:
        shown["flags"] = {"createsNegativeBalance": False}
    return shown


@dataclass(frozen=True)
class Served:
    """What the API would say about one ledger: rows and lists newest first, as objects of JSON."""

    rows: list[dict[str, object]]
    unused: dict[str, list[dict[str, object]]]
    balance: dict[str, object]


@cache
def served(total: int) -> Served:
    """The ledger of so many rows."""
    rows = [row(place, total) for place in range(total)]
    models = [LedgerTransactionLogEntryIntegrationAPI.model_validate_json(json.dumps(each)) for each in rows]
    ledger = explain(read_rows(models, NOW), NOW)
    unused: dict[str, list[dict[str, object]]] = {}
    columns = ledger.lots.columns
    for status in Status:
        there = ledger.lots.there(status)
        pairs = zip(there.columns.places.tolist(), there.remaining.tolist(), strict=True)
        unused[status.value] = [
            {**rows[place], "amount": float(Decimal(left) / 10**ledger.lots.book.scale)}
            for place, left in pairs
        ][::-1]
    assert len(columns.places)
    balance: dict[str, object] = {
        f"{name}Points": float(value) for name, value in ledger.balance._asdict().items()
    }
    return Served(rows[::-1], unused, balance)


@lru_cache(maxsize=8192)
def page(total: int, what: str, skip: int, size: int) -> bytes:
    """One page of `transactions`, or of the unused points of a status."""
    ledger = served(total)
    rows = ledger.rows if what == "transactions" else ledger.unused[what]
    return json.dumps({"hasMore": skip + size < len(rows), "data": rows[skip : skip + size]}).encode()


def balances(total: int) -> bytes:
    """The balances of the ledger."""
    return json.dumps({"balance": served(total).balance, "subledgerBalances": {}}).encode()


def inventory(who: str, total: int) -> bytes:
    """The profile, in one program."""
    balance = served(total).balance
    ledger = {"currentBalance": balance["activePoints"], "pendingBalance": balance["pendingPoints"]}
    program = {"id": PROGRAM, "title": "Stars", "name": "stars", "ledger": ledger}
    profile = {"id": 1, "integrationId": who, "created": stamp(NOW - EVERY * total), "attributes": {}}
    return json.dumps(
        {"profile": profile, "loyalty": {"cards": [], "programs": {str(PROGRAM): program}}}
    ).encode()


def warm(total: int, size: int) -> None:
    """Makes all pages of that size, so that none is made while somebody waits."""
    ledger = served(total)
    for what, rows in (("transactions", ledger.rows), *ledger.unused.items()):
        # Pages overlap by one row where a list is looked ahead (`talon_client.walk`).
        page(total, what, 0, size)
        for skip in range(size - 1, len(rows) + size, size - 1):
            page(total, what, skip, size)
