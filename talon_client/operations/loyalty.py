"""Operations on the points of profiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, query_parameter
from talon_client.operations.common import (
    AWAITS_ACTIVATION,
    CUSTOMER_SESSION_IDS,
    END_DATE,
    INTEGRATION_ID,
    LOYALTY_PROGRAM_ID,
    PAGE_SIZE,
    POINTS_SORT,
    POINTS_STATUS,
    SKIP,
    START_DATE,
    SUBLEDGER_ID,
    TRANSACTION_TYPE,
    TRANSACTION_UUIDS,
    PointsSort,
    PointsStatus,
    TransactionType,
    repeated_subledgers,
)

GET_LOYALTY_BALANCES = Operation(
    id="get_loyalty_balances",
    wire_id="getLoyaltyBalances",
    tag="Loyalty",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/balances",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        LOYALTY_PROGRAM_ID,
        INTEGRATION_ID,
        END_DATE,
        SUBLEDGER_ID,
        query_parameter("include_tiers", "includeTiers", "boolean"),
        query_parameter("include_projected_tier", "includeProjectedTier", "boolean"),
    ),
    response_model=lambda: models.LoyaltyBalancesWithTiers,
)

GET_LOYALTY_PROGRAM_PROFILE_POINTS = Operation(
    id="get_loyalty_program_profile_points",
    wire_id="getLoyaltyProgramProfilePoints",
    tag="Loyalty",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/points",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        LOYALTY_PROGRAM_ID,
        INTEGRATION_ID,
        POINTS_STATUS,
        repeated_subledgers("26.16"),
        CUSTOMER_SESSION_IDS,
        TRANSACTION_UUIDS,
        PAGE_SIZE,
        SKIP,
        POINTS_SORT,
    ),
    response_model=lambda: models.Page[models.LedgerPointsEntryIntegrationAPI],
    paged=True,
)

GET_LOYALTY_PROGRAM_PROFILE_TRANSACTIONS = Operation(
    id="get_loyalty_program_profile_transactions",
    wire_id="getLoyaltyProgramProfileTransactions",
    tag="Loyalty",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/transactions",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        LOYALTY_PROGRAM_ID,
        INTEGRATION_ID,
        CUSTOMER_SESSION_IDS,
        TRANSACTION_UUIDS,
        SUBLEDGER_ID,
        TRANSACTION_TYPE,
        START_DATE,
        END_DATE,
        PAGE_SIZE,
        SKIP,
        AWAITS_ACTIVATION,
    ),
    response_model=lambda: models.Page[models.LedgerTransactionLogEntryIntegrationAPI],
    paged=True,
)

ACTIVATE_LOYALTY_POINTS = Operation(
    id="activate_loyalty_points",
    wire_id="activateLoyaltyPoints",
    tag="Loyalty",
    method="POST",
    path="/v1/loyalty_programs/{loyaltyProgramId}/activate_points",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID,),
    lock_on=(("session", "session_id"),),
    request_model=lambda: models.ActivateLoyaltyPoints,
    response_model=lambda: models.ActivateLoyaltyPointsResponse,
    since="26.16",
)

DELETE_LOYALTY_TRANSACTIONS_FROM_LEDGERS: Operation[None] = Operation(
    id="delete_loyalty_transactions_from_ledgers",
    wire_id="deleteLoyaltyTransactionsFromLedgers",
    tag="Loyalty",
    method="POST",
    path="/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/delete_transactions",
    safety=Safety.UNSAFE,
    success=(204,),
    parameters=(LOYALTY_PROGRAM_ID, INTEGRATION_ID),
    lock_on=(("profile", "integration_id"),),
    request_model=lambda: models.DeleteLoyaltyTransactionsRequest,
    since="26.16",
)

JOIN_LOYALTY_PROGRAM: Operation[None] = Operation(
    id="join_loyalty_program",
    wire_id="joinLoyaltyProgram",
    tag="Loyalty",
    method="POST",
    path="/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/join",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID, INTEGRATION_ID),
    lock_on=(("profile", "integration_id"),),
    since="26.16",
)

ALL = (
    GET_LOYALTY_BALANCES,
    GET_LOYALTY_PROGRAM_PROFILE_POINTS,
    GET_LOYALTY_PROGRAM_PROFILE_TRANSACTIONS,
    ACTIVATE_LOYALTY_POINTS,
    DELETE_LOYALTY_TRANSACTIONS_FROM_LEDGERS,
    JOIN_LOYALTY_PROGRAM,
)


def get_loyalty_balances(
    loyalty_program_id: int,
    integration_id: str,
    *,
    end_date: datetime | None = None,
    subledger_id: str | None = None,
    include_tiers: bool | None = None,
    include_projected_tier: bool | None = None,
) -> Call[models.LoyaltyBalancesWithTiers]:
    """Balances of the main ledger and the subledgers, now or as of `end_date`, past or future.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/balances`, READ.

    >>> client.get_loyalty_balances(1, "maria.pending", include_tiers=True)
    """
    return GET_LOYALTY_BALANCES.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "integration_id": integration_id,
            "end_date": end_date,
            "subledger_id": subledger_id,
            "include_tiers": include_tiers,
            "include_projected_tier": include_projected_tier,
        }
    )


def get_loyalty_program_profile_points(
    loyalty_program_id: int,
    integration_id: str,
    *,
    status: PointsStatus | None = None,
    subledger_id: Sequence[str] | None = None,
    customer_session_ids: Sequence[str] | None = None,
    transaction_uuids: Sequence[str] | None = None,
    page_size: int | None = None,
    skip: int | None = None,
    sort: PointsSort | None = None,
) -> Call[models.Page[models.LedgerPointsEntryIntegrationAPI]]:
    """Unused points of one status (default: active). Use `iterate` for all of them.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/points`, READ, paged.

    >>> client.get_loyalty_program_profile_points(1, "maria.pending", status="pending")
    """
    return GET_LOYALTY_PROGRAM_PROFILE_POINTS.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "integration_id": integration_id,
            "status": status,
            "subledger_id": subledger_id,
            "customer_session_ids": customer_session_ids,
            "transaction_uuids": transaction_uuids,
            "page_size": page_size,
            "skip": skip,
            "sort": sort,
        }
    )


def get_loyalty_program_profile_transactions(
    loyalty_program_id: int,
    integration_id: str,
    *,
    customer_session_ids: Sequence[str] | None = None,
    transaction_uuids: Sequence[str] | None = None,
    subledger_id: str | None = None,
    loyalty_transaction_type: TransactionType | None = None,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    page_size: int | None = None,
    skip: int | None = None,
    awaits_activation: Literal[True] | None = None,
) -> Call[models.Page[models.LedgerTransactionLogEntryIntegrationAPI]]:
    """The transaction log, newest first; `start_date` and `end_date` filter by creation.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/transactions`, READ, paged.

    >>> client.get_loyalty_program_profile_transactions(1, "maria.pending", page_size=50)
    """
    return GET_LOYALTY_PROGRAM_PROFILE_TRANSACTIONS.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "integration_id": integration_id,
            "customer_session_ids": customer_session_ids,
            "transaction_uuids": transaction_uuids,
            "subledger_id": subledger_id,
            "loyalty_transaction_type": loyalty_transaction_type,
            "start_date": start_date,
            "end_date": end_date,
            "page_size": page_size,
            "skip": skip,
            "awaits_activation": awaits_activation,
        }
    )


def activate_loyalty_points(
    loyalty_program_id: int, *, body: models.ActivateLoyaltyPoints
) -> Call[models.ActivateLoyaltyPointsResponse]:
    """Makes points that wait for an action spendable: those of a session, or of chosen transactions.

    `POST /v1/loyalty_programs/{loyaltyProgramId}/activate_points`, UNSAFE.

    >>> client.activate_loyalty_points(1, body=models.ActivateLoyaltyPoints(session_id="ORD-10051"))
    """
    return ACTIVATE_LOYALTY_POINTS.bind({"loyalty_program_id": loyalty_program_id}, body)


def delete_loyalty_transactions_from_ledgers(
    loyalty_program_id: int, integration_id: str, *, body: models.DeleteLoyaltyTransactionsRequest
) -> Call[None]:
    """Deletes a profile's transactions, in all ledgers of the program or in chosen ones. Nothing brings them back.

    `POST /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/delete_transactions`, UNSAFE. Raises
    `NotFound` for an unknown profile or program.

    >>> every = models.DeleteLoyaltyTransactionsRequest(scope="AllSubledgers")
    >>> client.delete_loyalty_transactions_from_ledgers(1, "tom.expired", body=every)
    """
    return DELETE_LOYALTY_TRANSACTIONS_FROM_LEDGERS.bind(
        {"loyalty_program_id": loyalty_program_id, "integration_id": integration_id}, body
    )


def join_loyalty_program(loyalty_program_id: int, integration_id: str) -> Call[None]:
    """Lets a profile join a profile-based program.

    `POST /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/join`, UNSAFE. Raises `BadRequest` when it
    has joined before.

    >>> client.join_loyalty_program(3, "paul.waiting")
    """
    return JOIN_LOYALTY_PROGRAM.bind(
        {"loyalty_program_id": loyalty_program_id, "integration_id": integration_id}
    )
