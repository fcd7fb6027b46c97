"""Operations on customer profiles."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, query_parameter
from talon_client.operations.common import DRY, INTEGRATION_ID, SILENT, Silent

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
    response_model=lambda: models.CustomerInventory,
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
        DRY,
    ),
    request_model=lambda: models.CustomerProfileIntegrationRequestV2,
    response_model=lambda: models.CustomerProfileIntegrationResponseV2,
    dry_rule="dry with rules",
    lock_on=(("profile", "integration_id"),),
)

UPDATE_CUSTOMER_PROFILES_V2: Operation[models.MultipleCustomerProfileIntegrationResponseV2 | None] = (
    Operation(
        id="update_customer_profiles_v2",
        wire_id="updateCustomerProfilesV2",
        tag="Customer profiles",
        method="PUT",
        path="/v2/customer_profiles",
        safety=Safety.KEYED,
        success=(200, 204),
        parameters=(SILENT,),
        lock_on=(("profile", "integration_id"),),
        request_model=lambda: models.MultipleCustomerProfileIntegrationRequest,
        response_model=lambda: models.MultipleCustomerProfileIntegrationResponseV2,
    )
)

DELETE_CUSTOMER_DATA: Operation[None] = Operation(
    id="delete_customer_data",
    wire_id="deleteCustomerData",
    tag="Customer profiles",
    method="DELETE",
    path="/v1/customer_data/{integrationId}",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(INTEGRATION_ID,),
    lock_on=(("profile", "integration_id"),),
)

ALL = (
    GET_CUSTOMER_INVENTORY,
    UPDATE_CUSTOMER_PROFILE_V2,
    UPDATE_CUSTOMER_PROFILES_V2,
    DELETE_CUSTOMER_DATA,
)


def get_customer_inventory(
    integration_id: str,
    *,
    profile: bool | None = None,
    referrals: bool | None = None,
    coupons: bool | None = None,
    loyalty: bool | None = None,
    giveaways: bool | None = None,
    achievements: bool | None = None,
) -> Call[models.CustomerInventory]:
    """What belongs to one customer. A block comes only when its flag is True.

    `GET /v1/customer_profiles/{integrationId}/inventory`, READ. Raises `NotFound` for an unknown profile.

    >>> client.get_customer_inventory("maria.pending", profile=True, loyalty=True, coupons=True)
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
    body: models.CustomerProfileIntegrationRequestV2,
    run_rule_engine: bool | None = None,
    dry: bool | None = None,
) -> Call[models.CustomerProfileIntegrationResponseV2]:
    """Changes attributes and audiences of one profile; an unknown id creates the profile.

    `PUT /v2/customer_profiles/{integrationId}`, KEYED. `dry=True` needs `run_rule_engine=True`, else
    `ValueError`: the API would persist it. Raises `BadRequest` for an undefined attribute.

    >>> body = models.CustomerProfileIntegrationRequestV2(attributes={"Language": "de"})
    >>> client.update_customer_profile_v2("maria.pending", body=body, run_rule_engine=True, dry=True)
    """
    return UPDATE_CUSTOMER_PROFILE_V2.bind(
        {"integration_id": integration_id, "run_rule_engine": run_rule_engine, "dry": dry}, body
    )


def update_customer_profiles_v2(
    *, body: models.MultipleCustomerProfileIntegrationRequest, silent: Silent | None = None
) -> Call[models.MultipleCustomerProfileIntegrationResponseV2 | None]:
    """Changes attributes of up to 1000 profiles; runs no rules. The answer is `None` unless `silent="no"`.

    `PUT /v2/customer_profiles`, KEYED. An unknown id creates a profile. Raises `BadRequest` for an undefined
    attribute.

    >>> one = models.MultipleCustomerProfileIntegrationRequestItem(
    ...     integration_id="maria.pending", attributes={"Language": "de"}
    ... )
    >>> wanted = models.MultipleCustomerProfileIntegrationRequest(customer_profiles=[one])
    >>> client.update_customer_profiles_v2(body=wanted, silent="no")
    """
    return UPDATE_CUSTOMER_PROFILES_V2.bind({"silent": silent}, body)


def delete_customer_data(integration_id: str) -> Call[None]:
    """Wipes the attributes of a profile and of what refers to it, in all Applications of the environment, for good.

    `DELETE /v1/customer_data/{integrationId}`, IDEMPOTENT. Raises `NotFound` for an unknown profile.

    >>> client.delete_customer_data("hanna.erased")
    """
    return DELETE_CUSTOMER_DATA.bind({"integration_id": integration_id})
