"""Every movement of a ledger as a table with filters, pages and a file; and each award with what is left of it."""

import re
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from desk.guard.export import csv
from desk.guard.model import Target
from desk.insight.cancelled import NOT_LOOKED, Cancelled, cancelled
from desk.insight.history import Ledger
from desk.insight.ledger import Status
from desk.insight.moves import Moves
from desk.insight.points import Points
from desk.lookup import Found
from desk.ui import ledger_filters, ledger_rows, points_words, tables
from desk.ui.current import Desk, here
from desk.ui.escape import in_key, md
from desk.ui.formats import Formats
from desk.ui.part import part
from desk.ui.place import go
from desk.ui.strip import nothing
from desk.ui.theme import badge_md

SESSION = "pages/thing/session.py"
PAGE = 500
"""Rows that are shown at once: what a page can draw, and write in the Application's locale, without being felt."""


def cancelled_of(desk: Desk, ledger: Ledger) -> Found[Cancelled]:
    """Which of the newest orders are cancelled; they are read only where the rows do not come to the balance."""
    return desk.find_out("Orders", lambda: cancelled(ledger))


def rows(
    desk: Desk, points: Points, ledger: Ledger, zoned: Formats, name: str, gone: Cancelled = NOT_LOOKED
) -> None:
    """Every row with the balance after it, whether they explain the balance, filters, and the file: a part that runs
    again alone. `gone`: what `cancelled_of` found."""
    part(desk, lambda: _rows(desk, points, ledger, zoned, name, gone))


def _rows(desk: Desk, points: Points, ledger: Ledger, zoned: Formats, name: str, gone: Cancelled) -> None:
    st.subheader("Every movement", anchor=False)
    if not ledger.has_rows:
        nothing("The rows could not be read, so nothing can be said about them.", key="points-no-rows")
        return
    past = ledger.past()
    transactions = int(past.columns.transactions.sum())
    slot = f"points-{in_key(points.program_id, points.holder, ledger.subledger)}"
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        text, tone = points_words.explained(ledger.reconciliation, transactions)
        if text:
            st.markdown(badge_md(text, tone))
        kept = ledger_filters.filtered(past, zoned, slot) if past else past
        if kept:
            _download(desk, points, kept, name, zoned, len(kept) < len(past))
    _doubts(ledger, gone, zoned)
    _table(kept, past, zoned, ledger, slot, name)
    if len(past) > transactions:
        known = desk.formats.count(transactions, "row")
        guessed = desk.formats.count(len(past) - transactions)
        st.caption(
            f"{known} of the API, {guessed} worked out here: starts and expiries have no row of their own."
        )


def _table(kept: Moves, past: Moves, zoned: Formats, ledger: Ledger, slot: str, name: str) -> None:
    one = "row" if past.columns.transactions.all() else "step"
    of = len(past) if len(kept) < len(past) else 0
    if of and len(kept) > PAGE:
        st.caption(f"{zoned.count(len(kept))} of {zoned.count(of, one)} match the filters.")
    start = _page(len(kept), f"{slot}-page", zoned)
    newest = np.arange(len(kept))[::-1][start : start + PAGE]
    lines = list(kept.where(newest))
    tables.show(
        ledger_rows.COLUMNS,
        ledger_rows.rows_of(lines, zoned),
        zoned,
        key=f"points-rows-{ledger.subledger}",
        alt=f"Ledger of {name}: what happened, points, balance after",
        complete=len(lines) == len(kept),
        one=one,
        rest=_rest(start, len(lines), len(kept), zoned),
        of=of,
        height=_height(len(lines)),
        on_open=open_session([line.row.session for line in lines]),
    )


