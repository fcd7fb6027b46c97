"""Operations on audiences."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter

AUDIENCE_ID = path_parameter("audience_id", "audienceId", "integer")

UPDATE_AUDIENCE_CUSTOMERS_ATTRIBUTES: Operation[None] = Operation(
    id="update_audience_customers_attributes",
    wire_id="updateAudienceCustomersAttributes",
    tag="Audiences",
    method="PUT",
    path="/v2/audience_customers/{audienceId}/attributes",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(AUDIENCE_ID,),
    request_model=lambda: models.AttributeQuery,
)

CREATE_AUDIENCE_V2 = Operation(
    id="create_audience_v2",
    wire_id="createAudienceV2",
    tag="Audiences",
    method="POST",
    path="/v2/audiences",
    safety=Safety.UNSAFE,
    success=(201,),
    parameters=(),
    request_model=lambda: models.NewAudience,
    response_model=lambda: models.Audience,
)

DELETE_AUDIENCE_V2: Operation[None] = Operation(
    id="delete_audience_v2",
    wire_id="deleteAudienceV2",
    tag="Audiences",
    method="DELETE",
    path="/v2/audiences/{audienceId}",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(AUDIENCE_ID,),
)

UPDATE_AUDIENCE_V2 = Operation(
    id="update_audience_v2",
    wire_id="updateAudienceV2",
    tag="Audiences",
    method="PUT",
    path="/v2/audiences/{audienceId}",
    safety=Safety.IDEMPOTENT,
    success=(200,),
    parameters=(AUDIENCE_ID,),
    request_model=lambda: models.UpdateAudience,
    response_model=lambda: models.Audience,
)

DELETE_AUDIENCE_MEMBERSHIPS_V2: Operation[None] = Operation(
    id="delete_audience_memberships_v2",
    wire_id="deleteAudienceMembershipsV2",
    tag="Audiences",
    method="DELETE",
    path="/v2/audiences/{audienceId}/memberships",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(AUDIENCE_ID,),
)

UPDATE_CUSTOMER_PROFILE_AUDIENCES: Operation[None] = Operation(
    id="update_customer_profile_audiences",
    wire_id="updateCustomerProfileAudiences",
    tag="Audiences",
    method="POST",
    path="/v2/customer_audiences",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(),
    request_model=lambda: models.CustomerProfileAudienceRequest,
)

ALL = (
    UPDATE_AUDIENCE_CUSTOMERS_ATTRIBUTES,
    CREATE_AUDIENCE_V2,
    DELETE_AUDIENCE_V2,
    UPDATE_AUDIENCE_V2,
    DELETE_AUDIENCE_MEMBERSHIPS_V2,
    UPDATE_CUSTOMER_PROFILE_AUDIENCES,
)


def update_audience_customers_attributes(audience_id: int, *, body: models.AttributeQuery) -> Call[None]:
    """Sets attributes on every customer of an audience. What was changed cannot be read back here.

    `PUT /v2/audience_customers/{audienceId}/attributes`, IDEMPOTENT. Raises `NotFound` for an unknown audience.

    >>> client.update_audience_customers_attributes(1, body=models.AttributeQuery({"Newsletter": True}))
    """
    return UPDATE_AUDIENCE_CUSTOMERS_ATTRIBUTES.bind({"audience_id": audience_id}, body)


def create_audience_v2(*, body: models.NewAudience) -> Call[models.Audience]:
    """A new, empty audience.

    `POST /v2/audiences`, UNSAFE. Raises `Conflict` when there is one of that `integration` and `integration_id`;
    that one is not the retryable kind.

    >>> client.create_audience_v2(body=models.NewAudience(name="Gold customers"))
    """
    return CREATE_AUDIENCE_V2.bind({}, body)


def delete_audience_v2(audience_id: int) -> Call[None]:
    """Deletes an audience and its memberships.

    `DELETE /v2/audiences/{audienceId}`, IDEMPOTENT. Raises `NotFound` for an unknown one; its `after_unknown` tells
    when an attempt before may have deleted it.

    >>> client.delete_audience_v2(2)
    """
    return DELETE_AUDIENCE_V2.bind({"audience_id": audience_id})


def update_audience_v2(audience_id: int, *, body: models.UpdateAudience) -> Call[models.Audience]:
    """Renames an audience; runs no rules.

    `PUT /v2/audiences/{audienceId}`, IDEMPOTENT. Raises `NotFound` for an unknown one.

    >>> client.update_audience_v2(1, body=models.UpdateAudience(name="Gold"))
    """
    return UPDATE_AUDIENCE_V2.bind({"audience_id": audience_id}, body)


def delete_audience_memberships_v2(audience_id: int) -> Call[None]:
    """Takes all customers out of an audience, which stays.

    `DELETE /v2/audiences/{audienceId}/memberships`, IDEMPOTENT. Raises `NotFound` for an unknown one.

    >>> client.delete_audience_memberships_v2(1)
    """
    return DELETE_AUDIENCE_MEMBERSHIPS_V2.bind({"audience_id": audience_id})


def update_customer_profile_audiences(*, body: models.CustomerProfileAudienceRequest) -> Call[None]:
    """Customers who join or leave audiences, up to 1000 changes.

    `POST /v2/customer_audiences`, IDEMPOTENT. Raises `BadRequest` or `NotFound` when one of them is unknown.

    >>> joins = models.CustomerProfileAudienceRequestItem(
    ...     action="add", profile_integration_id="maria.pending", audience_id=1
    ... )
    >>> client.update_customer_profile_audiences(body=models.CustomerProfileAudienceRequest(data=[joins]))
    """
    return UPDATE_CUSTOMER_PROFILE_AUDIENCES.bind({}, body)
