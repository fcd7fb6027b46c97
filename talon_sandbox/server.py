"""The ASGI application: routing on the raw path, then fault -> auth -> validate -> handler -> JSON."""

import asyncio
import logging
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias, cast

from talon_client.call import Safety
from talon_client.operations import OPERATIONS

from . import auth
from .api import answer
from .clock import to_datetime, to_wire
from .contract import ApiError, Request
from .controls import controls
from .delivery import Abort, Message, Receive, Response, Send, Wire, after, before, can_spoil
from .demo.scenario import Listed
from .edition import Edition
from .encoding import envelope
from .faults import Faults, Taken
from .parallel import BUSY, Turns, keys_of
from .requests import Entry, RequestLog
from .routing import Match, Router
from .validation import read_request
from .world import World

Scope: TypeAlias = dict[str, object]

ABORT = "talon_sandbox.abort"
CONTROLS = "/_sandbox/"
_LARGEST_BODY = 8 * 1024 * 1024
_log = logging.getLogger("talon_sandbox")


@dataclass(slots=True)
class Shell:
    """All that one running sandbox holds."""

    world: World
    api_key: str = auth.DEFAULT_KEY
    edition: Edition = field(default_factory=Edition)
    scenarios: Sequence[Listed] = ()
    faults: Faults = field(default_factory=Faults)
    requests: RequestLog = field(default_factory=RequestLog)
    turns: Turns = field(default_factory=Turns)
    loose: bool = False
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def now(self) -> datetime:
        """The world's time, UTC."""
        return to_datetime(self.world.now())

    def reset(self) -> None:
        """Back to the world as it was at the start; fault plans and the request log are emptied."""
        self.world.reset()
        self.faults.clear()
        self.requests.clear()

    def plan_faults(
        self, operation: str, plan: Sequence[str], *, rate: float | None = None, seed: int = 0
    ) -> None:
        """Add a fault plan; ValueError for an operation or a fault that nobody knows."""
        if operation != "*" and operation not in OPERATIONS:
            raise ValueError(f"unknown operation {operation!r}: operationIds in snake case, or '*'")
        self.faults.plan(operation, plan, rate=rate, seed=seed)


