"""The table of operations that client, sandbox, roles, audit, documentation and tests share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from talon_client.operation import Operation
from talon_client.operations import (
    achievements,
    audiences,
    campaigns,
    cards,
    catalogs,
    coupons,
    events,
    loyalty,
    profiles,
    referrals,
    sessions,
)

_ROOMS = (
    profiles,
    sessions,
    events,
    loyalty,
    cards,
    coupons,
    referrals,
    achievements,
    audiences,
    campaigns,
    catalogs,
)

OPERATIONS: Mapping[str, Operation[Any]] = MappingProxyType(
    {operation.id: operation for room in _ROOMS for operation in room.ALL}
)

__all__ = ["OPERATIONS"]
