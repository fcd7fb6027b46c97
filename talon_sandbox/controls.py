"""The sandbox's own controls under `/_sandbox/`: loopback only, `Host` checked, writes need a header."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from talon_client.operations import OPERATIONS

from .choices import CHOICES, COVERAGE
from .clock import to_wire
from .encoding import dump_json, envelope, load_json, parse_instant
from .openapi import document

if TYPE_CHECKING:
    from .server import Shell

CONTROL_HEADER = "X-Sandbox-Control"
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_Handler = Callable[[Request], Awaitable[object]]


class Refusal(Exception):
    """A control request that is not carried out."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


def controls(shell: Shell) -> ASGIApp:
    """Return the application that serves the controls of one sandbox; it looks at the caller before anything else."""
    desk = _Controls(shell)
    routes = [
        ("health", {"GET": desk.health}),
        ("reset", {"POST": desk.reset}),
        ("clock", {"GET": desk.clock, "POST": desk.set_clock}),
        ("snapshots/{name}", {"PUT": desk.take_snapshot, "POST": desk.restore_snapshot}),
        ("faults", {"GET": desk.faults, "POST": desk.plan_faults, "DELETE": desk.clear_faults}),
        ("requests", {"GET": desk.requests, "DELETE": desk.clear_requests}),
        ("scenarios", {"GET": desk.scenarios}),
        ("coverage", {"GET": desk.coverage}),
        ("openapi.json", {"GET": desk.openapi}),
    ]
    served = Starlette(
        routes=[
            Route(f"/_sandbox/{path}", _endpoint(handlers), methods=list(handlers))
            for path, handlers in routes
        ]
    )

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            _check_caller(Request(scope))
        except Refusal as refusal:
            await _answer(refusal.status, envelope(refusal.status, refusal.message))(scope, receive, send)
        else:
            await served(scope, receive, send)

    return guarded


def _endpoint(handlers: Mapping[str, _Handler]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            method = "GET" if request.method == "HEAD" else request.method
            if method != "GET" and request.headers.get(CONTROL_HEADER) != "1":
                raise Refusal(403, f"Controls that change something need the header '{CONTROL_HEADER}: 1'")
            status, value = 200, await handlers[method](request)
        except Refusal as refusal:
            status, value = refusal.status, envelope(refusal.status, refusal.message)
        except (ValueError, OverflowError) as error:
            status, value = 400, envelope(400, str(error))
        return _answer(status, value)

    return endpoint


def _answer(status: int, value: object) -> Response:
    return Response(dump_json(value), status, media_type="application/json")


def _check_caller(request: Request) -> None:
    """Refuse anything but this machine: by address, and by the name that a browser was sent to.

    A page on another site could point its own host name at 127.0.0.1; the `Host` header gives that away.
    """
    host = request.headers.get("host", "")
    name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
    if name.lower() not in _LOOPBACK_NAMES:
        raise Refusal(403, "The controls answer on loopback names only: use 127.0.0.1 or localhost")
    if request.client is not None and not _is_loopback(request.client.host):
        raise Refusal(403, "The controls answer to this machine only")


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class _Controls:
    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    async def health(self, request: Request) -> object:
        return {"ready": True, "edition": self._shell.edition.name, "now": to_wire(self._shell.world.now())}

    async def reset(self, request: Request) -> object:
        """Back to the world as it was at the start; plans and the request log are emptied too."""
        self._shell.reset()
        return await self.health(request)

    async def clock(self, request: Request) -> object:
        return {"now": to_wire(self._shell.world.now()), "frozen": self._shell.world.frozen}

    async def set_clock(self, request: Request) -> object:
        body = await _read_object(request, {"freeze", "advance", "follow"})
        if len(body) != 1:
            raise Refusal(400, 'Send one of {"freeze": RFC3339}, {"advance": SECONDS}, {"follow": true}')
        if "freeze" in body:
            self._shell.world.freeze(parse_instant(_text(body["freeze"], "freeze")))
        elif "advance" in body:
            self._shell.world.advance(timedelta(seconds=_number(body["advance"], "advance")))
        elif body["follow"] is True:
            self._shell.world.follow_wall_clock()
        else:
            raise Refusal(400, "follow can only be true; to stop the clock, send freeze")
        return await self.clock(request)

    async def take_snapshot(self, request: Request) -> object:
        name = cast(str, request.path_params["name"])
        self._shell.world.snapshot(name)
        return {"snapshot": name}

    async def restore_snapshot(self, request: Request) -> object:
        name = cast(str, request.path_params["name"])
        try:
            self._shell.world.restore(name)
        except KeyError:
            raise Refusal(404, f"No snapshot is called {name!r}") from None
        return {"restored": name}

    async def faults(self, request: Request) -> object:
        return self._shell.faults.as_json()

    async def plan_faults(self, request: Request) -> object:
        body = await _read_object(request, {"operation", "plan", "rate", "seed"})
        plan = body.get("plan")
        if not isinstance(plan, list) or not all(isinstance(fault, str) for fault in plan):
            raise Refusal(400, 'Send {"operation": "get_loyalty_balances" or "*", "plan": ["503", "reset"]}')
        self._shell.plan_faults(
            _text(body.get("operation", "*"), "operation"),
            plan,
            rate=None if body.get("rate") is None else _number(body["rate"], "rate"),
            seed=int(_number(body.get("seed", 0), "seed")),
        )
        return self._shell.faults.as_json()

    async def clear_faults(self, request: Request) -> object:
        self._shell.faults.clear()
        return self._shell.faults.as_json()

    async def requests(self, request: Request) -> object:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            raise Refusal(400, "since must be the number of a request")
        operation = request.query_params.get("operation")
        log = self._shell.requests
        return {"total": log.total, "requests": log.entries(operation=operation, since=int(since))}

    async def clear_requests(self, request: Request) -> object:
        self._shell.requests.clear()
        return {"total": 0, "requests": []}

    async def scenarios(self, request: Request) -> object:
        return {"scenarios": list(self._shell.scenarios)}

    async def coverage(self, request: Request) -> object:
        edition = self._shell.edition
        known = [each for each in COVERAGE if edition.knows(OPERATIONS[each["operation"]].since)]
        return {"edition": edition.name, "operations": known, "choices": CHOICES}

    async def openapi(self, request: Request) -> object:
        return document(self._shell.edition)


async def _read_object(request: Request, allowed: set[str]) -> dict[str, object]:
    body = load_json(await request.body())
    if not isinstance(body, dict):
        raise Refusal(400, "A JSON object is required")
    if unknown := sorted(set(body) - allowed):
        raise Refusal(400, f"Unknown: {', '.join(unknown)}; allowed: {', '.join(sorted(allowed))}")
    return body


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise Refusal(400, f"{name} must be text")
    return value


def _number(value: object, name: str) -> float:
    try:
        if isinstance(value, bool | str):
            raise TypeError
        return float(value)  # type: ignore[arg-type]  # anything else raises TypeError, which is the check
    except (TypeError, OverflowError):
        raise Refusal(400, f"{name} must be a number") from None
