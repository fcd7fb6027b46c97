"""Points: the answer, the proof, the choices in the URL, and what is said when something is missing."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from desk.insight import history
from desk.insight.moves import MoveKind
from desk.insight.reconcile import Gap, Reconciliation
from talon_sandbox import Sandbox
from tests.pages.conftest import Open, headline, text_of

POINTS = "pages/customer/points.py"


def labelled(widgets: Iterable[Any], label: str) -> Any:
    """The only widget of that label."""
    (found,) = [each for each in widgets if each.label == label]
    return found


def test_the_answer_comes_first_and_the_rows_prove_it(open_page: Open) -> None:
    at = open_page(POINTS, customer="maria.pending", program="1")
    assert headline(at).startswith("1,240 points can be spent now. 1,417 more from Fri")
    assert "The history adds up to this balance" in text_of(at)
    frame = at.dataframe[0].value
    assert list(frame["Balance after"]) == [1240, 1240, 0]
    assert list(frame["What"]) == [["Earned, pending"], ["Spendable (inferred)"], ["Earned, pending"]]


def test_expiries_stand_where_they_happened_and_are_marked(open_page: Open) -> None:
    at = open_page(POINTS, customer="tom.expired")
    frame = at.dataframe[0].value
    newest = frame.iloc[0]
    assert newest["What"] == ["Expired (inferred)"]
    assert newest["Points"] == -1389
    assert "2 rows of the API, 3 worked out here" in text_of(at)


def test_another_ledger_is_a_place_of_its_own(open_page: Open) -> None:
    at = open_page(POINTS, customer="maria.pending", program="1", subledger="shoes")
    assert headline(at).startswith("89.9 points can be spent now.")
    at.segmented_control(key="points-ledger").set_value("main").run()
    assert headline(at).startswith("1,240 points")
    assert at.query_params["subledger"] == "main"


def test_without_a_choice_the_ledger_with_points_is_shown(open_page: Open) -> None:
    at = open_page(POINTS, customer="paul.waiting")
    assert headline(at) == "No points can be spent yet. 300 wait for an action."


def test_the_range_is_in_the_url(open_page: Open) -> None:
    at = open_page(POINTS, customer="maria.pending", range="all")
    assert at.segmented_control(key="points-range").value == "all"
    at.segmented_control(key="points-range").set_value("3m").run()
    assert at.query_params["range"] == "3m"
    assert at.query_params["customer"] == "maria.pending"


def test_a_day_is_in_the_url_and_says_what_could_be_spent_then(open_page: Open, sandbox: Sandbox) -> None:
    year = sandbox.now().year
    at = open_page(POINTS, customer="maria.pending", day=f"{year + 1}-02-01")
    assert f"There will be 2,657 points to spend at the end of Mon 1 Feb {year + 1}" in text_of(at)
    at = open_page(POINTS, customer="maria.pending", day=f"{year - 1}-02-01")
    assert "There were 0 points to spend at the end of" in text_of(at)


def test_nonsense_in_the_url_shows_the_default(open_page: Open) -> None:
    at = open_page(
        POINTS, customer="maria.pending", program="999", subledger="no", range="x", day="2026-99-99"
    )
    assert headline(at).startswith("1,240 points")
    assert not at.exception


def test_long_ledgers_are_complete_page_by_page(open_page: Open) -> None:
    at = open_page(POINTS, customer="ivan.archive")
    assert "The history adds up to this balance" in text_of(at)
    frame = at.dataframe[0].value
    assert frame["Balance after"].iloc[0] == float(headline(at).split(" ")[0].replace(",", ""))
    options = len(labelled(at.selectbox, "Rows, newest first").options)
    last = (
        labelled(at.selectbox, "Rows, newest first").set_value((options - 1) * 500).run().dataframe[0].value
    )
    rows = (options - 1) * 500 + len(last)
    assert len(frame) == 500
    assert rows > 5040
    assert f"of all {rows:,}." in text_of(at)
    assert last["When"].iloc[-1] < last["When"].iloc[0] < frame["When"].iloc[-1]


def test_filters_keep_what_they_say(open_page: Open) -> None:
    at = open_page(POINTS, customer="tom.expired")
    labelled(at.multiselect, "What happened").set_value([MoveKind.EXPIRED]).run()
    assert list(at.dataframe[0].value["What"]) == [["Expired (inferred)"]]
    assert "1 of 5 steps matches the filters." in text_of(at)
    labelled(at.button, "Clear").click().run()
    assert len(at.dataframe[0].value) == 5
    labelled(at.text_input, "Order").set_value("10032").run()
    assert set(at.dataframe[0].value["Order"]) == {"ORD-10032 ›"}
    labelled(at.text_input, "Order").set_value("no such order").run()
    assert "0 of 5 steps match the filters." in text_of(at)


def test_what_the_chart_shows_is_in_the_url(open_page: Open) -> None:
    at = open_page(POINTS, customer="tom.expired", figure="expired")
    assert at.segmented_control(key="points-figure").value == "expired"
    at.segmented_control(key="points-figure").set_value("pending").run()
    assert at.query_params["figure"] == "pending"
    assert not at.exception


@pytest.mark.parametrize("days", [-200, 400])
def test_the_balance_of_a_day_is_held_against_the_api(open_page: Open, sandbox: Sandbox, days: int) -> None:
    day = (sandbox.now() + timedelta(days=days)).date()
    at = open_page(POINTS, customer="tom.expired", day=day.isoformat())
    assert "The API says the same" in text_of(at)
    assert len(sandbox.requests("get_loyalty_balances")) == 3  # the header, now, and on that day
    # What it was made of: an award of before, nothing once all have expired.
    assert ("1,389 of ORD-10031, earned " in text_of(at)) == (days < 0)


def test_if_some_are_redeemed_now_the_first_to_expire_go_first(open_page: Open) -> None:
    at = open_page(POINTS, customer="maria.pending", program="1")
    labelled(at.number_input, "If so many points are redeemed now").set_value(240.0).run()
    assert "If 240 points are redeemed now, it takes 240 of what expires on" in text_of(at)
    labelled(at.number_input, "If so many points are redeemed now").set_value(2000.0).run()
    assert "760 points more would be needed." in text_of(at)


def test_a_card_s_day_is_held_against_the_api_too(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page("pages/thing/card.py", card="CARD-1001", program="2", day=f"{sandbox.now().year}-03-01")
    assert "The API says the same" in text_of(at)
    assert labelled(at.multiselect, "Comes from").options


def test_owed_points_are_said(open_page: Open) -> None:
    at = open_page(POINTS, customer="nora.negative")
    assert headline(at) == "No points can be spent: 150 points are owed."
    assert {each.label: each.value for each in at.metric}["Owed"] == ":red[150]"


def test_without_rows_the_balance_is_still_told_and_the_rest_said_to_be_missing(
    open_page: Open, sandbox: Sandbox
) -> None:
    sandbox.faults("get_loyalty_program_profile_transactions", ["400"] * 4)
    at = open_page(POINTS, customer="maria.pending")
    assert headline(at).startswith("1,240 points can be spent now.")
    assert "The rows could not be read" in text_of(at)
    assert "does not accept the request for the transactions of program 1" in text_of(at)


def test_where_something_does_not_add_up_the_newest_orders_are_read_for_cancelled_ones(
    open_page: Open, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(at: AppTest) -> int:
        return int(at.expander[-1].label.removeprefix("What was asked: ").split()[0])

    before = told(open_page(POINTS, customer="tom.expired"))
    assert not sandbox.requests("get_customer_session")  # nobody asks where it does
    gap = Reconciliation(("active",), (Gap("active", Decimal(0), Decimal(5)),), ())
    monkeypatch.setattr(history, "reconcile", lambda *_: gap)
    st.cache_resource.clear()
    at = open_page(POINTS, customer="tom.expired")
    asked = len(sandbox.requests("get_customer_session"))
    assert asked > 0
    assert f"Not one is cancelled of {asked} orders with points." in text_of(at)
    assert told(at) == before + asked


def test_in_no_program_there_are_no_points(open_page: Open) -> None:
    at = open_page(POINTS, customer="zoe.new")
    assert headline(at) == "No points: this customer is in no loyalty program."
    assert not at.exception


def test_what_was_asked_is_told_when_somebody_wants_to_know(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(POINTS, customer="maria.pending")
    assert at.expander[-1].label.startswith("What was asked: ")
    assert "get_loyalty" not in text_of(at)
    assert sandbox.api_key not in text_of(at)
