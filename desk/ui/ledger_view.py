"""One ledger on a page, of a profile or a card: which, the answer, the figures, the tier, the chart."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import streamlit as st

from desk.insight.history import Ledger
from desk.insight.points import Points
from desk.lookup import RequestNote
from desk.ui import charts, drawn, ledger_dates, points_words
from desk.ui.choosing import choose
from desk.ui.current import Desk, here
from desk.ui.escape import md
from desk.ui.formats import Formats, differ
from desk.ui.part import part
from desk.ui.place import stay
from desk.ui.steps import describe, finding
from desk.ui.strip import answer, figures, nothing, panel
from desk.ui.words import Tone

MAIN = "main"  # how the URL names the main ledger


def chosen(points: Points, zoned: Formats) -> Ledger:
    """The ledger of the URL, else the first on which there are points; several can be chosen from."""
    names = {each.subledger or MAIN: points_words.name_of(each, zoned) for each in points.ledgers}
    value = choose(
        "Ledger",
        names,
        here().subledger or points_words.first_of(points).subledger or MAIN,
        "points-ledger",
        lambda name: replace(here(), subledger=name),
    )
    return points.ledger("" if value == MAIN else value) or points.main


def summary(ledger: Ledger, zoned: Formats) -> None:
    """The answer and the figures."""
    above, below = points_words.answer_of(ledger, zoned)
    answer(above, below)
    if not below:
        st.space("xsmall")
    figures(points_words.figures_of(ledger, zoned))


def zone_note(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """Names the program's zone where it is not the reader's: all days and times of a ledger are in it."""
    if differ(desk.formats, zoned, ledger.now):
        st.caption(md(f"Days and times of these points are those of {zoned.zone}, the program's time zone."))


def tier(ledger: Ledger, zoned: Formats) -> None:
    """The tier: how far to the next, until when this one, and what then. Nothing where the program has none."""
    view = ledger.tier
    if view is None or not (view.name or view.next_name):
        return
    line, share = points_words.tier_line(view, zoned), points_words.tier_share(view, ledger.spendable)
    if share is None:
        st.markdown(md(line))
    else:
        st.progress(share, text=md(line))
    ahead = points_words.tier_ahead(view, zoned)
    if ahead:
        st.caption(md(ahead))


def through_time(
    desk: Desk,
    points: Points,
    ledger: Ledger,
    zoned: Formats,
    told: Callable[[tuple[RequestNote, ...]], None],
) -> None:
    """The chart and the balance on a date, which a click in the chart chooses: a part that runs again alone, whatever
    else is on the page. `told` is given what was asked for the date each time."""

    def draw() -> None:
        _history(ledger, zoned)
        told(ledger_dates.on_a_day(desk, points, ledger, zoned))

    part(desk, draw)


def _history(ledger: Ledger, zoned: Formats) -> None:
    """The chart of a figure through time; range and figure are in the URL, a click chooses the day."""
    if not ledger.has_rows:
        return
    figures_ = drawn.subjects_of(ledger)
    if len(figures_) < 2 and not (ledger.moves.columns.changes != 0).any():
        nothing("There were never points here that could be spent.", key="points-no-history")
        return
    place, now = here(), ledger.now
    with st.container(horizontal=True, gap="medium"):
        value = choose(
            "Range of the chart",
            drawn.RANGES,
            place.range or drawn.default_range(ledger),
            "points-range",
            lambda name: replace(here(), range=name),
        )
        figure = choose(
            "What the chart shows",
            figures_,
            place.figure or "active",
            "points-figure",
            lambda name: replace(here(), figure=name),
        )
    found = drawn.drawn(ledger, figure, value, zoned)
    title = finding(found.steps, zoned, found.subject)
    alt = describe(
        found.steps,
        found.ahead,
        now,
        zoned,
        title,
        subject=found.subject,
        changes=found.changes - len(found.ahead),
    )
    chart = charts.point_history(
        found.steps,
        found.ahead,
        now,
        zoned,
        title,
        since=found.since,
        opening=found.opening,
        subject=found.subject,
        days=found.days,
        thinned=found.thinned,
    )
    charts.show(chart, alt, key="points-history", on_day=_choose)
    with st.container(key="desk-quiet-points-legend"):
        st.markdown(charts.legend(chart))
    gap = points_words.drawn_gap(ledger.reconciliation, figure, zoned)
    if gap:
        panel(gap, tone=Tone.NEGATIVE, key="points-drawn-gap")
    if found.thinned:
        st.caption(
            f"{zoned.count(found.changes, 'change')} in this range: of each stretch of time its first, last, lowest and"
            " highest are drawn. Every one of them is in the table."
        )


def _choose(day: date) -> None:
    stay(replace(here(), day=day.isoformat()))
