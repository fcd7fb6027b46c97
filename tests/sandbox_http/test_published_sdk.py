"""The SDK that Talon.One publishes gets through a customer's story on the sandbox."""

import importlib
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox import Sandbox

CLUB, CARDS = 1, 2

pytestmark = pytest.mark.xdist_group("published-sdk")  # importing it takes seconds: in one worker only


class _Late:
    """The package, imported when the first test needs it; its own types call everything optional."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("talon_one"), name)


SDK = _Late()


@pytest.fixture
def sdk(sandbox: Sandbox) -> Iterator[Any]:
    configuration = SDK.Configuration(
        host=sandbox.url,
        api_key={"api_key_v1": sandbox.api_key},
        api_key_prefix={"api_key_v1": "ApiKey-v1"},
    )
    with SDK.ApiClient(configuration) as client:
        yield SDK.IntegrationApi(client)
        client.rest_client.pool_manager.clear()


def _random_cart(seed: int) -> list[Any]:
    chance = random.Random(seed)
    return [
        SDK.models.CartItem(
            name=f"Thing {position}",
            sku=f"SKU-{chance.randrange(10**6)}",
            quantity=chance.randint(1, 4),
            price=float(Decimal(chance.randrange(100, 20_000)) / 100),
            category=chance.choice(["Shoes", "Home", "Outdoor"]),
        )
        for position in range(chance.randint(2, 6))
    ]


def _update(sdk: Any, session: str, **fields: object) -> Any:
    request = SDK.models.IntegrationRequest(
        customer_session=SDK.models.NewCustomerSessionV2(**fields),
        response_content=["customerSession", "customerProfile", "loyalty"],
    )
    return sdk.update_customer_session_v2(session, request)


def _amounts(effects: list[Any], effect_type: str) -> Decimal:
    """The points of all effects of a type on the points club."""
    found = [effect for effect in effects if effect.effect_type == effect_type]
    values = [_props(effect)["value"] for effect in found if _props(effect)["programId"] == CLUB]
    return sum((Decimal(str(value)) for value in values), Decimal(0))


def _props(effect: Any) -> dict[str, Any]:
    props = effect.props
    actual = getattr(props, "actual_instance", props)
    return dict(actual.to_dict() if hasattr(actual, "to_dict") else actual)


def _total(sdk: Any, customer: str) -> Decimal:
    balance = sdk.get_loyalty_balances(CLUB, customer)
    every = [balance.balance, *(balance.subledger_balances or {}).values()]
    return sum(
        (Decimal(str(each.active_points)) + Decimal(str(each.pending_points)) for each in every), Decimal(0)
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_order_earns_points_and_a_return_takes_its_share(sdk: Any, seed: int) -> None:
    customer, session = f"sdk.customer/{seed}", f"SDK-{seed}"
    attributes = {"Name": "Sam Dubois-Kröger", "Email": "sam@example.com"}
    request = SDK.models.CustomerProfileIntegrationRequestV2(
        attributes=attributes, response_content=["customerProfile"]
    )
    profile = sdk.update_customer_profile_v2(customer, request, run_rule_engine=True).customer_profile
    assert profile.integration_id == customer
    assert profile.attributes == attributes

    opened = _update(sdk, session, profile_id=customer, cart_items=_random_cart(seed), state="open")
    assert opened.customer_session.state == "open"
    proposed = _amounts(opened.effects, "addLoyaltyPoints")
    assert proposed > 0

    closed = _update(sdk, session, profile_id=customer, state="closed")
    earned = _amounts(closed.effects, "addLoyaltyPoints")
    assert earned == proposed
    assert _total(sdk, customer) == earned

    rows = sdk.get_loyalty_program_profile_transactions(CLUB, customer, customer_session_ids=[session]).data
    assert sum(Decimal(str(row.amount)) for row in rows if row.type == "addition") == earned

    returned = SDK.models.ReturnIntegrationRequest(
        var_return=SDK.models.NewReturn(
            returned_cart_items=[SDK.models.ReturnedCartItem(position=0, quantity=1)]
        ),
        response_content=["customerSession"],
    )
    answer = sdk.return_cart_items(session, returned)
    assert answer.customer_session.state == "partially_returned"
    lost = _amounts(answer.effects, "rollbackAddedLoyaltyPoints")
    assert 0 < lost < earned
    assert _total(sdk, customer) == earned - lost

    stored = sdk.get_customer_session(session).customer_session
    assert stored.cart_items[0].returned_quantity == 1
    inventory = sdk.get_customer_inventory(customer, profile=True, loyalty=True, coupons=True)
    assert inventory.profile.closed_sessions == 1
    assert inventory.loyalty.programs


def test_a_coupon_is_reserved_and_released(sdk: Any, sandbox: Sandbox) -> None:
    code = "WELCOME10-ANNA"
    holders = {each.integration_id for each in sdk.get_reserved_customers(code).data}
    wish = SDK.models.CouponReservations(integration_ids=["maria.pending"])
    assert sdk.create_coupon_reservation(code, wish).value == code
    now = {each.integration_id for each in sdk.get_reserved_customers(code).data}
    assert now == holders | {"maria.pending"}
    wallet = sdk.get_customer_inventory("maria.pending", coupons=True).coupons
    assert code in {coupon.value for coupon in wallet}
    sdk.delete_coupon_reservation(code, wish)
    assert {each.integration_id for each in sdk.get_reserved_customers(code).data} == holders


def test_a_card_is_made_linked_and_used(sdk: Any) -> None:
    card = sdk.generate_loyalty_card(CARDS, SDK.models.GenerateLoyaltyCard(card_identifier="SDK-CARD-1"))
    assert (card.identifier, card.status) == ("SDK-CARD-1", "active")
    wish = SDK.models.LoyaltyCardRegistration(integration_id="maria.pending")
    linked = sdk.link_loyalty_card_to_profile(CARDS, "SDK-CARD-1", wish)
    assert [each.integration_id for each in linked.profiles] == ["maria.pending"]
    cart = _random_cart(9)
    _update(
        sdk,
        "SDK-9",
        profile_id="maria.pending",
        loyalty_cards=["SDK-CARD-1"],
        cart_items=cart,
        state="closed",
    )
    rows = sdk.get_loyalty_card_transactions(CARDS, "SDK-CARD-1").data
    assert {row.customer_session_id for row in rows} == {"SDK-9"}
    balance = sdk.get_loyalty_card_balances(CARDS, "SDK-CARD-1").balance
    total = sum(Decimal(str(row.amount)) for row in rows)
    assert Decimal(str(balance.active_points)) + Decimal(str(balance.pending_points)) == total


def test_a_reopened_order_gives_its_points_back(sdk: Any) -> None:
    _update(sdk, "SDK-R", profile_id="sdk.reopen", cart_items=_random_cart(4), state="closed")
    assert _total(sdk, "sdk.reopen") > 0
    sdk.reopen_customer_session("SDK-R")
    assert sdk.get_customer_session("SDK-R").customer_session.state == "open"
    assert _total(sdk, "sdk.reopen") == 0


def test_a_refusal_is_the_sdks_own_exception(sdk: Any) -> None:
    with pytest.raises(SDK.exceptions.NotFoundException) as unknown:
        sdk.get_customer_inventory("nobody.at.all")
    assert unknown.value.status == 404
