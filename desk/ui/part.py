"""Parts of a page that run again by themselves: a choice within one redraws it, and leaves the rest as it stands."""

from collections.abc import Callable

import streamlit as st

from desk.guard import SignInEnded
from desk.ui.current import Desk


def part(desk: Desk, draw: Callable[[], None]) -> None:
    """Draws a part of the page now, and alone whenever something in it is chosen. What it shows was read when the page
    was: `draw` keeps it. Once the sign-in has ended, or is another's, the whole page runs instead, which says so."""
    drawn = False

    @st.fragment
    def run() -> None:
        nonlocal drawn
        if drawn and not _holds(desk):
            st.rerun()
        drawn = True
        draw()

    run()


def _holds(desk: Desk) -> bool:
    """Whether this is still the person for whom the page was drawn. Counts as activity."""
    if not desk.process.settings.auth:
        return True
    try:
        return desk.process.guard.sign_ins.enter(st.user.to_dict()) == desk.actor
    except SignInEnded:
        return False
