"""Taking the audit trail along as a file, and checking its chain, against the seal of an earlier file too."""

from collections.abc import Iterator

import streamlit as st

from desk.guard.audit_rows import AuditRow, Filter, Head
from desk.guard.export import Cell, csv
from desk.guard.masking import Masking
from desk.guard.trail import Exported, Trail
from desk.ui.audit_detail import detail_of
from desk.ui.current import Desk
from desk.ui.escape import md
from desk.ui.strip import copyable, panel
from desk.ui.words import Tone
from desk.ui.words import trail as words

COLUMNS = (
    *("Row", "Time", "Who", "Role", "Application", "Operation", "Outcome", "Kind", "Id"),
    *("Reason code", "Reason", "Ticket", "Receipt", "Details", "Subject", "Seal"),
)
MOST = 20
"""Problems that are listed."""


def export(desk: Desk, trail: Trail, wanted: Filter, total: int) -> None:
    """All rows of the filter, on every page of it. The last line is the record of this very export: its seal is the
    head of the whole chain at that moment."""
    application, masking = desk.application, desk.masking
    mark = desk.mark.title if application.demo or not application.live else None

    def made() -> bytes:
        """Runs when somebody clicks: an export is written down before it is handed out."""
        return csv(COLUMNS, lines(trail.export(application.name, wanted), masking), mark=mark)

    st.download_button(
        f"Save {desk.formats.count(total, 'row')} as CSV",
        made,
        file_name="audit-trail.csv",
        mime="text/csv",
        key="audit-csv",
        icon=":material/download:",
        on_click="ignore",
    )


def lines(exported: Exported, masking: Masking) -> Iterator[tuple[Cell, ...]]:
    """The file, newest first, and the head last."""
    for row in (*exported.rows, exported.own):
        yield _line(row, masking)


def _line(row: AuditRow, masking: Masking) -> tuple[Cell, ...]:
    detail = detail_of(row, masking)
    gone = f"erased {row.blanked.isoformat()}" if row.blanked else "deleted"
    return (
        row.sequence,
        row.time,
        row.actor,
        row.role,
        row.application,
        row.operation,
        row.outcome,
        detail.kind,
        detail.id,
        detail.code,
        detail.reason,
        detail.ticket,
        row.change_id,
        detail.text if detail.there else gone,
        row.subject,
        str(row.head),
    )


def check(desk: Desk, trail: Trail) -> None:
    """The form, what was found, and what that proves and does not."""
    st.subheader("Check the trail", anchor=False)
    with (
        st.form("audit-check", border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        pasted = st.text_input(
            "Seal of an earlier export (optional)",
            key="audit-seal",
            placeholder="the last cell of the file's last line",
            max_chars=200,
            autocomplete="off",
        )
        sent = st.form_submit_button("Check every row", icon=":material/verified_user:")
    if sent:
        _checked(desk, trail, (pasted or "").strip())
    with st.expander("What this proves, and what not"):
        st.markdown(md(words.PROVES))
        st.markdown(md(words.PROVES_NOT))


def _checked(desk: Desk, trail: Trail, pasted: str) -> None:
    try:
        head = Head.parse(pasted) if pasted else None
    except ValueError:
        panel(
            "This is no seal",
            "A seal is a row number, a colon and 64 digits and letters, as in the last cell of an export's last line. "
            "Nothing was checked.",
            Tone.NEGATIVE,
            key="audit-no-seal",
        )
        return
    with st.spinner("Checking every row", show_time=True):
        found = trail.verify(head)
    said = words.checked(found, desk.formats, against=head is not None)
    panel(said.text, said.detail, said.tone, key="audit-checked")
    for sequence, what in found.problems[:MOST]:
        st.markdown(f"- {md(words.problem(sequence, what, desk.formats))}")
    if len(found.problems) > MOST:
        st.caption(md(f"and {desk.formats.count(len(found.problems) - MOST)} more"))
    if found.intact and found.rows:
        copyable(str(found.head), "Its seal now: keep it outside this desk to check against later")
