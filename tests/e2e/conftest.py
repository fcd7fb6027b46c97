"""Chromium, a desk and a sandbox for the end-to-end tests; all of them run in one worker and share these."""

from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from talon_sandbox import Sandbox
from tests.support import overhearing, running
from tests.support.overhearing import Overhearing
from tests.support.people import People
from tests.support.provider import Provider


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test below this folder needs a browser, and one worker for all of them."""
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


_overhearing = pytest.StashKey[Overhearing]()


@pytest.fixture(scope="session")
def overheard(pytestconfig: pytest.Config) -> Iterator[Overhearing]:
    """What all pages and desks of these tests let out; a test that reveals something tells it before."""
    listening = pytestconfig.stash[_overhearing] = Overhearing(running.started)
    yield listening
    listening.search_desks()  # once more, for what was written while the last ones ended
    listening.quiet()


@pytest.fixture(scope="session")
def browser(browser: Browser, overheard: Overhearing) -> Browser:
    """The browser of `tests.support.chromium`, overheard."""
    overheard.listen(browser)
    return browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test that let out a secret has failed, whatever it was about; its pages are still open here."""
    try:
        yield
    except BaseException:
        if _overhearing in item.config.stash:
            item.config.stash[_overhearing].give_up()
        raise
    if _overhearing in item.config.stash:
        item.config.stash[_overhearing].end_of_test()


@pytest.fixture(scope="session")
def shop() -> Iterator[Sandbox]:
    """The sandbox behind the desk, with the demo world, an API key and e-mail addresses that can be recognised."""
    with Sandbox(api_key=overhearing.API_KEY) as sandbox:
        overhearing.plant(sandbox)
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


@pytest.fixture(scope="session")
def context(browser: Browser, running_desk: running.RunningDesk) -> Iterator[BrowserContext]:
    """English, Berlin. Tabs share what the browser keeps of files; at the desk each tab is a person of its own."""
    opened = browser.new_context(
        base_url=running_desk.url,
        viewport={"width": 1280, "height": 900},
        locale="en-GB",
        timezone_id="Europe/Berlin",
    )
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, sandbox: Sandbox, running_desk: running.RunningDesk) -> Iterator[Page]:
    """A fresh tab; requests to any other host fail the test."""
    foreign: list[str] = []
    tab = context.new_page()
    allowed = (running_desk.url, "data:", "blob:")
    tab.on("request", lambda each: None if each.url.startswith(allowed) else foreign.append(each.url))
    yield tab
    for other in context.pages:
        other.close()
    assert not foreign, f"requests left this machine: {foreign}"


@pytest.fixture(scope="session")
def signed_desk(shop: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.RunningDesk]:
    """A desk on a live Application, where people sign in."""
    folder = tmp_path_factory.mktemp("signed")
    path = running.secrets(folder, shop.url, shop.api_key, live=True)
    provider, port = Provider(), running.free_port()
    provider.configure(path, f"http://127.0.0.1:{port}")
    desk = running.RunningDesk(folder, {"STREAMLIT_SECRETS_FILES": str(path)}, port=port)
    yield desk
    desk.close()
    provider.close()


@pytest.fixture
def people(browser: Browser, signed_desk: running.RunningDesk, sandbox: Sandbox) -> Iterator[People]:
    """Browsers of different people."""
    found = People(browser, signed_desk)
    yield found
    for context in found.contexts:
        context.close()
