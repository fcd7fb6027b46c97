"""The hostile world in a real browser: every text is a text there, too; no dialog, no foreign request, no element."""

import csv
import io
from collections import ChainMap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Request, expect

from talon_sandbox import Sandbox
from tests.support import running
from tests.support.corpus import CANARY, SPACED, WORDS, Corpus, marked, plain
from tests.support.reading import shows
from tests.support.screen import drawn, find, headline, open_at, settle

PAGES = {
    "points": "customer",
    "session": "session",
    "card": "card",
    "customer": "customer",
    "sessions": "customer",
    "coupons": "customer",
    "cards": "customer",
    "missing": "session",
    "coupon": "code",
}
IDS = {"customer": "clara.returns", "session": "ORD-10061", "card": "CARD-1001", "code": "VIP20-ANNA"}
SEEN_WITH_ITS_PLACE = 60
# What only the corpus could have made: the desk itself has none of it inside a page.
FOREIGN = """() => [
  ...document.querySelectorAll("[onerror], .katex, [src*='foreign.example'], :not(a)[href*='foreign.example'], " +
    "a[href^='javascript'], [data-testid=stMain] :is(hr, blockquote, del, style):not([data-testid=stHtml] *)"),
  ...[...document.querySelectorAll("a[href]")].filter((each) => each.origin !== location.origin),
  ...[...document.querySelectorAll("script")].filter((each) => each.textContent.includes("alert(1)")),
].map((each) => each.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def corpus(shop: Sandbox) -> Iterator[Corpus]:
    """The hostile world."""
    with Corpus(shop) as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile_desk(
    shop: Sandbox, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[running.RunningDesk]:
    """A desk at the hostile world."""
    folder = tmp_path_factory.mktemp("hostile")
    path = running.secrets(folder, corpus.url, shop.api_key)
    desk = running.RunningDesk(folder, {"STREAMLIT_SECRETS_FILES": str(path)})
    yield desk
    desk.close()


@pytest.fixture
def page(browser: Browser, hostile_desk: running.RunningDesk, sandbox: Sandbox) -> Iterator[Page]:
    """A tab there. A dialog, or a request to any other host, fails the test."""
    context = browser.new_context(
        base_url=hostile_desk.url, viewport={"width": 1280, "height": 1000}, locale="en-GB"
    )
    tab, unwanted = context.new_page(), list[str]()

    def asked(request: Request) -> None:
        if not request.url.startswith((hostile_desk.url, "data:", "blob:")):
            unwanted.append(request.url)

    def said(dialog: Dialog) -> None:
        unwanted.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    tab.on("request", asked)
    tab.on("dialog", said)
    yield tab
    context.close()
    assert not unwanted


def check(page: Page, said: Mapping[str, str]) -> int:
    """Each hostile text that the page shows is there as text, and nothing was made of it. How many there were."""
    assert page.evaluate(FOREIGN) == []
    seen, count = plain(page.inner_text("body")), 0
    for found in CANARY.finditer(seen):
        wanted = plain(said[found[0]])
        before = seen[max(0, found.end() - len(wanted) - SEEN_WITH_ITS_PLACE) : found.end()]
        assert shows(before.casefold(), wanted.casefold()), (wanted, before)
        count += 1
    return count


def unfold(page: Page) -> None:
    """Opens what is folded away."""
    for fold in page.locator("main details:not([open]) > summary").all():
        fold.click()
    drawn(page)


@pytest.mark.parametrize(
    "paths",
    [("points", "session", "card"), pytest.param(tuple(PAGES)[3:], marks=pytest.mark.soak)],
    ids=("three", "rest"),
)
def test_pages_of_a_hostile_world_are_only_text(page: Page, corpus: Corpus, paths: tuple[str, ...]) -> None:
    for path in paths:
        wanted = PAGES[path]
        open_at(page, path, **{wanted: corpus.text(IDS[wanted])})
        expect(headline(page)).to_be_visible()
        assert check(page, corpus.said), path
        if path == "session":
            unfold(page)
            assert check(page, corpus.said), path


@pytest.mark.parametrize(
    "words",
    [
        (marked("<img src=x onerror=alert(1)>"), marked("[a link](javascript:alert(1))")),
        pytest.param(
            [marked(each) for each in (*WORDS, *SPACED) if not each.startswith("#")], marks=pytest.mark.soak
        ),
    ],
    ids=("two", "all"),
)
def test_what_is_typed_into_find_is_only_text(page: Page, corpus: Corpus, words: list[str]) -> None:
    # Without the one that begins with "#": Find looks for it without, as in "#10061", and names what it looked for.
    said = ChainMap({CANARY.findall(each)[-1]: each for each in words}, corpus.said)
    open_at(page, "", find=words[0])
    expect(headline(page)).to_contain_text(CANARY.findall(words[0])[-1])
    assert check(page, said)
    for each in words[1:]:
        find(page, each)
        # The answer before it may stand a moment longer.
        expect(headline(page).filter(has_text=CANARY.findall(each)[-1])).to_be_visible()
        settle(page)
        assert check(page, said)


def test_a_file_holds_the_texts_and_no_formula_and_numbers_stay_numbers(
    page: Page, corpus: Corpus, sandbox: Sandbox, tmp_path: Path
) -> None:
    taken = "- taken by hand"
    sandbox.change(lambda world: world.deduct_points(1, "maria.pending", 12345, name=taken))
    open_at(page, "points", customer=corpus.text("maria.pending"))
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save as CSV").click()
    caught.value.save_as(tmp_path / "points.csv")
    content = (tmp_path / "points.csv").read_bytes().decode("utf-8-sig")
    names, *rows = csv.reader(io.StringIO(content, newline=""))
    assert ",-123.45," in content
    assert corpus.text(taken) in {row[names.index("Reason")].removeprefix("'") for row in rows}, (
        "the text itself is kept"
    )
    numbers = ("Points of the row", "Change of what can be spent", "Balance after", "Pending after")
    for name, cell in ((name, cell) for row in rows for name, cell in zip(names, row, strict=True)):
        if name in numbers:
            assert not cell or Decimal(cell).is_finite()
        else:
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠"), (name, cell)
