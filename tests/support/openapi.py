"""Validates answers against the official description of the API, which the repository does not hold.

The description is found by TALON_OPENAPI (default: ../shared/talon-one/ beside the repository). Its schemas
are open; here they are closed, so that a field which the API does not know fails too.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.validators import extend

from tests.support import surroundings

FILES = {"26.16": "integration-openapi.json", "25.15": "integration-openapi-25.15.json"}

# Slips of the description (effects.md, last section): required there, but defined nowhere, or sent by nobody.
_NEVER_SENT = {
    "CustomerSessionV2": {"coupon", "referral"},
    "CustomerAchievement": {"isCappedByTarget"},
    "ExtendLoyaltyPointsExpiryDateEffectProps": {"previousExpirationDate"},
}
# Allowed by responseContent, but defined nowhere in the answer (effects.md, last section).
_UNDEFINED = {"CustomerProfileIntegrationResponseV2": {"achievements"}}
# Null where the description knows a type only: deprecated, or no tier above (facts.md, The rest; Loyalty ledger).
_NULLABLE = {
    "CustomerProfile": {"loyaltyMemberships"},
    "LedgerInfo": {"nextTierName"},
    "LoyaltyBalanceWithTier": {"nextTierName"},
}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or _RFC3339.fullmatch(value) is not None


@_FORMATS.checks("uuid")
def _is_uuid(value: object) -> bool:
    return (
        not isinstance(value, str)
        or re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", value) is not None
    )


_TYPES = Draft202012Validator.TYPE_CHECKER.redefine(
    "number", lambda _checker, value: isinstance(value, int | float | Decimal) and not isinstance(value, bool)
)
_Validator = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, type_checker=_TYPES
)


@dataclass(slots=True)
class Description:
    """One edition's description; `checked` counts the answers that were validated."""

    document: Mapping[str, Any]
    checked: int = 0
    _responses: dict[tuple[str, str], Any] = field(default_factory=dict)

    @classmethod
    def load(cls, edition: str = "26.16") -> "Description":
        """Read the description of an edition."""
        return cls(_read(surroundings.OPENAPI / FILES[edition]))

    def problems(self, operation: str, status: int, body: object) -> list[str]:
        """What in an answer contradicts the description; `operation` by its wire name."""
        self.checked += 1
        declared = self._operations()[operation]["responses"]
        if str(status) not in declared:
            return [f"{operation}: status {status} is not declared"]
        content = declared[str(status)].get("content")
        if content is None or status == 204:  # 25.15 declares a body for one 204, which cannot have any
            return [] if body is None else [f"{operation}: {status} has no body"]
        if body is None:
            return [f"{operation}: {status} needs a body"]
        validator = self._responses.get((operation, str(status)))
        if validator is None:
            schema = {
                "$defs": _closed_schemas(self.document),
                **_close("", content["application/json"]["schema"]),
            }
            validator = self._responses[operation, str(status)] = _Validator(schema, format_checker=_FORMATS)
        return [
            f"{operation}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(body)
        ]

    def _operations(self) -> dict[str, Any]:
        return _operations(self.document["paths"])


@cache
def _read(path: Path) -> Mapping[str, Any]:
    return _Frozen(json.loads(path.read_text(encoding="utf-8")))


class _Frozen(dict[str, Any]):
    """A document that can be a cache key: one object, one key."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return self is other


def _operations(paths: Mapping[str, Any]) -> dict[str, Any]:
    return {
        operation["operationId"]: operation
        for methods in paths.values()
        for operation in methods.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


@cache
def _closed_schemas(document: Any) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    closed = {name: _close(name, _flat(schemas, name, schema)) for name, schema in schemas.items()}
    closed["Effect"] = _effect(closed)
    return closed


def _flat(schemas: Mapping[str, Any], name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """One object schema out of an `allOf`, for parts closed one by one refuse each other's fields."""
    if "allOf" not in schema:
        return dict(schema)
    merged: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in schema["allOf"]:
        part_name = part["$ref"].rpartition("/")[2] if "$ref" in part else name
        flat = _flat(schemas, part_name, schemas[part_name] if "$ref" in part else part)
        merged["properties"].update(flat.get("properties", {}))
        merged["required"] += flat.get("required", [])
        if "additionalProperties" in flat:
            merged["additionalProperties"] = flat["additionalProperties"]
    return merged


def _close(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with references made local, objects closed, and the known slips taken out."""
    if "$ref" in schema:
        return {"$ref": "#/$defs/" + schema["$ref"].rpartition("/")[2]}
    closed = {key: value for key, value in schema.items() if key in _KEPT}
    if schema.get("nullable"):
        closed = {"anyOf": [closed, {"type": "null"}]}
    if schema.get("properties"):
        closed["properties"] = {key: _close("", value) for key, value in schema["properties"].items()}
        for key in _NULLABLE.get(name, set()) & set(closed["properties"]):
            closed["properties"][key] = {"anyOf": [closed["properties"][key], {"type": "null"}]}
        closed["required"] = sorted(set(schema.get("required", ())) - _NEVER_SENT.get(name, set()))
        for key in _NEVER_SENT.get(name, set()) | _UNDEFINED.get(name, set()):
            closed["properties"].setdefault(key, {})
        closed.setdefault("additionalProperties", False)
    if isinstance(schema.get("additionalProperties"), dict):
        closed["additionalProperties"] = _close("", schema["additionalProperties"])
    if "items" in schema:
        closed["items"] = _close("", schema["items"])
    if isinstance(closed.get("items"), list):
        closed["items"] = {}
    return closed


_KEPT = frozenset(
    {"type", "enum", "const", "format", "pattern", "minimum", "maximum", "minLength", "maxLength", "minItems"}
    | {"maxItems", "required", "additionalProperties"}
)


def _effect(closed: Mapping[str, Any]) -> dict[str, Any]:
    """Effects checked by their type: the description lists the props as alternatives that overlap."""
    effect: dict[str, Any] = {**closed["Effect"], "properties": dict(closed["Effect"]["properties"])}
    types = {
        name.removesuffix("EffectProps")[0].lower() + name.removesuffix("EffectProps")[1:]: name
        for name in closed
        if name.endswith("EffectProps")
    }
    if "AddLoyaltyPointsEffectProps" not in closed:
        return effect  # 25.15 leaves the props open
    types["customEffect"] = types.pop("custom", "CustomEffectProps")
    effect["properties"]["props"] = {"type": "object"}
    effect["properties"]["effectType"] = {"enum": sorted(types)}
    effect["allOf"] = [
        {
            "if": {"properties": {"effectType": {"const": effect_type}}},
            "then": {"properties": {"props": {"$ref": f"#/$defs/{name}"}}},
        }
        for effect_type, name in types.items()
    ]
    return effect
