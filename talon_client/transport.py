"""Speaks HTTP and waits for it: one attempt in, one outcome out. Only its async twin imports httpx too."""

import logging
import ssl
import threading
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import httpx

from talon_client.connections import Connections
from talon_client.engine import Failure, FailureKind, Outcome, Response
from talon_client.errors import ConfigError
from talon_client.request import Prepared
from talon_client.settings import TLS, Settings

C = TypeVar("C", httpx.Client, httpx.AsyncClient)

_PIECE = 65_536
"""How much of a body is written with one look at the clock."""

_NEW_STREAM = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")


class Wire:
    """How far an attempt came, as its transport tells it. A transport of the caller's own may tell nothing."""

    def __init__(self) -> None:
        self.told = False
        self.sending = False

    def note(self, event: str, info: dict[str, Any]) -> None:
        """Takes note of one event of httpcore's trace extension."""
        self.told = True
        # What a proxy is asked first (CONNECT) does not reach the API.
        if event.endswith(".send_request_headers.started") and info["request"].method != b"CONNECT":
            self.sending = True

    @property
    def unsent(self) -> bool:
        """Whether the request certainly did not leave the house."""
        return self.told and not self.sending


class _Now(threading.local):
    """The attempt that this thread is making, and when it has to end."""

    until: float | None = None
    wire: Wire = Wire()


class _TimeLeft(dict[str, float | None]):
    """Time-outs as httpx reads them, phase by phase: each phase gets what is left of the attempt, so that a
    slow connection shortens the wait for the answer."""

    def __init__(self, until: float, clock: Callable[[], float], wait: Callable[[float], float]) -> None:
        super().__init__(connect=None, read=None, write=None, pool=None)
        self._until = until
        self._clock = clock
        self._wait = wait

    def get(self, key: str, default: object = None) -> float:
        left = max(0.001, self._until - self._clock())
        return self._wait(left) if key == "pool" else left


class HttpDriver:
    """Sends attempts over one `httpx.Client`, which threads share."""

    def __init__(self, connections: Connections[httpx.Client], clock: Callable[[], float]) -> None:
        self._connections = connections
        self._clock = clock
        self.closed = False
        self._now = _Now()
        quieten()

    def close(self) -> None:
        """From now on nothing is sent."""
        self.closed = True
        for http in self._connections.to_close():
            http.close()

    def attempt(self, prepared: Prepared, until: float) -> Outcome:
        """Makes one attempt, whole body included, until `until` (the clock's seconds).

        Only looking up the host's name, and trying several addresses of a host that is down, can take longer; what
        has no time left then is not sent.
        """
        if self.closed:
            return Failure("closed", sent=False)
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.content,
            extensions={
                "timeout": _TimeLeft(until, self._clock, self._connections.wait),
                "trace": self._trace,
            },
        )
        self._now.until, self._now.wire = until, Wire()
        try:
            return self._send(request, until)
        finally:
            self._now.until = None

    def _send(self, request: httpx.Request, until: float) -> Outcome:
        http = self._connections.http
        try:
            response = http.send(request, stream=True, follow_redirects=False, auth=None)
        except httpx.HTTPStatusError as error:
            return answered(error)
        except httpx.HTTPError as error:
            if isinstance(error, httpx.PoolTimeout):
                self._connections.without_place(http)
            return failure(error, self._now.wire)
        except RuntimeError:
            if http.is_closed:
                return Failure("closed", sent=False)
            raise
        return self._read(response, until)

    def _read(self, response: httpx.Response, until: float) -> Outcome:
        try:
            pieces = []
            for piece in response.iter_bytes():
                pieces.append(piece)
                if self._clock() >= until:
                    return cut_off(response, "timeout")
        except httpx.HTTPError as error:
            return cut_off(response, failure(error, self._now.wire).kind)
        finally:
            response.close()
        return whole(response, pieces)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(".send_request_headers.started"):
            self._left(httpx.ConnectTimeout)
        self._now.wire.note(event, info)
        if event.endswith(_NEW_STREAM):
            self._bound(info["return_value"])

    def _left(self, late: type[httpx.TimeoutException]) -> float | None:
        """What is left of this thread's attempt, or `late` when that is nothing."""
        if self._now.until is None:
            return None
        left = self._now.until - self._clock()
        if left <= 0:
            raise late("the attempt's time is used up")
        return left

    def _bound(self, stream: Any) -> None:
        """Makes each read and write of a new connection end with the attempt that makes it.

        httpx's time-outs start anew with every read and every piece that is written, so headers, chunk sizes or a body
        that drip would outlive any of them.
        """
        read, write = stream.read, stream.write

        def bounded_read(max_bytes: int, timeout: float | None = None) -> bytes:
            left = self._left(httpx.ReadTimeout)
            data: bytes = read(max_bytes, timeout=timeout if left is None else left)
            return data

        def bounded_write(buffer: bytes, timeout: float | None = None) -> None:
            for start in range(0, len(buffer), _PIECE):
                left = self._left(httpx.WriteTimeout)
                write(buffer[start : start + _PIECE], timeout=timeout if left is None else left)

        stream.read, stream.write = bounded_read, bounded_write


