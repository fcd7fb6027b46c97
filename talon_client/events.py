"""What happens while a call is made, told to hooks: operation and path template, never ids or keys."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

_log = logging.getLogger("talon_client")

EventKind = Literal["call", "attempt", "retry", "outcome"]


@dataclass(frozen=True, slots=True)
class Event:
    """`call` and `outcome` come once a call, `attempt` before each try (which may end unsent: no connection, its turn
    never came), `retry` before each wait.

    `elapsed` and `wait` are seconds; `error` is the name of an error class.
    """

    kind: EventKind
    operation: str
    method: str
    path: str
    safety: str
    attempt: int = 0
    status: int | None = None
    error: str | None = None
    elapsed: float = 0.0
    wait: float = 0.0


Hook = Callable[[Event], None]


def tell(hooks: Iterable[Hook], event: Event) -> None:
    """Calls every hook. A hook that fails is logged; it never breaks the call that it watches."""
    for hook in hooks:
        try:
            hook(event)
        except Exception:
            _log.exception("a hook failed on %s of %s", event.kind, event.operation)


def logging_hook(logger: logging.Logger | None = None, level: int = logging.INFO) -> Hook:
    """A hook that writes one line for each outcome and each retry."""
    target = logger or _log

    def write(event: Event) -> None:
        if event.kind == "outcome":
            target.log(
                level,
                "%s %s -> %s after %d attempt(s) in %.3f s",
                event.operation,
                event.path,
                event.error or event.status,
                event.attempt,
                event.elapsed,
            )
        elif event.kind == "retry":
            target.log(
                level,
                "%s attempt %d: %s, again in %.3f s",
                event.operation,
                event.attempt,
                event.error,
                event.wait,
            )

    return write
