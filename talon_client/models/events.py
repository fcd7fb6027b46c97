"""Events: what shops tell beside sessions, and what the API keeps of it."""

from typing import Annotated, Any, Literal

from pydantic import Field

from talon_client.models.base import (
    Attributes,
    Entity,
    Many,
    Model,
    Number,
    Open,
    RequestModel,
    SentAttributes,
    Timestamp,
)

StoreId = Annotated[str, Field(min_length=1, max_length=1000)]
Text = Annotated[str, Field(min_length=1)]
Cards = Annotated[list[str], Field(max_length=1)]


class LedgerEntry(Entity):
    """A movement of points as old events hold it."""

    profile_id: str | None = None
    account_id: int | None = None
    loyalty_program_id: int | None = None
    event_id: int | None = None
    amount: Number | None = None
    reason: str | None = None
    expiry_date: Timestamp | None = None
    reference_id: int | None = None


class CouponRejectionReason(Model):
    """Why a coupon was refused. Not every reason of `rejectCoupon` comes here (effects.md)."""

    campaign_id: int | None = None
    coupon_id: int | None = None
    reason: (
        Open[
            Literal[
                "CouponNotFound",
                "CouponPartOfNotRunningCampaign",
                "CampaignLimitReached",
                "ProfileLimitReached",
                "CouponRecipientDoesNotMatch",
                "CouponExpired",
                "CouponStartDateInFuture",
                "CouponRejectedByCondition",
                "EffectCouldNotBeApplied",
                "CouponPartOfNotTriggeredCampaign",
                "CouponReservationRequired",
                "ProfileRequired",
            ]
        ]
        | None
    ) = None


class ReferralRejectionReason(Model):
    """Why a referral code was refused. Not every reason of `rejectReferral` comes here (effects.md)."""

    campaign_id: int | None = None
    referral_id: int | None = None
    reason: (
        Open[
            Literal[
                "ReferralNotFound",
                "ReferralRecipientIdSameAsAdvocate",
                "ReferralPartOfNotRunningCampaign",
                "ReferralLimitReached",
                "CampaignLimitReached",
                "ProfileLimitReached",
                "ReferralRecipientDoesNotMatch",
                "ReferralExpired",
                "ReferralStartDateInFuture",
                "ReferralRejectedByCondition",
                "EffectCouldNotBeApplied",
                "ReferralPartOfNotTriggeredCampaign",
            ]
        ]
        | None
    ) = None


class Meta(Model):
    """What the API notes beside an event."""

    campaigns: Attributes = {}
    coupons: Attributes = {}
    coupon_rejection_reason: CouponRejectionReason | None = None
    referral_rejection_reason: ReferralRejectionReason | None = None
    warnings: Attributes = {}


class _StoredEvent(Entity):
    application_id: int | None = None
    profile_id: str | None = None
    store_integration_id: str | None = None
    type: str | None = None
    attributes: Attributes = {}
    integration_id: str | None = None
    # Lists of positional values in an old form; the answer's own `effects` say the same by name.
    effects: Many[Any] = ()


class Event(_StoredEvent):
    """A stored event."""

    session_id: str | None = None
    ledger_entries: Many[LedgerEntry] = ()
    meta: Meta | None = None


class EventV3(_StoredEvent):
    """A stored event of the third edition, found again by its `integration_id`."""

    connected_session_id: str | None = None


EventV2ResponseContent = Literal[
    "customerProfile",
    "triggeredCampaigns",
    "loyalty",
    "event",
    "awardedGiveaways",
    "ruleFailureReasons",
    "campaignEligibility",
    "achievements",
]

EventV3ResponseContent = Literal[
    "customerProfile",
    "triggeredCampaigns",
    "loyalty",
    "advancedEvent",
    "awardedGiveaways",
    "ruleFailureReasons",
]


class IntegrationEventV2Request(RequestModel):
    """An event to track. The API needs `profile_id` although its schema does not say so (facts.md, The rest)."""

    profile_id: Text
    type: Text
    store_integration_id: StoreId | None = None
    evaluable_campaign_ids: list[int] | None = None
    attributes: SentAttributes | None = None
    loyalty_cards: Cards | None = None
    response_content: list[EventV2ResponseContent] | None = None


class IntegrationEventV3Request(RequestModel):
    """An event with an id of your own. `connected_session_id` must name a closed session (facts.md, The rest)."""

    profile_id: Text
    type: Text
    integration_id: Text
    store_integration_id: StoreId | None = None
    evaluable_campaign_ids: list[int] | None = None
    attributes: SentAttributes | None = None
    connected_session_id: Text | None = None
    loyalty_cards: Cards | None = None
    response_content: list[EventV3ResponseContent] | None = None


class NewEvent(RequestModel):
    """An event of the first edition, whose sunset was in 2023. It belongs to a session."""

    type: Text
    attributes: SentAttributes
    session_id: Text
    profile_id: str | None = None
