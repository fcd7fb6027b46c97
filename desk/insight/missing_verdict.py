"""The verdict on missing points, decided from what was read: pure functions, no questions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desk.insight.balances import ZERO
from desk.insight.effects import Purse, PurseChange, purse_changes
from desk.insight.history import Ledger
from desk.insight.missing_fates import Brought, Fate, brought
from desk.insight.missing_reading import Gathered
from desk.insight.points import Points
from desk.insight.reading import Unread
from desk.insight.replay import Refusal, Today
from desk.insight.sessions import SessionView
from talon_client.models import Effect, RuleFailureReason


class Verdict(StrEnum):
    """What became of an order's points (scenarios.md, 2). The values name the templates of the replies."""

    UNKNOWN_ORDER = "unknown_order"  # V1
    OPEN = "open"  # V2
    ROLLED_BACK = "rolled_back"  # V3
    OTHER_ACCOUNT = "other_account"  # V4
    RULE_FAILED = "rule_failed"  # V5
    WOULD_AWARD = "would_award"  # V6
    PENDING = "pending"  # V7
    WAITING = "waiting"  # V8
    ELSEWHERE = "elsewhere"  # V9
    SPENT = "spent"  # V10
    EXPIRED = "expired"  # V11
    THERE = "there"
    NO_ROW = "no_row"
    """No row, and today's rules were not tried: the role may not, or the API did not answer."""


class Certainty(StrEnum):
    """How sure a verdict is."""

    PROVEN = "proven"
    """The API says so itself."""
    INFERRED = "inferred"
    """Which spend used the points follows from the documented order of spending; the API does not say it."""
    TODAY = "today"
    """Tried on today's rules, budgets and customer; on the day of the order they may have been others."""
    PARTLY = "partly"
    """That there is no row is proven; why was not tried."""


