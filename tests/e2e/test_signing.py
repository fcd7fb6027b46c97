"""Signing in with a real provider: deep links, limits that the server keeps, leaving, and who may do what."""

import pytest
from playwright.sync_api import expect

from talon_sandbox import Sandbox
from tests.support import running
from tests.support.people import People, sign_in
from tests.support.provider import let_time_pass
from tests.support.screen import confirm, headline, say_why, settle

CUSTOMER = "customer?application=shop&customer=maria.pending"
RETURN = "session?application=shop&session=ORD-10061"


def test_a_deep_link_survives_signing_in_and_nothing_is_read_before(people: People, sandbox: Sandbox) -> None:
    page = people.tab()
    page.goto(f"/{CUSTOMER}")
    expect(headline(page)).to_have_text("Sign in to Talon Desk")
    assert not sandbox.requests()
    sign_in(page, "agnes", CUSTOMER)
    expect(page.locator("[class*='st-key-desk-strip-']")).to_contain_text("maria.pending")
    assert CUSTOMER in page.url


def test_signing_out_ends_it_for_a_copied_cookie_too(people: People, sandbox: Sandbox) -> None:
    page = people.at("agnes", CUSTOMER)
    thief = people.tab(page.context)
    thief.goto(f"/{CUSTOMER}")
    expect(thief.locator("[class*='st-key-desk-strip-']")).to_contain_text("maria.pending")
    page.get_by_role("button", name="agnes").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/end_session**")
    sandbox.reset()
    thief.reload()
    expect(headline(thief)).to_have_text("Sign in again")
    expect(thief.get_by_text("maria.pending")).to_have_count(0)
    assert not sandbox.requests()


def test_after_the_idle_limit_nothing_is_sent_and_nothing_typed_is_lost(
    people: People, sandbox: Sandbox, signed_desk: running.RunningDesk
) -> None:
    page = people.at("agnes", RETURN)
    page.get_by_label("How many of T-shirt, organic came back").fill("1")
    page.get_by_label("How many of T-shirt, organic came back").press("Enter")
    settle(page)
    page.get_by_role("button", name="Return 1 item").click()
    dialog = page.get_by_role("dialog")
    say_why(page)
    dialog.get_by_label("In your own words").fill("was told to send it back")
    let_time_pass(signed_desk.state, minutes=31)
    dialog.get_by_role("button", name="Return 1 item").click()
    expect(headline(page)).to_have_text("Sign in again")
    assert not [each for each in sandbox.requests("return_cart_items") if not each["dry"]]
    sign_in(page, "agnes", RETURN)
    expect(page.get_by_label("How many of T-shirt, organic came back")).to_have_value("1")
    page.get_by_role("button", name="Return 1 item").click()
    expect(page.get_by_role("dialog").get_by_label("In your own words")).to_have_value(
        "was told to send it back"
    )


def test_after_the_idle_limit_no_part_of_a_page_runs_again_either(
    people: People, signed_desk: running.RunningDesk
) -> None:
    page = people.at("agnes", "points?application=shop&customer=maria.pending&program=1")
    page.get_by_role("radio", name="1 year").click()
    settle(page)
    let_time_pass(signed_desk.state, minutes=31)
    page.get_by_role("radio", name="Everything").click()
    expect(headline(page)).to_have_text("Sign in again")
    expect(page.get_by_text("maria.pending")).to_have_count(0)


@pytest.mark.soak
def test_a_day_later_nobody_is_signed_in_however_busy(
    people: People, signed_desk: running.RunningDesk
) -> None:
    page = people.at("agnes", CUSTOMER)
    let_time_pass(signed_desk.state, hours=11)
    page.reload()
    expect(headline(page)).to_have_text("Sign in again")
    expect(page.get_by_text("A sign-in lasts 10 hours at most")).to_be_visible()


def test_somebody_without_a_role_sees_nothing(people: People, sandbox: Sandbox) -> None:
    page = people.at("nobody", "", admitted=False)
    expect(headline(page)).to_have_text("You cannot use this desk yet")
    assert not sandbox.requests()


def test_above_the_limit_it_waits_until_a_supervisor_confirms(people: People, sandbox: Sandbox) -> None:
    agent = people.at("agnes", RETURN)
    agent.get_by_role("button", name="Choose all that is left").click()
    agent.get_by_role("button", name="Return 3 items").click()
    expect(agent.get_by_role("dialog")).to_contain_text("more than the 500 points of an agent alone")
    confirm(agent, "Ask a supervisor")
    expect(agent.get_by_text("Nothing was sent: it waits for a supervisor")).to_be_visible()
    assert not [each for each in sandbox.requests("return_cart_items") if not each["dry"]]
    agent.get_by_role("link", name="Open what waits").click()
    expect(headline(agent)).to_contain_text("waits")
    address = agent.url.split("/", 3)[3]
    supervisor = people.at("sven", address)
    expect(headline(supervisor)).to_contain_text("waits")
    expect(supervisor.get_by_text("Asked by agnes")).to_be_visible()
    supervisor.get_by_role("button", name="Look at it as it is now").click()
    supervisor.get_by_role("dialog").get_by_role("button", name="Confirm it").click()
    expect(headline(supervisor)).to_contain_text("confirmed")
    assert len([each for each in sandbox.requests("return_cart_items") if not each["dry"]]) == 1
    agent.reload()
    expect(headline(agent)).to_contain_text("confirmed")
    agent.get_by_role("link", name="Open the receipt").click()
    expect(headline(agent)).to_have_text("Items returned: Done")