def failure(error: httpx.HTTPError, wire: Wire) -> Failure:
    """What an error of httpx means."""
    if isinstance(error, httpx.ConnectTimeout):
        return Failure("connect timeout", sent=False)
    if isinstance(error, httpx.PoolTimeout):
        return Failure("pool", sent=False)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        # All of them come before the request's first byte.
        return Failure("connect", sent=False)
    late = isinstance(error, httpx.TimeoutException)
    if wire.unsent:
        # A proxy that was asked for the way, and fell silent or hung up.
        return Failure("connect timeout" if late else "connect", sent=False)
    return Failure("timeout" if late else "network", sent=True)


def cut_off(response: httpx.Response, kind: FailureKind) -> Failure:
    """An answer whose body did not come, or not to its end."""
    return Failure(kind, sent=True, status=response.status_code, headers=_headers(response))


def answered(error: httpx.HTTPStatusError) -> Failure:
    """An error answer that a hook of the caller's own client has turned into an exception: its body was not read."""
    return cut_off(error.response, "network")


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


def whole(response: httpx.Response, pieces: list[bytes]) -> Response:
    """The answer, now that all of it is there."""
    return Response(response.status_code, _headers(response), b"".join(pieces))


def quieten() -> None:
    """httpx logs every URL at INFO, and URLs hold customer ids."""
    logger = logging.getLogger("httpx")
    if logger.level < logging.WARNING:
        logger.setLevel(logging.WARNING)


def open_driver(settings: Settings, http: httpx.Client | None, clock: Callable[[], float]) -> HttpDriver:
    """A driver over the caller's own client, which stays open, or over a pool of our own."""
    return HttpDriver(open_connections(httpx.Client, settings, http), clock)


def open_connections(kind: type[C], settings: Settings, http: C | None) -> Connections[C]:
    """The caller's client, or one of our own."""
    if http is not None and not isinstance(http, kind):
        raise ConfigError(f"http must be an httpx.{kind.__name__}")
    return Connections(http, lambda: _made(kind, settings))


def _made(kind: type[C], settings: Settings) -> C:
    """No redirects; proxies and TLS as told, else as the environment says."""
    in_flight = settings.max_in_flight
    limits = httpx.Limits(max_connections=in_flight, max_keepalive_connections=in_flight)
    tls = _trusting(settings.tls)
    try:
        return kind(
            verify=tls,
            proxy=settings.proxy.reveal() if settings.proxy else None,
            limits=limits,
            follow_redirects=False,
        )
    except ImportError:
        problem = "a SOCKS proxy needs the package socksio: install httpx[socks]"
    except (ValueError, httpx.InvalidURL):
        problem = "a proxy cannot be used: check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY of the environment"
    # Out of the handler, so that the error has no context: httpx quotes the URL, which may hold a password.
    raise ConfigError(problem)


def _trusting(tls: TLS | None) -> ssl.SSLContext:
    if isinstance(tls, ssl.SSLContext):
        return tls
    try:
        return _tls() if tls is None else ssl.create_default_context(cafile=tls)
    except (OSError, ValueError, TypeError):
        where = "SSL_CERT_FILE or SSL_CERT_DIR" if tls is None else "tls"
    raise ConfigError(f"the certificates of {where} cannot be read: it must be a file in PEM form")


@cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates is most of what a new client costs.
    return httpx.create_ssl_context()
