"""For all tests: clean surroundings, and a word about everything that is left out."""

from collections import Counter
from typing import Any

import pytest

from tests.support import overhearing, pairs, surroundings, watching

pytest_plugins = ["tests.support.chromium"]

surroundings.forget_settings()
surroundings.stay_on_this_machine()

watching.watch()

_left_out: Counter[str] = Counter()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what this machine cannot run, and says so; with DESK_TEST_COMPLETE that is an error."""
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        missing = [why for name, why in surroundings.MISSING.items() if why and item.get_closest_marker(name)]
        wrong_length = bool(item.get_closest_marker("soak")) != surroundings.SOAK
        if missing:
            _left_out.update(missing)
        (dropped if missing or wrong_length else kept).append(item)
    if _left_out and surroundings.COMPLETE:
        raise pytest.UsageError(f"nothing may be left out here, but: {'; '.join(sorted(_left_out))}")
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Where nothing may be left out, a test that skips itself has failed."""
    report = yield
    if surroundings.COMPLETE and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} skipped itself, which is forbidden here: {report.longrepr}"
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist prints nothing, so it hands over what it left out and what it watched."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = dict(_left_out)
        session.config.workeroutput["pairs"] = dict(pairs.counts)
        session.config.workeroutput["watched"] = (dict(watching.counts), watching.problems)
        session.config.workeroutput["heard"] = dict(overhearing.counts)
    elif watching.problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects all tests, so the counts of one are the counts of all."""
    for why, count in getattr(node, "workeroutput", {}).get("left_out", {}).items():
        _left_out[why] = max(_left_out[why], count)
    counts, problems = getattr(node, "workeroutput", {}).get("watched", ({}, []))
    watching.counts.update(counts)
    pairs.counts.update(getattr(node, "workeroutput", {}).get("pairs", {}))
    watching.problems.extend(problems)
    overhearing.counts.update(getattr(node, "workeroutput", {}).get("heard", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says what was left out and why."""
    for why, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"Left out {count} tests: {why}.")
    if watching.counts:
        terminalreporter.write_line(
            "{answers} answers of sandboxes, {kinds} kinds, held against the description of their edition; "
            "{undeclared} kinds with a status that it leaves out, {newer} with an effect that is newer than it."
            "".format_map(watching.counts)
        )
    for what, count in sorted(pairs.counts.items()):
        terminalreporter.write_line(f"{count} {what} tried.")
    if overhearing.counts:
        terminalreporter.write_line(f"Searched for planted secrets: {overhearing.summary()}.")
    for problem in watching.problems:
        terminalreporter.write_line(f"Not as described: {problem}", red=True)
