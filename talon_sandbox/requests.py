"""What was asked: a bounded log of API requests, so that a test can say what was sent and how often."""

from collections import deque
from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Entry:
    """One request. `status` is None when the answer was never sent; `dry` only when the request said so."""

    number: int
    operation: str | None
    method: str
    path: str
    at: str
    status: int | None = None
    idempotency_key: str | None = None
    dry: bool = False
    fault: str | None = None
    milliseconds: float = 0.0


class RequestLog:
    """The newest `size` requests, oldest first. Holds path templates and query flags, never ids or bodies."""

    def __init__(self, size: int = 10_000) -> None:
        self._entries: deque[Entry] = deque(maxlen=size)
        self.total = 0

    def add(self, operation: str | None, method: str, path: str, at: str) -> Entry:
        """Note a request on arrival; the caller fills in how it ended."""
        self.total += 1
        entry = Entry(self.total, operation, method, path, at)
        self._entries.append(entry)
        return entry

    def entries(self, *, operation: str | None = None, since: int = 0) -> list[dict[str, object]]:
        """The requests kept, as JSON, of one operation and after a number where asked."""
        return [
            asdict(entry)
            for entry in self._entries
            if entry.number > since and operation in (None, entry.operation)
        ]

    def clear(self) -> None:
        """Forget all requests and start counting anew."""
        self._entries.clear()
        self.total = 0
