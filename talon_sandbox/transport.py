"""The sandbox without a socket: an httpx transport that hands requests straight to the application."""

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar, cast

import httpx

from .delivery import Message
from .server import ABORT, Application, Scope

T = TypeVar("T")
_Item = tuple[int, list[tuple[bytes, bytes]]] | bytes | Exception | None


class InProcessTransport(httpx.BaseTransport):
    """Sends requests to the application on its own event loop; safe to use from several threads.

    Faults look as they do over a socket: a reset is `httpx.ReadError`, an early end is
    `httpx.RemoteProtocolError`, and the request's read time-out is kept.
    """

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        self._application, self._loop = application, loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry out one request; raises httpx's own transport errors."""
        exchange = _Exchange(request, self._loop)
        asyncio.run_coroutine_threadsafe(exchange.serve(self._application), self._loop)
        status, headers = exchange.head()
        return httpx.Response(status, headers=headers, stream=exchange, request=request)


class _Exchange(httpx.SyncByteStream):
    def __init__(self, request: httpx.Request, loop: asyncio.AbstractEventLoop) -> None:
        self._request, self._loop = request, loop
        self._body: bytes | None = request.read()
        self._items: queue.SimpleQueue[_Item] = queue.SimpleQueue()
        self._gone = asyncio.Event()
        self._finished = False
        timeout = cast("dict[str, float | None]", request.extensions.get("timeout", {}))
        self._patience = timeout.get("read")

    async def serve(self, application: Application) -> None:
        url = self._request.url
        path, _, query = url.raw_path.partition(b"?")
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self._request.method,
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": path,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in self._request.headers.raw],
            "client": ("127.0.0.1", 0),
            "server": (url.host, url.port or 80),
            "extensions": {ABORT: self._abort},
        }
        try:
            await application(scope, self._receive, self._send)
        except Exception as error:
            self._items.put(httpx.RemoteProtocolError(f"the application failed: {error!r}"))

    def _abort(self, reset: bool) -> None:
        if reset:
            self._items.put(httpx.ReadError("connection reset by the sandbox", request=self._request))
        else:
            text = "peer closed connection without sending complete message body"
            self._items.put(httpx.RemoteProtocolError(text, request=self._request))
        self._gone.set()

    async def _receive(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = cast("list[tuple[bytes, bytes]]", message["headers"])
            self._items.put((cast(int, message["status"]), headers))
            return
        if body := cast(bytes, message.get("body", b"")):
            self._items.put(body)
        if not message.get("more_body", False):
            self._items.put(None)

    def _next(self) -> _Item:
        try:
            item = self._items.get(timeout=self._patience)
        except queue.Empty:
            self.close()
            raise httpx.ReadTimeout("timed out", request=self._request) from None
        if isinstance(item, Exception):
            self._finished = True
            raise item
        return item

    def head(self) -> tuple[int, list[tuple[bytes, bytes]]]:
        """Wait for status and headers."""
        item = self._next()
        assert isinstance(item, tuple)
        return item

    def __iter__(self) -> Iterator[bytes]:
        while (item := self._next()) is not None:
            assert isinstance(item, bytes)
            yield item
        self._finished = True

    def give_up(self) -> None:
        """Nobody waits any more: whoever does on a thread is let go."""
        self.close()
        self._items.put(httpx.ReadTimeout("given up", request=self._request))

    def close(self) -> None:
        if not self._finished:
            self._finished = True
            self._loop.call_soon_threadsafe(self._gone.set)


class AsyncInProcessTransport(httpx.AsyncBaseTransport):
    """The same for coroutines: each exchange waits on a thread, whichever event loop asks; cancelling ends it."""

    def __init__(self, application: Application, loop: asyncio.AbstractEventLoop) -> None:
        self._application, self._loop = application, loop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry out one request; raises httpx's own transport errors."""
        await request.aread()
        exchange = _Exchange(request, self._loop)
        asyncio.run_coroutine_threadsafe(exchange.serve(self._application), self._loop)
        body = _AsyncBody(exchange)
        status, headers = await body.waiting(exchange.head)
        return httpx.Response(status, headers=headers, stream=body, request=request)


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    async def waiting(self, step: Callable[[], T]) -> T:
        """Waits for one step on a thread; the thread is let go when the caller is cancelled."""
        try:
            return await asyncio.to_thread(step)
        except asyncio.CancelledError:
            self._exchange.give_up()
            raise

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self._exchange)
        while (piece := await self.waiting(lambda: next(pieces, None))) is not None:
            yield piece

    async def aclose(self) -> None:
        self._exchange.close()
