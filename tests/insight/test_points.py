"""The points of a profile or a card: what is asked, and what becomes of answers that fail."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from desk.insight.balances import tier_view
from desk.insight.ledger import Status
from desk.insight.lots import Meaning, if_redeemed, ladder
from desk.insight.points import Points, card_points, points
from desk.insight.reconcile import SuspectKind
from talon_client import Call
from talon_client.models import (
    LedgerInfo,
    LedgerPointsEntryIntegrationAPI,
    LoyaltyBalancesWithTiers,
    LoyaltyBalanceWithTier,
    LoyaltyCardBalances,
)
from tests.insight.help import DOWN, NOT_FOUND, NOW, Book, asked, day, play

BALANCES = LoyaltyBalancesWithTiers.model_validate(
    {
        "balance": {
            "activePoints": 70,
            "pendingPoints": 40,
            "currentTier": {"name": "Silver", "expiryDate": "2026-07-01T00:00:00+02:00"},
            "projectedTier": {
                "projectedActivePoints": 30,
                "stayInTierPoints": 70,
                "projectedTierName": "Bronze",
            },
            "pointsToNextTier": 930,
            "nextTierName": "Gold",
        },
        "subledgerBalances": {"shoes": {"activePoints": 5, "negativePoints": -3}},
    }
)


def book() -> Book:
    written = Book()
    written.add("100", day(-40), expires=day(10))
    written.add("40", day(-3), starts=day(4))
    written.take("30", day(-2))
    return written


def listed(
    *amounts: tuple[int, str, str], expiry: Any = "unlimited"
) -> tuple[LedgerPointsEntryIntegrationAPI, ...]:
    return tuple(
        LedgerPointsEntryIntegrationAPI.model_validate(
            {
                "id": number,
                "transactionUUID": f"u{number}",
                "created": day(-40).isoformat(),
                "amount": amount,
                "startDate": starts,
                "expiryDate": expiry,
            }
        )
        for number, amount, starts in amounts
    )


def found(balances: Any = BALANCES, transactions: Any = None, **lists: Any) -> Points:
    def respond(call: Call[Any]) -> Any:
        if call.operation.id.endswith("_balances"):
            return balances
        if call.operation.id.endswith("_transactions"):
            return tuple(book().rows) if transactions is None else transactions
        return lists.get(dict(call.query)["status"], ())

    return play(points(1, "maria", now=NOW), respond)[0]


ACTIVE = listed((1, "70", "immediate"), expiry=day(10).isoformat())
PENDING = listed((2, "40", day(4).isoformat()))


def test_one_batch_asks_everything_once() -> None:
    _, batches = play(points(1, "maria", now=NOW, subledger="shoes"), lambda call: NOT_FOUND)
    path = "/v1/loyalty_programs/1/profile/maria/"
    assert len(batches) == 1
    assert asked(batches) == [
        f"get_loyalty_balances {path}balances",
        f"get_loyalty_program_profile_transactions {path}transactions",
        *[f"get_loyalty_program_profile_points {path}points"] * 3,
    ]
    assert all(("subledgerId", "shoes") in ask.call.query for ask in batches[0].asks)


def test_the_main_ledger_first_then_subledgers() -> None:
    shoes = Book("shoes")
    shoes.add("5", day(-1))
    old = Book("boots")
    old.add("5", day(-1))
    given = found(transactions=(*book().rows, *shoes.rows, *old.rows), active=ACTIVE, pending=PENDING)
    assert [ledger.subledger for ledger in given.ledgers] == ["", "boots", "shoes"]
    assert given.main.spendable == 70
    reconciliation = given.main.reconciliation
    assert reconciliation is not None
    assert reconciliation.explained
    assert reconciliation.checked == ("active", "pending")
    boots, footwear = given.ledger("boots"), given.ledger("shoes")
    assert boots is not None
    assert boots.reconciliation is None
    assert footwear is not None
    assert footwear.reported is not None
    assert footwear.reported.negative == 3


def test_tier() -> None:
    tier = found().main.tier
    assert tier is not None
    assert (tier.name, tier.next_name, tier.points_to_next) == ("Silver", "Gold", 930)
    assert (tier.projected_name, tier.stay_points, tier.drops) == ("Bronze", 70, True)
    assert tier.expires is not None
    assert tier.expires.isoformat() == "2026-06-30T22:00:00+00:00"


@pytest.mark.parametrize(
    ("model", "more", "top"),
    [
        (LoyaltyBalanceWithTier, {}, True),
        (LoyaltyBalanceWithTier, {"nextTierName": None}, True),
        (LoyaltyBalanceWithTier, {"nextTierName": "Gold"}, False),
        (LoyaltyBalanceWithTier, {"pointsToNextTier": 5}, False),
        (LedgerInfo, {}, False),  # before 26.16 it is never said there
        (LedgerInfo, {"nextTierName": None}, True),
    ],
)
def test_the_highest_tier_is_the_one_of_which_the_api_says_so(
    model: type[LoyaltyBalanceWithTier | LedgerInfo], more: dict[str, Any], top: bool
) -> None:
    seen = tier_view(model.model_validate({"currentTier": {"name": "Silver"}, **more}))
    assert seen is not None
    assert seen.top is top


def test_lists_that_say_what_is_left() -> None:
    given = found(active=ACTIVE, pending=PENDING).main
    assert given.meaning is Meaning.LEFT
    assert [(lot.awarded, lot.left, lot.listed, lot.agrees) for lot in given.lots] == [
        (100, 70, 70, True),
        (40, 40, 40, True),
    ]


def test_lists_that_say_what_was_awarded() -> None:
    awarded = listed((1, "100", "immediate"), expiry=day(10).isoformat())
    given = found(active=awarded, pending=PENDING).main
    assert given.meaning is Meaning.AWARDED
    assert [lot.remaining for lot in given.lots] == [70, 40]


def test_a_lot_that_the_lists_do_not_know_has_nothing_left() -> None:
    given = found(active=(), pending=PENDING).main
    assert [(lot.left, lot.listed, lot.agrees) for lot in given.lots] == [(70, 0, False), (40, 40, True)]


def test_lists_are_fresher_than_rows() -> None:
    """An extended expiry and an activation show in the lists only."""
    rows = Book()
    rows.add("100", day(-40), expires=day(-10))
    rows.add("50", day(-40), starts="on_action")
    extended = listed((1, "100", "immediate"), expiry=day(30).isoformat())
    activated = listed((2, "50", day(-5).isoformat()), expiry=day(25).isoformat())
    balances = LoyaltyBalancesWithTiers.model_validate({"balance": {"activePoints": 150}})
    given = found(balances, tuple(rows.rows), active=(*extended, *activated)).main
    assert given.reconciliation is not None
    assert given.reconciliation.explained
    assert [given.at(day(number)).active for number in (-6, -5, 24, 25, 30)] == [100, 150, 150, 100, 0]


@pytest.mark.parametrize("starts", ["on_action", "immediate"])
def test_a_lot_that_is_listed_as_pending_and_immediate_waits_for_an_action(starts: str) -> None:
    """The lists have no word for it, and the older edition's transactions have none either."""
    rows = Book()
    rows.add("50", day(-40), starts=starts)
    balances = LoyaltyBalancesWithTiers.model_validate(
        {"balance": {"activePoints": 0, "pendingPoints": 50, "spentPoints": 0, "expiredPoints": 0}}
    )
    given = found(balances, tuple(rows.rows), active=(), pending=listed((1, "50", "immediate"))).main
    (lot,) = given.lots
    assert (lot.status, lot.window.starts, lot.remaining) == (Status.PENDING, None, 50)
    assert given.reconciliation is not None
    assert given.reconciliation.explained


