"""Periods of achievements: when they begin, end and begin anew, on a fixed schedule and by what the customer does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.shop import Shop, line, props

Make = Callable[..., Shop]


@pytest.fixture
def make(make_shop: Callable[[dict[str, Any]], Shop]) -> Make:
    """A shop in which every order is a step; the settings are those of its achievement."""

    def make(**settings: Any) -> Shop:
        stamps = {"id": 1, "campaignId": 1, "name": "Stamps", "title": "Stamps", "target": 2, "period": "1M"}
        rule = {"name": "rule", "then": [{"do": "progress", "achievement": 1}]}
        return make_shop(
            {
                "achievements": [{**stamps, **settings}],
                "campaigns": [{"id": 1, "name": "c", "rules": [rule]}],
            }
        )

    return make


def values(shop: Shop, *sessions: str) -> list[Any]:
    told = [props(shop.close(session, [line("10")]), "increaseAchievementProgress") for session in sessions]
    return [[each["value"] for each in one] for one in told]


def history(shop: Shop) -> list[Any]:
    path = {"integration_id": "eve", "achievement_id": 1}
    body: Any = shop.send("get_customer_achievement_history", path).body
    return [(each["status"], each["startDate"][:10], each["endDate"][:10]) for each in body["data"]]


def test_a_fixed_schedule_goes_on_by_whole_periods(make: Make) -> None:
    shop = make(startTime="2026-08-31T00:00:00Z", activation="fixed_schedule", recurrence="on_expiration")
    assert values(shop, "a", "b", "c") == [[1], [2], []]  # completed for this period
    shop.world.advance(timedelta(days=12))
    assert values(shop, "d") == [[1]]
    assert history(shop) == [
        ("inprogress", "2026-11-30", "2026-12-31"),
        ("completed", "2026-10-31", "2026-11-30"),
    ]


def test_a_fixed_schedule_without_recurrence_is_over_with_its_period(make: Make) -> None:
    shop = make(startTime="2026-08-31T00:00:00Z", activation="fixed_schedule")
    assert values(shop, "a") == [[]]


def test_otherwise_a_period_begins_with_what_the_customer_does(make: Make) -> None:
    shop = make(startTime="2026-08-31T00:00:00Z", recurrence="on_expiration")
    assert values(shop, "a") == [[1]]
    shop.world.advance(timedelta(days=40))
    assert values(shop, "b") == [[1]]
    assert history(shop) == [
        ("inprogress", "2026-12-30", "2027-01-30"),
        ("expired", "2026-11-20", "2026-12-20"),
    ]
