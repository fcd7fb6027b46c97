"""Operations on customer profiles."""

from talon_client.call import Call, Safety
from talon_client.models import (
    CustomerInventory,
    CustomerProfileIntegrationRequestV2,
    CustomerProfileIntegrationResponseV2,
)
from talon_client.operation import Operation, path_parameter, query_parameter

INTEGRATION_ID = path_parameter("integration_id", "integrationId", max_length=1000)

GET_CUSTOMER_INVENTORY = Operation(
    id="get_customer_inventory",
    wire_id="getCustomerInventory",
    tag="Customer profiles",
    method="GET",
    path="/v1/customer_profiles/{integrationId}/inventory",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        INTEGRATION_ID,
        query_parameter("profile", "profile", "boolean"),
        query_parameter("referrals", "referrals", "boolean"),
        query_parameter("coupons", "coupons", "boolean"),
        query_parameter("loyalty", "loyalty", "boolean"),
        query_parameter("giveaways", "giveaways", "boolean"),
        query_parameter("achievements", "achievements", "boolean"),
    ),
    response=CustomerInventory,
)

UPDATE_CUSTOMER_PROFILE_V2 = Operation(
    id="update_customer_profile_v2",
    wire_id="updateCustomerProfileV2",
    tag="Customer profiles",
    method="PUT",
    path="/v2/customer_profiles/{integrationId}",
    safety=Safety.KEYED,
    success=(200,),
    parameters=(
        INTEGRATION_ID,
        query_parameter("run_rule_engine", "runRuleEngine", "boolean"),
        query_parameter("dry", "dry", "boolean"),
    ),
    request=CustomerProfileIntegrationRequestV2,
    response=CustomerProfileIntegrationResponseV2,
    dry_rule="dry with rules",
    lock_on=(("profile", "integration_id"),),
)

ALL = (GET_CUSTOMER_INVENTORY, UPDATE_CUSTOMER_PROFILE_V2)


def get_customer_inventory(
    integration_id: str,
    *,
    profile: bool | None = None,
    referrals: bool | None = None,
    coupons: bool | None = None,
    loyalty: bool | None = None,
    giveaways: bool | None = None,
    achievements: bool | None = None,
) -> Call[CustomerInventory]:
    """What belongs to one customer. A block comes only when its flag is True.

    `GET /v1/customer_profiles/{integrationId}/inventory`, READ. Raises `NotFound` for an unknown profile.
    """
    return GET_CUSTOMER_INVENTORY.bind(
        {
            "integration_id": integration_id,
            "profile": profile,
            "referrals": referrals,
            "coupons": coupons,
            "loyalty": loyalty,
            "giveaways": giveaways,
            "achievements": achievements,
        }
    )


def update_customer_profile_v2(
    integration_id: str,
    *,
    body: CustomerProfileIntegrationRequestV2,
    run_rule_engine: bool | None = None,
    dry: bool | None = None,
) -> Call[CustomerProfileIntegrationResponseV2]:
    """Changes attributes and audiences of one profile; an unknown id creates the profile.

    `PUT /v2/customer_profiles/{integrationId}`, KEYED. `dry=True` needs `run_rule_engine=True`, else
    `ValueError`: the API would persist it. Raises `BadRequest` for an undefined attribute.
    """
    return UPDATE_CUSTOMER_PROFILE_V2.bind(
        {"integration_id": integration_id, "run_rule_engine": run_rule_engine, "dry": dry}, body
    )
