"""A confirmed change runs exactly once, whoever clicks and however often."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.testing.v1 import AppTest

from desk.ui.confirm import Cancelled, Once
from tests.support.surroundings import ROOT


def test_many_threads_make_one_execution_and_share_its_outcome() -> None:
    once: Once[list[int]] = Once()
    done: list[int] = []
    begun, go = threading.Barrier(8), threading.Event()

    def change() -> list[int]:
        go.wait(5)
        done.append(1)
        return done

    def click() -> list[int]:
        begun.wait(5)
        return once.run(change)

    with ThreadPoolExecutor(8) as pool:
        clicks = [pool.submit(click) for _ in range(8)]
        go.set()
        outcomes = [entry.result(5) for entry in clicks]
    assert done == [1]
    assert all(outcome is done for outcome in outcomes)


def test_everybody_learns_of_the_one_failure() -> None:
    once: Once[None] = Once()
    calls: list[int] = []

    def change() -> None:
        calls.append(1)
        raise OSError("gone")

    for _ in range(3):
        with pytest.raises(OSError, match="gone"):
            once.run(change)
    assert calls == [1]


def test_a_cancelled_change_never_runs() -> None:
    once: Once[int] = Once()
    assert once.cancel()
    with pytest.raises(Cancelled):
        once.run(lambda: 1)


def test_a_change_that_has_begun_cannot_be_cancelled() -> None:
    once: Once[int] = Once()
    assert once.run(lambda: 7) == 7
    assert not once.cancel()
    assert once.run(lambda: 8) == 7
    assert once.finished


@pytest.fixture
def dialog() -> AppTest:
    """The gallery's confirmation, opened."""
    app = AppTest.from_file(str(ROOT / "tests" / "ui" / "gallery_app.py"), default_timeout=20)
    app.query_params["show"] = "confirm"
    app.run()
    app.button(key="desk-confirm-return-open").click().run()
    return app


def words_on(app: AppTest) -> str:
    return " ".join(entry.value for entry in app.markdown)


def test_the_dialog_names_the_application_and_shows_the_preview(dialog: AppTest) -> None:
    assert "LIVE" in words_on(dialog)
    assert dialog.metric[0].value.startswith(":red[1\\,250")
    assert dialog.button(key="desk-confirm-return-yes").label == "Return 1 item"


def test_confirming_shows_the_outcome_in_the_page_and_closes_the_dialog(dialog: AppTest) -> None:
    dialog.text_input(key="desk-confirm-return-reason").input("damaged")
    dialog.button(key="desk-confirm-return-yes").click().run()
    assert not dialog.exception
    assert "Returned 1 item" in words_on(dialog)
    assert not dialog.metric


def test_cancelling_changes_nothing(dialog: AppTest) -> None:
    dialog.button(key="desk-confirm-return-no").click().run()
    assert "Returned" not in words_on(dialog)
    assert not dialog.metric


def asking(required: bool) -> None:
    """An open confirmation that wants a reason, or would like one."""
    import streamlit as st

    from desk.ui import confirm
    from desk.ui.theme import Environment, Mark

    reasons = (("goodwill", "Goodwill"), ("other", "Something else"))
    ask = confirm.Ask("Return", "Return", Mark("Shop", Environment.LIVE), reasons, required, free="other")
    if "begun" not in st.session_state:
        st.session_state["begun"] = True
        confirm.open_dialog("return")

    def show(said: confirm.Answers) -> None:
        st.code(said.code)

    confirm.confirmation("return", ask, lambda: None, lambda said: said, show)


@pytest.mark.parametrize("required", [True, False])
def test_a_reason_that_must_be_given_cannot_be_clicked_away(required: bool) -> None:
    app = AppTest.from_function(asking, kwargs={"required": required}, default_timeout=20).run()
    (pills,) = app.button_group
    assert pills.proto.required is required
    assert pills.label == ("Why?" if required else "Why? (optional)")
    app.button(key="desk-confirm-return-yes").click().run()
    assert [each.value for each in app.error] == (["Nothing was sent: choose why."] if required else [])
    if required:
        app.button_group[0].set_value("other")
        app.button(key="desk-confirm-return-yes").click().run()
        assert [each.value for each in app.error] == ["Nothing was sent: say why in your own words."]
        app.button_group[0].set_value("goodwill")
        app.button(key="desk-confirm-return-yes").click().run()
        assert [each.value for each in app.code] == ["goodwill"]
