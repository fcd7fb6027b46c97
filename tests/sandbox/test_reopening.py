"""Reopening: what it takes back, what it leaves, and that closing again ends where the first closing did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from talon_sandbox.world import World
from tests.sandbox.shop import START, Shop, kinds, line, props

CART = st.lists(
    st.tuples(st.integers(1, 90), st.integers(1, 3), st.sampled_from(["", "Shoes"])), min_size=1, max_size=3
)


def test_a_reopening_takes_back_points_and_coupons_and_answers_effects_only(shop: Shop) -> None:
    shop.world.create_coupon("TENPERCENT", 102)
    shop.world.add_points(1, "eve", 100_000)
    shop.close("s", [line("50")], couponCodes=["TENPERCENT"], attributes={"PointsToSpend": 200})
    assert shop.figures("eve") == (800, 500, 200, 0, 0)
    body = shop.reopen("s")
    assert set(body) == {"effects"}
    assert kinds(body) == ["rollbackDeductedLoyaltyPoints", "rollbackCoupon", "rollbackAddedLoyaltyPoints"]
    assert shop.figures("eve") == (1000, 0, 0, 0, 0)
    session = shop.session("s")
    assert (session["customerSession"]["state"], session["effects"]) == ("open", [])
    profile = shop.inventory("eve")["profile"]
    assert (profile["closedSessions"], profile["totalSales"]) == (0, 0)


def test_an_only_pending_program_keeps_what_is_active(shop: Shop) -> None:
    shop.world.create_card(2, "CARD-1")
    shop.close("s", [line("50")], loyaltyCards=["CARD-1"])
    shop.world.advance(timedelta(days=4))
    body = shop.reopen("s")
    assert all("cardIdentifier" not in told for told in props(body, "rollbackAddedLoyaltyPoints"))
    kept = [e["props"] for e in shop.session("s")["effects"] if e["effectType"] == "addLoyaltyPoints"]
    assert [told["cardIdentifier"] for told in kept] == ["CARD-1"]


def test_custom_effects_free_items_and_attributes_stay(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    rule = {
        "name": "gifts",
        "when": [{"if": "profile"}],
        "then": [
            {"do": "custom", "id": 1, "name": "ring", "payload": {"bell": True}},
            {"do": "free_item", "sku": "MUG", "name": "Mug"},
            {"do": "set_attribute", "path": "Profile.Segment", "value": "regular"},
            {"do": "join_audience", "audience": 5},
        ],
    }
    shop = make_shop(
        {
            "audiences": [{"id": 5, "name": "Regulars"}],
            "attributes": {"CustomerProfile": {"Segment": "string"}},
            "campaigns": [{"name": "c", "rules": [rule]}],
        }
    )
    made = ["customEffect", "addFreeItem", "updateAttribute", "addToAudience"]
    assert kinds(shop.close("s", [line("1")])) == made
    assert kinds(shop.reopen("s")) == []
    assert kinds(shop.session("s")) == made
    profile = shop.inventory("eve")["profile"]
    assert profile["attributes"] == {"Segment": "regular"}
    assert profile["audienceMemberships"] == [{"id": 5, "name": "Regulars"}]
    assert kinds(shop.cancel("s")) == []


def test_a_reopened_session_is_edited_and_closed_anew(shop: Shop) -> None:
    shop.close("s", [line("50")])
    shop.reopen("s")
    shop.put("s", cartItems=[line("70")])
    shop.put("s", state="closed")
    assert shop.figures("eve") == (0, 700, 0, 0, 0)
    shop.cancel("s")
    assert shop.figures("eve") == (0, 0, 0, 0, 0)


@settings(max_examples=40, deadline=None)
@given(cart=CART, spend=st.integers(0, 500))
def test_close_reopen_close_is_close(cart: list[tuple[int, int, str]], spend: int) -> None:
    world = World(now=START)
    world.create_coupon("TENPERCENT", 102)
    world.add_points(1, "eve", 60_000)
    world.mark_baseline()
    shop = Shop(world)
    ends = []
    for again in (False, True):
        world.reset()
        items = [line(str(price), quantity, category) for price, quantity, category in cart]
        told = shop.close("s", items, couponCodes=["TENPERCENT"], attributes={"PointsToSpend": spend})
        if again:
            shop.reopen("s")
            told = shop.put("s", state="closed")
        for effect in told["effects"]:
            effect["props"].pop("transactionUUID", None)
        told["effects"] = [e for e in told["effects"] if e["effectType"] != "changeLoyaltyTierLevel"]
        inventory = shop.inventory("eve")
        ends.append((told, inventory["loyalty"], inventory["coupons"], shop.balances("eve")))
    assert ends[0] == ends[1]
    world.close()
