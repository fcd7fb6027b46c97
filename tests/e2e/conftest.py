"""Chromium, a desk and a sandbox for the end-to-end tests; all of them run in one worker and share these."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from talon_sandbox import Sandbox
from tests.support import running, surroundings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test below this folder needs a browser, and one worker for all of them."""
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def shop() -> Iterator[Sandbox]:
    """The sandbox behind the desk, with the demo world."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def running_desk(shop: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.RunningDesk]:
    """One desk for the whole run, pointed at `shop` as a person would point it at a deployment."""
    folder = tmp_path_factory.mktemp("desk")
    path = running.secrets(folder, shop.url, shop.api_key)
    desk = running.RunningDesk(folder, {"STREAMLIT_SECRETS_FILES": str(path)})
    yield desk
    desk.close()


@pytest.fixture
def sandbox(shop: Sandbox) -> Sandbox:
    """The sandbox, as it was at its start."""
    shop.reset()
    return shop


@pytest.fixture
def page(browser: Browser, sandbox: Sandbox, running_desk: running.RunningDesk) -> Iterator[Page]:
    """A fresh tab of a fresh person, English, Berlin; requests to any other host fail the test."""
    context = browser.new_context(
        base_url=running_desk.url,
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    foreign: list[str] = []
    context.on(
        "request",
        lambda request: (
            foreign.append(request.url)
            if not request.url.startswith((running_desk.url, "data:", "blob:"))
            else None
        ),
    )
    tab = context.new_page()
    yield tab
    context.close()
    assert not foreign, f"requests left this machine: {foreign}"


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Where screenshots go."""
    folder = surroundings.ROOT / "test-results"
    folder.mkdir(exist_ok=True)
    return folder / str(request.node.name)
