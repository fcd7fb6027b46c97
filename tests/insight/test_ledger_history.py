"""The history of one ledger: what each rule of the ledger does to the balance, instant by instant."""

from datetime import datetime
from decimal import Decimal
from random import Random
from time import process_time
from typing import Any

import pytest

from desk.insight.balances import Balance, Reported
from desk.insight.causes import Cause
from desk.insight.history import Ledger, explain
from desk.insight.ledger import Status
from desk.insight.moves import MoveKind
from desk.insight.reconcile import SuspectKind
from desk.insight.rows import read_rows
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI
from tests.insight.help import DAY, NOW, TICK, Book, day


def explained(book: Book, **more: object) -> Ledger:
    return explain(read_rows(book.rows, NOW), NOW, **more)  # type: ignore[arg-type]


def active(ledger: Ledger, at: datetime = NOW) -> Decimal:
    return ledger.at(at).active


def test_empty_ledger() -> None:
    ledger = explained(Book())
    assert ledger.balance == Balance()
    assert list(ledger.lines()) == []
    assert ledger.next_start() is None
    assert ledger.ladder().total == 0


def test_points_are_pending_until_their_start_and_gone_at_their_expiry() -> None:
    book = Book()
    starts, expires = day(-10), day(-5)
    book.add("40", day(-20), starts, expires)
    ledger = explained(book)
    assert ledger.at(day(-20) - TICK) == Balance()
    assert ledger.at(day(-20)) == Balance(pending=Decimal(40))
    assert ledger.at(starts - TICK) == Balance(pending=Decimal(40))
    assert ledger.at(starts) == Balance(active=Decimal(40))
    assert ledger.at(expires - TICK) == Balance(active=Decimal(40))
    assert ledger.at(expires) == Balance(expired=Decimal(40))
    assert [move.kind for move in ledger.lines()] == [MoveKind.EXPIRED, MoveKind.STARTED, MoveKind.PENDING]
    assert [move.change for move in ledger.lines()] == [-40, 40, 0]
    assert [move.kind for move in ledger.lines(inferred=False)] == [MoveKind.PENDING]


def test_spends_draw_on_the_earliest_expiry_first_and_unlimited_last() -> None:
    book = Book()
    unlimited = book.add("100", day(-40))
    late = book.add("100", day(-30), expires=day(90))
    soon = book.add("100", day(-20), expires=day(10))
    book.take("250", day(-10))
    ledger = explained(book)
    left = {lot.row.key: lot.left for lot in ledger.lots}
    assert left == {unlimited: Decimal(50), late: Decimal(0), soon: Decimal(0)}
    assert ledger.balance == Balance(active=Decimal(50), spent=Decimal(250))


def test_among_unlimited_lots_the_oldest_is_spent_first() -> None:
    book = Book()
    old = book.add("10", day(-40))
    new = book.add("10", day(-30))
    book.take("15", day(-10))
    assert {lot.row.key: lot.left for lot in explained(book).lots} == {old: Decimal(0), new: Decimal(5)}


def test_a_spend_before_an_expiry_leaves_less_to_expire() -> None:
    book = Book()
    book.add("100", day(-20), expires=day(-5))
    book.take("30", day(-10))
    ledger = explained(book)
    expiry = next(ledger.lines())
    assert (expiry.kind, expiry.amount, expiry.balance.active) == (MoveKind.EXPIRED, Decimal(70), Decimal(0))
    assert ledger.balance == Balance(spent=Decimal(30), expired=Decimal(70))


def test_forecast_knows_starts_and_expiries_to_come() -> None:
    book = Book()
    book.add("40", day(-1), starts=day(2), expires=day(30))
    book.add("60", day(-1), expires=day(7))
    ledger = explained(book)
    assert [(move.kind, move.at) for move in ledger.ahead()] == [
        (MoveKind.STARTED, day(2)),
        (MoveKind.EXPIRED, day(7)),
        (MoveKind.EXPIRED, day(30)),
    ]
    start, expiry = ledger.next_start(), ledger.next_expiry()
    assert start is not None
    assert start.amount == 40
    assert expiry is not None
    assert expiry.amount == 60
    assert [active(ledger, day(number)) for number in (0, 3, 8, 31)] == [60, 100, 40, 0]


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


