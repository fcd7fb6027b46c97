"""Fixtures for pytest: `pytest_plugins = ["talon_sandbox.fixtures"]` in a conftest.py."""

from collections.abc import Iterator

import pytest

from .sandbox import Sandbox


@pytest.fixture(scope="session")
def talon_sandbox_server() -> Iterator[Sandbox]:
    """One running sandbox with the demo world for the whole run."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def talon_sandbox(talon_sandbox_server: Sandbox) -> Iterator[Sandbox]:
    """The running sandbox, as it was at its beginning."""
    talon_sandbox_server.reset()
    yield talon_sandbox_server
    talon_sandbox_server.reset()
