"""What an agent waits for, in Chromium on the running desk, at 50 ms a request."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.figure import Figure
from talon_sandbox import Sandbox
from tests.support import chromium as browsers
from tests.support import running, surroundings

LATENCY = "delay:0.05"
STRIP = "[class*='st-key-desk-strip-']"
CHART = "[data-testid=stPlotlyChart] .main-svg:visible"
RESTING = "[data-testid=stApp][data-test-script-state=notRunning]"
# In the page, so that the figure holds no time of the test tool: from the click to the frame that shows the mark. The
# hidden chart that warms the browser up does not count.
STOPWATCH = """mark => {
  window.deskSeconds = undefined;
  document.addEventListener("click", () => {
    const clicked = performance.now();
    const look = () => {
      const shown = [...document.querySelectorAll(mark)].some((each) => each.getClientRects().length > 0);
      if (shown) window.deskSeconds = (performance.now() - clicked) / 1000; else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
PEOPLE = (
    "maria.pending",
    "tom.expired",
    "anna.wallet",
    "rita.tier",
    "sven.cancelled",
    "lena.shared",
    "clara.returns",
)

ORDERS = ("ORD-10023", "ORD-10702", "ORD-10722", "ORD-10731", "ORD-10751", "ORD-10761", "ORD-10031")
"""Pending, returned, a rule that fails, other rules today, on a card, spent, expired."""


def figures() -> Iterator[Figure]:
    """Enter to header, first chart in a fresh tab, tab switches after a chart was shown, order number to verdict."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as sandbox, sync_playwright() as playwright:
        settings = running.secrets(Path(folder), sandbox.url, sandbox.api_key)
        desk = running.RunningDesk(Path(folder), {"STREAMLIT_SECRETS_FILES": str(settings)})
        chromium = playwright.chromium.launch(executable_path=surroundings.CHROMIUM, args=browsers.FLAGS)
        try:
            _open(chromium, desk.url, "/customer?customer=paul.waiting").context.close()
            sandbox.faults("*", [LATENCY], rate=1.0)
            yield _headers(chromium, desk.url)
            yield _first_charts(chromium, desk.url)
            yield from _switches(chromium, desk.url)
            yield _verdicts(chromium, desk.url)
        finally:
            chromium.close()
            desk.close()


def _open(chromium: Browser, url: str, path: str) -> Page:
    page = chromium.new_context(base_url=url, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(path)
    page.wait_for_selector(RESTING)
    page.wait_for_load_state("networkidle")
    return page


def _headers(chromium: Browser, url: str) -> Figure:
    """From Enter in Find to the customer's strip on the screen; nobody has asked for that customer before."""
    page, times = _open(chromium, url, "/"), []
    for who in PEOPLE:
        box = page.locator(".st-key-desk-find input")
        box.fill(who)
        started = time.perf_counter()
        box.press("Enter")
        page.locator(STRIP).get_by_text(who, exact=True).wait_for()
        times.append(time.perf_counter() - started)
        page.wait_for_selector(RESTING)
    page.context.close()
    return Figure(
        "Enter to painted customer header", median(times), 1.0, "s", f"median of {len(times)} customers"
    )


def _first_charts(chromium: Browser, url: str) -> Figure:
    """From the click on Points to the drawn chart, in a tab that has shown no chart."""
    times = []
    for who in PEOPLE[:3]:
        page = _open(chromium, url, f"/customer?customer={who}")
        started = time.perf_counter()
        page.get_by_role("link", name="Points", exact=True).click()
        page.locator(CHART).first.wait_for()
        times.append(time.perf_counter() - started)
        page.context.close()
    return Figure("first chart in a fresh tab", median(times), 2.0, "s", f"median of {len(times)} tabs")


def _switches(chromium: Browser, url: str) -> Iterator[Figure]:
    """Between tabs of a customer whose answers are at hand, after a chart has been shown."""
    page = _open(chromium, url, f"/points?customer={PEOPLE[0]}")
    page.locator(CHART).first.wait_for()
    marks = {"Coupons": ".st-key-desk-change-reserve-begin", "Points": CHART.replace(":visible", "")}
    times: dict[str, list[float]] = {name: [] for name in marks}
    for name, mark in [*marks.items()] * 7:
        page.wait_for_selector(RESTING)
        page.wait_for_timeout(200)
        page.evaluate(STOPWATCH, mark)
        page.get_by_role("link", name=name, exact=True).click()
        page.wait_for_function("window.deskSeconds !== undefined")
        times[name].append(float(page.evaluate("window.deskSeconds")))
    page.context.close()
    for name, found in times.items():
        what = f"tab switch to {name}" + (", chart drawn" if name == "Points" else "")
        yield Figure(
            what, median(found[1:]), 0.3, "s", f"click to paint, median of {len(found) - 1}, answers at hand"
        )


def _verdicts(chromium: Browser, url: str) -> Figure:
    """From Enter in Find to the verdict on the points of an order that nobody has asked for before."""
    page, times = _open(chromium, url, "/"), []
    for order in ORDERS:
        box = page.locator(".st-key-desk-find input")
        box.fill(order)
        started = time.perf_counter()
        box.press("Enter")
        page.get_by_role("button", name="Points missing?").click()
        page.get_by_text("What to do now").wait_for()
        times.append(time.perf_counter() - started)
        page.wait_for_selector(RESTING)
        page.goto("/")
        page.wait_for_selector(RESTING)
        page.wait_for_load_state("networkidle")
    page.context.close()
    note = f"through the order's page, slowest of {len(times)} verdicts"
    return Figure("order number to verdict", max(times), 3.0, "s", note)
