"""Answers as plain JSON in the API's own names, and the one canonical text of JSON that digests are made of."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256

from pydantic import BaseModel

from desk.guard.model import Json


def wire(value: object) -> Json:
    """`value` (a model of the client, or what is inside one) as JSON; amounts become decimal text."""
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="python", by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return {str(key): wire(each) for key, each in value.items()}
    if isinstance(value, (Sequence, set, frozenset)) and not isinstance(value, str):
        return [wire(each) for each in value]
    return _plain(value)


def _plain(value: object) -> Json:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (Decimal, float)):
        return amount(Decimal(str(value)))
    return value.isoformat() if isinstance(value, date) else str(value)


def record(value: object) -> Mapping[str, Json]:
    """`wire(value)` when it is an object, otherwise an empty one."""
    found = wire(value)
    return found if isinstance(found, Mapping) else {}


def amount(value: Decimal) -> str:
    """Plain decimal text without trailing zeros: `250`, `-12.5`."""
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def canonical(value: Json) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(value: Json) -> str:
    """SHA-256 of the canonical text, in hexadecimal."""
    return sha256(canonical(value).encode()).hexdigest()
