"""Tables: newest first, numbers right-aligned and signed, ids as links, how many rows there are and whether all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, cast

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.elements.lib.column_types import ColumnConfig

from desk.ui.escape import JOINER, md, visible
from desk.ui.formats import Formats, Instant, to_datetime, to_decimal
from desk.ui.theme import BADGES, DARK, LIGHT, shown
from desk.ui.words.base import Tone, Words

Kind = Literal["text", "points", "change", "money", "count", "moment", "badge", "link"]
NUMBERS = ("points", "change", "money", "count")
# Rows up to which figures are written out cell by cell in the Application's locale (45 ms); beyond that the browser
# fetches rows as it scrolls, and writes the figures itself.
LONG = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind`: text, points (plain), change (signed points), money, moment, count, badge (`Words`), or link.

    `width`: "small", "medium", "large", pixels, or None for "as wide as its content".
    """

    name: str
    kind: Kind = "text"
    hint: str = ""
    width: int | Literal["small", "medium", "large"] | None = None
    seconds: bool = False
    """Of a moment: whether they are shown."""


Cell = str | int | Decimal | datetime | Words | None
Row = Sequence[Cell]


def completeness(
    shown: int,
    formats: Formats,
    *,
    complete: bool,
    one: str = "row",
    order: str = "newest first",
    rest: str = "there are more",
    of: int = 0,
) -> str:
    """`All 5,000 rows, newest first.` or `1,000 rows, newest first; there are more.` `rest` may say where; `of`: how
    many there are without the filters, where there are any: `2 of 5,000 rows match the filters, newest first.`"""
    if of and complete:
        tail = f", {order}" if order and shown > 1 else ""
        match = "matches" if shown == 1 else "match"
        return f"{formats.count(shown)} of {formats.count(of, one)} {match} the filters{tail}."
    if not shown:
        return f"No {one}s."
    rows = formats.count(shown, one)
    tail = f", {order}" if order and shown > 1 else ""
    if complete:
        return f"All {rows}{tail}." if shown > 1 else f"{rows}."
    return f"{rows}{tail}; {rest}."


def show(
    columns: Sequence[Column],
    rows: Sequence[Row],
    formats: Formats,
    *,
    key: str,
    alt: str,
    complete: bool = True,
    one: str = "row",
    order: str = "newest first",
    rest: str = "there are more",
    of: int = 0,
    height: int | None = None,
    on_open: Callable[[int], None] | None = None,
) -> None:
    """A table with its row count. `alt` names it for screen readers.

    `on_open(row)` is called, after the table is on the page, with the number of the row whose link was pressed; it may
    leave for another page. Without it links are plain text. Cells are shown as text, whatever they hold.
    """
    st.caption(
        md(completeness(len(rows), formats, complete=complete, one=one, order=order, rest=rest, of=of))
    )
    if not rows:
        return
    frame = frame_of(columns, rows, formats, opens=on_open is not None)
    written = len(rows) <= LONG
    config = {
        column.name: _config(column, frame, formats, rows, key if on_open else "") for column in columns
    }
    st.dataframe(
        _written(columns, frame, formats) if written else frame,
        column_config=config,
        hide_index=True,
        key=key,
        height=height or "auto",
        placeholder="",
        lazy=len(rows) > LONG,
        alt=alt,
    )
    for column in columns:
        if on_open and column.kind == "link":
            click = st.session_state.get(_click(key, column))
            if click is not None:
                on_open(int(click["row"]))


def frame_of(
    columns: Sequence[Column], rows: Sequence[Row], formats: Formats, *, opens: bool = False
) -> pd.DataFrame:
    """The rows as a frame whose numbers are numbers and whose instants are instants, so that sorting is right."""
    data: dict[str, pd.Series] = {}
    for number, column in enumerate(columns):
        cells = [row[number] for row in rows]
        data[column.name] = _series(column, cells, formats, opens)
    return pd.DataFrame(data)


def _series(column: Column, cells: Sequence[Cell], formats: Formats, opens: bool) -> "pd.Series[Any]":
    if column.kind in ("points", "change", "money", "count"):
        # Only what is drawn: 15 digits are exact in a double, and the exact rows go to the exporter.
        return pd.Series([None if cell is None else float(str(cell)) for cell in cells], dtype="float64")
    if column.kind == "moment" and all(isinstance(cell, datetime) for cell in cells):
        return pd.Series([_utc(cell) for cell in cells], dtype="datetime64[us, UTC]")
    if column.kind == "moment":
        return pd.Series(
            [formats.moment(_instant(cell), seconds=column.seconds) for cell in cells], dtype="str"
        )
    if column.kind == "link" and opens:
        return pd.Series([_link(cell) for cell in cells], dtype="str")
    if column.kind == "badge":
        return pd.Series([[visible(_text(cell))] if cell else [] for cell in cells], dtype="object")
    return pd.Series([visible(_text(cell)) for cell in cells], dtype="str")


