"""Random ledger histories against the naive model: 300 in every run, 10 000 in the long one; no violation."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from talon_sandbox.world import World
from tests.sandbox import ledger_checks
from tests.sandbox.ledger_play import PLAYED, POLICIES, STEPS, History, Policy, Step
from tests.sandbox.shop import START

LONG = settings(max_examples=3400, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    world = World(now=START)
    yield world
    world.close()


def play(world: World, policy: Policy, steps: list[Step]) -> None:
    """One history from an empty world, with every invariant of a ledger."""
    world.reset()
    history = History.begin(world, policy)
    PLAYED["history"] += 1
    for step in steps:
        history.play(step)
        ledger_checks.at_every_step(history)
    ledger_checks.at_the_end(history)


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=100, deadline=None)
@given(steps=STEPS)
def test_any_history_agrees_with_the_naive_model(shared: World, policy: Policy, steps: list[Step]) -> None:
    play(shared, policy, steps)


def test_histories_reach_every_kind_of_step(shared: World) -> None:
    """Counts what one batch of histories did: an invariant that is never put to the test holds by chance."""
    PLAYED.clear()

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(steps=STEPS)
    def batch(steps: list[Step]) -> None:
        play(shared, "unlimited", steps)

    batch()
    wanted = "spend, spend refused, below zero, rolled back, reimbursed twice, activated, expiry moved"
    wanted += ", jump -1, jump +0, jump +1"
    assert {name for name in wanted.split(", ") if not PLAYED[name]} == set()


@pytest.mark.soak
@pytest.mark.parametrize("policy", POLICIES)
@LONG
@given(steps=STEPS)
def test_ten_thousand_histories(shared: World, policy: Policy, steps: list[Step]) -> None:
    play(shared, policy, steps)
