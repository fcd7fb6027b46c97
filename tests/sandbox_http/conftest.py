"""One demo sandbox for all tests of this folder, at a fixed instant; tests that write start from a reset."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from talon_sandbox import Sandbox

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Sandbox]:
    """The demo world at NOW, on a socket."""
    with Sandbox(now=NOW) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Iterator[Sandbox]:
    """The shared sandbox, put back to its beginning for this test and after it."""
    shared_sandbox.reset()
    yield shared_sandbox
    shared_sandbox.reset()


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """An HTTP client with the sandbox's key."""
    headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
    with httpx.Client(base_url=sandbox.url, headers=headers, timeout=5) as client:
        yield client
