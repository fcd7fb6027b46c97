"""`with Sandbox() as sandbox:` a sandbox in this process, on its own thread, with or without a socket."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import uvicorn

from . import auth
from .catalog import CatalogError, ReturnPolicy
from .clock import check_instant, to_micros
from .contract import ApiError
from .demo import BEFORE, kept_scenarios, populate
from .demo.scenario import Listed
from .edition import NEWEST, Edition
from .server import Application, Shell
from .world import Beginning, World

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

DEFAULT_SEED = 1
DEFAULT_CUSTOMERS = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox is made of; the command's options have the same names.

    `db` is a file or ":memory:"; a file that already holds a world is continued. `world` is "demo"
    or "empty". `now` freezes the clock (with an offset); without it the sandbox follows the wall clock. `loose`
    leaves out what is unknown in a request instead of refusing it.
    """

    db: str = ":memory:"
    world: str = "demo"
    seed: int = DEFAULT_SEED
    customers: int = DEFAULT_CUSTOMERS
    now: datetime | None = None
    campaigns: Path | None = None
    ignore_idempotency_keys: bool = False
    edition: str = NEWEST
    api_key: str = auth.DEFAULT_KEY
    loose: bool = False

    def __post_init__(self) -> None:
        if self.world not in ("demo", "empty"):
            raise ValueError(f"unknown world {self.world!r}: choose demo or empty")
        Edition(self.edition)
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("now needs an offset, as in 2026-01-31T12:00:00Z")
        if self.now is not None:
            check_instant(to_micros(self.now))


@dataclass(frozen=True, slots=True)
class LoyaltyProgram:
    """What one has to know of a program to ask for its balances."""

    id: int
    title: str
    card_based: bool
    time_zone: str
    return_policy: ReturnPolicy


def open_shell(settings: Settings) -> Shell:
    """Build the world that the settings describe, or continue the one in its file.

    CatalogError, ClockError and StoreError say in one line what is wrong, and what to do.
    """
    world = World(
        settings.db,
        now=settings.now,
        campaigns=settings.campaigns,
        beginning=_demo(settings) if settings.world == "demo" else None,
        ignore_idempotency_keys=settings.ignore_idempotency_keys,
    )
    edition, scenarios = Edition(settings.edition), kept_scenarios(world)
    return Shell(world, settings.api_key, edition, scenarios, loose=settings.loose)


def _demo(settings: Settings) -> Beginning:
    end = settings.now or datetime.now(UTC).replace(microsecond=0)

    def fill(world: World) -> None:
        try:
            populate(world, end=end, seed=settings.seed, customers=settings.customers)
        except Exception as error:
            if settings.campaigns is None or isinstance(error, CatalogError):
                raise
            raise CatalogError(
                f"the demo world needs what these campaigns do not have ({_told(error)}):"
                " add it, or choose an empty world"
            ) from error
        if settings.now is None:
            world.follow_wall_clock()

    return Beginning(end - BEFORE, end, fill)


def _told(error: Exception) -> str:
    if isinstance(error, ApiError) and error.errors:
        return str(error.errors[0]["details"])
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) and error.args else str(error)


