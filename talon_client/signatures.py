"""What a method made from a builder of calls says of itself: to `help`, `inspect`, `create_autospec` and notebooks."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, TypeVar

M = TypeVar("M", bound=Callable[..., Any])

_SELF = Parameter("self", Parameter.POSITIONAL_ONLY)


def signed_as(build: Callable[..., object], method: M) -> M:
    """The method with the builder's name and docstring, its arguments behind `self`, and the value of the call instead
    of the call."""
    wraps(build)(method)
    # A text, as written: to evaluate it would load all models.
    value = build.__annotations__["return"].removeprefix("Call[").removesuffix("]")
    arguments = signature(build).parameters.values()
    method.__signature__ = Signature([_SELF, *arguments], return_annotation=value)  # type: ignore[attr-defined]
    method.__annotations__ = build.__annotations__ | {"return": value}
    return method
