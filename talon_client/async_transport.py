"""Speaks HTTP in coroutines: one attempt in, one outcome out; the async twin of `transport`."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import httpx

from talon_client.connections import Connections
from talon_client.engine import Failure, Outcome
from talon_client.request import Prepared
from talon_client.settings import Settings
from talon_client.transport import (
    Wire,
    answered,
    cut_off,
    failure,
    open_connections,
    quieten,
    whole,
)

_NEW_CONNECTION = ("connect_tcp.complete", "connect_unix_socket.complete")
_FRAGILE = (*_NEW_CONNECTION, "start_tls.complete", "response_closed.started")
_STURDY = ("start_tls.started", "send_request_headers.started")

POOL_SHARE = 0.9
"""How much of an attempt may pass while it waits for a connection. Less than all, so that httpx is the one to say
that there was none, and nothing was sent."""


class _Wire(Wire):
    """Also knows the connection that is being made, and where an attempt can be cancelled without losing one.

    httpcore shields what it must not be cancelled in from anyio's cancelling only, not from a task's own: a connection
    that is cancelled while it is new, or being put back, would take a place in the pool for ever.
    """

    stream: Any = None
    _fragile = False
    _given_up = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if self._given_up and event.endswith(".send_request_headers.started"):
            raise asyncio.CancelledError  # from here on httpcore closes what it has made
        self.note(event, info)
        if event.endswith(_NEW_CONNECTION):
            self.stream = info["return_value"]
        if event.endswith(_FRAGILE):
            self._fragile = True
        elif event.endswith(_STURDY):
            self._fragile = False

    async def end(self, attempt: "asyncio.Task[Outcome]") -> None:
        """Cancels it where that is safe, or where it next is, and waits until it has let go of its connection."""
        self._given_up = True
        if not self._fragile:
            attempt.cancel()
        await asyncio.wait([attempt])

    async def hang_up(self) -> None:
        """Closes a connection that was cancelled before it was of use: httpcore loses it in the TLS handshake."""
        if self.stream is not None and not self.sending:
            await self.stream.aclose()


class AsyncHttpDriver:
    """Sends attempts over one `httpx.AsyncClient`, which coroutines share."""

    def __init__(self, connections: Connections[httpx.AsyncClient], clock: Callable[[], float]) -> None:
        self._connections = connections
        self._clock = clock
        self._tells = False  # whether this transport has ever told how far an attempt came
        self.closed = False
        quieten()

    async def close(self) -> None:
        """From now on nothing is sent."""
        self.closed = True
        for http in self._connections.to_close():
            await http.aclose()

    async def attempt(self, prepared: Prepared, until: float) -> Outcome:
        """Makes one attempt, whole body included, until `until` (the clock's seconds).

        The event loop ends it, wherever it is: looking up names, connecting, sending, or a body that drips. Being
        cancelled by the caller is no outcome: it passes through, and the connection is closed.
        """
        if self.closed:
            return Failure("closed", sent=False)
        wire = _Wire()
        left = until - self._clock()
        begun: list[httpx.Response] = []
        try:
            async with asyncio.timeout(left) as bound:
                return await self._apart(self._send(prepared, until, left, wire, begun), wire)
        except TimeoutError:
            if not bound.expired():
                raise  # a bug of a transport
            if wire.unsent:
                return Failure("connect timeout", sent=False)
            if self._tells and not wire.told:
                # A loop that was too busy for httpx's own limit: the attempt still waits for a connection.
                return Failure("pool", sent=False)
            return cut_off(begun[0], "timeout") if begun else Failure("timeout", sent=True)

    async def _apart(self, attempt: Coroutine[Any, Any, Outcome], wire: _Wire) -> Outcome:
        """In a task of its own, so that the wire decides where it is cancelled; once, whoever gives up how often."""
        task = asyncio.create_task(attempt)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await wire.end(task)
            raise

    async def _send(
        self, prepared: Prepared, until: float, left: float, wire: _Wire, begun: list[httpx.Response]
    ) -> Outcome:
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.content,
            extensions={
                "timeout": {"pool": self._connections.wait(left * POOL_SHARE)},
                "trace": partial(self._trace, wire),
            },
        )
        http = self._connections.http
        try:
            response = await http.send(request, stream=True, follow_redirects=False, auth=None)
        except asyncio.CancelledError:
            await wire.hang_up()
            raise
        except httpx.HTTPStatusError as error:
            return answered(error)
        except httpx.HTTPError as error:
            if isinstance(error, httpx.PoolTimeout):
                self._connections.without_place(http)
            return failure(error, wire)
        except RuntimeError:
            if http.is_closed:
                return Failure("closed", sent=False)
            raise
        begun.append(response)
        return await self._read(response, until, wire)

    async def _trace(self, wire: _Wire, event: str, info: dict[str, Any]) -> None:
        self._tells = True
        await wire.trace(event, info)

    async def _read(self, response: httpx.Response, until: float, wire: Wire) -> Outcome:
        try:
            pieces = []
            async for piece in response.aiter_bytes():
                pieces.append(piece)
                if self._clock() >= until:
                    return cut_off(response, "timeout")
        except httpx.HTTPError as error:
            return cut_off(response, failure(error, wire).kind)
        finally:
            await response.aclose()
        return whole(response, pieces)


def open_async_driver(
    settings: Settings, http: httpx.AsyncClient | None, clock: Callable[[], float]
) -> AsyncHttpDriver:
    """A driver over the caller's own client, which stays open, or over a pool of our own."""
    return AsyncHttpDriver(open_connections(httpx.AsyncClient, settings, http), clock)
