"""The documentation is true: its code runs, its tables are whole, and it builds without a warning."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from talon_client import OPERATIONS, TalonClient
from talon_sandbox import Sandbox
from tests.client import examples
from tests.support.surroundings import ROOT

DOCS = ROOT / "docs"
GUIDES = sorted(path.name for path in DOCS.glob("*.md"))
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=datetime(2026, 11, 18, 12, tzinfo=UTC)) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[TalonClient]:
    sandbox.reset()
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        yield client


@pytest.mark.parametrize("guide", GUIDES)
def test_the_code_of_a_guide_runs_as_written(
    guide: str, sandbox: Sandbox, client: TalonClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALON_BASE_URL", sandbox.url)
    monkeypatch.setenv("TALON_API_KEY", sandbox.api_key)
    names: dict[str, Any] = {"client": client, "BASE_URL": sandbox.url, "API_KEY": sandbox.api_key}
    with ThreadPoolExecutor(
        1
    ) as thread:  # guides start event loops, and a browser test leaves one running here
        for block in CODE.findall((DOCS / guide).read_text()):
            thread.submit(exec, compile(block, guide, "exec"), names).result()
    if names["client"] is not client:
        names["client"].close()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_example_of_every_operation_is_answered(operation: str, client: TalonClient) -> None:
    examples.run(operation, client)


def test_the_names_side_by_side_are_those_of_the_published_package() -> None:
    talon_one = pytest.importorskip("talon_one")
    sys.path.insert(0, str(DOCS / "_ext"))
    try:
        from reference import NOT_IN_SDK  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    theirs = {
        name
        for name in vars(talon_one.IntegrationApi)
        if not name.startswith("_") and not name.endswith(("_with_http_info", "_without_preload_content"))
    }
    assert theirs == set(OPERATIONS) - NOT_IN_SDK


def test_it_builds_without_a_warning(tmp_path: Path) -> None:
    source = tmp_path / "docs"
    shutil.copytree(DOCS, source, ignore=shutil.ignore_patterns("_build"))
    (tmp_path / "talon_client").symlink_to(ROOT / "talon_client")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", "docs", "out"]
    built = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    pages = {path.stem for path in (tmp_path / "out" / "operations").glob("*.html")}
    assert {operation.tag.lower().replace(" ", "_") for operation in OPERATIONS.values()} <= pages
