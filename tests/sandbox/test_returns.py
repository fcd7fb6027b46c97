"""Returns: exact on cumulative value, by position or sku, and what they leave alone."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_sandbox.world import World
from tests.sandbox.shop import START, ApiError, Shop, kinds, line, props

PRICE = st.integers(0, 5000).map(lambda cents: str(Decimal(cents) / 100))
CATEGORY = st.sampled_from(["", "Shoes", "Clothing"])
CART = st.lists(st.tuples(PRICE, st.integers(1, 4), CATEGORY), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def shared() -> Any:
    world = World(now=START)
    world.create_coupon("TENPERCENT", 102)
    world.create_card(2, "CARD-1")
    world.mark_baseline()
    yield Shop(world)
    world.close()


def ending(shop: Shop, told: list[Any]) -> object:
    """Where a history ends: every figure, and what was rolled back in all, by effect."""
    sums: dict[tuple[object, ...], Decimal] = {}
    for effect in told:
        place = effect["props"].get("cartItemPosition"), effect["props"].get("cartItemSubPosition")
        key = (effect["effectType"], effect["ruleName"], effect["props"].get("name"), *place)
        sums[key] = sums.get(key, Decimal(0)) + effect["props"]["value"]
    inventory = shop.inventory("eve")
    session = shop.session("s")
    return (
        sums,
        inventory["loyalty"],
        inventory["profile"]["totalSales"],
        [shop.balances("eve"), shop.balances("eve", 3)],
        session["customerSession"]["cartItems"],
        [e for e in session["effects"] if not e["effectType"].startswith("rollback")],
    )


@settings(max_examples=60, deadline=None)
@given(cart=CART, data=st.data(), spent=st.integers(0, 3000), later=st.sampled_from([0, 20]))
def test_any_split_of_returns_ends_where_one_full_return_ends(
    shared: Shop, cart: list[tuple[str, int, str]], data: st.DataObject, spent: int, later: int
) -> None:
    shop, world = shared, shared.world
    units = [position for position, (_, quantity, _) in enumerate(cart) for _ in range(quantity)]
    order = data.draw(st.permutations(units))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=4)) | {len(order)})
    ends = []
    for pieces in ([order], [order[a:b] for a, b in zip([0, *cuts], cuts, strict=False)]):
        world.reset()
        world.join_audience(3, "eve")
        items = [line(price, quantity, category) for price, quantity, category in cart]
        shop.close("s", items, couponCodes=["TENPERCENT"], loyaltyCards=["CARD-1"])
        world.advance(timedelta(days=later))
        if spent:
            world.deduct_points(3, "eve", spent)
            world.add_points(1, "eve", spent)
        told: list[Any] = []
        for piece in pieces:
            counts = [(position, piece.count(position)) for position in sorted(set(piece))]
            told += shop.give_back("s", *counts)["effects"]
        ends.append(ending(shop, told))
    assert ends[0] == ends[1]


def test_a_return_takes_its_share_by_value(shop: Shop) -> None:
    shop.world.create_coupon("TENPERCENT", 102)
    shop.close("s", [line("60", 2), line("80")], couponCodes=["TENPERCENT"])
    body = shop.give_back("s", (0, 1))
    assert props(body, "rollbackDiscount") == [
        {"name": "Code: 10 % off", "value": 6, "cartItemPosition": 0, "cartItemSubPosition": 0}
    ]
    assert [told["value"] for told in props(body, "rollbackAddedLoyaltyPoints")] == [600]
    assert shop.figures("eve") == (0, 1400, 0, 0, 0)
    profile = shop.inventory("eve")["profile"]
    assert (profile["closedSessions"], profile["totalSales"]) == (1, 140)
    item = shop.session("s")["customerSession"]["cartItems"][0]
    assert (item["returnedQuantity"], item["remainingQuantity"]) == (1, 1)


def test_cents_do_not_get_lost(shop: Shop) -> None:
    shop.world.create_coupon("TENPERCENT", 102)
    shop.close("s", [line("33.33", 3)], couponCodes=["TENPERCENT"])  # discount 10.00 over three units
    values = [props(shop.give_back("s", (0, 1)), "rollbackDiscount")[0]["value"] for _ in range(3)]
    assert values == [Decimal("3.33"), Decimal("3.33"), Decimal("3.34")]


def test_units_with_effects_of_their_own_lose_those(shop: Shop) -> None:
    shop.close("s", [line("50", 3, "Shoes")])
    body = shop.give_back("s", (0, 2))
    places = [
        (told["cartItemPosition"], told["cartItemSubPosition"]) for told in props(body, "rollbackDiscount")
    ]
    assert places == [(0, 0), (0, 1)]
    shoes = [t for t in props(body, "rollbackAddedLoyaltyPoints") if t["subLedgerId"] == "shoes"]
    assert [told["value"] for told in shoes] == [50, 50]
    left = [
        e["props"]["subPosition"]
        for e in shop.session("s")["effects"]
        if e["effectType"] == "setDiscountPerItem"
    ]
    assert left == [2]


def test_coupons_spent_points_and_shipping_stay(shop: Shop) -> None:
    shop.world.create_coupon("TENPERCENT", 102)
    shop.world.add_points(1, "eve", 50_000)
    shop.world.join_audience(1, "eve")
    shop.close(
        "s",
        [line("50")],
        couponCodes=["TENPERCENT"],
        attributes={"PointsToSpend": 300},
        additionalCosts={"shipping": {"price": 5}},
    )
    body = shop.give_back("s", (0, 1))
    assert set(kinds(body)) == {"rollbackDiscount", "rollbackAddedLoyaltyPoints"}
    assert all("additionalCost" not in told for told in props(body, "rollbackDiscount"))
    assert shop.coupon("TENPERCENT")["usageCounter"] == 1
    assert shop.figures("eve")[2] == 300
    shop.cancel("s")
    assert shop.figures("eve")[2] == 0


def test_lines_are_named_by_sku_too(shop: Shop) -> None:
    shop.close("s", [line("10", 1, sku="a"), line("10", 2, sku="b"), line("10", 1, sku="b")])
    body = shop.send(
        "return_cart_items",
        {"customer_session_id": "s"},
        {},
        {"return": {"returnedCartItems": [{"sku": "b", "quantity": 2}, {"sku": "b"}, {"position": 0}]}},
    ).body
    assert isinstance(body, dict)
    assert body["return"]["returnedCartItems"] == [
        {"position": 0, "quantity": 1},
        {"position": 1, "quantity": 2},
        {"position": 2, "quantity": 1},
    ]
    assert shop.session("s")["customerSession"]["state"] == "partially_returned"


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{}],
        [{"position": 0, "quantity": 3}],
        [{"position": 0, "quantity": 0}],
        [{"position": 0, "quantity": -1}],
        [{"position": 1, "quantity": 1}],
        [{"position": -1, "quantity": 1}],
        [{"sku": "nope", "quantity": 1}],
        [{"position": 0, "sku": "nope", "quantity": 1}],
        [{"position": 0, "quantity": 1}, {"position": 0, "quantity": 2}],
    ],
)
def test_more_than_there_is_comes_not_back(shop: Shop, items: list[dict[str, object]]) -> None:
    shop.close("s", [line("10", 2)])
    before = shop.session("s"), shop.figures("eve")
    with pytest.raises(ApiError) as refused:
        shop.send(
            "return_cart_items", {"customer_session_id": "s"}, {}, {"return": {"returnedCartItems": items}}
        )
    assert refused.value.status == 400
    assert (shop.session("s"), shop.figures("eve")) == before


def test_earlier_returns_are_listed(shop: Shop) -> None:
    shop.close("s", [line("10", 3)])
    assert shop.give_back("s", (0, 1))["previousReturns"] == []
    second = shop.give_back("s", (0, 2))
    assert [entry["returnedCartItems"] for entry in second["previousReturns"]] == [
        [{"position": 0, "quantity": 1}]
    ]
    assert second["return"]["sessionIntegrationId"] == "s"
    listed = shop.put("s", ["previousReturns"], state="cancelled")["previousReturns"]
    assert [entry["id"] for entry in listed] == [1, 2]
