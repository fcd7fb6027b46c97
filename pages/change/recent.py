"""Changes made at this desk, newest first, and those whose outcome is still open."""

import streamlit as st

from desk.guard import Receipt
from desk.ui import receipt_view, tables
from desk.ui.current import Desk, current
from desk.ui.place import Place, go
from desk.ui.strip import answer, nothing
from desk.ui.words import Words, outcome

MOST = 100


def page() -> None:
    """What is open first, then everything."""
    desk = current()
    open_ = desk.guard.open(desk.application.name)
    recent = desk.guard.recent(desk.application.name, limit=MOST)
    answer(_headline(len(open_), len(recent)))
    if open_:
        st.subheader("Outcome not known", anchor=False)
        _table(desk, open_, "open")
    if recent:
        st.subheader("All changes", anchor=False)
        _table(desk, recent, "recent")
    else:
        nothing("Changes appear here as soon as somebody confirms one.", key="changes")


def _headline(open_: int, all_: int) -> str:
    if open_:
        return "1 change needs a look" if open_ == 1 else f"{open_} changes need a look"
    return "Every change is settled" if all_ else "No changes have been made yet"


def _table(desk: Desk, receipts: list[Receipt], key: str) -> None:
    def said(receipt: Receipt) -> Words:
        return outcome(receipt.words)

    tables.show(
        [
            tables.Column("Change", "link"),
            tables.Column("Of"),
            tables.Column("Customer"),
            tables.Column("Outcome", "badge"),
            tables.Column("By"),
            tables.Column("When", "moment"),
        ],
        [
            (
                receipt_view.title(each),
                f"{each.target.kind} {each.target.id or '(data erased)'}",
                receipt_view.customers(each),
                said(each),
                f"{each.actor} ({each.role.value})",
                each.confirmed,
            )
            for each in receipts
        ],
        desk.formats,
        key=f"changes-{key}",
        alt="Changes made at this desk",
        one="change",
        complete=len(receipts) < MOST,
        on_open=lambda row: go(
            receipt_view.RECEIPT, Place(application=desk.application.name, receipt=receipts[row].id)
        ),
    )


page()
