"""The Talon.One Integration API in Python: typed, safe to repeat, bounded in time.

    with TalonClient.from_env() as client:
        inventory = client.get_customer_inventory("maria", profile=True, loyalty=True)

One method an operation, named as the API's `operationId` in snake case. `talon_client.calls` builds the same
requests without sending them, for `send_all`, `iterate`, `describe` and `restricted`.
"""

from typing import TYPE_CHECKING

from talon_client import calls, errors, models
from talon_client.base import Answer
from talon_client.call import Call, Safety
from talon_client.client import TalonClient
from talon_client.describe import Description
from talon_client.errors import (
    APIError,
    BadRequest,
    ConfigError,
    Conflict,
    DeadlineExceeded,
    DecodeError,
    Forbidden,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    TalonError,
    Timeout,
    TransportError,
    Unauthorized,
)
from talon_client.events import Event, logging_hook
from talon_client.operation import Operation, Parameter
from talon_client.operations import OPERATIONS
from talon_client.paging import Iteration, Report

if TYPE_CHECKING:
    from talon_client.async_client import AsyncTalonClient
    from talon_client.async_paging import AsyncIteration
else:

    def __getattr__(name: str) -> object:
        # Late: whoever waits for answers need not load asyncio.
        if name == "AsyncTalonClient":
            from talon_client.async_client import AsyncTalonClient

            return AsyncTalonClient
        if name == "AsyncIteration":
            from talon_client.async_paging import AsyncIteration

            return AsyncIteration
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "OPERATIONS",
    "APIError",
    "Answer",
    "AsyncIteration",
    "AsyncTalonClient",
    "BadRequest",
    "Call",
    "ConfigError",
    "Conflict",
    "DeadlineExceeded",
    "DecodeError",
    "Description",
    "Event",
    "Forbidden",
    "Iteration",
    "NotAllowed",
    "NotFound",
    "Operation",
    "OutcomeUnknown",
    "Parameter",
    "RateLimited",
    "Report",
    "Safety",
    "ServerError",
    "TalonClient",
    "TalonError",
    "Timeout",
    "TransportError",
    "Unauthorized",
    "calls",
    "errors",
    "logging_hook",
    "models",
]
