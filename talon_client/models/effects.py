"""What the rule engine answers: effects, and why rules gave nothing."""

from decimal import Decimal, InvalidOperation

from pydantic import Field

from talon_client.models.base import Attributes, Model


class Effect(Model):
    """One effect. `effect_type` is an open string; `props` holds its wire fields (effects.md) as sent."""

    effect_type: str | None = None
    props: Attributes = {}
    campaign_id: int | None = None
    ruleset_id: int | None = None
    rule_index: int | None = None
    rule_name: str | None = None
    triggered_by_coupon: int | None = None
    triggered_for_catalog_item: int | None = None
    condition_index: int | None = None
    evaluation_group_id: int | None = Field(default=None, alias="evaluationGroupID")
    evaluation_group_mode: str | None = None
    campaign_revision_id: int | None = None
    campaign_revision_version_id: int | None = None
    selected_price_type: str | None = None
    selected_price: Decimal | None = None
    adjustment_reference_id: str | None = None
    experiment_id: int | None = None

    def text(self, prop: str) -> str | None:
        """The prop of that wire name as text, `None` when it is absent."""
        value = self.props.get(prop)
        return None if value is None else str(value)

    def number(self, prop: str) -> Decimal | None:
        """The prop of that wire name as an exact number, `None` when it is absent or no number."""
        value = self.props.get(prop)
        if value is None or isinstance(value, bool):
            return None
        try:
            return Decimal(str(value))
        except InvalidOperation:
            return None


class RuleFailureReason(Model):
    """Why one rule gave nothing."""

    campaign_id: int | None = Field(default=None, alias="campaignID")
    campaign_name: str | None = None
    ruleset_id: int | None = Field(default=None, alias="rulesetID")
    coupon_id: int | None = Field(default=None, alias="couponID")
    coupon_value: str | None = None
    referral_id: int | None = Field(default=None, alias="referralID")
    referral_value: str | None = None
    rule_index: int | None = None
    rule_name: str | None = None
    condition_index: int | None = None
    effect_index: int | None = None
    details: str | None = None
    evaluation_group_id: int | None = Field(default=None, alias="evaluationGroupID")
    evaluation_group_mode: str | None = None
