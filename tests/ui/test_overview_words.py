"""The customer in one sentence: cards without points, ledgers in other zones, coupons in a wallet."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from desk.insight.balances import Reported
from desk.insight.cards import CardView, Holder, can_link
from desk.insight.coupons import wallet_entry
from desk.insight.customer import Customer, assemble
from desk.insight.history import explain
from desk.insight.points import Points
from desk.insight.rows import read_rows
from desk.insight.timeline import Entry, EntryKind
from desk.ui import coupon_rows, overview_words
from desk.ui.formats import MISSING, Formats
from talon_client.models import CustomerInventory, IntegrationCoupon, LoyaltyBalancesWithTiers
from tests.insight.help import DOWN, NOW, Book, day

BERLIN = Formats("en-GB", "EUR", "Europe/Berlin")


def card(identifier: str, active: str = "0", status: str = "active") -> CardView:
    return CardView(3, identifier, status=status, balances={"": Reported(active=Decimal(active))})


@pytest.mark.parametrize(
    ("cards", "answer"),
    [
        ((), "No points: this customer is in no loyalty program."),
        ((card("C-1"),), "No points can be spent now with card C-1."),
        ((card("C-1"), card("C-2")), "No points can be spent now: nothing is on this customer's 2 cards."),
        ((card("C-1", "9", "blocked"),), "No points can be spent: card C-1 is blocked."),
        ((card("C-1"), card("C-2", "7")), "7 points can be spent with card C-2."),
    ],
)
def test_whoever_holds_a_card_is_in_a_program(cards: tuple[CardView, ...], answer: str) -> None:
    found = Customer("zoe", True, cards=cards)
    assert overview_words.answer_of(found, lambda _: BERLIN) == answer


def test_the_zone_is_named_where_the_clock_of_a_program_is_another() -> None:
    book = Book()
    book.add("5", day(-1))
    points = [Points(1, "zoe", False, NOW, (explain(read_rows(book.rows, NOW), NOW),))]
    london, paris = Formats(zone="Europe/London"), Formats(zone="Europe/Paris")
    assert overview_words.zones_of(points, lambda _: BERLIN, london) == "Days are those of Europe/Berlin."
    assert overview_words.zones_of(points, lambda _: BERLIN, paris) == ""


@pytest.mark.parametrize(("limit", "said"), [(5, "1 of 5"), (0, "1 of unlimited"), (None, "1 of unknown")])
def test_a_coupon_says_who_may_use_it_from_when_and_how_often(limit: int | None, said: str) -> None:
    entry = wallet_entry(
        IntegrationCoupon.model_validate(
            {
                "value": "SPRING",
                "state": "pending",
                "startDate": "2026-07-01T00:00:00Z",
                "usageCounter": 1,
                "usageLimit": limit,
                "isReservationMandatory": True,
            }
        )
    )
    row = coupon_rows.row(entry, BERLIN)
    assert row[2:6] == ("Holders only", datetime(2026, 7, 1, tzinfo=UTC), None, said)


def test_a_limit_of_one_is_one_customer() -> None:
    full = CardView(3, "C", status="active", holders=(Holder("tom", None),), limit=1)
    assert can_link(full, "zoe").why == "This card is at its limit of 1 customer."


def test_pending_points_change_nothing_until_they_start() -> None:
    pending, started = (
        Entry(NOW, EntryKind.POINTS, what, "Order", Decimal(499), "ORD-1") for what in ("pending", "started")
    )
    said = overview_words.happening(pending, BERLIN)
    assert (said.points, said.text, said.id) == (None, "499 to come, Order", "ORD-1")
    said = overview_words.happening(started, BERLIN)
    assert (said.points, said.text) == (Decimal(499), "Order")


UNKNOWN = "How many points can be spent"
CLUB = {"id": 1, "title": "Club"}
STAFF = {"id": 2, "title": "Staff perks", "ledger": {"currentBalance": 0, "pendingBalance": 5}}


@pytest.mark.parametrize(
    ("programs", "balances", "answer", "figure"),
    [
        ([CLUB], DOWN, f"{UNKNOWN} could not be read.", None),
        ([CLUB], {}, f"{UNKNOWN} could not be read.", None),
        ([{**CLUB, "ledger": {}}], DOWN, f"{UNKNOWN} could not be read.", MISSING),
        ([{**CLUB, "ledger": {}}], {"balance": {"activePoints": 0}}, "No points can be spent now.", "0"),
        ([{**CLUB, "ledger": {"currentBalance": 7}}], DOWN, "7 points can be spent now.", "7"),
        (
            [CLUB],
            {"balance": {"negativePoints": -3}},
            "No points can be spent: 3 points are owed in Club.",
            "0",
        ),
        ([CLUB, STAFF], DOWN, f"{UNKNOWN} in Club could not be read.", "0"),
        ([STAFF], DOWN, "No points can be spent yet.", "0"),
    ],
)
def test_what_could_not_be_read_is_not_said_to_be_nothing(
    programs: list[dict[str, Any]], balances: Any, answer: str, figure: str | None
) -> None:
    inventory = CustomerInventory.model_validate(
        {"loyalty": {"programs": {str(each["id"]): each for each in programs}}}
    )
    said = balances if balances is DOWN else LoyaltyBalancesWithTiers.model_validate(balances)
    found = assemble("maria", inventory, {each["id"]: said for each in programs})
    assert overview_words.answer_of(found, lambda _: BERLIN) == answer
    shown = {each.label: each.value for each in overview_words.figures_of(found, BERLIN)}
    assert shown.get("Can be spent") == figure
