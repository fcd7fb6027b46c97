"""`campaignEligibility`: for each campaign whether it gave something, and which rule stood in the way."""

from typing import TYPE_CHECKING

from .catalog import Campaign
from .clock import to_wire
from .rules.model import Evaluation, Failure

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def block(world: "World", evaluation: Evaluation) -> list[Wire]:
    """One entry an enabled campaign that was asked or skipped, in the order of their ids (effects.md).

    Others are left out: the description knows no other state here (choices.py, eligibility).
    """
    campaigns = sorted((*evaluation.considered, *evaluation.skipped), key=lambda campaign: campaign.id)
    return [
        _entry(world, campaign, evaluation, skipped=campaign in evaluation.skipped)
        for campaign in campaigns
        if campaign.state == "enabled"
    ]


def _entry(world: "World", campaign: Campaign, evaluation: Evaluation, *, skipped: bool) -> Wire:
    failures = [failure for failure in evaluation.failures if failure.campaign.id == campaign.id]
    failed = {failure.rule_index for failure in failures}
    given = {
        e.rule_index
        for e in evaluation.effects
        if e.campaign_id == campaign.id and not e.type.startswith("reject")
    }
    passed = not skipped and any(
        index not in failed or index in given for index in range(len(campaign.rules))
    )
    verdict: Wire = {"passed": passed}
    if not passed:
        verdict["details"] = {"failureCode": "SKIPPED" if skipped else "ALL_RULES_FAILED"}
    entry: Wire = {
        "id": campaign.id,
        "applicationId": world.catalog.application_id,
        "name": campaign.name,
        "description": campaign.description,
        "state": campaign.state,
        "tags": list(campaign.tags),
        "features": list(campaign.features),
        "eligibility": [verdict],
        "rules": [
            {
                "title": rule.name,
                "eligibility": [] if skipped else _rule_verdicts(failures, index, given=index in given),
            }
            for index, rule in enumerate(campaign.rules)
        ],
    }
    if campaign.starts is not None:
        entry["startTime"] = to_wire(campaign.starts)
    if campaign.ends is not None:
        entry["endTime"] = to_wire(campaign.ends)
    return entry


def _rule_verdicts(failures: list[Failure], index: int, *, given: bool) -> list[Wire]:
    verdicts = [_failed(failure) for failure in failures if failure.rule_index == index]
    return verdicts if verdicts and not given else [{"passed": True}, *verdicts]


def _failed(failure: Failure) -> Wire:
    details: Wire = {"failureCode": failure.code, "details": failure.details}
    optional = {
        "couponID": failure.coupon_id,
        "couponValue": failure.coupon_value,
        "referralID": failure.referral_id,
        "referralValue": failure.referral_value,
        "conditionIndex": failure.condition_index,
        "effectIndex": failure.effect_index,
    }
    details.update({name: value for name, value in optional.items() if value is not None})
    verdict: Wire = {"passed": False, "details": details}
    if failure.coupon_value is not None:
        verdict["couponCode"] = failure.coupon_value
    return verdict
