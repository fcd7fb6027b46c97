"""The history of one ledger: what each rule of the ledger does to the balance, instant by instant."""

from decimal import Decimal

from desk.insight.balances import Balance, Reported
from desk.insight.moves import MoveKind
from desk.insight.reconcile import SuspectKind
from tests.insight.help import TICK, Book, active, day, explained


def test_empty_ledger() -> None:
    ledger = explained(Book())
    assert ledger.balance == Balance()
    assert list(ledger.lines()) == []
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
    assert [(move.kind, move.at, move.amount) for move in ledger.ahead()] == [
        (MoveKind.STARTED, day(2), Decimal(40)),
        (MoveKind.EXPIRED, day(7), Decimal(60)),
        (MoveKind.EXPIRED, day(30), Decimal(40)),
    ]
    assert [active(ledger, day(number)) for number in (0, 3, 8, 31)] == [60, 100, 40, 0]


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


def test_lots_on_a_day() -> None:
    book = Book()
    book.add("10", day(-10))
    book.take("4", day(-5))
    ledger = explained(book)
    assert [lot.remaining for lot in ledger.lots_at(day(-6))] == [10]
    assert [lot.remaining for lot in ledger.lots_at(day(-5))] == [6]
    assert not ledger.lots_at(day(-11))
