"""Loyalty programs of a customer, loyalty cards, and their ledgers as summaries."""

from typing import Annotated, Literal

from pydantic import Field

from talon_client.models.base import Entity, Many, Mapped, Model, Number, Open, RequestModel, Timestamp

# What either edition allows (facts.md, Cards): 25.15 has fewer characters, and no lower bound.
LoyaltyCardIdentifier = Annotated[
    str, Field(max_length=108, pattern=r"^([A-Za-z0-9._%+@-]{4,}|[A-Za-z0-9_-]+)$")
]


class Tier(Model):
    """A tier that a customer is in; dates follow the program's time zone."""

    id: int | None = None
    name: str | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    downgrade_policy: Open[Literal["one_down", "balance_based"]] | None = None


class LedgerInfo(Model):
    """A ledger as the inventory and cards show it. `expired_balance` and `spent_balance` are deprecated,
    always 0 (facts.md, Loyalty ledger); `tentative...` know the current session only."""

    current_balance: Number | None = None
    pending_balance: Number | None = None
    negative_balance: Number | None = None
    expired_balance: Number | None = None
    spent_balance: Number | None = None
    tentative_current_balance: Number | None = None
    tentative_pending_balance: Number | None = None
    tentative_negative_balance: Number | None = None
    current_tier: Tier | None = None
    points_to_next_tier: Number | None = None
    next_tier_name: str | None = None


class LoyaltyProgramLedgers(Model):
    """One program of a customer: the main ledger and the subledgers that are not all zero."""

    id: int | None = None
    title: str | None = None
    name: str | None = None
    join_date: Timestamp | None = None
    ledger: LedgerInfo | None = None
    sub_ledgers: Mapped[LedgerInfo] = {}


class LoyaltyCardProfileRegistration(Model):
    """A profile linked to a card, and since when."""

    integration_id: str | None = None
    timestamp: Timestamp | None = None


class LoyaltyCard(Entity):
    """A card. `users_per_card_limit` 0 means unlimited; `blocked` is for good (facts.md, Cards)."""

    program_id: int | None = Field(default=None, alias="programID")
    program_name: str | None = None
    program_title: str | None = None
    status: Open[Literal["active", "inactive", "blocked"]] | None = None
    block_reason: str | None = None
    identifier: str | None = None
    users_per_card_limit: int | None = None
    profiles: Many[LoyaltyCardProfileRegistration] = ()
    ledger: LedgerInfo | None = None
    subledgers: Mapped[LedgerInfo] = {}
    modified: Timestamp | None = None
    old_card_identifier: str | None = None
    new_card_identifier: str | None = None
    batch_id: str | None = None


class Loyalty(Model):
    """A customer's cards and programs; `programs` is keyed by the program's id as text."""

    cards: Many[LoyaltyCard] = ()
    programs: Mapped[LoyaltyProgramLedgers] = {}


class GenerateLoyaltyCard(RequestModel):
    """A new card. Choose `card_identifier` yourself: then a lost answer can be looked up."""

    status: Literal["active", "inactive"] | None = None
    customer_profile_ids: list[str] | None = None
    card_identifier: LoyaltyCardIdentifier | None = None


class LoyaltyCardRegistration(RequestModel):
    """The profile to link a card to."""

    integration_id: Annotated[str, Field(min_length=1, max_length=1000)]