def test_negative_balance_is_paid_by_the_next_award() -> None:
    book = Book()
    book.add("20", day(-30))
    book.take("20", day(-20))
    book.take("30", day(-20), flags={"createsNegativeBalance": True})
    lot = book.add("50", day(-10))
    ledger = explained(book)
    assert ledger.at(day(-20)) == Balance(spent=Decimal(50), negative=Decimal(30))
    assert ledger.balance == Balance(active=Decimal(20), spent=Decimal(50))
    assert [(draw.amount, draw.at) for draw in ledger.lots[-1].draws] == [(Decimal(30), day(-10))]
    assert ledger.lots[-1].row.key == lot


def test_negative_balance_without_flags() -> None:
    book = Book()
    book.add("20", day(-30))
    book.take("50", day(-20))
    ledger = explained(book, reported=Reported(Decimal(0), negative=Decimal(30)))
    assert ledger.balance.negative == 30
    assert ledger.reconciliation is not None
    assert ledger.reconciliation.explained
    assert [suspect.kind for suspect in ledger.reconciliation.suspects] == [SuspectKind.ORPHAN_SUBTRACTION]


def test_rows_of_one_instant_go_by_their_number() -> None:
    book = Book()
    book.add("10", NOW)
    book.take("10", NOW)
    book.add("5", NOW)
    ledger = explained(book)
    assert [move.balance.active for move in ledger.past()] == [10, 0, 5]


def test_what_expires_at_the_instant_of_a_spend_is_not_spent() -> None:
    book = Book()
    book.add("10", day(-9), expires=day(-1))
    fresh = book.add("10", day(-9))
    book.take("10", day(-1))
    ledger = explained(book)
    assert ledger.balance == Balance(spent=Decimal(10), expired=Decimal(10))
    assert {lot.row.key: lot.left for lot in ledger.lots}[fresh] == 0


@pytest.mark.parametrize(
    ("starts", "expires", "status"),
    [
        ("immediate", "unlimited", Status.ACTIVE),
        ("on_action", "unlimited", Status.PENDING),
        ("2022-01-02T15:04:05Z07:00", "2022-08-02T15:04:05Z07:00", Status.ACTIVE),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", Status.ACTIVE),
        ("", "", Status.ACTIVE),
        (day(-30), day(-20), Status.EXPIRED),
        (day(5), day(4), Status.PENDING),
        (day(5), day(-4), Status.EXPIRED),
    ],
)
def test_every_kind_of_window(starts: datetime | str, expires: datetime | str, status: Status) -> None:
    book = Book()
    book.add("10", day(-10), starts, expires)
    ledger = explained(book)
    assert [lot.status for lot in ledger.lots] == [status]
    assert getattr(ledger.balance, status.value) == 10


def test_a_row_whose_date_is_unreadable_stands_where_its_number_puts_it() -> None:
    book = Book()
    book.add("10", day(-10))
    book.add("5", "2022-01-02T15:04:05Z07:00")
    book.take("15", day(-5))
    ledger = explained(book, reported=Reported(Decimal(0)))
    assert [move.balance.active for move in ledger.past()] == [10, 15, 0]
    assert ledger.reconciliation is not None
    assert [suspect.kind for suspect in ledger.reconciliation.suspects] == [SuspectKind.UNREADABLE_DATE]


def test_rows_without_number_type_or_amount_do_not_crash() -> None:
    book = Book()
    book.add("10", day(-10), id=None, transactionUUID=None)
    book.take("-4", day(-9), id=None, transactionUUID=None, type=None)
    book.rows.append(LedgerTransactionLogEntryIntegrationAPI.model_validate({"type": "gift"}))
    assert explained(book).balance == Balance(active=Decimal(6), spent=Decimal(4))


