"""The sandbox's own OpenAPI document, out of the operation table and the request models."""

from collections.abc import Iterable, Mapping
from typing import Any

from talon_client.operation import Operation, Parameter
from talon_client.operations import OPERATIONS

from .choices import COVERAGE
from .edition import Edition

Json = dict[str, Any]
_REFERENCE = "#/components/schemas/{model}"
_KINDS: Mapping[str, Json] = {
    "string": {"type": "string"},
    "strings": {"type": "string"},
    "integer": {"type": "integer"},
    "integers": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
}
_ERRORS = {
    "400": "What was sent cannot be used; `errors` name the places.",
    "401": "The key is not this sandbox's.",
    "404": "There is no such thing.",
    "409": "It exists already, or too many requests update the same profile or session.",
}
_ENVELOPE: Json = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "title": {"type": "string"},
                    "details": {"type": "string"},
                    "source": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
        },
        "StatusCode": {"type": "integer"},
    },
}


def document(edition: Edition) -> Json:
    """The whole document of one edition. Answers are described by their kind only: they are built by hand here, so
    that a wrong model of a client shows."""
    schemas: Json = {"Error": _ENVELOPE}
    paths: Json = {}
    notes = {each["operation"]: each["note"] for each in COVERAGE}
    for operation in OPERATIONS.values():
        if edition.knows(operation.since):
            item = paths.setdefault(operation.path, {})
            item[operation.method.lower()] = _operation(
                operation, edition, schemas, notes.get(operation.id, "")
            )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Talon sandbox",
            "version": edition.name,
            "description": "What this local server plays of Talon.One's Integration API. Not Talon.One's document.",
        },
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`ApiKey-v1` and the key that was printed at the start",
                }
            },
        },
    }


def _operation(operation: Operation[Any], edition: Edition, schemas: Json, note: str) -> Json:
    described: Json = {
        "operationId": operation.wire_id,
        "tags": [operation.tag],
        "parameters": list(_parameters(operation, edition)),
        "responses": {str(status): _success(operation, status) for status in operation.success}
        | {status: _failure(text) for status, text in _ERRORS.items()},
        "x-safety": operation.safety.value,
    }
    if note:
        described["description"] = f"Not played: {note}."
    if operation.request is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _schema(operation, schemas)}},
        }
    return described


def _parameters(operation: Operation[Any], edition: Edition) -> Iterable[Json]:
    for parameter in operation.parameters:
        if edition.knows(parameter.since):
            yield _parameter(parameter, edition)
    if operation.safety.takes_key and edition.honours_keys:
        yield {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 255}}


def _parameter(parameter: Parameter, edition: Edition) -> Json:
    one: Json = dict(_KINDS[parameter.kind])
    highest = parameter.maximum
    if parameter.name == "page_size" and highest is not None:
        highest = edition.largest_page(highest)
    limits = {
        "enum": list(parameter.choices) or None,
        "minimum": parameter.minimum,
        "maximum": highest,
        "minLength": parameter.min_length,
        "maxLength": parameter.max_length,
    }
    one.update({name: value for name, value in limits.items() if value is not None})
    described: Json = {"name": parameter.wire, "in": parameter.place, "required": parameter.place == "path"}
    if parameter.style == "single":
        return {**described, "schema": one}
    explode = parameter.style == "repeated"
    return {**described, "schema": {"type": "array", "items": one}, "style": "form", "explode": explode}


def _schema(operation: Operation[Any], schemas: Json) -> Json:
    assert operation.request is not None
    schema = operation.request.model_json_schema(by_alias=True, ref_template=_REFERENCE)
    schemas.update(schema.pop("$defs", {}))
    schemas[operation.request.__name__] = schema
    return {"$ref": _REFERENCE.format(model=operation.request.__name__)}


def _success(operation: Operation[Any], status: int) -> Json:
    if operation.response is None or status == 204:
        return {"description": "Done, without a body."}
    kind = "array" if operation.id == "best_prior_price" else "object"
    return {"description": "Done.", "content": {"application/json": {"schema": {"type": kind}}}}


def _failure(text: str) -> Json:
    schema = {"$ref": _REFERENCE.format(model="Error")}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