def test_points_that_await_an_action_and_were_used_must_have_been_active() -> None:
    rows = Book()
    rows.add("50", day(-40), starts="on_action")
    rows.take("50", day(-10))
    balances = LoyaltyBalancesWithTiers.model_validate({"balance": {"activePoints": 0, "spentPoints": 50}})
    given = found(balances, tuple(rows.rows)).main
    assert given.reconciliation is not None
    assert given.reconciliation.explained


@pytest.mark.parametrize("status", ["active", "pending", "expired"])
def test_a_list_that_failed_is_said_and_the_rest_stands(status: str) -> None:
    given = found(**{"active": ACTIVE, "pending": PENDING, status: DOWN})
    assert [unread.what for unread in given.unread] == [f"the {status} points of program 1"]
    assert given.main.balance.active == 70


def test_failed_transactions_leave_the_balances() -> None:
    given = found(transactions=DOWN)
    assert not given.main.has_rows
    assert given.main.spendable == 70
    assert given.main.tier is not None
    assert given.main.reconciliation is None
    assert [str(unread) for unread in given.unread] == [
        "the transactions of program 1 could not be read: the API failed"
    ]


def test_failed_balances_leave_the_rows() -> None:
    given = found(balances=DOWN)
    assert given.found
    assert given.main.spendable == 70
    assert given.main.reconciliation is None
    assert given.main.balance.pending == 40


def test_an_unknown_profile_is_not_found() -> None:
    given, _ = play(points(1, "nobody", now=NOW), lambda call: NOT_FOUND)
    assert not given.found


