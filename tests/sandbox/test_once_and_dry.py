"""Idempotency keys: once, byte for byte. Dry runs: the database stays as it was, byte for byte."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from talon_client import OPERATIONS as TABLE
from talon_client import Safety
from talon_sandbox import idempotency
from talon_sandbox.api import HANDLERS, Request, answer
from talon_sandbox.encoding import dump_json
from talon_sandbox.idempotency import KEYED
from talon_sandbox.world import World
from tests.sandbox.shop import START, ApiError, Shop, is_as, line

SESSION = {"profileId": "eve", "state": "closed", "cartItems": [line("33.33", 3, "Shoes")]}
RETURN = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
OPERATIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "update_customer_session_v2": ({"customer_session_id": "new"}, {"customerSession": SESSION}),
    "return_cart_items": ({"customer_session_id": "closed"}, RETURN),
    "reopen_customer_session": ({"customer_session_id": "closed"}, {}),
    "update_customer_profile_v2": ({"integration_id": "eve"}, {"attributes": {"City": "Köln"}}),
    "update_customer_profiles_v2": (
        {},
        {"customerProfiles": [{"integrationId": "eve", "attributes": {"City": "Bonn"}}]},
    ),
    "track_event_v2": ({}, {"profileId": "eve", "type": "newsletter"}),
}


@pytest.fixture
def busy(shop: Shop) -> Shop:
    shop.world.create_coupon("TENPERCENT", 102)
    shop.world.add_points(1, "eve", 100_000)
    shop.close(
        "closed", [line("33.33", 3, "Shoes")], couponCodes=["TENPERCENT"], attributes={"PointsToSpend": 100}
    )
    event = {"profileId": "eve", "type": "newsletter", "integrationId": "event"}
    shop.send("track_event_v3", {}, {}, event)
    return shop


def contents(world: World) -> list[str]:
    """Every row of every table but the keys themselves."""
    return [text for text in world.conn.iterdump() if 'INSERT INTO "idempotency"' not in text]


def test_the_table_of_keyed_operations_is_complete() -> None:
    assert set(OPERATIONS) == KEYED & set(HANDLERS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_same_key_any_number_of_times_is_once(busy: Shop, operation: str) -> None:
    path, body = OPERATIONS[operation]
    first = busy.send(operation, path, {}, body, key="k")
    after = contents(busy.world)
    busy.world.advance(timedelta(hours=23))
    for _ in range(3):
        again = busy.send(operation, path, {}, body, key="k")
        assert (again.status, dump_json(again.body)) == (first.status, dump_json(first.body))
    later = [row for row in contents(busy.world) if 'INSERT INTO "clock"' not in row]
    assert later == [row for row in after if 'INSERT INTO "clock"' not in row]


def test_a_key_is_forgotten_after_24_hours_on_the_clock(busy: Shop) -> None:
    busy.put("s", profileId="eve", cartItems=[line("5")], key="k")
    busy.world.advance(timedelta(hours=24))
    busy.put("s", profileId="eve", cartItems=[line("5")], key="k")
    assert busy.session("s")["customerSession"]["updateCount"] == 2


def test_another_body_or_operation_under_the_same_key_is_refused(busy: Shop) -> None:
    busy.put("s", profileId="eve", cartItems=[line("5")], key="k")
    before = contents(busy.world)
    with pytest.raises(ApiError) as refused:
        busy.put("s", profileId="eve", cartItems=[line("6")], key="k")
    assert refused.value.status == 400
    assert refused.value.errors[0]["source"] == {"parameter": "Idempotency-Key"}
    with pytest.raises(ApiError):
        busy.send("reopen_customer_session", {"customer_session_id": "closed"}, {}, {}, key="k")
    assert contents(busy.world) == before


def test_a_refused_request_does_not_use_up_its_key(busy: Shop) -> None:
    with pytest.raises(ApiError):
        busy.send("return_cart_items", {"customer_session_id": "s"}, {}, RETURN, key="k")
    busy.close("s", [line("5", 2)])
    busy.send("return_cart_items", {"customer_session_id": "s"}, {}, RETURN, key="k")
    assert busy.session("s")["customerSession"]["state"] == "partially_returned"


@pytest.mark.parametrize("operation", OPERATIONS)
def test_erasure_drops_the_answers_about_that_customer_only(busy: Shop, operation: str) -> None:
    path, body = OPERATIONS[operation]
    busy.send(operation, path, {}, body, key="eve's")
    busy.send("update_customer_profile_v2", {"integration_id": "bob"}, {}, {}, key="bob's")
    busy.send("delete_customer_data", {"integration_id": "eve"})
    assert [row[0] for row in busy.world.conn.execute("select key from idempotency")] == ["bob's"]


def test_other_operations_do_not_know_the_header(busy: Shop) -> None:
    for _ in range(2):
        busy.send("generate_loyalty_card", {"loyalty_program_id": 2}, {}, {}, key="k")
    assert busy.world.conn.execute("select count(*) from card").fetchone()[0] == 2


def test_a_deployment_that_ignores_keys_does_it_twice() -> None:
    world = World(now=START, ignore_idempotency_keys=True)
    shop = Shop(world)
    shop.close("s", [line("5", 2)])
    for _ in range(2):
        shop.send("return_cart_items", {"customer_session_id": "s"}, {}, RETURN, key="k")
    assert shop.session("s")["customerSession"]["cartItems"][0]["remainingQuantity"] == 0
    world.close()


DRY: dict[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "new session": (
        "update_customer_session_v2",
        {"customer_session_id": "new"},
        {"customerSession": SESSION},
        {},
    ),
    "closing": (
        "update_customer_session_v2",
        {"customer_session_id": "open"},
        {"customerSession": {**SESSION, "profileId": "ghost", "couponCodes": ["TENPERCENT"]}},
        {},
    ),
    "another day": (
        "update_customer_session_v2",
        {"customer_session_id": "new"},
        {"customerSession": SESSION},
        {"now": START + timedelta(days=20)},
    ),
    "cancelling": (
        "update_customer_session_v2",
        {"customer_session_id": "closed"},
        {"customerSession": {"state": "cancelled"}},
        {},
    ),
    "returning": ("return_cart_items", {"customer_session_id": "closed"}, RETURN, {}),
    "profile": (
        "update_customer_profile_v2",
        {"integration_id": "ghost"},
        {"attributes": {"City": "Köln"}},
        {"run_rule_engine": True},
    ),
}


@pytest.mark.parametrize("name", DRY)
@pytest.mark.parametrize("frozen", [True, False])
def test_dry_leaves_the_database_as_it_was_byte_for_byte(busy: Shop, name: str, frozen: bool) -> None:
    operation, path, body, query = DRY[name]
    busy.put("open", profileId="eve", cartItems=[line("5")])
    if not frozen:
        busy.world.follow_wall_clock()
    before = busy.world.conn.serialize()
    busy.send(operation, path, {**query, "dry": True}, body, key="k")
    assert is_as(busy.world.conn, before)


@pytest.mark.parametrize("name", [name for name in DRY if name != "another day"])
def test_a_dry_run_answers_what_the_real_one_then_answers(busy: Shop, name: str) -> None:
    operation, path, body, query = DRY[name]
    told = busy.send(operation, path, {**query, "dry": True}, body).body
    assert told == busy.send(operation, path, query, body).body


def test_a_profile_update_without_rules_is_kept_even_when_dry(busy: Shop) -> None:
    busy.send(
        "update_customer_profile_v2",
        {"integration_id": "new"},
        {"dry": True},
        {"attributes": {"City": "Ulm"}},
    )
    assert busy.inventory("new")["profile"]["attributes"] == {"City": "Ulm"}


REFUSED: list[Callable[[Shop], Any]] = [
    lambda shop: shop.put("new", profileId="ghost", cartItems=[line("5")], attributes={"Nope": 1}),
    lambda shop: shop.put("closed", state="closed"),
    lambda shop: shop.give_back("closed", (0, 1), (0, 9)),
    lambda shop: shop.reopen("nope"),
    lambda shop: shop.send(
        "update_customer_profile_v2",
        {"integration_id": "ghost"},
        {},
        {"audiencesChanges": {"adds": [1, 10**30], "deletes": []}},
    ),
]


@pytest.mark.parametrize("action", REFUSED)
def test_a_refusal_leaves_nothing_half_done(busy: Shop, action: Callable[[Shop], Any]) -> None:
    before = busy.world.conn.serialize()
    with pytest.raises(ApiError):
        action(busy)
    assert is_as(busy.world.conn, before)


def test_every_read_leaves_the_database_as_it_was(busy: Shop) -> None:
    before = busy.world.conn.serialize()
    path: dict[str, str | int] = {
        "loyalty_program_id": 1,
        "coupon_value": "TENPERCENT",
        "customer_session_id": "closed",
        "achievement_id": 1,
    }
    for operation, known in TABLE.items():
        if known.safety is Safety.READ and known.method == "GET" and "card" not in operation:
            name = "event" if operation == "get_event_v3" else "eve"
            answer(busy.world, Request(operation, {**path, "integration_id": name}))
    assert is_as(busy.world.conn, before)


def test_a_key_that_cannot_be_kept_leaves_nothing_of_its_request(
    busy: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    before = busy.world.conn.serialize()
    monkeypatch.setattr(idempotency, "keep", fail)
    with pytest.raises(OSError, match="full"):
        busy.send("return_cart_items", {"customer_session_id": "closed"}, {}, RETURN, key="k")
    assert is_as(busy.world.conn, before)


def test_a_dry_run_looks_at_no_key(busy: Shop) -> None:
    busy.put("s", profileId="eve", cartItems=[line("5")], key="k")
    told = busy.put("s", ("customerSession",), cartItems=[line("6")], query={"dry": True}, key="k")
    assert told["customerSession"]["total"] == 6
