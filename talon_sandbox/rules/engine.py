"""Evaluation: every running campaign in the order of its id, every rule all or nothing. Reads, never writes."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..catalog import Campaign, Rule
from . import conditions, effects, groups, levels
from .build import build
from .codes import Admitted, check_code, may_run, refused_by_budget
from .draft import Context, Draft, EffectFailed
from .model import Effect, Evaluation, Event, Failure, Rejection, SessionView
from .referral_codes import check_referral

if TYPE_CHECKING:
    import sqlite3

    from ..world import World


@dataclass(slots=True)
class _Outcome:
    effects: list[Effect] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """One campaign tried, alone or beside the others of its group."""

    campaign: Campaign
    codes: list[Admitted]
    outcome: _Outcome
    draft: Draft
    referral: "sqlite3.Row | None" = None

    def result(self, before: int) -> groups.Result:
        failed = {failure.rule_index for failure in self.outcome.failures}
        gave = any(e.type == "acceptCoupon" or e.rule_index not in failed for e in self.outcome.effects)
        return groups.Result(gave, self.draft.discount - before)


def evaluate(world: "World", session: SessionView, event: Event | None, now: int) -> Evaluation:
    """What the campaigns give for this session and event at `now` (microseconds UTC), and why not the rest.

    Pure: the same world, session, event and instant give the same answer, and nothing is written.
    """
    considered, skipped = _choose(world, session, now)
    asked = frozenset(campaign.id for campaign in considered)
    outcome = _Outcome()
    admitted: dict[int, list[Admitted]] = {}
    for code in session.coupons:
        found = check_code(world, session, code, now, asked)
        if isinstance(found, Rejection):
            outcome.rejections.append(found)
        else:
            admitted.setdefault(found.campaign.id, []).append(found)
    referred = _referral(world, session, now, asked, outcome)
    draft, lost = Draft(), list[Campaign]()
    for members in groups.arrange(considered):
        parts = []
        for campaign in members:
            part, attempt = _Outcome(), draft if len(members) == 1 else draft.copy()
            codes = admitted.get(campaign.id, [])
            referral = referred[0] if referred and referred[1] is campaign else None
            _run_campaign(world, session, event, now, campaign, codes, attempt, part, referral)
            parts.append(_Part(campaign, codes, part, attempt, referral))
        lost += _settle(parts, draft, outcome)
    refusals = [_reject(rejection) for rejection in outcome.rejections]
    raised = levels.tier_changes(world, session, outcome.effects, now)
    return Evaluation(
        effects=(*refusals, *outcome.effects, *raised),
        failures=tuple(outcome.failures),
        rejections=tuple(outcome.rejections),
        considered=tuple(campaign for campaign in considered if campaign not in lost),
        skipped=(*skipped, *lost),
    )


def _referral(
    world: "World", session: SessionView, now: int, asked: frozenset[int], outcome: _Outcome
) -> "tuple[sqlite3.Row, Campaign] | None":
    if not session.referral:
        return None
    found = check_referral(world, session, now, asked)
    if isinstance(found, Rejection):
        outcome.rejections.append(found)
        return None
    return found


def _run_referral(context: Context, event: Event | None, outcome: _Outcome) -> None:
    """Tries the session's referral code with the rules of its campaign that look at one."""
    row, campaign = context.referral, context.campaign
    if row is None:
        return
    failure, accepted = None, False
    for index, rule in enumerate(campaign.rules):
        if not rule.checks_referral:
            continue
        here = replace(context, rule_index=index, rule_name=rule.name)
        before = len(outcome.effects)
        failed = _run_rule(here, rule, event, outcome)
        if failed is None and not accepted:
            outcome.effects.insert(before, build(here, "acceptReferral", {"value": row["code"]}))
            accepted = True
        failure = failure or failed
    if not accepted:
        outcome.rejections.append(_referral_by_rule(row, campaign, failure))


