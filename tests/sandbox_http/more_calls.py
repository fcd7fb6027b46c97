"""One good request for each operation beside sessions, balances, cards and coupons, in an order that works."""

from typing import NamedTuple

from talon_client import OPERATIONS


class Good(NamedTuple):
    """A request that succeeds, if those before it in the list were sent."""

    operation: str
    path: str
    body: object = None


_PEOPLE = [{"integrationId": "later", "attributes": {"City": "Ulm"}}, {"integrationId": "friend"}]
_ORDER = {
    "profileId": "later",
    "state": "closed",
    "cartItems": [{"sku": "SKU-1", "quantity": 1, "price": 30}],
    "attributes": {"Channel": "app"},
}
_EVENT = {"profileId": "later", "type": "newsletter", "responseContent": ["customerProfile", "loyalty"]}
_V3 = {**_EVENT, "integrationId": "conformance-event", "connectedSessionId": "LATER-1"}
_MEMBER = {"action": "add", "profileIntegrationId": "later", "audienceId": 1}
_REFERRAL = {"campaignId": 115, "advocateProfileIntegrationId": "later"}
_REFERRALS = {"campaignId": 115, "advocateProfileIntegrationIds": ["later", "friend"], "usageLimit": 2}
_PRIOR = {"skus": ["SKU-1"], "timeframe": "30", "timeframeEndDate": "2026-12-01T00:00:00Z"}
_ADDED = {"type": "ADD", "payload": {"sku": "SKU-1", "price": 30}}
_FLAGS = "referrals=true&giveaways=true&achievements=true"
_AUDIENCE = {"name": "Made", "integration": "crm", "integrationId": "crm-1"}

GOOD = (
    Good("update_customer_profiles_v2", "/v2/customer_profiles?silent=no", {"customerProfiles": _PEOPLE}),
    Good("sync_catalog", "/v1/catalogs/1/sync", {"actions": [_ADDED]}),
    Good("best_prior_price", "/v1/best_prior_price", {**_PRIOR, "timeframeEndDateType": "strict"}),
    Good("join_loyalty_program", "/v1/loyalty_programs/3/profile/friend/join"),
    Good("update_customer_session_v2", "/v2/customer_sessions/LATER-1", {"customerSession": _ORDER}),
    Good("activate_loyalty_points", "/v1/loyalty_programs/1/activate_points", {"sessionId": "LATER-1"}),
    Good("track_event_v2", "/v2/events?silent=no", _EVENT),
    Good("track_event_v3", "/v3/events?silent=no", _V3),
    Good("get_event_v3", "/v3/events/conformance-event"),
    Good("create_referral", "/v1/referrals", _REFERRAL),
    Good(
        "create_referrals_for_multiple_advocates",
        "/v1/referrals_for_multiple_advocates?silent=no",
        _REFERRALS,
    ),
    Good("get_customer_inventory", f"/v1/customer_profiles/later/inventory?{_FLAGS}"),
    Good("get_customer_achievements", "/v1/customer_profiles/later/achievements"),
    Good("get_customer_achievement_history", "/v1/customer_profiles/later/achievements/1"),
    Good("integration_get_all_campaigns", "/v1/integration/campaigns"),
    Good("create_audience_v2", "/v2/audiences", _AUDIENCE),
    Good("update_audience_v2", "/v2/audiences/1", {"name": "Renamed"}),
    Good("update_customer_profile_audiences", "/v2/customer_audiences", {"data": [_MEMBER]}),
    Good("update_audience_customers_attributes", "/v2/audience_customers/1/attributes", {"City": "Bonn"}),
    Good("delete_audience_memberships_v2", "/v2/audiences/2/memberships"),
    Good("delete_audience_v2", "/v2/audiences/2"),
    Good(
        "unlink_loyalty_card_from_profile",
        "/v2/loyalty_programs/2/cards/CONF-CARD/unlink_profile",
        {"integrationId": "conformance"},
    ),
    Good(
        "delete_loyalty_transactions_from_ledgers",
        "/v1/loyalty_programs/1/profile/later/delete_transactions",
        {"scope": "AllSubledgers"},
    ),
    Good("delete_customer_data", "/v1/customer_data/later"),
)


def method_of(good: Good) -> str:
    """The request's HTTP method."""
    return OPERATIONS[good.operation].method
