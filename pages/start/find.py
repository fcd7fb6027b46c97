"""Find: paste any id and land on what it is."""

import streamlit as st

from desk.insight.find import Found, Kind, Match, Outcome, find
from desk.ui import recents
from desk.ui.current import Desk, current, here
from desk.ui.escape import md, short
from desk.ui.place import Place, go, link
from desk.ui.strip import answer, copyable, empty_state, trouble
from desk.ui.words import trouble as words_for

PAGES = {
    Kind.PROFILE: "pages/customer/overview.py",
    Kind.SESSION: "pages/thing/session.py",
    Kind.COUPON: "pages/thing/coupon.py",
    Kind.CARD: "pages/thing/card.py",
}
NAMES = {
    Kind.PROFILE: "customer profile",
    Kind.SESSION: "session",
    Kind.COUPON: "coupon code",
    Kind.CARD: "loyalty card",
}


def page() -> None:
    """Nothing typed: what can be pasted. One match: open it. Several: offer them. None: what was tried."""
    desk, text = current(), here().find
    if not text:
        _start(desk)
        return
    found = desk.find_out("Looking it up", lambda: _investigation(desk, text)).finding
    if found.one and not found.not_looked:
        _open(found.one)
    _offer(found)


def _investigation(desk: Desk, text: str):  # type: ignore[no-untyped-def]
    names = [desk.application.name]
    names += [
        each.name
        for each in desk.process.settings.applications
        if each.live == desk.application.live and each.name != desk.application.name
    ]
    cards = [each.id for each in desk.application.programs if each.kind == "card"]
    return find(text, names, cards, desk.application.find)


def _place(match: Match) -> Place:
    place = Place(application=match.application, customer=match.profile_id)
    if match.kind is Kind.PROFILE:
        return Place(application=match.application, customer=match.id)
    if match.kind is Kind.SESSION:
        return place.of_session(match.id)
    if match.kind is Kind.COUPON:
        return place.of_code(match.id)
    return place.of_card(match.id, match.program_id or 0)


def _open(match: Match) -> None:
    recents.remember(match.kind.value, match.id, match.application)
    go(PAGES[match.kind], _place(match))


def _start(desk: Desk) -> None:
    chosen = empty_state(
        "Who is on the phone?",
        [
            "Paste a customer id, an order or session number, a coupon code or a loyalty card number into Find."
        ],
        desk.process.examples[:3],
        key="start",
    )
    if chosen:
        go("pages/start/find.py", Place(application=desk.application.name, find=chosen))
    recents.show(desk.application.name)


def _offer(found: Found) -> None:
    if found.matches:
        answer(f"“{short(found.text)}” is {len(found.matches)} things" if len(found.matches) > 1 else "Found")
        for match in found.matches:
            label = f"{NAMES[match.kind].capitalize()} **{md(short(match.id))}**"
            link(PAGES[match.kind], label, _place(match))
            st.caption(md(match.summary))
    elif found.not_looked:
        answer(f"Could not look everywhere for “{short(found.text)}”")
    else:
        answer(
            f"Nothing here is called “{short(found.text)}”",
            "Check the number with the customer, or the Application.",
        )
    for number, attempt in enumerate(found.not_looked):
        if attempt.error:
            trouble(words_for(attempt.error, NAMES[attempt.place.kind]), key=f"find-{number}", retry=False)
    with st.expander("What was tried", expanded=not found.matches):
        copyable(found.text)
        for attempt in found.tried:
            where = f" in program {attempt.place.program_id}" if attempt.place.program_id else ""
            ending = attempt.why if attempt.outcome is Outcome.NOT_ASKED else attempt.outcome.value
            st.markdown(f"- {NAMES[attempt.place.kind]} **{md(short(attempt.place.id))}**{where}: {md(ending)}")


page()
