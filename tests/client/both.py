"""The same tests for both drivers: an `AsyncTalonClient` that looks like a `TalonClient`, on an event loop's thread."""

import asyncio
import atexit
import threading
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal, TypeVar, cast

import httpx

from talon_client import AsyncTalonClient, TalonClient
from talon_client.async_transport import AsyncHttpDriver
from talon_client.connections import Connections
from talon_client.engine import Outcome
from talon_client.request import Prepared
from talon_client.transport import HttpDriver

T = TypeVar("T")

Driver = Literal["threads", "coroutines"]
DRIVERS: tuple[Driver, ...] = ("threads", "coroutines")
Handler = Callable[[httpx.Request], httpx.Response]

current: Driver = "threads"
"""Which driver `open_client` takes unless told; the fixture `driver` sets it."""


class _Loop:
    """One event loop for all tests, on a thread of its own, with threads enough for handlers that block."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._live, daemon=True, name="event loop of tests")
        self._ready = threading.Event()

    def _live(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(64))
        self._loop.call_soon(self._ready.set)
        self._loop.run_forever()
        self._loop.close()

    @property
    def thread(self) -> int | None:
        return self._thread.ident

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        if not self._thread.is_alive():
            self._thread.start()
            atexit.register(self._stop)
        self._ready.wait()
        assert self._loop
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _stop(self) -> None:
        assert self._loop
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


_loop = _Loop()
run = _loop.run
"""Runs a coroutine to its end on the event loop of the tests, from any thread."""


def callers_thread() -> int | None:
    """The thread on which a client does what it does at once: the caller's, or that of the event loop."""
    return threading.get_ident() if current == "threads" else _loop.thread


def open_client(
    base_url: str,
    key: str,
    handler: Handler | None = None,
    *,
    driver: Driver | None = None,
    sleep: Callable[[float], None] = time.sleep,
    **options: Any,
) -> TalonClient:
    """A client that waits, whichever driver is under it; requests go to `handler`, or out to the wire."""
    driver = driver or current
    if handler:
        options["http"] = open_http(handler, driver=driver)
    if driver == "threads":
        return TalonClient(base_url, key, sleep=sleep, **options)

    async def sleep_a_while(seconds: float) -> None:
        await asyncio.sleep(seconds) if sleep is time.sleep else sleep(seconds)

    return cast(TalonClient, Blocking(AsyncTalonClient(base_url, key, sleep=sleep_a_while, **options)))


def open_http(handler: Handler, *, driver: Driver | None = None, **options: Any) -> Any:
    """An httpx client of one's own, as the driver needs it."""
    if (driver or current) == "threads":
        return httpx.Client(transport=httpx.MockTransport(handler), **options)
    return httpx.AsyncClient(transport=httpx.MockTransport(_on_a_thread(handler)), **options)


def close_http(http: httpx.Client | httpx.AsyncClient) -> None:
    """Closes it behind the back of whoever uses it."""
    if isinstance(http, httpx.Client):
        http.close()
    else:
        run(http.aclose())


def attempt(handler: Handler, clock: Callable[[], float], seconds: float) -> Outcome:
    """One attempt of the driver alone."""
    prepared, http = Prepared("GET", "http://localhost:1/x", (), None), open_http(handler)
    if isinstance(http, httpx.Client):
        waiting = HttpDriver(Connections(None, lambda: http), clock)
        try:
            return waiting.attempt(prepared, clock() + seconds)
        finally:
            waiting.close()
    driver = AsyncHttpDriver(Connections(None, lambda: http), clock)
    try:
        return run(driver.attempt(prepared, clock() + seconds))
    finally:
        run(driver.close())


def _on_a_thread(handler: Handler) -> Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]]:
    # A handler may wait for what another test thread does; the event loop must not.
    async def answer(request: httpx.Request) -> httpx.Response:
        return await asyncio.to_thread(handler, request)

    return answer


class Blocking:
    """Has the methods of a `TalonClient`; each waits for the coroutine of that name."""

    def __init__(self, client: AsyncTalonClient) -> None:
        self.client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        return lambda *args, **named: run(method(*args, **named))

    @property
    def _core(self) -> Any:
        return self.client._core

    def __repr__(self) -> str:
        return repr(self.client).replace("AsyncTalonClient", "TalonClient")

    def __enter__(self) -> "Blocking":
        run(self.client.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        run(self.client.__aexit__(None, None, None))

    def close(self) -> None:
        run(self.client.aclose())

    def restricted(self, allow: Any) -> "Blocking":
        return Blocking(self.client.restricted(allow))

    def describe(self, call: Any) -> Any:
        return self.client.describe(call)

    def send_each(self, batch: Any) -> Iterator[Any]:
        return _each(lambda: self.client.send_each(batch))

    def iterate(self, call: Any, *, progress: Any = None) -> "BlockingIteration":
        return BlockingIteration(self.client.iterate(call, progress=progress))


class BlockingIteration:
    """An `AsyncIteration` that looks like an `Iteration`."""

    def __init__(self, iteration: Any) -> None:
        self._iteration = iteration

    def __iter__(self) -> Iterator[Any]:
        return _each(lambda: aiter(self._iteration))

    def pages(self) -> Iterator[Any]:
        return _each(self._iteration.pages)

    @property
    def report(self) -> Any:
        return self._iteration.report


def _each(begin: Callable[[], AsyncGenerator[T, None]]) -> Iterator[T]:
    items = begin()

    async def one() -> T:
        return await anext(items)

    try:
        while True:
            try:
                item = run(one())
            except StopAsyncIteration:
                return
            yield item
    finally:
        run(items.aclose())
