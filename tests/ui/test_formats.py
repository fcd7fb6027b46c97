"""Numbers, money and instants as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui.formats import MINUS, MISSING, Formats, distance, to_datetime, to_decimal

UK = Formats("en-GB", "EUR", "Europe/Berlin")
GERMAN = Formats("de-DE", "EUR", "Europe/Berlin")
NOON = datetime(2025, 11, 28, 13, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("250.00", "250"),
        ("250.50", "250.5"),
        ("1234567", "1,234,567"),
        ("-40", f"{MINUS}40"),
        ("0.00", "0"),
        ("-0", "0"),
    ],
)
def test_points_carry_no_trailing_zeros_and_a_real_minus_sign(value: str, text: str) -> None:
    assert UK.points(Decimal(value)) == text


def test_changes_are_signed() -> None:
    assert [UK.change(Decimal(n)) for n in (120, -120, 0)] == ["+120", f"{MINUS}120", "0"]


def test_the_locale_decides_the_separators() -> None:
    assert GERMAN.points(Decimal("1234.5")) == "1.234,5"
    assert GERMAN.separators == (",", ".")
    assert UK.separators == (".", ",")
    assert Formats("nobody-knows").points(Decimal(1234)) == "1,234"


def test_one_point_is_no_points() -> None:
    assert UK.points_named(Decimal("1.00")) == "1 point"
    assert UK.points_named(Decimal(2)) == "2 points"
    assert UK.count(1, "row") == "1 row"
    assert UK.count(5000, "row") == "5,000 rows"
    assert [UK.count(2, one) for one in ("entry", "day", "row")] == ["2 entries", "2 days", "2 rows"]
    assert UK.count(2, "person", "people") == "2 people"


def test_money_has_the_currency_s_digits_and_never_loses_any() -> None:
    assert UK.money(Decimal(5)) == "€5.00"
    assert UK.money(Decimal("-1234.5")) == f"{MINUS}€1,234.50"
    assert UK.money(Decimal("1.005")) == "€1.005"
    assert UK.money(Decimal(500), "JPY") == "JP¥500"
    assert Formats("en-GB").money(Decimal("5.50")) == "5.5"
    assert UK.money_change(Decimal(5)) == "+€5.00"


def test_nothing_is_a_dash() -> None:
    assert {
        UK.points(None),
        UK.change(None),
        UK.money(None),
        UK.moment(None),
        UK.day(None),
        UK.moment(""),
    } == {MISSING}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_what_is_written_is_the_exact_number(value: Decimal) -> None:
    text = GERMAN.points(value)
    assert Decimal(text.replace(".", "").replace(",", ".").replace(MINUS, "-")) == value


def test_an_instant_shows_its_day_time_and_zone() -> None:
    assert UK.moment(NOON) == "Fri 28 Nov 2025, 14:05 CET"
    assert UK.moment("2025-07-01T10:00:00Z") == "Tue 1 Jul 2025, 12:00 CEST"
    assert UK.moment(NOON, seconds=True) == "Fri 28 Nov 2025, 14:05:00 CET"
    assert UK.day(datetime(2025, 11, 27, 23, 30, tzinfo=UTC)) == "Fri 28 Nov 2025"
    assert UK.short_day(NOON) == "28 Nov 2025"


def test_a_zone_without_letters_shows_its_offset() -> None:
    assert Formats(zone="America/Sao_Paulo").moment(NOON) == f"Fri 28 Nov 2025, 10:05 UTC{MINUS}03:00"
    assert Formats(zone="Asia/Kathmandu").moment(NOON) == "Fri 28 Nov 2025, 18:50 UTC+05:45"
    assert Formats(zone="Nowhere/Land").moment(NOON).endswith("UTC")


def test_what_is_no_instant_is_shown_as_it_came() -> None:
    broken = "2022-08-02T15:04:05Z07:00"  # as in the official samples (facts.md, Transport)
    assert UK.moment(broken) == broken
    assert UK.day(broken) == broken
    assert to_datetime(broken) is None


def test_go_s_zero_time_means_nothing() -> None:
    assert UK.moment("0001-01-01T00:00:00Z") == MISSING
    assert UK.moment(datetime(1, 1, 1, tzinfo=UTC)) == MISSING


def test_a_time_without_a_zone_says_so() -> None:
    assert UK.moment(datetime(2025, 11, 28, 14, 5)) == "Fri 28 Nov 2025, 14:05 (zone not given)"  # noqa: DTZ001


def test_the_last_instant_there_is() -> None:
    assert UK.moment(datetime.max.replace(tzinfo=UTC)).startswith("Fri 31 Dec 9999")


@pytest.mark.parametrize(
    ("value", "points", "money"),
    [
        ("1e28", "10,000" + 8 * ",000", "€10,000" + 8 * ",000" + ".00"),
        ("-1e30", f"{MINUS}1" + 10 * ",000", f"{MINUS}€1" + 10 * ",000" + ".00"),
        ("1e300", "1E+300", "1E+300"),
        ("-1e-300", f"{MINUS}1E{MINUS}300", f"{MINUS}1E{MINUS}300"),
        ("123456789012345678901234567890.12", "123,456,789,012,345,678,901,234,567,890.12", None),
        ("NaN", "NaN", "NaN"),
        ("-Infinity", f"{MINUS}Infinity", f"{MINUS}Infinity"),
    ],
)
def test_a_number_of_any_size_is_written(value: str, points: str, money: str | None) -> None:
    number = Decimal(value)
    assert UK.points(number) == points
    assert UK.money(number) == (money or f"€{points}")
    assert UK.change(number) == UK.points(number) or UK.change(number) == f"+{points}"
    assert UK.money_change(number).removeprefix("+") == UK.money(number)


def test_a_relative_time_is_rounded_down() -> None:
    assert distance(NOON, NOON - timedelta(days=3)) == "in 3 days"
    assert distance(NOON, NOON + timedelta(minutes=1, seconds=59)) == "1 minute ago"
    assert distance(NOON, NOON) == "just now"


@pytest.mark.parametrize("value", [None, True, "", "x", "NaN", "Infinity", float("nan"), [1]])
def test_what_is_no_number(value: object) -> None:
    assert to_decimal(value) is None


def test_a_json_float_is_read_by_its_shortest_text() -> None:
    assert to_decimal(0.1) == Decimal("0.1")
