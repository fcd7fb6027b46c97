"""Plants bugs and counts how many the tests catch: `python -m tests.sandbox.planted [NUMBER ...]`.

Each bug gets a process of its own, in which one module of talon_sandbox is compiled from changed text; then the
tests of this folder run until one fails. No file is written.
"""

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import CodeType, ModuleType

from tests.sandbox.bug import Bug
from tests.sandbox.bugs import BUGS

HERE = Path(__file__).parent
NO_BUG = -1
# Quick ones first: a process ends with the first failure.
TESTS = (
    *("ledger_by_hand", "once_and_dry", "points_lists", "sessions", "coupons", "reopening", "tiers", "cards"),
    *(
        "profiles",
        "given_by_rules",
        "relative_dates",
        "taken_back",
        "reevaluation",
        "achievements",
        "invariants",
        "returns",
        "ledger_histories",
        "session_histories",
    ),
)


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles a module from its text with one bug in it."""

    def __init__(self, name: str, path: str, bug: Bug) -> None:
        super().__init__(name, path)
        self._bug = bug

    def get_code(self, fullname: str) -> CodeType:
        text = Path(self.path).read_text(encoding="utf-8")
        assert text.count(self._bug.right) == 1, f"{self._bug.says}: not found once in {fullname}"
        return compile(text.replace(self._bug.right, self._bug.wrong), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, bug: Bug) -> None:
        self._bug, self._name = bug, f"talon_sandbox.{bug.module}"

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        file = str(HERE.parents[1].joinpath(*fullname.split(".")).with_suffix(".py"))
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_Loader(fullname, file, self._bug)
        )


class _SameHistories:
    """A plugin: the same histories every time, none remembered from an earlier bug, no time for shorter ones."""

    def pytest_configure(self) -> None:
        from hypothesis import Phase, settings

        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("planted", derandomize=True, database=None, phases=phases)
        settings.load_profile("planted")


def _run_tests(number: int) -> int:
    import pytest

    assert not any(name.startswith("talon_sandbox") for name in sys.modules)
    if number != NO_BUG:
        sys.meta_path.insert(0, _Finder(BUGS[number]))
    files = [str(HERE / f"test_{name}.py") for name in TESTS]
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "--tb=no"]
    return int(pytest.main([*options, *files], plugins=[_SameHistories()]))


def catch(number: int) -> str:
    """The test that notices that bug, empty when none does.

    AssertionError when it could not be planted, or when the tests ended in any way but passing or failing.
    """
    command = [sys.executable, "-m", "tests.sandbox.planted", "--one", str(number)]
    environment = {name: text for name, text in os.environ.items() if name != "DESK_TEST_SOAK"}
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=HERE.parents[1], env=environment, check=False
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED tests/sandbox/")]
    assert done.returncode == (1 if failed else 0), done.stdout + done.stderr
    return failed[0].split(" - ")[0].removeprefix("FAILED tests/sandbox/") if failed else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Catches the bugs given, or all; 1 when one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", type=int, nargs="*", help="which bugs; default: all")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.one is not None:
        return _run_tests(given.one)
    numbers, started = given.numbers or list(range(len(BUGS))), time.monotonic()
    assert not catch(NO_BUG), "the tests fail without any bug"
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(catch, numbers))
    for number, by in zip(numbers, found, strict=True):
        print(f"{number:3} {BUGS[number].says}: {by or 'MISSED'}")
    caught = sum(map(bool, found))
    print(f"caught {caught} of {len(numbers)} planted bugs in {time.monotonic() - started:.0f} s")
    return 0 if caught == len(numbers) else 1


if __name__ == "__main__":
    sys.exit(main())
