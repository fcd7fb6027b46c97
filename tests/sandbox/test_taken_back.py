"""What a cancel and a reopening take back besides points and coupons: referrals, steps of achievements, proposals."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.shop import Shop, kinds, line, props


@pytest.fixture
def referred(shop: Shop) -> Shop:
    """Fred's order s, closed with a code of Rosa's."""
    for name in ("rosa", "fred"):
        shop.send("update_customer_profile_v2", {"integration_id": name}, None, {})
    shop.close("s", [line("50")], "fred", referralCode=_code(shop))
    return shop


def _code(shop: Shop) -> str:
    body = {"campaignId": 115, "advocateProfileIntegrationId": "rosa"}
    made = shop.send("create_referral", {}, None, body).body
    assert isinstance(made, dict)
    return str(made["code"])


def test_a_cancel_gives_a_referral_back(referred: Shop) -> None:
    (before,) = referred.inventory("rosa")["referrals"]
    assert (before["usageCounter"], before["referredCustomers"]) == (1, ["fred"])
    told = referred.cancel("s")
    assert props(told, "rollbackReferral") == [{"value": before["code"]}]
    assert kinds(referred.session("s")) == []
    (after,) = referred.inventory("rosa")["referrals"]
    assert (after["usageCounter"], after["referredCustomers"]) == (0, [])
    again = referred.close("t", [line("50")], "fred", referralCode=before["code"])
    assert props(again, "acceptReferral") == [{"value": before["code"]}]


def test_a_referred_order_that_is_reopened_closes_as_it_did(referred: Shop) -> None:
    ends = [(kinds(referred.session("s")), referred.figures("rosa"), referred.inventory("rosa")["referrals"])]
    assert "rollbackReferral" in kinds(referred.reopen("s"))
    referred.put("s", state="closed")
    ends.append(
        (kinds(referred.session("s")), referred.figures("rosa"), referred.inventory("rosa")["referrals"])
    )
    assert ends[0] == ends[1]


def test_a_return_leaves_the_referral(referred: Shop) -> None:
    assert "rollbackReferral" not in kinds(referred.give_back("s", (0, 1)))
    assert referred.inventory("rosa")["referrals"][0]["usageCounter"] == 1


def test_each_order_takes_its_own_step_back_under_one_tracker(shop: Shop) -> None:
    shop.world.join_audience(4, "eve")
    steps = [props(shop.close(name, [line("10")]), "increaseAchievementProgress") for name in "ab"]
    stamps, month = ([each[n]["progressTrackerId"] for each in steps] for n in (0, 1))
    assert stamps[0] == stamps[1] != month[0] == month[1]
    started = [each["startDate"] for each in shop.inventory("eve")["achievements"]]
    shop.world.advance(timedelta(days=1))
    for name, left in (("a", 1), ("b", 0)):
        told = props(shop.cancel(name), "rollbackIncreasedAchievementProgress")
        assert [each["progressTrackerId"] for each in told] == [stamps[0], month[0]]
        assert [(each["decreaseProgressBy"], each["currentProgress"]) for each in told] == [(1, left)] * 2
        assert "increaseAchievementProgress" not in kinds(shop.session(name))
    shown = shop.inventory("eve")["achievements"]
    assert [(each["progress"], each["startDate"]) for each in shown] == [(0, each) for each in started]


@pytest.fixture
def twice(make_shop: Callable[[dict[str, Any]], Shop]) -> Callable[[str], Shop]:
    """A shop with two rules that step one achievement of two steps: by one, and by one."""

    def make(recurrence: str) -> Shop:
        stamps = {"id": 1, "campaignId": 1, "name": "Stamps", "title": "Stamps", "target": 2}
        progress, gift = (
            {"do": "progress", "achievement": 1},
            {"do": "give_away", "pool": 1, "on_completion": 1},
        )
        rules = [{"name": "one", "then": [progress]}, {"name": "two", "then": [progress, gift]}]
        return make_shop(
            {
                "achievements": [{**stamps, "recurrence": recurrence, "allowRollbackAfterCompletion": True}],
                "giveawayPools": [{"id": 1, "name": "Bags", "size": 9}],
                "campaigns": [{"id": 1, "name": "c", "rules": rules}],
            }
        )

    return make


def test_two_rules_step_one_achievement_in_one_session(twice: Callable[[str], Shop]) -> None:
    shop = twice("no_recurrence")
    told = shop.close("s", [line("10")])
    values = [(each["value"], each["isJustCompleted"]) for each in props(told, "increaseAchievementProgress")]
    assert values == [(1, False), (2, True)]
    assert "awardGiveaway" in kinds(told)
    back = props(shop.reopen("s"), "rollbackIncreasedAchievementProgress")
    assert [(each["decreaseProgressBy"], each["currentProgress"]) for each in back] == [(1, 1), (1, 0)]
    assert shop.put("s", state="closed")["effects"][0]["props"]["progressTrackerId"] == 1


def test_a_completed_period_that_starts_anew_keeps_its_steps(twice: Callable[[str], Shop]) -> None:
    shop = twice("on_completion")
    for name in ("first", "second"):
        told = props(shop.close(name, [line("10")]), "increaseAchievementProgress")
        assert [each["value"] for each in told] == [1, 2]
        assert {each["progressTrackerId"] for each in told} == {1 if name == "first" else 3}
    assert kinds(shop.cancel("second")) == []


def test_what_was_only_proposed_is_gone_once_the_session_is_cancelled(shop: Shop) -> None:
    assert "addLoyaltyPoints" in kinds(shop.put("s", profileId="eve", cartItems=[line("50")]))
    assert kinds(shop.cancel("s")) == []
    assert kinds(shop.session("s")) == []


def test_what_a_closing_left_is_shown_again_when_its_session_is_cancelled(shop: Shop) -> None:
    shop.world.create_card(2, "CARD-1")
    shop.close("s", [line("50")], loyaltyCards=["CARD-1"])
    shop.world.advance(timedelta(days=4))
    shop.reopen("s")  # the card's points are active by now, and stay
    kept = shop.session("s")["effects"]
    assert [each["props"]["cardIdentifier"] for each in kept] == ["CARD-1"]
    assert "addLoyaltyPoints" in kinds(shop.put("s", cartItems=[line("70")]))
    assert kinds(shop.cancel("s")) == []
    assert shop.session("s")["effects"] == kept
