"""`python -m talon_sandbox` as a user starts it."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from talon_sandbox import Sandbox
from talon_sandbox.__main__ import main

from .conftest import NOW

READY = re.compile(r"Talon sandbox ready: URL=(http://\S+) KEY=(demo-\S+)")


@contextmanager
def _started(*options: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-m", "talon_sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ready = READY.fullmatch(process.stdout.readline().strip())
            assert ready, process.stderr and process.stderr.read()
            headers = {"Authorization": f"ApiKey-v1 {ready[2]}"}
            with httpx.Client(base_url=ready[1], headers=headers, timeout=5) as client:
                yield process, client
        finally:
            process.kill()
            process.wait()


def test_the_first_line_names_url_and_key_and_the_world_is_there() -> None:
    with _started("--now", NOW.isoformat()) as (process, client):
        assert client.base_url.host == "127.0.0.1"
        assert client.get("/v1/customer_profiles/maria.pending/inventory?profile=true").status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_file_keeps_the_world_over_a_kill(tmp_path: Path) -> None:
    options = ("--db", str(tmp_path / "world.db"), "--customers", "2")
    with _started(*options) as (_, client):
        client.put("/v2/customer_profiles/kept", json={"attributes": {"Name": "Kept"}}).raise_for_status()
    with _started(*options) as (_, client):
        profile = client.get("/v1/customer_profiles/kept/inventory?profile=true").json()["profile"]
        assert profile["attributes"] == {"Name": "Kept"}
        assert client.get("/_sandbox/scenarios").json()["scenarios"]


def test_an_empty_world_that_ignores_keys() -> None:
    with _started("--world", "empty", "--ignore-idempotency-keys") as (_, client):
        assert client.get("/v1/customer_profiles/maria.pending/inventory").status_code == 404
        body = {"customerSession": {"profileId": "a"}, "responseContent": ["customerSession"]}
        headers = {"Idempotency-Key": "same"}
        answers = [client.put("/v2/customer_sessions/S-1", json=body, headers=headers) for _ in range(2)]
        assert [answer.json()["customerSession"]["updateCount"] for answer in answers] == [1, 2]


@pytest.mark.parametrize(
    "options",
    [
        ("--now", "yesterday"),
        ("--world", "other"),
        ("--edition", "1"),
        ("--port", "99999999"),
        ("--campaigns", "no-such-file.json"),
        ("--db", "no-such-folder/world.db"),
        ("--customers", "-1"),
        ("--port", "x"),
    ],
)
def test_wrong_options_end_with_a_line_that_says_so(
    options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = main(["--port", "0", *options])
    except SystemExit as ended:
        code = ended.code
    printed = capsys.readouterr()
    assert code in (1, 2)
    assert printed.out == ""
    assert printed.err.strip()


def test_a_port_that_is_taken_is_said(shared_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    port = str(httpx.URL(shared_sandbox.url).port)
    assert main(["--port", port, "--world", "empty"]) == 1
    assert port in capsys.readouterr().err
