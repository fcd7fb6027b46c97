"""Rules over carts that nobody has seen before: every condition, every effect, and a campaigns file that is wrong."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from talon_sandbox.catalog import CatalogError, load_catalog
from talon_sandbox.rules import SessionView, evaluate, grammar
from talon_sandbox.rules.conditions import CONDITIONS
from talon_sandbox.rules.effects import EFFECTS
from talon_sandbox.world import World
from tests.sandbox.shop import Shop, is_as, kinds, line, props

NOTE = {"do": "notify", "title": "yes", "body": ""}
PROGRAM = {
    "id": 1,
    "name": "p",
    "title": "P",
    "returnPolicy": "unlimited",
    "tiers": [{"id": 1, "name": "Bronze", "minPoints": 10}],
}


def one_rule(when: list[dict[str, Any]], then: list[dict[str, Any]], **campaign: object) -> dict[str, Any]:
    return {
        "attributes": {
            "CustomerProfile": {"City": "string", "Score": "number"},
            "CustomerSession": {"Channel": "string", "Pay": "boolean", "Points": "number"},
            "CartItem": {"Color": "string"},
        },
        "additionalCosts": ["shipping"],
        "audiences": [{"id": 1, "name": "Gold"}],
        "programs": [PROGRAM, {**PROGRAM, "id": 2, "name": "cards", "cardBased": True}],
        "campaigns": [{"name": "c", "rules": [{"name": "r", "when": when, "then": then}], **campaign}],
    }


CART = [{**line("40", 2, "Shoes", "a"), "attributes": {"Color": "red"}}, line("20", 1, "Hats", "b")]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"if": "cart_total", "at_least": 100}, True),
        ({"if": "cart_total", "at_least": 100.01}, False),
        ({"if": "cart_total", "at_most": 99.99}, False),
        ({"if": "cart_has", "category": "Shoes"}, True),
        ({"if": "cart_has", "category": "Shoes", "quantity": 3}, False),
        ({"if": "cart_has", "sku": "b", "at_least": 20}, True),
        ({"if": "cart_has", "sku": "b", "at_least": 21}, False),
        ({"if": "cart_has", "attribute": "Color", "is": "red"}, True),
        ({"if": "cart_has", "attribute": "Color", "is": "blue"}, False),
        ({"if": "profile"}, True),
        ({"if": "audience", "name": "Gold"}, True),
        ({"if": "audience", "name": "Silver"}, False),
        ({"if": "profile_attribute", "name": "City", "in": ["Ulm", "Bonn"]}, True),
        ({"if": "profile_attribute", "name": "City", "is": "Bonn"}, False),
        ({"if": "profile_attribute", "name": "Score", "at_least": 2}, True),
        ({"if": "profile_attribute", "name": "Score", "at_most": 2}, False),
        ({"if": "profile_attribute", "name": "City", "at_least": 2}, False),
        ({"if": "session_attribute", "name": "Channel", "is": "web"}, True),
        ({"if": "session_attribute", "name": "Points"}, False),
        ({"if": "card"}, True),
        ({"if": "card", "program": 1}, False),
        ({"if": "points", "program": 1, "at_least": 10}, True),
        ({"if": "points", "program": 1, "at_least": 11}, False),
        ({"if": "points", "program": 9}, False),
        ({"if": "tier", "program": 1, "in": ["Bronze"]}, True),
        ({"if": "tier", "program": 1, "in": ["Gold"]}, False),
        ({"if": "first_session"}, True),
        ({"if": "closed_sessions", "at_least": 1}, False),
        ({"if": "event", "type": "newsletter"}, False),
        ({"if": "coupon"}, False),
        ({"if": "any", "of": [{"if": "coupon"}, {"if": "card"}]}, True),
        ({"if": "any", "of": [{"if": "coupon"}, {"if": "event", "type": "x"}]}, False),
        ({"if": "not", "of": {"if": "coupon"}}, True),
        ({"if": "not", "of": {"if": "card"}}, False),
    ],
)
def test_conditions(
    make_shop: Callable[[dict[str, Any]], Shop], condition: dict[str, Any], holds: bool
) -> None:
    shop = make_shop(one_rule([condition], [NOTE]))
    shop.world.create_card(2, "CARD-1")
    shop.world.add_points(1, "eve", 1000)
    shop.world.join_audience(1, "eve")
    path = {"integration_id": "eve"}
    shop.send(
        "update_customer_profile_v2", path, {}, {"attributes": {"City": "Ulm", "Score": Decimal("2.5")}}
    )
    body = shop.put(
        "s",
        ["ruleFailureReasons"],
        profileId="eve",
        cartItems=CART,
        loyaltyCards=["CARD-1"],
        attributes={"Channel": "web"},
    )
    assert kinds(body) == (["showNotification"] if holds else [])
    assert bool(body["ruleFailureReasons"]) is not holds
    assert all(reason["details"] for reason in body["ruleFailureReasons"])


@pytest.mark.parametrize(
    ("effect", "wanted"),
    [
        ({"do": "discount", "percent": 10}, [("setDiscount", Decimal("10.5"))]),
        ({"do": "discount", "percent": 10, "of": "items"}, [("setDiscount", 10)]),
        ({"do": "discount", "percent": 50, "at_most": 20}, [("setDiscount", 20)]),
        ({"do": "discount", "amount": 7.5}, [("setDiscount", Decimal("7.5"))]),
        ({"do": "discount", "amount": 500}, [("setDiscount", 105)]),
        (
            {"do": "discount_items", "percent": 25},
            [("setDiscountPerItem", 10)] * 2 + [("setDiscountPerItem", 5)],
        ),
        ({"do": "discount_items", "amount": 30, "sku": "b"}, [("setDiscountPerItem", 20)]),
        ({"do": "discount_items", "amount": 1, "category": "Coats"}, []),
        ({"do": "discount_cost", "cost": "shipping", "percent": 100}, [("setDiscountPerAdditionalCost", 5)]),
        ({"do": "add_points", "program": 1, "per_euro": 2}, [("addLoyaltyPoints", 200)]),
        (
            {"do": "add_points", "program": 1, "per_euro": 1.5, "of": "total"},
            [("addLoyaltyPoints", Decimal("157.5"))],
        ),
        ({"do": "add_points", "program": 1, "per_euro": 0.333, "whole": True}, [("addLoyaltyPoints", 33)]),
        ({"do": "add_points", "program": 1, "per_euro": 1, "category": "Hats"}, [("addLoyaltyPoints", 20)]),
        (
            {"do": "add_points", "program": 1, "points": 5, "each": True, "sku": "a"},
            [("addLoyaltyPoints", 5)] * 2,
        ),
        ({"do": "add_points", "program": 2, "points": 5}, []),
        ({"do": "custom", "id": 3, "name": "ring"}, [("customEffect", None)]),
        ({"do": "free_item", "sku": "MUG"}, [("addFreeItem", None)]),
    ],
)
def test_effects(
    make_shop: Callable[[dict[str, Any]], Shop], effect: dict[str, Any], wanted: list[Any]
) -> None:
    shop = make_shop(one_rule([], [{"name": "n", **effect}]))
    body = shop.put("s", profileId="eve", cartItems=CART, additionalCosts={"shipping": {"price": 5}})
    found = [(told["effectType"], told["props"].get("value")) for told in body["effects"]]
    assert [entry for entry in found if entry[0] != "changeLoyaltyTierLevel"] == wanted


def test_discounts_never_exceed_what_is_to_pay(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    third = {"do": "discount", "name": "n", "amount": 60}
    shop = make_shop(one_rule([], [third, third, third]))
    body = shop.put("s", profileId="eve", cartItems=CART)
    assert [told["value"] for told in props(body, "setDiscount")] == [60, 40]


def test_a_rule_gives_all_or_nothing(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    broken = {"do": "add_points", "name": "n", "program": 2, "points": 5}  # and no card in the session
    shop = make_shop(one_rule([], [{"do": "discount", "name": "n", "amount": 60}, broken]))
    body = shop.put("s", ["ruleFailureReasons"], profileId="eve", cartItems=CART)
    assert body["effects"] == []
    assert [reason["effectIndex"] for reason in body["ruleFailureReasons"]] == [1]


def test_paying_with_points(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    pay = {"do": "pay_with_points", "name": "n", "program": 1, "points_per_euro": 10}
    rule = one_rule([], [{**pay, "attribute": "Pay"}, {**pay, "attribute": "Points"}])
    shop = make_shop(rule)
    shop.world.add_points(1, "eve", 30_005)

    def paid(**attributes: object) -> tuple[list[Any], list[Any]]:
        body = shop.put(
            "s", profileId="eve", cartItems=CART, attributes={"Pay": None, "Points": None, **attributes}
        )
        points, money = props(body, "deductLoyaltyPoints"), props(body, "setDiscount")
        return [told["value"] for told in points], [told["value"] for told in money]

    assert paid(Pay=True) == ([300], [30])
    assert paid(Pay=False) == ([], [])
    assert paid(Points=25) == ([25], [Decimal("2.5")])
    assert paid(Points=300, Pay=True) == ([], [])  # both want the same points
    assert paid(Points=301) == ([], [])
    shop.world.add_points(1, "eve", 10_000_000)
    assert paid(Pay=True) == ([1000], [100])  # no more than there is to pay


def test_points_that_wait_for_an_action(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    award = {
        "do": "add_points",
        "name": "n",
        "program": 1,
        "points": 5,
        "awaits_action": True,
        "valid": "30D",
    }
    shop = make_shop(one_rule([], [award]))
    told = props(shop.close("s", CART), "addLoyaltyPoints")[0]
    assert (told["awaitsActivation"], told["validityDuration"]) == (True, "30D")
    row = shop.transactions("eve", 1)["data"][0]
    assert (row["startDate"], row["expiryDate"], row["validityDuration"]) == ("on_action", "unlimited", "30D")
    assert shop.figures("eve", 1) == (0, 5, 0, 0, 0)


def test_evaluate_is_pure(shop: Shop) -> None:
    from talon_sandbox.rules.model import Item

    view = SessionView(("x",), items=(Item(0, "a", 3, 3333, "Shoes"),), costs={"shipping": 500})
    before = shop.world.conn.serialize()
    first = evaluate(shop.world, view, None, shop.world.now())
    assert first == evaluate(shop.world, view, None, shop.world.now())
    assert [effect.value for effect in first.effects] == [333, 333, 333]
    assert is_as(shop.world.conn, before)
    assert {campaign.id for campaign in first.skipped} == {105, 106, 107, 113}


def test_the_campaigns_that_come_along_use_only_what_exists() -> None:
    catalog = load_catalog(now=0)
    policies = {program.return_policy for program in catalog.programs.values()}
    assert policies == {"only_pending", "within_balance", "unlimited"}
    assert len(catalog.campaigns) >= 10


def test_the_grammar_names_every_condition_and_effect() -> None:
    assert set(grammar.CONDITIONS) == set(CONDITIONS)
    assert set(grammar.EFFECTS) == set(EFFECTS)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "{",
        '{"programs": {}}',
        '{"programs": [{"id": 1}]}',
        '{"programs": [{"id": 1, "name": "p", "title": "P", "returnPolicy": "never"}]}',
        '{"programs": [{"id": 1, "name": "p", "title": "P", "returnPolicy": "unlimited", "tierValidity": "0D"}]}',
        '{"programs": [{"id": 1, "name": "p", "title": "P", "returnPolicy": "unlimited", "timeZone": "Mars"}]}',
        '{"campaigns": [{"name": "a", "state": "on"}]}',
        '{"campaigns": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}',
        '{"campaigns": [{"name": "a", "startTime": "soon"}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "when": [{"if": "magic"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "then": [{"do": "magic"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "when": [{"unless": "x"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "when": [{"if": "not", "of": {"if": "x"}}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "when": [{"if": "cart_total", "min": 5}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "when": [{"if": "cart_total", "at_most": "5"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "then": [{"do": "discount", "name": "n"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "then": [{"do": "free_item", "sku": "n"}]}]}]}',
        '{"campaigns": [{"name": "a", "rules": [{"name": "r", "then": [{"do": "join_audience", "audience": 5}]}]}]}',
    ],
)
def test_a_wrong_campaigns_file_is_refused_with_a_reason(tmp_path: Path, text: str) -> None:
    path = tmp_path / "campaigns.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match="campaigns file|must|share|is not"):
        World(campaigns=path)
    with pytest.raises(CatalogError, match="cannot be read"):
        World(campaigns=tmp_path / "nowhere.json")


@pytest.mark.parametrize(
    "limit",
    [
        {"limit": 3},
        {"action": 3, "limit": 3},
        {"action": "redeemCoupon"},
        {"action": "redeemCoupon", "limit": "3"},
        {"action": "redeemCoupon", "limit": -1},
        {"action": "redeemCoupon", "limit": 3, "entities": "Profile"},
    ],
)
def test_budgets_are_read_when_the_world_opens(
    make_shop: Callable[[dict[str, Any]], Shop], limit: dict[str, Any]
) -> None:
    with pytest.raises(CatalogError, match="limit|entities"):
        make_shop({"campaigns": [{"name": "a", "limits": [limit]}]})


@pytest.mark.parametrize(
    ("when", "then"),
    [
        (None, {"do": "progress", "achievement": 1, "by": "2D"}),
        (None, {"do": "progress", "achievement": 1, "by": 0}),
        (None, {"do": "progress", "achievement": [1]}),
        (None, {"do": "extend_expiry", "program": 1, "by": 2}),
        (None, {"do": "add_points", "name": "n", "program": [1], "points": 1}),
        (None, {"do": "add_points", "name": "n", "program": 1, "points": 1, "each": "yes"}),
        (None, {"do": "add_points", "name": 1, "program": 1, "points": 1}),
        (None, {"do": "discount_cost", "name": "n", "cost": ["shipping"], "amount": 1}),
        (
            None,
            {"do": "pay_with_points", "name": "n", "program": 1, "attribute": "Pay", "points_per_euro": 0},
        ),
        (None, {"do": "create_coupon", "campaign": 1, "usage_limit": 1_000_000}),
        ({"if": "any", "of": {"if": "profile"}}, None),
        ({"if": "not", "of": [{"if": "profile"}]}, None),
        ({"if": "tier", "program": 1, "in": "Bronze"}, None),
        ({"if": "points", "program": [1]}, None),
    ],
)
def test_words_hold_what_their_condition_or_effect_needs(
    make_shop: Callable[[dict[str, Any]], Shop], when: dict[str, Any] | None, then: dict[str, Any] | None
) -> None:
    file = one_rule([when] if when else [], [then] if then else [])
    achievement = {"id": 1, "campaignId": 1, "name": "a", "title": "A", "target": 10}
    with pytest.raises(CatalogError, match="must be"):
        make_shop({**file, "achievements": [achievement]})


def test_a_step_of_an_achievement_may_be_longer_than_one(
    make_shop: Callable[[dict[str, Any]], Shop],
) -> None:
    file = one_rule([{"if": "profile"}], [{"do": "progress", "achievement": 1, "by": 2.5}])
    achievement = {"id": 1, "campaignId": 1, "name": "a", "title": "A", "target": 10}
    shop = make_shop({**file, "achievements": [achievement]})
    (step,) = props(shop.close("s", CART), "increaseAchievementProgress")
    assert (step["delta"], step["value"]) == (Decimal("2.5"), Decimal("2.5"))


@pytest.mark.parametrize(
    "field",
    [
        {"attributes": []},
        {"attributes": {"CustomerProfile": ["Name"]}},
        {"additionalCosts": [1]},
        {"events": "newsletter"},
        {"giveawayPools": [{"id": 1, "name": "p", "size": "9"}]},
        {"programs": [{**PROGRAM, "usersPerCardLimit": "2"}]},
    ],
)
def test_lists_and_numbers_of_the_file_are_what_they_must_be(
    make_shop: Callable[[dict[str, Any]], Shop], field: dict[str, Any]
) -> None:
    with pytest.raises(CatalogError, match="must"):
        make_shop(field)
