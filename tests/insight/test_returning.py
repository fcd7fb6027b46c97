"""A return before it is made."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

import json
from decimal import Decimal
from typing import Any

import pytest

from desk.insight.balances import Reported, TierView
from desk.insight.ledger import Status, Window
from desk.insight.returning import (
    ReturnItem,
    ReturnPreview,
    TierRisk,
    check_items,
    preview_return,
    tier_risk,
)
from desk.insight.rollback import Own, missing_at, predict
from desk.insight.sessions import SessionView
from talon_client import Call, Safety
from talon_client.models import (
    Effect,
    IntegrationStateV2,
    LedgerPointsEntryIntegrationAPI,
    LoyaltyBalancesWithTiers,
)
from tests.insight.help import BAD, DOWN, NOW, asked, day, effect, play
from tests.insight.orders import view

EARNED = effect(
    "addLoyaltyPoints",
    programId=1,
    subLedgerId="",
    value=100,
    recipientIntegrationId="maria",
    transactionUUID="t1",
)
TAKEN = effect(
    "rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=50, recipientIntegrationId="maria"
)
BALANCES = LoyaltyBalancesWithTiers.model_validate(
    {
        "balance": {
            "activePoints": 120,
            "pendingPoints": 30,
            "spentPoints": 0,
            "currentTier": {"name": "Silver"},
        }
    }
)


def listed(amount: int) -> LedgerPointsEntryIntegrationAPI:
    return LedgerPointsEntryIntegrationAPI.model_validate(
        {"id": 1, "transactionUUID": "t1", "amount": amount, "created": day(-9).isoformat()}
    )


def dry(*effects: Effect, **more: Any) -> IntegrationStateV2:
    return IntegrationStateV2.model_validate(more).model_copy(update={"effects": effects})


def previewed(
    session: SessionView,
    answer: Any,
    balances: Any = BALANCES,
    points: Any = (),
    items: tuple[ReturnItem, ...] = (ReturnItem(0, 1),),
) -> tuple[ReturnPreview, list[str]]:
    def respond(call: Call[Any]) -> Any:
        if call.operation.id == "return_cart_items":
            assert call.safety is Safety.DRY
            return answer
        if call.operation.id.endswith("_balances"):
            return balances
        if isinstance(points, tuple):
            return points if ("status", "active") in call.query else ()
        return points

    found, batches = play(preview_return(session, items, now=NOW), respond)
    return found, asked(batches)


def test_one_batch_with_a_dry_return() -> None:
    found, requests = previewed(view(effects=(EARNED,)), dry(TAKEN), points=(listed(100),))
    assert requests == [
        "return_cart_items /v2/customer_sessions/ORD-1/returns",
        "get_loyalty_balances /v1/loyalty_programs/1/profile/maria/balances",
        *["get_loyalty_program_profile_points /v1/loyalty_programs/1/profile/maria/points"] * 3,
    ]
    (points,) = found.points
    assert points.exact
    assert points.after is not None
    assert (points.after.active, points.after.pending) == (70, 30)
    assert points.risk is TierRisk.UNKNOWN
    assert not points.turns_negative


def test_what_is_sent() -> None:
    _, batches = play(preview_return(view(), [ReturnItem(0, 2), ReturnItem(1, 1)], now=NOW), lambda call: BAD)
    body = json.loads(batches[0].asks[0].call.content or b"")
    assert body["return"] == {
        "returnedCartItems": [{"position": 0, "quantity": 2}, {"position": 1, "quantity": 1}]
    }
    assert batches[0].asks[0].call.query == (("dry", "true"),)


def test_points_that_were_spent_come_from_other_points() -> None:
    found, _ = previewed(view(effects=(EARNED,)), dry(TAKEN), points=(listed(10),))
    after = found.points[0].after
    assert after is not None
    assert (after.active, after.pending) == (100, 0)


@pytest.mark.parametrize("edition_without_filter", [BAD, DOWN])
def test_without_the_lists_the_preview_is_not_exact(edition_without_filter: Any) -> None:
    found, _ = previewed(view(effects=(EARNED,)), dry(TAKEN), points=edition_without_filter)
    (points,) = found.points
    assert not points.exact
    assert points.after is not None
    assert (points.after.active, points.after.pending) == (70, 30)


def test_a_refused_return() -> None:
    found, _ = previewed(view(effects=(EARNED,)), BAD)
    assert found.error is BAD
    assert found.points == ()


def test_balances_that_fail_are_said() -> None:
    found, _ = previewed(view(effects=(EARNED,)), dry(TAKEN), balances=DOWN)
    assert found.points[0].after is None
    assert found.points[0].change.taken_back == 50
    assert [each.what for each in found.unread] == ["the balances of program 1"]


def test_a_ledger_that_only_the_answer_names_costs_a_second_batch() -> None:
    found, requests = previewed(view(), dry(TAKEN))
    assert requests[0].startswith("return_cart_items")
    assert requests[1].startswith("get_loyalty_balances")
    assert found.points[0].before is not None


def test_a_holder_that_cannot_be_asked_for() -> None:
    odd = effect("addLoyaltyPoints", programId=2, subLedgerId="", value=9, cardIdentifier="..")
    back = effect("rollbackAddedLoyaltyPoints", programId=2, subLedgerId="", value=9, cardIdentifier="..")
    found, requests = previewed(view(effects=(odd,)), dry(back))
    assert len(requests) == 1
    assert [(each.change.taken_back, each.before, each.after) for each in found.points] == [(9, None, None)]


def test_discounts_codes_and_earlier_returns() -> None:
    answer = dry(
        effect("rollbackDiscount", name="Sale", value=5),
        effect("rollbackDiscount", name="Sale", value="2.5"),
        effect("rollbackCoupon", value="SUMMER"),
        effect("teleport"),
        previousReturns=[{"id": 4, "created": day(-3).isoformat(), "returnedCartItems": []}],
    )
    found, _ = previewed(view(), answer)
    assert [(each.name, each.amount) for each in found.discounts] == [("Sale", Decimal("7.5"))]
    assert (found.discount, found.coupons) == (Decimal("7.5"), ("SUMMER",))
    assert [each.effect_type for each in found.other] == ["teleport"]
    assert [each.id for each in found.earlier] == [4]


@pytest.mark.parametrize(
    ("items", "problem"),
    [
        ([], "Pick at least one item."),
        ([ReturnItem(7, 1)], "no item at position 7"),
        ([ReturnItem(1, 3)], "1 to 2 can be returned, not 3"),
        ([ReturnItem(1, 1), ReturnItem(1, 2)], "1 to 2 can be returned, not 3"),
        ([ReturnItem(0, 0)], "1 to 2 can be returned"),
    ],
)
def test_items_that_cannot_be_returned(items: list[ReturnItem], problem: str) -> None:
    assert problem in check_items(view(), items)
    with pytest.raises(ValueError, match=r"\w"):
        play(preview_return(view(), items, now=NOW), lambda call: DOWN)


def balance(active: int = 0, pending: int = 0, expired: int = 0, negative: int = 0) -> Reported:
    figures = map(Decimal, (active, pending, 0, expired, negative))
    return Reported(*figures)


def own(left: int, status: Status) -> Own:
    return Own(EARNED, Decimal(left), status)


@pytest.mark.parametrize(
    ("before", "award", "after"),
    [
        (balance(100, 50), own(50, Status.PENDING), balance(100, 0)),
        (balance(100, 50), own(50, Status.ACTIVE), balance(50, 50)),
        (balance(100, 0, 50), own(50, Status.EXPIRED), balance(100, 0, 0)),
        (balance(100, 20), own(0, Status.ACTIVE), balance(70, 0)),
        (balance(10, 20), own(0, Status.ACTIVE), balance(0, 0, 0, 20)),
    ],
)
def test_where_points_are_taken_from(before: Reported, award: Own, after: Reported) -> None:
    assert predict(before, [TAKEN], [award], NOW) == after


def test_points_given_back_pay_what_is_owed_first_and_may_have_expired() -> None:
    back = effect("rollbackDeductedLoyaltyPoints", programId=1, value=30)
    late = effect("rollbackDeductedLoyaltyPoints", programId=1, value=5, expiryDate=day(-1).isoformat())
    for order in ([back, late], [late, back]):  # what comes back expired pays nothing
        after = predict(balance(negative=20), order, [], NOW)
        assert (after.active, after.expired, after.negative, after.spent) == (10, 5, 0, -35)


def test_debt_that_the_answer_names() -> None:
    owed = effect("addNegativeLoyaltyPoints", programId=1, value=8)
    assert predict(balance(), [owed], [], NOW).negative == 8


def test_tier() -> None:
    silver, bronze = TierView(name="Silver"), TierView(name="Bronze")
    due = TierView(name="Silver", stay_points=Decimal(5))
    fewer, none = (balance(100), balance(50)), Decimal(0)
    assert tier_risk(silver, *fewer, bronze) is TierRisk.DROPS_NOW
    assert tier_risk(due, *fewer, None) is TierRisk.MAYBE_MORE
    assert tier_risk(due, *fewer, due, Decimal(50)) is TierRisk.MORE_MISSING
    assert tier_risk(due, balance(100, 50), balance(100), due, Decimal(50)) is TierRisk.MORE_MISSING
    assert tier_risk(due, *fewer, due, none) is TierRisk.NONE
    assert tier_risk(silver, *fewer, silver) is TierRisk.UNKNOWN
    assert tier_risk(silver, *fewer, silver, Decimal(50)) is TierRisk.UNKNOWN
    assert tier_risk(silver, *fewer, silver, none) is TierRisk.NONE
    assert tier_risk(silver, *fewer, None, none) is TierRisk.UNKNOWN
    assert tier_risk(silver, balance(5, 9), balance(5), None) is TierRisk.NONE
    assert tier_risk(None, *fewer, None) is TierRisk.NONE


@pytest.mark.parametrize(
    ("window", "left", "missing"),
    [
        (Window(day(-9), day(30)), 50, 0),  # expires with the tier
        (Window(day(-9), day(31)), 50, 50),
        (Window(day(-9), None), 50, 50),
        (Window(day(9), day(90)), 50, 50),
        (Window(day(31), day(90)), 50, 0),  # starts after the tier
        (Window(day(-9), day(30)), 40, None),  # ten come from points that are not the session's
        (Window(None, None), 50, None),  # awaits an action
        (Window(day(-9), None, False), 50, None),
    ],
)
def test_points_that_are_missing_when_the_tier_ends(window: Window, left: int, missing: int | None) -> None:
    awards = [Own(EARNED, Decimal(left), Status.ACTIVE, window)]
    assert missing_at(day(30), balance(100), [TAKEN], awards) == missing
    assert missing_at(None, balance(100), [TAKEN], awards) is None
