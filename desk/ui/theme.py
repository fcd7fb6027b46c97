"""The desk's colours in both themes, badges, the Application band, and the one style sheet (it holds no data)."""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Literal

import streamlit as st

from desk.ui.escape import md
from desk.ui.words.base import Tone, Words

BadgeColor = Literal["green", "yellow", "blue", "gray", "red", "orange", "violet", "primary"]


@dataclass(frozen=True, slots=True)
class Palette:
    """One theme's colours (look.md). `.streamlit/config.toml` holds the same values; a test compares them."""

    ground: str
    second: str
    text: str
    quiet: str
    primary: str
    active: str
    pending: str
    spent: str
    expired: str
    negative: str
    live: str  # badges of live Applications: red-brown
    sandbox: str  # badges of sandboxes: violet
    border: str
    area: str  # under the line of the history chart; see-through, so that it suits any ground
    ahead: str  # the same, for the forecast

    @property
    def readable(self) -> dict[str, str]:
        """The colours that are used for text, by name."""
        quiet = {"ground", "second", "border", "area", "ahead"}
        return {f.name: getattr(self, f.name) for f in fields(self) if f.name not in quiet}


LIGHT = Palette(
    ground="#FFFFFF",
    second="#F5F7FA",
    text="#17202B",
    quiet="#566373",
    primary="#3451C7",
    active="#1A7A47",
    pending="#8F5E00",
    spent="#1F66C7",
    expired="#5F6B79",
    negative="#B93227",
    live="#8A3B22",
    sandbox="#6B3FB3",
    border="#D5DCE4",
    area="#3451C724",
    ahead="#3451C70F",
)
DARK = Palette(
    ground="#11161D",
    second="#1A212B",
    text="#E8ECF2",
    quiet="#A3AFBD",
    primary="#8EA6FF",
    active="#4FC78F",
    pending="#E0B040",
    spent="#7FB2FF",
    expired="#9DA9B6",
    negative="#FF8A80",
    live="#F0A184",
    sandbox="#C4A5F5",
    border="#344050",
    area="#8EA6FF2E",
    ahead="#8EA6FF14",
)

# The bands look the same in both themes: an Application must not change its face.
BANDS = {"live": "#7A3320", "sandbox": "#5B35A0"}
BAND_TEXT = "#FFFFFF"

# Which slot of Streamlit's badge palette means what. `yellow` carries pending because st.warning uses it too;
# `orange` carries live Applications. config.toml gives both slots their colours.
BADGES: dict[Tone, BadgeColor] = {
    Tone.ACTIVE: "green",
    Tone.PENDING: "yellow",
    Tone.SPENT: "blue",
    Tone.EXPIRED: "gray",
    Tone.NEGATIVE: "red",
    Tone.PLAIN: "gray",
}


class Environment(StrEnum):
    """What an Application is, which decides its band."""

    LIVE = "live"
    SANDBOX = "sandbox"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Mark:
    """How an Application shows on every page, in every confirmation and on every receipt: its name and colour."""

    label: str
    environment: Environment

    @property
    def color(self) -> BadgeColor:
        """Orange (red-brown) for live, violet for sandboxes and the demo."""
        return "orange" if self.environment is Environment.LIVE else "violet"

    @property
    def title(self) -> str:
        """`LIVE · Shop EU`, plain text: the colour never says it alone."""
        return f"{self.environment.value.upper()} · {self.label}"

    @property
    def note(self) -> str:
        """What the environment means for the person."""
        return {
            Environment.LIVE: "real customers",
            Environment.SANDBOX: "a sandbox environment, no real customers",
            Environment.DEMO: "made-up customers, everything stays on this computer",
        }[self.environment]


def badge_md(text: str, tone: Tone | BadgeColor = Tone.PLAIN) -> str:
    """A badge to put inside other Markdown; `text` is escaped here."""
    color = BADGES[tone] if isinstance(tone, Tone) else tone
    return f":{color}-badge[{md(text) or ' '}]"


def badge(words: Words | str, tone: Tone = Tone.PLAIN) -> None:
    """A badge of its own; of `Words` it takes the tone, and offers the API's word and the meaning on hover."""
    if isinstance(words, str):
        st.markdown(badge_md(words, tone))
        return
    hint = " ".join(part for part in (words.detail, f"(API: {words.word})" if words.word else "") if part)
    st.markdown(badge_md(words.text, words.tone), help=md(hint) or None)


def tinted(text: str, tone: Tone) -> str:
    """`text` in its tone's colour, as Markdown; plain for `Tone.PLAIN`."""
    return md(text) if tone is Tone.PLAIN else f":{BADGES[tone]}[{md(text)}]"


def word_md(words: Words) -> str:
    """The sentence with the API's own word in small type beside it, as Markdown."""
    return md(words.text) + (
        f" :small[:gray[{md(words.word)}]]" if words.word and words.word != words.text else ""
    )