@dataclass(frozen=True, slots=True)
class Question:
    """`session_id`: the order. `customer`: who asks, "" where nobody said; then the order's own customer is meant."""

    session_id: str
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """The finding. `verdict` None: something could not be read (`unread`), so nothing is concluded.

    `main`: the ledger that the verdict speaks of, and `fate` what became of most of its points; the rest of `brought`
    is evidence. `searched`: every program and card that was looked through. `failures`: the rules that gave nothing,
    those first that have given points before (`known`: how many), then those of campaigns that deal with points
    (`of_points`: how many); `own`: codes that the order itself has used up.
    `without_row`: points that the order's effects name and no ledger holds. `points`: the ledgers behind `brought`.
    `tried_at`: when today's rules were tried (UTC).
    """

    question: Question
    session: SessionView
    verdict: Verdict | None = None
    certainty: Certainty = Certainty.PROVEN
    main: Brought | None = None
    fate: Fate | None = None
    brought: tuple[Brought, ...] = ()
    searched: tuple[Purse, ...] = ()
    today: Today | None = None
    tried_at: datetime | None = None
    failures: tuple[RuleFailureReason, ...] = ()
    known: int = 0
    of_points: int = 0
    own: tuple[Refusal, ...] = ()
    without_row: tuple[PurseChange, ...] = ()
    points: tuple[Points, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The points that the verdict speaks of."""
        if self.main is None or self.fate is None:
            return ZERO
        whole = self.fate is Fate.TAKEN_BACK and self.main.gone
        return self.main.awarded if whole else self.main.total(self.fate)

    @property
    def though_cancelled(self) -> bool:
        """Whether the order was cancelled, and most of its points were not taken back."""
        return self.session.state == "cancelled" and self.fate not in (None, Fate.TAKEN_BACK)

    @property
    def zero_total(self) -> bool:
        """Whether no rule gave points, and the API's total of the order (before discounts) is 0: that is said before
        any rule."""
        return self.verdict is Verdict.RULE_FAILED and self.session.totals.total == 0

    @property
    def others(self) -> tuple[Brought, ...]:
        """What the order brought to other ledgers."""
        return tuple(each for each in self.brought if each is not self.main)

    def ledger_of(self, each: Brought) -> tuple[Points, Ledger] | None:
        """The holder's points and the ledger that one of `brought` is about."""
        for points in self.points:
            ledger = points.ledger(each.purse.subledger)
            holder = each.purse.card or each.purse.profile
            if ledger is not None and (points.program_id, points.holder) == (each.purse.program_id, holder):
                return points, ledger
        return None

    @property
    def would(self) -> tuple[PurseChange, ...]:
        """What today's rules would award to this customer and their cards."""
        return () if self.today is None else awards_of(self.today.effects, self.session)


def awards_of(effects: Sequence[Effect], view: SessionView) -> tuple[PurseChange, ...]:
    """Points that effects give to the order's own customer or to a card; those for somebody who referred them are
    not missed."""
    changes = purse_changes(effects, view.profile_id)
    return tuple(
        each for each in changes if each.earned and (each.purse.card or each.purse.profile == view.profile_id)
    )


def at_once(question: Question, view: SessionView) -> Missing | None:
    """The verdict that the order itself is enough for, or None: its ledgers have to be read."""
    if view.found is None:
        return Missing(question, view, unread=view.unread)
    if not view.found:
        return Missing(question, view, Verdict.UNKNOWN_ORDER)
    if question.customer and view.profile_id and question.customer != view.profile_id:
        return Missing(question, view, Verdict.OTHER_ACCOUNT)
    if view.state == "open":
        return Missing(question, view, Verdict.OPEN)
    carded = bool(view.loyalty_cards) or any(each.purse.card for each in view.points)
    if not view.profile_id and not carded:
        return Missing(question, view, Verdict.OTHER_ACCOUNT)
    return None


def from_ledgers(question: Question, view: SessionView, gathered: Gathered) -> Missing:
    """The verdict from the rows, as far as they tell; `NO_ROW` where today's rules have to be asked."""
    if gathered.unread:
        return Missing(question, view, unread=gathered.unread)
    found = [
        each
        for read in gathered.read
        if read.points is not None
        for each in brought(read.points, view.id, read.listed)
    ]
    finding = Missing(
        question,
        view,
        brought=tuple(found),
        points=tuple(each.points for each in gathered.read if each.points is not None),
        searched=tuple(each.holder.purse for each in gathered.read),
        without_row=_without_row(view, found),
    )
    main = main_of(found, view.state)
    fate = main.main_fate(taken_back=view.state != "closed") if main else None
    if view.state == "cancelled" and (main is None or main.gone):
        fate = Fate.TAKEN_BACK if main else None
        return _with(finding, Verdict.ROLLED_BACK, Certainty.PROVEN, main, fate)
    if main is None or fate is None:
        # Nobody's order without a row: it can only ever have given points to somebody who is known.
        nobodys = not view.profile_id
        verdict = Verdict.OTHER_ACCOUNT if nobodys else Verdict.NO_ROW
        return _with(finding, verdict, Certainty.PROVEN if nobodys else Certainty.PARTLY)
    verdict = _VERDICTS[fate]
    if verdict in _STILL_THERE and not main.in_sight:
        verdict = Verdict.ELSEWHERE
    inferred = all(part.inferred for part in main.of(fate))
    return _with(finding, verdict, Certainty.INFERRED if inferred else Certainty.PROVEN, main, fate)


_VERDICTS = {
    Fate.PENDING: Verdict.PENDING,
    Fate.WAITING: Verdict.WAITING,
    Fate.SPENT: Verdict.SPENT,
    Fate.EXPIRED: Verdict.EXPIRED,
    Fate.ACTIVE: Verdict.THERE,
    Fate.TAKEN_BACK: Verdict.ROLLED_BACK,
}
_STILL_THERE = (Verdict.PENDING, Verdict.WAITING, Verdict.THERE)


def main_of(found: Sequence[Brought], state: str) -> Brought | None:
    """The ledger that the verdict speaks of: the largest award in a main ledger of the customer, else the largest
    anywhere. Awards of a closed order that were all taken back belong to an earlier closing of it."""
    counted = [each for each in found if each.standing or state != "closed"]
    return max(counted, key=lambda each: (each.in_sight, each.awarded), default=None)


def _with(
    finding: Missing,
    verdict: Verdict,
    certainty: Certainty,
    main: Brought | None = None,
    fate: Fate | None = None,
) -> Missing:
    return replace(finding, verdict=verdict, certainty=certainty, main=main, fate=fate)


def _without_row(view: SessionView, found: Sequence[Brought]) -> tuple[PurseChange, ...]:
    """Points that the order's effects name although no ledger has a row of the order for them."""
    held = {(each.purse.program_id, each.purse.subledger, each.purse.card) for each in found}
    return tuple(
        each
        for each in awards_of(view.effects, view)
        if (each.purse.program_id, each.purse.subledger, each.purse.card) not in held
    )


def from_today(
    finding: Missing, today: Today, gathered: Gathered, campaigns: Collection[int] = frozenset()
) -> Missing:
    """What today's rules add to "there is no row". `campaigns`: those that are known to deal with points."""
    finding = replace(finding, today=today)
    if today.error is not None:
        return replace(finding, unread=(Unread("what today's rules would give", today.error),))
    if not today.asked:
        return finding
    if finding.would:
        return replace(finding, verdict=Verdict.WOULD_AWARD, certainty=Certainty.TODAY)
    own = tuple(each for each in today.refusals if each.own_limit)
    used_up = {each.code for each in own}

    def rank(failure: RuleFailureReason) -> int:
        if failure.coupon_value in used_up or failure.referral_value in used_up:
            return 4  # named, not blamed: the order itself has used it
        if (failure.ruleset_id, failure.rule_name or "") in gathered.rules:
            return 0
        if failure.campaign_id in campaigns:
            return 1
        return 3 if failure.coupon_value or failure.referral_value else 2

    ranked = sorted(today.failures, key=rank)
    return replace(
        finding,
        verdict=Verdict.RULE_FAILED,
        certainty=Certainty.TODAY,
        failures=tuple(each for each in ranked if rank(each) < 4),
        known=sum(rank(each) == 0 for each in ranked),
        of_points=sum(rank(each) == 1 for each in ranked),
        own=own,
    )
