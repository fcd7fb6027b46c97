"""The budget keeps the desk from crowding out the shop's checkout."""

import pytest

from desk.lookup.budget import Budget
from talon_client import Event


class World:
    """A clock that only moves when somebody sleeps or says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def event(kind: str, **more: object) -> Event:
    return Event(kind, "get_customer_inventory", "GET", "/v1/x", "read", **more)  # type: ignore[arg-type]


def budget(world: World, rate: float = 10.0, burst: float = 3.0) -> Budget:
    return Budget(rate, burst, world.clock, world.sleep)


def test_a_burst_is_free_and_what_follows_waits_its_turn() -> None:
    world = World()
    it = budget(world)
    for _ in range(5):
        it(event("attempt"))
    assert len(world.slept) == 2
    assert sum(world.slept) > 0


def test_over_a_long_time_the_rate_holds() -> None:
    world = World()
    it = budget(world)
    for _ in range(203):
        it(event("attempt"))
    assert 19.9 < world.now < 20.1


def test_a_429_halves_the_rate_for_a_minute() -> None:
    world = World()
    it = budget(world)
    it(event("outcome", error="RateLimited", status=429))
    assert it.slowed
    for _ in range(13):
        it(event("attempt"))
    assert 1.9 < world.now < 2.1
    world.now += 60
    assert not it.slowed


def test_three_failures_in_a_row_slow_down_and_a_success_between_them_does_not() -> None:
    world = World()
    it = budget(world)
    for outcome in ("ServerError", "ServerError", None, "ServerError", "ServerError"):
        it(event("outcome", error=outcome))
    assert not it.slowed
    it(event("outcome", error="ServerError"))
    assert it.slowed


def test_a_list_takes_one_turn_and_its_pages_none() -> None:
    world = World()
    it = budget(world)
    it.begin_list()
    for _ in range(200):
        it.pages(event("attempt"))
    assert world.slept == []
    for _ in range(2):
        it(event("attempt"))
    assert world.slept == []
    it(event("attempt"))
    assert world.slept == [0.1]  # three turns were free: the list's and two requests


def test_many_lists_wait_for_their_turns() -> None:
    world = World()
    it = budget(world)
    for _ in range(203):
        it.begin_list()
    assert 19.9 < world.now < 20.1


@pytest.mark.parametrize(
    "outcomes", [[("RateLimited", 429)], [("ServerError", 503)] * 3], ids=["a 429", "three 5xx"]
)
def test_pages_take_turns_at_half_the_rate_once_the_api_asks_for_less(
    outcomes: list[tuple[str, int]],
) -> None:
    world = World()
    it = budget(world)
    for error, status in outcomes:
        it.pages(event("outcome", error=error, status=status))
    it.begin_list()
    for _ in range(13):
        it.pages(event("attempt"))
    assert 1.9 < world.now < 2.1
    world.now += 60
    for _ in range(50):
        it.pages(event("attempt"))
    assert world.now < 62.2