def test_cards() -> None:
    balances = LoyaltyCardBalances.model_validate({"balance": {"activePoints": 0, "expiredPoints": 10}})
    rows = Book()
    rows.add("10", day(-40), expires=day(-1))

    def respond(call: Call[Any]) -> Any:
        if call.operation.id == "get_loyalty_card_balances":
            return balances
        return tuple(rows.rows) if call.operation.id == "get_loyalty_card_transactions" else ()

    given, batches = play(card_points(2, "CARD-1", now=NOW), respond)
    assert given.card
    assert len(batches) == 1
    assert given.main.reconciliation is not None
    assert given.main.reconciliation.explained
    assert given.main.tier is None
    assert [(lot.status, lot.left) for lot in given.main.lots] == [(Status.EXPIRED, 10)]


def test_weeks_begin_on_monday_in_the_zone_of_the_program() -> None:
    rows = Book()
    midnight = NOW.replace(hour=22) + timedelta(days=4)  # Sunday evening in UTC, Monday in Berlin
    rows.add("10", day(-1), expires=midnight)
    rows.add("5", day(-1))
    ledger = found(LoyaltyBalancesWithTiers(), tuple(rows.rows), active=DOWN).main
    assert [week.week for week in ledger.ladder().weeks] == [date(2026, 6, 15)]
    berlin = ledger.ladder(ZoneInfo("Europe/Berlin"))
    assert [(week.week, week.amount, week.first) for week in berlin.weeks] == [
        (date(2026, 6, 22), 10, midnight)
    ]
    assert (berlin.unlimited, berlin.total) == (5, 15)


def test_what_a_redemption_would_take() -> None:
    rows = Book()
    rows.add("100", day(-9))
    rows.add("60", day(-9), expires=day(20))
    rows.add("50", day(-9), expires=day(3))
    rows.add("70", day(-9), starts=day(1), expires=day(2))
    lots = found(LoyaltyBalancesWithTiers(), tuple(rows.rows), active=DOWN).main.lots
    redemption = if_redeemed(lots, Decimal(80), NOW)
    assert [(lot.row.id, part) for lot, part in redemption.taken] == [(3, 50), (2, 30)]
    assert redemption.short == 0
    after = ladder(redemption.after, NOW)
    assert [week.amount for week in after.weeks] == [70, 30]
    assert after.unlimited == 100
    assert if_redeemed(lots, Decimal(500), NOW).short == 290


def entry(number: int, amount: str, expires: Any) -> LedgerPointsEntryIntegrationAPI:
    return listed((number, amount, "immediate"), expiry=expires.isoformat())[0]


@pytest.mark.parametrize("starts", ["on_action", "immediate"])
def test_lists_that_name_another_lot_than_the_order_of_spending_leaves_are_believed(starts: str) -> None:
    """The first lot was activated, or its expiry shortened, after the second was spent: it is whole, and listed so."""
    rows = Book()
    rows.add("100", day(-20), starts=starts, expires=day(50), customerSessionId="whole")
    rows.add("100", day(-20), expires=day(5), customerSessionId="spent")
    rows.take("100", day(-10))
    balances = LoyaltyBalancesWithTiers.model_validate({"balance": {"activePoints": 100, "spentPoints": 100}})
    given = found(balances, tuple(rows.rows), active=(entry(1, "100", day(3)),)).main
    assert given.meaning is Meaning.UNCLEAR
    assert [(lot.left, lot.remaining) for lot in given.lots] == [(0, 100), (100, 0)]
    (week,) = given.ladder().weeks
    assert (week.first, week.amount) == (day(3), 100)
    assert given.reconciliation is not None
    assert [(each.kind, len(each.rows)) for each in given.reconciliation.suspects] == [
        (SuspectKind.OTHER_LOTS, 2)
    ]


def test_whole_lots_say_what_was_awarded_only_where_they_are_those_that_are_left() -> None:
    rows = Book()
    rows.add("100", day(-20), expires=day(3))
    rows.add("100", day(-20), expires=day(5))
    rows.take("130", day(-10))
    balances = LoyaltyBalancesWithTiers.model_validate({"balance": {"activePoints": 70}})

    def meaning(*lists: LedgerPointsEntryIntegrationAPI, pending: Any = ()) -> tuple[Meaning, list[int]]:
        main = found(balances, tuple(rows.rows), active=lists, pending=pending).main
        return main.meaning, [int(lot.remaining) for lot in main.lots]

    first, second = entry(1, "100", day(3)), entry(2, "100", day(5))
    assert meaning(second) == (Meaning.AWARDED, [0, 70])
    assert meaning(first, second) == (Meaning.UNCLEAR, [100, 100])
    assert meaning(first) == (Meaning.UNCLEAR, [100, 0])
    assert meaning(second, pending=DOWN) == (Meaning.AWARDED, [0, 70])
    assert meaning(first, pending=DOWN) == (Meaning.UNCLEAR, [100, 70])
