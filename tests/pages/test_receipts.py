"""The receipt of what was done to an order: what its heading claims, and what there is to copy."""

import pytest
from streamlit.testing.v1 import AppTest

from desk.guard import (
    Actor,
    CancelSession,
    Change,
    Outcome,
    Receipt,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    Role,
)
from desk.ui.escape import shown
from desk.ui.formats import Formats
from desk.ui.words.replies import reply
from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.pages.conftest import Open, text_of
from tests.pages.test_audit import guard_of
from tests.pages.test_sessions import as_role, pressed

SESSION, RECEIPT = "pages/thing/session.py", "pages/change/receipt.py"
CLARA = "ORD-10061"
BY = Actor("nobody signed in", Role.SUPERVISOR)


def done(at: AppTest, change: Change) -> Receipt:
    """The change, made by a supervisor without what a page would have reckoned."""
    guard = guard_of(at)
    preview = guard.preview(guard.plan("shop", BY, change).id, BY)
    return guard.confirm(preview.plan_id, BY, digest=preview.digest, reason_code="goodwill", ticket="T-7")


def test_a_receipt_whose_points_fell_unpredicted_is_not_as_previewed(open_page: Open) -> None:
    receipt = done(open_page(SESSION, session=CLARA), CancelSession(session_id=CLARA))
    text = text_of(open_page(RECEIPT, receipt=receipt.id))
    assert "lines changed that were not predicted" in text
    assert "As previewed" not in text


def test_the_line_for_the_ticket_names_items_ticket_and_person(open_page: Open) -> None:
    items = (ReturnedItem(position=2, quantity=1),)
    receipt = done(open_page(SESSION, session=CLARA), ReturnItems(session_id=CLARA, items=items))
    at = open_page(RECEIPT, receipt=receipt.id)
    line = next(each.value for each in at.code if receipt.id in each.value and "Items returned" in each.value)
    assert "1 × Canvas tote" in line
    assert "Ticket T-7." in line
    assert "By nobody signed in (supervisor)." in line


def test_a_cancel_is_predicted_with_its_points_and_checked(open_page: Open, sandbox: Sandbox) -> None:
    policy = next(each.return_policy for each in sandbox.programs() if each.id == 1)
    at = open_page(SESSION, session=CLARA)
    at = as_role(at, "Supervisor")
    at = pressed(at, "Cancel the session …")
    guard = guard_of(at)
    flow = at.session_state["desk-change-cancel"]
    expected = {(fact.topic, fact.about): fact.value for fact in flow.preview.expected}
    assert policy is not None
    assert expected[("points.active", ("1", ""))] == "0"
    receipt = guard.confirm(flow.plan, BY, digest=flow.preview.digest, reason_code="goodwill", ticket="T-7")
    line = next(each for each in receipt.lines if each.topic == "points.active")
    assert (line.before, line.expected, line.actual) == ("573", "0", "0")
    text = text_of(open_page(RECEIPT, receipt=receipt.id))
    assert "Rolled back as predicted" in text
    assert "As previewed" in text
    assert "changed that" not in text


ANNA = "ORD-10091"


def test_a_reopening_is_predicted_with_its_points_and_checked(open_page: Open) -> None:
    at = as_role(open_page(SESSION, session=ANNA), "Supervisor")
    at = pressed(at, "Reopen the session …")
    table = at.table[-1].value
    assert shown(table.columns[-1]) == "Afterwards (predicted)"
    assert ["Points that can be spent, Points club", "699", "200"] in [
        [shown(cell) for cell in row] for row in table.itertuples(index=False)
    ]
    guard, flow = guard_of(at), at.session_state["desk-change-reopen"]
    receipt = guard.confirm(flow.plan, BY, digest=flow.preview.digest, reason_code="goodwill", ticket="T-7")
    line = next(each for each in receipt.lines if each.topic == "points.active")
    assert (line.before, line.expected, line.actual) == ("699", "200", "200")
    text = text_of(open_page(RECEIPT, receipt=receipt.id))
    assert "The lists came true, and more changed" in text, "whether a code comes back is not documented"
    assert "Coupon “USED10-ANNA” accepted :small[:gray[acceptCoupon]]: rolled back" in text


