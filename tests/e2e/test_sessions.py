"""Returning, reopening and what goes wrong with them, in a real browser: one click, one change, whatever happens."""

import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from talon_client import TalonClient
from talon_client.models import IntegrationRequest
from talon_sandbox import Sandbox
from tests.support import running
from tests.support.overhearing import API_KEY
from tests.support.screen import confirm, headline, open_at, say_why, settle

RETURN = "return_cart_items"
CLARA = "ORD-10061"  # three of five items left: two T-shirts, one tote
AWKWARD = "acme/100%?#..&+;= q🎉"


def quantity(page: Page, item: str) -> Locator:
    """Where it is chosen how many of an item came back."""
    return page.get_by_label(f"How many of {item} came back")


def choose(page: Page, item: str, count: int = 1) -> None:
    """Chooses how many of an item came back."""
    quantity(page, item).fill(str(count))
    quantity(page, item).press("Enter")
    settle(page)


def preview_return(page: Page, session: str, item: str, count: int = 1) -> Locator:
    """Opens a session, chooses, and asks for the preview. Answers the dialog."""
    open_at(page, "session", session=session)
    choose(page, item, count)
    page.get_by_role("button", name=f"Return {count} item").click()
    expect(page.get_by_role("dialog")).to_contain_text("The API worked this out in a dry run")
    return page.get_by_role("dialog")


def written(sandbox: Sandbox, operation: str = RETURN) -> list[dict[str, object]]:
    """The requests of an operation that were not dry."""
    return [each for each in sandbox.requests(operation) if not each["dry"]]


def active_points(sandbox: Sandbox, customer: str = "clara.returns") -> str:
    """What the API says can be spent."""
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        balance = client.get_loyalty_balances(1, customer).balance
    assert balance is not None
    return f"{balance.active_points:f}"


def closed_session(sandbox: Sandbox, session: str = "") -> str:
    """A closed session of its own, for the desk keeps what it has read for a while: two pairs of boots, two socks."""
    session = session or f"ORD-{uuid.uuid4().hex[:8]}"
    boots = {"name": "Boots", "sku": "SHO-9", "quantity": 2, "price": 50, "category": "Shoes"}
    socks = {"name": "Socks", "sku": "CLO-9", "quantity": 2, "price": 5, "category": "Clothing"}
    cart = {"profileId": f"of.{session}", "state": "closed", "cartItems": [boots, socks]}
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        body = IntegrationRequest.model_validate({"customerSession": cart})
        client.update_customer_session_v2(session, body=body)
    return session


def test_preview_a_partial_return_make_it_and_see_the_points_change(page: Page, sandbox: Sandbox) -> None:
    before = active_points(sandbox)
    dialog = preview_return(page, CLARA, "T-shirt, organic")
    expect(dialog).to_contain_text("199 points that were earned are taken back in Points club")
    expect(dialog.get_by_role("row", name="Returned: T-shirt, organic (CLO-105) 1 2")).to_be_visible()
    expect(dialog.get_by_role("row", name=f"Points that can be spent, Points club {before}")).to_be_visible()
    expect(dialog).to_contain_text("SANDBOX · Test shop")
    assert active_points(sandbox) == before, "the preview changed something"
    confirm(page, "Return 1 item")
    expect(page.get_by_text("Items returned: Done. As previewed.")).to_be_visible()
    expect(headline(page)).to_have_text("Partly returned: 3 of 5 items came back")
    expect(quantity(page, "T-shirt, organic")).to_have_value("0")
    assert float(before) - float(active_points(sandbox)) == 199
    page.get_by_role("link", name="Open the receipt").click()
    expect(headline(page)).to_have_text("Items returned: Done")
    expect(page.get_by_text(f"1 × T-shirt, organic (session {CLARA}, customer ")).to_be_visible()
    assert len(written(sandbox)) == 1


