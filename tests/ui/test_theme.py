"""Colours: the contrast is computed, and the configuration, the palette and Streamlit agree."""

import re
import tomllib
from dataclasses import fields
from typing import Any

import plotly.io
import pytest
from streamlit import config as streamlit_config
from streamlit.elements import plotly_chart

from desk.ui import charts
from desk.ui.theme import (
    BADGES,
    BAND_TEXT,
    BANDS,
    DARK,
    LIGHT,
    STYLE,
    Environment,
    Mark,
    Palette,
    badge_md,
    contrast,
)
from desk.ui.words import Tone
from tests.support.surroundings import ROOT

ENOUGH = 4.5
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
SLOTS = ("green", "yellow", "blue", "gray", "red", "orange", "violet")


def test_the_contrast_of_black_on_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_colour_is_readable_on_both_grounds(palette: Palette) -> None:
    poor = {
        (name, ground)
        for name, color in palette.readable.items()
        for ground in (palette.ground, palette.second)
        if contrast(color, ground) < ENOUGH
    }
    assert not poor


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_badge_is_readable_on_its_own_ground(theme: str) -> None:
    values = CONFIG["theme"][theme]
    poor = {s for s in SLOTS if contrast(values[f"{s}TextColor"], values[f"{s}BackgroundColor"]) < ENOUGH}
    assert not poor


def test_the_bands_and_the_primary_button_are_readable() -> None:
    assert all(contrast(BAND_TEXT, color) >= ENOUGH for color in BANDS.values())
    assert all(contrast(palette.primary, palette.ground) >= ENOUGH for palette in (LIGHT, DARK))


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_the_configuration_holds_the_palette(theme: str, palette: Palette) -> None:
    values = CONFIG["theme"][theme]
    assert values["backgroundColor"] == palette.ground
    assert values["secondaryBackgroundColor"] == palette.second
    assert values["textColor"] == palette.text
    assert values["primaryColor"] == palette.primary
    assert values["borderColor"] == palette.border
    tones = {tone: values[f"{slot}Color"] for tone, slot in BADGES.items()}
    for tone in (Tone.ACTIVE, Tone.PENDING, Tone.SPENT, Tone.EXPIRED, Tone.NEGATIVE):
        assert tones[tone] == getattr(palette, tone.value), tone
    assert (values["orangeColor"], values["violetColor"]) == (palette.live, palette.sandbox)
    assert values["chartCategoricalColors"] == [
        *(palette.primary, palette.active, palette.spent, palette.expired, palette.pending, palette.negative),
        *(palette.area, palette.ahead, palette.quiet, palette.text),
    ]


def test_the_charts_draw_in_the_stand_ins_that_streamlit_replaces() -> None:
    assert plotly_chart  # importing it registers the template
    assert tuple(plotly.io.templates["streamlit"].layout.colorway) == (
        *(charts.BALANCE, charts.EARNED, charts.SPENT, charts.EXPIRED, charts.PENDING, charts.NEGATIVE),
        *(charts.AREA, charts.AHEAD, charts.QUIET, charts.TEXT),
    )


def test_streamlit_knows_every_option_of_the_configuration() -> None:
    known = set(streamlit_config.get_config_options())
    for section, values in CONFIG.items():
        for name, value in values.items():
            names = (
                [f"{section}.{name}.{inner}" for inner in value]
                if isinstance(value, dict)
                else [f"{section}.{name}"]
            )
            assert set(names) <= known


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("server.address", "127.0.0.1"),
        ("server.scriptHealthCheckEnabled", True),
        ("server.fileWatcherType", "none"),
        ("runner.postScriptGC", False),
        ("client.disableDataExport", True),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "viewer"),
        ("browser.gatherUsageStats", False),
    ],
)
def test_the_options_that_safety_and_speed_rest_on(option: str, value: object) -> None:
    section, name = option.split(".")
    assert CONFIG[section][name] == value


def test_no_font_is_fetched_from_anywhere() -> None:
    fonts = [
        value for name, value in CONFIG["theme"].items() if "font" in name.lower() and isinstance(value, str)
    ]
    assert fonts
    assert not [font for font in fonts if "http" in font or "url" in font]


def test_the_style_sheet_is_constant_text_with_known_colours() -> None:
    known = {getattr(p, f.name) for p in (LIGHT, DARK) for f in fields(Palette)} | {
        *BANDS.values(),
        BAND_TEXT,
    }
    assert set(re.findall(r"#[0-9A-Fa-f]{6,8}\b", STYLE)) <= known
    assert "url(" not in STYLE
    assert "<script" not in STYLE


def test_the_environment_is_said_and_not_only_coloured() -> None:
    assert Mark("Shop", Environment.LIVE).title == "LIVE · Shop"
    assert Mark("Shop", Environment.DEMO).title == "DEMO · Shop"
    assert Mark("Shop", Environment.LIVE).color != Mark("Shop", Environment.SANDBOX).color


def test_a_badge_cannot_be_left_by_its_text() -> None:
    assert badge_md("x] :red[y", Tone.ACTIVE) == ":green-badge[x\\] \\:\N{WORD JOINER}red\\[y]"
