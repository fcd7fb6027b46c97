"""Operations on customer sessions."""

from __future__ import annotations

from datetime import datetime

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter, query_parameter
from talon_client.operations.common import DRY

# The path itself names no limit; ledger rows keep 255 characters of it (effects.md, Lengths).
CUSTOMER_SESSION_ID = path_parameter("customer_session_id", "customerSessionId", max_length=1000)

GET_CUSTOMER_SESSION = Operation(
    id="get_customer_session",
    wire_id="getCustomerSession",
    tag="Customer sessions",
    method="GET",
    path="/v2/customer_sessions/{customerSessionId}",
    safety=Safety.READ,
    success=(200,),
    parameters=(CUSTOMER_SESSION_ID,),
    response_model=lambda: models.IntegrationCustomerSessionResponse,
)

UPDATE_CUSTOMER_SESSION_V2 = Operation(
    id="update_customer_session_v2",
    wire_id="updateCustomerSessionV2",
    tag="Customer sessions",
    method="PUT",
    path="/v2/customer_sessions/{customerSessionId}",
    safety=Safety.KEYED,
    success=(200,),
    parameters=(
        CUSTOMER_SESSION_ID,
        DRY,
        query_parameter("now", "now", "datetime"),
    ),
    request_model=lambda: models.IntegrationRequest,
    response_model=lambda: models.IntegrationStateV2,
    dry_rule="dry",
    lock_on=(("session", "customer_session_id"), ("profile", "profile_id")),
)

RETURN_CART_ITEMS = Operation(
    id="return_cart_items",
    wire_id="returnCartItems",
    tag="Customer sessions",
    method="POST",
    path="/v2/customer_sessions/{customerSessionId}/returns",
    safety=Safety.KEYED,
    success=(200,),
    parameters=(
        CUSTOMER_SESSION_ID,
        DRY,
        query_parameter("run_rule_engine", "runRuleEngine", "boolean", since="26.16"),
    ),
    request_model=lambda: models.ReturnIntegrationRequest,
    response_model=lambda: models.IntegrationStateV2,
    dry_rule="dry",
    lock_on=(("session", "customer_session_id"),),
)

REOPEN_CUSTOMER_SESSION = Operation(
    id="reopen_customer_session",
    wire_id="reopenCustomerSession",
    tag="Customer sessions",
    method="PUT",
    path="/v2/customer_sessions/{customerSessionId}/reopen",
    safety=Safety.KEYED,
    success=(200,),
    parameters=(CUSTOMER_SESSION_ID,),
    response_model=lambda: models.ReopenSessionResponse,
    lock_on=(("session", "customer_session_id"),),
)

ALL = (GET_CUSTOMER_SESSION, UPDATE_CUSTOMER_SESSION_V2, RETURN_CART_ITEMS, REOPEN_CUSTOMER_SESSION)


def get_customer_session(customer_session_id: str) -> Call[models.IntegrationCustomerSessionResponse]:
    """A stored session with its effects, without those that were rolled back.

    `GET /v2/customer_sessions/{customerSessionId}`, READ. An unknown session is `NotFound` or `BadRequest`:
    no 404 is declared (facts.md, Transport).

    >>> client.get_customer_session("ORD-10051")
    """
    return GET_CUSTOMER_SESSION.bind({"customer_session_id": customer_session_id})


def update_customer_session_v2(
    customer_session_id: str,
    *,
    body: models.IntegrationRequest,
    dry: bool | None = None,
    now: datetime | None = None,
) -> Call[models.IntegrationStateV2]:
    """Creates or updates a session and answers its whole current set of effects.

    `PUT /v2/customer_sessions/{customerSessionId}`, KEYED, or DRY with `dry=True`: then nothing is kept and
    only what is sent counts. `now` is a future instant, with `dry` only.

    >>> cart = models.NewCustomerSessionV2(profile_id="maria.pending", coupon_codes=["HELLO10"])
    >>> client.update_customer_session_v2("cart-1", body=models.IntegrationRequest(customer_session=cart), dry=True)
    """
    if now is not None and not dry:
        raise ValueError("now works together with dry=True only")
    return UPDATE_CUSTOMER_SESSION_V2.bind(
        {"customer_session_id": customer_session_id, "dry": dry, "now": now}, body
    )


def return_cart_items(
    customer_session_id: str,
    *,
    body: models.ReturnIntegrationRequest,
    dry: bool | None = None,
    run_rule_engine: bool | None = None,
) -> Call[models.IntegrationStateV2]:
    """Returns items of a closed session and rolls back their effects.

    `POST /v2/customer_sessions/{customerSessionId}/returns`, KEYED, or DRY with `dry=True`.

    >>> back = models.NewReturn(returned_cart_items=[models.ReturnedCartItem(position=0, quantity=1)])
    >>> client.return_cart_items("ORD-10051", body=models.ReturnIntegrationRequest(return_=back), dry=True)
    """
    return RETURN_CART_ITEMS.bind(
        {"customer_session_id": customer_session_id, "dry": dry, "run_rule_engine": run_rule_engine}, body
    )


def reopen_customer_session(customer_session_id: str) -> Call[models.ReopenSessionResponse]:
    """Opens a closed session again and answers what was undone. It cannot be previewed.

    `PUT /v2/customer_sessions/{customerSessionId}/reopen`, KEYED.

    >>> client.reopen_customer_session("ORD-10051")
    """
    return REOPEN_CUSTOMER_SESSION.bind({"customer_session_id": customer_session_id})
