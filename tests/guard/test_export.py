"""The exporter: what a spreadsheet reads back, and what it never computes."""

import csv as reader
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desk.guard.export import csv, is_formula


def read(content: bytes) -> list[list[str]]:
    return list(reader.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_numbers_stay_numbers_and_text_stays_text() -> None:
    row = (Decimal("-123.45"), -7, "-123.45", Decimal("1000.00"), None, True, date(2026, 11, 20))
    content = csv(["a", "b", "c", "d", "e", "f", "g"], [row])
    assert content.decode("utf-8-sig").splitlines()[1] == '-123.45,-7,"\'-123.45",1000,,true,2026-11-20'


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 170 1234",
        "-cmd|' /C calc'!A0",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1",
        "＝1+1",  # noqa: RUF100 - full-width forms
        "＋1",
        "－1",
        "＠SUM(1)",
        " =1+1",
        "\u200b=1+1",
        "\u00a0=1",
        "\ufeff=1",
        "﹦1",
        "\x00=1",
    ],
)
def test_no_text_becomes_a_formula(text: str) -> None:
    content = csv(["text"], [[text]])
    assert bare(read(content)[1][0]) == text
    assert read(content)[1][0].startswith("'")
    assert content.split(b"\r\n", 1)[1].startswith(b"\"'")


@pytest.mark.parametrize("between", [";", "\t", "\n", "\r\n"])
def test_no_part_of_a_text_becomes_a_formula_where_cells_are_split_otherwise(between: str) -> None:
    """A spreadsheet with decimal commas separates by semicolons, whatever quotation marks say."""
    for formula in ("=1+1", " =1+1", '"=1+1', "+49 170"):
        text = f"x{between}{formula}{between}y"
        content = csv(["n", "text"], [[-1, text]])
        assert read(content)[1] == ["-1", f"x{between}'{formula}{between}y"]
    assert csv(["text"], [["a; b"]]).decode("utf-8-sig").splitlines()[1] == '"a; b"'


def bare(cell: str) -> str:
    """Without the apostrophes in front of what could have been a cell of its own."""
    return re.sub("(^|[;\t\r\n])'", r"\1", cell)


@pytest.mark.parametrize(
    "text", ["", "Maria", "a;b", "a; 5", "a;b=c", "a=b", "10-20", "ORD-1", "tea + cup", "'=1", "5", "²"]
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert read(csv(["text", "n"], [[text, 1]]))[1] == [text, "1"]


@given(some.lists(some.lists(some.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_any_text_is_read_back_and_cannot_be_a_formula(rows: list[list[str]]) -> None:
    found = read(csv(["a", "b"], rows))[1:]
    assert len(found) == len(rows)
    for written, back in zip(rows, found, strict=True):
        for text, cell in zip(written, back, strict=True):
            assert bare(cell) == bare(text)
            assert not any(map(is_formula, (cell, *re.split("[;\t\r\n]", cell))))


def test_the_demo_marks_every_row() -> None:
    assert read(csv(["points"], [[1], [2]], mark="DEMO")) == [
        ["Environment", "points"],
        ["DEMO", "1"],
        ["DEMO", "2"],
    ]


def test_times_carry_their_zone() -> None:
    assert read(csv(["at"], [[datetime(2026, 1, 2, 3, tzinfo=UTC)]]))[1] == ["2026-01-02T03:00:00+00:00"]
    with pytest.raises(ValueError, match="zone"):
        csv(["at"], [[datetime(2026, 1, 2)]])  # noqa: DTZ001


def test_a_row_fits_its_columns() -> None:
    with pytest.raises(ValueError, match="2 cells for 1"):
        csv(["a"], [[1, 2]])
