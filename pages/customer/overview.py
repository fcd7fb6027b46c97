"""Overview: who this is, what they can spend, what they hold, and what happened."""

from collections.abc import Sequence

import streamlit as st

from desk.insight.customer import Customer
from desk.insight.points import Points
from desk.lookup import Found, RequestNote
from desk.ui import customer_view, erasing, overview_parts, overview_words
from desk.ui.asked import asked
from desk.ui.choosing import pressed
from desk.ui.current import Desk, current
from desk.ui.escape import md
from desk.ui.formats import Formats
from desk.ui.points_reading import points_of_all
from desk.ui.reading import retried, unread
from desk.ui.strip import answer, figures, nothing


def page() -> None:
    """The header as soon as the first answers are there; then the ledgers, for dates and the timeline."""
    desk = current()
    opened = customer_view.opened(desk)
    if opened is None:
        return
    found = opened.finding
    headline = st.container(gap="small")
    with headline:
        answer(overview_words.answer_of(found, lambda program: overview_parts.zoned_of(desk, program)))
        details = st.empty()
    _say(desk, details, found, (), read=not overview_words.awaited(found))
    unread(found.unread, key="customer-unread")
    figures(overview_words.figures_of(found, desk.formats))
    customer_view.audiences(found)
    overview_parts.programs(desk, found)
    overview_parts.coupons(desk, found.coupons)
    overview_parts.cards(desk, found.cards)
    overview_parts.others(desk, found)
    requests = _timeline(desk, opened, details)
    customer_view.attributes(desk, found)
    erasing.erase(desk, found.integration_id)
    asked(desk, requests)


def _say(
    desk: Desk,
    line: st.delta_generator.DeltaGenerator,
    found: Customer,
    points: Sequence[Points],
    *,
    read: bool,
) -> None:
    def zoned(program: int) -> Formats:
        return overview_parts.zoned_of(desk, program)

    text = overview_words.details_of(found, zoned, points, read=read)
    if points and text != overview_words.details_of(found, zoned, read=read):  # the ledgers added days
        text = f"{text} {overview_words.zones_of(points, zoned, desk.formats)}".strip()
    if not text and read and not overview_words.awaited(found):
        line.space("xsmall")
    else:
        line.markdown(md(text) or "&nbsp;")  # the line is there before its text, so that nothing moves


def _timeline(
    desk: Desk, opened: Found[Customer], details: st.delta_generator.DeltaGenerator
) -> Sequence[RequestNote]:
    st.subheader("What happened", anchor=False)
    fresh = customer_view.refreshed() or pressed(*retried("overview-ledgers"))
    with st.skeleton(height=200):
        read = points_of_all(desk, opened.finding, fresh=fresh)
    _say(desk, details, opened.finding, read.points, read=True)
    unread(read.unread, key="overview-ledgers")
    entries = overview_parts.happenings(desk, opened.finding, read.points)
    if entries:
        overview_parts.timeline_table(desk, entries)
        nothing(
            "Orders are known by their points: one that moved none is not listed here. Paste its number into Find.",
            key="overview-harvest",
        )
    else:
        nothing("Nothing has happened yet that the API tells of.", key="overview-no-timeline")
    return (*opened.requests, *read.requests)


page()
