"""What the sandbox ships for others: a README whose code runs, fixtures, transports."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import talon_sandbox
from talon_client import AsyncTalonClient, Timeout, calls
from talon_sandbox import Sandbox
from talon_sandbox.choices import CHOICES, COVERAGE
from tests.support.coroutines import run

from .conftest import NOW

README = (Path(talon_sandbox.__file__).parent / "README.md").read_text()
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_readme_names_every_choice_and_every_gap() -> None:
    for choice in CHOICES:
        assert f"| `{choice['id']}` | {choice['choice']} |" in README
    for operation in COVERAGE:
        assert (f"| `{operation['operation']}` | {operation['note']} |" in README) is bool(operation["note"])


def test_the_readme_names_everybody(shared_sandbox: Sandbox) -> None:
    for scenario in shared_sandbox.scenarios():
        assert not scenario["id"].isascii() or f"| `{scenario['id']}` | {scenario['story']} |" in README


@pytest.mark.parametrize("code", CODE.findall(README), ids=["in tests", "other clients"])
def test_the_code_of_the_readme_runs(code: str) -> None:
    exec(compile(code, "README.md", "exec"), {})


def test_the_fixture_gives_a_fresh_world_to_each_test(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["talon_sandbox.fixtures"]\n')
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "from talon_client import TalonClient\n"
        "@pytest.mark.parametrize('again', [1, 2])\n"
        "def test_it(talon_sandbox, again):\n"
        "    with TalonClient(talon_sandbox.url, talon_sandbox.api_key) as client:\n"
        "        assert client.get_loyalty_balances(3, 'zoe.new').balance is not None\n"
        "        client.join_loyalty_program(3, 'zoe.new')\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        "/dev/null",
        "test_it.py",
    ]
    root = Path(talon_sandbox.__file__).parents[1]
    ran = subprocess.run(
        [*command, "--rootdir", str(tmp_path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "2 passed" in ran.stdout, ran.stdout + ran.stderr


def test_coroutines_need_no_socket_either() -> None:
    async def ask(sandbox: Sandbox) -> None:
        async with httpx.AsyncClient(transport=sandbox.async_transport()) as http:
            client = AsyncTalonClient(sandbox.url, sandbox.api_key, http=http, timeout=5, attempts=1)
            rows = [
                row
                async for row in client.iterate(
                    calls.get_loyalty_program_profile_transactions(1, "maria.pending")
                )
            ]
            assert rows
            sandbox.faults("get_customer_session", ["stall"])
            quick = AsyncTalonClient(
                sandbox.url, sandbox.api_key, http=http, timeout=0.1, deadline=0.2, attempts=1
            )
            with pytest.raises(Timeout):
                await quick.get_customer_session("ORD-10022")

    with Sandbox(now=NOW, socket=False) as sandbox:
        run(ask(sandbox))
