"""Sessions of one customer: those that the ledgers name, newest first, and a way to open any other one."""

from datetime import UTC, datetime

import streamlit as st

from desk.insight.customer import Customer
from desk.insight.known_sessions import KnownSession, KnownSessions, known_sessions
from desk.ui import customer_view, session_view, tables
from desk.ui.asked import asked
from desk.ui.choosing import pressed
from desk.ui.current import Desk, current, here
from desk.ui.place import go
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, nothing
from desk.ui.words import Tone, Words, session_state
from desk.ui.words import sessions as words


def page() -> None:
    """The answer, the table, what stays invisible, and the box for any other id."""
    desk = current()
    opened = customer_view.opened(desk)
    if opened is None:
        return
    customer = opened.finding
    programs = list(dict.fromkeys(each.id for each in customer.programs))
    cards = [(each.program_id, each.identifier) for each in customer.cards]
    fresh = customer_view.refreshed() or pressed(*retried("orders-unread"))
    read = desk.find_out(
        "Sessions",
        lambda: known_sessions(customer.integration_id, programs, cards, now=datetime.now(UTC)),
        fresh=fresh,
    )
    answer(_headline(read.finding, customer))
    unread(read.finding.unread, key="orders-unread")
    if read.finding.entries:
        _table(desk, customer, read.finding)
    else:
        nothing("No ledger row of this customer names a session.", key="orders")
    st.caption(
        "Known from points: this API cannot list sessions, so an order that moved no points is not here. Open it by "
        "its id. States are read for the newest ten only."
    )
    st.subheader("Open another session of this customer", anchor=False)
    session_view.other_session(desk, "orders")
    asked(desk, (*opened.requests, *read.requests))


def _headline(found: KnownSessions, customer: Customer) -> str:
    mine = [id_ for id_ in found.ids if not _others(found, id_, customer.integration_id)]
    if not mine:
        return "No session is known for this customer"
    return (
        "1 session is known from points" if len(mine) == 1 else f"{len(mine)} sessions are known from points"
    )


def _others(found: KnownSessions, session_id: str, customer_id: str) -> bool:
    """Whether the session is known to be another holder's of a shared card."""
    views = [each.view for each in found.entries if each.id == session_id and each.view]
    return any(view.profile_id not in ("", customer_id) for view in views)


def _table(desk: Desk, customer: Customer, found: KnownSessions) -> None:
    several = len(found.purses) > 1
    columns = [
        tables.Column("Session", "link"),
        tables.Column("State", "badge"),
        tables.Column("Last points", "moment"),
        tables.Column("Earned", "points"),
        tables.Column("Spent", "points"),
        tables.Column("Undone", "change", "Earned points taken back, and spent points given back"),
        *((tables.Column("Ledger"),) if several else ()),
    ]
    tables.show(
        columns,
        [_row(desk, each, customer.integration_id, several) for each in found.entries],
        desk.formats,
        key="orders",
        alt="Sessions that this customer's ledgers name",
        on_open=lambda row: go(session_view.SESSION, here().of_session(found.entries[row].id)),
    )


def _row(desk: Desk, each: KnownSession, customer_id: str, several: bool) -> tables.Row:
    undone = each.given_back - each.taken_back
    whose = (
        ""
        if each.view is None or each.view.profile_id in ("", customer_id)
        else f", of {each.view.profile_id}"
    )
    state = session_state(each.state) if each.state else Words("Not read", "", Tone.PLAIN)
    ledger = (words.ledger(each.purse, desk.application) + whose,) if several else ()
    return (each.id, state, each.at, each.earned or None, each.spent or None, undone or None, *ledger)


page()
