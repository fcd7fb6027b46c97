"""The walls of the house that import-linter cannot see: pages, the front door, sizes, and what tests may reach."""

import ast
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.surroundings import ROOT, LeavingTheMachine

PAGES = sorted((ROOT / "pages").rglob("*.py"))
ROOMS = ("desk", "talon_client", "talon_sandbox", "bench")
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))] + PAGES + [ROOT / "app.py"]


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, by its first name."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_page_is_flat() -> None:
    """A flat page runs for a deep link into a fresh process without app.py, and so without its checks."""
    assert PAGES
    assert not list((ROOT / "pages").glob("*.py"))


def test_page_names_are_unique_over_sections() -> None:
    stems = [path.stem for path in PAGES]
    assert len(stems) == len(set(stems))


def test_every_page_is_in_the_navigation() -> None:
    sources = [ROOT / "app.py", *(ROOT / "desk/ui").glob("*.py")]
    front_door = "".join(path.read_text() for path in sources)
    assert [name(path) for path in PAGES if name(path) not in front_door] == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_is_short_and_only_shows(path: Path) -> None:
    assert set(imported(path)) <= {
        "streamlit",
        "desk",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "typing",
    }
    assert len(path.read_text().splitlines()) <= 160


def test_the_front_door_holds_no_business() -> None:
    allowed = {"streamlit", "desk", "talon_client", "talon_sandbox", "os", "uuid", "typing", "collections"}
    assert set(imported(ROOT / "app.py")) <= allowed


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_stay_readable(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert len(path.read_text().splitlines()) <= 400
    assert ast.get_docstring(tree), "a module says in one line what it is for"


def test_only_the_transport_of_the_client_speaks_http() -> None:
    speaking = [name(path) for path in SOURCES if "httpx" in set(imported(path))]
    assert set(speaking) <= {
        "talon_client/transport.py",
        "talon_client/async_transport.py",
        "talon_client/client.py",
        "talon_client/async_client.py",
        "talon_sandbox/transport.py",
        "talon_sandbox/sandbox.py",
    } | {each for each in speaking if each.startswith("bench/")}


def test_tests_stay_on_this_machine() -> None:
    with socket.socket() as probe, pytest.raises(LeavingTheMachine):
        probe.connect(("192.0.2.1", 80))
