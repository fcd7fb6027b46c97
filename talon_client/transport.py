"""The only module that speaks HTTP: one attempt in, one outcome out."""

import logging
import ssl
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import httpx

from talon_client.engine import Failure, Outcome, Response
from talon_client.request import Prepared

_NEW_STREAM = ("connect_tcp.complete", "connect_unix_socket.complete", "start_tls.complete")


class _Now(threading.local):
    """When the attempt that this thread is making has to end."""

    until: float | None = None


class _TimeLeft(dict[str, float | None]):
    """Time-outs as httpx reads them, phase by phase: each phase gets what is left of the attempt, so that a
    slow connection shortens the wait for the answer."""

    def __init__(self, until: float, clock: Callable[[], float]) -> None:
        super().__init__(connect=None, read=None, write=None, pool=None)
        self._until = until
        self._clock = clock

    def get(self, key: str, default: object = None) -> float:
        return max(0.001, self._until - self._clock())


class HttpDriver:
    """Sends attempts over one `httpx.Client`, which threads share. `owned`: it is closed with the driver."""

    def __init__(self, http: httpx.Client, clock: Callable[[], float], owned: bool) -> None:
        self._http = http
        self._clock = clock
        self._owned = owned
        self.closed = False
        self._now = _Now()
        # httpx logs every URL at INFO, and URLs hold customer ids.
        logger = logging.getLogger("httpx")
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)

    def close(self) -> None:
        """From now on nothing is sent."""
        self.closed = True
        if self._owned:
            self._http.close()

    def attempt(self, prepared: Prepared, until: float) -> Outcome:
        """Makes one attempt, whole body included, until `until` (the clock's seconds).

        Only looking up the host's name, and trying several addresses of a host that is down, can take longer.
        """
        if self.closed:
            return Failure("closed", sent=False)
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.content,
            extensions={"timeout": _TimeLeft(until, self._clock), "trace": self._trace},
        )
        self._now.until = until
        try:
            return self._send(request, until)
        finally:
            self._now.until = None

    def _send(self, request: httpx.Request, until: float) -> Outcome:
        try:
            response = self._http.send(request, stream=True, follow_redirects=False, auth=None)
        except httpx.HTTPError as error:
            return _failure(error)
        except RuntimeError:
            if self._http.is_closed:
                return Failure("closed", sent=False)
            raise
        return self._read(response, until)

    def _read(self, response: httpx.Response, until: float) -> Outcome:
        status = response.status_code
        try:
            pieces = []
            for piece in response.iter_bytes():
                pieces.append(piece)
                if self._clock() >= until:
                    return Failure("timeout", sent=True, status=status)
        except httpx.HTTPError as error:
            return Failure(_failure(error).kind, sent=True, status=status)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(status, headers, b"".join(pieces))

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(_NEW_STREAM):
            self._bound(info["return_value"])

    def _bound(self, stream: Any) -> None:
        """Makes each read of a new connection end with the attempt that reads.

        httpx's time-outs start anew with every read, so headers, chunk sizes or a body that drip would
        outlive any of them.
        """
        read = stream.read

        def bounded(max_bytes: int, timeout: float | None = None) -> bytes:
            until = self._now.until
            if until is not None:
                timeout = until - self._clock()
                if timeout <= 0:
                    raise httpx.ReadTimeout("the attempt's time is used up")
            data: bytes = read(max_bytes, timeout=timeout)
            return data

        stream.read = bounded


def _failure(error: httpx.HTTPError) -> Failure:
    if isinstance(error, httpx.ConnectTimeout):
        return Failure("connect timeout", sent=False)
    if isinstance(error, httpx.PoolTimeout):
        return Failure("pool", sent=False)
    if isinstance(error, (httpx.ConnectError, httpx.ProxyError, httpx.UnsupportedProtocol)):
        # All of them come before the request's first byte.
        return Failure("connect", sent=False)
    return Failure("timeout" if isinstance(error, httpx.TimeoutException) else "network", sent=True)


@cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates is most of what a new client costs.
    return httpx.create_ssl_context()


def open_http(max_in_flight: int) -> httpx.Client:
    """A pool of our own: no redirects, proxies and TLS as the environment says."""
    return httpx.Client(
        verify=_tls(),
        limits=httpx.Limits(max_connections=max_in_flight, max_keepalive_connections=max_in_flight),
        follow_redirects=False,
    )
