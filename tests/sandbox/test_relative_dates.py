"""Dates of the campaigns file that count from the world's beginning: what starts soon does so on any day."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from talon_sandbox.catalog import CatalogError
from talon_sandbox.clock import to_datetime, to_micros
from talon_sandbox.durations import parse_relative
from talon_sandbox.world import World
from tests.sandbox.shop import START, Shop, props


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-20T09:00:00"),
        ("now+14D", "2026-12-04T09:00:00"),
        ("now+1D_D", "2026-11-21T00:00:00"),
        ("now+10D_U", "2026-12-01T00:00:00"),
        ("now+3M_U", "2027-03-01T00:00:00"),
        ("now+90s", "2026-11-20T09:01:30"),
        ("now-36h", "2026-11-18T21:00:00"),
        ("now-2W", "2026-11-06T09:00:00"),
        ("now-3M", "2026-08-20T09:00:00"),
        ("now-1Y", "2025-11-20T09:00:00"),
    ],
)
def test_forms(text: str, expected: str) -> None:
    assert to_datetime(parse_relative(text, to_micros(START))).isoformat() == f"{expected}+00:00"


def test_the_end_of_a_shorter_month() -> None:
    end_of_may = to_micros(datetime(2026, 5, 31, tzinfo=UTC))
    assert to_datetime(parse_relative("now-3M", end_of_may)).date().isoformat() == "2026-02-28"


@pytest.mark.parametrize("text", ["now+", "now 14D", "now+14", "now-1M_U", "now--1D", "now+-1D", "now-9999Y"])
def test_other_forms_are_refused_with_campaign_and_field(tmp_path: Path, text: str) -> None:
    path = tmp_path / "campaigns.json"
    path.write_text(json.dumps({"campaigns": [{"name": "sale", "startTime": text}]}), encoding="utf-8")
    with pytest.raises(
        CatalogError, match=r"campaign 'sale': startTime must be a timestamp, or such as now\+14D"
    ):
        World(campaigns=path)


def test_a_campaign_does_not_end_before_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "campaigns.json"
    dates = {"name": "sale", "startTime": "now+14D", "endTime": "now+13D"}
    path.write_text(json.dumps({"campaigns": [dates]}), encoding="utf-8")
    with pytest.raises(CatalogError, match="endTime must be later"):
        World(campaigns=path)


def _states(world: World) -> list[str]:
    campaigns = [world.catalog.campaigns[number] for number in (105, 106, 113)]
    now = world.now()
    return [
        "scheduled" if c.is_scheduled(now) else "ended" if c.has_ended(now) else "running" for c in campaigns
    ]


@pytest.mark.parametrize("day", ["2024-02-29", "2026-11-20", "2027-06-01", "2031-12-31"])
def test_scheduled_and_ended_campaigns_are_so_on_any_day_until_the_clock_gets_there(day: str) -> None:
    world = World(now=datetime.fromisoformat(f"{day}T23:59:59+00:00"))
    assert _states(world) == ["scheduled", "ended", "scheduled"]
    world.advance(timedelta(days=11))
    assert _states(world) == ["running", "ended", "scheduled"]
    world.advance(timedelta(days=115))
    assert _states(world) == ["ended", "ended", "running"]
    world.close()


def test_the_anchor_may_lie_ahead_and_is_kept_in_the_file(tmp_path: Path) -> None:
    path = str(tmp_path / "world.db")
    world = World(path, now=START - timedelta(days=730), anchor=START)
    starts = world.catalog.campaigns[113].starts
    assert starts == to_micros(datetime(2027, 3, 1, tzinfo=UTC))
    world.close()
    world = World(path, now=START + timedelta(days=200))
    assert world.catalog.campaigns[113].starts == starts
    assert _states(world) == ["ended", "ended", "ended"]
    world.close()


def test_a_code_of_a_campaign_works_from_its_start_up_to_its_end_to_the_tick(shop: Shop) -> None:
    season = shop.world.catalog.campaigns[113]
    assert season.starts is not None
    assert season.ends is not None
    shop.world.create_coupon("SEASON", 113)
    cart = [{"sku": "S", "quantity": 1, "price": 50}]
    reasons = []
    for instant in (
        *(season.starts + tick for tick in (-1, 0, 1)),
        *(season.ends + tick for tick in (-1, 0, 1)),
    ):
        shop.world.freeze(to_datetime(instant))
        told = shop.put(f"s{instant}", profileId="eve", cartItems=cart, couponCodes=["SEASON"])
        reasons.append([each["rejectionReason"] for each in props(told, "rejectCoupon")])
    refused = ["CouponPartOfNotRunningCampaign"]
    assert reasons == [refused, [], [], [], refused, refused]