def listen(host: str, port: int) -> sockets.socket:
    """Return a listening socket; port 0 takes a free one. OSError when the port is taken."""
    family = sockets.AF_INET6 if ":" in host else sockets.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and every answer costs 40 ms.
    listener = sockets.socket(family, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    listener.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: sockets.socket) -> str:
    """The URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def make_server(application: Application) -> uvicorn.Server:
    """Return a quiet uvicorn server for the application: one process, one thread."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            # A client that reuses a connection just as the server ends it would see a lost answer.
            timeout_keep_alive=120,
            timeout_graceful_shutdown=1,
        )
    )


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop that the command uses too: uvloop where it is installed."""
    return uvicorn.Config("", log_config=None, access_log=False).get_loop_factory()


class Sandbox:
    """A running sandbox: `url`, `api_key`, and what a test wants to do to it.

    The arguments are those of `Settings`. All work happens on one thread of its own, so the methods may be
    called from any thread. With `socket=False` nothing listens; use `transport()` for an `httpx.Client`.
    """

    def __init__(
        self,
        *,
        db: str = ":memory:",
        world: str = "demo",
        seed: int = DEFAULT_SEED,
        customers: int = DEFAULT_CUSTOMERS,
        now: datetime | None = None,
        campaigns: Path | None = None,
        ignore_idempotency_keys: bool = False,
        edition: str = NEWEST,
        api_key: str = auth.DEFAULT_KEY,
        loose: bool = False,
        host: str = "127.0.0.1",
        port: int = 0,
        socket: bool = True,
    ) -> None:
        self.settings = Settings(
            db, world, seed, customers, now, campaigns, ignore_idempotency_keys, edition, api_key, loose
        )
        self.api_key = api_key
        self.url = "http://localhost"
        self._address = (host, port) if socket else None
        self._listener: sockets.socket | None = None
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="talon-sandbox", daemon=True)

    def start(self) -> Self:
        """Build the world and begin to answer; returns when ready, raises what went wrong (once only)."""
        if self._address is not None:
            self._listener = listen(*self._address)
            self.url = url_of(self._listener)
        self._thread.start()
        self._started.result()
        return self

    def close(self) -> None:
        """Stop answering and forget the world; safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop)
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def transport(self) -> httpx.BaseTransport:
        """A transport for `httpx.Client(transport=...)` that needs no socket."""
        from .transport import InProcessTransport

        return InProcessTransport(self._application, self._loop)

    def async_transport(self) -> httpx.AsyncBaseTransport:
        """A transport for `httpx.AsyncClient(transport=...)` that needs no socket."""
        from .transport import AsyncInProcessTransport

        return AsyncInProcessTransport(self._application, self._loop)

    def run(self, action: Callable[[Shell], T]) -> T:
        """Run `action(shell)` on the sandbox's thread, between requests, and return its result."""

        async def call() -> T:
            return action(self._shell)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def change(self, action: Callable[[World], T]) -> T:
        """Run `action(world)` between requests: coupons, cards, manual points, imports."""
        return self.run(lambda shell: action(shell.world))

    def reset(self) -> None:
        """Back to the world as it was at the start, without fault plans and without a request log."""
        self.run(lambda shell: shell.reset())

    def now(self) -> datetime:
        """The sandbox's time, UTC."""
        return self.run(lambda shell: shell.now())

    def freeze(self, instant: datetime) -> None:
        """Stop the clock at an instant, not before the present one."""
        self.change(lambda world: world.freeze(instant))

    def advance(self, step: timedelta) -> None:
        """Move the clock forward."""
        self.change(lambda world: world.advance(step))

    def faults(
        self, operation: str, plan: Sequence[str], *, rate: float | None = None, seed: int = 0
    ) -> None:
        """Plan faults for an operation or "*", as `POST /_sandbox/faults` does."""
        self.run(lambda shell: shell.plan_faults(operation, plan, rate=rate, seed=seed))

    def hits(self) -> list[dict[str, object]]:
        """The faults met so far: operation, fault, number of the request."""
        return self.run(lambda shell: shell.faults.hits())

    def requests(self, operation: str | None = None) -> list[dict[str, object]]:
        """The request log, oldest first."""
        return self.run(lambda shell: shell.requests.entries(operation=operation))

    def programs(self) -> list[LoyaltyProgram]:
        """The loyalty programs, which no operation of the API lists."""

        def read(world: World) -> list[LoyaltyProgram]:
            return [
                LoyaltyProgram(each.id, each.title, each.card_based, each.zone.key, each.return_policy)
                for each in world.catalog.programs.values()
            ]

        return self.change(read)

    def scenarios(self) -> list[Listed]:
        """The personas of the demo world: id, story, what an agent should find."""
        return self.run(lambda shell: list(shell.scenarios))

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            self._shell = open_shell(self.settings)
            try:
                self._application = Application(self._shell)
                await self._answer()
            finally:
                self._shell.world.close()
        finally:
            if self._listener is not None:
                self._listener.close()

    async def _answer(self) -> None:
        if self._listener is None:
            self._started.set_result(None)
            await self._shell.closing.wait()
            return
        self._server = make_server(self._application)
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0.001)
        self._started.set_result(None)
        await serving

    def _stop(self) -> None:
        self._shell.closing.set()
        if self._listener is not None:
            self._server.should_exit = True
