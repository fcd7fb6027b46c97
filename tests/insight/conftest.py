"""Sandboxes without a socket, and a client on them."""

from collections.abc import Iterator

import httpx
import pytest

from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.insight.help import NOW


@pytest.fixture(scope="session")
def demo() -> Iterator[Sandbox]:
    """The demo world at NOW; tests only read it, or put it back."""
    with Sandbox(now=NOW, socket=False) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def empty() -> Iterator[Sandbox]:
    """A world with programs and rules, and without customers."""
    with Sandbox(now=NOW, socket=False, world="empty") as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def shop(demo: Sandbox) -> Iterator[TalonClient]:
    """A client on the demo world."""
    with client_of(demo) as client:
        yield client


def client_of(sandbox: Sandbox) -> TalonClient:
    """A client on a sandbox without a socket."""
    http = httpx.Client(transport=sandbox.transport(), base_url=sandbox.url)
    return TalonClient(sandbox.url, sandbox.api_key, http=http, attempts=1)
