"""`python -m talon_sandbox` as a user starts it."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from talon_sandbox import Sandbox
from talon_sandbox.__main__ import main
from talon_sandbox.catalog import CatalogError
from talon_sandbox.clock import ClockError
from talon_sandbox.sandbox import Settings, open_shell

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
        headers = {"Idempotency-Key": "x" * 300}
        assert client.put("/v2/customer_sessions/S-1", json=body, headers=headers).status_code == 200


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
        ("--db", "."),
        ("--now", "0001-01-01T00:00:00Z"),
        ("--now", "9500-01-01T00:00:00Z"),
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


def test_an_empty_world_in_a_file_goes_on_where_the_demo_is_asked_for(tmp_path: Path) -> None:
    path = str(tmp_path / "e.db")
    open_shell(Settings(db=path, world="empty")).world.close()
    shell = open_shell(Settings(db=path))
    assert shell.scenarios == ()
    assert not shell.world.frozen
    shell.world.close()


def test_a_demo_world_that_was_given_up_half_way_is_none(tmp_path: Path) -> None:
    path, campaigns = str(tmp_path / "half.db"), tmp_path / "campaigns.json"
    _shipped(campaigns, lambda data: data["attributes"]["CustomerProfile"].pop("City"))
    with pytest.raises(CatalogError):
        open_shell(Settings(db=path, now=NOW, customers=3, campaigns=campaigns))
    shell = open_shell(Settings(db=path, now=NOW - timedelta(days=9), customers=0))
    assert (shell.now(), bool(shell.scenarios)) == (NOW - timedelta(days=9), True)
    shell.world.close()


def test_two_that_begin_one_file_at_a_time_share_its_world(tmp_path: Path) -> None:
    settings = Settings(db=str(tmp_path / "two.db"), now=NOW, customers=0)
    with ThreadPoolExecutor(2) as threads:
        shells = list(threads.map(open_shell, [settings] * 2))
    assert shells[0].scenarios == shells[1].scenarios != ()
    for shell in shells:
        shell.world.close()


def test_an_earlier_now_for_a_file_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "e.db")
    open_shell(Settings(db=path, world="empty", now=NOW)).world.close()
    assert main(["--port", "0", "--db", path, "--now", (NOW - timedelta(days=1)).isoformat()]) == 1
    assert "name a later instant or none" in capsys.readouterr().err


@pytest.mark.parametrize("year", [999, 9001])
def test_a_sandbox_of_a_year_that_no_clock_shows_is_refused(year: int) -> None:
    with pytest.raises(ClockError):
        Settings(now=NOW.replace(year=year))


def _shipped(path: Path, change: Callable[[Any], object]) -> None:
    """Write the campaigns that come with the sandbox, changed, to a file."""
    data = json.loads((Path(main.__code__.co_filename).parent / "campaigns.json").read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["attributes"]["CustomerProfile"].pop("City"), "'City'"),
        (lambda data: (data["additionalCosts"].remove("shipping"), data["campaigns"].pop(3)), "'shipping'"),
        (lambda data: data["campaigns"].remove(data["campaigns"][2]), "campaign 103"),
        (lambda data: data["audiences"].pop(), "audience 4"),
        (lambda data: data["audiences"][0].update(id="1"), "whole number"),
        (lambda data: data["audiences"][0].update(name=1), "text"),
    ],
)
def test_campaigns_that_the_demo_cannot_use_are_said_in_one_line(
    tmp_path: Path, change: Callable[[Any], object], said: str
) -> None:
    _shipped(tmp_path / "c.json", change)
    with pytest.raises(CatalogError, match=said) as refused:
        open_shell(Settings(campaigns=tmp_path / "c.json", customers=3))
    assert "\n" not in str(refused.value)
