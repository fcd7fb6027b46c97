"""Tiers: up at once, down at once or at expiry, by either policy, at any instant, and what is projected."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox.clock import to_micros
from talon_sandbox.ledger import Window
from tests.sandbox.shop import START, Shop, line, props

DAY = timedelta(days=1)


def later(days: float) -> int:
    return to_micros(START + days * DAY)


def catalog(**program: object) -> dict[str, Any]:
    names = ("Bronze", 10), ("Silver", 50), ("Gold", 100)
    tiers = [
        {"id": number, "name": name, "minPoints": floor} for number, (name, floor) in enumerate(names, 1)
    ]
    earn = {"do": "add_points", "name": "earned", "program": 1, "per_euro": 1}
    return {
        "programs": [
            {
                "id": 1,
                "name": "p",
                "title": "P",
                "returnPolicy": "unlimited",
                "tiers": tiers,
                "timeZone": "Europe/Berlin",
            }
            | program
        ],
        "campaigns": [{"name": "earn", "rules": [{"name": "earn", "when": [], "then": [earn]}]}],
    }


def tier(shop: Shop, days: float | None = None, *, key: str = "currentTier") -> Any:
    query: dict[str, Any] = {} if days is None else {"end_date": START + days * DAY}
    block = shop.balances("eve", include_tiers=True, include_projected_tier=True, **query)["balance"]
    return block.get(key)


def name(shop: Shop, days: float | None = None) -> str | None:
    found = tier(shop, days)
    return None if found is None else str(found["name"])


def test_without_a_validity_tiers_follow_the_active_points(
    make_shop: Callable[[dict[str, Any]], Shop],
) -> None:
    shop = make_shop(catalog())
    world = shop.world
    world.add_points(1, "eve", 900)
    assert name(shop) is None
    assert (tier(shop, key="nextTierName"), tier(shop, key="pointsToNextTier")) == ("Bronze", 1)
    world.add_points(1, "eve", 4100, window=Window(None, later(5)))
    world.add_points(1, "eve", 6000, window=Window(later(3), later(8)))
    assert name(shop) == "Silver"
    assert [name(shop, days) for days in (0, 2.99, 3, 4.99, 5, 7.99, 8)] == [
        *("Silver", "Silver", "Gold", "Gold", "Silver", "Silver", None)
    ]
    assert tier(shop, 3)["startDate"] == "2026-11-23T10:00:00+01:00"
    assert "expiryDate" not in tier(shop)
    assert tier(shop, key="projectedTier") is None
    world.deduct_points(1, "eve", 4500)
    assert name(shop) is None


def test_at_the_top_there_is_no_next_tier(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog())
    shop.world.add_points(1, "eve", 10_000)
    block = shop.balances("eve", include_tiers=True)["balance"]
    assert block["currentTier"]["name"] == "Gold"
    assert block.get("nextTierName") is None
    assert "pointsToNextTier" not in block


def test_a_tier_is_kept_until_it_expires_and_then_falls_by_balance(
    make_shop: Callable[[dict[str, Any]], Shop],
) -> None:
    shop = make_shop(catalog(tierValidity="30D"))
    shop.world.add_points(1, "eve", 1500)
    shop.world.add_points(1, "eve", 10_000, window=Window(None, later(10)))
    held = tier(shop)
    assert (held["name"], held["downgradePolicy"]) == ("Gold", "balance_based")
    assert (held["startDate"], held["expiryDate"]) == (
        "2026-11-20T10:00:00+01:00",
        "2026-12-20T10:00:00+01:00",
    )
    assert [name(shop, days) for days in (9.9, 10, 29.99, 30, 60)] == [
        "Gold",
        "Gold",
        "Gold",
        "Bronze",
        "Bronze",
    ]
    assert tier(shop, key="projectedTier") == {
        "projectedActivePoints": 15,
        "stayInTierPoints": 85,
        "projectedTierName": "Bronze",
    }
    assert tier(shop, 30)["startDate"] == held["expiryDate"]


def test_one_down_falls_one_step_at_a_time(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog(tierValidity="30D", downgradePolicy="one_down"))
    shop.world.add_points(1, "eve", 500)
    shop.world.add_points(1, "eve", 10_000, window=Window(None, later(10)))
    assert [name(shop, days) for days in (29, 30, 60, 90)] == ["Gold", "Silver", "Bronze", None]
    assert tier(shop, key="projectedTier")["projectedTierName"] == "Silver"


def test_enough_points_at_expiry_keep_the_tier(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog(tierValidity="30D"))
    shop.world.add_points(1, "eve", 5000, window=Window(None, later(45)))
    assert tier(shop, key="projectedTier") == {"projectedActivePoints": 50, "projectedTierName": "Silver"}
    renewed = tier(shop, 30)
    assert (renewed["name"], renewed["startDate"]) == ("Silver", "2026-11-20T10:00:00+01:00")
    assert renewed["expiryDate"] == "2027-01-19T10:00:00+01:00"
    assert [name(shop, days) for days in (45, 59, 60)] == ["Silver", "Silver", None]


def test_going_up_starts_a_new_period(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog(tierValidity="30D"))
    shop.world.add_points(1, "eve", 1000)
    shop.world.advance(20 * DAY)
    shop.world.add_points(1, "eve", 4000)
    assert tier(shop)["expiryDate"] == "2027-01-09T10:00:00+01:00"
    assert (name(shop, 19), name(shop)) == ("Bronze", "Silver")


def test_a_session_tells_of_the_tier_it_lifts_into(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog(tierValidity="1Y"))
    told = props(shop.close("a", [line("10")]), "changeLoyaltyTierLevel")
    assert told == [
        {
            "ruleTitle": "earn",
            "programId": 1,
            "subLedgerId": "",
            "newTierName": "Bronze",
            "expiryDate": "2027-11-20T10:00:00+01:00",
        }
    ]
    assert props(shop.close("b", [line("10")]), "changeLoyaltyTierLevel") == []
    told = props(shop.close("c", [line("100")]), "changeLoyaltyTierLevel")
    assert [(t["previousTierName"], t["newTierName"]) for t in told] == [("Bronze", "Gold")]


def test_subledgers_inherit_the_tiers(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog(subledgers=["s"]))
    shop.world.add_points(1, "eve", 5000, subledger="s")
    block = shop.balances("eve", include_tiers=True)["subledgerBalances"]["s"]
    assert block["currentTier"]["name"] == "Silver"
    ledger = shop.inventory("eve")["loyalty"]["programs"]["1"]["subLedgers"]["s"]
    assert ledger["currentTier"]["name"] == "Silver"  # unasked


@pytest.mark.parametrize("flag", ["include_tiers", "include_projected_tier"])
def test_tiers_come_when_asked_for(make_shop: Callable[[dict[str, Any]], Shop], flag: str) -> None:
    shop = make_shop(catalog(tierValidity="30D"))
    shop.world.add_points(1, "eve", 5000)
    assert "currentTier" not in shop.balances("eve")["balance"]
    block = shop.balances("eve", **{flag: True})["balance"]
    assert ("currentTier" in block, "projectedTier" in block) == (
        flag == "include_tiers",
        flag == "include_projected_tier",
    )


def test_a_debt_counts_against_the_next_tier(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    shop = make_shop(catalog())
    shop.world.deduct_points(1, "eve", 500)
    assert tier(shop, key="pointsToNextTier") == Decimal(15)
