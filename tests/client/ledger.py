"""A list as the API keeps it, newest first, which may change between two requests."""

import threading
from collections.abc import Sequence
from typing import Any

import httpx

from talon_client import calls
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI
from tests.client.help import ok, refusal

Row = LedgerTransactionLogEntryIntegrationAPI
LIST = calls.get_loyalty_program_profile_transactions(1, "p")


def row(number: int) -> dict[str, Any]:
    return {"id": number, "transactionUUID": f"uuid-{number}", "amount": number}


class Ledger:
    """A list, newest first, that may change before any request. `cap` is refused, `most` is silent."""

    def __init__(self, count: int, cap: int = 1000, most: int = 1000, total: bool = False) -> None:
        self.rows = [row(number) for number in reversed(range(count))]
        self.cap = cap
        self.most = most
        self.total = total
        self.asked: list[tuple[int, int]] = []
        self.before: dict[int, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        with self._lock:
            skip, size = int(query.get("skip", "0")), int(query.get("pageSize", "50"))
            self.before.pop(len(self.asked), lambda: None)()
            self.asked.append((skip, size))
            if size > self.cap:
                return refusal(400, "The submitted data was invalid")
            rows = self.rows[skip : skip + min(size, self.most)]
            more = skip + len(rows) < len(self.rows)
            if self.total:
                return ok({"data": rows, "totalResultSize": len(self.rows)})
            return ok({"data": rows, "hasMore": more})

    def add(self, count: int) -> None:
        newest = self.rows[0]["id"] if self.rows else -1
        self.rows[:0] = [row(newest + each) for each in range(count, 0, -1)]


def ids(rows: Sequence[Row]) -> list[int | None]:
    return [each.id for each in rows]