def test_lines_of_an_older_edition_have_no_uuid() -> None:
    book = Book()
    book.add("10", day(-10), transactionUUID=None)
    assert [lot.row.key for lot in explained(book).lots] == ["#1"]


def test_the_same_row_on_two_pages_counts_once() -> None:
    book = Book()
    book.add("10", day(-10))
    assert explain(read_rows(book.rows * 2, NOW), NOW).balance.active == 10


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


def test_a_row_that_is_younger_than_now_moves_it() -> None:
    book = Book()
    book.add("10", day(1), starts=day(2))
    ledger = explained(book)
    assert (ledger.now, len(ledger.past()), ledger.balance.pending) == (day(1), 1, Decimal(10))


def test_amounts_of_any_fineness_and_size_add_up_exactly() -> None:
    book = Book()
    book.add("0.000001", day(-9))
    book.add("123456789012345680000", day(-8))  # the API's numbers have 64 bits: 17 digits
    book.take("0.1", day(-7))
    ledger = explained(book)
    assert ledger.balance.active == Decimal("123456789012345679999.900001")
    assert ledger.past()[0].balance.active == Decimal("0.000001")
    assert str(ledger.past()[0].amount) == "0.000001"
    assert [lot.left for lot in ledger.lots] == [0, Decimal("123456789012345679999.900001")]
    assert ledger.ladder().unlimited == ledger.balance.active
    after = ledger.if_redeemed(Decimal("0.0000001")).after
    assert after[1].left == Decimal("123456789012345679999.9000009")


def test_redeeming_a_finer_amount_than_any_row_has_is_exact() -> None:
    book = Book()
    book.add("900000000000", day(-9))
    book.take("400000000000", day(-8))
    after = explained(book).if_redeemed(Decimal("0.00000001")).after
    assert after[0].left == Decimal("499999999999.99999999")
    assert [draw.amount for draw in after[0].draws] == [Decimal("400000000000")]


def test_steps_and_lots_are_sequences_of_their_own_kind() -> None:
    book = Book()
    for number in range(5):
        book.add("10", day(number - 10), expires=day(number - 4))
    book.take("15", day(-5.5))
    moves, lots = explained(book).moves, explained(book).lots
    assert moves[-1] == list(moves)[-1]
    assert list(moves[1:3]) == list(moves)[1:3]
    assert list(reversed(moves)) == list(moves)[::-1]
    assert [move.kind for move in moves.of(MoveKind.SPENT)] == [MoveKind.SPENT]
    assert moves.total() == sum(move.amount for move in moves)
    assert list(moves.until(day(-5.5))) + list(moves.after(day(-5.5))) == list(moves)
    assert list(lots[::2]) == list(lots)[::2]
    assert lots[-1] == list(lots)[-1]


def test_ten_thousand_rows() -> None:
    random = Random(1)
    book = Book()
    for number in range(10_000):
        session: dict[str, Any] = {"customerSessionId": f"S{number // 3}", "rulesetId": 1}
        created = day(-3_000 + number / 4)
        if random.random() < 0.6:
            book.add(
                str(random.randint(1, 100)), created, expires=created + 365 * DAY, ruleName="earn", **session
            )
        else:
            book.take(str(random.randint(1, 100)), created, ruleName="pay", **session)
    started = process_time()
    ledger = explained(book)
    # 0.15 s on a machine of its own; what is spent waiting for others does not count.
    assert process_time() - started < 1
    assert sum(1 for _ in ledger.lines(inferred=False)) == 10_000


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


def test_lots_on_a_day() -> None:
    book = Book()
    book.add("10", day(-10))
    book.take("4", day(-5))
    ledger = explained(book)
    assert [lot.remaining for lot in ledger.lots_at(day(-6))] == [10]
    assert [lot.remaining for lot in ledger.lots_at(day(-5))] == [6]
    assert not ledger.lots_at(day(-11))
