"""Days and spans at the ends of the calendar, and between them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.insight.days import DAY, TICK, begin_of, day_of, end_of, local, plus
from desk.insight.expired import expired
from desk.insight.points import Points
from tests.insight.help import NOW, Book, explained

EAST, WEST = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu")
ZONES = [UTC, ZoneInfo("Europe/Berlin"), EAST, WEST]
LAST, FIRST = datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)


@given(st.datetimes(min_value=datetime(2, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_every_instant_is_within_its_day(at: datetime, zone: ZoneInfo) -> None:
    day = day_of(at, zone)
    assert begin_of(day, zone) <= at <= end_of(day, zone)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(9999, 12, 30)), st.sampled_from(ZONES))
def test_days_follow_each_other(day: date, zone: ZoneInfo) -> None:
    assert end_of(day, zone) + TICK == begin_of(day + DAY, zone)


@pytest.mark.parametrize("zone", ZONES)
def test_beyond_the_calendar_stands_at_its_end(zone: ZoneInfo) -> None:
    assert day_of(LAST, zone) == date.max
    assert end_of(date.max, zone) == LAST
    assert begin_of(date.min, zone) - FIRST <= timedelta(hours=12)
    assert local(LAST, zone) == LAST
    assert plus(LAST, DAY) == LAST
    assert plus(FIRST, -DAY) == FIRST
    assert plus(LAST.replace(tzinfo=zone), DAY).tzinfo is zone
    assert (plus(date.max, DAY), plus(date.min, -DAY)) == (date.max, date.min)
    assert plus(date(2026, 6, 17), DAY) == date(2026, 6, 18)


@pytest.mark.parametrize("zone", ZONES)
def test_ladders_and_expiries_reach_from_the_first_year_to_the_last(zone: ZoneInfo) -> None:
    book = Book()
    book.add("3", "0002-01-01T00:00:00Z", expires="0002-01-01T00:00:00Z")
    for end in ("9999-12-29T12:00:00Z", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z"):
        book.add("5", NOW, expires=end)
    ledger = explained(book)
    (week,) = ledger.ladder(zone).weeks
    assert (week.week, week.amount) == (date(9999, 12, 27), Decimal(15))
    found = expired(Points(1, "maria", False, NOW, (ledger,)), ledger, zone)
    assert [day.amount for day in found.days] == [3]
