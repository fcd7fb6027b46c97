"""Missing points in a real browser: from the number to the answer, for every verdict, and nothing written."""

import re

import pytest
from playwright.sync_api import Page, expect

from talon_client import TalonClient
from talon_client.models import IntegrationRequest
from talon_sandbox import Sandbox
from tests.support.screen import find, headline, open_at, settle

VERDICTS = [
    # order, who asks, the answer, the reply
    ("ORD-10701", "vera.unknown", "No order “ORD-10701” is known here", "We cannot find an order"),
    ("ORD-10081", "ines.open", "The order is still open", "is not completed yet"),
    ("ORD-10052", "sven.cancelled", "The 850 points of this order were taken back", "was cancelled"),
    ("ORD-10702", "rolf.returned", "The 480 points of this order were taken back", "were returned"),
    ("ORD-10711", "gabi.guest", "The order was made without an account", "without signing in"),
    ("ORD-10712", "gabi.guest", "The order belongs to another account", "another account with us"),
    ("ORD-10722", "gina.replaced", "the order's total is 0", "It had a total of 0"),
    ("ORD-10731", "udo.rules", "today's rules would award 599.5 points", "We are looking into the reason"),
    ("ORD-10023", "maria.pending", "are pending until Fri", "You can use them from"),
    ("ORD-10741", "wanda.app", "wait for an action", "no date is set for them"),
    ("ORD-10751", "karl.card", "went to the card CARD-1005", "on the loyalty card"),
    ("ORD-10761", "petra.spent", "were earned and have been used since", "for order ORD-10762"),
    ("ORD-10031", "tom.expired", "The 1,389 points of this order expired on", "were not used, and expired"),
    (
        "ORD-10771",
        "mia.mixed",
        "1,490 of this order's 1,990 points expired on",
        "Another 500 points have been used",
    ),
    ("ORD-10022", "maria.pending", "The 1,240 points of this order are there", "can be used until"),
]


def test_from_a_pasted_number_to_the_reason(page: Page, sandbox: Sandbox) -> None:
    """Find leads to the order, its button to the answer; a reload keeps it, Back returns to the order."""
    open_at(page, "")
    find(page, "#10722")
    page.get_by_role("button", name="Points missing?").click()
    expect(headline(page)).to_have_text("No points were given, and the order's total is 0")
    expect(page).to_have_url(re.compile(r"/missing\?.*customer=gina\.replaced.*session=ORD-10722"))
    expect(page.get_by_text("The rule “Gold bonus” does not apply either.")).to_be_visible()
    expect(page.get_by_text("By today's rules", exact=True)).to_be_visible()
    reply = page.locator("[data-testid=stCode]").filter(has_text="We have checked order ORD-10722.")
    expect(reply.get_by_role("button")).to_be_visible()
    page.reload()
    expect(headline(page)).to_have_text("No points were given, and the order's total is 0")
    assert [each for each in sandbox.requests() if each["method"] != "GET" and not each["dry"]] == []
    page.go_back()
    expect(headline(page)).to_contain_text("Closed on")


def test_an_expired_award_is_handed_over_with_the_guard(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "missing", session="ORD-10781", customer="greta.goodwill")
    expect(headline(page)).to_contain_text("The 1,190 points of this order expired on")
    expect(page.get_by_text("Points were added by hand, or imported, since")).to_be_visible()
    expect(page.get_by_text("Points to add by hand in Campaign Manager: 1190")).to_be_visible()
    page.get_by_text("“They expired unfairly”").click()
    settle(page)
    expect(page.get_by_text("Points were added by hand, or imported, since")).to_be_hidden()


@pytest.mark.soak
@pytest.mark.parametrize(("order", "customer", "answer", "reply"), VERDICTS)
def test_every_verdict(
    page: Page, sandbox: Sandbox, order: str, customer: str, answer: str, reply: str
) -> None:
    open_at(page, "missing", session=order, customer=customer)
    expect(headline(page)).to_contain_text(answer)
    expect(page.get_by_text("What to do now")).to_be_visible()
    expect(page.locator("[data-testid=stCode]").filter(has_text=reply)).to_be_visible()
    assert [each for each in sandbox.requests() if each["method"] != "GET" and not each["dry"]] == []


@pytest.mark.soak
def test_a_number_is_taken_as_it_is_written_on_the_parcel(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "points", customer="maria.pending")
    page.get_by_text("Why is there no row for an order?").click()
    box = page.get_by_label("Number of the order that is not in the list")
    box.fill("#10023")
    box.press("Enter")
    expect(headline(page)).to_contain_text("are pending until Fri")
    expect(page).to_have_url(re.compile("session=ORD-10023"))


@pytest.mark.soak
def test_the_answer_changes_with_the_order(page: Page, sandbox: Sandbox) -> None:
    """An order that is closed after it was looked at: Refresh looks again, and tries nothing anew that it need not."""
    open_at(page, "missing", session="ORD-10081", customer="ines.open")
    expect(headline(page)).to_contain_text("The order is still open")
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        body = IntegrationRequest.model_validate({"customerSession": {"state": "closed"}})
        client.update_customer_session_v2("ORD-10081", body=body)
    page.get_by_role("button", name="Refresh").click()
    expect(headline(page)).to_contain_text("points of this order are pending until")
