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


@pytest.fixture(scope="session")
def shared_client(shared_sandbox: Sandbox) -> Iterator[httpx.Client]:
    """One client for all: a client costs more to make than what most tests ask of it."""
    with httpx.Client(base_url=shared_sandbox.url, timeout=5) as client:
        yield client


@pytest.fixture
def anybody(sandbox: Sandbox, shared_client: httpx.Client) -> httpx.Client:
    """A client without a key."""
    shared_client.headers.pop("Authorization", None)
    return shared_client


@pytest.fixture
def api(sandbox: Sandbox, shared_client: httpx.Client) -> Iterator[httpx.Client]:
    """A client with the sandbox's key."""
    shared_client.headers["Authorization"] = f"ApiKey-v1 {sandbox.api_key}"
    yield shared_client
    shared_client.headers.pop("Authorization", None)
