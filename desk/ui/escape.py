"""Customer text made safe for Streamlit's Markdown and Plotly's labels: it shows as text, nothing else."""

import html
import re
from hashlib import sha256

# Streamlit parses CommonMark + GFM + directives + LaTeX, then runs passes over the finished *text nodes* that a
# backslash cannot stop: emoji and icon shortcodes, bare links, arrows. Those are broken with a word joiner, an
# invisible character without width that none of the passes accepts. Exact text is always one copy control away.
JOINER = "\N{WORD JOINER}"
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_SPACE = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")
# Directional overrides could make one id look like another; what needs them is shown isolated instead.
_OVERRIDES = re.compile(r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_RIGHT_TO_LEFT = re.compile(
    r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_BREAKS = (
    # `:name:` and `scheme://`, but not the colon of a clock time
    (re.compile(r"(?<!\d):(?=[\w+\-/])|:(?=[^\W\d]|[+\-/_]|\d(?!\d)|\d{3})"), ":" + JOINER),
    (re.compile(r"(?i)(www)(?=\.)"), r"\1" + JOINER),
    (re.compile(r"@"), JOINER + "@"),
    (re.compile(r"<(?=[-=])|-(?=[->])|[>~](?==)"), r"\g<0>" + JOINER),
)
_JOINED = re.compile(JOINER)


def visible(text: str) -> str:
    """`text` on one line, with control and direction-changing characters replaced by a visible mark."""
    text = _SPACE.sub(" ", text)
    return _OVERRIDES.sub("\N{REPLACEMENT CHARACTER}", _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)).strip(
        " "
    )


def md(text: object) -> str:
    """`text` for any Streamlit argument that takes Markdown (body, label, title): shown literally, on one line."""
    line = visible(str(text))
    line = _JOINED.sub("", line)
    for pattern, replacement in _BREAKS:
        line = pattern.sub(replacement, line)
    line = _PUNCTUATION.sub(r"\\\g<0>", line)
    if _RIGHT_TO_LEFT.search(line):
        line = f"\N{FIRST STRONG ISOLATE}{line}\N{POP DIRECTIONAL ISOLATE}"
    return line


def shown(escaped: str) -> str:
    """What a reader sees of `md(...)`'s answer: the inverse, for tests and for text alternatives."""
    for invisible in (JOINER, "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"):
        escaped = escaped.replace(invisible, "")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", escaped)


def plotly(text: object) -> str:
    """`text` for Plotly titles, labels and hovers, which understand a little HTML."""
    return html.escape(visible(str(text)), quote=False)


def short(text: str, limit: int = 60) -> str:
    """`text` with its middle left out when it is longer than `limit` characters; both ends of an id stay readable."""
    if len(text) <= limit:
        return text
    head = (limit - 1) * 2 // 3
    return f"{text[:head]}…{text[len(text) - (limit - 1 - head) :]}"


def in_key(*ids: object) -> str:
    """What stands for ids in widgets' keys: ids hold anything, and keys become CSS classes."""
    return sha256("\0".join(map(str, ids)).encode(errors="backslashreplace")).hexdigest()[:12]