class Application:
    """Serves the API and, under `/_sandbox/`, the controls. One thread, strict order."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        known = [operation for operation in OPERATIONS.values() if shell.edition.knows(operation.since)]
        self._router = Router(known)
        self._controls = controls(shell)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        if cast(str, scope["path"]).startswith(CONTROLS):
            await self._controls(scope, receive, send)
            return
        await self._serve(scope, Wire(receive, send, _abort(scope, send), self.shell.closing))

    async def _serve(self, scope: Scope, wire: Wire) -> None:
        started = time.perf_counter()
        body = await _read_body(wire)
        if wire.left:
            return  # gone before the request was complete: nothing is carried out
        method, raw_path = cast(str, scope["method"]), cast(bytes, scope["raw_path"])
        headers = dict(cast("list[tuple[bytes, bytes]]", scope["headers"]))
        found = self._router.match(method, raw_path)
        operation = found.operation.id if isinstance(found, Match) else None
        template = found.operation.path if isinstance(found, Match) else "(none)"
        entry = self.shell.requests.add(operation, method, template, to_wire(self.shell.world.now()))
        keys = keys_of(found.operation.id, found.path, body) if isinstance(found, Match) else ()
        try:
            async with self.shell.turns.turn(keys) as free:
                if free:
                    await self._exchange(scope, wire, found, headers, body, entry)
                else:
                    entry.status = 409
                    await wire.deliver(Response.json(409, envelope(409, BUSY, operation=operation or "")))
        finally:
            entry.milliseconds = round((time.perf_counter() - started) * 1000, 3)

    async def _exchange(
        self,
        scope: Scope,
        wire: Wire,
        found: object,
        headers: dict[bytes, bytes],
        body: bytes | None,
        entry: Entry,
    ) -> None:
        operation, response = entry.operation or "", None
        taken = self.shell.faults.take(operation) if operation else None
        if taken is not None and not taken.fault.after:
            self._met(taken, entry)
            response, over = await before(taken.fault, wire, operation)
            if over:
                return
        if response is None:
            response = self._respond(scope, found, headers, body, entry)
        if taken is not None and taken.fault.after:
            if can_spoil(taken.fault, response):
                self._met(taken, entry)
                entry.status = await after(taken.fault, wire, response)
                return
            self.shell.faults.put_back(taken)
        entry.status = response.status
        await wire.deliver(response)

    def _met(self, taken: Taken, entry: Entry) -> None:
        entry.fault = taken.fault.text
        self.shell.faults.met(taken, entry.operation or "", entry.number)

    def _respond(
        self, scope: Scope, found: object, headers: dict[bytes, bytes], body: bytes | None, entry: Entry
    ) -> Response:
        operation = entry.operation or ""
        try:
            refused = auth.refusal(headers.get(b"authorization", b"").decode("latin-1"), self.shell.api_key)
            if refused is not None:
                raise ApiError(401, refused, [])
            if body is None:
                raise ApiError(413, f"The body is larger than {_LARGEST_BODY} bytes", [])
            if not isinstance(found, Match):
                raise ApiError(getattr(found, "status", 404), getattr(found, "message", ""), [])
            request = self._request(scope, found, headers, body, entry)
            result = answer(self.shell.world, request)
            return Response.json(result.status, self.shell.edition.trim(operation, result.body))
        except ApiError as error:
            text = envelope(error.status, error.message, error.errors, operation=operation)
            return Response.json(error.status, text)
        except Exception as error:  # a fault of the sandbox itself: say so, in the documented envelope
            _log.exception("%s failed", operation)
            text = envelope(500, f"The sandbox failed: {type(error).__name__}: {error}", operation=operation)
            return Response.json(500, text)

    def _request(
        self, scope: Scope, found: Match, headers: dict[bytes, bytes], body: bytes, entry: Entry
    ) -> Request:
        key = None
        if found.operation.safety is Safety.KEYED and self.shell.edition.honours_keys:
            given = headers.get(b"idempotency-key")
            key = entry.idempotency_key = None if given is None else given.decode("latin-1")
            if self.shell.world.ignore_idempotency_keys:
                key = None  # noted, but whoever does not know the header does not refuse what it says either
        request = read_request(
            found,
            cast(bytes, scope["query_string"]),
            body,
            idempotency_key=key,
            edition=self.shell.edition,
            loose=self.shell.loose,
        )
        entry.dry = request.query.get("dry") is True
        return request


async def _read_body(wire: Wire) -> bytes | None:
    """Return the body, or None where it is larger than any request that makes sense."""
    chunks: list[bytes] = []
    size, more = 0, True
    while more:
        message = await wire.receive()
        if message["type"] == "http.disconnect":
            wire.left = True
            break
        chunk = cast(bytes, message.get("body", b""))
        size += len(chunk)
        if size <= _LARGEST_BODY:
            chunks.append(chunk)
        more = bool(message.get("more_body", False))
    return b"".join(chunks) if size <= _LARGEST_BODY else None


def _abort(scope: Scope, send: Send) -> Abort:
    """Return what breaks this connection: the in-process transport brings its own, uvicorn's is looked up."""
    own = cast("dict[str, object]", scope.get("extensions") or {}).get(ABORT)
    if own is not None:
        return cast(Abort, own)
    transport = getattr(getattr(send, "__self__", None), "transport", None)

    def abort(reset: bool) -> None:
        if transport is None or not hasattr(transport, "abort"):
            raise RuntimeError("this server gives no hold of its connection: a fault cannot break it")
        if not reset:
            transport.close()
            return
        connection = transport.get_extra_info("socket")
        # Linger of zero: closing sends RST, which a client sees as "connection reset by peer".
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    return abort


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message: Message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
