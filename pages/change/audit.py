"""The audit trail: what was done at this desk, by whom, and whether the record of it is still whole."""

import streamlit as st

from desk.ui import audit_check, audit_filters, audit_view
from desk.ui.current import Desk, current, here
from desk.ui.strip import answer, nothing


def page() -> None:
    """How much there is, the filters, the row that is open, the table, then the file and the check."""
    desk = current()
    trail = desk.guard.trail(desk.actor)
    headline = st.container()
    asked = audit_filters.asked(desk, trail, trail.choices())
    total = trail.count(asked.wanted)
    with headline:
        answer(_headline(desk, total, asked.filtered, trail.own_only), _whose(trail.own_only))
    if here().row:
        audit_view.opened(desk, trail, here().row)
    if total:
        audit_view.table(desk, trail, asked, total)
        audit_check.export(desk, trail, asked.wanted, total)
    else:
        nothing("Nothing to show. Changes, refusals, files and revealed fields appear here.", key="audit")
    audit_check.check(desk, trail)


def _headline(desk: Desk, total: int, filtered: bool, own: bool) -> str:
    if not total:
        return "No row matches the filters" if filtered else "Nothing was written down yet"
    rows = f"{desk.formats.count(total, 'row')}{' of yours' if own else ''}"
    if not filtered:
        return f"{rows} in the audit trail"
    return f"{rows} {'matches' if total == 1 else 'match'} the filters"


def _whose(own: bool) -> str:
    return "You see what you did yourself; supervisors see what everybody did." if own else ""


page()
