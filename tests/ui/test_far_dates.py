"""Dates at the ends of the calendar: 9999 is a common "never", and no date of a row may take its page down."""

from datetime import date
from decimal import Decimal

import pytest

from desk.guard.export import csv
from desk.insight.balances import TierView
from desk.insight.history import Ledger
from desk.ui import charts, drawn, expiry_chart, ledger_filters, ledger_rows, points_words
from desk.ui.formats import Formats
from desk.ui.ledger_filters import Filters
from desk.ui.points_words import redeemed_line
from tests.insight.help import NOW, Book, day, explained

ZONES = [Formats(zone=name) for name in ("UTC", "Europe/Berlin", "Pacific/Kiritimati", "Pacific/Honolulu")]
FAR = ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "9999-01-01T00:00:00Z"]
EVERYWHERE = pytest.mark.parametrize("zoned", ZONES, ids=lambda zoned: zoned.zone)


def never(at: str) -> Ledger:
    """Points that expire and start at that instant, beside some that were earned when years had one digit."""
    book = Book()
    book.add("1", "0002-01-01T00:00:00Z", expires="0002-01-01T12:00:00Z")
    book.add("100", day(-1), expires=at)
    book.add("40", day(-1), starts=at)
    return explained(book)


@EVERYWHERE
@pytest.mark.parametrize("at", FAR)
def test_a_far_start_and_expiry_are_said_with_their_day(at: str, zoned: Formats) -> None:
    found = never(at)
    far = zoned.day(found.moves[-1].at)
    assert points_words.answer_of(found, zoned) == (
        f"100 points can be spent now. 40 more from {far}.",
        f"100 expire on {far} unless used before.",
    )
    ladder = found.ladder(zoned.tz)
    (rung,), since, later = points_words.rungs_of(ladder, found.now, zoned)
    assert (rung.amount, since, later) == (Decimal(100), None, Decimal(0))
    assert list(points_words.last_days(ladder, zoned).values()) == [100]
    assert far in redeemed_line(found.if_redeemed(Decimal(60)), ladder, zoned)
    assert far in points_words.tier_line(TierView("Gold", expires=found.moves[-1].at), zoned)


@EVERYWHERE
@pytest.mark.parametrize("at", FAR)
@pytest.mark.parametrize("chosen", [*drawn.RANGES])
def test_the_chart_reaches_as_far_as_its_range(at: str, zoned: Formats, chosen: str) -> None:
    found = never(at)
    what = drawn.drawn(found, "active", chosen, zoned)
    figure = charts.point_history(
        what.steps, what.ahead, NOW, zoned, since=what.since, opening=what.opening, days=what.days
    )
    assert len(figure.data) > 2
    assert (what.days[-1][0].year > 9900) == (chosen == "all")


@EVERYWHERE
def test_the_ladder_is_drawn_at_the_end_of_the_calendar(zoned: Formats) -> None:
    book = Book()
    for end in ("9999-12-01T00:00:00Z", "9999-12-10T00:00:00Z", "9999-12-31T23:59:59Z"):
        book.add("5", day(-1), expires=end)
    found = explained(book)
    rungs, since, _ = points_words.rungs_of(found.ladder(zoned.tz), found.now, zoned)
    figure = expiry_chart.expiry_ladder(rungs, zoned, now=since)
    assert [rung.label for rung in rungs][-1] == "27–31 Dec 9999"
    assert len(figure.data[0].x) == 3


@EVERYWHERE
def test_the_table_the_file_and_the_filters_reach_there_too(zoned: Formats) -> None:
    found = never(FAR[0])
    assert len(ledger_rows.rows_of(found.moves, zoned)) == len(found.moves)
    text = csv(ledger_rows.FILE_COLUMNS, ledger_rows.file_rows(found.moves, zoned)).decode()
    assert "9999-12-31T" in text
    all_days = Filters(first=date.min, last=date.max)
    assert ledger_filters.kept(found.moves, all_days, zoned) is found.moves
    ahead = Filters(first=date(9999, 12, 31), last=date(9999, 12, 31))
    assert len(ledger_filters.kept(found.moves, ahead, zoned)) == 2
