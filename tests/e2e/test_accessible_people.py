"""axe where people sign in, ask and decide, in both themes: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from talon_sandbox import Sandbox
from tests.support.people import People, sign_in
from tests.support.running import RunningDesk
from tests.support.screen import confirm, headline, say_why, settle

RETURN = "session?application=shop&session=ORD-10061"
WAITING = "waiting?application=shop"
AUDIT = "audit?application=shop"
MISSING = "missing?application=shop&session=ORD-10781&customer=greta.goodwill"


def serious(page: Page) -> list[object]:
    """What axe finds, once the page says what it has to say."""
    headline(page).wait_for()
    page.wait_for_timeout(500)
    return [
        (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]


def look(page: Page, desk: RunningDesk, path: str) -> None:
    """Another page, in the same tab."""
    page.goto(f"{desk.url}/{path}")
    settle(page)
    headline(page).wait_for()


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_people_sign_in_ask_and_decide(
    browser: Browser, signed_desk: RunningDesk, sandbox: Sandbox, scheme: str
) -> None:
    people = People(browser, signed_desk, scheme)
    found: dict[str, list[object]] = {}
    agent = people.tab()
    agent.goto(f"/{RETURN}")
    expect(headline(agent)).to_have_text("Sign in to Talon Desk")
    found["sign-in"] = serious(agent)
    sign_in(agent, "agnes", RETURN)
    agent.get_by_role("button", name="agnes").click()
    expect(agent.get_by_role("button", name="Sign out")).to_be_visible()
    found["who sits here"] = serious(agent)
    agent.keyboard.press("Escape")
    agent.get_by_role("button", name="Choose all that is left").click()
    agent.get_by_role("button", name="Return 3 items").click()
    say_why(agent, "Goodwill")
    found["confirmation"] = serious(agent)
    confirm(agent, "Ask a supervisor", "Goodwill")  # a second click on what is chosen does not take it away
    agent.get_by_role("link", name="Open what waits").click()
    expect(headline(agent)).to_contain_text("waits")
    found["waiting, who asked"] = serious(agent)
    address = agent.url.split("/", 3)[3]
    supervisor = people.at("sven", address)
    expect(headline(supervisor)).to_contain_text("waits")
    found["waiting, supervisor"] = serious(supervisor)
    for path in (WAITING, f"{AUDIT}&row=1", MISSING):
        look(supervisor, signed_desk, path)
        found[path] = serious(supervisor)
    look(supervisor, signed_desk, "customer?application=shop&customer=maria.pending")
    supervisor.get_by_text("Profile: ").click()
    supervisor.get_by_role("button", name="Show Name").click()
    expect(supervisor.get_by_text("Maria Keller")).to_be_visible()
    found["reveal"] = serious(supervisor)
    nobody = people.at("nobody", "", admitted=False)
    expect(headline(nobody)).to_have_text("You cannot use this desk yet")
    found["without a role"] = serious(nobody)
    for context in people.contexts:
        context.close()
    assert {where: what for where, what in found.items() if what} == {}
