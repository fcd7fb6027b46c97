"""Rows as they should not be, or rarely are: without dates, numbers or names, at one instant, huge, and very many."""

from datetime import datetime
from decimal import Decimal
from random import Random
from time import process_time
from typing import Any

import pytest

from desk.insight.balances import Balance, Reported
from desk.insight.history import CLOCKS, explain
from desk.insight.ledger import Status
from desk.insight.reconcile import SuspectKind
from desk.insight.rows import read_rows
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI
from tests.insight.help import DAY, NOW, TICK, Book, day, explained


def test_rows_of_one_instant_go_by_their_number() -> None:
    book = Book()
    book.add("10", NOW)
    book.take("10", NOW)
    book.add("5", NOW)
    ledger = explained(book)
    assert [move.balance.active for move in ledger.past()] == [10, 0, 5]


def test_numbers_beyond_64_bits_order_the_rows_of_one_instant_too() -> None:
    rows = [
        LedgerTransactionLogEntryIntegrationAPI(
            id=number, transaction_uuid=f"row {number}", created=NOW, type="addition", amount=1
        )
        for number in (2**70 + 1, 7, 2**70, None, 2**63)
    ]
    found = read_rows(rows, NOW)
    assert list(found.ids) == [None, 7, 2**63, 2**70, 2**70 + 1]


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


def test_a_row_that_is_younger_than_now_moves_it() -> None:
    book = Book()
    book.add("10", NOW + CLOCKS, starts=day(2))
    ledger = explained(book)
    assert (ledger.now, len(ledger.past()), ledger.balance.pending) == (NOW + CLOCKS, 1, Decimal(10))


@pytest.mark.parametrize("created", ["9998-01-01T00:00:00Z", NOW + CLOCKS + TICK])
def test_a_row_of_the_future_does_not_make_it_the_present(created: datetime | str) -> None:
    """Points that can be spent are not expired because one row has a date that cannot be."""
    book = Book()
    book.add("100", day(-5), expires=day(30))
    book.add("5", NOW + TICK)
    odd = book.add("1", created, customerSessionId="ORD-1")
    book.take("1", created)
    ledger = explained(book, reported=Reported(Decimal(105), expired=Decimal(0)))
    assert ledger.now == NOW + TICK
    assert ledger.balance == Balance(Decimal(105))
    assert [lot.status for lot in ledger.lots][:2] == [Status.ACTIVE, Status.ACTIVE]
    assert ledger.reconciliation is not None
    assert ledger.reconciliation.explained
    (suspect,) = ledger.reconciliation.suspects
    assert suspect.kind is SuspectKind.FUTURE_DATE
    assert suspect.rows[0].key == odd


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
