"""The frame around every page: the Application's band, the Find box, the role, and a customer's tabs."""

import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from desk.applications import Application
from desk.guard import Role
from desk.ui import signing, theme
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.faults import traced
from desk.ui.finding import FIND
from desk.ui.place import LONGEST, Place, link
from desk.ui.strip import mark_of, panel
from desk.ui.words import Tone

_log = logging.getLogger(__name__)


class Tab(NamedTuple):
    """One of a customer's tabs: its file, its path in the URL, its label."""

    page: str
    path: str
    label: str


TABS = (
    Tab("pages/customer/overview.py", "customer", "Overview"),
    Tab("pages/customer/points.py", "points", "Points"),
    Tab("pages/customer/orders.py", "sessions", "Sessions"),
    Tab("pages/customer/wallet.py", "coupons", "Coupons"),
    Tab("pages/customer/memberships.py", "cards", "Cards"),
)
# A file of ours: Streamlit's named icons are fetched from another host.
ICON = str(Path(__file__).with_name("icon.svg"))
ANNOUNCED = 14
"""Days before a key expires."""

# Constant text. "/" puts the cursor into the Find box, unless somebody is typing; another page begins at its top.
# The box is drawn a moment after the page: what is typed until then is kept for it, and Enter presses its button.
KEYS = """<script>
if (!window.deskKeys) {
  window.deskKeys = true;
  const box = () => document.querySelector(".st-key-desk-find input");
  let early = null;  // what was typed after "/" while there was no box
  const enter = () => {
    if (early === null || !box()) return;
    const [text, send] = [early.replace("\\n", ""), early.includes("\\n")];
    early = null;
    box().focus();
    box().select();
    if (text) document.execCommand("insertText", false, text);
    if (send) setTimeout(() => document.querySelector(".st-key-desk-header form button, .st-key-desk-header " +
      "[data-testid=stFormSubmitButton] button").click(), 50);
  };
  const wait = (turns) => { enter(); if (early !== null && turns) setTimeout(wait, 50, turns - 1); };
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName)) return;
    if (early !== null) {
      if (event.key === "Escape") early = null;
      else if (event.key === "Backspace") early = early.slice(0, -1);
      else if (event.key === "Enter") early += "\\n";
      else if (event.key.length === 1) early += event.key;
      else return;
    } else if (event.key === "/") {
      early = "";
      wait(200);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
  const push = history.pushState;
  history.pushState = function (...given) {
    const before = location.pathname;
    const done = push.apply(this, given);
    const main = document.querySelector('[data-testid="stMain"]');
    if (main && location.pathname !== before) main.scrollTo(0, 0);
    return done;
  };
}
</script>"""


def cannot_start(text: str) -> None:
    """The whole page when the settings are wrong: what is missing, and that nothing was shown instead."""
    st.title("Talon Desk cannot start like this", anchor=False)
    for line in text.splitlines():
        st.markdown(f"- {md(line)}")
    st.markdown("Correct it and start the desk again. No demo data is shown in place of your own.")


def broken(error: Exception) -> None:
    """A fault of the desk itself: said with a reference under which the log says where it was, never with its text."""
    reference = uuid.uuid4().hex[:8]
    _log.error("fault %s in a page\n%s", reference, traced(error))
    panel(
        "Something in the desk itself is broken",
        "This page could not be shown. A change that was confirmed before may be done all the same: look under "
        "“Changes made at this desk” before you repeat it. Go back or try again; if it happens again, tell whoever "
        f"runs this desk, with the reference {reference}.",
        Tone.NEGATIVE,
        key="broken",
    )


def chosen_application(applications: Sequence[Application], wanted: str) -> Application:
    """The one that the URL names, else the first."""
    for application in applications:
        if application.name == wanted:
            return application
    return applications[0]


def header(desk: Desk) -> str:
    """Band, name, Find box, Application and role. Returns the text that was just sent to Find, or nothing."""
    theme.band(desk.mark)
    with st.container(key="desk-header", horizontal=True, vertical_alignment="center", gap="medium"):
        link(FIND, "**Talon Desk**", Place(application=desk.application.name))
        with (
            st.form("desk-find-form", border=False, width="stretch"),
            st.container(horizontal=True, gap="small", vertical_alignment="center"),
        ):
            text = st.text_input(
                "Find a customer, session, coupon or card",
                value=here().find,
                key="desk-find",
                placeholder="Customer, order, coupon or card  ( / )",
                label_visibility="collapsed",
                autocomplete="off",
                max_chars=LONGEST,
            )
            sent = st.form_submit_button("Find", type="secondary", icon=":material/search:")
        _choose_application(desk)
        _person(desk)
    st.html(KEYS, unsafe_allow_javascript=True)
    _announce_key(desk)
    return (text or "").strip() if sent else ""


def _announce_key(desk: Desk) -> None:
    """A key near its end is announced, so that the desk does not stop in the middle of a day."""
    days = desk.application.key_expires_in(datetime.now(UTC).date())
    if days is None or days > ANNOUNCED:
        return
    when = desk.application.key_expires
    if days < 0:
        text = f"The API key of {desk.application.label} expired on {when:%d %b %Y}"
    else:
        text = f"The API key of {desk.application.label} expires on {when:%d %b %Y}, in {days} days"
    panel(
        text,
        "Whoever runs this desk has to put a new one into its settings.",
        Tone.PENDING,
        key="key-expires",
    )


def _choose_application(desk: Desk) -> None:
    others = desk.process.settings.applications
    if len(others) < 2:
        return
    with st.popover(md(desk.application.label), icon=":material/storefront:"):
        for each in others:
            link(FIND, md(mark_of(each).title), Place(application=each.name))


def _person(desk: Desk) -> None:
    """Who sits here, what they have done, and leaving; on the sandbox without sign-in the choice of a role."""
    if desk.application.live and not desk.actor.signed_in:
        st.caption("Read-only: nobody is signed in")
        return
    role = desk.actor.role.value.capitalize()
    name = short(desk.actor.name, 30) if desk.actor.signed_in else role
    with st.popover(md(name), icon=":material/badge:"):
        if desk.actor.signed_in:
            st.markdown(f"{md(desk.actor.name)}  \n:gray[{role}]")
        else:
            st.radio(
                "Work as",
                list(Role),
                format_func=lambda role: role.value.capitalize(),
                index=list(Role).index(signing.chosen_role()),
                key=signing.ROLE,
                persist_state="session",
            )
            st.caption("For this tab only: a reload or a new tab begins as Agent.")
        place = Place(application=desk.application.name)
        link("pages/change/recent.py", "Changes made at this desk", place)
        link("pages/change/waiting.py", "Waiting for a supervisor", place)
        link("pages/change/audit.py", "Audit trail", place)
        if desk.actor.signed_in and st.button("Sign out", key="sign-out", type="tertiary"):
            signing.sign_out(desk.process, desk.actor)


def tabs(desk: Desk, open_page: str) -> None:
    """A customer's tabs, while a customer is open; each link keeps the customer."""
    place = here()
    if not place.customer or open_page in ("", "find"):
        return
    with st.container(key="desk-tabs", horizontal=True, gap="small"):
        for tab in TABS:
            text = f"**{tab.label}**" if tab.path == open_page else tab.label
            link(tab.page, text, Place(application=desk.application.name, customer=place.customer))
