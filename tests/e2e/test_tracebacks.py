"""A desk that breaks at an error which quotes a customer and the API key: the log says where, and nothing else."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from talon_sandbox import Sandbox
from tests.support import running
from tests.support.screen import open_at

SOURCE = 'raise ValueError(f"could not convert {dict(values)} of {target} with {key}")'
"""The line of `tests.support.failing` that breaks, which a traceback shows."""


@pytest.mark.soak  # in `make test` without a browser: tests/pages/test_frame.py
def test_what_breaks_is_logged_with_its_place_and_never_with_its_text(
    browser: Browser, sandbox: Sandbox, tmp_path: Path
) -> None:
    secrets = running.secrets(tmp_path, sandbox.url, sandbox.api_key)
    settings = {"STREAMLIT_SECRETS_FILES": str(secrets)}
    desk = running.RunningDesk(tmp_path, settings, starter="tests.support.failing")
    page = browser.new_page(base_url=desk.url)
    try:
        open_at(page, "customer", customer="maria.pending", tab="page")
        expect(page.get_by_text("Something in the desk itself is broken")).to_be_visible()
        open_at(page, "customer", customer="maria.pending", tab="fragment")
        expect(page.get_by_test_id("stException").first).to_be_attached()
        open_at(page, "customer", customer="maria.pending", tab="callback")
        page.get_by_text("Profile: ").click()
        page.get_by_role("button", name="Break it").click()
        expect(page.get_by_test_id("stException").first).to_be_attached()
        said = desk.log.read_text()
        assert said.count("builtins.ValueError\n") >= 3
        assert said.count("tests/support/failing.py") >= 3
        for told in ("could not convert", "Keller", sandbox.api_key):
            assert told not in said.replace(SOURCE, "")
    finally:
        page.close()
        desk.close()
