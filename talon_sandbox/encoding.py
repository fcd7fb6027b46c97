"""JSON in and out with exact numbers, RFC 3339 instants, and the documented error envelope."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

# Operations whose 400 answers carry no `StatusCode` (facts.md, Transport).
PLAIN_400 = frozenset(
    {"update_customer_session_v2", "get_customer_session", "return_cart_items", "reopen_customer_session"}
    | {"create_referral", "create_referrals_for_multiple_advocates", "sync_catalog"}
)
INVALID = "The submitted data was invalid"

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d))?", re.ASCII
)
# A float holds any number of up to 15 significant digits without change, so `repr` gives it back exactly.
_EXACT_DIGITS = 15
_LARGEST_EXPONENT = 40
_INTEGERS = 2**63


class _TooLongForFloat(Exception):
    """A Decimal with more digits than a float can carry was met."""


def dump_json(value: object) -> bytes:
    """Return `value` as UTF-8 JSON; every Decimal becomes a JSON number of exactly that value."""
    try:
        text = _ENCODER.encode(value)
    except _TooLongForFloat:
        text = _write(value)
    return text.encode()


def _short_number(value: object) -> int | float:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is not JSON")
    if _is_whole(value):
        return int(value)
    if len(value.as_tuple().digits) > _EXACT_DIGITS:
        raise _TooLongForFloat
    return float(value)


def _is_whole(value: Decimal) -> bool:
    """Whether it is written as an integer: not beyond 64 bits, which this module does not read as one."""
    return abs(value) < _INTEGERS and value == value.to_integral_value()


# Made once: `json.dumps` with settings of one's own makes an encoder with every call.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_short_number)


def _write(value: object) -> str:
    """Encode in plain Python: only for the rare answer that holds a number of more than 15 digits."""
    if isinstance(value, Decimal):
        text = str(int(value)) if _is_whole(value) else str(value)
        return text if _is_whole(value) or "." in text or "E" in text else f"{text}.0"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_write(str(key))}:{_write(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(map(_write, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def load_json(data: bytes) -> object:
    """Parse JSON with numbers as int or Decimal; ValueError says what is wrong with it."""
    try:
        value: object = json.loads(
            data.decode(), parse_float=_number, parse_int=_integer, parse_constant=_constant
        )
        if (
            b"\\u" in data
        ):  # only an escape can smuggle in half a surrogate pair, which no text column can hold
            json.dumps(value, ensure_ascii=False, default=str).encode()
    except UnicodeError:
        raise ValueError("the body is not UTF-8 text") from None
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    return value


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if len(text) > 2 * _LARGEST_EXPONENT or abs(value.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError("the body holds a number that is too large or too long")
    return value


def _integer(text: str) -> int:
    if len(text) > _LARGEST_EXPONENT or not -_INTEGERS <= int(text) < _INTEGERS:
        raise ValueError("the body holds a whole number beyond 64 bits")
    return int(text)


def _constant(text: str) -> object:
    raise ValueError(f"{text} is not JSON")


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 timestamp as UTC; a date alone means 00:00 UTC (facts.md, Transport).

    Raises ValueError for anything else, a time without an offset included.
    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 timestamp with offset")
    day, clock, fraction, offset = match.groups()
    if clock is None:
        return datetime.fromisoformat(f"{day}T00:00:00+00:00")
    try:
        return datetime.fromisoformat(f"{day}T{clock}{fraction or ''}{offset.upper()}").astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the calendar") from None


def problem(title: str, details: str, *, pointer: str = "", parameter: str = "") -> dict[str, object]:
    """One entry of `errors` in the envelope; `source` names the place in the body or the parameter."""
    source = {"pointer": pointer} if pointer else {"parameter": parameter} if parameter else {}
    return {"title": title, "details": details, "source": source}


def envelope(
    status: int, message: str, errors: Sequence[Mapping[str, object]] = (), *, operation: str = ""
) -> dict[str, object]:
    """The documented error body; `StatusCode` is left out where the API does so (facts.md, Transport)."""
    body: dict[str, object] = {"message": message, "errors": list(errors)}
    if not (status == 400 and operation in PLAIN_400):
        body["StatusCode"] = status
    return body