def test_a_double_click_returns_once_whatever_the_id_holds(page: Page, sandbox: Sandbox) -> None:
    closed_session(sandbox, AWKWARD)
    dialog = preview_return(page, AWKWARD, "Boots")
    sandbox.faults(RETURN, ["delay:0.5"])
    say_why(page)
    dialog.get_by_role("button", name="Return 1 item").dblclick()
    expect(page.get_by_text("Items returned: Done. As previewed.")).to_be_visible()
    expect(headline(page)).to_have_text("Partly returned: 1 of 4 items came back")
    assert len(written(sandbox)) == 1


def test_two_tabs_that_confirm_the_same_return_make_one(page: Page, sandbox: Sandbox) -> None:
    order, other = closed_session(sandbox), page.context.new_page()
    for tab in (page, other):
        preview_return(tab, order, "Boots", 2)
    confirm(page, "Return 2 items")
    expect(page.get_by_text("Items returned: Done. As previewed.")).to_be_visible()
    confirm(other, "Return 2 items")
    expect(other.get_by_text("Not sent: it changed since you looked")).to_be_visible()
    expect(headline(other)).to_have_text("Partly returned: 2 of 4 items came back")
    other.get_by_role("button", name="Look at the new preview").click()
    expect(other.get_by_text("Of SHO-9 only 0 can still be returned.")).to_be_visible()
    assert len(written(sandbox)) == 1


