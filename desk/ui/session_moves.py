"""What can be done with a session: return items, reopen, cancel; explained side by side, previewed, confirmed."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import streamlit as st

from desk.guard import CancelSession, Change, Fact, Preview, ReopenSession, ReturnedItem, ReturnItems
from desk.guard.wire import amount
from desk.insight.balances import ZERO
from desk.insight.cancelling import points_of_cancel, predict_cancel
from desk.insight.reopening import Prediction, predict_reopen
from desk.insight.returning import PointsPreview, ReturnItem, TierRisk, check_items, preview_return
from desk.insight.sessions import How, Line, SessionView
from desk.insight.sessions import session as read_session
from desk.ui import reopen_view
from desk.ui.changing import Offer, begun, offer
from desk.ui.current import Desk
from desk.ui.escape import md, short
from desk.ui.preview_view import Reckoning
from desk.ui.session_view import mark_of
from desk.ui.words import Names
from desk.ui.words import sessions as words

FEW = 12
"""Lines that are offered at once; of more, those that came back are chosen first."""


def returns(desk: Desk, session: SessionView, now: datetime) -> None:
    """Pick what came back, see what that does, confirm."""
    move = session.move(How.RETURN)
    if not (move.allowed and desk.may_write) and not begun("return"):
        return
    st.subheader("Return items", anchor=False)
    items = _picked(session) if move.allowed else []
    count = sum(item.quantity for item in items)
    problem = (check_items(session, items) if items else "") if move.allowed else move.why
    what = f"Return {desk.formats.count(count, 'item')}"
    offer(
        desk,
        Offer(
            key="return",
            label=f"{what} …" if items else "Return items …",
            button=what,
            title=f"{what} of {short(session.id, 40)}",
            change=_return(session, items) if items and not problem else None,
            blocked=problem or ("" if items else "Choose how many of each item came back."),
            names=words.names_of(desk.application, session),
            reckon=lambda change: _reckon(desk, session, change, now),
        ),
    )


def _return(session: SessionView, items: Iterable[ReturnItem]) -> ReturnItems:
    return ReturnItems(
        session_id=session.id,
        items=tuple(ReturnedItem(position=each.position, quantity=each.quantity) for each in items),
    )


def _picked(session: SessionView) -> list[ReturnItem]:
    """The quantities that were chosen. What came back already cannot be chosen; the write path checks again."""
    mark = mark_of(session.id)
    left = [line for line in session.lines if line.remaining]
    if len(left) > FEW:
        left = st.multiselect(
            "Which items came back?",
            left,
            format_func=lambda line: f"{short(line.name or line.sku)} ({line.remaining} left)",
            key=f"return-lines-{mark}",
            persist_state="session",
        )
    keys = {_key(mark, line): line.remaining for line in left}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [(line, _quantity(line, _key(mark, line))) for line in left]
        if sum(keys.values()) > 1:
            st.button(
                "Choose all that is left",
                key=f"return-all-{mark}",
                type="tertiary",
                on_click=_choose_all,
                args=(keys,),
            )
    return [ReturnItem(line.position, quantity) for line, quantity in chosen if quantity]


def _quantity(line: Line, key: str) -> int:
    with st.container(width=260, gap="xsmall"):
        st.markdown(f"{md(short(line.name or line.sku, 40))} :small[:gray[{line.remaining} left]]")
        found = st.number_input(
            _spoken(f"How many of {line.name or line.sku} came back, {line.remaining} left"),
            min_value=0,
            max_value=line.remaining,
            value="min",
            step=1,
            key=key,
            persist_state="session",
            label_visibility="collapsed",
        )
    return int(found or 0)


def _spoken(text: str) -> str:
    """A label for screen readers: they are given it as it stands, escapes and all, so that what would need escapes
    is left out."""
    return re.sub(r"[^\w .,()+&-]", " ", text)


def _key(mark: str, line: Line) -> str:
    """Another one after a return, so that what was chosen for it is not chosen again."""
    return f"return-{mark}-{line.position}-{line.returned}"


def _choose_all(keys: Mapping[str, int]) -> None:
    for key, remaining in keys.items():
        st.session_state[key] = remaining


def _reckon(desk: Desk, session: SessionView, change: Change, now: datetime) -> Reckoning:
    """How the points of each ledger divide afterwards, as far as that is certain, and what it means for tiers.

    Of the change that was begun: what is chosen on the page may be something else by now.
    """
    assert isinstance(change, ReturnItems)
    items = [ReturnItem(each.position, each.quantity) for each in change.items]
    if check_items(session, items):
        return Reckoning()  # the preview says why it cannot be done
    found = desk.find_out(
        "Working out the points", lambda: preview_return(session, items, now=now), fresh=True
    ).finding
    notes = [words.owed(each, desk.application, desk.formats) for each in found.points if each.turns_negative]
    notes += [
        words.tier(each, desk.application, desk.formats)
        for each in found.points
        if each.risk is not TierRisk.NONE
    ]
    known = found.error is None and all(each.after is not None for each in found.points)
    return Reckoning(
        points_facts(session, found.points), notes, ("tier_at_risk", "negative_balance") if known else ()
    )


class Told(NamedTuple):
    """What a return looks like to somebody who did not choose its items: what came back, the names of programs and
    lines, and the reckoning of the points."""

    items: str
    names: Names
    reckon: Callable[[Change], Reckoning]


def told(desk: Desk, change: Change) -> Told | None:
    """The same for a return that waits; None for other changes, and where the session cannot be read."""
    if not isinstance(change, ReturnItems):
        return None
    found = desk.find_out("Reading the session", lambda: read_session(change.session_id))
    view = found.finding
    if not view.found:
        return None
    names = words.names_of(desk.application, view)
    called = {
        each.position: names.items.get(each.position) or f"line {each.position + 1}" for each in change.items
    }
    items = "; ".join(
        f"{desk.formats.count(each.quantity)} × {short(called[each.position], 60)}" for each in change.items
    )
    return Told(items, names, lambda meant: _reckon(desk, view, meant, found.as_of))


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


def reopen(desk: Desk, session: SessionView, now: datetime) -> None:
    """What reopening is predicted to do, before the click and in the dialog; the receipt checks it."""
    move = session.move(How.REOPEN)
    if not (move.allowed and desk.may_write) and not begun("reopen"):
        return
    st.subheader("Reopen it", anchor=False)
    policies = {each.id: each.return_policy for each in desk.application.programs}
    prediction = predict_reopen(session, policies=policies, now=now)
    names = words.names_of(desk.application, session)
    if move.allowed:
        reopen_view.lists(desk, prediction, names)
    offer(
        desk,
        Offer(
            key="reopen",
            label="Reopen the session …",
            button=f"Reopen {short(session.id, 40)}",
            change=ReopenSession(session_id=session.id) if move.allowed else None,
            blocked="" if move.allowed else move.why,
            primary=False,
            explain=lambda preview: reopen_view.lists(desk, prediction, names, side_by_side=False),
            shown=reopen_view.to_json(prediction, names),
            after=lambda receipt: reopen_view.checked(desk, receipt),
        ),
    )


def cancel(desk: Desk, session: SessionView, now: datetime) -> None:
    """Ends the session for good: what that is predicted to do, in the dialog; the receipt checks it."""
    move = session.move(How.CANCEL)
    if not (move.allowed and desk.may_write) and not begun("cancel"):
        return
    st.subheader("Cancel it", anchor=False)
    st.markdown(md(f"{move.why} It cannot be undone." if move.allowed else move.why))
    policies = {each.id: each.return_policy for each in desk.application.programs}
    prediction = predict_cancel(session, policies, now=now)
    names = words.names_of(desk.application, session)

    def reckon(change: Change) -> Reckoning:
        found = desk.find_out(
            "Working out the points", lambda: points_of_cancel(session, policies, now=now), fresh=True
        ).finding
        notes = [words.owed(each, desk.application, desk.formats) for each in found if each.turns_negative]
        return Reckoning(_cancel_facts(session, found, prediction), notes)

    def explain(preview: Preview) -> None:
        if session.state != "open":
            reopen_view.lists(desk, prediction, names, side_by_side=False)
        _final(session)

    offer(
        desk,
        Offer(
            key="cancel",
            label="Cancel the session …",
            button=f"Cancel {short(session.id, 40)} for good",
            change=CancelSession(session_id=session.id) if move.allowed else None,
            blocked="" if move.allowed else move.why,
            primary=False,
            explain=explain,
            reckon=reckon,
            shown=None if session.state == "open" else reopen_view.to_json(prediction, names),
            after=lambda receipt: reopen_view.checked(desk, receipt),
            dismiss="Keep the session",
        ),
    )


def _cancel_facts(session: SessionView, found: Sequence[PointsPreview], prediction: Prediction) -> list[Fact]:
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


def _final(session: SessionView) -> None:
    if session.state == "open":
        st.markdown("Nothing was kept yet, so nothing is rolled back.")
    else:
        st.markdown(
            "The figures leave out points that have expired, and those that may have once given back."
        )
    st.markdown("**A cancelled session stays cancelled.**")
