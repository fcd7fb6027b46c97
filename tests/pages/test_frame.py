"""The frame around every page: what it announces, whom it lets write, and a page that breaks."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from desk.ui.escape import shown
from desk.ui.faults import traced
from talon_client import NotAllowed
from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, connection
from tests.support.surroundings import ROOT

SOMEBODY = "somebody@shop.example"


def start(sandbox: Sandbox, find: str = "", **settings: object) -> AppTest:
    """The desk with one Application, with these settings changed."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    if find:
        at.query_params["find"] = find
    at.secrets["connections"] = {"shop": {**connection(sandbox), **settings}}
    return at.run()


def texts(at: AppTest) -> str:
    return shown("\n".join(str(each.value) for each in [*at.markdown, *at.caption, *at.title]))


@pytest.mark.parametrize(("days", "announced"), [(-1, True), (0, True), (14, True), (15, False)])
def test_a_key_near_its_end_is_announced(sandbox: Sandbox, days: int, announced: bool) -> None:
    day = datetime.now(UTC).date() + timedelta(days=days)
    at = start(sandbox, key_expires=day.isoformat())
    assert ("The API key of Test shop" in texts(at)) is announced


def test_a_live_application_is_read_only_and_says_so(sandbox: Sandbox) -> None:
    at = start(sandbox, live=True)
    assert "LIVE" in texts(at)
    assert "Read-only: nobody is signed in" in texts(at)
    at.query_params["code"] = "VIP20-ANNA"
    at.switch_page("pages/thing/coupon.py").run()
    assert not [each for each in at.button if "desk-change" in str(each.key)]
    assert "Read-only: changes on a live Application need somebody who is signed in" in texts(at)


def test_a_role_from_the_menu_says_for_how_long_it_holds(sandbox: Sandbox) -> None:
    assert "a reload or a new tab begins as Agent" in texts(start(sandbox))


def test_a_fault_in_a_page_keeps_the_frame_and_its_text_goes_nowhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        try:
            raise KeyError(SOMEBODY)
        except KeyError:
            raise RuntimeError(f"details of {SOMEBODY}") from None

    monkeypatch.setattr("desk.ui.finding.looked", broken)
    at = start(sandbox, find="maria.pending")
    assert not at.exception
    assert "Something in the desk itself is broken" in texts(at)
    assert "Nothing was changed" not in texts(at), "what was confirmed before may have been done"
    assert "before you repeat it" in texts(at)
    assert SOMEBODY not in texts(at)
    assert at.text_input(key="desk-find").value == "maria.pending"
    assert "builtins.RuntimeError" in caplog.text
    assert "in broken" in caplog.text
    assert SOMEBODY not in caplog.text


def test_a_fault_in_a_callback_is_logged_without_its_text(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"could not convert {SOMEBODY}")

    monkeypatch.setattr("desk.ui.reveal._show", broken)
    at = start(sandbox)
    at.query_params["customer"] = "maria.pending"
    at.switch_page("pages/customer/overview.py").run()
    monkeypatch.setattr(logging.getLogger("streamlit.error_util"), "propagate", True)
    next(each for each in at.button if each.label == "Show Email").click().run()
    assert "Uncaught app execution" in caplog.text
    assert "builtins.ValueError" in caplog.text
    assert "in broken" in caplog.text
    assert SOMEBODY not in caplog.text


def test_what_led_to_a_fault_is_named_and_the_client_s_own_words_stay() -> None:
    try:
        try:
            raise NotAllowed("a viewer may not return items", operation="return_cart_items")
        except NotAllowed as error:
            raise ValueError(SOMEBODY) from error
    except ValueError as error:
        said = traced(error)
    assert "a viewer may not return items" in said
    assert said.index("NotAllowed") < said.index("which led to") < said.index("builtins.ValueError")
    assert SOMEBODY not in said
