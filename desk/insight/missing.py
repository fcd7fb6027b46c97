""" "My points for order X are missing": reads what is needed and answers with one verdict and what proves it.

asked = missing_points(Question("ORD-10023"), now=now, fresh_id=fresh, programs=(1,))
found = lookup.run(asked, "shop")
found.finding.verdict, found.finding.main, found.finding.failures
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from desk.insight.investigation import Ask, AskAll, Batch, Investigation
from desk.insight.missing_reading import gather
from desk.insight.missing_verdict import Missing, Question, Verdict, at_once, from_ledgers, from_today
from desk.insight.replay import Today, what_would_it_get_today
from desk.insight.sessions import SessionView, session
from talon_client import Call, TalonError, calls
from talon_client.models import IntegrationCustomerSessionResponse, RuleFailureReason

HOLDS = timedelta(minutes=1)
"""How long a dry run stands for another one: as long as other answers are kept (`desk.lookup.cache`)."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A dry run that was made before, of which state of the order, and when (UTC)."""

    of: tuple[str, str, datetime | None]
    today: Today
    at: datetime

    def holds(self, view: SessionView, now: datetime) -> bool:
        """Whether it is still what another one would be: of the same order, and a moment old. Rules, budgets and the
        customer change."""
        return self.of == state_of(view) and now - self.at < HOLDS


def state_of(view: SessionView) -> tuple[str, str, datetime | None]:
    """What a dry run was made of: a session that changed since needs another one."""
    return (view.id, view.state, view.updated)


def missing_points(
    question: Question,
    *,
    now: datetime,
    fresh_id: str,
    programs: Sequence[int] = (),
    card_programs: Sequence[int] = (),
    may_try: bool = True,
    tried: Tried | None = None,
) -> Investigation[Missing]:
    """The verdict on one order. `fresh_id`: an id that no session has, for the dry run; `may_try` False leaves it out;
    `tried`: an earlier one, which is used again while it holds.

    At most two reads, three more for each program and card, and one dry update, which is sent only where no ledger
    has a row. A list of several pages counts as one. `ValueError` when the API cannot be asked for such an id.
    """
    view = yield from session(question.session_id)
    early = at_once(question, view)
    if early is not None:
        return early
    gathered = yield from gather(view, programs, card_programs, now)
    finding = from_ledgers(question, view, gathered)
    if finding.verdict is not Verdict.NO_ROW or not may_try:
        return finding
    if tried is None or not tried.holds(view, now):
        today = yield from what_would_it_get_today(view, fresh_id)
        tried = Tried(state_of(view), today, now)
    today = tried.today
    finding = from_today(replace(finding, tried_at=tried.at), today, gathered)
    if finding.failures and not finding.known and gathered.read:
        # No list of points was read for this order, so that one more read keeps within the three for each program.
        campaigns = yield from points_campaigns(finding.failures)
        finding = from_today(finding, today, gathered, campaigns)
    return finding


def points_campaigns(failures: Sequence[RuleFailureReason]) -> Investigation[frozenset[int]]:
    """Which campaigns of these rules deal with points. One read of the newer edition; where it is refused nothing is
    known of any campaign, and nothing is said of it."""
    ids = sorted({each.campaign_id for each in failures if each.campaign_id})
    if not ids:
        return frozenset()
    call = calls.integration_get_all_campaigns(campaign_ids=ids)
    answers = yield Batch("Campaigns of the rules", (AskAll(call),))
    answer = answers.all(call)
    if isinstance(answer, TalonError):
        return frozenset()
    return frozenset(each.id for each in answer if each.id and "loyalty" in each.features)


def which_order(spellings: Sequence[str]) -> Investigation[str]:
    """The first of these ids that an order has, else the first: "10023" may be `ORD-10023`. Nothing is asked where
    there is only one."""
    if len(spellings) < 2:
        return spellings[0] if spellings else ""
    asked: dict[str, Call[IntegrationCustomerSessionResponse]] = {}
    for id_ in spellings:
        try:
            asked[id_] = calls.get_customer_session(id_)
        except ValueError:
            continue
    if asked:
        answers = yield Batch("Looking for the order", tuple(map(Ask, asked.values())))
        for id_, call in asked.items():
            if not isinstance(answers[call], TalonError):
                return id_
    return spellings[0]
