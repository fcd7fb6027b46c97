"""One session: what it is, what it got, and returning, reopening or cancelling it."""

import streamlit as st

from desk.insight.sessions import SessionView, session
from desk.ui import changing, missing_view, session_moves, session_today, session_view, session_ways
from desk.ui.asked import asked
from desk.ui.current import Desk, current, here
from desk.ui.strip import answer, copyable, customer_strip, trouble
from desk.ui.words import trouble as words_for


def page() -> None:
    """Who and what, the answer, the cart, what it got, and what can be done."""
    desk, wanted = current(), here().session
    if not wanted:
        session_view.none_open(desk, st.query_params.get("session", ""))
        return
    try:
        found = desk.find_out("Reading the session", lambda: session(wanted))
    except ValueError as error:
        answer("This cannot be a session id", str(error))
        copyable(wanted, "What was asked for")
        session_view.other_session(desk, "open", wanted)
        return
    if customer_strip(wanted, desk.mark, found.as_of, desk.formats, key="session"):
        holders = [each.purse.card or each.purse.profile for each in found.finding.points]
        desk.lookup.forget([wanted, *holders])
        st.rerun()
    if not _known(desk, found.finding):
        return
    view = found.finding
    session_view.to_customer(desk, view)
    session_view.headline(desk, view)
    missing_view.button(here())
    session_view.cart(desk, view)
    session_view.effects(desk, view)
    session_moves.returns(desk, view, found.as_of)
    returned = session_view.earlier(desk, view)
    session_today.today(desk, view)
    session_ways.compared(desk, view)
    changing.yours(desk, "return", "reopen", "cancel")
    session_moves.reopen(desk, view, found.as_of)
    session_moves.cancel(desk, view, found.as_of)
    asked(desk, (*found.requests, *returned))


def _known(desk: Desk, view: SessionView) -> bool:
    if view.found is None:
        answer(
            "This session could not be looked up",
            "Nothing is known yet: neither that it exists nor that not.",
        )
    for each in view.unread:
        if trouble(words_for(each.error, "this session"), key="session"):
            st.rerun()
    if view.found is False:
        answer(
            "No such session here",
            f"The Application {desk.application.label} does not know it. Look for O and 0, capitals and the prefix; a "
            "live and a sandbox environment hold different sessions.",
        )
    if not view.found:
        changing.outcomes(desk, "return", "reopen", "cancel")
        session_view.other_session(desk, "open", view.id)
    return bool(view.found)


page()
