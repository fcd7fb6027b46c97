"""A transport that misbehaves as told, on a clock that is moved by hand, for both clients."""

from collections.abc import AsyncIterator, Callable, Iterator
from email.utils import formatdate
from typing import Any

import httpx

from talon_client import Call
from tests.client.help import World

Answer = Callable[[httpx.Request, World], httpx.Response]
ATTEMPT = 10.0
HTML = b"<html><body>502 Bad Gateway</body></html>"


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces: each takes a while, and it may break off."""

    def __init__(
        self, world: World, pieces: Iterator[bytes], pause: float, error: Exception | None = None
    ) -> None:
        self.world, self.pieces, self.pause, self.error = world, pieces, pause, error

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.pieces:
            self.world.now += self.pause
            yield piece
        if self.error is not None:
            raise self.error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def raising(kind: type[httpx.TransportError], phase: str | None = None) -> Answer:
    """A failure of the transport; one of time after all the time of that phase."""

    def answer(request: httpx.Request, world: World) -> httpx.Response:
        if phase is not None:
            # The event loop bounds what coroutines send: then it is the whole attempt's time that passes.
            world.now += request.extensions["timeout"].get(phase) or ATTEMPT
        raise kind("as told", request=request)

    return answer


def replying(status: int, body: bytes = b"", **headers: str) -> Answer:
    """A whole answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request, world: httpx.Response(status, content=body, headers=named)


def refusing(status: int, message: str, **headers: str) -> Answer:
    """An error in the API's envelope."""
    body = b'{"message": "%s", "errors": [{"title": "T", "details": "D", "source": {}}]}' % message.encode()
    return replying(status, body, **headers)


def truncated(request: httpx.Request, world: World) -> httpx.Response:
    """A success whose body ends too early."""
    broken = httpx.RemoteProtocolError("peer closed connection without sending complete message body")
    return httpx.Response(200, stream=Stream(world, iter([b'{"data": [']), 0.0, broken))


def dripping(request: httpx.Request, world: World) -> httpx.Response:
    """A success that never ends: one byte a second."""
    return httpx.Response(200, stream=Stream(world, iter([b" "] * 10_000), 1.0))


def tomorrow(request: httpx.Request, world: World) -> httpx.Response:
    """Too many requests, try again on a date that no deadline reaches."""
    date = formatdate(4_000_000_000, usegmt=True)
    return httpx.Response(429, json={"message": "slow down"}, headers={"Retry-After": date})


def past(request: httpx.Request, world: World) -> httpx.Response:
    """Too many requests, try again on a date that has come."""
    return httpx.Response(
        429, json={"message": "slow down"}, headers={"Retry-After": formatdate(1_000_000_000, usegmt=True)}
    )


BUSY = "Too many requests are updating this profile/session at the same time"

NOT_SENT: dict[str, Answer] = {
    "connection refused": raising(httpx.ConnectError),
    "no connection in time": raising(httpx.ConnectTimeout, "connect"),
    "no free connection in time": raising(httpx.PoolTimeout, "pool"),
}
LOST: dict[str, Answer] = {
    "no answer in time": raising(httpx.ReadTimeout, "read"),
    "reset": raising(httpx.ReadError),
    "reset while sending": raising(httpx.WriteError),
    "lost acknowledgement": raising(httpx.RemoteProtocolError),
}
CUT: dict[str, Answer] = {"truncated": truncated, "drip": dripping}
UNREADABLE: dict[str, Answer] = {
    "invalid JSON": replying(200, b'{"data": [', content_type="application/json"),
    "HTML": replying(200, HTML, content_type="text/html"),
    "empty": replying(200),
}
FAILED: dict[str, Answer] = {
    "500": refusing(500, "oops"),
    "502": replying(502, HTML, content_type="text/html"),
    "503": refusing(503, "down"),
}
REFUSED: dict[str, Answer] = {
    "401": refusing(401, "no"),
    "404": refusing(404, "gone"),
    "409 duplicate": refusing(409, "exists already"),
}
LATER: dict[str, Answer] = {
    "409 concurrency": refusing(409, BUSY),
    "429": refusing(429, "slow down"),
    "429 in 2 seconds": refusing(429, "slow down", Retry_After="2"),
    "429 until a past date": past,
    "429 until a far date": tomorrow,
}
FAULTS = NOT_SENT | LOST | CUT | UNREADABLE | FAILED | REFUSED | LATER


class Faulty(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Plays a fault on the first request, or on all of them; then answers as documented."""

    def __init__(self, fault: str, lasting: bool, call: Call[Any], world: World) -> None:
        self.fault, self.lasting, self.call, self.world = fault, lasting, call, world
        self.tries = 0
        self.arrived: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.tries += 1
        faulty = self.lasting or self.tries == 1
        if not (faulty and self.fault in NOT_SENT):
            self.arrived.append(request)
        if faulty:
            return FAULTS[self.fault](request, self.world)
        return httpx.Response(self.call.operation.success[0], content=whole_body(self.call))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def whole_body(call: Call[Any]) -> bytes:
    """The least that the operation can answer."""
    if call.operation.response is None:
        return b""
    return b"[]" if call.operation.id == "best_prior_price" else b"{}"
