"""Points of customers with 1 000 to 100 000 rows: the engine in a process of its own, and the page in Chromium."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

from bench.figure import Figure
from bench.server import running as serving
from tests.support import chromium as browsers
from tests.support import running, surroundings

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1_000, 10_000, 100_000)
LATENCY = 0.05
RESTING = "[data-testid=stApp][data-test-script-state=notRunning]"
CHART = ".st-key-points-history-light .main-svg, [class*=st-key-points-history] .main-svg"
TABLE = "Ledger of "  # how the table is called, for those who do not see it
# Rows are read as the client reads them. What counts is from the answers to every ledger explained, by the clock of the
# process: a busy machine is no slow engine. The memory is the highest above what the answers themselves take.
ENGINE = """
import sys, time, tracemalloc
from bench import ledgers
from desk.insight.ledger import Status
from desk.insight.points import assemble
from talon_client.models import LedgerPointsEntryIntegrationAPI as Unused
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI as Row
from talon_client.models import LoyaltyBalancesWithTiers, Page
total = int(sys.argv[1])
def read(model, what):
    return tuple(Page[model].model_validate_json(ledgers.page(total, what, 0, total)).data)
rows = read(Row, "transactions")
lists = {status: read(Unused, status.value) for status in Status}
balances = LoyaltyBalancesWithTiers.model_validate_json(ledgers.balances(total))
def explained():
    return assemble(5, "maria", ledgers.NOW, balances=balances, transactions=rows, lists=lists)
times = []
for _ in range(5):
    found = None
    started = time.process_time()
    found = explained()
    times.append(time.process_time() - started)
found = None
tracemalloc.start()
found = explained()
added = tracemalloc.get_traced_memory()[1] / 1e6
assert found.main.reconciliation.explained
print(min(times), added)
"""
# In the page, so that the figure holds no time of the test tool: from the click to the frame that shows another title.
STOPWATCH = """() => {
  window.deskSeconds = undefined;
  const title = () => document.querySelector("[class*=st-key-points-history] .gtitle")?.textContent;
  const before = title();
  document.addEventListener("click", () => {
    const clicked = performance.now();
    const look = () => {
      const now = title();
      if (now && now !== before) window.deskSeconds = (performance.now() - clicked) / 1000;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""


def figures() -> Iterator[Figure]:
    """The engine for 1 000, 10 000 and 100 000 rows; then the page."""
    yield from _engine()
    if surroundings.CHROMIUM:
        yield from _pages()
    else:
        print(f"left out: the page of points, because {surroundings.MISSING['browser']}")


def _engine() -> Iterator[Figure]:
    each: dict[int, float] = {}
    bounds = {1_000: 0.05, 10_000: 0.075, 100_000: 0.5}
    for total in SIZES:
        command = [sys.executable, "-c", ENGINE, str(total)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
        taken, added = map(float, done.stdout.split())
        each[total] = taken / total
        note = f"{taken / total * 1e6:.1f} microseconds a row, best of 5, processor time"
        yield Figure(f"points: engine, {total} rows", taken, bounds[total], "s", note)
        yield Figure(f"points: engine, {total} rows, memory", added, 300, "MB", "highest above the answers")
    ratio = each[100_000] / each[10_000]
    yield Figure("points: a row of 100 000 / of 10 000", ratio, 1.5, "times", "linear in the rows")


@contextmanager
def _desk(url: str) -> Iterator[str]:
    """A desk of its own on that server."""
    with tempfile.TemporaryDirectory() as folder:
        path = running.secrets(Path(folder), url, "k" * 64)
        desk = running.RunningDesk(Path(folder), {"STREAMLIT_SECRETS_FILES": str(path)})
        try:
            yield desk.url
        finally:
            desk.close()


def _pages() -> Iterator[Figure]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=surroundings.CHROMIUM, args=browsers.FLAGS)
        try:
            with serving(LATENCY) as url:
                for who in ("points-10000", "pages50-10000", "points-9990", "points-100000"):
                    urllib.request.urlopen(f"{url}/{who}/warm", timeout=120).read()
                for who, bound, warm in (
                    ("points-10000", 2.0, True),
                    ("points-10000", 4.0, False),
                    ("pages50-10000", 4.0, True),
                ):
                    with _desk(url) as desk:
                        yield _opened(chromium, desk, who, bound, warm)
                with _desk(url) as desk:
                    yield from _long(chromium, desk)
        finally:
            chromium.close()


def _open(chromium: Browser, desk: str, path: str) -> Page:
    page = chromium.new_context(base_url=desk, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(40_000)
    page.goto(path)
    page.wait_for_selector(RESTING)
    page.wait_for_load_state("networkidle")
    return page


def _opened(chromium: Browser, desk: str, who: str, bound: float, warm: bool) -> Figure:
    """From Enter in Find, through the customer, to the drawn chart and table of the tab Points."""
    page = _open(chromium, desk, "/points?customer=points-1000" if warm else "/")
    if warm:
        page.locator(CHART).first.wait_for()
        page.wait_for_selector(RESTING)
    box = page.locator(".st-key-desk-find input")
    box.fill(who)
    started = time.perf_counter()
    box.press("Enter")
    page.locator("[class*='st-key-desk-strip-']").get_by_text(who, exact=True).wait_for()
    page.get_by_role("link", name="Points", exact=True).click()
    page.locator(CHART).first.wait_for()
    page.get_by_role("region", name=TABLE).wait_for()
    taken = time.perf_counter() - started
    page.context.close()
    size = "50" if who.startswith("pages50") else "1 000"
    name = f"points: Enter to chart, 10 000 rows by {size}" + ("" if warm else ", cold")
    return Figure(
        name, taken, bound, "s", f"{LATENCY * 1000:.0f} ms a request, tab Points, chart and table drawn"
    )


def _long(chromium: Browser, desk: str) -> Iterator[Figure]:
    """What 100 000 rows send to the browser, and how the page answers once they have been read."""
    page = chromium.new_context(base_url=desk, viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(40_000)
    sizes: list[int] = []

    def watch(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: sizes.append(len(frame)))

    page.on("websocket", watch)
    page.goto("/points?customer=points-100000")
    page.locator(CHART).first.wait_for()
    page.get_by_role("region", name=TABLE).wait_for()
    page.wait_for_selector(RESTING)
    page.wait_for_load_state("networkidle")
    note = "all that the page's connection brings, chart and table included"
    yield Figure("points: payload of 100 000 rows", sum(sizes) / 1e6, 1.5, "MB", note)
    times = []
    for name in ("3 months", "1 year", "Everything", "3 months", "1 year", "Everything"):
        page.wait_for_selector(RESTING)
        page.evaluate(STOPWATCH)
        page.get_by_role("radio", name=name).click()
        page.wait_for_function("window.deskSeconds !== undefined")
        times.append(float(page.evaluate("window.deskSeconds")))
    page.context.close()
    note = f"click on a range to the redrawn chart, median of {len(times)}, answers at hand"
    yield Figure("points: interaction with 100 000 rows", median(times), 0.3, "s", note)