def _page(count: int, key: str, zoned: Formats) -> int:
    """Where the page that is chosen begins; nothing is shown where all fits on one."""
    if count <= PAGE:
        return 0
    pages = {
        start: f"{zoned.count(start + 1)} to {zoned.count(min(count, start + PAGE))}"
        for start in range(0, count, PAGE)
    }
    if st.session_state.get(key) not in pages:
        st.session_state[key] = 0
    chosen = st.selectbox(
        "Rows, newest first", list(pages), format_func=pages.__getitem__, key=key, width=260
    )
    return int(chosen)


def _rest(start: int, shown: int, count: int, zoned: Formats) -> str:
    first = zoned.count(start + 1)
    return f"{first} to {zoned.count(start + shown)} of all {zoned.count(count)}"


def _height(rows_: int) -> int | None:
    """A table that shows at most fifteen rows at once; shorter ones are as high as their rows."""
    return 560 if rows_ > 15 else None


def open_session(sessions: Sequence[str]) -> Callable[[int], None]:
    """Leads from a row to its order."""

    def leave(row: int) -> None:
        if sessions[row]:
            go(SESSION, here().of_session(sessions[row]))

    return leave


def _doubts(ledger: Ledger, gone: Cancelled, zoned: Formats) -> None:
    """The exact gap of each figure, and rows worth a look."""
    found = ledger.reconciliation
    if found is None:
        return
    for gap in found.gaps:
        st.markdown(f"- {md(points_words.gap_line(gap, zoned))}")
    for suspect in (*found.suspects, *([gone.suspect] if gone.suspect else [])):
        st.markdown(f"- {md(points_words.suspect_line(suspect, zoned))}")
    looked = points_words.looked_line(gone, zoned)
    if looked:
        st.caption(md(looked))


def _download(desk: Desk, points: Points, kept: Moves, name: str, zoned: Formats, part: bool) -> None:
    guard, actor, application = desk.guard, desk.actor, desk.application
    subject = Target("card" if points.card else "profile", points.holder)
    mark = desk.mark.title if application.demo or not application.live else None

    def made() -> bytes:
        """Runs when somebody clicks: an export is written down before it is handed out."""
        guard.exported(application.name, actor, f"ledger of {name}", len(kept), subject)
        return csv(ledger_rows.FILE_COLUMNS, ledger_rows.file_rows(reversed(kept), zoned), mark=mark)

    st.download_button(
        f"Save these {zoned.count(len(kept))} as CSV" if part else "Save as CSV",
        made,
        file_name=_file_name("points", points.holder, name),
        mime="text/csv",
        key="points-csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _file_name(*parts: str) -> str:
    """Letters, digits, dots and dashes only: ids hold slashes and worse."""
    return "-".join(re.sub(r"[^\w.-]+", "_", part)[:60].strip("._") or "x" for part in parts) + ".csv"


def lots(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """Each award with what is left of it, folded away: a part that runs again alone."""
    if ledger.lots:
        part(desk, lambda: _lots(desk, ledger, zoned))


def _lots(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    left = len(ledger.lots.there(Status.ACTIVE, Status.PENDING))
    title = f"Awards and what is left of them: {desk.formats.count(len(ledger.lots), 'award')}, {left} with points left"
    fold = st.expander(title, key="points-lots", on_change="rerun", icon=":material/inventory_2:")
    if not fold.open:
        return
    with fold:
        start = _page(len(ledger.lots), "points-lots-page", zoned)
        newest = list(ledger.lots.where(np.arange(len(ledger.lots))[::-1][start : start + PAGE]))
        tables.show(
            ledger_rows.LOT_COLUMNS,
            ledger_rows.lot_rows(newest, zoned),
            zoned,
            key="points-lots-table",
            alt="Awards with what is left of each",
            complete=len(newest) == len(ledger.lots),
            one="award",
            rest=_rest(start, len(newest), len(ledger.lots), zoned),
            height=_height(len(newest)),
            on_open=open_session([lot.row.session for lot in newest]),
        )
        st.caption("Which award a spend drew on is inferred: earliest expiry first, unlimited last.")
