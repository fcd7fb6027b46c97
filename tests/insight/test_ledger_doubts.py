"""What does not add up: exact gaps, and rows that are worth a look."""

from decimal import Decimal
from typing import Any

from desk.insight.balances import Reported
from desk.insight.reconcile import SuspectKind
from tests.insight.help import Book, day, explained


def test_a_gap_is_exact() -> None:
    book = Book()
    book.add("10", day(-10))
    said = Reported(Decimal("12.5"), Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    reconciliation = explained(book, reported=said).reconciliation
    assert reconciliation is not None
    assert not reconciliation.explained
    assert [(gap.figure, gap.difference) for gap in reconciliation.gaps] == [("active", Decimal("2.5"))]


def test_the_same_rule_twice_for_one_session_is_a_suspect_unless_it_was_one_evaluation() -> None:
    book = Book()
    earn: dict[str, Any] = {"customerSessionId": "S", "rulesetId": 1, "ruleName": "earn"}
    book.add("10", day(-10), **earn)
    book.add("10", day(-10), **earn)
    once = explained(book, reported=Reported()).reconciliation
    book.add("10", day(-9), **earn)
    twice = explained(book, reported=Reported()).reconciliation
    assert once is not None
    assert once.suspects == ()
    assert twice is not None
    assert [(each.kind, [row.id for row in each.rows]) for each in twice.suspects] == [
        (SuspectKind.SAME_RULE_TWICE, [1, 3])
    ]


def test_points_of_a_cancelled_session_are_a_suspect() -> None:
    book = Book()
    book.add("10", day(-10), customerSessionId="S")
    reconciliation = explained(book, reported=Reported(), cancelled=["S"]).reconciliation
    assert reconciliation is not None
    assert [each.kind for each in reconciliation.suspects] == [SuspectKind.CANCELLED_SESSION]


def test_sessions_are_harvested_newest_first() -> None:
    book = Book()
    book.add("1", day(-3), customerSessionId="A")
    book.add("1", day(-2), customerSessionId="B")
    book.add("1", day(-1), customerSessionId="A")
    assert explained(book).sessions() == ("A", "B")
