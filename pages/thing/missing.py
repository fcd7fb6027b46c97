"""Missing points: what became of the points of one order, what proves it, and what to tell the customer."""

import streamlit as st

from desk.insight.missing_fates import Fate
from desk.insight.missing_verdict import Missing, Verdict
from desk.ui import expired_view, missing_view, missing_words
from desk.ui.asked import asked
from desk.ui.choosing import pressed
from desk.ui.current import Desk, current, here
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, copyable, customer_strip


def page() -> None:
    """Which order; the answer and what to do; the reply; what proves it; what expired; another order."""
    desk, place = current(), here()
    if not place.session:
        missing_view.none_open(desk, place)
        return
    fresh = pressed("missing-refresh", *retried("missing-unread"))
    try:
        found = missing_view.looked(desk, place, fresh=fresh)
    except ValueError as error:
        answer("This cannot be an order number", str(error))
        copyable(place.session, "What was asked for")
        missing_view.ask(desk, "again")
        return
    finding = found.finding
    formats = missing_words.zoned(finding, desk.application, desk.formats)
    customer_strip(place.session, desk.mark, found.as_of, formats, key="missing")
    missing_view.ways(place, finding)
    missing_view.verdict(desk, finding)
    missing_view.elsewhere(desk, place, finding)
    unread(finding.unread, key="missing-unread")
    missing_view.to_copy(desk, finding)
    missing_view.evidence(desk, finding)
    _expired(desk, finding)
    st.subheader("Another order", anchor=False)
    missing_view.ask(desk, "another")
    asked(desk, found.requests)


def _expired(desk: Desk, found: Missing) -> None:
    """The proof and the hand-off for whatever of the order's points expired."""
    for each in found.brought:
        held = found.ledger_of(each)
        if each.total(Fate.EXPIRED) and held is not None:
            first = found.verdict is Verdict.EXPIRED and each is found.main
            expired_view.section(desk, *held, found.session.id, open_=first)


page()
