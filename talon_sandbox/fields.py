"""The fields of the campaigns file, read one by one: each is what it must be, or CatalogError says where it is not."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from .clock import to_micros
from .durations import parse_relative
from .encoding import parse_instant

Json = Mapping[str, object]


class CatalogError(ValueError):
    """The campaigns file is wrong: where, and what was expected."""


def objects(data: Json, name: str) -> list[Json]:
    """A list of objects; none where it is left out."""
    items = data.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise CatalogError(f"{name} must be a list of objects")
    return cast(list[Json], items)


def texts(data: Json, name: str) -> tuple[str, ...]:
    """A list of texts; none where it is left out."""
    items = data.get(name, [])
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise CatalogError(f"{name} must be a list of texts")
    return tuple(items)


def id_of(item: Json, word: str = "id") -> int:
    """An id, which must be there."""
    found = item[word]
    if isinstance(found, bool) or not isinstance(found, int):
        raise CatalogError(f"the campaigns file is wrong: {word} must be a whole number, not {_shown(found)}")
    return found


def name_of(item: Json) -> str:
    """A name, which must be there."""
    name = item["name"]
    if not isinstance(name, str):
        raise CatalogError(f"the campaigns file is wrong: name must be a text, not {_shown(name)}")
    return name


def attributes_of(data: Json) -> Mapping[str, Mapping[str, str]]:
    """The attributes by entity: name to type."""
    found = data.get("attributes", {})
    entities = found.values() if isinstance(found, dict) else [None]
    for names in entities:
        if not isinstance(names, dict) or not all(isinstance(kind, str) for kind in names.values()):
            raise CatalogError("attributes must hold, for each entity, an object of names and types")
    return cast(Mapping[str, Mapping[str, str]], found)


def limits_of(campaign: Json) -> tuple[Json, ...]:
    """A campaign's budgets: what is limited, how far, and for whom each."""
    limits = objects(campaign, "limits")
    for limit in limits:
        place = f"campaign {campaign['name']!r}, limits"
        if not isinstance(limit.get("action"), str):
            raise CatalogError(f"{place}: each must have an action, such as redeemCoupon")
        if not _is_amount(limit.get("limit")):
            raise CatalogError(f"{place}: each must have a limit, a number not below 0")
        texts(limit, "entities")
    return tuple(limits)


def instant(item: Json, name: str, now: int) -> int | None:
    """A date: a timestamp, or one that counts from `now`; None where it is left out."""
    value = item.get(name)
    if value is None:
        return None
    try:
        if not isinstance(value, str):
            raise ValueError("not text")
        return parse_relative(value, now) if value.startswith("now") else to_micros(parse_instant(value))
    except (OverflowError, ValueError) as error:
        text = f"campaign {item['name']!r}: {name} must be a timestamp, or such as now+14D or now-3M: {error}"
        raise CatalogError(text) from None


def number(value: object) -> Decimal:
    """A number as Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise CatalogError(f"{_shown(value)} is not a number")
    return Decimal(value)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool) and value >= 0


def _shown(value: object) -> str:
    return json.dumps(value, default=str)
