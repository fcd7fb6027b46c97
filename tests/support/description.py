"""The official description of the API, read as plain facts: operations, parameters, and flat object schemas."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.support import surroundings

FILES = {"25.15": "integration-openapi-25.15.json", "26.16": "integration-openapi.json"}

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an object, as the description has it."""

    name: str
    schema: Schema
    required: bool


@dataclass(frozen=True, slots=True)
class Described:
    """One operation. `body` and `answers` are schemas; an answer without a body is None."""

    wire_id: str
    method: str
    path: str
    tag: str
    parameters: Mapping[str, Schema]
    body: Schema | None
    answers: Mapping[int, Schema | None]


class Edition:
    """One edition of the description."""

    def __init__(self, name: str) -> None:
        self.name = name
        text = (surroundings.OPENAPI / FILES[name]).read_text(encoding="utf-8")
        self._document: dict[str, Any] = json.loads(text)
        self.operations = {
            described.wire_id: described
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "operationId" in operation
            for described in [self._operation(path, method, operation)]
        }

    def schemas(self) -> Mapping[str, Schema]:
        """The named schemas."""
        found: Mapping[str, Schema] = self._document["components"]["schemas"]
        return found

    def resolve(self, schema: Schema) -> Schema:
        """What a reference stands for, also through an `allOf` of one."""
        while True:
            if "$ref" in schema:
                found: Any = self._document
                for step in schema["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
                schema = found
            elif len(schema.get("allOf", ())) == 1 and "properties" not in schema:
                schema = schema["allOf"][0]
            else:
                return schema

    def fields(self, schema: Schema) -> dict[str, Field]:
        """The properties of an object, `allOf` merged; empty for anything else."""
        schema = self.resolve(schema)
        found: dict[str, Field] = {}
        for part in schema.get("allOf", ()):
            found.update(self.fields(part))
        required = set(schema.get("required", ()))
        for name, value in schema.get("properties", {}).items():
            found[name] = Field(name, value, name in required)
        for name in required & set(found):
            found[name] = Field(name, found[name].schema, required=True)
        return found

    def kind(self, schema: Schema) -> str:
        """`string`, `datetime`, `integer`, `number`, `boolean`, `object`, `map of ...`, `list of ...`, `any`."""
        schema = self.resolve(schema)
        kinds = schema.get("type")
        if isinstance(kinds, list):
            [kinds] = [kind for kind in kinds if kind != "null"]
        if "items" in schema:
            return f"list of {self.kind(schema['items'])}"
        inner = schema.get("additionalProperties")
        if isinstance(inner, dict) and inner:
            return f"map of {self.kind(inner)}"
        if self.fields(schema) or kinds == "object":
            return "object"
        if kinds == "string" and schema.get("format") == "date-time":
            return "datetime"
        return kinds if isinstance(kinds, str) else "any"

    def inner(self, schema: Schema) -> Schema:
        """The schema of a list's items or a map's values, however deep; the schema itself otherwise."""
        schema = self.resolve(schema)
        deeper = schema.get("items") or schema.get("additionalProperties")
        return self.inner(deeper) if isinstance(deeper, dict) and deeper else schema

    def _operation(self, path: str, method: str, operation: dict[str, Any]) -> Described:
        body = self.resolve(operation["requestBody"]) if "requestBody" in operation else None
        return Described(
            wire_id=operation["operationId"],
            method=method.upper(),
            path=path,
            tag=operation["tags"][0],
            parameters={each["name"]: each for each in map(self.resolve, operation.get("parameters", ()))},
            body=None if body is None else body["content"]["application/json"]["schema"],
            answers={
                int(status): answer.get("content", {}).get("application/json", {}).get("schema")
                for status, answer in operation["responses"].items()
            },
        )


@cache
def edition(name: str) -> Edition:
    """An edition, read once."""
    return Edition(name)
