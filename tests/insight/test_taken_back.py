"""When points of a session were taken back, as far as rows tell."""

from typing import Any

import pytest

from desk.insight.taken_back import TakenBack, taken_back
from talon_client import TalonError
from talon_client.models import Effect, Page
from tests.insight.help import BAD, DOWN, NOT_FOUND, Book, asked, day, effect, play
from tests.insight.orders import view

DAYS = (day(-9), day(-4))


def rolled_back(uuid: str | None, **more: Any) -> Effect:
    about = {"programId": 1, "subLedgerId": "", "recipientIntegrationId": "maria", "value": 10}
    return effect("rollbackAddedLoyaltyPoints", **{**about, "transactionUUID": uuid, **more})


def book() -> Book:
    """An award, a spend for the same session, and two returns."""
    made = Book()
    made.add("50", day(-20), customerSessionId="ORD-1")
    made.take("5", day(-20), customerSessionId="ORD-1", transactionUUID="spent")
    for number, at in enumerate(DAYS):
        made.take("10", at, customerSessionId="ORD-1", transactionUUID=f"back-{number}")
    return made


def test_the_rows_that_the_session_names_date_its_returns() -> None:
    order = view("partially_returned", (rolled_back("back-1"), rolled_back("back-0")))
    found, batches = play(taken_back(order), lambda call: Page(data=tuple(book().rows)))
    assert found == TakenBack(DAYS)
    (path,) = asked(batches)
    assert path.startswith("get_loyalty_program_profile_transactions /v1/loyalty_programs/1/profile/maria/")


@pytest.mark.parametrize("uuid", ["elsewhere", None])
def test_a_rollback_that_no_row_dates_leaves_it_incomplete(uuid: str | None) -> None:
    order = view("partially_returned", (rolled_back("back-0"), rolled_back(uuid)))
    found, _ = play(taken_back(order), lambda call: Page(data=tuple(book().rows)))
    assert found == TakenBack(DAYS[:1], complete=False)


def test_a_session_without_rollbacks_asks_nothing() -> None:
    order = view("closed", (effect("addLoyaltyPoints", programId=1, subLedgerId="", value=5),))
    found, batches = play(taken_back(order), lambda call: DOWN)
    assert (found, batches) == (TakenBack(), [])


def test_each_holder_is_asked_once() -> None:
    effects = (
        rolled_back("a"),
        rolled_back("b", subLedgerId="bonus"),
        rolled_back("c", programId=2, cardIdentifier="CARD-1"),
    )
    _, batches = play(taken_back(view("partially_returned", effects)), lambda call: Page(data=()))
    assert [each.split()[0] for each in asked(batches)] == [
        "get_loyalty_program_profile_transactions",
        "get_loyalty_card_transactions",
    ]


@pytest.mark.parametrize(("error", "unread"), [(NOT_FOUND, 0), (BAD, 0), (DOWN, 1)])
def test_what_could_not_be_read_is_told_from_what_is_not_said(error: TalonError, unread: int) -> None:
    found, _ = play(taken_back(view("partially_returned", (rolled_back("a"),))), lambda call: error)
    assert (found.at, found.complete, len(found.unread)) == ((), False, unread)
