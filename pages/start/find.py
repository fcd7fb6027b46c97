"""Find: paste any id and land on what it is."""

import streamlit as st

from desk.insight.find import Found, Kind, Outcome
from desk.ui import finding, recents
from desk.ui.asked import asked
from desk.ui.current import Desk, current, here
from desk.ui.escape import md, short
from desk.ui.missing_view import MISSING
from desk.ui.place import Place, go, link
from desk.ui.strip import answer, copyable, empty_state, trouble
from desk.ui.words import trouble as words_for

OPENED = "desk-find-opened"
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
    found = finding.looked(desk, text)
    # Once only: whoever comes back here by Back wants to be here.
    if st.session_state.get(OPENED) != text:
        st.session_state[OPENED] = text
        finding.open_one(found.finding)
    _offer(desk, found.finding)
    asked(desk, found.requests)


def _start(desk: Desk) -> None:
    chosen = empty_state(
        "Who is on the phone?",
        [
            "Paste a customer id, an order or session number, a coupon code or a loyalty card number into Find."
        ],
        desk.process.examples,
        key="start",
    )
    label = "Points of an order are missing? Look for them by its number"
    link(MISSING, label, Place(application=desk.application.name), icon=":material/manage_search:")
    if chosen:
        go(finding.FIND, Place(application=desk.application.name, find=chosen))
    recents.show(desk.application.name)


def _points_missing(found: Found) -> None:
    """What an unknown number may be asked for: the answer there says what to tell the customer."""
    if any(each.place.kind is Kind.SESSION and each.outcome is Outcome.ABSENT for each in found.tried):
        target = here().of_session(found.text)
        link(MISSING, "Points missing for this order?", target, icon=":material/manage_search:")


def _offer(desk: Desk, found: Found) -> None:
    titles = {each.id: each.title for each in desk.application.programs}
    if found.matches:
        answer(f"“{short(found.text)}” is {len(found.matches)} things" if len(found.matches) > 1 else "Found")
        for match in found.matches:
            label = f"{NAMES[match.kind].capitalize()} **{md(short(match.id))}**"
            link(finding.PAGES[match.kind], label, finding.place_of(match))
            st.caption(md(match.summary))
    elif found.not_looked:
        answer(f"Could not look everywhere for “{short(found.text)}”")
    elif found.nowhere:
        answer(
            f"Nothing here is called “{short(found.text)}”",
            "Check the number with the customer, or the Application. Names cannot be searched: ask for the customer "
            "id, the order, the code or the card.",
        )
        _points_missing(found)
    else:
        answer(f"“{short(found.text)}” cannot be an id", "The API was not asked; why is said below.")
    for number, attempt in enumerate(found.not_looked):
        if attempt.error:
            trouble(words_for(attempt.error, NAMES[attempt.place.kind]), key=f"find-{number}", retry=False)
    with st.expander("What was tried", expanded=bool(found.not_looked)):
        copyable(found.text)
        for attempt in found.tried:
            where = f" in {md(titles[attempt.place.program_id])}" if attempt.place.program_id else ""
            ending = attempt.why or attempt.outcome.value
            st.markdown(
                f"- {NAMES[attempt.place.kind]} **{md(short(attempt.place.id))}**{where}: {md(ending)}"
            )


page()
