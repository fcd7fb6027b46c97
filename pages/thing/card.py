"""One loyalty card: its points, who uses it, every movement, linking, and what to do when it is lost."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from desk.applications import Program
from desk.insight.cards import CardView, card
from desk.insight.points import Points
from desk.lookup import RequestNote
from desk.ui import card_view, ledger_dates, ledger_table, ledger_view, recents
from desk.ui.asked import asked
from desk.ui.changing import yours
from desk.ui.choosing import choose, pressed
from desk.ui.current import Desk, current, here
from desk.ui.escape import in_key, short
from desk.ui.overview_parts import zoned_of
from desk.ui.place import go
from desk.ui.points_reading import points_of
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, copyable, empty_state


def page() -> None:
    """The card of the URL; without one, a form to look one up."""
    desk, place = current(), here()
    program = _program(desk)
    if program is None or not place.card:
        _look_up(desk, program)
        return
    fresh = card_view.refreshed() or pressed(*retried("card-unread"))
    try:
        read = desk.find_out("Card", lambda: card(program.id, place.card), fresh=fresh)
    except ValueError as error:
        answer(f"“{short(place.card)}” cannot be a card number", f"The API was not asked: {error}.")
        copyable(place.card, "What was looked for")
        _look_up(desk, program)
        return
    card_view.strip(desk, program, place.card, read.as_of)
    if not read.finding.found:
        _not_there(desk, program, read.finding)
        return
    ledgers = points_of(desk, program.id, place.card, card=True, fresh=fresh)
    recents.remember("card", place.card, desk.application.name)
    body, foot = st.container(), st.container()

    def told(more: tuple[RequestNote, ...]) -> None:
        with foot:
            asked(desk, (*read.requests, *ledgers.requests, *more))

    with body:
        _card(desk, program, read.finding, ledgers.finding, told)


def _program(desk: Desk) -> Program | None:
    """The program of the URL, else the first card program of the settings; several can be chosen from."""
    place = here()
    known = card_view.programs_of(desk)
    if place.program and place.program not in [each.id for each in known]:
        return desk.application.program(place.program)
    if not known:
        return None
    chosen = choose(
        "Card program",
        {str(each.id): each.title for each in known},
        str(place.program),
        "card-program",
        lambda value: replace(here(), program=int(value), subledger=""),
    )
    return desk.application.program(int(chosen))


def _look_up(desk: Desk, program: Program | None) -> None:
    if not here().card:
        empty_state("No card is open", ["Type the number that is printed on the card."], key="card-none")
    with st.form("card-look-up", border=False):
        number = (
            st.number_input("Program number", min_value=1, step=1, value=1, width=220)
            if program is None
            else program.id
        )
        text = st.text_input(
            "Card number",
            value=here().card,
            key=f"card-number-{in_key(here().card)}",
            max_chars=1000,
            autocomplete="off",
            width=420,
        )
        sent = st.form_submit_button("Look up", type="primary", key="card-look-up-sent")
    if sent and text and text.strip():
        go(card_view.CARD, here().of_card(text.strip(), int(number)))
    if program is not None and yours(desk, "card-new"):
        card_view.generate(desk, "")


def _not_there(desk: Desk, program: Program, found: CardView) -> None:
    if found.found is None:
        answer(
            "This card could not be looked up",
            "Nothing is known yet: neither that it exists nor that it does not.",
        )
        unread(found.unread, key="card-unread")
        return
    answer(
        f"There is no card “{short(found.identifier)}” in {program.title}",
        "Check the number that is printed on it: letters count, and so does upper or lower case.",
    )
    _look_up(desk, program)


def _card(
    desk: Desk,
    program: Program,
    found: CardView,
    points: Points,
    told: Callable[[tuple[RequestNote, ...]], None],
) -> None:
    """The card, from its answer to its proof; `told` is given what was asked beside it."""
    zoned = zoned_of(desk, program.id)
    ledger = ledger_view.chosen(points, zoned)
    card_view.summary(found, ledger, zoned)
    ledger_view.zone_note(desk, ledger, zoned)
    unread((*found.unread, *points.unread), key="card-unread")
    card_view.holders(desk, found)
    if yours(desk, "card-link", "card-unlink"):
        card_view.link_to(desk, found)
        card_view.unlink_from(desk, found)
    gone = ledger_table.cancelled_of(desk, ledger)
    ledger_view.through_time(desk, points, ledger, zoned, lambda more: told((*gone.requests, *more)))
    ledger_dates.expiries(desk, ledger, zoned)
    ledger_table.rows(desk, points, ledger, zoned, program.title, gone.finding)
    ledger_table.lots(desk, ledger, zoned)
    card_view.lost(found, program)


page()
