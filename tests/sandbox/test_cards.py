"""Cards: identifiers, limits, blocked ones, and points that move on active cards only."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.shop import CARDS, CLUB, ApiError, Shop, five, kinds, line, props


def generate(shop: Shop, **body: Any) -> Any:
    return shop.send("generate_loyalty_card", {"loyalty_program_id": CARDS}, {}, body).body


def link(shop: Shop, card: str, profile: str) -> Any:
    path = {"loyalty_program_id": CARDS, "loyalty_card_id": card}
    return shop.send("link_loyalty_card_to_profile", path, {}, {"integrationId": profile}).body


def read(shop: Shop, what: str, card: str, **query: Any) -> Any:
    path = {"loyalty_program_id": CARDS, "loyalty_card_id": card}
    return shop.send(f"get_loyalty_card_{what}", path, query).body


def refusal(action: Any) -> tuple[int, str]:
    with pytest.raises(ApiError) as refused:
        action()
    return refused.value.status, str(refused.value.errors[0]["title"])


def test_a_card_gets_an_identifier_and_its_holders(shop: Shop) -> None:
    card = generate(shop)
    assert card["identifier"].startswith("SC-")
    assert (card["status"], card["usersPerCardLimit"], card["profiles"]) == ("active", 2, [])
    assert (card["programID"], card["programName"], card["programTitle"]) == (2, "store_card", "Store card")
    assert generate(shop)["identifier"] != card["identifier"]
    card = generate(
        shop, cardIdentifier="A.b_c%+@-1", status="inactive", customerProfileIds=["eve", "anna", "eve"]
    )
    assert card["status"] == "inactive"
    assert [profile["integrationId"] for profile in card["profiles"]] == ["eve", "anna"]
    assert [c["identifier"] for c in shop.inventory("eve")["loyalty"]["cards"]] == ["A.b_c%+@-1"]


@pytest.fixture(autouse=True)
def people(shop: Shop) -> None:
    for name in ("eve", "anna", "bob", *(f"p{number}" for number in range(20))):
        shop.send("update_customer_profile_v2", {"integration_id": name}, {}, {})


@pytest.mark.parametrize("identifier", ["abc", "x" * 109, "has space", "slash/inside", "umläut", "CARD-1"])
def test_identifiers_that_cannot_be(shop: Shop, identifier: str) -> None:
    generate(shop, cardIdentifier="CARD-1")
    status, _ = refusal(lambda: generate(shop, cardIdentifier=identifier))
    assert status == 400


def test_links_up_to_the_limit(shop: Shop) -> None:
    generate(shop, cardIdentifier="CARD-1")
    link(shop, "CARD-1", "eve")
    assert [p["integrationId"] for p in link(shop, "CARD-1", "anna")["profiles"]] == ["eve", "anna"]
    assert refusal(lambda: link(shop, "CARD-1", "anna")) == (400, "Already linked")
    assert refusal(lambda: link(shop, "CARD-1", "bob")) == (400, "Limit reached")
    assert refusal(lambda: generate(shop, customerProfileIds=["p1", "p2", "p3"])) == (400, "Limit reached")
    assert refusal(lambda: generate(shop, customerProfileIds=["p1", "ghost"])) == (400, "Not found")
    assert refusal(lambda: link(shop, generate(shop)["identifier"], "ghost"))[0] == 404
    assert refusal(lambda: shop.inventory("ghost"))[0] == 404  # no ghost is left behind
    assert refusal(lambda: link(shop, "CARD-2", "bob"))[0] == 404


def test_a_limit_of_its_own_and_none_at_all(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1", users_limit=1)
    shop.world.create_card(CARDS, "CARD-0", users_limit=0)
    link(shop, "CARD-1", "eve")
    assert refusal(lambda: link(shop, "CARD-1", "anna")) == (400, "Limit reached")
    for number in range(20):
        link(shop, "CARD-0", f"p{number}")


def test_a_blocked_card_is_not_linked_and_buys_nothing(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1", status="blocked", block_reason="lost")
    assert refusal(lambda: link(shop, "CARD-1", "eve")) == (400, "Card is blocked")
    assert refusal(lambda: shop.close("s", [line("50")], loyaltyCards=["CARD-1"])) == (400, "Card is blocked")


def test_points_move_on_active_cards_only(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1", status="inactive")
    shop.world.create_card(CARDS, "CARD-2")
    body = shop.close("s", [line("50")], loyaltyCards=["CARD-1"])
    assert all("cardIdentifier" not in told for told in props(body, "addLoyaltyPoints"))
    body = shop.close("t", [line("50")], loyaltyCards=["CARD-2"])
    assert [told.get("cardIdentifier") for told in props(body, "addLoyaltyPoints")] == [None, "CARD-2"]
    assert five(read(shop, "balances", "CARD-2")["balance"]) == (0, 50, 0, 0, 0)
    shop.world.advance(timedelta(days=3))
    assert five(read(shop, "balances", "CARD-2")["balance"]) == (50, 0, 0, 0, 0)


def test_an_anonymous_session_earns_on_its_card(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1")
    body = shop.close("s", [line("50")], "", loyaltyCards=["CARD-1"])
    assert props(body, "addLoyaltyPoints")[0]["recipientIntegrationId"] == ""
    assert kinds(shop.cancel("s")) == ["rollbackAddedLoyaltyPoints"]
    assert five(read(shop, "balances", "CARD-1")["balance"]) == (0, 0, 0, 0, 0)


def test_balances_points_and_transactions_of_a_card(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1")
    link(shop, "CARD-1", "eve")
    shop.world.add_points(CARDS, "CARD-1", 1000)
    shop.world.add_points(CARDS, "CARD-1", 500, subledger="coffee")
    found = read(shop, "balances", "CARD-1")
    assert found["balance"]["activePoints"] == 10
    assert {name: block["activePoints"] for name, block in found["subledgerBalances"].items()} == {
        "coffee": 5
    }
    assert [profile["integrationId"] for profile in found["profiles"]] == ["eve"]
    only = read(shop, "balances", "CARD-1", subledger_id=("coffee", "tea"))
    assert "balance" not in only
    assert {name: block["activePoints"] for name, block in only["subledgerBalances"].items()} == {
        "coffee": 5,
        "tea": 0,
    }
    assert [row["amount"] for row in read(shop, "points", "CARD-1")["data"]] == [5, 10]
    assert [row["amount"] for row in read(shop, "points", "CARD-1", subledger_id=("coffee",))["data"]] == [5]
    rows = read(shop, "transactions", "CARD-1", subledger_id=("coffee", ""))["data"]
    assert [(row["cardIdentifier"], row["subledgerId"]) for row in rows] == [
        ("CARD-1", "coffee"),
        ("CARD-1", ""),
    ]
    ledger = shop.inventory("eve")["loyalty"]["cards"][0]
    assert (ledger["ledger"]["currentBalance"], ledger["subledgers"]["coffee"]["currentBalance"]) == (10, 5)
    assert "currentTier" not in ledger["ledger"]


def test_a_card_cannot_go_below_zero(shop: Shop) -> None:
    from talon_sandbox.ledger import NotEnoughPoints

    shop.world.create_card(CARDS, "CARD-1")
    with pytest.raises(NotEnoughPoints):
        shop.world.deduct_points(CARDS, "CARD-1", 1)


def test_a_rollback_leaves_a_card_at_zero_whatever_the_policy(
    make_shop: Callable[[dict[str, Any]], Shop],
) -> None:
    card = {"id": 2, "name": "cards", "title": "Cards", "cardBased": True, "returnPolicy": "unlimited"}
    earn = {"do": "add_points", "name": "earned", "program": 2, "per_euro": 1}
    rule = {"name": "earn", "when": [{"if": "card"}], "then": [earn]}
    shop = make_shop({"programs": [card], "campaigns": [{"name": "earn", "rules": [rule]}]})
    shop.world.create_card(2, "CARD-1")
    shop.close("s", [line("50")], loyaltyCards=["CARD-1"])
    shop.world.deduct_points(2, "CARD-1", 3000)
    told = shop.cancel("s")
    assert props(told, "rollbackAddedLoyaltyPoints")[0]["value"] == 20
    assert "addNegativeLoyaltyPoints" not in kinds(told)
    assert five(read(shop, "balances", "CARD-1")["balance"]) == (0, 0, 30, 0, 0)


def test_the_two_kinds_of_programs_do_not_mix(shop: Shop) -> None:
    shop.world.create_card(CARDS, "CARD-1")
    assert refusal(lambda: shop.balances("eve", CARDS))[0] == 400
    assert refusal(lambda: shop.balances("eve", 99))[0] == 404
    path = {"loyalty_program_id": CLUB, "loyalty_card_id": "CARD-1"}
    assert refusal(lambda: shop.send("get_loyalty_card_balances", path))[0] == 400
    assert refusal(lambda: shop.send("generate_loyalty_card", {"loyalty_program_id": CLUB}, {}, {}))[0] == 400
    assert refusal(lambda: shop.send("generate_loyalty_card", {"loyalty_program_id": 99}, {}, {}))[0] == 400
    assert refusal(lambda: read(shop, "points", "nope"))[0] == 404
