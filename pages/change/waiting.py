"""Changes above somebody's limit: the supervisor sees each anew and confirms or declines; others see their own."""

import streamlit as st

from desk.guard import GuardError, Role, State, Waiting
from desk.ui import session_told, tables, waiting_view
from desk.ui.changing import Offer, begun, offer, outcomes
from desk.ui.confirm import Answers
from desk.ui.current import Desk, current, here
from desk.ui.place import Place, go, link
from desk.ui.receipt_view import RECEIPT
from desk.ui.strip import answer, copyable, nothing, panel
from desk.ui.words import Tone, waiting

KEY = "waiting"
SESSION = "pages/thing/session.py"


def page() -> None:
    """One by its link, else the list."""
    desk, wanted = current(), here().plan
    if wanted:
        _one(desk, wanted)
    else:
        _all(desk)


def _all(desk: Desk) -> None:
    found = desk.guard.all_waiting(desk.application.name, desk.actor)
    open_ = sum(each.state is State.WAITING for each in found)
    whose = "" if desk.actor.role is Role.SUPERVISOR else " of yours"
    answer(f"{desk.formats.count(open_, 'change')}{whose} wait{'s' if open_ == 1 else ''} for a supervisor")
    if not found:
        nothing(
            "What is above somebody's limit waits here until a supervisor confirms or declines it.", key=KEY
        )
        return
    tables.show(
        [
            tables.Column("Change", "link"),
            tables.Column("State", "badge"),
            tables.Column("Asked by"),
            tables.Column("When", "moment"),
        ],
        [(waiting_view.title(each), waiting(each.state.value), each.actor, each.asked) for each in found],
        desk.formats,
        key="waiting-list",
        alt="Changes that wait, or waited, for a supervisor",
        one="change",
        on_open=lambda row: go(
            waiting_view.PAGE, Place(application=desk.application.name, plan=found[row].plan_id)
        ),
    )


def _one(desk: Desk, plan_id: str) -> None:
    try:
        found = desk.guard.waiting(plan_id, desk.actor)
        change = desk.guard.change(plan_id)
    except GuardError as error:
        answer("Nothing waits under this link", str(error))
        return
    if found.application != desk.application.name:
        go(waiting_view.PAGE, Place(application=found.application, plan=plan_id))
    state = waiting(found.state.value)
    mine, open_ = found.asked_by(desk.actor), found.state is State.WAITING
    detail = f"Nothing was sent. {waiting_view.WHAT_NEXT}" if mine and open_ else state.detail
    answer(f"{waiting_view.title(found)}: {state.text[:1].lower()}{state.text[1:]}", detail, state.tone)
    told, items = session_told.told(desk, change, fresh=open_ and not mine) or (None, "")
    waiting_view.facts(desk, found, items)
    if found.target.kind == "session" and found.target.id:
        link(SESSION, "Open the session", Place(application=found.application, session=found.target.id))
    if not open_:
        outcomes(desk, KEY, names=told.names if told else None, after=told.after if told else None)
        if found.change_id and not begun(KEY):
            link(RECEIPT, "Open the receipt", Place(application=found.application, receipt=found.change_id))
        return
    if mine:
        copyable(waiting_view.link_of(found), "Link for a supervisor")
        _decline(desk, found, "Withdraw", "Why (optional)")
        return
    why_not = found.why_not(desk.actor)
    if why_not:
        st.caption(why_not)
        return
    it = Offer(
        KEY,
        "Look at it as it is now",
        "Confirm it",
        change,
        title=waiting_view.title(found),
        dismiss="Not now",
        renews=plan_id,
        given=Answers(found.reason, found.ticket, found.reason_code),
    )
    offer(desk, told.on(it) if told else it)
    if not begun(KEY):
        _decline(desk, found, "Decline", "Why not (whoever asked reads it)")


def _decline(desk: Desk, found: Waiting, label: str, why: str) -> None:
    with st.form("waiting-decline", border=False):
        note = st.text_input(why, key="desk-waiting-note", max_chars=500, width=560)
        sent = st.form_submit_button(label)
    if not sent:
        return
    problem = waiting_view.decide(desk, found, note or "")
    if problem:
        panel("Nothing was decided", problem, Tone.NEGATIVE, key="waiting-declined")
        return
    st.rerun()


page()
