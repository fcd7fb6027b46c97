"""Looking a customer up in a real browser: one paste, one key, the answer; and every id leads on."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from talon_sandbox import Sandbox
from tests.support.screen import find, headline, open_at, press_cell, settle


@pytest.mark.soak
def test_paste_an_id_and_read_the_answer(page: Page) -> None:
    open_at(page, "")
    find(page, "maria.pending")
    expect(headline(page)).to_have_text("1,240 points can be spent now in Points club (Silver).")
    expect(page).to_have_url(re.compile(r"/customer\?.*customer=maria\.pending"))
    expect(page.get_by_text("1,417 more from Fri")).to_be_visible()
    expect(page.get_by_text("M••• K•••")).to_be_visible()
    assert "Keller" not in page.content()


def test_a_link_opens_the_same_page_in_a_fresh_tab_and_back_returns(page: Page) -> None:
    open_at(page, "customer", customer="lena.shared")
    expect(headline(page)).to_contain_text("749 points can be spent now")
    page.get_by_role("link", name="Show these points").click()
    expect(page.get_by_role("heading", name="Every movement")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    page.reload()
    expect(headline(page)).to_contain_text("749 points can be spent now")


@pytest.mark.soak
def test_an_order_of_the_timeline_leads_to_its_page_and_keeps_the_customer(page: Page) -> None:
    open_at(page, "customer", customer="maria.pending")
    press_cell(page, "What happened to this customer, newest first", 0.66)
    expect(page).to_have_url(re.compile(r"/session\?.*session=ORD-10023"))
    expect(page).to_have_url(re.compile(r"customer=maria\.pending"))


@pytest.mark.soak
def test_an_unknown_customer_says_what_to_do_and_keeps_what_was_typed(page: Page) -> None:
    open_at(page, "customer", customer="maria.pendign")
    expect(headline(page)).to_have_text("There is no customer “maria.pendign” here")
    expect(page.locator(".st-key-desk-strip-customer code")).to_have_text("maria.pendign")
    page.get_by_role("link", name="Look for it as anything else").click()
    expect(headline(page)).to_have_text("Nothing here is called “maria.pendign”")


def test_the_header_is_there_while_slow_ledgers_are_still_being_read(page: Page, sandbox: Sandbox) -> None:
    sandbox.faults("get_loyalty_program_profile_transactions", ["delay:3"])
    page.goto("/customer?customer=rita.tier")
    expect(headline(page)).to_contain_text("3,128 points")
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_text("Points expired")).to_have_count(0)
    expect(page.get_by_role("region", name="What happened to this customer, newest first")).to_be_visible()


@pytest.mark.soak
def test_refresh_shows_what_has_changed_meanwhile(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "customer", customer="zoe.new")
    expect(headline(page)).to_contain_text("no loyalty program")
    sandbox.change(lambda world: world.add_points(1, "zoe.new", 25_00, name="Welcome"))
    page.get_by_role("button", name="Refresh").click()
    expect(headline(page)).to_have_text(re.compile(r"^25 points can be spent now"))


@pytest.mark.soak
@pytest.mark.parametrize("customer", ["bobby.markup", "acme/100%?#..&+;= q"])
def test_awkward_customers_open_like_any_other(page: Page, customer: str) -> None:
    dialogs: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    open_at(page, "customer", customer=customer)
    expect(headline(page)).to_contain_text("points can be spent now")
    page.get_by_text(re.compile("^Profile: ")).click()
    settle(page)
    assert not dialogs
    foreign = page.locator("[data-testid=stMain] :is(a[href*='example.com'], img[src*='example.com'])")
    expect(foreign).to_have_count(0)
