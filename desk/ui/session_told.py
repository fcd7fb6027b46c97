"""What a change of a session is predicted to do, as its dialog tells it: the same on the session's own page, and on
that of a change that waits, for somebody who did not begin it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from desk.guard import CancelSession, Change, Fact, Preview, Receipt, ReopenSession, ReturnItems
from desk.guard.model import Json
from desk.guard.wire import amount
from desk.insight.balances import ZERO
from desk.insight.cancelling import points_without, predict_cancel
from desk.insight.reopening import Prediction, ReturnPolicy, predict_reopen
from desk.insight.returning import PointsPreview, ReturnItem, TierRisk, check_items, preview_return
from desk.insight.sessions import SessionView
from desk.insight.sessions import session as read_session
from desk.ui import reopen_view
from desk.ui.changing import Offer
from desk.ui.current import Desk
from desk.ui.escape import short
from desk.ui.preview_view import Reckoning
from desk.ui.words import Names
from desk.ui.words import sessions as words


@dataclass(frozen=True)
class Told:
    """The names of programs and lines, the reckoning of the points, and where there is no dry run: the prediction, what
    else the dialog explains, what is kept for the receipt, and what stands beside the outcome."""

    names: Names
    reckon: Callable[[Change], Reckoning]
    prediction: Prediction | None = None
    explain: Callable[[Preview], None] | None = None
    shown: Json = None
    after: Callable[[Receipt], None] | None = None

    def on(self, it: Offer) -> Offer:
        """That offer, with all of this."""
        return replace(
            it, names=self.names, reckon=self.reckon, explain=self.explain, shown=self.shown, after=self.after
        )


def told(desk: Desk, change: Change, *, fresh: bool = False) -> tuple[Told, str] | None:
    """The same for a change that waits, with the items that come back by name. None where it is not about a session,
    or the session cannot be read. `fresh`: for somebody who is about to decide, by the session as it is now."""
    if not isinstance(change, ReturnItems | ReopenSession | CancelSession):
        return None
    found = desk.find_out("Reading the session", lambda: read_session(change.session_id), fresh=fresh)
    view = found.finding
    if not view.found:
        return None
    if isinstance(change, ReturnItems):
        return of_return(desk, view, found.as_of), _items(desk, view, change)
    if isinstance(change, ReopenSession):
        return of_reopening(desk, view, found.as_of), ""
    return of_cancel(desk, view, found.as_of), ""


def _items(desk: Desk, session: SessionView, change: ReturnItems) -> str:
    called = words.names_of(desk.application, session).items
    return "; ".join(
        f"{desk.formats.count(each.quantity)} × "
        f"{short(called.get(each.position) or f'line {each.position + 1}', 60)}"
        for each in change.items
    )


def of_return(desk: Desk, session: SessionView, now: datetime) -> Told:
    """How the points of each ledger divide afterwards, as far as that is certain, and what it means for tiers.

    Of the change that was begun: what is chosen on the page may be something else by now.
    """

    def reckon(change: Change) -> Reckoning:
        assert isinstance(change, ReturnItems)
        items = [ReturnItem(each.position, each.quantity) for each in change.items]
        if check_items(session, items):
            return Reckoning()  # the preview says why it cannot be done
        found = desk.find_out(
            "Working out the points", lambda: preview_return(session, items, now=now), fresh=True
        ).finding
        notes = [*_owed(desk, found.points), *_tiers(desk, found.points)]
        known = found.error is None and all(each.after is not None for each in found.points)
        return Reckoning(
            points_facts(session, found.points), notes, ("tier_at_risk", "negative_balance") if known else ()
        )

    return Told(words.names_of(desk.application, session), reckon)


def of_reopening(desk: Desk, session: SessionView, now: datetime) -> Told:
    """The lists and what the ledgers come to; the receipt checks both."""
    return _of_rollback(desk, session, predict_reopen(session, policies=_policies(desk), now=now), now)


def of_cancel(desk: Desk, session: SessionView, now: datetime) -> Told:
    """The same; of an open session, that nothing is rolled back. And that it is final."""
    it = _of_rollback(desk, session, predict_cancel(session, _policies(desk), now=now), now)

    def explain(preview: Preview) -> None:
        if session.state == "open":
            st.markdown("Nothing was kept yet, so nothing is rolled back.")
        elif it.explain:
            it.explain(preview)
        st.markdown("**A cancelled session stays cancelled.**")

    return replace(it, explain=explain, shown=None if session.state == "open" else it.shown)


def _policies(desk: Desk) -> Mapping[int, ReturnPolicy | None]:
    return {each.id: each.return_policy for each in desk.application.programs}


def _of_rollback(desk: Desk, session: SessionView, prediction: Prediction, now: datetime) -> Told:
    names, policies = words.names_of(desk.application, session), _policies(desk)

    def reckon(_: Change) -> Reckoning:
        found = desk.find_out(
            "Working out the points", lambda: points_without(session, policies, now=now), fresh=True
        ).finding
        unknown = [
            words.not_known(each, policies.get(each.purse.program_id), desk.application)
            for each in found
            if each.after is None
        ]
        return Reckoning(
            _rollback_facts(session, found, prediction),
            # Without a dry run nothing shows whether a tier is kept that the API does not expect to end: warning of
            # every one would be noise.
            [*_owed(desk, found), *_tiers(desk, [each for each in found if each.due]), *unknown],
        )

    return Told(
        names,
        reckon,
        prediction,
        lambda _: reopen_view.lists(desk, prediction, names, side_by_side=False),
        reopen_view.to_json(prediction, names),
        lambda receipt: reopen_view.checked(desk, receipt),
    )


def _owed(desk: Desk, found: Sequence[PointsPreview]) -> list[str]:
    return [words.owed(each, desk.application, desk.formats) for each in found if each.turns_negative]


def _tiers(desk: Desk, found: Sequence[PointsPreview]) -> list[str]:
    risky = [each for each in found if each.risk is not TierRisk.NONE]
    return [words.tier(each, desk.application, desk.formats) for each in risky]


def points_facts(session: SessionView, found: Sequence[PointsPreview]) -> list[Fact]:
    """What every ledger should come to, where that is certain: the API listed what is left of the session's awards,
    and a program is touched for one holder only."""
    purses = {*(each.purse for each in session.points), *(each.purse for each in found)}
    holders = {(each.program_id, each.profile, each.card) for each in purses}
    facts: list[Fact] = []
    for each in found:
        alone = sum(holder[0] == each.purse.program_id for holder in holders) == 1
        if each.after is None or not each.exact or not alone:
            continue
        about = (str(each.purse.program_id), each.purse.subledger)
        figures = dict(each.after.figures())
        total = figures.get("active", ZERO) + figures.get("pending", ZERO) - figures.get("negative", ZERO)
        facts += [Fact(f"points.{name}", about, amount(value)) for name, value in figures.items()]
        facts.append(Fact("points.total", about, amount(total)))
    return facts


def _rollback_facts(
    session: SessionView, found: Sequence[PointsPreview], prediction: Prediction
) -> list[Fact]:
    """What the ledgers come to where that is certain, and what the answer has to say of points, discounts and codes."""
    facts = points_facts(session, found)
    certain = {fact.about for fact in facts}
    for each in found:
        about = (str(each.purse.program_id), each.purse.subledger)
        if about not in certain or each.before is None or each.after is None:
            continue
        had, has = dict(each.before.figures()), dict(each.after.figures())
        taken = sum((had.get(name, ZERO) - has.get(name, ZERO) for name in _HELD), ZERO)
        owed = has.get("negative", ZERO) - had.get("negative", ZERO)
        moved = (("effect.points_taken_back", taken), ("effect.points_owed", owed))
        facts += [Fact(topic, about, amount(value)) for topic, value in moved if value]
    back = [each.effect for each in prediction.rolled_back]
    discounts = [
        each.number("value") or ZERO for each in back if (each.effect_type or "").startswith("setDiscount")
    ]
    if discounts:
        facts.append(Fact("effect.discount_taken_back", (), amount(sum(discounts, ZERO))))
    codes = [each.text("value") or "" for each in back if each.effect_type == "acceptCoupon"]
    return [
        *facts,
        *(Fact("effect.coupon_given_back", (code,), codes.count(code)) for code in dict.fromkeys(codes)),
    ]


_HELD = ("active", "pending", "expired")
