"""Why points came and went: spends, returns, cancelled and repeated sessions, and rows that do not say it."""

from decimal import Decimal
from typing import Any

from desk.insight.balances import Balance, Reported
from desk.insight.causes import Cause
from desk.insight.moves import MoveKind
from desk.insight.reconcile import SuspectKind
from tests.insight.help import Book, day, explained


def test_a_return_takes_the_award_itself_and_a_cancelled_spend_comes_back() -> None:
    book = Book()
    kept = book.add("50", day(-40), expires=day(5))
    award = book.add("80", day(-30), expires=day(60), customerSessionId="S", rulesetId=1, ruleName="earn")
    book.take("20", day(-30), customerSessionId="S", rulesetId=2, ruleName="pay")
    book.take("80", day(-20), customerSessionId="S", rulesetId=1, ruleName="earn")
    book.add("20", day(-20), expires=day(5), customerSessionId="S", rulesetId=2, ruleName="pay")
    ledger = explained(book)
    assert [move.kind for move in ledger.past()] == [
        MoveKind.EARNED,
        MoveKind.EARNED,
        MoveKind.SPENT,
        MoveKind.TAKEN_BACK,
        MoveKind.GIVEN_BACK,
    ]
    left = {lot.row.key: lot.left for lot in ledger.lots}
    assert left[award] == 0
    assert left[kept] == 30
    assert ledger.balance == Balance(active=Decimal(50))


def test_a_session_that_is_closed_again_spends_again() -> None:
    book = Book()
    book.add("100", day(-40))
    of_s: dict[str, Any] = {"customerSessionId": "S", "rulesetId": 2, "ruleName": "pay"}
    book.take("30", day(-30), **of_s)
    book.add("30", day(-20), **of_s)
    book.take("40", day(-10), **of_s)
    ledger = explained(book)
    assert [move.kind.value for move in ledger.past()] == ["earned", "spent", "given back", "spent"]
    assert ledger.balance == Balance(active=Decimal(60), spent=Decimal(40))


def test_rollback_of_a_spent_award_draws_pending_before_active_points() -> None:
    book = Book()
    book.add("50", day(-30), expires=day(3), customerSessionId="S", rulesetId=1, ruleName="earn")
    book.take("50", day(-25))
    pending = book.add("30", day(-20), starts=day(10))
    other = book.add("100", day(-20))
    book.take("50", day(-10), customerSessionId="S", rulesetId=1, ruleName="earn")
    ledger = explained(book)
    left = {lot.row.key: lot.left for lot in ledger.lots}
    assert left[pending] == 0
    assert left[other] == 80


def test_without_rule_names_the_cause_is_not_certain() -> None:
    book = Book()
    book.add("10", day(-10), customerSessionId="S", name="bonus")
    book.take("10", day(-5), customerSessionId="S", name="bonus")
    ledger = explained(book, reported=Reported(Decimal(0), spent=Decimal(0)))
    assert ledger.lots[0].draws[0].cause is Cause.TAKEN_BACK
    assert ledger.reconciliation is not None
    assert ledger.reconciliation.explained
    assert [suspect.kind for suspect in ledger.reconciliation.suspects] == [SuspectKind.UNCLEAR_CAUSE]


def test_a_rollback_that_names_no_rule_undoes_the_rows_that_do() -> None:
    book = Book()
    award = book.add("10", day(-10), customerSessionId="S", rulesetId=1, ruleName="earn", name="points")
    book.take("4", day(-10), customerSessionId="S", rulesetId=1, ruleName="pay", name="payment")
    book.take("10", day(-5), customerSessionId="S", name="order cancelled")
    book.add("4", day(-5), customerSessionId="S", name="order cancelled")
    ledger = explained(book, reported=Reported(Decimal(0), spent=Decimal(0)))
    assert [move.kind.value for move in ledger.past()] == ["earned", "spent", "taken back", "given back"]
    assert ledger.reconciliation is not None
    assert ledger.reconciliation.explained
    assert [(each.kind, len(each.rows)) for each in ledger.reconciliation.suspects] == [
        (SuspectKind.UNCLEAR_CAUSE, 2)
    ]
    assert ledger.lots[0].row.key == award


def test_without_rules_and_names_in_common_a_subtraction_is_a_spend() -> None:
    book = Book()
    book.add("10", day(-10), customerSessionId="S", name="points")
    book.take("4", day(-10), customerSessionId="S", name="payment")
    assert explained(book).balance == Balance(active=Decimal(6), spent=Decimal(4))


def test_one_rollback_may_undo_several_awards_and_one_award_several_times() -> None:
    book = Book()
    earn: dict[str, Any] = {"customerSessionId": "S", "rulesetId": 1, "ruleName": "earn"}
    small = book.add("10", day(-10), **earn)
    large = book.add("30", day(-10), **earn)
    book.take("30", day(-9), **earn)
    book.take("4", day(-8), **earn)
    book.take("6", day(-7), **earn)
    draws = {lot.row.key: [draw.amount for draw in lot.draws] for lot in explained(book).lots}
    assert draws == {small: [Decimal(4), Decimal(6)], large: [Decimal(30)]}
