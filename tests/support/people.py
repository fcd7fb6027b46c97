"""People who sign in to a desk, each in a browser of their own."""

from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.running import RunningDesk
from tests.support.screen import drawn, settle


class People:
    """Each in a browser of their own."""

    def __init__(self, browser: Browser, desk: RunningDesk, scheme: str = "light") -> None:
        self.browser, self.desk, self.contexts = browser, desk, list[BrowserContext]()
        self.scheme = scheme

    def tab(self, cookies_of: BrowserContext | None = None) -> Page:
        """A tab of a fresh browser, or of one with copied cookies."""
        context = self.browser.new_context(
            base_url=self.desk.url,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            color_scheme="dark" if self.scheme == "dark" else "light",
        )
        if cookies_of is not None:
            context.add_cookies(cookies_of.cookies())  # type: ignore[arg-type]
        self.contexts.append(context)
        return context.new_page()

    def at(self, who: str, path: str, *, admitted: bool = True) -> Page:
        """Somebody opens a link and signs in. `admitted`: whether a page of the desk is what comes then."""
        page = self.tab()
        page.goto(f"/{path}")
        sign_in(page, who, path, admitted=admitted)
        return page


def sign_in(page: Page, who: str, path: str, *, admitted: bool = True) -> None:
    """From the sign-in page back to where it was asked for."""
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=who, exact=True).first.click()
    page.wait_for_url(f"**/{path}")
    if admitted:
        drawn(page)


PLACES = {
    "session": "session?application=shop&session=ORD-10061",
    "wallet": "coupons?application=shop&customer=anna.wallet",
    "card": "card?application=shop&card=CARD-1001&program=2",
    "customer": "customer?application=shop&customer=maria.pending",
    "audit": "audit?application=shop",
}
"""One page of each sort on which something can be done."""
CHANGES = (
    *("Return", "Reopen", "Cancel", "Reserve", "Release"),
    *("Link", "Generate", "Take", "Reveal", "Erase"),
)
"""How the buttons begin that lead to a change."""
UNFOLD = """(offered) => {
    const folded = document.querySelectorAll("main details:not([open]) > summary");
    folded.forEach((each) => each.click());
    const found = [...document.querySelectorAll("main button")].map((each) => each.innerText.trim());
    return !folded.length && offered.every((each) => found.includes(each));
}"""
"""Opens what is folded, and says whether everything is open and all of the buttons are there."""


def controls(page: Page, people: People, name: str, *offered: str, says: str = "") -> set[str]:
    """The buttons that somebody is offered at a place, folded ones included; waits for the ones that must be there, and
    for what it must say."""
    _go(page, people, name)
    page.wait_for_function(UNFOLD, arg=list(offered), polling=200, timeout=60_000)
    settle(page)
    if says:
        page.get_by_text(says).first.wait_for()
    return {(each.inner_text() or "").strip() for each in page.locator("main button").all()}


def changing(found: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The places and buttons, of all that were found, that begin a change."""
    return [(name, each) for name, all_ in found.items() for each in all_ if each.startswith(CHANGES)]


def said(page: Page, people: People, name: str, text: str) -> bool:
    """Whether a place says something."""
    _go(page, people, name)
    page.get_by_text(text).first.wait_for()
    return True


def _go(page: Page, people: People, name: str) -> None:
    page.goto(f"{people.desk.url}/{PLACES[name]}")
    drawn(page)
