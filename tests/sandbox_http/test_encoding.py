"""JSON and instants: numbers stay exact, what cannot be kept is refused."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from talon_sandbox.encoding import dump_json, envelope, load_json, parse_instant


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.1"), "0.1"),
        (Decimal("12.30"), "12.3"),
        (Decimal("100.00"), "100"),
        (Decimal("-0.01"), "-0.01"),
        (Decimal("99999999999.99"), "99999999999.99"),
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+30"), "1e+30"),
        (Decimal("12345678901234567890123"), "12345678901234567890123.0"),
        (True, "true"),
    ],
)
def test_numbers_are_written_exactly(value: object, text: str) -> None:
    assert dump_json(value).decode() == text


def test_long_numbers_do_not_change_the_rest_of_an_answer() -> None:
    body = {'a/"b\\': ["é😀\n", None, True, 1], "long": Decimal("0.12345678901234567890"), "empty": {}}
    parsed = json.loads(dump_json(body), parse_float=Decimal)
    assert parsed == body


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff",
        b'"\\ud800"',
        b"NaN",
        b"[Infinity]",
        b"1e999",
        b"1" * 5000,
        b"9223372036854775808",
        b"0." + b"1" * 200,
        b"[" * 100_000,
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        load_json(body)


@pytest.mark.parametrize("text", ["1E+30", "12345678901234567890123.0", "0.000001", "9223372036854775807"])
def test_what_is_read_can_be_written_and_read_again(text: str) -> None:
    number = load_json(text.encode())
    assert load_json(dump_json(number)) == number


def test_parsed_numbers_are_exact() -> None:
    assert load_json(b'{"price": 0.1, "quantity": 3}') == {"price": Decimal("0.1"), "quantity": 3}


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00.25z", datetime(2026, 1, 31, 12, 0, 0, 250_000, tzinfo=UTC)),
        ("2026-01-31T01:00:00+02:00", datetime(2026, 1, 30, 23, tzinfo=UTC)),
        ("2026-01-31T12:00:00.123456789Z", datetime(2026, 1, 31, 12, 0, 0, 123_456, tzinfo=UTC)),
    ],
)
def test_instants(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2026-01-31T12:00:00",
        "2026-13-01",
        "2026-01-31T12:00:00Z07:00",
        "0001-01-01T00:00:00+14:00",
        "2026-01-31 12:00:00 02:00",
        "2026-01-31T25:00:00Z",
        "2026-01-31T12:00Z",
    ],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)


def test_session_operations_leave_the_status_code_out_of_a_400_only() -> None:
    assert "StatusCode" not in envelope(400, "no", operation="update_customer_session_v2")
    assert envelope(401, "no", operation="update_customer_session_v2")["StatusCode"] == 401
    assert envelope(400, "no", operation="get_loyalty_balances")["StatusCode"] == 400
