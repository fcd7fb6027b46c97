"""What the client's tests share: a clock by hand, a client answered by a function, a server of raw bytes."""

import socket
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from talon_client import Call, Event, Safety, TalonClient, calls
from talon_client.models import (
    CustomerProfileIntegrationRequestV2,
    GenerateLoyaltyCard,
    IntegrationRequest,
    NewCustomerSessionV2,
    NewReturn,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)
from tests.client.both import Handler, open_client

KEY = "marker-of-a-key-7f3a"
"""Appears nowhere but in the one header."""
CUSTOMER = "marker-of-a-customer-51bd"


READ = calls.get_customer_session("s")
UNSAFE = calls.generate_loyalty_card(1, body=GenerateLoyaltyCard())
PROFILE = CustomerProfileIntegrationRequestV2(attributes={"Name": "x"})
RETURN = ReturnIntegrationRequest(
    return_=NewReturn(returned_cart_items=[ReturnedCartItem(position=0, quantity=1)])
)


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
        """A client of this shop that never waits, over the driver that is tested (see `both`)."""
        world = self.world
        options = {"clock": world.clock, "sleep": world.sleep, "random": world.random} | options
        return open_client("http://localhost:1", KEY, self, hooks=[self.events.append], **options)


def ok(document: object = None) -> httpx.Response:
    return httpx.Response(200, json={} if document is None else document)


def page(rows: Sequence[object], more: bool = False) -> httpx.Response:
    return ok({"data": rows, "hasMore": more})


def refusal(status: int, message: str = "refused", **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"message": message, "StatusCode": status}, headers=headers)


class Gate:
    """Holds answers back until it is opened, and counts who is inside."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = threading.Semaphore(0)
        self.now = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.inside.release()
        assert self.open.wait(10)
        with self._lock:
            self.now -= 1
        return ok()


def update(session: str, profile: str | None = None, dry: bool | None = None) -> Call[Any]:
    body = IntegrationRequest(customer_session=NewCustomerSessionV2(profile_id=profile))
    return calls.update_customer_session_v2(session, body=body, dry=dry)


def read_only(call: Call[object]) -> bool | str:
    return call.safety in (Safety.READ, Safety.DRY) or "this is read-only"


def everything_about(error: BaseException) -> str:
    """As a logger or a crash reporter would show it, with all causes and contexts and their locals."""
    shown, seen, waiting = [], set(), [error]
    while waiting:
        each = waiting.pop()
        seen.add(id(each))
        stack = traceback.TracebackException.from_exception(each, capture_locals=True)
        own = [frame for frame in stack.stack if "talon_client" in frame.filename]
        shown += [str(each), repr(each), "".join(traceback.format_exception(each))]
        shown += [f"{frame.name}: {frame.locals}" for frame in own]
        for next_one in (each.__cause__, each.__context__):
            if next_one is not None and id(next_one) not in seen:
                waiting.append(next_one)
    return "\n".join(shown)


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
        piece = connection.recv(65536)
        if not piece:
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


def reply(*pieces: bytes) -> Callable[[socket.socket], None]:
    """Reads one request, answers these bytes, hangs up."""

    def serve(connection: socket.socket) -> None:
        read_request(connection)
        for piece in pieces:
            connection.sendall(piece)

    return serve
