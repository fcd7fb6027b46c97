"""A session as an agent reads it."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from decimal import Decimal

import pytest

from desk.insight.effects import Purse, Topic, differences, grouped, purse_changes
from desk.insight.sessions import How, earlier_returns, moves, session
from talon_client import TalonError
from talon_client.models import Return
from tests.insight.help import BAD, DOWN, NOT_FOUND, asked, day, effect, play
from tests.insight.orders import answered, view


def test_one_request() -> None:
    found, batches = play(session("ORD/1"), lambda call: answered())
    assert asked(batches) == ["get_customer_session /v2/customer_sessions/ORD%2F1"]
    assert (found.found, found.id, found.state, found.profile_id) == (True, "ORD-1", "closed", "maria")
    assert found.updated == day(-10)


@pytest.mark.parametrize("error", [NOT_FOUND, BAD])
def test_unknown_session(error: TalonError) -> None:
    found, _ = play(session("ORD-9"), lambda call: error)
    assert found.found is False
    assert found.unread == ()


def test_could_not_look() -> None:
    found, _ = play(session("ORD-9"), lambda call: DOWN)
    assert found.found is None
    assert [str(each) for each in found.unread] == ["the session could not be read: the API failed"]


def test_lines_and_totals() -> None:
    effects = (
        effect("setDiscountPerItem", name="Shoes off", value=10, position=0, subPosition=0),
        effect("setDiscountPerItem", name="Shoes off", value=10, position=0, subPosition=1),
        effect("setDiscount", name="Code", value=4),
        effect("setDiscount", name="Code", value=6),
        effect("setDiscountPerAdditionalCost", name="Free", additionalCost="shipping", value=5),
    )
    found = view(effects=effects)
    shoes, socks = found.lines
    assert (shoes.discount, shoes.remaining) == (20, 2)
    assert [each.unit for each in shoes.discounts] == [0, 1]
    assert (socks.discount, socks.returned, socks.remaining) == (0, 1, 2)
    assert [(cost.name, cost.price, cost.discounts[0].amount) for cost in found.costs] == [("shipping", 5, 5)]
    assert [(each.name, each.amount) for each in found.discounts] == [("Code", 6)], "the later one replaces"
    assert (found.totals.discounts, found.totals.to_pay) == (31, Decimal("85.5"))


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), "1e999999"])
def test_a_discount_on_no_unit_is_one_on_the_line(odd: object) -> None:
    shoes, _ = view(
        effects=(effect("setDiscountPerItem", name="Off", value=odd, position=0, subPosition=odd),)
    ).lines
    assert [(each.amount, each.unit) for each in shoes.discounts] == [(0, None)]


def test_returned_units_when_only_the_rest_is_told() -> None:
    found = view(items=[{"sku": "A", "quantity": 5, "remainingQuantity": 2}, {"sku": "B", "quantity": 1}])
    assert [(line.position, line.returned, line.remaining, line.price) for line in found.lines] == [
        (0, 3, 2, None),
        (1, 0, 1, None),
    ]


def test_returns_that_the_api_lists() -> None:
    found = view()
    returns = [
        Return.model_validate(
            {"id": 2, "created": day(-1).isoformat(), "returnedCartItems": [{"position": 1, "quantity": 1}]}
        ),
        Return.model_validate(
            {"id": 1, "created": day(-2).isoformat(), "returnedCartItems": [{"sku": "SHOE", "quantity": 1}]}
        ),
    ]
    listed = earlier_returns(returns, found.lines)
    assert [(each.id, each.at, each.items) for each in listed] == [
        (1, day(-2), ((None, "SHOE", 1),)),
        (2, day(-1), ((1, "SOCK", 1),)),
    ]


def test_returns_that_the_api_does_not_list() -> None:
    assert [(each.at, each.items) for each in view().returns] == [(None, ((1, "SOCK", 1),))]
    assert view(items=[]).returns == ()


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("open", {How.CLOSE, How.CANCEL}),
        ("closed", {How.CANCEL, How.RETURN, How.REOPEN}),
        ("partially_returned", {How.CANCEL, How.RETURN}),
        ("cancelled", set()),
        ("teleported", set()),
        ("", set()),
    ],
)
def test_moves(state: str, allowed: set[How]) -> None:
    found = moves(state)
    assert {move.how for move in found if move.allowed} == allowed
    assert len(found) == len(How)
    assert all(move.why for move in found)


def test_nothing_is_left_to_return() -> None:
    found = view("partially_returned", items=[{"sku": "A", "quantity": 1, "returnedQuantity": 1}])
    assert found.move(How.RETURN).why == "Every item has been returned already."
    assert not found.move(How.RETURN).allowed
    assert found.move(How.CANCEL).allowed


def test_effects_are_grouped_and_unknown_ones_kept() -> None:
    effects = (effect("callApi"), effect("addLoyaltyPoints"), effect("teleport"), effect("acceptCoupon"))
    assert [(group.topic, len(group.effects)) for group in grouped(effects)] == [
        (Topic.POINTS, 1),
        (Topic.COUPONS, 1),
        (Topic.MESSAGES, 1),
        (Topic.OTHER, 1),
    ]


def test_points_by_ledger() -> None:
    effects = (
        effect("addLoyaltyPoints", programId=1, subLedgerId="", value=10.5, recipientIntegrationId="maria"),
        effect("addLoyaltyPoints", programId=1, subLedgerId="", value=2, recipientIntegrationId="maria"),
        effect("addLoyaltyPoints", programId=1, subLedgerId="shoes", value=3),
        effect("deductLoyaltyPoints", programId=1, subLedgerId="", value=5),
        effect(
            "addLoyaltyPoints", programId=2, value=7, cardIdentifier="CARD", recipientIntegrationId="maria"
        ),
        effect("addLoyaltyPoints", value=7),
    )
    assert [(each.purse, each.earned, each.spent) for each in view(effects=effects).points] == [
        (Purse(1, "", "maria"), Decimal("12.5"), 5),
        (Purse(1, "shoes", "maria"), 3, 0),
        (Purse(2, "", "", "CARD"), 7, 0),
    ]


def test_rollbacks_by_ledger() -> None:
    effects = (
        effect("rollbackAddedLoyaltyPoints", programId=1, value=10),
        effect("rollbackDeductedLoyaltyPoints", programId=1, value=4),
        effect("addNegativeLoyaltyPoints", programId=1, value=2),
    )
    (change,) = purse_changes(effects)
    assert (change.taken_back, change.given_back, change.owed) == (10, 4, 2)


def test_two_sets_of_effects() -> None:
    before = (
        effect("acceptCoupon", value="OLD"),
        effect("addLoyaltyPoints", programId=1, value=10),
        effect("setDiscount", name="Sale", value=5),
    )
    after = (
        effect("addLoyaltyPoints", programId=1, value=12),
        effect("setDiscount", name="Sale", value=5),
        effect("rejectCoupon", value="OLD", rejectionReason="CouponExpired"),
        effect("awardGiveaway", poolName="Mugs"),
        effect("teleport"),
    )
    assert [(each.kind.value, each.about, each.change) for each in differences(before, after)] == [
        ("points", "", 2),
        ("discount", "Sale", 0),
        ("coupon", "OLD", -1),
        ("giveaway", "Mugs", 1),
        ("other", "teleport", 1),
    ]


def test_an_empty_answer() -> None:
    found, _ = play(session("ORD-1"), lambda call: type(answered())())
    assert found.found
    assert found.lines == ()
    assert found.totals.to_pay is None
    assert not any(move.allowed for move in found.moves)
