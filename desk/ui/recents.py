"""What was opened lately in this tab: ids only, never names, and only while the tab lives."""

import streamlit as st

from desk.ui.escape import md, short
from desk.ui.place import Place, link

SLOT = "desk-recents"
MOST = 8


def remember(kind: str, id_: str, application: str) -> None:
    """Puts an id on top of the list."""
    entry = (kind, id_, application)
    known: list[tuple[str, str, str]] = st.session_state.get(SLOT, [])
    st.session_state[SLOT] = [entry, *(each for each in known if each != entry)][:MOST]


def show(application: str) -> None:
    """The list, as links to Find; nothing when it is empty."""
    known = [each for each in st.session_state.get(SLOT, []) if each[2] == application]
    if not known:
        return
    st.caption("Opened lately in this tab")
    for kind, id_, _ in known:
        link(
            "pages/start/find.py",
            f"{md(short(id_))} :small[:gray[{kind}]]",
            Place(application=application, find=id_),
        )
