"""The blocks in a real browser: text stays text, both themes are accessible, a change runs once, charts are drawn."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from desk.ui.escape import JOINER, visible
from tests.support.running import free_port
from tests.support.screen import settle
from tests.support.surroundings import ROOT
from tests.ui.awkward import AWKWARD, mixtures

MARKUP = (
    "a, img, code, strong, em, del, h1, h2, h3, ul, ol, table, hr, blockquote, script, input, sup, sub,"
    " .katex, [role=img], span[style], span[class*=stMarkdown]"
)
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gallery on a server of its own, with the desk's configuration."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "tests" / "ui" / "gallery_app.py")]
    log = tmp_path_factory.mktemp("gallery") / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [*command, "--server.port", url.rsplit(":", 1)[1]],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _await(f"{url}/_stcore/script-health-check", log)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _await(url: str, log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=20):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(log.read_text())


@pytest.fixture
def page(browser: Browser, gallery: str) -> Iterator[Page]:
    """A fresh tab, dark; no request may leave for another host."""
    context = browser.new_context(
        base_url=gallery, color_scheme="dark", viewport={"width": 1280, "height": 1800}, locale="en-GB"
    )
    tab = context.new_page()
    foreign: list[str] = []
    allowed = (gallery, "data:", "blob:")
    tab.on("request", lambda sent: None if sent.url.startswith(allowed) else foreign.append(sent.url))
    yield tab
    context.close()
    assert not foreign


def violations(page: Page) -> list[str]:
    """What axe finds that is worse than minor, in the dark theme and then in the light one."""
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="light")
    expect(page.get_by_test_id("stApp")).to_have_css("color-scheme", "light")
    found += Axe().run(page).response["violations"]
    worse = ("moderate", "serious", "critical")
    return [f"{entry['id']}: {entry['nodes'][0]['html']}" for entry in found if entry["impact"] in worse]


def test_an_ordinary_page_draws_its_charts_and_is_accessible(page: Page) -> None:
    page.goto("/?show=ordinary")
    settle(page)
    expect(page.locator(".stPlotlyChart .gtitle").first).to_contain_text("Balance rose")
    expect(page.get_by_role("heading", level=1)).to_contain_text("1,250 points can be spent now")
    assert page.locator(".stPlotlyChart canvas").count() == 0  # no WebGL
    area = page.locator(".stPlotlyChart .scatterlayer .js-fill").first
    assert "rgb(142, 166, 255)" in (area.get_attribute("style") or "")
    assert violations(page) == []
    page.get_by_role("button", name="Refresh").click()
    expect(area).to_have_attribute("style", re.compile(r"rgb\(52, 81, 199\)"))


@pytest.mark.soak
def test_troubles_and_empty_states_are_accessible(page: Page) -> None:
    page.goto("/?show=parts")
    settle(page)
    expect(page.get_by_role("button", name="Look again")).to_be_visible()
    assert violations(page) == []


def test_customer_text_shows_as_text_and_nothing_else(page: Page) -> None:
    page.goto("/?show=awkward")
    settle(page)
    texts = [*AWKWARD, *mixtures(120)]
    expect(page.locator(f".st-key-awkward-{len(texts) - 1}")).to_be_attached()
    seen = page.evaluate(
        """([count, markup]) => Array.from({length: count}, (_, n) => {
             const box = document.querySelector(`.st-key-awkward-${n}`);
             return [box.innerText, box.querySelectorAll(markup).length];
           })""",
        [len(texts), MARKUP],
    )
    invisible = str.maketrans("", "", JOINER + "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}\u200b")
    for text, (shown, elements) in zip(texts, seen, strict=True):
        assert shown.translate(invisible).split() == visible(text).translate(invisible).split(), text
        assert elements == 0, text


@pytest.mark.soak
def test_a_double_click_on_confirm_runs_the_change_once(page: Page) -> None:
    page.goto("/?show=confirm")
    settle(page)
    page.get_by_role("button", name="Return 1 item …").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("LIVE · Shop EU")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Return 1 item", exact=True).dblclick()
    expect(page.get_by_text("Returned 1 item")).to_be_visible()
    expect(dialog).to_have_count(0)
    first = page.get_by_text("Returned 1 item (").inner_text()
    page.get_by_role("button", name="Return 1 item …").press("Enter")  # and once more, by keyboard alone
    reason = dialog.get_by_label(re.compile("In your own words"))
    expect(reason).to_be_visible()
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("radio", name="Goodwill")).to_be_focused()
    page.keyboard.press("Tab")
    expect(reason).to_be_focused()
    page.keyboard.type("damaged")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Returned 1 item (")).not_to_have_text(first)
    second = page.get_by_text("Returned 1 item (").inner_text()
    assert [int(text.split("(")[1].split()[0]) for text in (first, second)] in ([1, 2], [3, 4])
