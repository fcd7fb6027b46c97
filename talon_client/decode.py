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
    return TypeAdapter(operation.response)


def decode(operation: Operation[T], done: Completed) -> T:
    """The value of a success; `DecodeError` when the body is not what the API documents."""
    if operation.response is None:
        return cast(T, None)
    try:
        value = _adapter(operation).validate_json(done.response.body)
    except ValidationError as error:
        # The error's own text would quote the body.
        places = ", ".join(_place(each["loc"]) for each in error.errors(include_input=False)[:3])
        raise DecodeError(
            f"success {done.response.status}, but the answer could not be read ({places})",
            status=done.response.status,
            operation=operation.id,
            attempts=done.attempts,
        ) from None
    return cast(T, value)


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location) or "not JSON"
