"""`python -m bench.server [DELAY]`: a local server that costs next to nothing, so that figures are the clients' own.

It answers GET only, from the path, after `DELAY` seconds, keeps connections open, and counts how many requests it had
in flight at once (`/in-flight` tells and forgets). It prints its port and ends when its standard input does.
"""

import asyncio
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench import ledgers, rows

ROOT = Path(__file__).resolve().parents[1]


class _State:
    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.now = self.most = self.requests = 0

    def told(self) -> bytes:
        """What was seen since it was asked last."""
        seen = json.dumps({"most": self.most, "requests": self.requests}).encode()
        self.most = self.requests = 0
        return seen


def answer_of(target: str) -> tuple[int, bytes]:
    """Status and body of a GET. The profiles `points-10000` and `pages50-10000` have whole ledgers, with 1 000 and with
    50 rows a page at most; everybody else has what is in `rows`."""
    parts = urlsplit(target)
    path = parts.path.split("/")
    who = next((part for part in path if "points-" in part or "pages50-" in part), "")
    if not who:
        return 200, body_of(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    what = parts.path.rpartition("/")[2]
    if "cards" in path or not who.startswith(("points-", "pages50-")):
        return 404, b'{"message": "not found"}'
    most, total = (50 if who.startswith("pages50") else 1000), int(who.partition("-")[2])
    if what in ("transactions", "points"):
        size = int(query.get("pageSize", "50"))
        if size > most:
            return 400, b'{"message": "pageSize is too large"}'
        name = query["status"] if what == "points" else what
        return 200, ledgers.page(total, name, int(query.get("skip", "0")), size)
    if what == "warm":
        ledgers.warm(total, most)
        return 200, b"{}"
    if what == "balances":
        return 200, ledgers.balances(total)
    if what == "inventory":
        return 200, ledgers.inventory(who, total)
    return 404, b'{"message": "not found"}'


def body_of(target: str) -> bytes:
    """The answer to a GET. The profile `ledger-10000` has 10 000 transactions."""
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    what = parts.path.rpartition("/")[2]
    if what == "transactions":
        total = int(parts.path.split("/")[-2].partition("-")[2])
        return rows.transactions(total, int(query.get("skip", "0")), int(query.get("pageSize", "50")))
    if what == "points":
        return rows.points(query["status"])
    return {"balances": rows.BALANCES, "inventory": rows.INVENTORY}[what]


class _Protocol(asyncio.Protocol):
    def __init__(self, state: _State) -> None:
        self._state = state
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._asked(head.split(b" ", 2)[1].decode("ascii"))

    def _asked(self, target: str) -> None:
        state = self._state
        if target == "/in-flight":
            self._write(state.told())
            return
        state.requests += 1
        state.now += 1
        state.most = max(state.most, state.now)
        status, body = answer_of(target)
        if state.delay:
            asyncio.get_running_loop().call_later(state.delay, self._answer, body, status)
        else:
            self._answer(body, status)

    def _answer(self, body: bytes, status: int) -> None:
        self._state.now -= 1
        self._write(body, status)

    def _write(self, body: bytes, status: int = 200) -> None:
        head = (
            f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(head.encode("ascii") + body)


async def _serve(delay: float) -> None:
    loop, state = asyncio.get_running_loop(), _State(delay)
    server = await loop.create_server(lambda: _Protocol(state), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


@contextmanager
def running(delay: float = 0.0) -> Iterator[str]:
    """Such a server in a process of its own; gives its URL."""
    command = [sys.executable, "-m", "bench.server", str(delay)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()


def in_flight(url: str) -> tuple[int, int]:
    """How many requests were in flight at once, at most, and how many came in all, since this was asked last."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection.request("GET", "/in-flight")
    seen = json.load(connection.getresponse())
    connection.close()
    return seen["most"], seen["requests"]


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0.0))
