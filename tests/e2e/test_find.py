"""Find in a real browser: one paste, one key, and every way in which a look-up can end."""

import pytest
from playwright.sync_api import Page, expect

from talon_sandbox import Sandbox
from tests.support.screen import find, headline, open_at, settle

LONG = pytest.mark.soak
STRIP = "[class*='st-key-desk-strip-']"


def test_one_paste_and_one_key_open_a_customer(page: Page) -> None:
    open_at(page, "")
    expect(headline(page)).to_have_text("Who is on the phone?")
    page.wait_for_function("window.deskKeys")
    page.keyboard.press("/")
    page.keyboard.type("maria.pending")
    page.keyboard.press("Enter")
    expect(page.locator(STRIP)).to_contain_text("maria.pending")
    expect(headline(page)).to_contain_text("points can be spent now")
    page.evaluate("history.back()")
    expect(headline(page)).to_have_text("Who is on the phone?")


@pytest.mark.soak
def test_back_to_a_link_from_a_macro_is_no_trap(page: Page) -> None:
    open_at(page, "", find="zoe.new")
    expect(page.locator(STRIP)).to_contain_text("zoe.new")
    page.evaluate("history.back()")
    page.evaluate("history.back()")
    expect(headline(page)).to_have_text("Found")
    page.get_by_role("link", name="Customer profile zoe.new").click()
    expect(page.locator(STRIP)).to_contain_text("zoe.new")


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (" #10061 ", "Partly returned"),
        pytest.param("welcome10-anna", "customer holds this code", marks=LONG),
        pytest.param("CARD-1002", "", marks=LONG),
    ],
)
def test_an_order_number_a_code_and_a_card_open_what_they_are(page: Page, pasted: str, said: str) -> None:
    open_at(page, "", find=pasted)
    expect(page.locator(STRIP)).to_contain_text(pasted.strip(" #").upper())
    expect(headline(page)).to_contain_text(said)


@pytest.mark.parametrize(
    "awkward",
    ["acme/100%?#..&+;= q", pytest.param("نورا.العربي", marks=LONG), pytest.param("🎉party🧦", marks=LONG)],
)
def test_awkward_ids_are_only_text(page: Page, awkward: str) -> None:
    open_at(page, "")
    find(page, awkward)
    expect(page.locator(STRIP)).to_contain_text(awkward)
    expect(headline(page)).to_be_visible()


@pytest.mark.parametrize(
    "nothing",
    [*(pytest.param(each, marks=LONG) for each in ("no-such-thing", "..", "%2e%2e/%00", "👻")), "x" * 10_000],
    ids=len,
)
def test_what_nobody_knows_is_said_and_kept(page: Page, sandbox: Sandbox, nothing: str) -> None:
    open_at(page, "")
    find(page, nothing)
    said = "cannot be an id" if len(nothing) > 1000 else "Nothing here is called"
    expect(headline(page)).to_contain_text(said)
    expect(page.locator(".st-key-desk-find input")).to_have_value(nothing)
    assert len(sandbox.requests()) <= 12


@pytest.mark.parametrize(
    ("fault", "customer"),  # one customer each: the desk keeps what it has read for a minute
    [
        pytest.param("503", "rita.tier", marks=LONG),
        ("html", "tom.expired"),
        pytest.param("reset", "paul.waiting", marks=LONG),
        pytest.param("401", "nora.negative", marks=LONG),
        pytest.param("truncated", "sven.cancelled", marks=LONG),
    ],
)
def test_could_not_look_is_never_not_found(page: Page, sandbox: Sandbox, fault: str, customer: str) -> None:
    open_at(page, "")
    sandbox.faults("*", [fault], rate=1.0)
    find(page, customer)
    expect(headline(page)).to_contain_text("Could not look")
    expect(page.locator(".st-key-desk-find input")).to_have_value(customer)
    sandbox.reset()
    page.get_by_role("button", name="Find").click()
    settle(page)
    expect(page.locator(STRIP)).to_contain_text(customer)
    assert page.url.count(customer) == 1
