"""What only the client that waits has to fear: signals, threads, and reads that time out one by one."""

import socket
import threading

import httpx
import pytest

from talon_client import DeadlineExceeded, TalonClient
from talon_client.request import Prepared
from talon_client.transport import HttpDriver
from tests.client.help import KEY, READ, Shop, World, ok, raw_server, read_request, update


def test_a_keyboard_interrupt_gives_turn_and_locks_back() -> None:
    shop = Shop(ok())

    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    shop.answers = [interrupt, ok()]
    with shop.client(max_in_flight=1) as client:
        with pytest.raises(KeyboardInterrupt):
            client.send(update("s"))
        assert client.send(update("s")) is not None
    assert [event.error for event in shop.events if event.kind == "outcome"] == ["KeyboardInterrupt", None]


def test_a_thread_that_cannot_be_started_is_no_closed_client(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Shop(ok()).client() as client:
        monkeypatch.setattr(threading.Thread, "start", full)
        with pytest.raises(RuntimeError, match="can't start"):
            client.send_all([READ])
        monkeypatch.undo()


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
