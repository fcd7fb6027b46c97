"""Corners of the sweep through time: what meets at one instant, what may draw on what, totals beyond 64 bits."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from desk.insight.balances import Balance, Reported
from desk.insight.history import Ledger, explain
from desk.insight.moves import MoveKind
from desk.insight.reconcile import SuspectKind
from desk.insight.rows import read_rows
from tests.insight.help import NOW, Book, day

EARN: dict[str, Any] = {"customerSessionId": "S", "rulesetId": 1, "ruleName": "earn"}
FLAGGED: dict[str, Any] = {"flags": {"createsNegativeBalance": True}}


def explained(book: Book, **more: Any) -> Ledger:
    return explain(read_rows(book.rows, NOW), NOW, **more)


def steps(ledger: Ledger) -> list[tuple[datetime, MoveKind, int, Balance]]:
    return [(move.at, move.kind, int(move.amount), move.balance) for move in ledger.moves]


def test_a_return_at_the_instant_of_the_expiry_takes_expired_points() -> None:
    book = Book()
    book.add("100", day(-9), expires=day(-3), **EARN)
    book.take("60", day(-3), **EARN)
    assert steps(explained(book)) == [
        (day(-9), MoveKind.EARNED, 100, Balance(active=Decimal(100))),
        (day(-3), MoveKind.EXPIRED, 100, Balance(expired=Decimal(100))),
        (day(-3), MoveKind.TAKEN_BACK, 60, Balance(expired=Decimal(40))),
    ]


def test_a_return_at_the_instant_of_the_start_takes_active_points() -> None:
    book = Book()
    book.add("100", day(-9), starts=day(-3), **EARN)
    book.take("60", day(-3), **EARN)
    assert steps(explained(book)) == [
        (day(-9), MoveKind.PENDING, 100, Balance(pending=Decimal(100))),
        (day(-3), MoveKind.STARTED, 100, Balance(active=Decimal(100))),
        (day(-3), MoveKind.TAKEN_BACK, 60, Balance(active=Decimal(40))),
    ]


def test_what_is_written_expired_pays_no_debt() -> None:
    book = Book()
    book.take("30", day(-9), **FLAGGED)
    book.add("20", day(-3), starts=day(-8), expires=day(-4))
    book.add("50", day(-2))
    assert explained(book).balance == Balance(active=Decimal(20), spent=Decimal(30), expired=Decimal(20))


@pytest.mark.parametrize(
    ("more", "after", "suspects"),
    [
        ({}, Balance(Decimal(0), Decimal(5), Decimal(25)), []),  # by hand
        (
            {"customerSessionId": "S"},
            Balance(Decimal(0), Decimal(20), Decimal(25), negative=Decimal(15)),
            [SuspectKind.ORPHAN_SUBTRACTION],
        ),
        (FLAGGED, Balance(Decimal(10), Decimal(20), Decimal(25), negative=Decimal(25)), []),
    ],
    ids=["by hand", "a session", "marked as beyond zero"],
)
def test_who_may_draw_on_pending_points(
    more: dict[str, Any], after: Balance, suspects: list[SuspectKind]
) -> None:
    book = Book()
    book.add("10", day(-9))
    book.add("20", day(-8), starts=day(5))
    book.take("25", day(-3), **more)
    ledger = explained(book, reported=Reported())
    assert ledger.balance == after
    assert ledger.reconciliation is not None
    assert [suspect.kind for suspect in ledger.reconciliation.suspects] == suspects


def test_totals_may_exceed_what_no_amount_does() -> None:
    book = Book()
    for place in range(3):
        book.add("5000000000000000000", day(place - 9))
        book.take("5000000000000000000", day(place - 9))
    assert explained(book).balance == Balance(spent=Decimal("15000000000000000000"))
