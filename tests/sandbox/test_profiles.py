"""Profiles: attributes, audiences, rules on an update."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from talon_sandbox.world import World
from tests.sandbox.shop import START, ApiError, Shop, kinds, line


def put(shop: Shop, profile: str = "eve", query: Any = None, **body: Any) -> Any:
    return shop.send("update_customer_profile_v2", {"integration_id": profile}, query or {}, body).body


def test_attributes_are_set_one_by_one_and_null_removes(shop: Shop) -> None:
    put(shop, attributes={"Name": "Eve", "City": "Köln", "Score": Decimal("1.25"), "Tags": ["a", "b"]})
    put(shop, attributes={"City": None, "Newsletter": True})
    assert shop.inventory("eve")["profile"]["attributes"] == {
        "Name": "Eve",
        "Score": Decimal("1.25"),
        "Tags": ["a", "b"],
        "Newsletter": True,
    }


@pytest.mark.parametrize(
    ("name", "value", "title"),
    [
        ("Shoe size", 43, "Unknown"),
        ("Name", 43, "Invalid type"),
        ("Score", "43", "Invalid type"),
        ("Score", True, "Invalid type"),
        ("Newsletter", "yes", "Invalid type"),
        ("Birthday", "yesterday", "Invalid type"),
        ("Tags", ["a", 1], "Invalid type"),
        ("Tags", "a", "Invalid type"),
    ],
)
def test_undefined_attributes_and_wrong_types_are_400(
    shop: Shop, name: str, value: object, title: str
) -> None:
    with pytest.raises(ApiError) as refused:
        put(shop, attributes={name: value, "City": "Ulm"})
    assert refused.value.status == 400
    assert [(error["title"], error["source"]) for error in refused.value.errors] == [
        (title, {"pointer": f"/attributes/{name}"})
    ]
    with pytest.raises(ApiError):
        shop.inventory("eve")


def test_audiences_are_joined_and_left(shop: Shop) -> None:
    put(shop, audiencesChanges={"adds": [1, 3, 1], "deletes": []})
    put(shop, audiencesChanges={"adds": [2], "deletes": [3, 2]})
    assert shop.inventory("eve")["profile"]["audienceMemberships"] == [{"id": 1, "name": "Gold customers"}]
    with pytest.raises(ApiError) as refused:
        put(shop, audiencesChanges={"adds": [99], "deletes": []})
    assert refused.value.status == 400
    shop.world.create_audience(99, "Late")
    put(shop, audiencesChanges={"adds": [99], "deletes": []})


def gets_free_shipping(shop: Shop, profile: str) -> bool:
    body = shop.put("ship", profileId=profile, additionalCosts={"shipping": {"price": 5}})
    return "setDiscountPerAdditionalCost" in kinds(body)


def test_rules_mean_the_audience_of_the_file_whatever_it_is_called(shop: Shop) -> None:
    put(shop, audiencesChanges={"adds": [1], "deletes": []})
    assert gets_free_shipping(shop, "eve")
    shop.send("update_audience_v2", {"audience_id": 1}, {}, {"name": "Shiny"})
    assert gets_free_shipping(shop, "eve")
    shop.send("update_audience_v2", {"audience_id": 2}, {}, {"name": "Gold customers"})
    shop.world.join_audience(2, "impostor")
    assert not gets_free_shipping(shop, "impostor")


def test_the_id_of_a_deleted_audience_is_not_given_again(shop: Shop) -> None:
    shop.send("delete_audience_v2", {"audience_id": 4})
    made: Any = shop.send("create_audience_v2", {}, {}, {"name": "New"}).body
    assert made["id"] == 5


def test_a_file_keeps_what_became_of_its_audiences(tmp_path: Path) -> None:
    path = str(tmp_path / "world.db")
    world = World(path, now=START)
    Shop(world).send("update_audience_v2", {"audience_id": 2}, {}, {"name": "Readers"})
    Shop(world).send("delete_audience_v2", {"audience_id": 4})
    world.close()
    world = World(path)
    found = world.conn.execute("select id, name from audience order by id")
    assert [tuple(row) for row in found] == [(1, "Gold customers"), (2, "Readers"), (3, "Staff")]
    world.close()


def test_rules_leave_a_deleted_audience_alone(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    then = [{"do": "join_audience", "audience": 1}, {"do": "leave_audience", "audience": 1}]
    campaigns = [{"name": "c", "rules": [{"name": "r", "when": [{"if": "profile"}], "then": then}]}]
    shop = make_shop({"audiences": [{"id": 1, "name": "Regulars"}], "campaigns": campaigns})
    assert kinds(shop.close("a", [line("10")])) == ["addToAudience", "removeFromAudience"]
    shop.send("delete_audience_v2", {"audience_id": 1})
    assert kinds(shop.close("b", [line("10")])) == []
    assert shop.session("b")["customerSession"]["state"] == "closed"


def test_rules_run_and_blocks_come_only_when_asked_for(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    welcome = {"do": "add_points", "name": "welcome", "program": 1, "points": 25}
    rule = {
        "name": "from Ulm",
        "when": [{"if": "profile_attribute", "name": "City", "is": "Ulm"}],
        "then": [welcome, {"do": "join_audience", "audience": 1}],
    }
    shop = make_shop(
        {
            "attributes": {"CustomerProfile": {"City": "string"}},
            "audiences": [{"id": 1, "name": "Welcomed"}],
            "programs": [{"id": 1, "name": "p", "title": "P", "returnPolicy": "unlimited"}],
            "campaigns": [{"name": "c", "rules": [rule]}],
        }
    )
    asked: dict[str, Any] = {
        "responseContent": ["customerProfile", "loyalty", "event", "triggeredCampaigns", "ruleFailureReasons"]
    }
    always = {"effects", "createdCoupons", "createdReferrals"}
    assert set(put(shop, attributes={"City": "Ulm"}, **asked)) == always
    assert shop.balances("eve", 1)["balance"]["activePoints"] == 0
    body = put(shop, query={"run_rule_engine": True, "dry": True}, **asked)
    assert kinds(body) == ["addLoyaltyPoints", "addToAudience"]
    assert shop.balances("eve", 1)["balance"]["activePoints"] == 0
    body = put(shop, query={"run_rule_engine": True}, **asked)
    assert set(body) == always | set(asked["responseContent"])
    assert body["event"]["type"] == "talon_profile_updated"
    assert body["loyalty"]["programs"]["1"]["ledger"]["currentBalance"] == 25
    assert body["customerProfile"]["audienceMemberships"] == [{"id": 1, "name": "Welcomed"}]
    put(shop, query={"run_rule_engine": True})
    assert shop.balances("eve", 1)["balance"]["activePoints"] == 50


def test_sales_count_what_stands(shop: Shop) -> None:
    shop.close("a", [line("100")], additionalCosts={"shipping": {"price": 5}})
    shop.close("b", [{**line("10", 3), "additionalCosts": {"giftwrap": {"price": 1}}}])
    shop.put("c", profileId="eve", cartItems=[line("70")])
    profile = shop.inventory("eve")["profile"]
    assert (profile["closedSessions"], profile["totalSales"]) == (2, 138)
    shop.give_back("b", (0, 2))
    assert shop.inventory("eve")["profile"]["totalSales"] == 116
    shop.cancel("a")
    profile = shop.inventory("eve")["profile"]
    assert (profile["closedSessions"], profile["totalSales"]) == (1, 11)


def test_activity_is_what_runs_rules(shop: Shop) -> None:
    from datetime import timedelta

    put(shop)
    first = shop.inventory("eve")["profile"]["lastActivity"]
    shop.world.advance(timedelta(days=1))
    put(shop, attributes={"City": "Ulm"})
    shop.put("s", query={"dry": True}, profileId="eve", cartItems=[line("5")])
    assert shop.inventory("eve")["profile"]["lastActivity"] == first
    shop.put("s", profileId="eve", cartItems=[line("5")])
    assert shop.inventory("eve")["profile"]["lastActivity"] == "2026-11-21T09:00:00Z"
