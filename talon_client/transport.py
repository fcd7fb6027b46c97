"""The only module that speaks HTTP: one attempt in, one outcome out."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from talon_client.engine import Failure, Outcome, Response

# Raised before the request's first byte is written.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request with its secrets in place; lives only as long as its call."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None

    def __repr__(self) -> str:
        return f"<Prepared {self.method}>"


class _TimeLeft(dict[str, float | None]):
    """Time-outs as httpx reads them, phase by phase: each phase gets what is left of the attempt, so that a slow
    connection shortens the wait for the answer."""

    def __init__(self, until: float, clock: Callable[[], float]) -> None:
        super().__init__(connect=None, read=None, write=None, pool=None)
        self._until = until
        self._clock = clock

    def get(self, key: str, default: object = None) -> float:  # type: ignore[override]
        return max(0.001, self._until - self._clock())


class HttpDriver:
    """Sends attempts over one `httpx.Client`, which threads share."""

    def __init__(self, http: httpx.Client, clock: Callable[[], float]) -> None:
        self._http = http
        self._clock = clock

    def attempt(self, prepared: Prepared, until: float) -> Outcome:
        """Makes one attempt, whole body included, until `until` (the clock's seconds)."""
        request = httpx.Request(
            prepared.method,
            prepared.url,
            headers=prepared.headers,
            content=prepared.content,
            extensions={"timeout": _TimeLeft(until, self._clock)},
        )
        try:
            response = self._http.send(request, stream=True, follow_redirects=False, auth=None)
        except _NOT_SENT:
            return Failure("connect", sent=False)
        except httpx.PoolTimeout:
            return Failure("pool", sent=False)
        except httpx.TimeoutException:
            return Failure("timeout", sent=True)
        except httpx.HTTPError:
            return Failure("network", sent=True)
        return self._read(response, until)

    def _read(self, response: httpx.Response, until: float) -> Outcome:
        # httpx's time-outs are per read, so a dripping answer outlives them: the clock is asked at every piece.
        status = response.status_code
        try:
            pieces = []
            for piece in response.iter_bytes():
                pieces.append(piece)
                if self._clock() >= until:
                    return Failure("timeout", sent=True, status=status)
        except httpx.TimeoutException:
            return Failure("timeout", sent=True, status=status)
        except httpx.HTTPError:
            return Failure("network", sent=True, status=status)
        finally:
            response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Response(status, headers, b"".join(pieces))


def open_http(max_in_flight: int) -> httpx.Client:
    """A pool of our own: no redirects, proxies and TLS as the environment says.

    httpx logs every URL at INFO, and URLs hold customer ids: that logger is turned down to warnings.
    """
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.Client(
        limits=httpx.Limits(max_connections=max_in_flight, max_keepalive_connections=max_in_flight),
        follow_redirects=False,
    )
