"""How much of the API the desk takes: the shop's checkout uses the same one.

One bucket per Application and process. It refills with 20 requests a second and holds enough for the burst
of one whole customer, so people hardly wait while loops do. After a 429 or three 5xx in a row the refill is
halved for a minute (design.md, Reading).

Whole lists have a rule of their own. A ledger of 10 000 rows is 200 pages where a deployment gives 50 at once, and an
agent waits for all of them: at 20 a second, ten seconds. So a list takes one turn, when it begins, and its further
pages none: what holds them back is their number in flight, 8 for all lists of an Application together
(`connections.LISTS_IN_FLIGHT`), so that a slow API is asked slowly. While the API has asked for less (a 429, three
5xx), every page takes its turn like any other request, at the halved rate.
"""

import threading
import time
from collections.abc import Callable

from talon_client import Event

RATE = 20.0
BURST = 60.0
CALM_DOWN = 60.0
ERRORS_IN_A_ROW = 3


class Budget:
    """A hook for the client: makes attempts wait for their turn and watches what comes back."""

    def __init__(
        self,
        rate: float = RATE,
        burst: float = BURST,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._guard = threading.Lock()
        self._tokens = burst
        self._filled = clock()
        self._slow_until = float("-inf")
        self._errors = 0

    def __call__(self, event: Event) -> None:
        """Told by the client; an attempt may have to wait here, within its call's deadline."""
        if event.kind == "attempt":
            self._wait()
        elif event.kind in ("retry", "outcome"):
            self._watch(event)

    def pages(self, event: Event) -> None:
        """The same for a client that only reads lists: its pages wait only while the desk is slowed down."""
        if event.kind != "attempt" or self.slowed:
            self(event)

    def begin_list(self) -> None:
        """One turn for a list as a whole; may wait here. While slowed its first page takes it."""
        if not self.slowed:
            self._wait()

    @property
    def slowed(self) -> bool:
        """Whether the refill is halved at the moment."""
        return self._clock() < self._slow_until

    def _wait(self) -> None:
        wait = self._take()
        if wait > 0:
            self._sleep(wait)

    def _take(self) -> float:
        """Takes one turn and answers how long to wait for it, in seconds."""
        with self._guard:
            now = self._clock()
            rate = self._rate / 2 if now < self._slow_until else self._rate
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * rate)
            self._filled = now
            self._tokens -= 1
            return 0.0 if self._tokens >= 0 else -self._tokens / rate

    def _watch(self, event: Event) -> None:
        with self._guard:
            limited = event.error == "RateLimited" or event.status == 429
            failed = event.error in ("ServerError", "OutcomeUnknown")
            self._errors = self._errors + 1 if failed else 0
            if limited or self._errors >= ERRORS_IN_A_ROW:
                self._slow_until = self._clock() + CALM_DOWN
                self._errors = 0
