"""What every effect of a rule has in common."""

from ..amounts import percentage, to_hundredths
from ..catalog import Json, number
from .draft import Context
from .model import Effect, Wire


def build(context: Context, effect_type: str, props: Wire, value: int = 0) -> Effect:
    """An effect of the rule that is being run."""
    return Effect(
        type=effect_type,
        props=props,
        campaign_id=context.campaign.id,
        ruleset_id=context.campaign.ruleset_id,
        rule_index=context.rule_index,
        rule_name=context.rule_name,
        coupon_id=None if context.coupon is None else context.coupon["id"],
        value=value,
        group=context.campaign.group,
    )


def part_of(spec: Json, base: int) -> int:
    """The discount that a line of the data file asks for, in hundredths: `percent` of `base`, or `amount`."""
    if "percent" in spec:
        return percentage(base, number(spec["percent"]))
    return to_hundredths(spec["amount"])
