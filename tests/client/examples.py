"""The examples of the docstrings as calls: `client` is the module that builds them, so nothing is sent."""

import doctest
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from talon_client import OPERATIONS, Call, calls, models


def lines(operation_id: str) -> list[str]:
    """The statements of an operation's example."""
    docstring = getattr(calls, operation_id).__doc__ or ""
    return [example.source for example in doctest.DocTestParser().get_examples(docstring)]


def run(operation_id: str, client: object) -> Any:
    """Runs an operation's example on `client` and answers what its last line does."""
    names: dict[str, Any] = {
        "client": client,
        "models": models,
        "datetime": datetime,
        "UTC": UTC,
        "Decimal": Decimal,
    }
    *before, last = lines(operation_id)
    for statement in before:
        exec(statement, names)
    return eval(last, names)


def example(operation_id: str) -> Call[Any]:
    """A valid call of that operation."""
    call: Call[Any] = run(operation_id, calls)
    assert call.operation.id == operation_id
    return call


EXAMPLES = {operation_id: example(operation_id) for operation_id in OPERATIONS}
