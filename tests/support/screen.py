"""How the tests look at a page: waiting for Streamlit to come to rest, and the things that every page has."""

from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, Position, expect


def settle(page: Page) -> None:
    """Waits until the script has run and everything is drawn: Streamlit loads the code of many elements when they are
    first needed, and holds their place until then."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=30_000)


def open_at(page: Page, path: str, **params: str) -> None:
    """Opens a page of the desk as a deep link."""
    page.goto(f"/{path}" + (f"?{urlencode(params)}" if params else ""))
    drawn(page)


def drawn(page: Page) -> None:
    """Waits until a page that was just loaded is there to its end: a run draws the hidden chart last."""
    page.locator(".st-key-desk-hidden-plotly").wait_for(state="attached")
    settle(page)


def find(page: Page, text: str) -> None:
    """Types into the Find box and presses Enter."""
    box = page.locator(".st-key-desk-find input")
    box.fill(text)
    box.press("Enter")


def headline(page: Page) -> Locator:
    """The answer: the only first-level heading."""
    return page.get_by_role("heading", level=1)


def say_why(page: Page, why: str = "The customer asked for it") -> None:
    """Chooses a reason in the open confirmation."""
    page.get_by_role("dialog").get_by_text(why, exact=True).click()


def confirm(page: Page, button: str, why: str = "The customer asked for it") -> None:
    """Chooses a reason, presses the button of the open confirmation and waits for what becomes of it."""
    say_why(page, why)
    page.get_by_role("dialog").get_by_role("button", name=button).click()
    expect(page.get_by_role("dialog")).to_be_hidden(timeout=30_000)
    settle(page)


def press_cell(page: Page, table: str, across: float, row: int = 0) -> None:
    """Presses a cell of the table that is called `table`. It is drawn on a canvas, so the cell is found by its place:
    `across` is a share of the table's width, `row` counts from 0."""
    region = page.get_by_role("region", name=table)
    expect(region).to_be_visible()
    region.scroll_into_view_if_needed()
    settle(page)
    box = region.bounding_box()
    assert box
    cell: Position = {"x": box["width"] * across, "y": 36 + 35 * row + 17}
    region.hover(position=cell)  # waits until nothing moves any more; the canvas learns which cell is meant
    region.click(position=cell)
