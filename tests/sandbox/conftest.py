"""A fresh world, frozen at one instant, and a shop on it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from talon_sandbox.world import World
from tests.sandbox.shop import START, Shop


@pytest.fixture
def world() -> Iterator[World]:
    made = World(now=START)
    yield made
    made.close()


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)


@pytest.fixture
def make_shop(tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], Shop]]:
    """A shop with campaigns of the test's own."""
    worlds: list[World] = []

    def make(campaigns: dict[str, Any]) -> Shop:
        path = tmp_path / f"campaigns-{len(worlds)}.json"
        path.write_text(json.dumps(campaigns), encoding="utf-8")
        worlds.append(World(now=START, campaigns=path))
        return Shop(worlds[-1])

    yield make
    for world in worlds:
        world.close()
