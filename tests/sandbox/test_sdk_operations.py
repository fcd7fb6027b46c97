"""The SDK on PyPI: all of its operations against the sandbox, every answer parsed by it; the rest is named."""

import importlib
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from talon_client import OPERATIONS
from talon_client.operation import Operation
from talon_sandbox import Sandbox
from talon_sandbox.ledger import Window
from tests.sandbox.shop import CARDS, CLUB, START

# Operations that the SDK lacks: it stops before release 26.16, and the first events were sunset in 2023.
NOT_IN_THE_SDK = {"get_event_v3", "integration_get_all_campaigns", "join_loyalty_program", "track_event_v3"}
ACHIEVEMENT, CATALOG, AUDIENCE, ORDER = 1, 1, 77, "SDK-ORDER"
_CART = [{"sku": "SHO-1", "name": "Shoe", "category": "Shoes", "quantity": 2, "price": 60.0}]
_CONTENT = [
    "customerSession",
    "customerProfile",
    "coupons",
    "triggeredCampaigns",
    "referral",
    "loyalty",
    "event",
]

pytestmark = pytest.mark.xdist_group("published-sdk")  # importing it takes seconds: in one worker only

Do = Callable[[Any, Any], Any]


def _session(m: Any, **fields: Any) -> Any:
    session = m.NewCustomerSessionV2(profile_id="sdk", **fields)
    return m.IntegrationRequest(customer_session=session, response_content=[*_CONTENT, "awardedGiveaways"])


def _items(m: Any) -> Any:
    return [m.CartItem.from_dict(item) for item in _CART]


def _returned(m: Any) -> Any:
    items = [m.ReturnedCartItem(position=0, quantity=1)]
    return m.ReturnIntegrationRequest(
        var_return=m.NewReturn(returned_cart_items=items), response_content=_CONTENT
    )


def _close(a: Any, m: Any) -> Any:
    paid = {"PointsToSpend": 5, "Channel": "app"}
    wish = _session(
        m, state="closed", cart_items=_items(m), attributes=paid, coupon_codes=["SDK-CODE", "NO-CODE"]
    )
    return a.update_customer_session_v2(ORDER, wish)


def _prior_price(m: Any) -> Any:
    """The SDK of 26.02 says strictEndDate, which neither edition knows: what it sends is renamed on the way."""

    class AsDescribed(m.BestPriorPriceRequest):  # type: ignore[misc]
        def to_dict(self) -> dict[str, Any]:
            said = super().to_dict()
            strict = said.pop("strictEndDate")
            return {**said, "timeframeEndDateType": "strict" if strict else "price"}

    end = START + timedelta(days=1)
    return AsDescribed(skus=["SHO-1"], timeframe="30", timeframe_end_date=end, strict_end_date=True)


