"""Loyalty cards."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from typing import Any

import pytest

from desk.insight.cards import CardView, Holder, can_link, card, card_view
from talon_client import Call
from talon_client.models import CustomerInventory, LoyaltyCard, LoyaltyCardBalances
from tests.insight.help import DOWN, NOT_FOUND, asked, day, play

LINKED = {"integrationId": "maria", "timestamp": day(-3).isoformat()}
BALANCES = LoyaltyCardBalances.model_validate(
    {
        "balance": {"activePoints": 10, "spentPoints": 2},
        "subledgerBalances": {"coffee": {"activePoints": 3}},
        "profiles": [LINKED],
    }
)
DETAILS: dict[str, Any] = {
    "identifier": "CARD-1",
    "programID": 2,
    "programTitle": "Store card",
    "status": "inactive",
    "usersPerCardLimit": 2,
    "profiles": [LINKED],
    "ledger": {"currentBalance": 1},
    "oldCardIdentifier": "CARD-0",
}
INVENTORY = CustomerInventory.model_validate({"loyalty": {"cards": [{"identifier": "X"}, DETAILS]}})


def look(balances: Any = BALANCES, inventory: Any = INVENTORY) -> tuple[CardView, list[str]]:
    def respond(call: Call[Any]) -> Any:
        return inventory if call.operation.id == "get_customer_inventory" else balances

    found, batches = play(card(2, "CARD-1"), respond)
    return found, asked(batches)


def test_a_card_with_its_status_from_the_inventory_of_a_holder() -> None:
    found, requests = look()
    assert requests == [
        "get_loyalty_card_balances /v1/loyalty_programs/2/cards/CARD-1/balances",
        "get_customer_inventory /v1/customer_profiles/maria/inventory",
    ]
    assert (found.found, found.status, found.program, found.replaces) == (
        True,
        "inactive",
        "Store card",
        "CARD-0",
    )
    assert found.holders == (Holder("maria", day(-3)),)
    assert (found.limit, found.room) == (2, 1)
    assert (found.main.active, found.main.spent, found.balances["coffee"].active) == (10, 2, 3)


def test_a_card_without_holders_has_no_known_status() -> None:
    found, requests = look(LoyaltyCardBalances.model_validate({"balance": {"activePoints": 1}}))
    assert len(requests) == 1
    assert (found.status, found.limit, found.room) == (None, None, None)


def test_an_inventory_that_fails_leaves_the_balances() -> None:
    found, _ = look(inventory=DOWN)
    assert found.main.active == 10
    assert [each.what for each in found.unread] == ["the status and limit of the card"]


def test_an_inventory_that_does_not_hold_the_card() -> None:
    found, _ = look(inventory=CustomerInventory())
    assert (found.status, found.main.active) == (None, 10)


def test_unknown_and_could_not_look() -> None:
    missing, _ = look(NOT_FOUND)
    assert (missing.found, missing.unread) == (False, ())
    down, _ = look(DOWN)
    assert down.found is None
    assert [each.what for each in down.unread] == ["the card"]


def view(**values: Any) -> CardView:
    return card_view(LoyaltyCard.model_validate({**DETAILS, "status": "active", **values}))


@pytest.mark.parametrize(
    ("found", "allowed", "why"),
    [
        (view(), True, ""),
        (view(usersPerCardLimit=0), True, ""),
        (view(status="inactive"), True, "inactive"),
        (view(status="blocked"), False, "blocked"),
        (view(usersPerCardLimit=1), False, "limit of 1"),
        (view(usersPerCardLimit=None), None, "not known"),
        (view(profiles=[{"integrationId": "otto"}]), False, "already"),
        (CardView(2, "CARD-1", found=False), False, "no such card"),
    ],
)
def test_can_link(found: CardView, allowed: bool | None, why: str) -> None:
    option = can_link(found, "otto")
    assert option.allowed is allowed
    assert why in option.why
