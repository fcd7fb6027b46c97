"""Returns that run the rules again: what is given anew, what is not given twice, and what later returns take of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from talon_sandbox.clock import to_micros
from talon_sandbox.ledger import Window
from tests.sandbox.shop import START, Shop, kinds, line, props

Make = Callable[..., Shop]
AGAIN = {"run_rule_engine": True}


@pytest.fixture
def make(make_shop: Callable[[dict[str, Any]], Shop]) -> Make:
    """A shop with one rule, whose campaign is evaluated again on a return."""

    def make(
        *then: dict[str, Any], when: tuple[dict[str, Any], ...] = (), policy: str = "within_balance"
    ) -> Shop:
        rule = {"name": "rule", "when": [{"if": "profile"}, *when], "then": list(then)}
        program = {"id": 1, "name": "club", "title": "Club", "returnPolicy": policy}
        stamps = {"id": 1, "campaignId": 1, "name": "Stamps", "title": "Stamps", "target": 9}
        campaign = {
            "id": 1,
            "name": "c",
            "features": ["referrals"],
            "reevaluateOnReturn": True,
            "rules": [rule],
        }
        return make_shop(
            {
                "programs": [program],
                "achievements": [stamps],
                "giveawayPools": [{"id": 1, "name": "Bags", "size": 9}],
                "campaigns": [campaign],
            }
        )

    return make


def test_a_campaign_that_asks_for_it_is_evaluated_again(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    rule = {
        "name": "from 100",
        "when": [{"if": "cart_total", "at_least": 100}],
        "then": [{"do": "discount", "name": "20 off", "amount": 20}],
    }
    shop = make_shop({"campaigns": [{"name": "c", "reevaluateOnReturn": True, "rules": [rule]}]})
    shop.close("s", [line("60", 3)])
    body = shop.give_back("s", (0, 1), query={"run_rule_engine": True})
    assert kinds(body) == ["rollbackDiscount", "setDiscount"]  # 120 are left: given anew, and whole
    assert props(body, "setDiscount")[0]["value"] == 20
    body = shop.give_back("s", (0, 1), query={"run_rule_engine": True})
    assert [(told["value"]) for told in props(body, "rollbackDiscount")] == [20]
    assert "setDiscount" not in kinds(body)
    assert kinds(shop.session("s")) == []


def test_what_was_not_taken_back_is_not_given_twice(make: Make) -> None:
    shop = make(
        {"do": "progress", "achievement": 1},
        {"do": "create_coupon", "campaign": 1, "prefix": "THX-"},
        {"do": "create_referral", "campaign": 1},
        {"do": "give_away", "pool": 1},
        {"do": "extend_expiry", "program": 1, "by": "1M"},
        {"do": "notify", "title": "Thank you", "body": ""},
        {"do": "discount", "name": "off", "percent": 10},
    )
    shop.world.add_points(1, "eve", 1000, window=Window(None, to_micros(START + timedelta(days=9))))
    shop.close("s", [line("10", 3)])
    body = shop.give_back("s", (0, 1), query=AGAIN)
    assert kinds(body) == ["rollbackDiscount", "setDiscount"]
    assert (body["createdCoupons"], body["createdReferrals"]) == ([], [])
    inventory = shop.inventory("eve")
    assert [each["progress"] for each in inventory["achievements"]] == [1]
    assert (len(inventory["giveaways"]), len(inventory["referrals"])) == (1, 1)
    assert shop.points("eve")["data"][0]["expiryDate"] == "2026-12-29T09:00:00Z"


def test_a_first_order_is_still_the_first_when_part_of_it_comes_back(make: Make) -> None:
    half = {"do": "discount", "name": "half", "percent": 50, "of": "items"}
    shop = make(half, when=({"if": "closed_sessions", "at_most": 0},))
    shop.close("s", [line("10", 2)])
    told = props(shop.give_back("s", (0, 1), query=AGAIN), "setDiscount")
    assert [each["value"] for each in told] == [5]
    assert "setDiscount" not in kinds(shop.close("t", [line("10", 2)]))


@pytest.mark.parametrize(
    ("policy", "spent", "figures"),
    [
        ("only_pending", 0, (100, 0, 0, 0, 0)),  # nothing could be taken: nothing is given anew
        ("within_balance", 0, (50, 0, 0, 0, 0)),
        ("within_balance", 70, (0, 0, 70, 0, 0)),
        ("within_balance", 20, (30, 0, 20, 0, 0)),
        ("unlimited", 70, (0, 0, 70, 0, 20)),
    ],
)
def test_points_that_stayed_count_as_given(make: Make, policy: str, spent: int, figures: Any) -> None:
    shop = make({"do": "add_points", "name": "P", "program": 1, "per_euro": 10}, policy=policy)
    shop.close("s", [line("5", 2)])
    if spent:
        shop.world.deduct_points(1, "eve", spent * 100)
    shop.give_back("s", (0, 1), query=AGAIN)
    assert shop.figures("eve") == figures


def test_a_code_that_holds_no_more_is_given_back_and_says_why(make: Make) -> None:
    off = {"do": "discount", "name": "off", "amount": 5}
    shop = make(off, when=({"if": "coupon"}, {"if": "cart_total", "at_least": 20}))
    shop.world.create_coupon("CODE", 1)
    shop.close("s", [line("10", 3)], couponCodes=["CODE"])
    assert "acceptCoupon" in kinds(shop.give_back("s", (0, 1), query=AGAIN))
    assert shop.coupon("CODE")["usageCounter"] == 1
    last = shop.give_back("s", (0, 1), query=AGAIN)
    assert kinds(last) == ["rollbackCoupon", "rollbackDiscount", "rejectCoupon"]


@pytest.mark.parametrize("cart", [[line("10", 2)], [line("9"), line("11")], [line("0", 2)]])
def test_later_returns_take_all_of_what_was_given_anew(make: Make, cart: list[dict[str, object]]) -> None:
    points = {"do": "add_points", "name": "P", "program": 1, "per_euro": 10}
    more = {"do": "add_points", "name": "M", "program": 1, "points": 7}
    shop = make(points, more, {"do": "discount", "name": "half", "percent": 50, "of": "items"})
    shop.close("s", cart)
    shop.give_back("s", (0, 1), query=AGAIN)
    assert shop.figures("eve")[0] in (107, 117, 7)
    shop.give_back("s", (len(cart) - 1, 1))
    assert shop.figures("eve") == (0, 0, 0, 0, 0)
    assert not {"setDiscount", "addLoyaltyPoints"} & set(kinds(shop.session("s")))


def test_what_was_given_anew_comes_back_by_what_it_was_given_for(make: Make) -> None:
    shop = make({"do": "add_points", "name": "P", "program": 1, "per_euro": 10})
    shop.close("s", [line("10", 5), line("20")])
    shop.give_back("s", (0, 3), query=AGAIN)
    told = [
        props(shop.give_back("s", back), "rollbackAddedLoyaltyPoints") for back in ((0, 1), (1, 1), (0, 1))
    ]
    assert [[each["value"] for each in one] for one in told] == [[100], [200], [100]]
