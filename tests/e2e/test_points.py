"""The points page in a real browser: the chart is drawn, choices are places, the file is exact."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from talon_sandbox import Sandbox
from tests.support.screen import headline, open_at, press_cell, settle


def chart(page: Page) -> Locator:
    """The history, not the hidden chart that warms the browser up."""
    return page.locator("[data-testid=stPlotlyChart]:visible").first


def test_the_chart_is_drawn_and_says_what_it_shows(page: Page) -> None:
    open_at(page, "points", customer="tom.expired")
    expect(headline(page)).to_have_text(re.compile("199 points can be spent now"))
    expect(chart(page).locator(".main-svg").first).to_be_visible()
    expect(chart(page).locator(".scatterlayer .trace").first).to_be_attached()
    expect(chart(page)).to_contain_text(re.compile(r"Balance fell by 1,389 on .*: points expired"))


@pytest.mark.soak
def test_range_and_ledger_are_places_that_back_undoes_and_a_reload_keeps(page: Page) -> None:
    open_at(page, "points", customer="maria.pending", program="1")
    page.get_by_role("radio", name="Everything").click()
    settle(page)
    expect(page).to_have_url(re.compile("range=all"))
    page.get_by_role("radio", name="shoes: 89.9").click()
    settle(page)
    expect(headline(page)).to_contain_text("89.9 points can be spent now.")
    page.reload()
    expect(headline(page)).to_contain_text("89.9 points can be spent now.")
    expect(page.get_by_role("radio", name="Everything")).to_be_checked()
    page.go_back()
    expect(headline(page)).to_contain_text("1,240 points can be spent now.")


@pytest.mark.soak
def test_the_saved_file_keeps_numbers_and_is_written_down(page: Page, tmp_path: Path) -> None:
    open_at(page, "points", customer="nora.negative")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save as CSV").click()
    assert caught.value.suggested_filename == "points-nora.negative-Staff_perks.csv"
    caught.value.save_as(tmp_path / "points.csv")
    text = (tmp_path / "points.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["Points of the row"] for row in rows] == ["-150", "-400", "400"]
    assert [row["Balance after"] for row in rows] == ["0", "0", "400"]


@pytest.mark.soak
def test_a_day_can_be_chosen_and_is_in_the_url(page: Page) -> None:
    open_at(page, "points", customer="maria.pending")
    page.get_by_text("Balance on a date").click()
    page.get_by_role("spinbutton", name="day, At the end of the day").click()
    page.keyboard.type("01022028")
    page.keyboard.press("Escape")
    settle(page)
    expect(page).to_have_url(re.compile("day=2028-02-01"))
    expect(page.get_by_text("There will be 0 points to spend at the end of Tue 1 Feb 2028")).to_be_visible()
    page.reload()
    expect(page.get_by_text("There will be 0 points to spend at the end of Tue 1 Feb 2028")).to_be_visible()


def test_five_thousand_rows_are_read_completely(page: Page) -> None:
    open_at(page, "points", customer="ivan.archive")
    expect(page.get_by_text("The history adds up to this balance")).to_be_visible(timeout=15_000)
    expect(chart(page).locator(".main-svg").first).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"^500 steps, newest first; 1 to 500 of all 5,1\d\d\.$"))
    ).to_be_visible()


def test_a_click_on_the_chart_moves_the_day(page: Page) -> None:
    open_at(page, "points", customer="tom.expired")
    expect(chart(page).locator(".scatterlayer .trace").first).to_be_attached()
    mark = chart(page).locator(".scatterlayer .point").last
    expect(mark).to_be_attached()
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    hover = chart(page).locator(".hoverlayer .hovertext")
    for _ in range(100):  # a chart that is just being drawn does not feel the pointer yet
        page.mouse.move(x, y - 40)
        page.mouse.move(x, y)
        if hover.count():
            break
        page.evaluate("new Promise(requestAnimationFrame)")
    expect(hover).to_be_visible()
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(r"day=\d{4}-\d\d-\d\d"))
    expect(page.get_by_text("The API says the same")).to_be_visible()


def test_a_choice_redraws_its_part_of_the_page_and_nothing_else(page: Page) -> None:
    frames: list[bytes] = []
    page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(as_bytes(frame)))
    )
    open_at(page, "points", customer="ivan.archive")
    told = b"The history adds up to this balance"
    ahead = b"ahead, if nothing is earned or spent".replace(b" ", "\N{NO-BREAK SPACE}".encode())
    ahead = ahead.replace(b",", b"\\,")
    assert any(told in frame for frame in frames)
    assert any(ahead in frame for frame in frames)
    frames.clear()
    page.get_by_role("radio", name="Everything").click()
    settle(page)
    expect(page).to_have_url(re.compile("range=all"))
    expect(chart(page)).to_contain_text("Balance rose from 0")
    assert any(ahead in frame for frame in frames)
    assert not any(told in frame for frame in frames)
    frames.clear()
    amount = page.get_by_role("spinbutton", name="If so many points are redeemed now")
    amount.fill("5")
    amount.press("Enter")
    expect(page.get_by_text("If 5 points are redeemed now, it takes")).to_be_visible()
    settle(page)
    assert frames
    assert not any(told in frame or ahead in frame for frame in frames)


def as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


@pytest.mark.soak
def test_a_row_of_the_table_leads_to_its_order(page: Page) -> None:
    open_at(page, "points", customer="tom.expired")
    press_cell(page, "Ledger of", 0.6)
    expect(page).to_have_url(re.compile("session=ORD-10031"))
    expect(headline(page)).to_contain_text("tom.expired paid")


@pytest.mark.soak
def test_what_was_asked_for_a_day_joins_what_was_asked_for_the_page(page: Page) -> None:
    open_at(page, "points", customer="rita.tier")
    asked = page.get_by_text(re.compile("^What was asked: "))
    expect(asked).to_have_text("What was asked: 6 requests, 1 answer at hand")
    page.get_by_text("Balance on a date").click()
    page.get_by_role("spinbutton", name="day, At the end of the day").click()
    page.keyboard.type("01022028")
    page.keyboard.press("Escape")
    settle(page)
    expect(page.get_by_text("Tier on that day: not known. The API tells today's only")).to_be_visible()
    expect(asked).to_have_text("What was asked: 7 requests, 1 answer at hand")


@pytest.mark.soak
def test_rows_that_cannot_be_read_do_not_hide_the_balance(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "points", customer="maria.pending")
    sandbox.faults("get_loyalty_program_profile_transactions", ["503", "503", "503"])
    page.get_by_role("button", name="Refresh").click()
    expect(page.get_by_text("The API failed while looking up the transactions of program 1.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The history adds up to this balance")).to_be_visible()


@pytest.mark.soak
def test_what_was_asked_shows_each_request_and_its_curl_without_the_key(page: Page, sandbox: Sandbox) -> None:
    open_at(page, "points", customer="maria.pending")
    page.get_by_text(re.compile("^What was asked: ")).click()
    settle(page)
    press_cell(page, "Requests behind this page", 0.3)
    expect(page.get_by_text("curl --request GET")).to_be_visible()
    assert sandbox.api_key not in page.content()