def _referral_by_rule(row: "sqlite3.Row", campaign: Campaign, failure: Failure | None) -> Rejection:
    """A referral code that passed every check of its own and that no rule took."""
    failed = failure is not None and failure.effect_index is not None
    return Rejection(
        row["code"],
        "EffectCouldNotBeApplied" if failed else "ReferralRejectedByCondition",
        campaign,
        None,
        "no rule of the campaign checks referrals" if failure is None else failure.details,
        rule_index=0 if failure is None else failure.rule_index,
        rule_name="" if failure is None else failure.rule_name,
        condition_index=None if failure is None else failure.condition_index,
        effect_index=None if failure is None else failure.effect_index,
        kind="rejectReferral",
        referral_id=row["id"],
    )


def _settle(parts: list[_Part], draft: Draft, outcome: _Outcome) -> list[Campaign]:
    """Take over what was tried; of a group that chooses, one campaign.

    Returns the others, whose codes are refused; what failed in them is told all the same.
    """
    lost, group, chosen = list[Campaign](), parts[0].campaign.group, None
    if len(parts) > 1 and group is not None:
        chosen = groups.choose(group, [part.result(draft.discount) for part in parts])
    for index, part in enumerate(parts):
        outcome.failures += part.outcome.failures
        if group is not None and chosen is not None and index != chosen:
            lost.append(part.campaign)
            outcome.rejections += _left_out(part, groups.EXCLUSIONS[group.mode])
            continue
        outcome.effects += part.outcome.effects
        outcome.rejections += part.outcome.rejections
        if index == chosen:
            draft.take_over(part.draft)
    return lost


def _left_out(part: _Part, exclusion: str) -> list[Rejection]:
    """The codes of a campaign that lost against another one of its group."""
    campaign, why = part.campaign, "another campaign of the evaluation group was chosen"
    reason, coupons = "CouponPartOfNotTriggeredCampaign", [each.coupon for each in part.codes]
    refused = [Rejection(each["code"], reason, campaign, each["id"], why, exclusion) for each in coupons]
    if part.referral is not None:
        reason, code, number = (
            "ReferralPartOfNotTriggeredCampaign",
            part.referral["code"],
            part.referral["id"],
        )
        refused.append(
            Rejection(code, reason, campaign, None, why, exclusion, kind="rejectReferral", referral_id=number)
        )
    return refused


def _choose(world: "World", session: SessionView, now: int) -> tuple[list[Campaign], list[Campaign]]:
    considered: list[Campaign] = []
    skipped: list[Campaign] = []
    for campaign in world.catalog.campaigns.values():
        if campaign.state == "archived":
            continue
        wanted = session.evaluable is None or campaign.id in session.evaluable
        (considered if wanted and may_run(session, campaign, now) else skipped).append(campaign)
    return considered, skipped


def _run_campaign(
    world: "World",
    session: SessionView,
    event: Event | None,
    now: int,
    campaign: Campaign,
    codes: list[Admitted],
    draft: Draft,
    outcome: _Outcome,
    referral: "sqlite3.Row | None",
) -> None:
    accepted: set[int] = set()
    refused: dict[int, Failure] = {}
    too_many: dict[int, Rejection] = {}
    if referral is not None:
        _run_referral(Context(world, session, now, campaign, 0, "", draft, referral=referral), event, outcome)
    for index, rule in enumerate(campaign.rules):
        if referral is not None and rule.checks_referral:
            continue  # tried with the code already
        context = Context(world, session, now, campaign, index, rule.name, draft)
        if not rule.checks_coupons or not codes:
            _run_rule(context, rule, event, outcome)
            continue
        for code in codes:
            number = code.coupon["id"]
            fresh = number not in accepted
            over = refused_by_budget(world, session, campaign, len(accepted)) if fresh else None
            if over is not None:  # the codes before it have used up what was left
                reason, details = over
                too_many[number] = Rejection(code.coupon["code"], reason, campaign, number, details)
                continue
            failure = _run_rule(replace(context, coupon=code.coupon), rule, event, outcome, accept=fresh)
            if failure is None:
                accepted.add(number)
            else:
                refused.setdefault(number, failure)
    for code in codes:
        number = code.coupon["id"]
        if number in too_many:
            outcome.rejections.append(too_many[number])
        elif number not in accepted:
            outcome.rejections.append(_by_rule(code, refused.get(number)))


