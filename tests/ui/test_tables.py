"""Tables: numbers stay numbers, instants stay instants, and the row count says whether it is all."""

from datetime import UTC, datetime
from decimal import Decimal

import pandas as pd
import pytest

from desk.ui.formats import Formats
from desk.ui.tables import Column, completeness, frame_of
from desk.ui.words import Tone, Words

F = Formats("de-DE", "EUR", "Europe/Berlin")
WHEN = datetime(2025, 11, 28, 13, 5, tzinfo=UTC)
COLUMNS = [
    Column("When", "moment"),
    Column("What", "badge"),
    Column("Change", "change"),
    Column("Order", "link"),
    Column("Reason"),
]


def test_columns_have_the_types_that_sorting_needs() -> None:
    frame = frame_of(COLUMNS, [(WHEN, Words("Earned", "", Tone.ACTIVE), Decimal("120.5"), "ORD-1", None)], F)
    assert isinstance(frame["When"].dtype, pd.DatetimeTZDtype)
    assert frame["Change"].dtype == "float64"
    assert frame["Change"][0] == 120.5
    assert frame["What"][0] == ["Earned"]
    assert frame["Reason"][0] == ""


def test_one_unreadable_date_makes_a_column_of_text() -> None:
    frame = frame_of(COLUMNS[:1], [(WHEN,), ("2022-08-02T15:04:05Z07:00",), (None,)], F)
    assert list(frame["When"]) == ["Fri 28 Nov 2025, 14:05 CET", "2022-08-02T15:04:05Z07:00", "—"]


def test_a_link_cannot_begin_with_an_icon() -> None:
    frame = frame_of(COLUMNS[3:4], [(":material/delete: x",), ("",)], F, opens=True)
    assert ":material" not in frame["Order"][0]
    assert frame["Order"][0].endswith(" ›")
    assert frame["Order"][1] == ""


def test_control_characters_show() -> None:
    assert frame_of(COLUMNS[4:], [("a\u202eb\nc",)], F)["Reason"][0] == "a\N{REPLACEMENT CHARACTER}b c"


@pytest.mark.parametrize(
    ("shown", "complete", "text"),
    [
        (5000, True, "All 5.000 rows, newest first."),
        (1, True, "1 row."),
        (1000, False, "1.000 rows, newest first; there are more."),
        (0, True, "No rows."),
    ],
)
def test_the_row_count_says_whether_it_is_all(shown: int, complete: bool, text: str) -> None:
    assert completeness(shown, F, complete=complete) == text


def test_a_filtered_count_is_said_once_with_what_there_is() -> None:
    assert completeness(2, F, complete=True, of=5119) == "2 of 5.119 rows match the filters, newest first."
    assert completeness(0, F, complete=True, of=5119) == "0 of 5.119 rows match the filters."
    assert completeness(500, F, complete=False, of=5119) == "500 rows, newest first; there are more."
