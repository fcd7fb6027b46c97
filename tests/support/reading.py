"""What a reader is left with of what a page sends: an own reading of Markdown, and of the fields of Streamlit's
messages, that knows nothing of how the desk escapes."""

import html
import json
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

import pyarrow as pa
from google.protobuf.message import Message
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from streamlit.testing.v1 import AppTest

from tests.support.corpus import CANARY, plain

# Markdown, and what Streamlit adds to it: LaTeX while it parses; bare links, emoji, icons and directives in the text.
_markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(dollarmath_plugin)
setattr(_markdown, "validateLink", lambda _: True)  # noqa: B010  what it would refuse is no text either
_PASSES = re.compile(r"https?://\S+|www\.\w\S*|:[\w+-]+:|:[\w-]+\[|:material/\w+", re.IGNORECASE)
_DIRECTIVE = re.compile(r"(?<!\\):[\w-]+\[")
_TEXT = ("text", "code_inline", "softbreak", "hardbreak", "text_special")

AS_IT_IS = frozenset(
    (
        *("Code.code_text", "TextInput.value", "TextInput.default", "TextArea.value", "Selectbox.options"),
        *("Selectbox.raw_value", "Dataframe.alt", "Table.alt", "PlotlyChart.alt"),
    )
)
"""Fields that Streamlit shows as text. Every other one is taken for Markdown."""
UNSEEN = frozenset(("PageLink.query_string", "TextInput.id", "Selectbox.id", "NumberInput.id", "Button.id"))
"""Fields that no reader sees: addresses and the ids of widgets."""
SPOKEN = frozenset(("NumberInput.label",))
"""A hidden label for screen readers, which leaves marks out on purpose (desk/ui/session_moves.py)."""


class Text(NamedTuple):
    """A text of a page that holds something hostile: its field, as it was sent, and what a reader sees of it."""

    field: str
    sent: str
    seen: str


def hostile_texts(at: AppTest) -> Iterator[Text]:
    """Every text of the page that holds a canary, cells of tables and labels of charts included."""
    for node in _nodes(at._tree):
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message):
            for field, value in _fields(proto):
                yield from _read(field, value)


def reader_sees(markdown: str) -> str:
    """The text that is not part of any markup: links, images, formulas, HTML and headings leave nothing behind."""
    seen: list[str] = []
    for block in _markdown.parse(_DIRECTIVE.sub("", markdown)):
        inside = 0
        for token in block.children or ():
            inside += token.nesting if token.type.startswith("link") else 0
            if token.type in _TEXT and not inside:
                seen.append(token.content or " ")
    return plain(_PASSES.sub("", "".join(seen)))


def shows(seen: str, wanted: str) -> bool:
    """Whether the text is there, as it is or without its spaces (as Find tries ids): whole, or with its middle left
    out."""
    return _shows(seen, wanted) or _shows("".join(seen.split()), "".join(wanted.split()))


def _shows(seen: str, wanted: str) -> bool:
    if wanted in seen:
        return True
    ends = wanted[-8:]
    for cut in re.finditer("…", seen):
        tail = seen[cut.end() :].partition(ends)
        head = seen[: cut.start()]
        if (
            tail[1]
            and wanted.endswith(tail[0] + ends)
            and any(head.endswith(wanted[:length]) for length in range(min(3, len(head)), len(wanted)))
        ):
            return True
    return False


def _nodes(node: object) -> Iterator[object]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _fields(message: Message, root: str = "") -> Iterator[tuple[str, str | bytes]]:
    name = message.DESCRIPTOR.name
    for field, value in message.ListFields():
        for each in _each(value):
            if isinstance(each, Message):
                yield from _fields(each, root or name)
            elif isinstance(each, str | bytes):
                yield f"{root if isinstance(each, bytes) else name}.{field.name}", each


def _each(value: object) -> list[object]:
    if isinstance(value, str | bytes | Message) or not hasattr(value, "__iter__"):
        return [value]
    return list(value.values()) if hasattr(value, "values") else list(value)


def _read(field: str, value: str | bytes) -> Iterator[Text]:
    if isinstance(value, bytes):
        if CANARY.search(value.decode("utf-8", "replace")):
            for cell in _cells(value):
                yield from _read(f"{field} cell", cell)
        return
    if not CANARY.search(value) or field in UNSEEN:
        return
    if field == "PlotlyChart.spec":
        for text in _strings(json.loads(value)):
            if CANARY.search(text):
                yield Text(field, text, plain(html.unescape(re.sub(r"<[^>]*>", "", text))))
    elif field == "Json.body":
        for text in _strings(json.loads(value)):
            inner = _strings(json.loads(text)) if text[:1] in ("{", "[") else [unquote(text)]
            yield from (Text(field, each, plain(each)) for each in inner)
    elif field in AS_IT_IS or field.startswith("Dataframe."):
        yield Text(field, value, plain(value))
    else:
        yield Text(field, value, reader_sees(value))


def _cells(arrow: bytes) -> Iterator[str]:
    """Names of columns and cells of a table, in Arrow's format."""
    table = pa.ipc.open_stream(arrow).read_all()
    yield from table.column_names
    for column in table.columns:
        yield from _strings(column.to_pylist())


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from (str(key), *_strings(each))
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
