"""What the client's tests share: a clock by hand, a client answered by a function, a server of raw bytes."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from talon_client import Event, TalonClient

KEY = "marker-of-a-key-7f3a"
"""Appears nowhere but in the one header."""
CUSTOMER = "marker-of-a-customer-51bd"

Handler = Callable[[httpx.Request], httpx.Response]


class World:
    """A clock that moves only when somebody sleeps or says so; jitter is always the whole of it."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def random(self) -> float:
        return 1.0


class Shop:
    """Answers a client's requests from a list or by a function, and remembers them."""

    def __init__(self, *answers: httpx.Response | Exception | Handler) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.events: list[Event] = []
        self.world = World()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A fresh one each time: a response that was read cannot be read again.
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)

    def client(self, **options: Any) -> TalonClient:
        """A client of this shop that never waits."""
        options = {
            "clock": self.world.clock,
            "sleep": self.world.sleep,
            "random": self.world.random,
        } | options
        return TalonClient(
            "http://localhost:1",
            KEY,
            http=httpx.Client(transport=httpx.MockTransport(self)),
            hooks=[self.events.append],
            **options,
        )


def ok(document: object = None) -> httpx.Response:
    return httpx.Response(200, json={} if document is None else document)


def page(rows: Sequence[object], more: bool = False) -> httpx.Response:
    return ok({"data": rows, "hasMore": more})


def refusal(status: int, message: str = "refused", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message, "StatusCode": status}, headers=headers)


Serve = Callable[[socket.socket], None]


@contextmanager
def raw_server(serve: Serve) -> Iterator[str]:
    """A server on loopback that hands each connection to `serve`, on a thread of its own; gives its base URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()
    open_sockets: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def talk(connection: socket.socket) -> None:
        # The client may hang up at any time: that is what is tested.
        with suppress(OSError), connection:
            serve(connection)

    def accept() -> None:
        while not closing.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            thread = threading.Thread(target=talk, args=(connection,))
            threads.append(thread)
            thread.start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        closing.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for connection in open_sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def read_request(connection: socket.socket) -> bytes:
    """One request, head and body; empty when the client hung up."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
