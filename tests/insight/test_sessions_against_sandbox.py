"""Previews against what really happens, on the orders of the demo world."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from random import Random

import pytest

from desk.insight.balances import by_subledger, reported, tier_view
from desk.insight.cancelling import points_without, predict_cancel
from desk.insight.reopening import Why, compare, predict_reopen
from desk.insight.replay import what_would_it_get_today
from desk.insight.returning import PointsPreview, ReturnItem, TierRisk, preview_return, return_request
from desk.insight.sessions import How, SessionView, session
from talon_client import TalonClient, calls
from talon_client.models import (
    IntegrationRequest,
    LoyaltyBalance,
    LoyaltyBalanceWithTier,
    NewCustomerSessionV2,
)
from talon_sandbox import Sandbox
from tests.insight.help import NOW, ask

ORDERS = 40


@pytest.fixture(scope="module")
def orders(demo: Sandbox, shop: TalonClient) -> list[SessionView]:
    ids = demo.change(
        lambda world: [row[0] for row in world.conn.execute("select integration_id from session")]
    )
    return [ask(shop, session(each)) for each in ids]


@pytest.fixture(autouse=True)
def put_back(demo: Sandbox) -> Iterator[None]:
    """Every test here leaves the demo world as it was."""
    yield
    demo.reset()


def some(orders: list[SessionView], how: How) -> list[SessionView]:
    """Some of the orders with which that can be done."""
    possible = [order for order in orders if order.move(how).allowed]
    return Random(how.value).sample(possible, ORDERS)


def balance_of(shop: TalonClient, points: PointsPreview) -> LoyaltyBalance:
    purse = points.purse
    if purse.card:
        return by_subledger(shop.get_loyalty_card_balances(purse.program_id, purse.card))[purse.subledger]
    answer = shop.get_loyalty_balances(
        purse.program_id, purse.profile, include_tiers=True, include_projected_tier=True
    )
    return by_subledger(answer)[purse.subledger]


def tier_as_told(points: PointsPreview, now: LoyaltyBalance) -> bool:
    """Whether the tier is another one now. It is not where no risk was told, and what is missing to keep it is what was
    told."""
    if points.tier is None or not isinstance(now, LoyaltyBalanceWithTier):
        return False
    tier = tier_view(now)
    lost = tier is None or tier.name != points.tier.name
    assert lost or points.risk is not TierRisk.DROPS_NOW, points
    if points.risk in (TierRisk.NONE, TierRisk.MORE_MISSING):
        assert tier is not None
        assert not lost, points
        more = points.missing_later if points.risk is TierRisk.MORE_MISSING else 0
        assert (tier.stay_points or 0) == (points.tier.stay_points or 0) + (more or 0), points
    return lost


def test_every_order_can_be_read(orders: list[SessionView]) -> None:
    assert all(order.found for order in orders)
    assert {order.state for order in orders} == {"open", "closed", "partially_returned", "cancelled"}


def test_a_return_ends_where_its_preview_said(
    demo: Sandbox, shop: TalonClient, orders: list[SessionView]
) -> None:
    random = Random(7)
    compared = 0
    for order in some(orders, How.RETURN):
        line = random.choice([line for line in order.lines if line.remaining])
        items = [ReturnItem(line.position, random.randint(1, line.remaining))]
        preview = ask(shop, preview_return(order, items, now=NOW))
        assert preview.error is None
        assert preview.unread == ()
        shop.return_cart_items(order.id, body=return_request(items))
        for points in preview.points:
            now = balance_of(shop, points)
            assert points.exact
            assert points.after == reported(now), (order.id, points)
            if tier_as_told(points, now):
                assert points.risk is TierRisk.DROPS_NOW
            compared += 1
        demo.reset()
    assert compared > ORDERS / 2


def test_a_return_of_points_that_end_with_the_tier_says_nothing_of_it(
    demo: Sandbox, shop: TalonClient, orders: list[SessionView]
) -> None:
    """What is missing to keep it is the same before and after."""
    clara = next(order for order in orders if order.id == "ORD-10061")
    (points,) = ask(shop, preview_return(clara, [ReturnItem(2, 1)], now=NOW)).points
    assert points.tier is not None
    assert points.tier.drops
    assert (points.risk, points.missing_later) == (TierRisk.NONE, Decimal(0))


def test_a_reopening_does_what_was_predicted(
    demo: Sandbox, shop: TalonClient, orders: list[SessionView]
) -> None:
    policies = {program.id: program.return_policy for program in demo.programs()}
    seen: set[Why] = set()
    risks: set[TierRisk] = set()
    compared = 0
    for order in some(orders, How.REOPEN):
        prediction = predict_reopen(order, policies=policies, now=NOW)
        previews = ask(shop, points_without(order, policies, now=NOW))
        check = compare(prediction, shop.reopen_customer_session(order.id).effects)
        assert check.held, (order.id, check)
        compared += as_foretold(shop, order, previews, risks)
        seen |= {each.why for each in (*prediction.rolled_back, *prediction.stays, *prediction.depends)}
        demo.reset()
    assert len(seen) >= 4
    assert compared > ORDERS / 3
    assert {TierRisk.NONE, TierRisk.UNKNOWN} <= risks


def as_foretold(
    shop: TalonClient, order: SessionView, previews: Iterable[PointsPreview], risks: set[TierRisk]
) -> int:
    """How many ledgers came to what was foretold: all of which it was."""
    known = [each for each in previews if each.after is not None]
    for points in known:
        now = balance_of(shop, points)
        assert points.after == reported(now), (order.id, points)
        tier_as_told(points, now)
        risks.add(points.risk)
    return len(known)


def test_the_same_cart_today_leaves_no_trace(
    demo: Sandbox, shop: TalonClient, orders: list[SessionView]
) -> None:
    before = len(demo.requests())
    for order in some(orders, How.RETURN)[:10]:
        today = ask(shop, what_would_it_get_today(order, f"{order.id}-replay"))
        assert today.error is None
        assert today.effects
        assert ask(shop, session(f"{order.id}-replay")).found is False
    made = demo.requests()[before:]
    assert {entry["operation"] for entry in made} == {"update_customer_session_v2", "get_customer_session"}


def test_moves_that_are_not_allowed_are_refused(shop: TalonClient, orders: list[SessionView]) -> None:
    for state in ("open", "cancelled", "partially_returned"):
        order = next(order for order in orders if order.state == state)
        assert not order.move(How.REOPEN).allowed
        (answer,) = shop.send_all([calls.reopen_customer_session(order.id)])
        assert isinstance(answer, Exception)


def test_a_cancel_does_what_was_predicted(
    demo: Sandbox, shop: TalonClient, orders: list[SessionView]
) -> None:
    policies = {program.id: program.return_policy for program in demo.programs()}
    risks: set[TierRisk] = set()
    compared = 0
    for order in some(orders, How.CANCEL):
        prediction = predict_cancel(order, policies, now=NOW)
        previews = ask(shop, points_without(order, policies, now=NOW))
        body = IntegrationRequest(customer_session=NewCustomerSessionV2(state="cancelled"))
        check = compare(prediction, shop.update_customer_session_v2(order.id, body=body).effects)
        assert check.held, (order.id, check)
        compared += as_foretold(shop, order, previews, risks)
        demo.reset()
    assert compared > ORDERS / 3
    assert {TierRisk.NONE, TierRisk.UNKNOWN} <= risks


def test_a_cancel_gives_a_referral_back_as_predicted(shop: TalonClient, orders: list[SessionView]) -> None:
    order = next(
        order
        for order in orders
        if order.state == "closed" and any(each.effect_type == "acceptReferral" for each in order.effects)
    )
    prediction = predict_cancel(order, now=NOW)
    assert "acceptReferral" in {each.effect.effect_type for each in prediction.rolled_back}
    body = IntegrationRequest(customer_session=NewCustomerSessionV2(state="cancelled"))
    check = compare(prediction, shop.update_customer_session_v2(order.id, body=body).effects)
    assert "acceptReferral" in {each.predicted.effect.effect_type for each in check.as_predicted}
    assert check.missing == ()