def _run_rule(
    context: Context, rule: Rule, event: Event | None, outcome: _Outcome, *, accept: bool = False
) -> Failure | None:
    for index, condition in enumerate(rule.conditions):
        reason = conditions.check(context, event, condition)
        if reason is not None:
            return _fail(context, rule, outcome, reason, condition_index=index)
    attempt = replace(context, draft=context.draft.copy())
    made: list[Effect] = []
    for index, effect in enumerate(rule.effects):
        try:
            made += effects.make(attempt, effect, index)
        except EffectFailed as error:
            return _fail(context, rule, outcome, str(error), effect_index=index)
    context.draft.take_over(attempt.draft)
    if accept and context.coupon is not None:
        made.insert(0, build(context, "acceptCoupon", {"value": context.coupon["code"]}))
    outcome.effects += made
    return None


def _fail(
    context: Context,
    rule: Rule,
    outcome: _Outcome,
    details: str,
    *,
    condition_index: int | None = None,
    effect_index: int | None = None,
) -> Failure:
    coupon: sqlite3.Row | None = context.coupon
    failure = Failure(
        campaign=context.campaign,
        rule_index=context.rule_index,
        rule_name=context.rule_name,
        details=details,
        condition_index=condition_index,
        effect_index=effect_index,
        coupon_id=None if coupon is None else coupon["id"],
        coupon_value=None if coupon is None else coupon["code"],
        referral_id=None if context.referral is None else context.referral["id"],
        referral_value=None if context.referral is None else context.referral["code"],
    )
    outcome.failures.append(failure)
    outcome.effects += _failure_effects(context, rule)
    return failure


def _failure_effects(context: Context, rule: Rule) -> list[Effect]:
    """Only notifications and custom effects may be given by a rule that failed (effects.md).

    A rule that wants a code gives none while no code is tried (choices.py, failure-effects).
    """
    made: list[Effect] = []
    if context.coupon is None and rule.checks_coupons:
        return made
    for index, spec in enumerate(rule.otherwise):
        if spec["do"] in ("notify", "custom"):
            made += effects.make(context, spec, index)
    return made


def _by_rule(code: Admitted, failure: Failure | None) -> Rejection:
    """A code that passed every check of its own and that no rule took."""
    if failure is None:
        return Rejection(
            code.coupon["code"],
            "CouponRejectedByCondition",
            code.campaign,
            code.coupon["id"],
            "no rule of the campaign checks coupons",
        )
    failed = failure.effect_index is not None
    return Rejection(
        code.coupon["code"],
        "EffectCouldNotBeApplied" if failed else "CouponRejectedByCondition",
        code.campaign,
        code.coupon["id"],
        failure.details,
        rule_index=failure.rule_index,
        rule_name=failure.rule_name,
        condition_index=failure.condition_index,
        effect_index=failure.effect_index,
    )


def _reject(rejection: Rejection) -> Effect:
    """`rejectCoupon`; a code without a campaign carries zeros (choices.py, no-campaign-ids)."""
    props: dict[str, object] = {"value": rejection.code, "rejectionReason": rejection.reason}
    optional = {
        "conditionIndex": rejection.condition_index,
        "effectIndex": rejection.effect_index,
        "details": rejection.details or None,
        "campaignExclusionReason": rejection.exclusion or None,
    }
    props.update({name: value for name, value in optional.items() if value is not None})
    campaign = rejection.campaign
    return Effect(
        type=rejection.kind,
        props=props,
        campaign_id=0 if campaign is None else campaign.id,
        ruleset_id=0 if campaign is None else campaign.ruleset_id,
        rule_index=rejection.rule_index,
        rule_name=rejection.rule_name,
        coupon_id=rejection.coupon_id,
        group=None if campaign is None else campaign.group,
    )
