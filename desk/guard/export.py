"""The one CSV exporter: RFC 4180, numbers stay numbers, and no text can become a formula."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from desk.guard.wire import amount

Cell: TypeAlias = str | int | Decimal | date | datetime | bool | None
"""A datetime needs its zone; floats are not taken, because amounts are `Decimal`."""

BOM = "\ufeff"
"""Without it, Excel reads UTF-8 as the local code page."""

LINE_END = "\r\n"

_FORMULA = frozenset("=+-@\t\r\n")
_QUOTED = re.compile('[",;\r\n\t]|^ | $')
_PART = re.compile(r"(?<=[;\t\r\n])[^;\t\r\n]+")
"""What a spreadsheet may take for a cell of its own inside a text: with a comma for decimals it separates by
semicolons, and then the quotation marks of a cell that is not the first of its row are letters like others."""


def csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, mark: str | None = None) -> bytes:
    """The whole file in UTF-8. `mark` is put in front of every row (the DEMO mark of the embedded sandbox)."""
    return "".join(csv_lines(columns, rows, mark=mark)).encode()


def csv_lines(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, mark: str | None = None
) -> Iterator[str]:
    """The same, line by line. Raises `ValueError` for a row that is longer or shorter than the columns."""
    front: list[Cell] = [] if mark is None else [mark]
    head = [*([] if mark is None else ["Environment"]), *columns]
    yield BOM + _line(head)
    for row in rows:
        if len(row) != len(columns):
            raise ValueError(f"a row of {len(row)} cells for {len(columns)} columns")
        yield _line([*front, *row])


def _line(cells: Iterable[Cell]) -> str:
    return ",".join(_cell(cell) for cell in cells) + LINE_END


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, Decimal):
        return amount(cell) if cell.is_finite() else ""
    if isinstance(cell, date):
        if isinstance(cell, datetime) and cell.tzinfo is None:
            raise ValueError("a time without a zone")
        return cell.isoformat()
    return "" if cell is None else str(cell).lower()


def _text(text: str) -> str:
    """Text as a spreadsheet will show it and never compute it; an apostrophe is what spreadsheets know for that."""
    safe = _PART.sub(lambda found: f"'{found[0]}" if is_formula(found[0].lstrip('"')) else found[0], text)
    safe = f"'{safe}" if is_formula(text) else safe
    if safe != text or _QUOTED.search(safe):
        return '"' + safe.replace('"', '""') + '"'
    return safe


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might take the text for a formula: in front `= + - @`, a tab or a line break, also as
    full-width forms and behind blanks or characters that do not show."""
    if text[:1] in _FORMULA and text:
        return True
    for character in text:
        if character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Mn"):
            if character in _FORMULA:
                return True
            continue
        # NFKC folds full-width and small forms to the plain sign.
        return unicodedata.normalize("NFKC", character)[:1] in _FORMULA
    return False
