"""Cancelling a session, predicted from its own effects; and what the ledgers of a session come to once it is cancelled
or reopened, for both roll back all of it.

Sources: facts.md (Sessions, "Cancelled"; Loyalty ledger, `returnPolicy`), effects.md ("When each rollback is
documented to come"). Checked afterwards by `desk.insight.reopening.compare`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from desk.insight.balances import ZERO, by_subledger, reported, tier_view
from desk.insight.effects import Purse, PurseChange
from desk.insight.investigation import Batch, Investigation
from desk.insight.ledger import Status
from desk.insight.reopening import Predicted, Prediction, ReturnPolicy, Why, predict_reopen
from desk.insight.returning import HolderCalls, HolderPoints, PointsPreview, tier_risk
from desk.insight.rollback import Own, missing_at, own_awards, predict
from desk.insight.sessions import SessionView
from desk.insight.standing import standing
from talon_client import TalonError
from talon_client.models import Effect, LoyaltyBalanceWithTier


def predict_cancel(
    session: SessionView, policies: Mapping[int, ReturnPolicy | None] | None = None, *, now: datetime
) -> Prediction:
    """The three lists, of what still stands: what was returned earlier is in none. `policies`: the return policy by
    program id, as far as it is configured. An open session has kept nothing, so that nothing is rolled back."""
    if session.state == "open":
        return Prediction((), (), ())
    found = predict_reopen(session, standing(session.effects), policies, now=now)
    back, stays = list(found.rolled_back), list(found.stays)
    depends: list[Predicted] = []
    for each in found.depends:
        if each.why is Why.COUPON:
            back.append(Predicted(each.effect, Why.CODE_CANCELLED))
        elif each.why is Why.DISCOUNT:
            back.append(Predicted(each.effect, Why.DISCOUNT_CANCELLED))
        else:
            depends.append(each)
    return Prediction(tuple(back), tuple(stays), tuple(depends))


def points_without(
    session: SessionView, policies: Mapping[int, ReturnPolicy | None], *, now: datetime
) -> Investigation[tuple[PointsPreview, ...]]:
    """What each ledger that it moved should come to without it, and what that means for its tier; one batch of balances
    and lists of unused points. `after` is None where that is not known: no return policy is configured, points were
    spent on the session as well (what is given back may have expired), or something could not be read."""
    changes = [each for each in session.points if session.state != "open" and (each.earned or each.spent)]
    calls = {
        _holder(each.purse): HolderCalls(each.purse, session.id)
        for each in changes
        if not each.spent and policies.get(each.purse.program_id) is not None
    }
    if not calls:
        return tuple(PointsPreview(each.purse, each, None, None) for each in changes)
    answers = yield Batch(
        "What becomes of the points", tuple(ask for each in calls.values() for ask in each.asks)
    )
    read = {holder: each.read(answers) for holder, each in calls.items()}
    nothing = HolderPoints(None, None)
    return tuple(
        _after(each, read.get(_holder(each.purse), nothing), session, policies, now) for each in changes
    )


def _holder(purse: Purse) -> tuple[int, str, str]:
    return (purse.program_id, purse.profile, purse.card)


def _after(
    change: PurseChange,
    read: HolderPoints,
    session: SessionView,
    policies: Mapping[int, ReturnPolicy | None],
    now: datetime,
) -> PointsPreview:
    purse, policy = change.purse, policies.get(change.purse.program_id)
    known = (
        None
        if read.balances is None or isinstance(read.balances, TalonError)
        else by_subledger(read.balances)
    )
    balance = known.get(purse.subledger) if known else None
    if balance is None:
        return PointsPreview(purse, change, None, None)
    before = reported(balance)
    if policy is None or read.listed is None or change.spent:
        return PointsPreview(purse, change, before, None)
    awards = own_awards(standing(session.effects), purse, session.profile_id, read.listed, now)
    rollbacks = _rollbacks(awards, policy)
    after = predict(before, rollbacks, awards, now)
    if policy == "within_balance":
        after = replace(after, negative=before.negative)
    tier = tier_view(balance) if isinstance(balance, LoyaltyBalanceWithTier) else None
    later = missing_at(tier.expires if tier else None, before, rollbacks, awards)
    risk = tier_risk(tier, before, after, None, later)
    return PointsPreview(purse, change, before, after, True, tier, risk, missing_later=later)


def _rollbacks(awards: Sequence[Own], policy: ReturnPolicy) -> list[Effect]:
    """What would take the awards back, as effects; with `only_pending`, what is pending of them."""

    def back(own: Own) -> Decimal:
        if policy == "only_pending":
            return own.left if own.status is Status.PENDING else ZERO
        return own.effect.number("value") or ZERO

    return [
        own.effect.model_copy(
            update={
                "effect_type": "rollbackAddedLoyaltyPoints",
                "props": {**own.effect.props, "value": back(own)},
            }
        )
        for own in awards
    ]
