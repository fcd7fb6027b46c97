"""Catalogs: synchronised all or nothing, asked for prices by sessions and for the best price before a date."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox.clock import to_wire
from tests.sandbox.shop import ApiError, Shop


def sync(shop: Shop, *actions: tuple[str, Mapping[str, Any]], version: int | None = None) -> Any:
    body: dict[str, Any] = {
        "actions": [{"type": kind, "payload": dict(payload)} for kind, payload in actions]
    }
    if version is not None:
        body["version"] = version
    return shop.send("sync_catalog", {"catalog_id": 1}, {}, body).body


def cart(shop: Shop, *items: Mapping[str, Any]) -> Any:
    session = {"profileId": "eve", "cartItems": [dict(item) for item in items]}
    body = {"customerSession": session, "responseContent": ["customerSession"]}
    return shop.send("update_customer_session_v2", {"customer_session_id": "s"}, {}, body).body


def best(shop: Shop, sku: str, timeframe: str) -> list[Decimal]:
    body = {
        "skus": [sku],
        "timeframe": timeframe,
        "timeframeEndDate": to_wire(shop.world.now()),
        "timeframeEndDateType": "strict",
    }
    answer: Any = shop.send("best_prior_price", {}, {}, body).body
    return [each["price"] for each in answer]


def test_an_item_without_a_price_takes_that_of_the_catalog(shop: Shop) -> None:
    with pytest.raises(ApiError):
        cart(shop, {"sku": "mug", "quantity": 2})
    sync(shop, ("ADD", {"sku": "mug", "price": Decimal("12.50")}))
    session = cart(shop, {"sku": "mug", "quantity": 2}, {"sku": "pen", "quantity": 1, "price": 1})[
        "customerSession"
    ]
    assert session["total"] == 26
    assert [item.get("catalogItemID") is not None for item in session["cartItems"]] == [True, False]
    assert cart(shop, {"sku": "mug", "quantity": 1, "price": 5})["customerSession"]["total"] == 5


def test_a_sync_is_all_or_nothing_and_makes_a_version(shop: Shop) -> None:
    assert sync(shop, ("ADD", {"sku": "mug", "price": 10}))["version"] == 1
    with pytest.raises(ApiError):
        sync(shop, ("ADD", {"sku": "cup", "price": 1}), ("ADD", {"sku": "mug", "price": 9}))
    with pytest.raises(ApiError):
        cart(shop, {"sku": "cup", "quantity": 1})
    assert sync(shop, ("ADD", {"sku": "mug", "price": 9, "replaceIfExists": True}))["version"] == 2
    assert sync(shop, ("PATCH", {"sku": "mug", "attributes": {"Color": "red"}}), version=7)["version"] == 7
    assert cart(shop, {"sku": "mug", "quantity": 1})["customerSession"]["total"] == 9


@pytest.mark.parametrize(
    ("condition", "left"),
    [
        ({"attr": "price", "op": "GT", "value": 5}, {"pen"}),
        ({"attr": "price", "op": "LE", "value": 1}, {"mug", "cup"}),
        ({"attr": "Color", "op": "EQ", "value": "red"}, {"cup", "pen"}),
        ({"attr": "sku", "op": "IN", "value": ["mug", "pen"]}, {"cup"}),
    ],
)
def test_filters_choose_items(shop: Shop, condition: dict[str, Any], left: set[str]) -> None:
    prices = {"mug": 10, "cup": 6, "pen": 1}
    sync(
        shop,
        *(
            ("ADD", {"sku": sku, "price": price, "attributes": {"Color": "red"} if sku == "mug" else {}})
            for sku, price in prices.items()
        ),
    )
    sync(shop, ("REMOVE_MANY", {"filters": [condition]}))
    rows = shop.world.conn.execute("select sku from catalog_item").fetchall()
    assert {row[0] for row in rows} == left


def test_the_best_price_is_the_lowest_that_was_in_force(shop: Shop) -> None:
    sync(shop, ("ADD", {"sku": "mug", "price": 10}))
    shop.world.advance(timedelta(days=40))
    sync(shop, ("PATCH", {"sku": "mug", "price": 8}))
    shop.world.advance(timedelta(days=10))
    sync(shop, ("PATCH", {"sku": "mug", "price": 12}))
    shop.world.advance(timedelta(days=10))
    assert best(shop, "mug", "30D") == [8]
    assert best(shop, "mug", "5D") == [12]
    assert best(shop, "mug", "90D") == [8]
    assert best(shop, "cup", "90D") == []
