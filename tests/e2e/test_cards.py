"""Loyalty cards in a real browser: linking one, generating one, and being refused."""

import pytest
from playwright.sync_api import Page, expect

from talon_sandbox import Sandbox
from tests.support.screen import confirm, headline, open_at, settle


def test_link_a_card_and_see_it_in_the_list(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "cards", customer="zoe.new")
    expect(headline(page)).to_have_text("This customer holds no loyalty card.")
    page.get_by_label("Card number").fill("CARD-1004")
    page.get_by_label("Card number").press("Enter")
    settle(page)
    page.get_by_role("button", name="Link this card").click()
    confirm(page, "Link the card")
    expect(page.get_by_text("Card linked: Done. As previewed.")).to_be_visible()
    expect(headline(page)).to_contain_text("can be spent with card CARD-1004.")
    assert len(sandbox.requests("link_loyalty_card_to_profile")) == 1


@pytest.mark.soak
def test_generate_a_card_and_open_it(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "cards", customer="zoe.new")
    page.get_by_role("button", name="Generate a card for this customer").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Generate ").dblclick()
    expect(dialog).to_be_hidden(timeout=30_000)
    expect(page.get_by_text("Card generated: Done. As previewed.")).to_be_visible()
    page.get_by_role("link", name="Open card").click()
    settle(page)
    expect(headline(page)).to_have_text("No points can be spent now.")
    expect(page.get_by_text("1 of ")).to_be_visible()
    assert len(sandbox.requests("generate_loyalty_card")) == 1


@pytest.mark.soak
def test_a_refused_link_shows_the_apis_own_reason(page: Page) -> None:
    open_at(page, "cards", customer="zoe.new")
    page.get_by_label("Card number").fill("CARD-1002")
    page.get_by_label("Card number").press("Enter")
    settle(page)
    page.get_by_role("button", name="Link this card").click()
    confirm(page, "Link the card")
    expect(page.get_by_text("The API says:")).to_be_visible()
    expect(headline(page)).to_have_text("This customer holds no loyalty card.")
