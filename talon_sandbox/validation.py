"""Requests checked against the operation table before any handler sees them; refusals name the place."""

import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from pydantic import ValidationError

from talon_client.operation import Operation, Parameter

from .contract import ApiError, Request
from .edition import Edition
from .encoding import INVALID, load_json, parse_instant, problem
from .routing import Match

_MOST_ERRORS = 20
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_LOOSE_BOOLEANS = {"1": "true", "t": "true", "true": "true", "0": "false", "f": "false", "false": "false"}
_LONGEST_KEY = 255
_DRY = {"parameter": "dry"}
# `errors[].title` of the API (facts.md, Transport) by the type of pydantic's finding; the rest is ours.
_TITLES = {"extra_forbidden": "Unknown", "missing": "Required", "literal_error": "enum", "enum": "enum"}


def read_request(
    match: Match,
    query: bytes,
    body: bytes,
    *,
    idempotency_key: str | None,
    edition: Edition,
    loose: bool = False,
) -> Request:
    """Return the request with every value typed; ApiError 400 says which parameter or field is wrong.

    `loose`: parameters and fields that are unknown are left out, and values that can be read as what they should be
    are; parameters that cannot are left out too, but for `dry`: whoever meant it must not write.
    """
    operation = match.operation
    errors: list[dict[str, object]] = []
    path: dict[str, str | int] = {}
    for parameter in operation.parameters:
        if parameter.place == "path":
            value = _read(parameter, [match.path[parameter.name]], edition, errors)
            if isinstance(value, str | int):
                path[parameter.name] = value
    doubts: list[dict[str, object]] = []
    arguments = _read_query(operation, query, edition, doubts, loose)
    knows_dry = any(parameter.wire == "dry" for parameter in operation.parameters)
    errors += [each for each in doubts if not loose or (knows_dry and each["source"] == _DRY)]
    if idempotency_key is not None and not 0 < len(idempotency_key) <= _LONGEST_KEY:
        errors.append(
            problem("Invalid value", "1 to 255 characters are allowed", parameter="Idempotency-Key")
        )
    if errors:
        raise ApiError(400, INVALID, errors)
    return Request(
        operation=operation.id,
        path=path,
        query=arguments,
        body=_read_body(operation, body, edition, loose) if operation.request is not None else None,
        idempotency_key=idempotency_key,
        body_hash=sha256(repr((sorted(path.items()), sorted(arguments.items()))).encode() + body).hexdigest(),
    )


def _read_query(
    operation: Operation[object],
    query: bytes,
    edition: Edition,
    errors: list[dict[str, object]],
    loose: bool,
) -> dict[str, object]:
    known = {
        parameter.wire: parameter
        for parameter in operation.parameters
        if parameter.place == "query" and edition.knows(parameter.since)
    }
    given: dict[str, list[str]] = {}
    for pair in query.split(b"&"):
        if not pair:
            continue
        name, _, text = pair.replace(b"+", b" ").partition(b"=")
        try:
            wire, value = unquote_to_bytes(name).decode(), unquote_to_bytes(text).decode()
        except UnicodeDecodeError:
            errors.append(problem("Invalid type", "not UTF-8 text", parameter=repr(name)[2:-1]))
            continue
        if loose and wire.lower() == "dry" and "dry" in known:
            wire = "dry"
        if wire in known:
            given.setdefault(wire, []).append(value)
        else:
            errors.append(problem("Unknown", "no such parameter of this operation", parameter=wire))
    arguments: dict[str, object] = {}
    for wire, values in given.items():
        read = _read(known[wire], values, edition, errors, loose)
        if read is not None:
            arguments[known[wire].name] = read
    return arguments


def _read(
    parameter: Parameter,
    values: list[str],
    edition: Edition,
    errors: list[dict[str, object]],
    loose: bool = False,
) -> object:
    """Return the typed value; on a problem note it and return None."""
    try:
        if loose and parameter.kind == "boolean":
            values = [_LOOSE_BOOLEANS.get(value.lower(), value) for value in values]
        if parameter.kind in ("strings", "integers"):
            if parameter.style == "joined":
                values = [item for value in values for item in value.split(",")]
            if (
                parameter.repeated_since is None
                or edition.knows(parameter.repeated_since)
                or len(values) == 1
            ):
                return tuple(_single(parameter, value, edition) for value in values)
        if len(values) > 1:
            raise _Wrong("Invalid value", "given more than once")
        return _single(parameter, values[0], edition)
    except _Wrong as wrong:
        errors.append(problem(wrong.title, wrong.details, parameter=parameter.wire))
        return None


