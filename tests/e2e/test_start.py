"""From nothing to a page: `make run` as a stranger runs it, and links into a process that has just begun."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support import running
from tests.support.screen import headline
from tests.support.surroundings import ROOT


def test_make_run_ends_at_the_demo_shop_and_a_deep_link_opens_first(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    port = running.free_port()
    command = [sys.executable, "-m", "desk.launch", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        try:
            assert desk.stdout.readline() == f"Talon Desk is ready: http://127.0.0.1:{port}\n"
            again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
            assert again.returncode == 1
            assert f"Port {port} is in use" in again.stdout
            page = browser.new_page(base_url=f"http://127.0.0.1:{port}")
            page.goto("/coupons?customer=anna.wallet")
            expect(headline(page)).to_have_text("4 coupons are active")
            expect(page.get_by_text("DEMO · Demo shop").first).to_be_visible()
            page.close()
        finally:
            desk.terminate()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TALON_API_KEY": "only-half"}, "TALON_BASE_URL"),
        ({"DESK_DATABASE_URL": "sqlite://"}, "no Application"),
    ],
)
def test_half_a_configuration_names_what_is_missing_and_never_shows_demo_data(
    browser: Browser, tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    desk = running.RunningDesk(tmp_path, settings)
    try:
        page = browser.new_page(base_url=desk.url)
        page.goto("/")
        expect(headline(page)).to_have_text("Talon Desk cannot start like this")
        expect(page.get_by_text(said).first).to_be_visible()
        expect(page.get_by_text("DEMO ·")).to_have_count(0)
        page.close()
    finally:
        desk.close()
