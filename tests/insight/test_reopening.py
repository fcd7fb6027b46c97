"""Reopening: what is predicted, and how the prediction is checked."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from collections.abc import Mapping
from typing import Any

import pytest

from desk.insight.reopening import Prediction, ReturnPolicy, Why, compare, predict_reopen
from talon_client.models import Effect
from tests.insight.help import NOW, day, effect
from tests.insight.orders import view


def predicted(*effects: Effect, policies: Mapping[int, ReturnPolicy | None] | None = None) -> Prediction:
    return predict_reopen(view(effects=effects), policies=policies, now=NOW)


def points(value: int = 10, **more: Any) -> Effect:
    return effect("addLoyaltyPoints", programId=1, subLedgerId="", value=value, **more)


@pytest.mark.parametrize(
    "kind",
    [
        "addFreeItem",
        "awardGiveaway",
        "couponCreated",
        "referralCreated",
        "reserveCoupon",
        "customEffect",
        "updateAttribute",
        "set",
    ],
)
def test_what_a_reopening_leaves(kind: str) -> None:
    found = predicted(effect(kind))
    assert [each.why for each in found.stays] == [Why.FINAL]
    assert found.rolled_back == found.depends == ()


@pytest.mark.parametrize(
    "kind",
    ["rejectCoupon", "willAwardGiveaway", "showNotification", "triggerWebhook", "error", "rollbackDiscount"],
)
def test_messages_are_in_no_list(kind: str) -> None:
    assert predicted(effect(kind)) == Prediction((), (), ())


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("acceptCoupon", Why.COUPON),
        ("acceptReferral", Why.COUPON),
        ("setDiscount", Why.DISCOUNT),
        ("setDiscountPerItem", Why.DISCOUNT),
        ("changeLoyaltyTierLevel", Why.UNDOCUMENTED),
        ("extendLoyaltyPointsExpiryDate", Why.UNDOCUMENTED),
        ("addToAudience", Why.UNDOCUMENTED),
        ("teleport", Why.UNDOCUMENTED),
    ],
)
def test_what_nobody_documents(kind: str, why: Why) -> None:
    assert [each.why for each in predicted(effect(kind)).depends] == [why]


def test_achievements() -> None:
    found = predicted(
        effect("increaseAchievementProgress", isJustCompleted=False),
        effect("increaseAchievementProgress", isJustCompleted=True),
    )
    assert [each.why for each in found.depends] == [Why.PROGRESS, Why.COMPLETED]


PENDING = {"startDate": day(3).isoformat()}
ACTIVE = {"startDate": day(-3).isoformat()}


@pytest.mark.parametrize(
    ("policy", "props", "place", "why"),
    [
        ("only_pending", PENDING, "rolled_back", Why.STILL_PENDING),
        ("only_pending", ACTIVE, "stays", Why.ONLY_PENDING),
        ("only_pending", {"awaitsActivation": True}, "rolled_back", Why.STILL_PENDING),
        ("within_balance", PENDING, "rolled_back", Why.STILL_PENDING),
        ("within_balance", ACTIVE, "rolled_back", Why.WITHIN_BALANCE),
        ("unlimited", ACTIVE, "rolled_back", Why.UNLIMITED),
        (None, ACTIVE, "depends", Why.POLICY_UNKNOWN),
        (None, {"startDate": "2022-01-02T15:04:05Z07:00"}, "depends", Why.POLICY_UNKNOWN),
        (None, PENDING, "rolled_back", Why.STILL_PENDING),
    ],
)
def test_earned_points_follow_the_return_policy(
    policy: ReturnPolicy | None, props: dict[str, Any], place: str, why: Why
) -> None:
    found = predicted(points(**props), policies={1: policy})
    assert [each.why for each in getattr(found, place)] == [why]
    assert len(found.rolled_back + found.stays + found.depends) == 1


def rolled_back(value: int) -> Effect:
    return effect(
        "rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=value, recipientIntegrationId="maria"
    )


def test_as_predicted_in_other_pieces() -> None:
    found = predicted(points(6), points(4), policies={1: "unlimited"})
    check = compare(found, [rolled_back(7), rolled_back(3)])
    assert check.held
    assert [(each.wanted, each.came) for each in check.as_predicted] == [(6, 6), (4, 4)]


def test_less_than_predicted() -> None:
    found = predicted(points(10), policies={1: "unlimited"})
    check = compare(found, [rolled_back(4)])
    assert [(each.wanted, each.came) for each in check.missing] == [(10, 4)]
    assert not check.held


def test_within_balance_may_take_less() -> None:
    assert compare(predicted(points(10), policies={1: "within_balance"}), [rolled_back(4)]).held


def test_what_was_open_is_settled() -> None:
    found = predicted(
        effect("acceptCoupon", value="SUMMER"), effect("acceptCoupon", value="OTHER"), points(5)
    )
    check = compare(found, [effect("rollbackCoupon", value="SUMMER"), rolled_back(5)])
    assert [each.happened for each in check.settled] == [True, False, True]
    assert check.held


def test_surprises() -> None:
    found = predicted(points(5, **ACTIVE), policies={1: "only_pending"})
    check = compare(found, [rolled_back(5), effect("showNotification")])
    assert [each.effect_type for each in check.surprises] == ["rollbackAddedLoyaltyPoints"]
    assert not check.held


def test_achievement_progress_is_matched() -> None:
    found = predicted(effect("increaseAchievementProgress", achievementId=3, delta=1, isJustCompleted=False))
    back = effect("rollbackIncreasedAchievementProgress", achievementId=3, decreaseProgressBy=1)
    assert compare(found, [back]).held


def test_pending_points_count_as_taken_back_before_active_ones() -> None:
    active = points(100, startDate=day(-9).isoformat())
    waits = points(25, awaitsActivation=True)
    prediction = predicted(active, waits, policies={1: "within_balance"})
    found = compare(prediction, [effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=60)])
    assert found.held
    assert {int(each.wanted): int(each.came) for each in found.as_predicted} == {25: 25, 100: 35}


def owed(value: int, **props: object) -> Effect:
    return effect("addNegativeLoyaltyPoints", programId=1, subLedgerId="", value=value, **props)


def test_points_below_zero_are_taken_back_too() -> None:
    """A rollback below zero is two effects (effects.md)."""
    check = compare(predicted(points(250), policies={1: "unlimited"}), [rolled_back(60), owed(190)])
    assert check.held
    assert [(each.wanted, each.came) for each in check.as_predicted] == [(250, 250)]
    unpredicted = compare(predicted(points(5, **ACTIVE), policies={1: "only_pending"}), [owed(5)])
    assert [each.effect_type for each in unpredicted.surprises] == ["addNegativeLoyaltyPoints"]


def test_more_than_predicted_is_a_surprise_of_that_much() -> None:
    check = compare(predicted(points(100), policies={1: "unlimited"}), [rolled_back(60), rolled_back(240)])
    assert not check.held
    assert not check.missing
    assert [each.number("value") for each in check.surprises] == [200]
    twice = [effect("rollbackCoupon", value="SUMMER")] * 2
    assert compare(predicted(effect("acceptCoupon", value="SUMMER")), twice).surprises == (twice[1],)
