"""Small tables that are read as a whole, such as before and after in a dialog: plain HTML, so that text wraps."""

from collections.abc import Sequence

import streamlit as st

from desk.ui.escape import md


def small_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, alt: str) -> None:
    """The rows as they are; cells are shown as text, whatever they hold. Nothing where there are no rows."""
    if not rows:
        return
    data = {md(name): [md(row[number]) for row in rows] for number, name in enumerate(columns)}
    st.table(data, border="horizontal", hide_index=True, alt=alt)
