"""Find, as the header and the Find page share it: what a text is, where a match leads, and opening the only one."""

import streamlit as st

from desk.insight.find import Found, Kind, Match, find
from desk.lookup import Found as Answered
from desk.ui import recents
from desk.ui.current import Desk
from desk.ui.place import Place, go

FIND = "pages/start/find.py"
KEPT = "desk-find-found"
PAGES = {
    Kind.PROFILE: "pages/customer/overview.py",
    Kind.SESSION: "pages/thing/session.py",
    Kind.COUPON: "pages/thing/coupon.py",
    Kind.CARD: "pages/thing/card.py",
}


def look(desk: Desk, text: str) -> Answered[Found]:
    """What `text` is: looked up in the open Application and in those of the same environment."""
    names = [desk.application.name]
    names += [
        each.name
        for each in desk.process.settings.applications
        if each.live == desk.application.live and each.name != desk.application.name
    ]
    cards = [each.id for each in desk.application.programs if each.kind == "card"]
    return desk.find_out("Looking it up", lambda: find(text, names, cards, desk.application.find))


def place_of(match: Match) -> Place:
    """Where a match leads; with its customer, where it has exactly one."""
    place = Place(application=match.application, customer=match.profile_id)
    if match.kind is Kind.PROFILE:
        return Place(application=match.application, customer=match.id)
    if match.kind is Kind.SESSION:
        return place.of_session(match.id)
    if match.kind is Kind.COUPON:
        return place.of_code(match.id)
    return place.of_card(match.id, match.program_id or 0)


def open_one(found: Found) -> None:
    """Leaves for the only match, when everything could be looked; else returns."""
    if found.one is None or found.not_looked:
        return
    match = found.one
    recents.remember(match.kind.value, match.id, match.application)
    go(PAGES[match.kind], place_of(match))


def looked(desk: Desk, text: str) -> Answered[Found]:
    """What the Find box has just looked up, for the Find page; anything else is looked up now. Used once, so that a
    reload looks again."""
    kept: tuple[str, str, Answered[Found]] | None = st.session_state.pop(KEPT, None)
    if kept and kept[:2] == (desk.application.name, text):
        return kept[2]
    return look(desk, text)


def sent(desk: Desk, text: str) -> None:
    """The Find box was sent: straight to the only match, else to the Find page, which says what there is."""
    found = look(desk, text)
    open_one(found.finding)
    st.session_state[KEPT] = (desk.application.name, text, found)
    go(FIND, Place(application=desk.application.name, find=text))
