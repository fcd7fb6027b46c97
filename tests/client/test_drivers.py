"""The two drivers alone: what errors of httpx mean, and when they look at the clock."""

import httpx
import pytest

from talon_client import BadRequest, Call, TransportError
from talon_client.engine import Failure, Response
from tests.client.both import attempt, close_http, open_client, open_http
from tests.client.help import KEY, READ, UNSAFE, Shop, ok, refusal

pytestmark = pytest.mark.usefixtures("driver")


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (httpx.ConnectError("x"), Failure("connect", sent=False)),
        (httpx.ProxyError("x"), Failure("connect", sent=False)),
        (httpx.UnsupportedProtocol("x"), Failure("connect", sent=False)),
        (httpx.ConnectTimeout("x"), Failure("connect timeout", sent=False)),
        (httpx.PoolTimeout("x"), Failure("pool", sent=False)),
        (httpx.ReadTimeout("x"), Failure("timeout", sent=True)),
        (httpx.WriteTimeout("x"), Failure("timeout", sent=True)),
        (httpx.ReadError("x"), Failure("network", sent=True)),
        (httpx.WriteError("x"), Failure("network", sent=True)),
        (httpx.RemoteProtocolError("x"), Failure("network", sent=True)),
        (httpx.TooManyRedirects("x"), Failure("network", sent=True)),
    ],
)
def test_every_error_of_httpx_has_its_meaning(error: Exception, failure: Failure) -> None:
    shop = Shop(error)
    assert attempt(shop, shop.world.clock, 1.0) == failure


@pytest.mark.parametrize("call", [READ, UNSAFE])
def test_a_hook_that_raises_for_an_error_status_changes_nothing(call: Call[object]) -> None:
    shop = Shop(refusal(400, "no"), refusal(400, "no"))
    http = open_http(shop)

    def complain(response: httpx.Response) -> None:
        response.raise_for_status()

    async def complain_later(response: httpx.Response) -> None:
        complain(response)

    http.event_hooks = {"response": [complain if isinstance(http, httpx.Client) else complain_later]}
    with open_client("http://localhost:1", KEY, http=http) as client, pytest.raises(BadRequest):
        client.send(call)
    assert len(shop.requests) == 1


class _Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body whose pieces each take a second of the shop's clock."""

    def __init__(self, shop: Shop, count: int) -> None:
        self.shop = shop
        self.count = count
        self.closed = False

    def __iter__(self):  # type: ignore[no-untyped-def]
        for _ in range(self.count):
            self.shop.world.now += 1.0
            yield b" "

    async def __aiter__(self):  # type: ignore[no-untyped-def]
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("count", "whole"), [(4, True), (5, False), (50, False)])
def test_the_clock_is_asked_at_every_piece(count: int, whole: bool) -> None:
    shop = Shop()
    body = _Pieces(shop, count)
    shop.answers = [lambda _: httpx.Response(200, stream=body)]
    found = attempt(shop, shop.world.clock, 5.0)
    assert found == (Response(200, {}, b" " * count) if whole else Failure("timeout", sent=True, status=200))
    assert body.closed
    assert shop.world.now <= 1005.0


@pytest.mark.parametrize("kind", [RuntimeError, TimeoutError])
def test_an_unexpected_error_is_not_swallowed(kind: type[Exception]) -> None:
    shop = Shop(kind("a bug of a transport"))
    with shop.client() as client, pytest.raises(kind, match="a bug"):
        client.send(READ)
    assert [event.kind for event in shop.events] == ["call", "attempt", "outcome"]
    assert shop.events[-1].error == kind.__name__


def test_a_client_closed_by_somebody_else_sends_nothing() -> None:
    shop = Shop(ok())
    http = open_http(shop)
    client = open_client("http://localhost:1", KEY, http=http)
    close_http(http)
    with pytest.raises(TransportError, match="closed") as caught:
        client.send(UNSAFE)
    assert not caught.value.sent
    assert shop.requests == []
