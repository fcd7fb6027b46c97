"""Campaigns, as the list of an Application and as answers of the rule engine hold them."""

from typing import Literal

from pydantic import Field

from talon_client.models.base import Attributes, Entity, Many, Model, Number, Open, Timestamp
from talon_client.models.coupons import LimitConfig

Feature = Literal["coupons", "referrals", "loyalty", "giveaways", "strikethrough", "achievements"]


class CodeGeneratorSettings(Model):
    """How codes of a campaign are made."""

    valid_characters: Many[str] = ()
    coupon_pattern: str | None = None


class CampaignBudget(Model):
    """A budget and what of it is used."""

    action: str | None = None
    limit: Number | None = None
    counter: Number | None = None


class Campaign(Entity):
    """A campaign with its counters. `frontend_state` is the state that people see in Campaign Manager."""

    application_id: int | None = None
    user_id: int | None = None
    name: str | None = None
    description: str | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    attributes: Attributes = {}
    state: Open[Literal["enabled", "disabled", "archived"]] | None = None
    active_ruleset_id: int | None = None
    tags: Many[str] = ()
    reevaluate_on_return: bool | None = None
    features: Many[Open[Feature | Literal["advancedEvents"]]] = ()
    coupon_settings: CodeGeneratorSettings | None = None
    referral_settings: CodeGeneratorSettings | None = None
    limits: Many[LimitConfig] = ()
    campaign_groups: Many[int] = ()
    type: Open[Literal["cartItem", "advanced"]] | None = None
    linked_store_ids: Many[int] = ()
    coupon_attributes: Attributes = {}
    budgets: Many[CampaignBudget] = ()
    coupon_redemption_count: int | None = None
    referral_redemption_count: int | None = None
    discount_count: Number | None = None
    discount_effect_count: int | None = None
    coupon_creation_count: int | None = None
    custom_effect_count: int | None = None
    referral_creation_count: int | None = None
    add_free_item_effect_count: int | None = None
    awarded_giveaways_count: int | None = None
    created_loyalty_points_count: Number | None = None
    created_loyalty_points_effect_count: int | None = None
    redeemed_loyalty_points_count: Number | None = None
    redeemed_loyalty_points_effect_count: int | None = None
    call_api_effect_count: int | None = None
    reservecoupon_effect_count: int | None = None
    last_activity: Timestamp | None = None
    updated: Timestamp | None = None
    created_by: str | None = None
    updated_by: str | None = None
    template_id: int | None = None
    frontend_state: (
        Open[Literal["expired", "scheduled", "running", "disabled", "archived", "staged"]] | None
    ) = None
    stores_imported: bool | None = None
    value_maps_ids: Many[int] = ()
    experiment_id: int | None = None
    revision_frontend_state: Open[Literal["revised", "pending"]] | None = None
    active_revision_id: int | None = None
    active_revision_version_id: int | None = None
    version: int | None = None
    current_revision_id: int | None = None
    current_revision_version_id: int | None = None
    stage_revision: bool | None = None


class _CampaignBase(Model):
    id: int | None = None
    application_id: int | None = None
    name: str | None = None
    description: str | None = None
    start_time: Timestamp | None = None
    end_time: Timestamp | None = None
    attributes: Attributes = {}
    state: Open[Literal["enabled"]] | None = None
    tags: Many[str] = ()
    features: Many[Open[Feature]] = ()


class RuleMetadata(Model):
    """A rule as shops show it."""

    title: str | None = None
    display_name: str | None = None
    display_description: str | None = None
    related_data: str | None = None


class IntegrationCampaign(_CampaignBase):
    """A campaign that is enabled, with its rules."""

    rules: Many[RuleMetadata] = ()
    linked_store_ids: Many[int] = ()
    linked_audience_ids: Many[int] = ()


class CampaignEligibilityFailureDetails(Model):
    """Why a campaign gave nothing."""

    failure_code: Open[Literal["ALL_RULES_FAILED", "SKIPPED", "AUDIENCE_NOT_MATCHED"]] | None = None


class CampaignEligibilityDetails(Model):
    """Whether a campaign came into question, for one coupon code or without."""

    passed: bool | None = None
    coupon_code: str | None = None
    details: CampaignEligibilityFailureDetails | None = None


class RuleEligibilityFailureDetails(Model):
    """Why a rule gave nothing; indexes count from 0."""

    failure_code: Open[Literal["CONDITION_NOT_MET", "EFFECT_FAILED"]] | None = None
    coupon_id: int | None = Field(default=None, alias="couponID")
    coupon_value: str | None = None
    referral_id: int | None = Field(default=None, alias="referralID")
    referral_value: str | None = None
    condition_index: int | None = None
    effect_index: int | None = None
    details: str | None = None


class RuleEligibility(Model):
    """Whether a rule was met, for one coupon code or without."""

    passed: bool | None = None
    coupon_code: str | None = None
    details: RuleEligibilityFailureDetails | None = None


class RuleMetadataEligibility(RuleMetadata):
    """A rule and whether it was met."""

    eligibility: Many[RuleEligibility] = ()


class CampaignEligibilityExperiment(Model):
    """The experiment and its variant that decided."""

    id: int | None = None
    variant_id: int | None = None


class CampaignEligibility(_CampaignBase):
    """Why a campaign gave something or nothing; only dry runs answer it (effects.md)."""

    eligibility: Many[CampaignEligibilityDetails] = ()
    rules: Many[RuleMetadataEligibility] = ()
    experiment: CampaignEligibilityExperiment | None = None
