""" "They expired unfairly": what expired, the balance around it, what was added by hand since, and the hand-off."""

from dataclasses import replace
from zoneinfo import available_timezones

import streamlit as st

from desk.insight.expired import Expired, amount_of, expired
from desk.insight.history import Ledger
from desk.insight.points import Points
from desk.ui import expired_words, tables
from desk.ui.current import Desk, here
from desk.ui.escape import in_key, md
from desk.ui.formats import Formats
from desk.ui.place import go
from desk.ui.session_view import SESSION
from desk.ui.strip import nothing, panel, reply
from desk.ui.words import Tone

COLUMNS = [
    tables.Column("Expired on", "moment"),
    tables.Column("Expired", "points"),
    tables.Column("Of", "points", "What was awarded."),
    tables.Column("Earned on", "moment"),
    tables.Column("Order", "link"),
    tables.Column("Balance the day before", "points", "What could be spent when the day before ended."),
    tables.Column("Balance that day", "points", "What could be spent when the day ended."),
]


def section(desk: Desk, points: Points, ledger: Ledger, session: str = "", *, open_: bool = False) -> None:
    """What expired of a ledger, or of one order's points in it; nothing where nothing did."""
    key = f"expired-{in_key(points.program_id, points.holder, ledger.subledger)}"
    program = desk.application.program(points.program_id).time_zone
    zone = st.session_state.get(f"{key}-zone") or program or desk.application.time_zone
    formats = replace(desk.formats, zone=zone)
    found = expired(points, ledger, formats.tz, session) if session else None
    amount = found.amount if found else amount_of(ledger)
    if not amount:
        return
    title = f"“They expired unfairly”: {formats.points_named(amount)}, and what to hand over"
    fold = st.expander(title, expanded=open_, key=key, on_change="rerun", icon=":material/event_busy:")
    if not fold.open:
        return
    found = found or expired(points, ledger, formats.tz)
    with fold:
        _choose_zone(key, zone)
        _table(desk, found, formats, key)
        _guard(found, formats, key)
        text = expired_words.hand_off(points, found, desk.application, formats)
        reply(text, "Hand-off: points are added in Campaign Manager only")


def _choose_zone(key: str, zone: str) -> None:
    """The customer's zone: no answer of the API tells it, so that it is the program's until somebody says."""
    zones = sorted({*available_timezones(), zone})
    st.selectbox(
        "The customer's time zone",
        zones,
        index=zones.index(zone),
        key=f"{key}-zone",
        width=320,
        help="All days and times here are in it.",
    )


def _table(desk: Desk, found: Expired, formats: Formats, key: str) -> None:
    entries = [(day, lot) for day in found.days for lot in day.lots]
    tables.show(
        COLUMNS,
        [
            (
                lot.at,
                lot.amount,
                lot.lot.awarded,
                lot.lot.row.created,
                lot.lot.row.session,
                day.before,
                day.after,
            )
            for day, lot in entries
        ],
        formats,
        key=f"{key}-table",
        alt="Awards that expired, with the balance before and after",
        one="award",
        on_open=lambda row: _open(entries[row][1].lot.row.session),
    )


def _open(session: str) -> None:
    if session:
        go(SESSION, here().of_session(session))


def _guard(found: Expired, formats: Formats, key: str) -> None:
    """What was added by hand: since the expiry it may already make up for it."""
    if found.since:
        panel(
            "Points were added by hand, or imported, since",
            "Check that this was not for the same loss before more is added.",
            Tone.PENDING,
            key=f"{key}-guard",
        )
    else:
        nothing("Nothing was added by hand since these points expired.", key=f"{key}-guard")
    earlier = len(found.by_hand) - len(found.since)
    lines = [f"- {md(line)}" for line in expired_words.added_lines(found.since, formats)]
    if lines:
        st.markdown("\n".join(lines))
    if earlier:
        st.caption(f"{formats.count(earlier, 'row')} added by hand or imported before these expired.")