# In the order in which one customer's story calls for them; `a` is the API, `m` the SDK's models.
CALLS: dict[str, Do] = {
    "update_customer_profile_v2": lambda a, m: a.update_customer_profile_v2(
        "sdk",
        m.CustomerProfileIntegrationRequestV2(
            attributes={"Name": "Sam"}, response_content=["customerProfile"]
        ),
        run_rule_engine=True,
    ),
    "update_customer_profiles_v2": lambda a, m: a.update_customer_profiles_v2(
        m.MultipleCustomerProfileIntegrationRequest(
            customer_profiles=[
                m.MultipleCustomerProfileIntegrationRequestItem(
                    integration_id=name, attributes={"City": "Ulm"}
                )
                for name in ("sdk", "friend")
            ]
        ),
        silent="no",
    ),
    "sync_catalog": lambda a, m: a.sync_catalog(
        CATALOG, m.CatalogSyncRequest(actions=[{"type": "ADD", "payload": {"sku": "SHO-1", "price": 60.0}}])
    ),
    "best_prior_price": lambda a, m: a.best_prior_price(_prior_price(m)),
    "create_coupon_reservation": lambda a, m: a.create_coupon_reservation(
        "SDK-CODE", m.CouponReservations(integration_ids=["sdk", "friend"])
    ),
    "get_reserved_customers": lambda a, m: a.get_reserved_customers("SDK-CODE"),
    "delete_coupon_reservation": lambda a, m: a.delete_coupon_reservation(
        "SDK-CODE", m.CouponReservations(integration_ids=["friend"])
    ),
    "create_referral": lambda a, m: a.create_referral(
        m.NewReferral(campaign_id=_campaign("referrals"), advocate_profile_integration_id="sdk")
    ),
    "create_referrals_for_multiple_advocates": lambda a, m: a.create_referrals_for_multiple_advocates(
        m.NewReferralsForMultipleAdvocates(
            campaign_id=_campaign("referrals"),
            advocate_profile_integration_ids=["sdk", "friend"],
            usage_limit=3,
        ),
        silent="no",
    ),
    "generate_loyalty_card": lambda a, m: a.generate_loyalty_card(
        CARDS, m.GenerateLoyaltyCard(card_identifier="SDK-CARD")
    ),
    "link_loyalty_card_to_profile": lambda a, m: a.link_loyalty_card_to_profile(
        CARDS, "SDK-CARD", m.LoyaltyCardRegistration(integration_id="sdk")
    ),
    "update_customer_session_v2": _close,
    "get_customer_session": lambda a, m: a.get_customer_session(ORDER),
    "activate_loyalty_points": lambda a, m: a.activate_loyalty_points(
        CLUB, m.ActivateLoyaltyPoints(session_id=ORDER)
    ),
    "track_event_v2": lambda a, m: a.track_event_v2(
        m.IntegrationEventV2Request(
            type="newsletter", profile_id="sdk", response_content=["customerProfile", "event"]
        ),
        silent="no",
    ),
    "get_customer_inventory": lambda a, m: a.get_customer_inventory(
        "sdk", profile=True, referrals=True, coupons=True, loyalty=True, giveaways=True, achievements=True
    ),
    "get_customer_achievements": lambda a, m: a.get_customer_achievements("sdk"),
    "get_customer_achievement_history": lambda a, m: a.get_customer_achievement_history("sdk", ACHIEVEMENT),
    "get_loyalty_balances": lambda a, m: a.get_loyalty_balances(
        CLUB, "sdk", include_tiers=True, include_projected_tier=True
    ),
    "get_loyalty_program_profile_points": lambda a, m: a.get_loyalty_program_profile_points(CLUB, "sdk"),
    "get_loyalty_program_profile_transactions": lambda a, m: a.get_loyalty_program_profile_transactions(
        CLUB, "sdk"
    ),
    "get_loyalty_card_balances": lambda a, m: a.get_loyalty_card_balances(CARDS, "SDK-CARD"),
    "get_loyalty_card_points": lambda a, m: a.get_loyalty_card_points(CARDS, "SDK-CARD"),
    "get_loyalty_card_transactions": lambda a, m: a.get_loyalty_card_transactions(CARDS, "SDK-CARD"),
    "return_cart_items": lambda a, m: a.return_cart_items(ORDER, _returned(m)),
    "reopen_customer_session": lambda a, m: a.reopen_customer_session("SDK-OTHER"),
    "create_audience_v2": lambda a, m: a.create_audience_v2(
        m.NewAudience(name="From the SDK", integration="sdk", integration_id="sdk-1")
    ),
    "update_audience_v2": lambda a, m: a.update_audience_v2(
        _audience(a, m), m.UpdateAudience(name="Renamed")
    ),
    "update_customer_profile_audiences": lambda a, m: a.update_customer_profile_audiences(
        m.CustomerProfileAudienceRequest(
            data=[
                m.CustomerProfileAudienceRequestItem(
                    action="add", profile_integration_id="sdk", audience_id=1
                )
            ]
        )
    ),
    "update_audience_customers_attributes": lambda a, m: a.update_audience_customers_attributes(
        1, {"City": "Bonn"}
    ),
    "delete_audience_memberships_v2": lambda a, m: a.delete_audience_memberships_v2(1),
    "delete_audience_v2": lambda a, m: a.delete_audience_v2(_audience(a, m)),
    "unlink_loyalty_card_from_profile": lambda a, m: a.unlink_loyalty_card_from_profile(
        CARDS, "SDK-CARD", m.LoyaltyCardRegistration(integration_id="sdk")
    ),
    "delete_loyalty_transactions_from_ledgers": lambda a, m: a.delete_loyalty_transactions_from_ledgers(
        CLUB, "sdk", m.DeleteLoyaltyTransactionsRequest(scope="AllSubledgers")
    ),
    "delete_customer_data": lambda a, m: a.delete_customer_data("sdk"),
}
_numbers: Iterator[int] = iter(range(100))


