"""Revealing a masked field, and the audit trail, in a real browser."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from talon_sandbox import Sandbox
from tests.support import running
from tests.support.ahead import tell
from tests.support.overhearing import Overhearing
from tests.support.screen import headline, open_at, press_cell, settle

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def ahead(tmp_path: Path) -> Path:
    """The file that the desk's clock goes by."""
    tell(tmp_path / "ahead", NOON)
    return tmp_path / "ahead"


@pytest.fixture
def page(browser: Browser, sandbox: Sandbox, tmp_path: Path, ahead: Path) -> Iterator[Page]:
    """A fresh tab at a desk whose clock the test sets."""
    secrets = running.secrets(tmp_path, sandbox.url, sandbox.api_key)
    settings = {"STREAMLIT_SECRETS_FILES": str(secrets), "AHEAD": str(ahead)}
    desk = running.RunningDesk(tmp_path, settings, starter="tests.support.ahead")
    context = browser.new_context(
        base_url=desk.url,
        viewport={"width": 1280, "height": 1000},
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    yield context.new_page()
    context.close()
    desk.close()


def test_a_revealed_field_leaves_the_browser_after_its_minute_and_stays_in_the_trail(
    page: Page, ahead: Path, tmp_path: Path, overheard: Overhearing
) -> None:
    open_at(page, "customer", customer="maria.pending")
    page.get_by_text("Profile: ").click()
    page.get_by_role("button", name="Show Name").click()
    expect(page.get_by_text("Maria Keller")).to_be_visible()
    tell(ahead, NOON + timedelta(seconds=59))
    overheard.reveal()
    page.get_by_role("button", name="Show Email").click()
    expect(page.get_by_text("Email, shown until 13:01:59")).to_be_visible()
    expect(page.get_by_text("Name, shown until 13:01:00")).to_be_visible()
    tell(ahead, NOON + timedelta(seconds=60))
    expect(page.get_by_role("button", name="Show Name")).to_be_visible()
    expect(page.get_by_text("Maria Keller")).to_have_count(0)
    assert "Keller" not in page.content()
    expect(page.get_by_text("Email, shown until 13:01:59")).to_be_visible()

    open_at(page, "audit")
    expect(headline(page)).to_have_text("2 rows of yours in the audit trail")
    press_cell(page, "Audit trail, newest first", 0.3)
    expect(page.get_by_role("heading", name="Row 2: Reveal a masked field")).to_be_visible()
    settle(page)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Save 2 rows as CSV").click()
    caught.value.save_as(tmp_path / "trail.csv")
    rows = list(csv.DictReader((tmp_path / "trail.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["Row"], row["Operation"], row["Id"]) for row in rows] == [
        ("2", "reveal", "maria.pending"),
        ("1", "reveal", "maria.pending"),
        ("3", "export", ""),
    ]
    page.get_by_label("Seal of an earlier export (optional)").fill(rows[-1]["Seal"])
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_text("so nothing up to there was cut off")).to_be_visible()
