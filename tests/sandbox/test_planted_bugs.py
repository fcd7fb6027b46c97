"""The tests catch planted bugs: a few in every run, all of them in the long one."""

from pathlib import Path

import pytest

import talon_sandbox
from tests.sandbox import planted
from tests.sandbox.bugs import BUGS

ROOM = Path(talon_sandbox.__file__).parent
# One of each part: order of spending, expiry, what is given back, policy, reopening.
EVERY_RUN = (
    "spends in the order of awards, not of expiries",
    "a lot lives one tick too long",
    "gives back with a new window",
    "within_balance goes below zero",
    "a reopened order keeps its points",
)


def test_every_bug_can_be_planted() -> None:
    for bug in BUGS:
        text = ROOM.joinpath(*bug.module.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        assert text.count(bug.right) == 1, bug.says
        compile(text.replace(bug.right, bug.wrong), bug.module, "exec")
    assert len({bug.says for bug in BUGS}) == len(BUGS) >= 25


@pytest.mark.parametrize("says", EVERY_RUN)
def test_a_planted_bug_is_caught(says: str) -> None:
    [number] = [index for index, bug in enumerate(BUGS) if bug.says == says]
    assert planted.catch(number)


@pytest.mark.soak
def test_all_planted_bugs_are_caught(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        assert planted.main([]) == 0
