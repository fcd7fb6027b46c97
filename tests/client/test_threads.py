"""What only the client that waits has to fear: signals, threads, and reads that time out one by one."""

import socket
import threading
from concurrent.futures import Future
from typing import Any

import httpx
import pytest

from talon_client import Call, DeadlineExceeded, NotAllowed, OutcomeUnknown, TalonClient, Timeout, calls
from talon_client.connections import Connections
from talon_client.models import AddItem, AddItemCatalogAction, CatalogSyncRequest
from talon_client.models.base import Page
from talon_client.paging import Iteration, PageSize
from talon_client.request import Prepared
from talon_client.transport import HttpDriver
from tests.client.help import KEY, READ, UNSAFE, Shop, World, ok, raw_server, read_request, update


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


def test_what_has_no_time_left_once_it_is_connected_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    world, came, look_up = World(), [], socket.getaddrinfo

    def slow(*asked: Any, **more: Any) -> Any:
        world.now += 1.5
        return look_up(*asked, **more)

    with (
        raw_server(lambda connection: came.append(read_request(connection))) as url,
        TalonClient(url, KEY, clock=world.clock, timeout=1.0, deadline=1.2) as client,
    ):
        monkeypatch.setattr(socket, "getaddrinfo", slow)
        with pytest.raises(Timeout, match="nothing was sent") as caught:
            client.send(UNSAFE)
    assert caught.value.sent is False
    assert not any(came)


def test_the_clock_is_asked_at_every_piece_that_is_written() -> None:
    world = World()

    def a_while() -> float:
        world.now += 0.01
        return world.now

    text = {"text": "x" * 1_000_000}
    items = [AddItem(payload=AddItemCatalogAction(sku=f"s{number}", attributes=text)) for number in range(10)]
    call = calls.sync_catalog(1, body=CatalogSyncRequest(actions=items))

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with raw_server(serve) as url:
        hurried = TalonClient(url, KEY, clock=a_while, timeout=1.0, deadline=1.0)
        with hurried, pytest.raises(OutcomeUnknown, match="deadline exceeded"):
            hurried.send(call)
        with TalonClient(url, KEY, clock=a_while, timeout=10.0, deadline=10.0) as client:
            client.send(call)


def test_pages_that_were_begun_before_one_was_refused_are_dropped() -> None:
    begun: list[Future[Page[Any]]] = []

    def submit(_: Call[Page[Any]]) -> "Future[Page[Any]]":
        if len(begun) == 2:
            raise NotAllowed("signed out")
        begun.append(Future())
        if len(begun) == 1:
            begun[0].set_result(Page(data=({"id": 1},), has_more=True))
        return begun[-1]

    call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=1)
    with pytest.raises(NotAllowed):
        list(Iteration(call, submit, PageSize(), None, 8))
    assert [each.cancelled() for each in begun] == [False, True]


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
    driver = HttpDriver(
        Connections(None, lambda: httpx.Client(transport=httpx.MockTransport(shop))), shop.world.clock
    )
    driver.attempt(Prepared("GET", "http://localhost:1/x", (), None), shop.world.now + 5.0)
    left = shop.requests[0].extensions["timeout"]
    assert left.get("connect") == 5.0
    shop.world.now += 3.0
    assert left.get("read", None) == 2.0
    shop.world.now += 30.0
    assert 0 < left.get("read") < 0.01
    driver.close()
