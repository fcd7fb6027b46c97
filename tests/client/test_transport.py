"""What really goes over the wire, and what becomes of every way in which an answer can fail to arrive."""

import gzip
import json
import logging
import socket
import time
from collections.abc import Callable

import httpx
import pytest

from talon_client import (
    APIError,
    Call,
    DeadlineExceeded,
    DecodeError,
    OutcomeUnknown,
    TalonClient,
    TalonError,
    Timeout,
    TransportError,
    calls,
)
from talon_client.engine import Failure, Response
from talon_client.models import CouponReservations, GenerateLoyaltyCard
from talon_client.request import Prepared
from talon_client.transport import HttpDriver
from tests.client.help import KEY, Shop, World, ok, raw_server, read_request

UNSAFE = calls.generate_loyalty_card(1, body=GenerateLoyaltyCard())
READ = calls.get_customer_session("s")


def reply(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Reads one request, answers these bytes, hangs up."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)

    return serve


def outcome(
    serve: Callable[[socket.socket], None], call: Call[object], timeout: float = 10.0
) -> TalonError | object:
    with (
        raw_server(serve) as url,
        TalonClient(url, KEY, attempts=1, timeout=timeout, deadline=timeout) as client,
    ):
        return client.send_all([call])[0]


@pytest.mark.parametrize(
    "raw_id",
    ["a/b", "a%2Fb", "%2e%2e", "..%2f", "a?b#c", "ä 🎈", "+&=;", "...", "a\\b", "\n\x00", "x" * 1000],
)
def test_a_path_goes_out_as_it_was_quoted(raw_id: str) -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    call = calls.get_customer_session(raw_id)
    with raw_server(serve) as url, TalonClient(url, KEY) as client:
        client.send(call)
    target = seen[0].split(b" ", 2)[1].decode()
    assert target == call.path
    assert target.count("/") == 3
    assert httpx.URL("http://x" + target).path.removeprefix("/v2/customer_sessions/") == raw_id


def test_a_query_goes_out_quoted() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with raw_server(serve) as url, TalonClient(url, KEY) as client:
        client.get_loyalty_card_points(7, "card", subledger_id=["a b", "c&d", "e+f", "ü%"])
    target = seen[0].split(b" ", 2)[1].decode()
    assert target == (
        "/v1/loyalty_programs/7/cards/card/points"
        "?subledgerId=a+b&subledgerId=c%26d&subledgerId=e%2Bf&subledgerId=%C3%BC%25"
    )


def test_the_headers_of_a_write() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    body = CouponReservations(integration_ids=["p"])
    with raw_server(serve) as url, TalonClient(url, KEY) as client:
        client.delete_coupon_reservation("code", body=body)
    head, _, content = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "DELETE /v1/coupon_reservations/code HTTP/1.1"
    assert f"Authorization: ApiKey-v1 {KEY}" in lines
    assert "Content-Type: application/json" in lines
    assert "Accept: application/json" in lines
    assert json.loads(content) == {"integrationIDs": ["p"]}
    assert not any(line.lower().startswith("idempotency-key") for line in lines)


def test_compressed_answers_are_read() -> None:
    body = gzip.compress(b'{"effects": [{"effectType": "x"}]}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with raw_server(reply(head, body)) as url, TalonClient(url, KEY) as client:
        answer = client.fetch(READ)
    assert answer.value.effects[0].effect_type == "x"
    assert answer.body == b'{"effects": [{"effectType": "x"}]}'


WRONG_ENCODING = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
TRUNCATED = b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"effects"'
TRUNCATED_CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"
TRUNCATED_REFUSAL = b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{"
NO_HTTP = b"SSH-2.0-OpenSSH\r\n"


@pytest.mark.parametrize(
    ("raw", "read", "write"),
    [
        (b"", TransportError, OutcomeUnknown),
        (NO_HTTP, TransportError, OutcomeUnknown),
        (b"HTTP/1.1 200 OK\r\nX: ", TransportError, OutcomeUnknown),
        (TRUNCATED, TransportError, DecodeError),
        (TRUNCATED_CHUNK, TransportError, DecodeError),
        (WRONG_ENCODING, TransportError, DecodeError),
        (TRUNCATED_REFUSAL, APIError, APIError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", DecodeError, DecodeError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", DecodeError, DecodeError),
        (b"HTTP/1.1 503 Oh\r\nContent-Length: 6\r\n\r\n<html>", APIError, OutcomeUnknown),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", APIError, APIError),
    ],
)
def test_broken_answers(raw: bytes, read: type[TalonError], write: type[TalonError]) -> None:
    assert isinstance(outcome(reply(raw), READ), read)
    assert isinstance(outcome(reply(raw), UNSAFE), write)


def drip(head: bytes) -> Callable[[socket.socket], None]:
    """Sends this, then a byte at a time for as long as anybody listens."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        connection.settimeout(0.01)
        for _ in range(500):
            connection.sendall(b"1")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                pass

    return serve


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: ",
        b"HTTP/1.1 ",
        b"",
    ],
    ids=["body", "chunk size", "header", "status", "first line"],
)
def test_nothing_that_drips_outlives_the_deadline(head: bytes) -> None:
    started = time.monotonic()
    found = outcome(drip(head), READ, timeout=0.05)
    assert isinstance(found, DeadlineExceeded)
    assert time.monotonic() - started < 1.0


def test_the_clock_is_asked_before_every_read() -> None:
    world = World()

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        world.now += 100.0
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        connection.recv(1)

    with (
        raw_server(serve) as url,
        TalonClient(url, KEY, clock=world.clock) as client,
        pytest.raises(DeadlineExceeded),
    ):
        client.send(READ)


def test_a_dripping_attempt_leaves_time_for_the_next() -> None:
    connections: list[int] = []

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        if len(connections) == 1:
            drip(b"HTTP/1.1 200 OK\r\nX: ")(connection)
        else:
            reply(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")(connection)

    with raw_server(serve) as url, TalonClient(url, KEY, timeout=0.05, random=lambda: 0.0) as client:
        assert client.fetch(READ).attempts == 2


def test_a_silent_server_times_out_and_says_whether_it_was_sent() -> None:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.recv(1)

    found = outcome(serve, READ, timeout=0.05)
    assert isinstance(found, Timeout | DeadlineExceeded)
    assert found.sent
    assert isinstance(outcome(serve, UNSAFE, timeout=0.05), OutcomeUnknown)


def test_a_refused_connection_sent_nothing_and_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with TalonClient(url, KEY, sleep=lambda _: None) as client, pytest.raises(TransportError) as caught:
        client.send(UNSAFE)
    assert not caught.value.sent
    assert caught.value.attempts == 3


def test_a_kept_connection_is_used_again_and_its_deadline_is_that_of_the_new_call() -> None:
    connections: list[int] = []

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    world = World()
    with raw_server(serve) as url, TalonClient(url, KEY, clock=world.clock) as client:
        client.send(READ)
        world.now += 100.0
        assert client.fetch(READ).attempts == 1
    assert len(connections) == 1


def test_a_client_of_ones_own_keeps_its_own_time_outs_for_other_requests() -> None:
    def serve(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    world = World()
    with raw_server(serve) as url, httpx.Client() as http:
        client = TalonClient(url, KEY, http=http, clock=world.clock)
        client.send(READ)
        world.now += 1000.0
        assert http.get(f"{url}/of/my/own").json() == {}
        client.close()


def test_redirects_are_never_followed() -> None:
    shop = Shop(httpx.Response(302, headers={"location": "http://localhost:1/elsewhere"}), ok())
    with shop.client() as client, pytest.raises(APIError) as caught:
        client.send(READ)
    assert caught.value.status == 302
    assert len(shop.requests) == 1


def test_a_client_of_ones_own_stays_open_and_its_defaults_do_not_leak_in() -> None:
    shop = Shop(httpx.Response(200, json={}, headers={"set-cookie": "a=b"}), ok())
    http = httpx.Client(
        transport=httpx.MockTransport(shop),
        follow_redirects=True,
        auth=("user", "password"),
        headers={"x-mine": "1"},
        params={"mine": "1"},
    )
    with TalonClient("http://localhost:1", KEY, http=http) as client:
        client.send(READ)
        client.send(READ)
    assert not http.is_closed
    for request in shop.requests:
        assert request.headers["authorization"] == f"ApiKey-v1 {KEY}"
        assert "x-mine" not in request.headers
        assert "cookie" not in request.headers
        assert str(request.url) == "http://localhost:1/v2/customer_sessions/s"


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
    driver = HttpDriver(httpx.Client(transport=httpx.MockTransport(shop)), shop.world.clock, owned=True)
    prepared = Prepared("GET", "http://localhost:1/x", (), None)
    assert driver.attempt(prepared, shop.world.now + 1) == failure
    driver.close()


class _Pieces(httpx.SyncByteStream):
    """A body whose pieces each take a second of the shop's clock."""

    def __init__(self, shop: Shop, count: int) -> None:
        self.shop = shop
        self.count = count
        self.closed = False

    def __iter__(self):  # type: ignore[no-untyped-def]
        for _ in range(self.count):
            self.shop.world.now += 1.0
            yield b" "

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(("count", "whole"), [(4, True), (5, False), (50, False)])
def test_the_clock_is_asked_at_every_piece(count: int, whole: bool) -> None:
    shop = Shop()
    body = _Pieces(shop, count)
    shop.answers = [lambda _: httpx.Response(200, stream=body)]
    driver = HttpDriver(httpx.Client(transport=httpx.MockTransport(shop)), shop.world.clock, owned=True)
    found = driver.attempt(Prepared("GET", "http://localhost:1/x", (), None), shop.world.now + 5.0)
    assert found == (Response(200, {}, b" " * count) if whole else Failure("timeout", sent=True, status=200))
    assert body.closed
    assert shop.world.now <= 1005.0
    driver.close()


def test_time_outs_shrink_from_phase_to_phase() -> None:
    shop = Shop(ok())
    driver = HttpDriver(httpx.Client(transport=httpx.MockTransport(shop)), shop.world.clock, owned=True)
    driver.attempt(Prepared("GET", "http://localhost:1/x", (), None), shop.world.now + 5.0)
    left = shop.requests[0].extensions["timeout"]
    assert left.get("connect") == 5.0
    shop.world.now += 3.0
    assert left.get("read", None) == 2.0
    shop.world.now += 30.0
    assert 0 < left.get("read") < 0.01
    driver.close()


def test_an_unexpected_error_is_not_swallowed() -> None:
    shop = Shop(RuntimeError("a bug of a transport"))
    with shop.client() as client, pytest.raises(RuntimeError, match="a bug"):
        client.send(READ)
    assert [event.kind for event in shop.events] == ["call", "attempt", "outcome"]
    assert shop.events[-1].error == "RuntimeError"


def test_a_client_closed_by_somebody_else_sends_nothing() -> None:
    shop = Shop(ok())
    http = httpx.Client(transport=httpx.MockTransport(shop))
    client = TalonClient("http://localhost:1", KEY, http=http)
    http.close()
    with pytest.raises(TransportError, match="closed") as caught:
        client.send(UNSAFE)
    assert not caught.value.sent
    assert shop.requests == []


@pytest.mark.parametrize(
    ("before", "after"), [(logging.NOTSET, logging.WARNING), (logging.ERROR, logging.ERROR)]
)
def test_httpx_may_not_log_urls(before: int, after: int) -> None:
    logger = logging.getLogger("httpx")
    logger.setLevel(before)
    Shop(ok()).client().close()
    assert logger.level == after
    logger.setLevel(logging.WARNING)
