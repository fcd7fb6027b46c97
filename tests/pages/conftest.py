"""Pages as scripts: the desk from `app.py` on, without a browser, over HTTP against a sandbox of this process."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from desk.ui.escape import shown
from talon_sandbox import Sandbox
from tests.support.surroundings import ROOT

PATIENCE = 60
Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def shop() -> Iterator[Sandbox]:
    """The sandbox behind the desk, with the demo world."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shop: Sandbox) -> Sandbox:
    """The sandbox, as it was at its start."""
    shop.reset()
    return shop


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A desk that has just started, with a state directory of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.chdir(ROOT)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture
def open_page(sandbox: Sandbox) -> Open:
    """`open_page("pages/customer/points.py", customer="maria.pending")`: that page as a deep link shows it."""

    def opened(page: str, **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        at.secrets["connections"] = {"shop": connection(sandbox)}
        at.run()  # pages are known by their addresses after a first run only
        at.query_params.update(params)
        return at.switch_page(page).run()

    return opened


def connection(sandbox: Sandbox) -> dict[str, object]:
    """The settings of one Application, as a person would write them."""
    return {
        "base_url": sandbox.url,
        "api_key": sandbox.api_key,
        "label": "Test shop",
        "live": False,
        "currency": "EUR",
        "locale": "en-GB",
        "time_zone": "Europe/Berlin",
        "programs": [
            {
                "id": each.id,
                "name": each.title,
                "kind": "card" if each.card_based else "profile",
                "time_zone": each.time_zone,
                "return_policy": each.return_policy,
            }
            for each in sandbox.programs()
        ],
    }


def text_of(at: AppTest) -> str:
    """Everything that the page says, as a reader sees it."""
    blocks = (at.title, at.subheader, at.markdown, at.caption, at.metric)
    return "\n".join(shown(str(part.value)) for block in blocks for part in block)


def headline(at: AppTest) -> str:
    """The answer, as a reader sees it."""
    assert not at.exception, at.exception
    text: str = shown(at.title[0].value)
    return text
