"""What the rule engine answers to an update of a profile and to an event."""

from talon_client.models.achievements import CustomerAchievement
from talon_client.models.base import Attributes, Many, Model
from talon_client.models.campaigns import Campaign, CampaignEligibility
from talon_client.models.cards import Loyalty
from talon_client.models.coupons import Coupon, Referral
from talon_client.models.effects import Effect, RuleFailureReason
from talon_client.models.events import Event, EventV3
from talon_client.models.profiles import CustomerProfile, Giveaway


class IntegrationResponse(Model):
    """`effects`, `created_coupons` and `created_referrals` always come, the other blocks when asked for."""

    customer_profile: CustomerProfile | None = None
    loyalty: Loyalty | None = None
    triggered_campaigns: Many[Campaign] = ()
    campaign_eligibility: Many[CampaignEligibility] = ()
    effects: Many[Effect] = ()
    rule_failure_reasons: Many[RuleFailureReason] = ()
    created_coupons: Many[Coupon] = ()
    created_referrals: Many[Referral] = ()
    awarded_giveaways: Many[Giveaway] = ()
    achievements: Many[CustomerAchievement] = ()


class CustomerProfileIntegrationResponseV2(IntegrationResponse):
    """The answer of a profile's update; `effects` is empty unless rules were run."""

    event: Event | None = None


class IntegrationEventV2Response(IntegrationResponse):
    """The answer to an event."""

    event: Event | None = None


class IntegrationEventV3Response(IntegrationResponse):
    """The answer to an event of the third edition."""

    advanced_event: EventV3 | None = None


class IntegrationState(IntegrationResponse):
    """The answer to an event of the first edition. No edition describes it any more: `session` and `profile` are
    kept as sent."""

    session: Attributes = {}
    profile: Attributes = {}
    event: Event | None = None


class CustomerProfileUpdateV2Response(Model):
    """One profile after an update of several."""

    customer_profile: CustomerProfile | None = None


class MultipleCustomerProfileIntegrationResponseV2(Model):
    """The profiles after an update of several, when the answer was asked for."""

    integration_states: Many[CustomerProfileUpdateV2Response] = ()
