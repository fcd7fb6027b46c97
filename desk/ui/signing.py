"""Signing in and out: who sits here, the page for somebody who has to sign in, and coming back to the same place."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date

import streamlit as st

from desk.applications import Application
from desk.guard import Actor, Role, SignInEnded
from desk.ui.current import Process, cache_role
from desk.ui.escape import md
from desk.ui.place import Place, here
from desk.ui.strip import answer

ROLE = "desk-role"
NOBODY = "nobody signed in"
_DRAFTS = 200
_LONGEST = 20_000

# Constant text. After signing in the provider sends everybody to the front page; the tab remembers where it was.
REMEMBER = """<script>
sessionStorage.setItem("desk-return", location.pathname + location.search);
</script>"""
RETURN = """<script>
const to = sessionStorage.getItem("desk-return");
sessionStorage.removeItem("desk-return");
if (to && to.startsWith("/") && !to.startsWith("//") && to !== location.pathname + location.search) {
  location.replace(to);
}
</script>"""
FORGET = """<script>sessionStorage.removeItem("desk-return");</script>"""


class Drafts:
    """What people had typed when their sign-in ended, for when they are back at the same place. In memory, for a few
    people."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[Place, dict[str, object]]] = OrderedDict()

    def keep(self, name: str, place: Place, state: Mapping[str, object]) -> None:
        """Texts, numbers and dates that stand in widgets; nothing that was read from the API."""
        typed = {key: value for key, value in state.items() if key != IN and _is_typed(value)}
        with self._lock:
            if typed:
                self._kept[name] = (place, typed)
                self._kept.move_to_end(name)
            while len(self._kept) > _DRAFTS:
                self._kept.popitem(last=False)

    def take(self, name: str, place: Place) -> dict[str, object]:
        """What was kept for this person at this place, once."""
        with self._lock:
            if name not in self._kept or self._kept[name][0] != place:
                return {}
            return self._kept.pop(name)[1]


def _is_typed(value: object) -> bool:
    if isinstance(value, bool):
        return False  # a button's; it cannot be set again, and must not be pressed again
    return isinstance(value, int | float | date) or (isinstance(value, str) and 0 < len(value) <= _LONGEST)


DRAFTS = Drafts()
IN = "desk-signed-in"  # the name of whoever this tab belongs to


def chosen_role() -> Role:
    """The role that the menu of the sandbox says; an agent until somebody chooses."""
    role: Role = st.session_state.get(ROLE, Role.AGENT)
    return role


def person(process: Process, application: Application) -> Actor | None:
    """Who sits here. None: somebody has to sign in first, and the page says so.

    Without `[auth]`: a viewer on a live Application, elsewhere whatever the menu says.
    """
    if not process.settings.auth:
        return Actor(NOBODY, Role.VIEWER if application.live else chosen_role())
    if not st.user.is_logged_in:
        _front(None)
        return None
    try:
        actor = process.guard.sign_ins.enter(st.user.to_dict())
    except SignInEnded as ended:
        name = st.session_state.get(IN)
        if name:  # the first run after the end; clearing again would also forget that a button was pressed
            if ended.why in ("idle", "over"):
                DRAFTS.keep(name, here(), {str(key): value for key, value in st.session_state.items()})
            st.session_state.clear()
        _front(ended)
        return None
    if IN not in st.session_state:
        st.session_state.update(DRAFTS.take(actor.name, here()))
        st.session_state[IN] = actor.name
        st.html(RETURN, unsafe_allow_javascript=True)
    return actor


def _front(ended: SignInEnded | None) -> None:
    """All that somebody sees who is not signed in (any more). Nothing of any customer is on it."""
    if ended is None:
        answer(
            "Sign in to Talon Desk",
            "With your company account. You come back to the page that you asked for.",
        )
    elif ended.why == "no_role":
        answer("You cannot use this desk yet", str(ended))
    else:
        answer("Sign in again", f"{ended} What you had typed is kept.")
    forgets = ended is not None and ended.why in ("signed_out", "no_role")
    if forgets:
        st.html(FORGET, unsafe_allow_javascript=True)
    else:
        st.html(REMEMBER, unsafe_allow_javascript=True)
    with st.container(horizontal=True):
        for provider in providers():
            verb = "Sign in" if ended is None else "Sign in again"
            label = f"{verb} with {md(provider.capitalize())}" if provider else verb
            if st.button(label, type="primary", key=f"sign-in-{provider}"):
                st.login(provider or None)
        if ended is not None and ended.why == "no_role" and st.button("Sign out", key="sign-out-front"):
            st.logout()


def providers() -> list[str]:
    """The named providers of `[auth]`, or one without a name."""
    auth = st.secrets.get("auth", {})
    names = [str(name) for name, value in auth.items() if isinstance(value, Mapping)]
    return names or [""]


def sign_out(process: Process, actor: Actor) -> None:
    """Ends the sign-in at the server and forgets what this person had read; then the browser leaves."""
    process.guard.sign_ins.end(actor)
    process.reader.cache.forget_role(cache_role(actor))
    st.session_state.clear()
    st.logout()
    st.stop()
