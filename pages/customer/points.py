"""Points: what can be spent now, what comes and goes and when, and every row that proves it."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from desk.insight.customer import Customer, ProgramFacts
from desk.insight.points import Points
from desk.lookup import RequestNote
from desk.ui import customer_view, ledger_dates, ledger_table, ledger_view, missing_view, overview_words
from desk.ui.asked import asked
from desk.ui.choosing import choose, pressed
from desk.ui.current import Desk, current, here
from desk.ui.overview_parts import zoned_of
from desk.ui.points_reading import points_of
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, panel


def page() -> None:
    """The program and ledger of the URL: answer, figures, chart, expiries, rows; details folded."""
    desk = current()
    opened = customer_view.opened(desk)
    if opened is None:
        return
    program = _program(opened.finding)
    if program is None:
        _none(desk, opened.finding)
        asked(desk, opened.requests)
        return
    fresh = customer_view.refreshed() or pressed(*retried("points-unread"))
    read = points_of(desk, program.id, opened.finding.integration_id, fresh=fresh)
    body, foot = st.container(), st.container()

    def told(more: tuple[RequestNote, ...]) -> None:
        with foot:
            asked(desk, (*opened.requests, *read.requests, *more))

    with body:
        _ledger(desk, program, read.finding, told)


def _program(found: Customer) -> ProgramFacts | None:
    """The program of the URL, else the first; more than one can be chosen from."""
    if not found.programs:
        return None
    options = {str(each.id): each.label for each in found.programs}
    chosen = choose(
        "Program",
        options,
        str(here().program),
        "points-program",
        lambda value: replace(here(), program=int(value), subledger=""),
    )
    return found.program(int(chosen))


def _none(desk: Desk, found: Customer) -> None:
    answer(overview_words.answer_of(found, lambda program: zoned_of(desk, program)))
    st.space("xsmall")
    if found.cards:
        panel("There is a loyalty card", "Its points are on the tab Cards.", key="points-on-cards")
    missing_view.why_no_row(desk)


def _ledger(
    desk: Desk, program: ProgramFacts, found: Points, told: Callable[[tuple[RequestNote, ...]], None]
) -> None:
    """The ledger of the URL, from its answer to its proof; `told` is given what was asked beside it."""
    zoned = zoned_of(desk, program.id)
    ledger = ledger_view.chosen(found, zoned)
    name = f"{program.label}, {ledger.subledger}" if ledger.subledger else program.label
    ledger_view.summary(ledger, zoned)
    ledger_view.zone_note(desk, ledger, zoned)
    unread(found.unread, key="points-unread")
    ledger_view.tier(ledger, zoned)
    gone = ledger_table.cancelled_of(desk, ledger)
    ledger_view.through_time(desk, found, ledger, zoned, lambda more: told((*gone.requests, *more)))
    ledger_dates.expiries(desk, ledger, zoned)
    ledger_table.rows(desk, found, ledger, zoned, name, gone.finding)
    missing_view.from_ledger(desk, found, ledger)
    ledger_table.lots(desk, ledger, zoned)


page()
