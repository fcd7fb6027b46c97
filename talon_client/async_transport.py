"""Speaks HTTP in coroutines: one attempt in, one outcome out; the async twin of `transport`."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx

from talon_client.engine import Failure, Outcome
from talon_client.request import Prepared
from talon_client.settings import Settings
from talon_client.transport import Wire, failure, open_http, quieten, whole

_NEW_CONNECTION = ("connect_tcp.complete", "connect_unix_socket.complete")

POOL_SHARE = 0.9
"""How much of an attempt may pass while it waits for a connection. Less than all, so that httpx is the one to say
that there was none, and nothing was sent."""


class _Wire(Wire):
    """Also knows the connection that is being made."""

    stream: Any = None

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        self.note(event, info)
        if event.endswith(_NEW_CONNECTION):
            self.stream = info["return_value"]

    async def hang_up(self) -> None:
        """Closes a connection that was cancelled before it was of use: httpcore loses it in the TLS handshake."""
        if self.stream is not None and not self.sending:
            await self.stream.aclose()


class AsyncHttpDriver:
    """Sends attempts over one `httpx.AsyncClient`, which coroutines share. `owned`: it is closed with the driver."""

    def __init__(self, http: httpx.AsyncClient, clock: Callable[[], float], owned: bool) -> None:
        self._http = http
        self._clock = clock
        self._owned = owned
        self._tells = False  # whether this transport has ever told how far an attempt came
        self.closed = False
        quieten()

    async def close(self) -> None:
        """From now on nothing is sent."""
        self.closed = True
        if self._owned:
            await self._http.aclose()

    async def attempt(self, prepared: Prepared, until: float) -> Outcome:
        """Makes one attempt, whole body included, until `until` (the clock's seconds).

        The event loop ends it, wherever it is: looking up names, connecting, sending, or a body that drips. Being
        cancelled by the caller is no outcome: it passes through, and the connection is closed.
        """
        if self.closed:
            return Failure("closed", sent=False)
        wire = _Wire()
        left = until - self._clock()
        status: list[int] = []
        try:
            async with asyncio.timeout(left) as bound:
                return await self._send(prepared, until, left, wire, status)
        except TimeoutError:
            if not bound.expired():
                raise  # a bug of a transport
            if wire.unsent:
                return Failure("connect timeout", sent=False)
            if self._tells and not wire.told:
                # A loop that was too busy for httpx's own limit: the attempt still waits for a connection.
                return Failure("pool", sent=False)
            return Failure("timeout", sent=True, status=status[0] if status else None)

    async def _send(
        self, prepared: Prepared, until: float, left: float, wire: _Wire, status: list[int]
    ) -> Outcome:
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.content,
            extensions={"timeout": {"pool": left * POOL_SHARE}, "trace": partial(self._trace, wire)},
        )
        try:
            response = await self._http.send(request, stream=True, follow_redirects=False, auth=None)
        except asyncio.CancelledError:
            await wire.hang_up()
            raise
        except httpx.HTTPError as error:
            return failure(error, wire)
        except RuntimeError:
            if self._http.is_closed:
                return Failure("closed", sent=False)
            raise
        status.append(response.status_code)
        return await self._read(response, until, wire)

    async def _trace(self, wire: _Wire, event: str, info: dict[str, Any]) -> None:
        self._tells = True
        await wire.trace(event, info)

    async def _read(self, response: httpx.Response, until: float, wire: Wire) -> Outcome:
        status = response.status_code
        try:
            pieces = []
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                if self._clock() >= until:
                    return Failure("timeout", sent=True, status=status)
        except httpx.HTTPError as error:
            return Failure(failure(error, wire).kind, sent=True, status=status)
        finally:
            await response.aclose()
        return whole(response, pieces)


def open_async_driver(
    settings: Settings, http: httpx.AsyncClient | None, clock: Callable[[], float]
) -> AsyncHttpDriver:
    """A driver over the caller's own client, which stays open, or over a pool of our own."""
    return AsyncHttpDriver(open_http(httpx.AsyncClient, settings, http), clock, owned=http is None)