def _link(cell: Cell) -> str:
    """A cell that leads somewhere: it ends in an arrow, and cannot begin with one of Streamlit's icons."""
    text = visible(_text(cell))
    return f"{text.replace(':', ':' + JOINER)} ›" if text else ""


def _instant(cell: Cell) -> Instant:
    return cell if isinstance(cell, datetime) else None if cell is None else _text(cell)


def _utc(cell: Cell) -> datetime | None:
    return to_datetime(cell) if isinstance(cell, datetime) else None


def _text(cell: Cell) -> str:
    return "" if cell is None else cell.text if isinstance(cell, Words) else str(cell)


def _config(
    column: Column, frame: pd.DataFrame, formats: Formats, rows: Sequence[Sequence[Cell]], opens: str
) -> ColumnConfig:
    """How Streamlit shows the column. `opens` is the table's key when its links lead somewhere."""
    config = st.column_config
    name, hint, width = visible(column.name), md(column.hint) or None, column.width
    if column.kind in NUMBERS:
        mark = _printf(column, frame, formats)
        return config.NumberColumn(name, help=hint, width=width, alignment="right", format=mark)
    if column.kind == "moment" and isinstance(frame[column.name].dtype, pd.DatetimeTZDtype):
        name = visible(f"{column.name} ({formats.zone})")
        clock = "HH:mm:ss" if column.seconds else "HH:mm"
        return config.DatetimeColumn(
            name, help=hint, width=width, format=f"ddd D MMM YYYY, {clock}", timezone=formats.zone
        )
    if column.kind == "badge":
        tones = _tones(column, rows)
        return config.MultiselectColumn(
            name, help=hint, width=width, options=list(tones), color=[BADGES[tone] for tone in tones.values()]
        )
    if column.kind == "link" and opens:
        link = config.ButtonColumn(
            name, help=hint, width=width, type="tertiary", alignment="left", key=_click(opens, column)
        )
        return cast(ColumnConfig, link)
    return config.TextColumn(name, help=hint, width=width)


def _click(key: str, column: Column) -> str:
    """Where Streamlit says which row's link was pressed."""
    return f"{key}-{column.name}-open"


def _tones(column: Column, rows: Sequence[Sequence[Cell]]) -> dict[str, Tone]:
    """The different badges of a column, with their tones."""
    return {visible(cell.text): cell.tone for row in rows for cell in row if isinstance(cell, Words)}


def _printf(column: Column, frame: pd.DataFrame, formats: Formats) -> str | None:
    """How the browser writes a long column's numbers; None where they are written out here.

    The browser groups with commas only, so other locales get no grouping rather than a wrong one.
    """
    if len(frame) <= LONG:
        return None
    sign = "+" if column.kind == "change" else ""
    group = "," if formats.separators == (".", ",") else ""
    whole = bool((frame[column.name].dropna() % 1 == 0).all()) and column.kind != "money"
    return f"%{sign}{group}{'d' if whole else '.2f'}"


def _written(columns: Sequence[Column], frame: pd.DataFrame, formats: Formats) -> Styler:
    """The frame with its figures written out in the Application's locale, changes in the colour of their sign."""
    styler = frame.style
    for column in columns:
        if column.kind in NUMBERS:
            styler = styler.format(_writer(column.kind, formats), subset=[column.name])
        if column.kind == "change":
            styler = styler.map(_sign_color(), subset=[column.name])
    return styler


def _writer(kind: Kind, formats: Formats) -> Callable[[object], str]:
    """How a cell of that kind is written; a double's shortest text is the figure that it was made of."""
    write = {"change": formats.change, "money": formats.money}.get(kind, formats.points)
    return lambda value: write(to_decimal(value))


def _sign_color() -> Callable[[object], str]:
    """The colour of a change, for the theme that this run was asked for in (a canvas cannot follow CSS)."""
    palette = DARK if shown() == "dark" else LIGHT

    def color(value: object) -> str:
        number = to_decimal(value)
        if not number:
            return ""
        return f"color: {palette.active if number > 0 else palette.spent}"

    return color
