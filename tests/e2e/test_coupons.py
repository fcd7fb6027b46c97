"""Reserving and releasing coupons in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from talon_sandbox import Sandbox
from tests.support.screen import confirm, headline, open_at, settle

RESERVE = "create_coupon_reservation"


def reserve(page: Page, customer: str, code: str) -> None:
    """Types a code on the wallet page and opens the confirmation."""
    open_at(page, "coupons", customer=customer)
    page.get_by_label("Coupon code").fill(code)
    page.get_by_label("Coupon code").press("Enter")
    settle(page)
    page.get_by_role("button", name="Reserve for this customer").click()


def test_reserve_see_it_in_the_wallet_and_take_it_back(page: Page, sandbox: Sandbox) -> None:
    reserve(page, "zoe.new", "WELCOME10-ANNA")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Reserve WELCOME10-ANNA")
    expect(dialog).to_contain_text("SANDBOX · Test shop")
    confirm(page, "Reserve WELCOME10-ANNA")
    expect(page.get_by_text("Coupon reserved: Done. As previewed.")).to_be_visible()
    expect(headline(page)).to_have_text("1 coupon is active")
    page.get_by_role("link", name="Open the receipt").click()
    settle(page)
    expect(headline(page)).to_have_text("Coupon reserved: Done")
    page.get_by_role("button", name="Take it back").first.click()
    expect(dialog).to_contain_text("Take back: release WELCOME10-ANNA from zoe.new")
    confirm(page, "Take it back")
    expect(page.get_by_text("Reservation released: Done. As previewed.")).to_be_visible()
    expect(headline(page)).to_contain_text("Taken back on")
    expect(page.get_by_role("button", name="Take it back")).to_have_count(0)
    writes = [each for each in sandbox.requests() if each["method"] in ("POST", "DELETE")]
    assert [each["operation"] for each in writes] == [RESERVE, "delete_coupon_reservation"]


def test_a_double_click_on_confirm_reserves_once(page: Page, sandbox: Sandbox) -> None:
    reserve(page, "zoe.new", "WELCOME10-ANNA")
    sandbox.faults(RESERVE, ["delay:0.3"])
    page.get_by_role("dialog").get_by_role("button", name="Reserve WELCOME10-ANNA").dblclick()
    expect(page.get_by_text("Coupon reserved: Done")).to_be_visible()
    assert len(sandbox.requests(RESERVE)) == 1


def test_a_lost_answer_is_looked_up_and_never_repeated(page: Page, sandbox: Sandbox) -> None:
    reserve(page, "zoe.new", "WELCOME10-ANNA")
    sandbox.faults(RESERVE, ["lost-ack"])
    confirm(page, "Reserve WELCOME10-ANNA")
    expect(page.get_by_text("Coupon reserved:")).to_be_visible()
    expect(page.get_by_text("Done, as reading back shows")).to_be_visible()
    assert len(sandbox.requests(RESERVE)) == 1
    assert sandbox.hits()


@pytest.mark.soak
def test_a_personal_code_is_refused_with_the_apis_own_reason(page: Page, sandbox: Sandbox) -> None:
    reserve(page, "zoe.new", "BIRTHDAY-CARO")
    confirm(page, "Reserve BIRTHDAY-CARO")
    expect(page.get_by_text("Refused: the API does not accept this change")).to_be_visible()
    expect(page.get_by_text("The API says:")).to_be_visible()
    expect(page.get_by_label("Coupon code")).to_have_value("BIRTHDAY-CARO")


@pytest.mark.soak
def test_an_unknown_code_says_so_before_anything_is_sent(page: Page, sandbox: Sandbox) -> None:
    reserve(page, "zoe.new", "NO-SUCH-CODE")
    expect(page.get_by_text("There is no “NO-SUCH-CODE” in this Application")).to_be_visible()
    expect(page.get_by_label("Coupon code")).to_have_value("NO-SUCH-CODE")
    assert not sandbox.requests(RESERVE)


@pytest.mark.soak
def test_who_holds_a_code_and_reserving_it_for_a_mistyped_customer(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "coupon", code="VIP20-ANNA")
    expect(headline(page)).to_have_text("1 customer holds this code")
    page.get_by_label("Customer id").fill("nobody.at.all")
    page.get_by_label("Customer id").press("Enter")
    settle(page)
    page.get_by_role("button", name="Reserve the code").click()
    expect(page.get_by_text("There is no such customer in this Application")).to_be_visible()
    assert not sandbox.requests(RESERVE)


@pytest.mark.soak
def test_a_viewer_sees_but_cannot_change(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "coupon", code="VIP20-ANNA")
    page.get_by_role("button", name="Agent").click()
    page.get_by_text("Viewer").click()
    settle(page)
    expect(page.get_by_text("As viewer you may look, but not change anything.")).to_be_visible()
    expect(page.get_by_role("button", name="Release the reservation")).to_have_count(0)