@pytest.mark.parametrize("button", ["Reopen the session …", "Cancel the session …"])
def test_a_tier_that_gets_harder_to_keep_is_named(open_page: Open, button: str) -> None:
    at = as_role(open_page(SESSION, session="ORD-10042"), "Supervisor")
    text = text_of(pressed(at, button))
    assert (
        "To keep the tier Silver in Points club, 1,000 points more are needed when it ends instead of 352."
        in text
    )


def test_a_tier_that_is_not_due_to_end_is_no_cause_for_alarm(open_page: Open) -> None:
    at = as_role(open_page(SESSION, session="ORD-10338"), "Supervisor")
    text = text_of(pressed(at, "Reopen the session …"))
    assert "Will be rolled back" in text
    assert "may be lost" not in text


def test_what_nobody_can_say_of_the_points_is_said_with_its_reason(open_page: Open) -> None:
    at = as_role(open_page(SESSION, session="ORD-25201"), "Supervisor")
    at = pressed(at, "Reopen the session …")
    assert (
        "What the points in Points club come to is not known beforehand: points that were spent are given back, and "
        "some of them may have expired." in text_of(at)
    )


def test_a_cancelled_order_says_what_was_taken_back_and_not_that_it_got_nothing(open_page: Open) -> None:
    done(open_page(SESSION, session="ORD-10052"), CancelSession(session_id="ORD-10091"))
    at = open_page(SESSION, session="ORD-10091")
    assert "Cancelling it here took back 499 points in Points club." in text_of(at)
    text = text_of(open_page(SESSION, session="ORD-10052"))
    assert "a cancelled session is listed without what was rolled back" in text
    assert "No rule gave" not in text


def test_returns_are_dated_by_the_ledger_and_by_what_was_done_here(open_page: Open, sandbox: Sandbox) -> None:
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        rows = client.get_loyalty_program_profile_transactions(1, "clara.returns").data
    day_of = Formats("en-GB", "EUR", "Europe/Berlin").day
    mine = [each for each in rows if each.type == "subtraction" and each.customer_session_id == CLARA]
    first, last = dict.fromkeys(day_of(each.created) for each in reversed(mine))
    sandbox.run(lambda shell: shell.requests.clear())
    at = open_page(SESSION, session=CLARA)
    assert f"Points were taken back for it on {first} and {last}. Which item" in text_of(at)
    assert len(sandbox.requests("get_loyalty_program_profile_transactions")) == 1
    items = (ReturnedItem(position=2, quantity=1),)
    made = done(at, ReturnItems(session_id=CLARA, items=items))
    text = text_of(pressed(open_page(SESSION, session=CLARA), "Refresh"))
    day = day_of(made.confirmed)
    assert f"and {day}. Returns were made at this desk on {day}. Which item" in text


def test_ledgers_that_cannot_be_read_say_nothing_of_the_days(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("get_loyalty_program_profile_transactions", ["html"] * 9)
    text = text_of(open_page(SESSION, session=CLARA))
    assert "The ledgers could not be read just now: on which other days is not known." in text
    assert "not when" not in text


@pytest.mark.parametrize(
    ("code", "usable"), [("GIFT50-ANNA", True), ("OLD10-ANNA", False), ("USED10-ANNA", False)]
)
def test_the_customer_is_told_to_use_a_code_only_where_it_can_be_used(
    open_page: Open, code: str, usable: bool
) -> None:
    receipt = done(open_page("pages/change/recent.py"), ReserveCoupon(code=code, profile_id="zoe.new"))
    assert receipt.outcome is Outcome.DONE
    assert ("You can use it" in reply(receipt, Formats())) is usable
    text = text_of(open_page(RECEIPT, receipt=receipt.id))
    assert "changed that" not in text
