"""axe on every page, in both themes: nothing serious, nothing critical."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from talon_sandbox import Sandbox
from tests.support.running import RunningDesk
from tests.support.screen import open_at

PAGES = {
    "": {},
    "find": {"find": "no-such-thing"},
    "customer": {"customer": "anna.wallet"},
    "points": {"customer": "tom.expired"},
    "sessions": {"customer": "clara.returns"},
    "coupons": {"customer": "anna.wallet"},
    "cards": {"customer": "lena.shared"},
    "session": {"session": "ORD-10061"},
    "missing": {"session": "ORD-10781", "customer": "greta.goodwill"},
    "coupon": {"code": "VIP20-ANNA"},
    "card": {"card": "CARD-1001", "program": "2"},
    "changes": {},
    "audit": {},
}


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible(
    browser: Browser, running_desk: RunningDesk, sandbox: Sandbox, path: str, scheme: str
) -> None:
    context = browser.new_context(
        base_url=running_desk.url,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": 1280, "height": 1000},
    )
    page = context.new_page()
    open_at(page, "" if path == "find" else path, **PAGES[path])
    page.wait_for_timeout(500)
    found = [
        (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in Axe().run(page).response["violations"]
        if each["impact"] in ("serious", "critical")
    ]
    context.close()
    assert found == []
