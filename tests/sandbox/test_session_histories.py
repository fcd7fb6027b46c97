"""Random histories of sessions: 200 in every run, 5 000 in the long one; the books agree at the end of each."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.sandbox.session_checks import check
from tests.sandbox.session_play import STEPS, Player, Step, open_shop
from tests.sandbox.shop import Shop

LONG = settings(max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def shared() -> Iterator[Shop]:
    shop = open_shop()
    yield shop
    shop.world.close()


def play(shop: Shop, steps: list[Step]) -> None:
    """One history from the same beginning, with every invariant of the books."""
    shop.world.reset()
    player = Player(shop)
    for step in steps:
        player.play(step)
    check(player)


@settings(max_examples=200, deadline=None)
@given(steps=STEPS)
def test_any_history_of_sessions_keeps_the_books(shared: Shop, steps: list[Step]) -> None:
    play(shared, steps)


@pytest.mark.soak
@LONG
@given(steps=STEPS)
def test_five_thousand_histories(shared: Shop, steps: list[Step]) -> None:
    play(shared, steps)
