"""The blocks of a page run, say what they should, and never let customer text become markup."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from desk.applications import Application
from desk.settings import Mode, load_settings
from desk.ui.strip import formats_of, mark_of
from desk.ui.theme import Environment
from tests.support.surroundings import ROOT

GALLERY = str(ROOT / "tests" / "ui" / "gallery_app.py")


@pytest.mark.parametrize("show", ["ordinary", "parts", "awkward", "confirm"])
def test_every_part_of_the_gallery_runs(show: str) -> None:
    app = AppTest.from_file(GALLERY, default_timeout=30)
    app.query_params["show"] = show
    app.run()
    assert not app.exception
    assert len(app.title) == (0 if show == "confirm" else 1)


def test_the_empty_state_offers_ids_and_says_which_was_pressed() -> None:
    def page() -> None:
        import streamlit as st

        from desk.ui.strip import Example, empty_state

        st.text(
            empty_state("Who?", ["Paste an id."], [Example("a*b", "a story"), Example("c", "another")])
            or "none"
        )

    app = AppTest.from_function(page).run()
    assert app.text[0].value == "none"
    assert app.button[0].label == "a\\*b"
    app.button[0].click().run()
    assert app.text[0].value == "a*b"


def test_trouble_offers_another_try_only_where_it_helps() -> None:
    def page() -> None:
        import streamlit as st

        from desk.ui.strip import trouble
        from desk.ui.words import trouble as say
        from talon_client.errors import NotFound, OutcomeUnknown, ServerError, Timeout

        again = trouble(say(ServerError("x", status=503), "the customer"), key="one")
        trouble(say(NotFound("x", status=404), "the customer"), key="two")
        trouble(say(OutcomeUnknown(Timeout("x")), "“Return”"), key="three")
        st.text(f"again {again}")

    app = AppTest.from_function(page).run()
    assert [button.label for button in app.button] == ["Try again", "Look again"]
    assert app.text[0].value == "again False"
    app.button[0].click().run()
    assert app.text[0].value == "again True"


def application(**values: object) -> Application:
    return Application.model_validate({"name": "shop", "base_url": "http://x", "api_key": "k", **values})


def test_an_application_wears_what_it_is() -> None:
    assert mark_of(application()).environment is Environment.LIVE
    assert mark_of(application(live=False, label="Test")).title == "SANDBOX · Test"
    assert mark_of(application(live=False, label="DEMO", demo=True)).title == "DEMO · Demo shop"


def test_an_application_writes_in_its_own_way() -> None:
    shop = application(locale="de-DE", currency="EUR", time_zone="Europe/Berlin")
    assert formats_of(shop).money(1234) == "1.234,00\xa0€"
    assert formats_of(shop, "America/New_York").zone == "America/New_York"


def test_the_example_of_secrets_can_be_loaded() -> None:
    import tomllib

    values = tomllib.loads((ROOT / ".streamlit" / "secrets.toml.example").read_text())
    settings = load_settings(values, {})
    assert settings.mode is Mode.CONFIGURED
    assert [(shop.label, shop.live) for shop in settings.applications] == [
        ("Shop EU", True),
        ("Shop EU sandbox", False),
    ]
    assert settings.applications[0].programs[1].kind == "card"


def html_calls(path: Path) -> list[ast.Call]:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("html", "iframe")
    ]


def test_html_is_only_ever_a_constant_and_markdown_never_allows_any() -> None:
    files = [*(ROOT / "desk").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    for path in files:
        for call in html_calls(path):
            (body,) = call.args
            assert isinstance(body, ast.Name), path
            assert body.id.isupper(), path
        assert "unsafe_allow_html" not in path.read_text(), path
