"""The overview: the answer first, what is held, what happened, and what could not be read."""

import re

import pytest

from talon_sandbox import Sandbox
from tests.pages.conftest import Open, headline, text_of

OVERVIEW = "pages/customer/overview.py"
INVENTORY = "get_customer_inventory"


def test_the_answer_says_what_can_be_spent_and_what_comes_when(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="maria.pending")
    assert headline(at) == "1,240 points can be spent now in Points club (Silver)."
    assert "1,417 more from Fri" in text_of(at)
    assert "M••• K•••" in text_of(at)
    assert "Keller" not in text_of(at)


@pytest.mark.parametrize(
    ("customer", "answer"),
    [
        ("nora.negative", "No points can be spent: 150 points are owed in Staff perks."),
        ("paul.waiting", "No points can be spent yet."),
        ("zoe.new", "No points: this customer is in no loyalty program."),
    ],
)
def test_there_is_always_one_answer(open_page: Open, customer: str, answer: str) -> None:
    at = open_page(OVERVIEW, customer=customer)
    assert headline(at) == answer
    assert len(at.title) == 1


@pytest.mark.parametrize(
    ("customer", "line"),
    [
        ("tom.expired", r"1,389 expired on \w{3} \d+ \w{3} \d{4}\."),
        ("rita.tier", r"2,480 expire on \w{3} \d+ \w{3} \d{4} unless used before\."),
    ],
)
def test_what_went_lately_or_goes_soon_has_its_day(open_page: Open, customer: str, line: str) -> None:
    assert re.search(line, text_of(open_page(OVERVIEW, customer=customer)))


def test_what_is_empty_is_said_in_one_line(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="zoe.new")
    assert "This customer has no coupons, cards, achievements, referrals, giveaways or audiences." in text_of(
        at
    )
    assert [each.value for each in at.subheader] == ["What happened"]


def test_an_unknown_customer_keeps_the_id_and_says_what_to_do(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="nobody.here")
    assert headline(at) == "There is no customer “nobody.here” here"
    assert at.code[0].value == "nobody.here"
    assert "case-sensitive" in text_of(at)
    assert any(link.label == "Look for it as anything else" for link in at.page_link)


@pytest.mark.parametrize("customer", ["..", "x" * 999, "a/b?c#d%", "🎉party🧦", "<script>alert(1)</script>"])
def test_any_text_as_customer_ends_in_a_sentence(open_page: Open, customer: str) -> None:
    at = open_page(OVERVIEW, customer=customer)
    assert headline(at)
    assert not at.exception


def test_a_failed_api_is_not_an_unknown_customer_and_try_again_reads_anew(
    open_page: Open, sandbox: Sandbox
) -> None:
    sandbox.faults(INVENTORY, ["500", "500", "500"])
    at = open_page(OVERVIEW, customer="maria.pending")
    assert headline(at) == "This customer could not be looked up"
    assert "no customer" not in text_of(at)
    at.button(key="customer-unread-0-again").click().run()
    assert headline(at).startswith("1,240 points")


def test_balances_that_fail_leave_the_rest_of_the_page(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("get_loyalty_balances", ["403"] * 8)
    at = open_page(OVERVIEW, customer="maria.pending")
    assert headline(at).startswith("1,240 points can be spent now")
    assert "may not look up the points of Points club" in text_of(at)


def test_ledgers_that_fail_leave_the_header_and_say_so(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("get_loyalty_program_profile_transactions", ["400"] * 4)
    at = open_page(OVERVIEW, customer="maria.pending")
    assert headline(at).startswith("1,240 points can be spent now")
    assert "1,417 more are pending." in text_of(at)
    assert "does not accept the request for the transactions of program 1" in text_of(at)


def test_cards_and_coupons_lead_to_their_pages(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="lena.shared")
    assert "Also 192.8 on card CARD-1001." in text_of(at)
    assert "Cards" in [each.value for each in at.subheader]


def test_awkward_customers_show_as_text(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="bobby.markup")
    body = "\n".join(str(part.value) for part in at.markdown)
    assert "<script>" not in body.replace("\\", "")
    assert "javascript:" not in body
    assert headline(at).endswith("points can be spent now (Bronze).")


def test_refresh_asks_again(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(OVERVIEW, customer="maria.pending")
    before = len(sandbox.requests(INVENTORY))
    at.run()
    assert len(sandbox.requests(INVENTORY)) == before
    at.button(key="customer-refresh").click().run()
    assert len(sandbox.requests(INVENTORY)) == before + 1


def test_the_whole_customer_is_asked_for_in_two_waves_of_few_requests(
    open_page: Open, sandbox: Sandbox
) -> None:
    open_page(OVERVIEW, customer="maria.pending")
    asked = [str(each["operation"]) for each in sandbox.requests()]
    assert asked.count(INVENTORY) == 1
    assert len(asked) <= 8
