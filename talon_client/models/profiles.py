"""Customer profiles, and the inventory: everything that belongs to one customer."""

from typing import Annotated, Literal

from pydantic import Field

from talon_client.models.achievements import AchievementProgressWithDefinition
from talon_client.models.base import (
    Attributes,
    Entity,
    Many,
    Model,
    Number,
    RequestModel,
    SentAttributes,
    Timestamp,
)
from talon_client.models.cards import Loyalty
from talon_client.models.coupons import InventoryCoupon, InventoryReferral


class AudienceMembership(Model):
    """One audience that a profile belongs to."""

    id: int | None = None
    name: str | None = None


class LoyaltyMembership(Model):
    """Deprecated and null in practice: program ids come from the inventory (facts.md, The rest)."""

    joined: Timestamp | None = None
    loyalty_program_id: int | None = None


class CustomerProfile(Entity):
    """A customer. `total_sales` leaves out cancelled and reopened sessions and returned items."""

    integration_id: str | None = None
    account_id: int | None = None
    attributes: Attributes = {}
    closed_sessions: int | None = None
    total_sales: Number | None = None
    loyalty_memberships: Many[LoyaltyMembership] = ()
    audience_memberships: Many[AudienceMembership] = ()
    last_activity: Timestamp | None = None
    sandbox: bool | None = None


class Giveaway(Entity):
    """A code from a giveaway pool, awarded to a profile."""

    code: str | None = None
    pool_id: int | None = None
    start_date: Timestamp | None = None
    end_date: Timestamp | None = None
    attributes: Attributes = {}
    used: bool | None = None
    import_id: int | None = None
    profile_integration_id: str | None = None
    profile_id: int | None = None


class CustomerInventory(Model):
    """What was asked for about one customer; a block that was not asked for is `None` or empty."""

    profile: CustomerProfile | None = None
    loyalty: Loyalty | None = None
    referrals: Many[InventoryReferral] = ()
    coupons: Many[InventoryCoupon] = ()
    giveaways: Many[Giveaway] = ()
    achievements: Many[AchievementProgressWithDefinition] = ()


class ProfileAudiencesChanges(RequestModel):
    """Audiences, by internal number, that the profile joins and leaves."""

    adds: list[int]
    deletes: list[int]


ProfileResponseContent = Literal[
    "customerProfile",
    "triggeredCampaigns",
    "loyalty",
    "event",
    "awardedGiveaways",
    "ruleFailureReasons",
    "campaignEligibility",
    "achievements",
]


class CustomerProfileIntegrationRequestV2(RequestModel):
    """Attributes to change. Left out: unchanged. `response_content` only works when rules are run."""

    attributes: SentAttributes | None = None
    evaluable_campaign_ids: list[int] | None = None
    response_content: list[ProfileResponseContent] | None = None
    audiences_changes: ProfileAudiencesChanges | None = None


class MultipleCustomerProfileIntegrationRequestItem(RequestModel):
    """One profile and the attributes to change on it."""

    integration_id: Annotated[str, Field(max_length=1000)]
    attributes: SentAttributes | None = None


class MultipleCustomerProfileIntegrationRequest(RequestModel):
    """At most 1000 profiles; no rules are run (facts.md, The rest)."""

    customer_profiles: Annotated[
        list[MultipleCustomerProfileIntegrationRequestItem] | None, Field(max_length=1000)
    ] = None
