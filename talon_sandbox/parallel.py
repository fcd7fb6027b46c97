"""Parallel updates: per profile and per session id one request runs and two wait; a further one is refused."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

BUSY = "Too many requests are updating this profile/session at the same time"
MOST = 3  # one that runs and two that wait (facts.md, Transport)

# Where an operation names its session and its profile: in the path, or in the body.
_PLACES: dict[str, tuple[str, ...]] = {
    "update_customer_session_v2": ("path session", "customerSession/profileId profile"),
    "update_customer_profile_v2": ("path profile",),
    "track_event": ("sessionId session", "profileId profile"),
    "track_event_v2": ("profileId profile",),
    "track_event_v3": ("profileId profile",),
}


class Turns:
    """Who runs and who waits, by id. Without an injected delay nobody ever waits: a transaction is not interrupted."""

    def __init__(self) -> None:
        self._users: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(self, keys: tuple[str, ...]) -> AsyncIterator[bool]:
        """Waits for one's turn; False, at once, when as many as may wait for one of the ids do."""
        if any(self._users.get(key, 0) >= MOST for key in keys):
            yield False
            return
        for key in keys:
            self._users[key] = self._users.get(key, 0) + 1
        try:
            async with AsyncExitStack() as held:
                for key in keys:
                    await held.enter_async_context(self._locks.setdefault(key, asyncio.Lock()))
                yield True
        finally:
            for key in keys:
                self._users[key] -= 1
                if not self._users[key]:
                    del self._users[key], self._locks[key]


def keys_of(operation: str, path: dict[str, str], body: bytes | None) -> tuple[str, ...]:
    """The ids that a request updates, sorted, so that two requests never wait for each other."""
    places = _PLACES.get(operation)
    if places is None:
        return ()
    document = _read(body)
    found = set()
    for place in places:
        where, kind = place.split()
        value = next(iter(path.values()), None) if where == "path" else _at(document, where)
        if isinstance(value, str) and value:
            found.add(f"{kind} {value}")
    return tuple(sorted(found))


def _read(body: bytes | None) -> object:
    try:
        return json.loads(body or b"null")
    except (ValueError, RecursionError):
        return None  # refused later, with a place


def _at(document: object, where: str) -> object:
    for name in where.split("/"):
        document = document.get(name) if isinstance(document, dict) else None
    return document
