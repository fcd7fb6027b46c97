"""The expiry ladder: time is as long as it is, every number that has room is there, and words say the same."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from desk.ui.expiry_chart import WEEK, expiry_ladder
from desk.ui.formats import Formats
from desk.ui.steps import Rung, describe_ladder, ladder_finding

F = Formats("en-GB", "EUR", "Europe/Berlin")
MONDAY = datetime(2025, 11, 24, tzinfo=F.tz)
NOW = datetime(2025, 11, 25, 23, 30, tzinfo=UTC)


def rungs(*weeks: tuple[int, int]) -> list[Rung]:
    return [Rung(MONDAY + n * WEEK, f"week {n}", Decimal(amount)) for n, amount in weeks]


def test_the_ladder_names_what_goes_first() -> None:
    found = rungs((1, 0), (2, 100), (9, 50))
    figure = expiry_ladder(found, F)
    assert figure.layout.title.text == "100 points expire first, in week 2; 150 in this range"
    assert ladder_finding(found[:1], F) == "Nothing expires in this range"
    assert ladder_finding(found[:2], F) == "100 points expire, all in week 2"


def test_distances_are_those_of_time() -> None:
    (bars,) = expiry_ladder(rungs((0, 10), (1, 20), (11, 30)), F).data
    assert list(np.diff(bars.x) / np.timedelta64(1, "D")) == [7, 70]
    assert bars.width <= WEEK / timedelta(milliseconds=1)


def test_the_axis_runs_from_today_to_behind_the_last_bar() -> None:
    figure = expiry_ladder(rungs((4, 10), (5, 20), (59, 30)), F, now=NOW)
    begin, end = figure.layout.xaxis.range
    assert begin < datetime(2025, 11, 26, 0, 30) < end  # noqa: DTZ001 (the wall clock in Berlin)
    assert figure.layout.annotations[0].text == "today"
    assert np.datetime64(end) > figure.data[0].x[-1] + np.timedelta64(3, "D")
    assert not expiry_ladder(rungs((4, 10)), F).layout.annotations


def test_this_week_s_bar_is_within_the_axis_on_its_last_day_too() -> None:
    figure = expiry_ladder(rungs((0, 10), (1, 20)), F, now=NOW + timedelta(days=4))
    bars = figure.data[0]
    half = np.timedelta64(int(bars.width / 2), "ms")
    assert np.datetime64(figure.layout.xaxis.range[0]) <= bars.x[0] - half


def test_few_bars_have_all_their_numbers_and_need_no_axis() -> None:
    figure = expiry_ladder(rungs((0, 100), (2, 40), (5, 320)), F)
    assert list(figure.data[0].text) == ["100", "40", "320"]
    assert figure.layout.yaxis.showticklabels is False


def test_of_sixty_weeks_the_largest_have_numbers_that_do_not_meet_and_the_axis_has_the_others() -> None:
    figure = expiry_ladder(rungs(*((n, 1000 + n * 37 % 60) for n in range(60))), F)
    texts = list(figure.data[0].text)
    there = [place for place, text in enumerate(texts) if text]
    assert texts[max(range(60), key=lambda n: n * 37 % 60)] == "1,059"
    assert 5 <= len(there) <= 20
    assert min(np.diff(there)) >= 4
    assert figure.layout.yaxis.showticklabels is not False


def test_a_redemption_fills_bars_as_far_as_what_is_left() -> None:
    found = rungs((0, 100), (4, 50))
    left = {found[0].start: Decimal(30), found[1].start: Decimal(50)}
    whole, rest = expiry_ladder(found, F, after=left).data
    assert list(whole.text) == ["100 → 30", "50"]
    assert list(rest.y) == [30, 50]
    assert whole.hovertext[0] == "week 0 - 100 points expire, then 30"
    assert "Week by week: week 0 100, then 30; week 4 50, then 50." in describe_ladder(found, F, "T", left)


def test_words_name_every_week_of_few_and_the_largest_of_many() -> None:
    few = rungs((0, 100), (4, 50))
    assert describe_ladder(few, F, "T") == (
        "Bars of points that expire, along an even axis of weeks. T. Week by week: week 0 100; week 4 50."
    )
    many = describe_ladder(rungs(*((n, n + 1) for n in range(60))), F, "T")
    assert "The largest of 60 weeks: week 48 49; " in many
    assert many.endswith("; week 59 60.")