def test_reopening_says_what_it_will_do_and_checks_it(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "session", session="ORD-10091")
    expect(headline(page)).to_contain_text("Closed on")
    page.get_by_role("button", name="Reopen the session").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("predicted")
    expect(dialog).to_contain_text("Coupon “USED10-ANNA” accepted")
    expect(dialog).to_contain_text("not known beforehand: this desk was not told the program's return policy")
    expect(dialog.get_by_role("table")).not_to_contain_text("not known beforehand")
    confirm(page, "Reopen ORD-10091")
    expect(
        page.get_by_text(re.compile(r"Session reopened: Done\. \d+ lines changed that were not"))
    ).to_be_visible()
    expect(page.get_by_text("No rollback had been predicted")).to_be_visible()
    expect(page.get_by_text("the shop has to update and close it")).to_be_visible()
    expect(page.get_by_text("Session ORD-10091 of customer anna.wallet was reopened")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen the session")).to_have_count(0)
    expect(headline(page)).to_contain_text("Open:")
    assert len(sandbox.requests("reopen_customer_session")) == 1


def test_a_return_with_the_keyboard_alone(page: Page, sandbox: Sandbox) -> None:
    order = closed_session(sandbox)
    open_at(page, "")
    expect(page.get_by_label("Find a customer, session, coupon or card")).to_be_visible()
    page.wait_for_function("window.deskKeys")
    page.keyboard.press("/")
    page.keyboard.type(order)
    page.keyboard.press("Enter")
    expect(headline(page)).to_contain_text("Closed on")
    settle(page)
    tab_to(page, quantity(page, "Socks"))
    page.keyboard.press("ArrowUp")
    settle(page)
    tab_to(page, page.get_by_role("button", name="Return 1 item"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The API worked this out in a dry run")
    tab_to(page, dialog.get_by_role("radio").first)
    page.keyboard.press("Space")
    tab_to(page, dialog.get_by_role("button", name="Return 1 item"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Items returned: Done. As previewed.")).to_be_visible()
    assert len(written(sandbox)) == 1


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus."""
    target.wait_for()
    for _ in range(150):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never reached it")


@pytest.mark.soak
def test_an_api_that_is_down_leaves_the_choice_alone(page: Page, sandbox: Sandbox) -> None:
    order = closed_session(sandbox)
    open_at(page, "session", session=order)
    choose(page, "Boots", 2)
    sandbox.faults("*", ["html"] * 40)
    page.get_by_role("button", name="Return 2 items").click()
    expect(page.get_by_role("button", name="Try again").first).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    sandbox.run(lambda shell: shell.faults.clear())
    expect(quantity(page, "Boots")).to_have_value("2")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("were earned are taken back")
    assert all(each["fault"] == "html" for each in written(sandbox)), "something was returned"


@pytest.mark.soak
def test_cut_off_in_the_middle_of_the_answer(page: Page, sandbox: Sandbox) -> None:
    preview_return(page, closed_session(sandbox), "Socks")
    sandbox.faults(RETURN, ["truncated"])
    confirm(page, "Return 1 item")
    expect(page.get_by_text("Items returned: Done")).to_be_visible()
    expect(headline(page)).to_have_text("Partly returned: 1 of 4 items came back")
    assert sandbox.hits()


@pytest.fixture(scope="module")
def forgetful() -> Iterator[Sandbox]:
    """A deployment that does not know idempotency keys."""
    with Sandbox(world="empty", api_key=API_KEY, ignore_idempotency_keys=True) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def careful_desk(
    forgetful: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[running.RunningDesk]:
    """A desk that was not told of keys, so that it never repeats a write by itself."""
    folder = tmp_path_factory.mktemp("careful")
    path = running.secrets(folder, forgetful.url, forgetful.api_key, keys=False)
    desk = running.RunningDesk(folder, {"STREAMLIT_SECRETS_FILES": str(path)})
    yield desk
    desk.close()


@pytest.fixture
def careful_page(browser: Browser, forgetful: Sandbox, careful_desk: running.RunningDesk) -> Iterator[Page]:
    """A tab of that desk."""
    forgetful.reset()
    context = browser.new_context(base_url=careful_desk.url, locale="en-GB", timezone_id="Europe/Berlin")
    yield context.new_page()
    context.close()


def test_a_lost_answer_without_keys_is_read_back_and_never_repeated(
    careful_page: Page, forgetful: Sandbox
) -> None:
    preview_return(careful_page, closed_session(forgetful), "Boots")
    forgetful.faults(RETURN, ["lost-ack"])
    confirm(careful_page, "Return 1 item")
    expect(careful_page.get_by_text("Items returned: Done, as reading back shows")).to_be_visible()
    expect(headline(careful_page)).to_have_text("Partly returned: 1 of 4 items came back")
    assert len(written(forgetful)) == 1


@pytest.mark.soak
def test_an_answer_that_stays_unknown_can_be_settled_later(careful_page: Page, forgetful: Sandbox) -> None:
    preview_return(careful_page, closed_session(forgetful), "Boots")
    forgetful.faults(RETURN, ["lost-ack"])
    forgetful.faults("get_customer_session", ["ok", *["403"] * 9])
    confirm(careful_page, "Return 1 item")
    expect(careful_page.get_by_text("Items returned: Unknown: the answer was lost")).to_be_visible()
    forgetful.run(lambda shell: shell.faults.clear())
    careful_page.get_by_role("link", name="Open the receipt").click()
    careful_page.get_by_role("button", name="Look it up now").click()
    expect(headline(careful_page)).to_have_text("Items returned: Done, as reading back shows")
    assert len(written(forgetful)) == 1


@pytest.mark.soak
def test_while_one_return_is_unknown_no_other_is_sent(careful_page: Page, forgetful: Sandbox) -> None:
    order = closed_session(forgetful)
    preview_return(careful_page, order, "Boots")
    forgetful.faults(RETURN, ["reset"])
    confirm(careful_page, "Return 1 item")
    expect(careful_page.get_by_text("Items returned: Unknown: the answer was lost")).to_be_visible()
    expect(quantity(careful_page, "Boots")).to_have_value("1")
    careful_page.get_by_role("button", name="Return 1 item").click()
    confirm(careful_page, "Return 1 item")
    expect(careful_page.get_by_text("Another change of this is still open")).to_be_visible()
    expect(headline(careful_page)).to_contain_text("Closed on")
    assert len(written(forgetful)) == 1
