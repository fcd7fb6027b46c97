"""Putting an answer on the wire, whole or damaged as a fault asks for."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from .encoding import dump_json, envelope
from .faults import Fault
from .parallel import BUSY

Message: TypeAlias = MutableMapping[str, object]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Abort: TypeAlias = Callable[[bool], None]

_HTML_502 = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_JSON = "application/json"
_TEXTS = {
    400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found", 408: "Request timeout",
    409: BUSY, 429: "Too many requests",
    500: "Internal server error", 502: "Bad gateway", 503: "Service unavailable", 504: "Gateway timeout",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Response:
    """What goes out: a status, a body, and headers beyond content type and length."""

    status: int
    body: bytes = b""
    content_type: str = _JSON
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def json(cls, status: int, value: object) -> "Response":
        """An answer with a JSON body, or without one where `value` is None."""
        return cls(status, b"" if value is None else dump_json(value))


@dataclass(slots=True)
class Wire:
    """One exchange: how to send, how to break the connection, and whether anybody still waits."""

    receive: Receive
    send: Send
    abort: Abort
    closing: asyncio.Event
    left: bool = field(default=False)

    async def wait(self, seconds: float, *, until_left: bool) -> None:
        """Let time pass, but not past the end of the server, nor (when asked) of the client's patience."""
        waits: list[asyncio.Task[object]] = [asyncio.ensure_future(self.closing.wait())]
        if until_left:
            waits.append(asyncio.ensure_future(self._disconnect()))
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    async def _disconnect(self) -> object:
        while (await self.receive())["type"] != "http.disconnect":
            pass
        self.left = True
        return None

    async def start(self, response: Response) -> None:
        """Send status and headers."""
        headers = [(b"content-length", str(len(response.body)).encode())]
        if response.body:
            headers.append((b"content-type", response.content_type.encode()))
        if response.status in (204, 304):
            headers = []
        headers += [(name.encode(), value.encode()) for name, value in response.headers]
        await self.send({"type": "http.response.start", "status": response.status, "headers": headers})

    async def piece(self, body: bytes, *, more: bool = False) -> None:
        """Send one piece of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": more})

    async def deliver(self, response: Response) -> None:
        """Send the whole answer."""
        await self.start(response)
        await self.piece(response.body)

    async def break_off(self, *, reset: bool) -> None:
        """End the connection: with a reset, or with a plain end of stream."""
        self.abort(reset)
        await self.wait(5.0, until_left=True)


async def before(fault: Fault, wire: Wire, operation: str) -> tuple[Response | None, bool]:
    """Play a fault that strikes before the request is carried out.

    Returns the answer to give instead, if any, and whether the exchange is over.
    """
    if fault.kind == "delay":
        await wire.wait(fault.argument or 0.0, until_left=False)
    elif fault.kind == "stall":
        await wire.wait(fault.argument or 0.0, until_left=True)
        if not wire.left:
            await wire.break_off(reset=True)
        return None, True
    elif fault.kind == "reset":
        await wire.break_off(reset=True)
        return None, True
    elif fault.kind == "html":
        return Response(502, _HTML_502, "text/html"), False
    elif fault.kind == "status":
        text = _TEXTS.get(fault.status, f"Injected status {fault.status}")
        retry = (("retry-after", str(int(fault.argument))),) if fault.argument is not None else ()
        body = dump_json(envelope(fault.status, text, operation=operation))
        return Response(fault.status, body, headers=retry), False
    return None, False


def can_spoil(fault: Fault, response: Response) -> bool:
    """Whether a fault that strikes afterwards has something to strike: a refusal goes out as it is."""
    return fault.kind == "lost-ack" or 200 <= response.status < 300


async def after(fault: Fault, wire: Wire, response: Response) -> int | None:
    """Deliver an answer damaged by a fault; returns the status that went out, None when none did.

    In an answer without a body there is nothing to damage: the connection ends in its place.
    """
    if fault.kind == "lost-ack":
        await wire.break_off(reset=True)
        return None
    if not response.body:
        await wire.break_off(reset=False)
        return None
    if fault.kind == "truncated":
        await wire.start(response)
        await wire.piece(response.body[: len(response.body) // 2], more=True)
        await wire.break_off(reset=False)
    elif fault.kind == "drip":
        await wire.start(response)
        for byte in response.body:
            await wire.piece(bytes([byte]), more=True)
            await wire.wait(fault.argument or 0.0, until_left=False)
            if wire.closing.is_set():
                break
        await wire.piece(b"")
    else:
        await wire.deliver(_damaged(fault.kind, response))
    return response.status


def _damaged(kind: str, response: Response) -> Response:
    if kind == "empty":
        return replace(response, body=b"")
    if kind == "invalid-json":
        return replace(response, body=b'{"message": ' + response.body[:20])
    return replace(response, content_type="text/plain")
