"""Operations on loyalty cards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter
from talon_client.operations.common import (
    AWAITS_ACTIVATION,
    CUSTOMER_SESSION_IDS,
    END_DATE,
    LOYALTY_PROGRAM_ID,
    PAGE_SIZE,
    POINTS_SORT,
    POINTS_STATUS,
    SKIP,
    START_DATE,
    TRANSACTION_TYPE,
    TRANSACTION_UUIDS,
    PointsSort,
    PointsStatus,
    TransactionType,
    repeated_subledgers,
)

LOYALTY_CARD_ID = path_parameter("loyalty_card_id", "loyaltyCardId", max_length=108)

GET_LOYALTY_CARD_BALANCES = Operation(
    id="get_loyalty_card_balances",
    wire_id="getLoyaltyCardBalances",
    tag="Loyalty cards",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/balances",
    safety=Safety.READ,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID, LOYALTY_CARD_ID, END_DATE, repeated_subledgers(None)),
    response_model=lambda: models.LoyaltyCardBalances,
)

GET_LOYALTY_CARD_POINTS = Operation(
    id="get_loyalty_card_points",
    wire_id="getLoyaltyCardPoints",
    tag="Loyalty cards",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/points",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        LOYALTY_PROGRAM_ID,
        LOYALTY_CARD_ID,
        POINTS_STATUS,
        repeated_subledgers(None),
        CUSTOMER_SESSION_IDS,
        TRANSACTION_UUIDS,
        PAGE_SIZE,
        SKIP,
        POINTS_SORT,
    ),
    response_model=lambda: models.Page[models.CardLedgerPointsEntryIntegrationAPI],
    paged=True,
)

GET_LOYALTY_CARD_TRANSACTIONS = Operation(
    id="get_loyalty_card_transactions",
    wire_id="getLoyaltyCardTransactions",
    tag="Loyalty cards",
    method="GET",
    path="/v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/transactions",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        LOYALTY_PROGRAM_ID,
        LOYALTY_CARD_ID,
        repeated_subledgers(None),
        TRANSACTION_TYPE,
        START_DATE,
        END_DATE,
        CUSTOMER_SESSION_IDS,
        TRANSACTION_UUIDS,
        PAGE_SIZE,
        SKIP,
        AWAITS_ACTIVATION,
    ),
    response_model=lambda: models.Page[models.CardLedgerTransactionLogEntryIntegrationAPI],
    paged=True,
)

GENERATE_LOYALTY_CARD = Operation(
    id="generate_loyalty_card",
    wire_id="generateLoyaltyCard",
    tag="Loyalty cards",
    method="POST",
    path="/v1/loyalty_programs/{loyaltyProgramId}/cards",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID,),
    request_model=lambda: models.GenerateLoyaltyCard,
    response_model=lambda: models.LoyaltyCard,
)

LINK_LOYALTY_CARD_TO_PROFILE = Operation(
    id="link_loyalty_card_to_profile",
    wire_id="linkLoyaltyCardToProfile",
    tag="Loyalty cards",
    method="POST",
    path="/v2/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/link_profile",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID, LOYALTY_CARD_ID),
    lock_on=(("profile", "integration_id"),),
    request_model=lambda: models.LoyaltyCardRegistration,
    response_model=lambda: models.LoyaltyCard,
)

UNLINK_LOYALTY_CARD_FROM_PROFILE = Operation(
    id="unlink_loyalty_card_from_profile",
    wire_id="unlinkLoyaltyCardFromProfile",
    tag="Loyalty cards",
    method="POST",
    path="/v2/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/unlink_profile",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(LOYALTY_PROGRAM_ID, LOYALTY_CARD_ID),
    lock_on=(("profile", "integration_id"),),
    request_model=lambda: models.LoyaltyCardRegistration,
    response_model=lambda: models.LoyaltyCard,
    since="26.16",
)

ALL = (
    GET_LOYALTY_CARD_BALANCES,
    GET_LOYALTY_CARD_POINTS,
    GET_LOYALTY_CARD_TRANSACTIONS,
    GENERATE_LOYALTY_CARD,
    LINK_LOYALTY_CARD_TO_PROFILE,
    UNLINK_LOYALTY_CARD_FROM_PROFILE,
)


def get_loyalty_card_balances(
    loyalty_program_id: int,
    loyalty_card_id: str,
    *,
    end_date: datetime | None = None,
    subledger_id: Sequence[str] | None = None,
) -> Call[models.LoyaltyCardBalances]:
    """A card's balances, now or as of `end_date`, and the profiles that it is linked to.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/balances`, READ.

    >>> client.get_loyalty_card_balances(2, "CARD-1001")
    """
    return GET_LOYALTY_CARD_BALANCES.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "loyalty_card_id": loyalty_card_id,
            "end_date": end_date,
            "subledger_id": subledger_id,
        }
    )


def get_loyalty_card_points(
    loyalty_program_id: int,
    loyalty_card_id: str,
    *,
    status: PointsStatus | None = None,
    subledger_id: Sequence[str] | None = None,
    customer_session_ids: Sequence[str] | None = None,
    transaction_uuids: Sequence[str] | None = None,
    page_size: int | None = None,
    skip: int | None = None,
    sort: PointsSort | None = None,
) -> Call[models.Page[models.CardLedgerPointsEntryIntegrationAPI]]:
    """Unused points of a card, of one status (default: active). Use `iterate` for all of them.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/points`, READ, paged.

    >>> client.get_loyalty_card_points(2, "CARD-1001", status="active")
    """
    return GET_LOYALTY_CARD_POINTS.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "loyalty_card_id": loyalty_card_id,
            "status": status,
            "subledger_id": subledger_id,
            "customer_session_ids": customer_session_ids,
            "transaction_uuids": transaction_uuids,
            "page_size": page_size,
            "skip": skip,
            "sort": sort,
        }
    )


def get_loyalty_card_transactions(
    loyalty_program_id: int,
    loyalty_card_id: str,
    *,
    subledger_id: Sequence[str] | None = None,
    loyalty_transaction_type: TransactionType | None = None,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    customer_session_ids: Sequence[str] | None = None,
    transaction_uuids: Sequence[str] | None = None,
    page_size: int | None = None,
    skip: int | None = None,
    awaits_activation: Literal[True] | None = None,
) -> Call[models.Page[models.CardLedgerTransactionLogEntryIntegrationAPI]]:
    """A card's transaction log, newest first.

    `GET /v1/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/transactions`, READ, paged.

    >>> client.get_loyalty_card_transactions(2, "CARD-1001", page_size=50)
    """
    return GET_LOYALTY_CARD_TRANSACTIONS.bind(
        {
            "loyalty_program_id": loyalty_program_id,
            "loyalty_card_id": loyalty_card_id,
            "subledger_id": subledger_id,
            "loyalty_transaction_type": loyalty_transaction_type,
            "start_date": start_date,
            "end_date": end_date,
            "customer_session_ids": customer_session_ids,
            "transaction_uuids": transaction_uuids,
            "page_size": page_size,
            "skip": skip,
            "awaits_activation": awaits_activation,
        }
    )


def generate_loyalty_card(
    loyalty_program_id: int, *, body: models.GenerateLoyaltyCard
) -> Call[models.LoyaltyCard]:
    """Makes a card in a card-based program.

    `POST /v1/loyalty_programs/{loyaltyProgramId}/cards`, UNSAFE: choose the identifier, so that a lost
    answer can be looked up.

    >>> client.generate_loyalty_card(2, body=models.GenerateLoyaltyCard(card_identifier="CARD-0001"))
    """
    return GENERATE_LOYALTY_CARD.bind({"loyalty_program_id": loyalty_program_id}, body)


def link_loyalty_card_to_profile(
    loyalty_program_id: int, loyalty_card_id: str, *, body: models.LoyaltyCardRegistration
) -> Call[models.LoyaltyCard]:
    """Links a card to a profile.

    `POST /v2/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/link_profile`, UNSAFE. Past the
    program's users per card it is refused, presumably as `BadRequest` (facts.md, Cards).

    >>> body = models.LoyaltyCardRegistration(integration_id="maria.pending")
    >>> client.link_loyalty_card_to_profile(2, "CARD-1001", body=body)
    """
    return LINK_LOYALTY_CARD_TO_PROFILE.bind(
        {"loyalty_program_id": loyalty_program_id, "loyalty_card_id": loyalty_card_id}, body
    )


def unlink_loyalty_card_from_profile(
    loyalty_program_id: int, loyalty_card_id: str, *, body: models.LoyaltyCardRegistration
) -> Call[models.LoyaltyCard]:
    """Takes a profile off a card.

    `POST /v2/loyalty_programs/{loyaltyProgramId}/cards/{loyaltyCardId}/unlink_profile`, UNSAFE. What happens to a
    profile that is not on the card is undocumented (facts.md, Cards).

    >>> body = models.LoyaltyCardRegistration(integration_id="lena.shared")
    >>> client.unlink_loyalty_card_from_profile(2, "CARD-1001", body=body)
    """
    return UNLINK_LOYALTY_CARD_FROM_PROFILE.bind(
        {"loyalty_program_id": loyalty_program_id, "loyalty_card_id": loyalty_card_id}, body
    )