def _audience(a: Any, m: Any) -> int:
    name = f"made-{next(_numbers)}"
    return int(a.create_audience_v2(m.NewAudience(name=name, integration="sdk", integration_id=name)).id)


def _campaign(feature: str) -> int:
    from talon_sandbox.catalog import load_catalog

    campaigns = load_catalog(now=0).campaigns.values()
    return next(each.id for each in campaigns if feature in each.features and each.state == "enabled")


def _operations_of_the_sdk(api: Any) -> set[str]:
    suffixes = ("_with_http_info", "_without_preload_content")
    methods = inspect.getmembers(api, inspect.isfunction)
    return {name for name, _ in methods if not name.startswith("_") and not name.endswith(suffixes)}


@pytest.fixture(scope="module")
def sdk() -> Iterator[Any]:
    package = importlib.import_module("talon_one")
    with Sandbox(now=START, world="empty") as sandbox:

        def fill(world: Any) -> None:
            world.add_points(CLUB, "sdk", 100_000, window=Window(None, world.now() + 10**13))
            world.create_coupon("SDK-CODE", 102)

        sandbox.change(fill)
        configuration = package.Configuration(
            host=sandbox.url,
            api_key={"api_key_v1": sandbox.api_key},
            api_key_prefix={"api_key_v1": "ApiKey-v1"},
        )
        with package.ApiClient(configuration) as client:
            api, models = package.IntegrationApi(client), importlib.import_module("talon_one.models")
            closed = models.NewCustomerSessionV2(
                profile_id="friend", state="closed", cart_items=_items(models)
            )
            api.update_customer_session_v2("SDK-OTHER", models.IntegrationRequest(customer_session=closed))
            yield api, models, sandbox
            client.rest_client.pool_manager.clear()


def test_all_operations_of_the_sdk_are_called_and_the_rest_is_named(sdk: Any) -> None:
    api = type(sdk[0])
    assert set(CALLS) == _operations_of_the_sdk(api)
    assert len(CALLS) == 35
    described = {operation.id for operation in OPERATIONS.values() if not operation.legacy}
    assert described - set(CALLS) == NOT_IN_THE_SDK


def test_every_answer_is_parsed_by_the_sdk(sdk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    api, models, sandbox = sdk
    parsed = {name: call(api, models) for name, call in CALLS.items()}
    for name, answer in parsed.items():
        operation: Operation[Any] = OPERATIONS[name]
        assert (answer is None) == (operation.response is None), name
    logged = {entry["operation"]: entry["status"] for entry in sandbox.requests()}
    assert set(logged) == set(CALLS)
    assert all(200 <= status < 300 for status in logged.values())
    order = parsed["update_customer_session_v2"]
    assert {"addLoyaltyPoints", "deductLoyaltyPoints", "acceptCoupon", "rejectCoupon"} <= {
        effect.effect_type for effect in order.effects
    }
    assert parsed["get_loyalty_balances"].balance.spent_points == 5
    assert parsed["get_customer_session"].customer_session.created.astimezone(UTC) == START
    assert isinstance(parsed["get_customer_inventory"].profile.created, datetime)
    with capsys.disabled():
        print(f"\nThe SDK on PyPI parsed {len(parsed)} answers of {len(parsed)} operations.")
