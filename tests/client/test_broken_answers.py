"""What becomes of every way in which an answer can fail to arrive: real sockets, both drivers."""

import socket
import time
from collections.abc import Callable

import pytest

from talon_client import (
    APIError,
    Call,
    DeadlineExceeded,
    DecodeError,
    OutcomeUnknown,
    RateLimited,
    TalonError,
    Timeout,
    TransportError,
)
from tests.client.both import open_client
from tests.client.help import KEY, READ, UNSAFE, World, raw_server, read_request, reply

pytestmark = pytest.mark.usefixtures("driver")


def outcome(
    serve: Callable[[socket.socket], None], call: Call[object], timeout: float = 10.0
) -> TalonError | object:
    with (
        raw_server(serve) as url,
        open_client(url, KEY, attempts=1, timeout=timeout, deadline=timeout) as client,
    ):
        return client.send_all([call])[0]


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
    assert time.monotonic() - started < 4  # it drips for more than five seconds


def test_a_dripping_attempt_leaves_time_for_the_next() -> None:
    connections: list[int] = []

    def serve(connection: socket.socket) -> None:
        connections.append(1)
        if len(connections) == 1:
            drip(b"HTTP/1.1 200 OK\r\nX: ")(connection)
        else:
            reply(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")(connection)

    with raw_server(serve) as url, open_client(url, KEY, timeout=0.5, random=lambda: 0.0) as client:
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
    with open_client(url, KEY, sleep=lambda _: None) as client, pytest.raises(TransportError) as caught:
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
    with raw_server(serve) as url, open_client(url, KEY, clock=world.clock) as client:
        client.send(READ)
        world.now += 100.0
        assert client.fetch(READ).attempts == 1
    assert len(connections) == 1


def test_how_long_to_wait_is_known_though_the_body_was_cut_off() -> None:
    answer = b"HTTP/1.1 429 No\r\nRetry-After: 30\r\nContent-Length: 99\r\n\r\n{"
    with (
        raw_server(reply(answer)) as url,
        open_client(url, KEY, deadline=5) as client,
        pytest.raises(RateLimited) as caught,
    ):
        client.send(READ)
    assert (caught.value.retry_after, caught.value.attempts) == (30, 1)
