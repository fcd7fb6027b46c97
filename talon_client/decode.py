"""From the body of a success to its model, parsed in one step from the bytes."""

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

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
    value, places = _read(_adapter(operation), done.response.body)
    if places is not None:
        raise DecodeError(
            f"success {done.response.status}, but the answer could not be read ({places})",
            status=done.response.status,
            operation=operation.id,
            attempts=done.attempts,
        )
    return cast(T, value)


def _read(adapter: TypeAdapter[Any], body: bytes) -> tuple[object, str | None]:
    """The value and None, or None and where it failed. Apart from `decode`, so that the error raised there
    has no context: pydantic's quotes the body."""
    try:
        return adapter.validate_json(body), None
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_context=False, include_url=False)
        return None, ", ".join(_place(each["loc"]) for each in wrong[:3])


def _place(location: tuple[int | str, ...]) -> str:
    # Keys of mappings come from the body: only what looks like a field's name is repeated.
    steps = (str(step) if isinstance(step, int) or step.isidentifier() else "*" for step in location)
    return ".".join(steps) or "not JSON"
