"""What expired, when, what the balance was around it, and what was added by hand since."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from desk.insight.expired import Expired, expired
from desk.insight.ledger import Status
from desk.insight.points import Points, assemble
from talon_client.models import LoyaltyBalancesWithTiers
from tests.insight.help import NOW, Book, day


def points(book: Book) -> Points:
    return assemble(
        1,
        "tom",
        NOW,
        balances=LoyaltyBalancesWithTiers(),
        transactions=book.rows,
        lists={Status.ACTIVE: ()},
    )


def found(book: Book, **more: Any) -> Expired:
    mine = points(book)
    return expired(mine, mine.main, **more)


def test_lots_by_the_day_on_which_they_expired_with_the_balance_around_it() -> None:
    book = Book()
    book.add("100", day(-50), expires=day(-10), customerSessionId="ORD-1", ruleName="a rule")
    book.add("30", day(-50), expires=day(-10.1), customerSessionId="ORD-2")
    book.add("7", day(-50), expires=day(-3), customerSessionId="ORD-2")
    book.add("5", day(-50))
    both = found(book)
    assert [(each.day, each.amount, each.before, each.after) for each in both.days] == [
        (date(2026, 6, 14), 7, 12, 5),
        (date(2026, 6, 7), 130, 142, 12),
    ]
    assert both.amount == 137


def test_only_what_was_left_of_one_orders_points() -> None:
    book = Book()
    book.add("100", day(-50), expires=day(-10), customerSessionId="ORD-1")
    book.add("30", day(-49), expires=day(-9), customerSessionId="ORD-2")
    book.take("60", day(-20), customerSessionId="ORD-3")
    mine = found(book, session="ORD-1")
    assert [(lot.amount, lot.lot.awarded) for each in mine.days for lot in each.lots] == [(40, 100)]


def test_days_are_those_of_the_zone() -> None:
    book = Book()
    book.add("9", day(-50), expires=datetime(2026, 6, 10, 23, 30, tzinfo=UTC))
    assert [each.day for each in found(book).days] == [date(2026, 6, 10)]
    berlin = found(book, zone=ZoneInfo("Europe/Berlin")).days
    assert [(each.day, each.before, each.after) for each in berlin] == [(date(2026, 6, 11), 9, 0)]


def test_a_day_that_has_not_ended_counts_as_it_is_now() -> None:
    book = Book()
    book.add("9", day(-50), expires=day(-0.1))
    book.add("4", day(-50), starts=day(0.1))
    (today,) = found(book).days
    assert (today.before, today.after) == (9, 0)


def test_what_was_added_by_hand_since_is_told_from_what_was_added_before() -> None:
    book = Book()
    book.add("100", day(-50), expires=day(-10), customerSessionId="ORD-1", ruleName="a rule")
    book.add("11", day(-40), name="Goodwill")
    book.add("12", day(-5), name="Goodwill again")
    book.add("13", day(-5), ruleName="an event's rule")
    other = Book("extra")
    other.add("14", day(-2), name="Somewhere else")
    book.rows += other.rows
    mine = found(book)
    assert [row.amount for row in mine.by_hand] == [14, 12, 11]
    assert [row.amount for row in mine.since] == [14, 12]


def test_nothing_expired() -> None:
    book = Book()
    book.add("11", day(-40))
    mine = found(book)
    assert (mine.days, mine.amount, mine.since) == ((), 0, ())
