"""The sandbox as its users wait for it: ready, reset, and closed sessions under load, on one core of its own."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from statistics import median, quantiles
from urllib.parse import urlsplit

from bench.figure import Figure
from talon_sandbox import Sandbox

STARTS, RESETS = 5, 30
CONNECTIONS, SECONDS = 8, 5.0
CART = [{"sku": "ACC-102", "name": "Scarf", "category": "Accessories", "quantity": 1, "price": 24.5}]


def figures() -> Iterator[Figure]:
    """Start to ready with the demo world, reset, closed sessions a second and their 99th percentile."""
    yield _ready()
    yield _reset()
    yield from _load()


def _ready() -> Figure:
    """From the command to its first line, which says that it answers."""
    times = []
    for _ in range(STARTS):
        started = time.perf_counter()
        process, _url, _key = start()
        times.append(time.perf_counter() - started)
        process.terminate()
        process.communicate()
    return Figure(
        "sandbox: start to ready, demo world", median(times), 1.5, "s", f"median of {STARTS} processes"
    )


def _reset() -> Figure:
    times = []
    with Sandbox(socket=False) as sandbox:
        for _ in range(RESETS):
            started = time.perf_counter()
            sandbox.reset()
            times.append((time.perf_counter() - started) * 1000)
    return Figure("sandbox: reset of the demo world", median(times), 20.0, "ms", f"median of {RESETS}")


def _load() -> Iterator[Figure]:
    process, url, key = start()
    try:
        begun = time.perf_counter()
        times = close_sessions(url, key, SECONDS)
        taken = time.perf_counter() - begun
    finally:
        process.terminate()
        process.communicate()
    note = f"{CONNECTIONS} connections, {taken:.0f} s, the demo's campaigns, one item that earns points"
    yield Figure("sandbox: closed sessions", len(times) / taken, 1000.0, "/s", note, better="least")
    yield Figure(
        "sandbox: a closed session, 99th percentile", quantiles(times, n=100)[98] * 1000, 50.0, "ms", note
    )


def start(*more: str) -> tuple[subprocess.Popen[str], str, str]:
    """The command with these options, its URL and its key, once it answers."""
    command = [sys.executable, "-m", "talon_sandbox", "--port", "0", *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    words = dict(word.split("=", 1) for word in process.stdout.readline().split() if "=" in word)
    return process, words["URL"], words["KEY"]


def close_sessions(url: str, key: str, seconds: float) -> list[float]:
    """Seconds of each request, sent one after another on every connection."""
    times: list[float] = []
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_one_connection, args=(url, key, number, until, times))
        for number in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _one_connection(url: str, key: str, number: int, until: float, times: list[float]) -> None:
    """Bytes on a socket: the client is to cost next to nothing."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name, place = f"{number}-{time.time_ns()}", 0
        while (started := time.perf_counter()) < until:
            session = {"profileId": f"load-{place % 500}", "state": "closed", "cartItems": CART}
            body = json.dumps({"customerSession": session}).encode()
            head = (
                f"PUT /v2/customer_sessions/load-{name}-{place} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: ApiKey-v1 {key}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(head.encode() + body)
            answer = _read(connection)
            assert answer.startswith(b"HTTP/1.1 200"), answer[:200]
            times.append(time.perf_counter() - started)
            place += 1


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].split(b":")[1]):
        body += connection.recv(65536)
    return data
