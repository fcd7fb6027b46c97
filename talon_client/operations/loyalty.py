"""Operations on the points of profiles."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from talon_client.call import Call, Safety
from talon_client.models import (
    LedgerPointsEntryIntegrationAPI,
    LedgerTransactionLogEntryIntegrationAPI,
    LoyaltyBalancesWithTiers,
    Page,
)
from talon_client.operation import Operation, Parameter, path_parameter, query_parameter
from talon_client.operations.profiles import INTEGRATION_ID

LOYALTY_PROGRAM_ID = path_parameter("loyalty_program_id", "loyaltyProgramId", "integer")
PAGE_SIZE = query_parameter("page_size", "pageSize", "integer", minimum=1, maximum=1000)
SKIP = query_parameter("skip", "skip", "integer", minimum=0)
END_DATE = query_parameter("end_date", "endDate", "datetime")
START_DATE = query_parameter("start_date", "startDate", "datetime")
SUBLEDGER_ID = query_parameter("subledger_id", "subledgerId")
CUSTOMER_SESSION_IDS = query_parameter(
    "customer_session_ids", "customerSessionIDs", "strings", style="repeated", since="26.16"
)
TRANSACTION_UUIDS = query_parameter(
    "transaction_uuids", "transactionUUIDs", "strings", style="repeated", since="26.16"
)
POINTS_STATUS = query_parameter("status", "status", choices=("active", "pending", "expired"))
POINTS_SORT = query_parameter(
    "sort", "sort", choices=("startDate", "expiryDate", "-startDate", "-expiryDate"), since="26.16"
)
TRANSACTION_TYPE = query_parameter(
    "loyalty_transaction_type", "loyaltyTransactionType", choices=("manual", "session", "import")
)
# `false` is a 400 at the API (facts.md, Loyalty ledger).
AWAITS_ACTIVATION = query_parameter("awaits_activation", "awaitsActivation", "boolean", since="26.16")

PointsStatus = Literal["active", "pending", "expired"]
PointsSort = Literal["startDate", "expiryDate", "-startDate", "-expiryDate"]
TransactionType = Literal["manual", "session", "import"]


def repeated_subledgers(repeated_since: str | None) -> Parameter:
    """`subledgerId` where several may be given, from that edition on."""
    return query_parameter(
        "subledger_id", "subledgerId", "strings", style="repeated", repeated_since=repeated_since
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
    response=LoyaltyBalancesWithTiers,
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
    response=Page[LedgerPointsEntryIntegrationAPI],
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
    response=Page[LedgerTransactionLogEntryIntegrationAPI],
    paged=True,
)

ALL = (
    GET_LOYALTY_BALANCES,
    GET_LOYALTY_PROGRAM_PROFILE_POINTS,
    GET_LOYALTY_PROGRAM_PROFILE_TRANSACTIONS,
)


def get_loyalty_balances(
    loyalty_program_id: int,
    integration_id: str,
    *,
    end_date: datetime | None = None,
    subledger_id: str | None = None,
    include_tiers: bool | None = None,
    include_projected_tier: bool | None = None,
) -> Call[LoyaltyBalancesWithTiers]:
    """Balances of the main ledger and the subledgers, now or as of `end_date`, past or future.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/balances`, READ.
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
) -> Call[Page[LedgerPointsEntryIntegrationAPI]]:
    """Unused points of one status (default: active). Use `iterate` for all of them.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/points`, READ, paged.
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
) -> Call[Page[LedgerTransactionLogEntryIntegrationAPI]]:
    """The transaction log, newest first; `start_date` and `end_date` filter by creation.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/transactions`, READ, paged.
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
