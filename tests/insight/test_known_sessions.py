"""Sessions harvested from ledgers: what is added up, what is read, and what a failure leaves standing."""

from decimal import Decimal
from typing import Any

import pytest

from desk.insight.effects import Purse
from desk.insight.known_sessions import known_sessions
from talon_client import Call
from talon_client.models import IntegrationCustomerSessionResponse
from tests.insight.help import DOWN, NOT_FOUND, NOW, Book, asked, by_operation, day, play

ROWS = "get_loyalty_program_profile_transactions"
CARD_ROWS = "get_loyalty_card_transactions"
SESSION = "get_customer_session"


def closed(profile: str = "maria") -> IntegrationCustomerSessionResponse:
    return IntegrationCustomerSessionResponse.model_validate(
        {"customerSession": {"state": "closed", "profileId": profile}, "effects": []}
    )


def test_earned_spent_and_undone_are_told_apart_by_session() -> None:
    book = Book()
    book.add("100", day(-9), customerSessionId="S1", ruleName="earn")
    book.take("30", day(-8), customerSessionId="S2", ruleName="pay")
    book.add("50", day(-7), customerSessionId="S2", ruleName="earn")
    book.take("40", day(-6), customerSessionId="S1", ruleName="earn")
    book.add("30", day(-5), customerSessionId="S2", ruleName="pay")
    book.add("7", day(-1))
    found, _ = play(
        known_sessions("maria", [1], now=NOW), by_operation({ROWS: tuple(book.rows), SESSION: closed()})
    )
    sums = [
        (each.id, *map(int, (each.earned, each.spent, each.taken_back, each.given_back)))
        for each in found.entries
    ]
    assert sums == [("S2", 50, 30, 0, 30), ("S1", 100, 0, 40, 0)]
    assert [each.state for each in found.entries] == ["closed", "closed"]


def test_ledgers_are_never_added_up() -> None:
    main, card = Book(), Book()
    main.add("100", day(-2), customerSessionId="S1")
    card.add("10", day(-2), customerSessionId="S1")
    found, _ = play(
        known_sessions("maria", [1], [(2, "CARD-1")], now=NOW),
        by_operation({ROWS: tuple(main.rows), CARD_ROWS: tuple(card.rows), SESSION: closed()}),
    )
    assert {each.purse: each.earned for each in found.entries} == {
        Purse(1, profile="maria"): Decimal(100),
        Purse(2, card="CARD-1"): Decimal(10),
    }
    assert found.ids == ("S1",)


def test_only_the_newest_are_read_and_each_once() -> None:
    book = Book()
    for number in range(30):
        book.add("1", day(number - 40), customerSessionId=f"S{number}")
        book.add("1", day(number - 40), customerSessionId=f"S{number}")
    found, batches = play(
        known_sessions("maria", [1], now=NOW, newest=3),
        by_operation({ROWS: tuple(book.rows), SESSION: closed()}),
    )
    read = [each.rpartition("/")[2] for each in asked(batches) if each.startswith(SESSION)]
    assert read == ["S29", "S28", "S27"]
    assert [each.state for each in found.entries[:4]] == ["closed", "closed", "closed", ""]


def test_without_sessions_nothing_more_is_asked() -> None:
    found, batches = play(known_sessions("maria", [1], now=NOW), by_operation({ROWS: ()}))
    assert found.entries == ()
    assert len(batches) == 1


@pytest.mark.parametrize(
    ("answers", "entries", "unread"),
    [
        ({ROWS: DOWN}, 0, ["the transactions of program 1"]),
        ({ROWS: NOT_FOUND}, 0, []),
        ({SESSION: DOWN}, 1, ["the session “S1”"]),
        ({SESSION: NOT_FOUND}, 1, []),
    ],
)
def test_a_failure_takes_away_only_its_part(answers: dict[str, Any], entries: int, unread: list[str]) -> None:
    book = Book()
    book.add("1", day(-1), customerSessionId="S1")
    found, _ = play(
        known_sessions("maria", [1], now=NOW),
        by_operation({ROWS: tuple(book.rows), SESSION: closed(), **answers}),
    )
    assert (len(found.entries), [each.what for each in found.unread]) == (entries, unread)


def test_an_id_that_no_path_can_hold_is_listed_and_not_asked() -> None:
    book = Book()
    book.add("1", day(-1), customerSessionId="..")

    def respond(call: Call[Any]) -> Any:
        assert call.operation.id != SESSION
        return tuple(book.rows)

    found, _ = play(known_sessions("maria", [1], now=NOW), respond)
    assert [(each.id, each.state) for each in found.entries] == [("..", "")]
