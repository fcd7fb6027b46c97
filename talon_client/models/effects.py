"""What the rule engine answers: effects, and why rules gave nothing."""

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pydantic import Field, ValidationError

from talon_client.models.base import Attributes, Model, Number

if TYPE_CHECKING:
    from talon_client.models.effect_props import EffectProps


class Effect(Model):
    """One effect. `effect_type` is an open string; `props` holds its wire fields as sent, `typed` the same by type:

    match effect.typed:
        case SetDiscountEffectProps(name=name, value=value): ...
        case None: ...  # unknown: show `effect_type` and `props` as they are
    """

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
    selected_price: Number | None = None
    adjustment_reference_id: str | None = None
    experiment_id: int | None = None

    @property
    def typed(self) -> "EffectProps | None":
        """The props as the class of their `effect_type` (effects.md); `None` for an effect that is not known, or whose
        props are not what is documented for it."""
        # Late: most effects are only counted, and 40 classes cost time to import.
        from talon_client.models.effect_props import PROPS

        kind = PROPS.get(self.effect_type or "")
        if kind is None:
            return None
        try:
            return kind.model_validate(self.props)
        except ValidationError:
            return None

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
            found = Decimal(str(value))
        except InvalidOperation:
            return None
        return found if found.is_finite() else None


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