class _Wrong(ValueError):
    def __init__(self, title: str, details: str) -> None:
        super().__init__(details)
        self.title, self.details = title, details


def _single(parameter: Parameter, text: str, edition: Edition) -> object:
    if parameter.kind in ("integer", "integers"):
        if not _INTEGER.fullmatch(text):
            raise _Wrong("Invalid type", "an integer is required")
        return _in_range(parameter, int(text), edition)
    if parameter.kind == "boolean":
        if text not in _BOOLEANS:
            raise _Wrong("Invalid type", "true or false is required")
        return _BOOLEANS[text]
    if parameter.kind == "datetime":
        try:
            return parse_instant(text)
        except ValueError as error:
            raise _Wrong("Invalid type", str(error)) from None
    if parameter.choices and text not in parameter.choices:
        raise _Wrong("enum", f"must be one of {', '.join(parameter.choices)}")
    if parameter.max_length is not None and len(text) > parameter.max_length:
        raise _Wrong("Invalid value", f"at most {parameter.max_length} characters are allowed")
    if parameter.min_length is not None and len(text) < parameter.min_length:
        raise _Wrong("Invalid value", f"at least {parameter.min_length} characters are required")
    return text


def _in_range(parameter: Parameter, value: int, edition: Edition) -> int:
    lowest, highest = parameter.minimum, parameter.maximum
    if parameter.name == "skip":
        lowest = 0
    if parameter.name == "page_size" and highest is not None:
        highest = edition.largest_page(highest)
    if (lowest is not None and value < lowest) or (highest is not None and value > highest):
        raise _Wrong(
            "Invalid value", f"must be between {lowest} and {highest}" if highest else f"at least {lowest}"
        )
    return value


def _read_body(
    operation: Operation[object], body: bytes, edition: Edition, loose: bool
) -> Mapping[str, object]:
    assert operation.request is not None
    if not body.strip():
        raise ApiError(400, INVALID, [problem("Required", "a JSON body is required")])
    try:
        parsed = load_json(body)
    except ValueError as error:
        raise ApiError(400, INVALID, [problem("Invalid type", f"not valid JSON: {error}")]) from None
    try:
        if loose:
            read = operation.request.model_validate_json(body, extra="ignore", by_alias=True, by_name=False)
            parsed = load_json(read.model_dump_json(by_alias=True, exclude_unset=True).encode())
        else:
            operation.request.model_validate_json(body, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        raise ApiError(400, INVALID, _findings(error)) from None
    assert isinstance(parsed, dict)
    if b"null" in body:
        parsed = _without_nulls(parsed)
    newer = edition.newer_input(operation.id, parsed)
    if newer:
        details = f"not known to edition {edition.name}"
        raise ApiError(400, INVALID, [problem("Unknown", details, pointer=pointer) for pointer in newer])
    return parsed


def _without_nulls(fields: dict[str, object]) -> dict[str, object]:
    """A field that is null counts as left out; in attributes null has a meaning of its own."""
    return {
        name: value if name == "attributes" else _kept(value)
        for name, value in fields.items()
        if value is not None
    }


def _kept(value: object) -> object:
    if isinstance(value, dict):
        return _without_nulls(value)
    return [_kept(item) for item in value] if isinstance(value, list) else value


def _findings(error: ValidationError) -> list[dict[str, object]]:
    findings = []
    for finding in error.errors(include_url=False, include_context=False, include_input=False)[:_MOST_ERRORS]:
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in finding["loc"])
        kind = finding["type"]
        title = _TITLES.get(kind, "Invalid type" if kind.endswith(("_type", "_parsing")) else "Invalid value")
        findings.append(problem(title, finding["msg"], pointer=pointer))
    return findings