def band(mark: Mark, where: str = "page") -> None:
    """The coloured band at the top of every page and confirmation: which Application, and what it is."""
    with st.container(key=f"desk-band-{mark.environment.value}-{where}", horizontal=True, gap="small"):
        st.markdown(f"**{md(mark.title)}**")
        st.markdown(md(mark.note))


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two `#RRGGBB` colours, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(color[start : start + 2]) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _both(name: str) -> str:
    """A colour that follows the theme: Streamlit sets `color-scheme` on the app, which `light-dark()` reads."""
    return f"light-dark({getattr(LIGHT, name)}, {getattr(DARK, name)})"


# Everything that config.toml cannot say. Constant text: no value from anywhere else may ever be put in here.
STYLE = f"""<style>
:is(.stApp, .stDialog) {{ font-variant-numeric: tabular-nums; }}
:is(.stApp, .stDialog) :is(button, a, input, textarea, summary, [role="tab"], [tabindex="0"]):focus-visible {{
  outline: 2px solid {_both("primary")} !important; outline-offset: 2px; }}
[class*="st-key-desk-band-"] {{ padding: .25rem .75rem; border-radius: .25rem; background: {BANDS["sandbox"]}; }}
[class*="st-key-desk-band-live"] {{ background: {BANDS["live"]}; }}
[class*="st-key-desk-band-"] [data-testid="stMarkdownContainer"] {{ margin: 0; }}
[class*="st-key-desk-band-"] p {{ color: {BAND_TEXT}; font-size: .875rem; margin: 0; }}
:is(.stApp, .stDialog) [data-testid="stCaptionContainer"] {{ color: {_both("quiet")}; opacity: 1; }}
:is(.stApp, .stDialog) [data-testid="stCaptionContainer"] * {{ color: inherit; }}
:is(.stApp, .stDialog) h1 {{ text-wrap: balance; padding: .25rem 0; }}
:is(.stApp, .stDialog) [data-testid="stCode"] > div:last-child {{ opacity: 1; visibility: visible; }}
:is(.stApp, .stDialog) [data-testid="stCode"] > div:last-child > div {{
  background: none; box-shadow: none; border: 0; }}
:is(.stApp, .stDialog) [data-testid="stCode"] pre {{ padding-right: 3rem; }}
[class*="st-key-desk-strip-"] [data-testid="stCode"] pre {{ padding: .25rem 2.5rem .25rem .5rem; }}
[class*="st-key-desk-strip-"] [data-testid="stCode"] > div:last-child {{ padding: 0; top: 0; right: 0; }}
.stPlotlyChart .main-svg :is(.gtitle, .bartext) {{ fill: {_both("text")} !important; font-weight: 600 !important; }}
.stPlotlyChart .main-svg :is(.xtitle, .ytitle, .xtick text, .ytick text, .annotation-text) {{
  fill: {_both("quiet")} !important; }}
[class*="st-key-desk-quiet"] p {{ color: {_both("quiet")}; font-size: .875rem; }}
[class*="st-key-desk-trouble-"] {{ border-left: 4px solid {_both("negative")}; padding: .75rem 1rem;
  background: {_both("second")}; border-radius: .25rem; }}
[class*="st-key-desk-trouble-waiting"] {{ border-left-color: {_both("pending")}; }}
[class*="st-key-desk-trouble-done"] {{ border-left-color: {_both("active")}; }}
[class*="st-key-desk-trouble-note"] {{ border-left-color: {_both("expired")}; }}
[class*="st-key-desk-hidden-"] {{ display: none; }}
/* The server takes a revealed field away after its minute; this hides it where the connection was lost. */
@keyframes desk-gone {{ to {{ visibility: hidden; }} }}
[class*="st-key-desk-revealed-"] {{ animation: desk-gone 0s 60s forwards; }}
.st-key-desk-find [data-testid="InputInstructions"] {{ display: none; }}
:is(.stApp, .stDialog)
:is([data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primaryFormSubmit"]):enabled {{
  color: {_both("ground")}; }}
</style>"""

# A dialog hangs beside the app, where Streamlit sets no `color-scheme` that `light-dark()` could read.
DARK_DIALOGS = "<style>.stDialog { color-scheme: dark; }</style>"
LIGHT_DIALOGS = "<style>.stDialog { color-scheme: light; }</style>"


def shown() -> str:
    """The theme of this run, `light` or `dark`: right once the browser has said so, which is before the first run."""
    return "dark" if st.context.theme.type == "dark" else "light"


def apply() -> None:
    """Puts the style sheet on the page; `app.py` calls it once a run."""
    st.html(STYLE)
    if shown() == "dark":
        st.html(DARK_DIALOGS)
    else:
        st.html(LIGHT_DIALOGS)
