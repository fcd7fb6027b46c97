"""From the body of a success to its model, parsed in one step from the bytes."""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from talon_client.engine import Completed
from talon_client.errors import DecodeError
from talon_client.operation import Operation

T = TypeVar("T")


@cache
def _adapter(operation: Operation[Any]) -> TypeAdapter[Any]:
    response: Any = operation.response
    return TypeAdapter(response)


def decode(operation: Operation[T], done: Completed) -> T:
    """The value of a success; `DecodeError` when the body is not what the API documents."""
    if operation.response_model is None or (done.response.status == 204 and 204 in operation.success):
        return cast(T, None)
    value, places = _read(operation, done.response.body)
    if places is not None:
        raise DecodeError(
            f"success {done.response.status}, but the answer could not be read ({places})",
            status=done.response.status,
            operation=operation.id,
            attempts=done.attempts,
        )
    return cast(T, value)


def _read(operation: Operation[Any], body: bytes) -> tuple[object, str | None]:
    """The value and None, or None and where it failed. Apart from `decode`, so that the error raised there
    has no context: pydantic's quotes the body."""
    try:
        return _adapter(operation).validate_json(body), None
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)
        known = frozenset(_fields(operation.response, set()))
        return None, ", ".join(_place(each["loc"], known) for each in wrong[:3])


def _place(location: tuple[int | str, ...], known: frozenset[str]) -> str:
    # Keys of mappings come from the body and may be ids: only what is a field's name is repeated.
    steps = (str(step) if isinstance(step, int) or step in known else "*" for step in location)
    return ".".join(steps) or "not JSON"


def _fields(found: Any, seen: set[Any]) -> Iterator[str]:
    """The wire names of all fields of a model, and of the models in it."""
    if isinstance(found, type) and issubclass(found, BaseModel):
        if found in seen:
            return
        seen.add(found)
        for name, field in found.model_fields.items():
            yield field.alias or name
            yield from _fields(field.annotation, seen)
    for argument in get_args(found):
        yield from _fields(argument, seen)
