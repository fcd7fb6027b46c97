"""The audit trail as people read it: a table, page by page, and one row with everything that is known of it."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from desk.guard import GuardError, Receipt, Role
from desk.guard.audit_rows import AuditRow
from desk.guard.trail import Trail
from desk.ui import tables
from desk.ui.audit_detail import Detail, detail_of
from desk.ui.audit_filters import Asked
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.place import Place, go, link, stay
from desk.ui.receipt_view import RECEIPT, WAITS, programs_of, reason_of, value_of
from desk.ui.small import small_table
from desk.ui.strip import copyable, nothing, panel
from desk.ui.waiting_view import over_text
from desk.ui.words import WAITING, facts
from desk.ui.words import trail as words

PAGE = 100
"""Rows at once."""
AUDIT = "pages/change/audit.py"
_PAGES = "audit-pages"
_PAGES_OF = {
    "profile": "pages/customer/overview.py",
    "session": "pages/thing/session.py",
    "coupon": "pages/thing/coupon.py",
}


def label_of(desk: Desk, name: str) -> str:
    """What an Application is called; empty for what belongs to none."""
    known = desk.process.settings.applications
    return next((each.label or each.name for each in known if each.name == name), name)


def table(desk: Desk, trail: Trail, asked: Asked, total: int) -> None:
    """One page of rows, and the way to the others."""
    befores = _befores(asked)
    rows = trail.rows(asked.wanted, before=befores[-1], limit=PAGE)
    several = len(desk.process.settings.applications) > 1
    tables.show(
        [
            tables.Column("When", "moment", seconds=True),
            tables.Column("What", "link"),
            tables.Column("About"),
            tables.Column("Outcome", "badge"),
            tables.Column("Who"),
            *((tables.Column("Application"),) if several else ()),
            tables.Column("Row", "count"),
        ],
        [_row(desk, each, several) for each in rows],
        desk.formats,
        key=f"audit-{befores[-1] or 'newest'}",
        alt="Audit trail, newest first",
        complete=total <= PAGE,
        rest=f"page {len(befores)} of {desk.formats.count(-(-total // PAGE))}, {desk.formats.count(total)} in all",
        height=560 if len(rows) > 15 else None,
        on_open=lambda number: go(AUDIT, replace(here(), row=rows[number].sequence)),
    )
    _paging(befores, rows, total)


def _row(desk: Desk, row: AuditRow, several: bool) -> tables.Row:
    detail = detail_of(row, desk.masking)
    gone = "" if detail.there else "erased" if row.blanked else "deleted"
    return (
        row.time,
        words.operation(row.operation).text,
        short(detail.about, 60) or gone,
        words.trail_outcome(row.outcome),
        f"{row.actor} ({row.role})",
        *((label_of(desk, row.application),) if several else ()),
        row.sequence,
    )


def _befores(asked: Asked) -> list[int | None]:
    """Where each page begins, up to the one that is open; another filter begins anew."""
    kept: tuple[tuple[object, ...], list[int | None]] | None = st.session_state.get(_PAGES)
    if kept is None or kept[0] != asked.mark:
        kept = (asked.mark, [None])
        st.session_state[_PAGES] = kept
    return kept[1]


def _paging(befores: list[int | None], rows: Sequence[AuditRow], total: int) -> None:
    if total <= PAGE:
        return
    with st.container(horizontal=True, gap="small"):
        st.button("Newer", key="audit-newer", disabled=len(befores) < 2, on_click=_newer, args=(befores,))
        older = rows[-1].sequence if rows and len(befores) * PAGE < total else None
        st.button("Older", key="audit-older", disabled=older is None, on_click=_older, args=(befores, older))


def _newer(befores: list[int | None]) -> None:
    if len(befores) > 1:
        befores.pop()


def _older(befores: list[int | None], before: int) -> None:
    """Once, however often it was clicked before the page changed."""
    if befores[-1] != before:
        befores.append(before)


def opened(desk: Desk, trail: Trail, sequence: int) -> None:
    """One row with its details, or that there is none for this person."""
    row = trail.row(sequence)
    with st.container(border=True, key="desk-audit-row"):
        if row is None:
            nothing(f"There is no row {desk.formats.count(sequence)} that you may see.", key="audit-no-row")
        else:
            _details(desk, row, detail_of(row, desk.masking))
        st.button("Close this row", key="audit-close", on_click=lambda: stay(replace(here(), row=0)))


def _details(desk: Desk, row: AuditRow, detail: Detail) -> None:
    said = words.operation(row.operation)
    st.subheader(md(f"Row {desk.formats.count(row.sequence)}: {said.text}"), anchor=False)
    outcome = words.trail_outcome(row.outcome)
    receipt = _receipt(desk, row.change_id) if row.change_id else None
    if detail.there and receipt is not None and not (detail.code or detail.reason or detail.ticket):
        # Said once, when it was confirmed; it is as true of what became of the change.
        detail = replace(detail, code=receipt.reason_code, reason=receipt.reason, ticket=receipt.ticket)
    reason = reason_of(desk, detail.code, detail.reason)
    over = over_text(desk, Role(row.role), detail.over, row.operation) if detail.over else ""
    lines = [
        ("Outcome", outcome.text),
        ("When", desk.formats.moment(row.time, seconds=True)),
        ("By", f"{row.actor} ({row.role})"),
        ("Application", label_of(desk, row.application) or "all of this desk"),
        *((("About", detail.about),) if detail.about else ()),
        *((("Above the limit", over),) if over else ()),
        *((("Asked by", detail.asked_by),) if detail.asked_by else ()),
        *((("Reason", reason),) if reason else ()),
        *((("Ticket", detail.ticket),) if detail.ticket else ()),
        *((name.capitalize(), text) for name, text in detail.rest if name not in ("request", "what")),
    ]
    st.markdown("  \n".join(f":gray[{md(name)}] {md(text)}" for name, text in lines))
    if not detail.there:
        _gone(desk, row)
    _links(desk, row, detail, receipt)
    if detail.before:
        small_table(["What was read before", "Value"], detail.before, alt="Before")
    if detail.after:
        programs = programs_of(desk)
        read = [
            (facts.label(topic, about, programs).text, value_of(desk, topic, about, value))
            for topic, about, value in detail.after
        ]
        small_table(["What was read afterwards", "Value"], read, alt="Afterwards")
    with st.expander("The row itself"):
        st.caption(md(f"Operation {row.operation}, outcome {row.outcome}. Attributes are masked."))
        if detail.there:
            st.json(dict(detail.raw), expanded=False)
        copyable(str(row.head), "Its seal: paste it under “Check the trail” to see whether it is still there")


def _gone(desk: Desk, row: AuditRow) -> None:
    if row.blanked:
        when = desk.formats.moment(row.blanked)
        panel(
            f"The details were erased on {when}", "What stands above is all that is left.", key="audit-gone"
        )
    else:
        panel(
            "The details were deleted",
            "As a rule for their age; the rows “Delete old details” say when. What stands above is all that is left.",
            key="audit-gone",
        )


def _links(desk: Desk, row: AuditRow, detail: Detail, receipt: Receipt | None) -> None:
    application = next(
        (each for each in desk.process.settings.applications if each.name == row.application), None
    )
    with st.container(horizontal=True):
        if receipt is not None:
            link(RECEIPT, "Open the receipt", Place(application=row.application, receipt=receipt.id))
        waited = detail.waited or (row.change_id if row.outcome in WAITING else "")
        if waited:
            link(WAITS, "Open what was asked for", Place(application=row.application, plan=waited))
        if application and detail.id and detail.kind in _PAGES_OF:
            link(_PAGES_OF[detail.kind], f"Open the {words.kind(detail.kind)}", _place(row, detail))
        ticket = application.ticket_link(detail.ticket) if application and detail.ticket else None
        if ticket:
            st.link_button("Open the ticket", ticket, type="tertiary", icon=":material/open_in_new:")


def _place(row: AuditRow, detail: Detail) -> Place:
    found = Place(application=row.application)
    if detail.kind == "profile":
        return found.of_customer(detail.id)
    return found.of_session(detail.id) if detail.kind == "session" else found.of_code(detail.id)


def _receipt(desk: Desk, change_id: str) -> Receipt | None:
    """A plan that was refused or never confirmed has none."""
    try:
        return desk.guard.receipt(change_id)
    except GuardError:
        return None
