"""What this cart would get today: a dry run under an id that no session has, compared with what the session got."""

import uuid

import streamlit as st

from desk.insight.effects import ChangeKind, Difference
from desk.insight.replay import Today, what_would_it_get_today
from desk.insight.sessions import SessionView
from desk.lookup import Found
from desk.ui import session_view
from desk.ui.current import Desk
from desk.ui.escape import md, short
from desk.ui.small import small_table
from desk.ui.strip import panel, trouble
from desk.ui.words import Tone
from desk.ui.words import sessions as words
from desk.ui.words import trouble as words_for
from talon_client.models import RuleFailureReason

SLOT = "desk-session-today"
NAMES = {
    ChangeKind.POINTS: "Points earned",
    ChangeKind.SPENT: "Points spent",
    ChangeKind.DISCOUNT: "Discount",
    ChangeKind.COUPON: "Coupon",
    ChangeKind.REFERRAL: "Referral",
    ChangeKind.GIVEAWAY: "Giveaway",
    ChangeKind.FREE_ITEM: "Free item",
    ChangeKind.ACHIEVEMENT: "Progress of",
}


def today(desk: Desk, session: SessionView) -> None:
    """Asked only when the button is pressed, and only where the role may ask."""
    st.subheader("What would this cart get today?", anchor=False)
    if not desk.may_dry_run:
        st.caption("This question is asked by a dry run, which your role may not make.")
        return
    st.markdown("The same cart, customer and codes, tried on today's rules. Nothing is kept, no points move.")
    if st.button("Try it on today's rules", key="today"):
        fresh = f"desk-trial-{uuid.uuid4()}"
        found = desk.find_out("Trying today's rules", lambda: what_would_it_get_today(session, fresh))
        st.session_state[SLOT] = (_mark(desk, session), found)
    kept: tuple[object, Found[Today]] | None = st.session_state.get(SLOT)
    if kept is not None and kept[0] == _mark(desk, session):
        _finding(desk, session, kept[1])


def _mark(desk: Desk, session: SessionView) -> object:
    """What the finding is about: a session that was changed since has another one."""
    return (desk.application.name, session.id, session.state, session.updated)


def _finding(desk: Desk, session: SessionView, found: Found[Today]) -> None:
    result = found.finding
    if result.error is not None:
        trouble(words_for(result.error, "what this cart would get"), key="today", retry=False)
        return
    if not result.asked:
        panel("This cart cannot be tried", result.why_not, Tone.PENDING, key="today")
        return
    changed = [each for each in result.differences if each.change]
    text = (
        "Today's rules would give this cart the same"
        if not changed
        else "Today's rules would give it something else"
    )
    rules = "Rules, budgets and the customer change: this is not what the order should have got."
    if result.after_returns:
        rules += " It is the whole cart as ordered, without the returns."
    panel(f"{text}.", rules, Tone.PLAIN, key="today")
    rows = [_row(desk, each) for each in sorted(result.differences, key=lambda each: not each.change)]
    small_table(
        ["", "It has now" if session.state == "open" else "It got", "Today's rules", "Difference"],
        rows,
        alt="What it got, and what today's rules give",
    )
    session_view.refused(desk, result.refusals)
    _failures(result.failures)
    st.caption(md(f"Tried at {desk.formats.moment(found.as_of, seconds=True)}."))


def _row(desk: Desk, each: Difference) -> tuple[str, str, str, str]:
    formats = desk.formats
    money = each.kind is ChangeKind.DISCOUNT
    about = words.ledger(each.purse, desk.application) if each.purse else short(each.about)
    name = f"{NAMES[each.kind]} {about}" if each.kind in NAMES else about
    if each.purse:
        name = f"{NAMES[each.kind]}, {about}"

    if each.kind in (ChangeKind.COUPON, ChangeKind.REFERRAL):
        said = ("accepted" if each.before else "no", "accepted" if each.after else "no")
        return (name, *said, "same" if said[0] == said[1] else "new" if each.after else "no longer")
    write = formats.money if money else formats.points
    change = formats.money_change(each.change) if money else formats.change(each.change)
    return (name, write(each.before), write(each.after), change if each.change else "same")


def _failures(failures: tuple[RuleFailureReason, ...]) -> None:
    """Rules that gave nothing, by campaign, with the API's own reason."""
    if not failures:
        return
    with st.expander(f"Rules that gave nothing ({len(failures)})"):
        lines = []
        for each in failures:
            code = each.coupon_value or each.referral_value
            about = f" for {short(code)}" if code else ""
            where = f"“{each.rule_name or 'a rule'}” of {each.campaign_name or f'campaign {each.campaign_id}'}{about}"
            lines.append(f"- {md(where)}: {md(each.details or 'no reason given')}")
        st.markdown("\n".join(lines))
