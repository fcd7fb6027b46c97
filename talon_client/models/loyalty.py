"""Balances, unused points and the transaction log, of profiles and of cards."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from talon_client.models.base import Many, Mapped, Model, Number, Open, RequestModel, Timestamp
from talon_client.models.cards import LoyaltyCardProfileRegistration, Tier


class LoyaltyBalance(Model):
    """Points of one ledger at one instant: active (spendable), pending (start later), spent, expired
    (never used), negative (implies active 0). Source: facts.md, Loyalty ledger."""

    active_points: Number | None = None
    pending_points: Number | None = None
    spent_points: Number | None = None
    expired_points: Number | None = None
    negative_points: Number | None = None


class ProjectedTier(Model):
    """Where the tier goes when it expires; `stay_in_tier_points` only if a downgrade is due."""

    projected_active_points: Number | None = None
    stay_in_tier_points: Number | None = None
    projected_tier_name: str | None = None


class LoyaltyBalanceWithTier(LoyaltyBalance):
    """A balance with its tier, when asked for."""

    current_tier: Tier | None = None
    projected_tier: ProjectedTier | None = None
    points_to_next_tier: Number | None = None
    next_tier_name: str | None = None


class LoyaltyBalancesWithTiers(Model):
    """The main ledger's balance and one for each subledger, by subledger id."""

    balance: LoyaltyBalanceWithTier | None = None
    subledger_balances: Mapped[LoyaltyBalanceWithTier] = {}


class LoyaltyCardBalances(Model):
    """A card's balances, and the profiles that it is linked to."""

    balance: LoyaltyBalance | None = None
    subledger_balances: Mapped[LoyaltyBalance] = {}
    profiles: Many[LoyaltyCardProfileRegistration] = ()


class _LedgerRow(Model):
    """What every row of a ledger has. `start_date` may be `immediate` or `on_action`, `expiry_date`
    `unlimited`; the main ledger's `subledger_id` is the empty string."""

    id: int | None = None
    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    created: Timestamp | None = None
    program_id: int | None = None
    customer_session_id: str | None = None
    name: str | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    subledger_id: str | None = None
    amount: Number | None = None
    validity_duration: str | None = None


class LedgerPointsEntryIntegrationAPI(_LedgerRow):
    """Points of a profile that nobody has used; whether `amount` is what was awarded or what is left of
    a half-spent award is undocumented."""


class CardLedgerPointsEntryIntegrationAPI(_LedgerRow):
    """Points of a card that nobody has used."""

    customer_profile_id: str | None = Field(default=None, alias="customerProfileID")


class LoyaltyLedgerEntryFlags(Model):
    """Marks on a row."""

    creates_negative_balance: bool | None = None


class _TransactionRow(_LedgerRow):
    type: Open[Literal["addition", "subtraction"]] | None = None
    ruleset_id: int | None = None
    rule_name: str | None = None


class LedgerTransactionLogEntryIntegrationAPI(_TransactionRow):
    """One movement of a profile's points. There is no row for an expiry: it follows from `expiry_date`."""

    store_integration_id: str | None = None
    flags: LoyaltyLedgerEntryFlags | None = None


class CardLedgerTransactionLogEntryIntegrationAPI(_TransactionRow):
    """One movement of a card's points."""

    card_identifier: str | None = None


class LoyaltyLedgerEntry(Model):
    """One row of a ledger as an activation answers it."""

    created: Timestamp | None = None
    program_id: int | None = Field(default=None, alias="programID")
    customer_profile_id: str | None = Field(default=None, alias="customerProfileID")
    card_id: int | None = Field(default=None, alias="cardID")
    customer_session_id: str | None = Field(default=None, alias="customerSessionID")
    event_id: int | None = Field(default=None, alias="eventID")
    type: Open[Literal["addition", "subtraction"]] | None = None
    amount: Number | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    name: str | None = None
    sub_ledger_id: str | None = Field(default=None, alias="subLedgerID")
    user_id: int | None = Field(default=None, alias="userID")
    archived: bool | None = None
    flags: LoyaltyLedgerEntryFlags | None = None
    validity_duration: str | None = None


class ActivateLoyaltyPointsResponse(Model):
    """The rows whose points can be spent from now on."""

    ledger_entries: Many[LoyaltyLedgerEntry] = ()


TransactionUUID = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]


class ActivateLoyaltyPoints(RequestModel):
    """Points that wait for an action: those of one session, or 1 to 50 transactions; not both."""

    transaction_uuids: Annotated[
        list[TransactionUUID] | None, Field(alias="transactionUUIDs", min_length=1, max_length=50)
    ] = None
    session_id: Annotated[str | None, Field(min_length=1)] = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.transaction_uuids is None) == (self.session_id is None):
            raise ValueError("give either session_id or transaction_uuids")
        if self.transaction_uuids and len(set(self.transaction_uuids)) < len(self.transaction_uuids):
            raise ValueError("a transaction must not come twice")
        return self


class DeleteLoyaltyTransactionsRequest(RequestModel):
    """Whose rows are deleted, for good: those of all ledgers of the program, or of `subledger_ids` ("" is the
    main one)."""

    scope: Literal["AllSubledgers", "SelectedSubledgers"]
    subledger_ids: list[str] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.scope == "SelectedSubledgers") != bool(self.subledger_ids):
            raise ValueError("subledger_ids goes with scope SelectedSubledgers, and only with it")
        return self
