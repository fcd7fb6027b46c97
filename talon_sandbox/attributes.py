"""Attributes and additional costs must be defined beforehand: here by the campaigns file (facts.md, Sessions)."""

from collections.abc import Mapping
from decimal import Decimal

from .catalog import Catalog
from .contract import ApiError
from .encoding import parse_instant

_TYPES = {"string": "a text", "number": "a number", "boolean": "true or false", "time": "a timestamp"}
_LISTS = {"strings": "a list of texts", "numbers": "a list of numbers"}


def check_attributes(catalog: Catalog, entity: str, attributes: Mapping[str, object], pointer: str) -> None:
    """ApiError 400 that names every unknown attribute (`Unknown`) and every wrong value (`Invalid type`).

    null is allowed: it removes the attribute (choices.py, null-attribute).
    """
    known = catalog.attributes.get(entity, {})
    errors = []
    for name, value in attributes.items():
        if name not in known:
            errors.append(_error("Unknown", f"{entity} has no attribute {name!r}", f"{pointer}/{name}"))
        elif value is not None and not _fits(known[name], value):
            wanted = (_TYPES | _LISTS).get(known[name], known[name])
            errors.append(_error("Invalid type", f"{name} must be {wanted}", f"{pointer}/{name}"))
    if errors:
        raise ApiError(400, "The submitted data was invalid", errors)


def check_costs(catalog: Catalog, costs: Mapping[str, object], pointer: str) -> None:
    """ApiError 400 that names every unknown additional cost."""
    errors = [
        _error("Unknown", f"there is no additional cost {name!r}", f"{pointer}/{name}")
        for name in costs
        if name not in catalog.additional_costs
    ]
    if errors:
        raise ApiError(400, "The submitted data was invalid", errors)


def _error(title: str, details: str, pointer: str) -> Mapping[str, object]:
    return {"title": title, "details": details, "source": {"pointer": pointer}}


def _fits(kind: str, value: object) -> bool:
    if kind in _LISTS:
        return isinstance(value, list) and all(_fits(kind.removesuffix("s"), item) for item in value)
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if kind == "time":
        return isinstance(value, str) and _is_time(value)
    return isinstance(value, str)


def _is_time(text: str) -> bool:
    try:
        parse_instant(text)
    except ValueError:
        return False
    return True
