"""Makes requests that are mostly wrong, from the operation table and the request models alone.

Nothing here knows an operation by name, so a new one is tried as soon as it is in the table.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from talon_client.operation import Operation, Parameter

ODD: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2,
        0.001,
        1e15,
        10**19,
        -(10**30),
        1e308,
        "",
        " ",
        "a",
        "x" * 101,
        "x" * 1001,
    ),
    *(
        "\x00",
        "🎉",
        "ﷺ",
        "../../x",
        "' or 1=1 --",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "2026-13-01",
    ),
    *([], {}, [None], [[]], {"": None}, "closed", "now", "30D", "\ud7ff"),
)
QUERY = (
    "true",
    "false",
    "",
    "1",
    "0",
    "-1",
    "1000",
    "9" * 30,
    "2026-01-01",
    "0001-01-01T00:00:00Z",
    "x,y",
    "%00",
)
RIGHT = {
    "boolean": ("true", "false"),
    "integer": ("1", "2", "50"),
    "datetime": ("2026-12-01T00:00:00Z", "2026-01-01", "2027-06-30T12:00:00+02:00"),
    "string": ("x", "shoes", "s1"),
}
BODIES = (b"", b" ", b"{", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b"{}" * 2, b'{"a":NaN}', b"[" * 5000)
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Bad:
    """One request."""

    operation: Operation[Any]
    method: str
    path: str
    query: str
    body: bytes | None


class Maker:
    """Makes requests; `known` are ids that exist, by path parameter and by field."""

    def __init__(self, seed: int, known: Mapping[str, Sequence[object]]) -> None:
        self.chance = random.Random(seed)
        self.known = known
        self._schemas: dict[str, Mapping[str, Any]] = {}

    def request(self, operation: Operation[Any]) -> Bad:
        """A request of that operation with a few things wrong, or none."""
        path, query = operation.path, []
        for parameter in operation.parameters:
            if parameter.place == "path":
                text = str(self._path_value(parameter))
                path = path.replace("{" + parameter.wire + "}", quote(text, safe="") or "%20")
            elif self.chance.random() < 0.2:
                value = self._query_value(parameter)
                query.append(f"{parameter.wire}={value if value == '%00' else quote(value, safe=',')}")
        if self.chance.random() < 0.02:
            query.append(self.chance.choice(("extra=1", "&&", "=", "%ff=1", "dry=true&dry=true")))
        return Bad(operation, operation.method, path, "&".join(query), self._body(operation))

    def _query_value(self, parameter: Parameter) -> str:
        if self.chance.random() < 0.2:
            return self.chance.choice(QUERY)
        known = [*parameter.choices, *map(str, self._known(parameter.name))]
        return self.chance.choice(known or RIGHT[parameter.kind.removesuffix("s")])

    def _path_value(self, parameter: Parameter) -> object:
        known = self._known(parameter.name)
        if known and self.chance.random() < 0.8:
            return self.chance.choice(known)
        return self.chance.choice([value for value in ODD if not isinstance(value, list | dict)])

    def _known(self, name: str) -> Sequence[object]:
        return self.known.get(name, ())

    def _body(self, operation: Operation[Any]) -> bytes | None:
        if operation.request is None:
            return None if self.chance.random() < 0.95 else self.chance.choice(BODIES)
        if self.chance.random() < 0.03:
            return self.chance.choice(BODIES)
        schema = self._schemas.get(operation.id)
        if schema is None:
            schema = self._schemas[operation.id] = operation.request.model_json_schema(by_alias=True)
        # Most fields are right: a request with one mistake gets further than one with ten.
        wrong = self.chance.choice((0.0, 0.0, 0.02, 0.05, 0.2))
        return json.dumps(self._value("", schema, schema, wrong, 0)).encode()

    def _value(
        self, name: str, schema: Mapping[str, Any], root: Mapping[str, Any], wrong: float, depth: int
    ) -> object:
        chance = self.chance
        if chance.random() < wrong:
            return chance.choice(ODD)
        allowed = [schema["const"]] if "const" in schema else schema.get("enum")
        known = [value for value in self._known(name) if allowed is None or value in allowed]
        if known and chance.random() < 0.9:
            return chance.choice(known)
        if "$ref" in schema:
            found: Any = root
            for step in schema["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            return self._value(name, found, root, wrong, depth)
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                options = [option for option in schema[several] if option.get("type") != "null"]
                options = [option for option in options if option.get("type") == "number"] or options
                return self._value(name, chance.choice(options), root, wrong, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return chance.choice(schema["enum"])
        match schema.get("type"):
            case "object":
                return self._object(schema, root, wrong, depth)
            case "array":
                count = 0 if depth > _DEEPEST else chance.choice((1, 1, 2, schema.get("minItems", 0)))
                return [
                    self._value(name, schema.get("items", {}), root, wrong, depth + 1) for _ in range(count)
                ]
            case "integer":
                return chance.choice((1, 1, 2, 0, schema.get("minimum", 1), schema.get("maximum", 3)))
            case "number":
                return chance.choice((1, 9.99, 120, 0, 0.005))
            case "boolean":
                return chance.random() < 0.5
            case "string" if schema.get("format") == "date-time":
                return chance.choice(
                    ("2026-11-25T00:00:00Z", "2027-01-01T00:00:00+01:00", "2020-01-01T00:00:00Z")
                )
        return chance.choice(("x", "SKU-1", "Name", "30D", "x" * schema.get("minLength", 4)))

    def _object(self, schema: Mapping[str, Any], root: Mapping[str, Any], wrong: float, depth: int) -> object:
        chance, required = self.chance, set(schema.get("required", ()))
        made = {
            name: self._value(name, inner, root, wrong, depth + 1)
            for name, inner in schema.get("properties", {}).items()
            if (chance.random() >= wrong if name in required else depth < _DEEPEST and chance.random() < 0.4)
        }
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict) and inner and chance.random() < 0.5:
            made[chance.choice(("shipping", "Name", "x"))] = self._value("", inner, root, wrong, depth + 1)
        if chance.random() < wrong:
            made[chance.choice(("extra", "a/b~c", ""))] = chance.choice(ODD)
        return made
