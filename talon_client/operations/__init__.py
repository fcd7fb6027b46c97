"""The table of operations that client, sandbox, roles, audit, documentation and tests share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from talon_client.operation import Operation
from talon_client.operations import cards, coupons, loyalty, profiles, sessions

OPERATIONS: Mapping[str, Operation[Any]] = MappingProxyType(
    {
        operation.id: operation
        for room in (profiles, sessions, loyalty, cards, coupons)
        for operation in room.ALL
    }
)

__all__ = ["OPERATIONS"]
