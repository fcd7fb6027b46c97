"""Answers as the local server of the benchmarks gives them: realistic, and valid for every client that is measured."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

NEWEST = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def _body(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def transaction(place: int) -> dict[str, object]:
    """One movement of points, the newest at place 0: two of three are earned in a session and expire."""
    created = NEWEST - timedelta(minutes=17 * place)
    earned = place % 3 != 2
    row: dict[str, object] = {
        "transactionUUID": str(UUID(int=(0x4000 << 64) + (0x8000 << 48) + place)),
        "created": _stamp(created),
        "programId": 5,
        "customerSessionId": f"order-{900_000 - place}",
        "type": "addition" if earned else "subtraction",
        "name": "Points for an order" if earned else "Points spent on an order",
        "startDate": "immediate",
        "expiryDate": _stamp(created + timedelta(days=365)) if earned else "unlimited",
        "subledgerId": "" if place % 4 else "spring",
        "amount": 10 + place % 90 + (0.5 if place % 2 else 0),
        "id": 1_000_000 - place,
    }
    if earned:
        row |= {"rulesetId": 77, "ruleName": "One point per euro"}
    else:
        row["flags"] = {"createsNegativeBalance": False}
    return row


@lru_cache(maxsize=256)
def transactions(total: int, skip: int, size: int) -> bytes:
    """One page of a ledger that has so many rows."""
    rows = [transaction(place) for place in range(skip, min(total, skip + size))]
    return _body({"hasMore": skip + size < total, "data": rows})


@lru_cache(maxsize=16)
def points(status: str) -> bytes:
    """One page of unused points."""
    left_out = ("type", "rulesetId", "ruleName")
    earned = [transaction(3 * place) for place in range(20)]
    rows = [{name: row[name] for name in row if name not in left_out} for row in earned]
    assert status in ("active", "pending", "expired"), status
    return _body({"hasMore": False, "data": rows})


def _balance(active: float) -> dict[str, object]:
    return {
        "activePoints": active,
        "pendingPoints": 25,
        "spentPoints": 1200.5,
        "expiredPoints": 40,
        "negativePoints": 0,
    }


BALANCES = _body(
    {
        "balance": _balance(286.5),
        "subledgerBalances": {"spring": _balance(12), "travel": _balance(0)},
    }
)


def _program(number: int, title: str) -> dict[str, object]:
    ledger = {"currentBalance": 286.5, "pendingBalance": 25, "expiredBalance": 0, "spentBalance": 0}
    ledger |= {"tentativeCurrentBalance": 286.5}
    return {"id": number, "title": title, "name": title.lower(), "ledger": ledger}


INVENTORY = _body(
    {
        "profile": {
            "id": 4711,
            "created": "2023-05-04T10:11:12.123456Z",
            "integrationId": "maria",
            "attributes": {"Name": "Maria", "Language": "de"},
            "accountId": 31,
            "closedSessions": 14,
            "totalSales": 1893.4,
            "lastActivity": "2026-02-28T09:00:00Z",
            "audienceMemberships": [],
            "sandbox": False,
        },
        "loyalty": {"cards": [], "programs": {"5": _program(5, "Stars"), "6": _program(6, "Miles")}},
    }
)
