"""Which pool of connections is used, and what happens when it has lost places."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

POOL_WAIT = 1.0
"""Seconds that an attempt waits for a connection of our own pool: it has a place for whoever has a turn."""


class Connections(Generic[T]):
    """The httpx client that is used: the caller's own, or one that is `made` anew when its pool has no place left.

    httpcore loses the place of a connection whose TLS handshake fails behind a proxy. Without this, a client that has
    seen as many of those as it may have requests in flight would never send anything again.
    """

    def __init__(self, http: T | None, made: Callable[[], T]) -> None:
        self.owned = http is None
        self.http = made() if http is None else http
        self._made = made
        self._lock = threading.Lock()
        self._before: list[T] = []
        self._ended = False

    def wait(self, left: float) -> float:
        """How long to wait for a connection when so much time is left."""
        return min(left, POOL_WAIT) if self.owned else left

    def without_place(self, http: T) -> None:
        """There was none in time. What others have under way on it goes on."""
        with self._lock:
            if self.owned and http is self.http and not self._ended:
                self._before.append(http)
                self.http = self._made()

    def to_close(self) -> list[T]:
        """What has to be closed with the client; from now on none is made."""
        with self._lock:
            self._ended = True
            return [self.http, *self._before] if self.owned else []
