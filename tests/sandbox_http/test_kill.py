"""A file database under four writers, killed at any moment: nothing acknowledged is lost, doubled or half done."""

import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

WRITERS = 4
POINTS = 100  # 10 points per euro of a cart of 10 euros


class Server:
    """The command, with its world in a file."""

    def __init__(self, path: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "talon_sandbox",
            "--port",
            "0",
            "--world",
            "empty",
            "--db",
            str(path),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Talon sandbox ready"), line
        self.url = line.split("URL=")[1].split()[0]

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.url, headers={"Authorization": "ApiKey-v1 demo-talon-desk"}, timeout=10
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def close(client: httpx.Client, writer: int, number: int) -> bool:
    """Closes a session of 10 euros under a key of its own; False when the server was killed meanwhile."""
    cart = [{"sku": "a", "quantity": 1, "price": 10}]
    body = {"customerSession": {"profileId": f"p{writer}", "state": "closed", "cartItems": cart}}
    name = f"w{writer}-{number}"
    try:
        answer = client.put(f"/v2/customer_sessions/{name}", json=body, headers={"Idempotency-Key": name})
    except httpx.TransportError:
        return False
    assert answer.status_code == 200, answer.text
    return True


def write(server: Server, enough: threading.Event, counts: list[int], target: int) -> list[int]:
    """Four writers until the server is gone; answers how many sessions of each were acknowledged in all."""

    def run(writer: int) -> int:
        done = counts[writer]
        with server.client() as client:
            while close(client, writer, done):
                done += 1
                if done - counts[writer] >= target:
                    enough.set()
        return done

    with ThreadPoolExecutor(WRITERS) as threads:
        running = [threads.submit(run, writer) for writer in range(WRITERS)]
        in_time = enough.wait(20)
        server.kill()
        assert in_time, [each.exception() for each in running]
        return [each.result() for each in running]


def ledger(client: httpx.Client, writer: int) -> list[Any]:
    """All transactions of a writer's customer."""
    rows: list[Any] = []
    more = True
    while more:
        path = f"/v1/loyalty_programs/1/profile/p{writer}/transactions"
        page = client.get(path, params={"pageSize": 1000, "skip": len(rows)}).json()
        rows += page["data"]
        more = page["hasMore"]
    return rows


def check(server: Server, counts: list[int]) -> None:
    """Every acknowledged session is there once and whole; the one that was under way is whole or not there."""
    with server.client() as client:
        for writer, count in enumerate(counts):
            if client.get(f"/v1/customer_profiles/p{writer}/inventory").status_code == 404:
                assert count == 0, "everything that was acknowledged is lost"
                continue
            rows = ledger(client, writer)
            earned = [row["customerSessionId"] for row in rows]
            assert len(set(earned)) == len(earned), "a session earned twice"
            assert {f"w{writer}-{number}" for number in range(count)} <= set(earned), (
                "an acknowledged one is lost"
            )
            assert len(earned) <= count + 1
            last = client.get(f"/v2/customer_sessions/w{writer}-{count}")
            assert (f"w{writer}-{count}" in earned) is (last.status_code == 200), "one is half done"
            assert last.status_code != 200 or last.json()["customerSession"]["state"] == "closed"
            profile = client.get(f"/v1/customer_profiles/p{writer}/inventory?profile=true").json()["profile"]
            assert profile["closedSessions"] == len(earned)
            assert sum(row["amount"] for row in rows) == POINTS * len(earned)
        # Who was not answered asks again under the same key: done once in any case.
        assert all(close(client, writer, count) for writer, count in enumerate(counts))


def kills(path: Path, times: int) -> int:
    """So many kills at random moments; answers how many sessions there were in the end."""
    chance, counts = random.Random(4), [0] * WRITERS
    server = Server(path)
    for _ in range(times):
        counts = write(server, threading.Event(), counts, chance.randrange(1, 30))
        server = Server(path)
        check(server, counts)
        counts = [count + 1 for count in counts]
    server.kill()
    return sum(counts)


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    assert kills(tmp_path / "world.db", 10) > 10 * WRITERS


@pytest.mark.soak
def test_two_hundred_kills(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sessions = kills(tmp_path / "world.db", 200)
    with capsys.disabled():
        print(f"\n200 kills under {WRITERS} writers: {sessions} sessions, none lost, none doubled")
