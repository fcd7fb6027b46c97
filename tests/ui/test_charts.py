"""The history chart: what it shows, what it says, and how many points it draws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.ui import charts
from desk.ui.charts import Kind, Step
from desk.ui.formats import Formats
from desk.ui.steps import hover
from desk.ui.thin import MARKS, MOST, largest, outline

F = Formats("en-GB", "EUR", "Europe/Berlin")
NOW = datetime(2025, 11, 25, 23, 30, tzinfo=UTC)
EARNED = Step(datetime(2025, 1, 10, tzinfo=UTC), Decimal(460), Kind.EARNED, Decimal(460), "order ORD-1001")
EXPIRED = Step(datetime(2025, 5, 3, tzinfo=UTC), Decimal(340), Kind.EXPIRED, Decimal(-120), "order ORD-1042")
SPENT = Step(datetime(2025, 6, 1, tzinfo=UTC), Decimal(140), Kind.SPENT, Decimal(-200), "<b>x</b>")
LATER = Step(NOW + timedelta(days=3), Decimal(180), Kind.ACTIVATED, Decimal(40))


def by_color(figure: go.Figure, color: str) -> list[go.Scatter]:
    return [t for t in figure.data if color in ((t.line.color if t.mode == "lines" else t.marker.color),)]


def test_a_mark_says_when_what_from_where_and_what_was_left() -> None:
    assert hover(EXPIRED, F) == "3 May 2025 - expired 120 from order ORD-1042 - 340 left"
    assert hover(LATER, F) == "29 Nov 2025 - became spendable 40 - 180 left"


def test_the_line_is_stepped_filled_and_reaches_today_at_the_last_balance() -> None:
    (line,) = by_color(charts.point_history([EARNED, EXPIRED, SPENT], [], NOW, F), charts.BALANCE)
    assert (line.line.shape, line.fill, line.line.dash) == ("hv", "tozeroy", "solid")
    assert list(line.y) == [0, 460, 340, 140, 140]
    assert line.x[0] < line.x[1]
    assert line.x[-1] == datetime(2025, 11, 26, 0, 30)  # noqa: DTZ001 (the wall clock in Berlin)


def test_what_comes_is_a_dashed_continuation_from_today() -> None:
    figure = charts.point_history([EARNED, SPENT], [LATER], NOW, F)
    past, line = by_color(figure, charts.BALANCE)
    assert (past.line.dash, line.line.dash) == ("solid", "dash")
    assert line.name == "ahead, if nothing is earned or spent"
    assert list(line.y) == [140, 180]
    assert line.x[0] == figure.layout.shapes[0].x0


def test_the_line_begins_where_the_range_begins() -> None:
    since = NOW - timedelta(days=365)
    (line,) = by_color(charts.point_history([EXPIRED], [], NOW, F, since=since), charts.BALANCE)
    assert (line.x[0], line.y[0]) == (datetime(2024, 11, 26, 0, 30), 460)  # noqa: DTZ001
    quiet = charts.point_history([], [], NOW, F, since=since, opening=Decimal(70))
    assert list(by_color(quiet, charts.BALANCE)[0].y) == [70, 70]


def test_every_kind_of_change_has_a_look_of_its_own_and_the_colour_that_the_desk_gives_it() -> None:
    steps = [Step(NOW, Decimal(1), kind, Decimal(1)) for kind in Kind]
    figure = charts.point_history(steps, [], NOW, F)
    marks = {t.name: (t.marker.color, t.marker.symbol) for t in figure.data if t.mode == "markers"}
    assert len(set(marks.values())) == len({symbol for _, symbol in marks.values()}) == len(Kind)
    colors = {name: color for name, (color, _) in marks.items()}
    assert {name for name, color in colors.items() if color == charts.EARNED} == {
        *("earned", "added", "became spendable", "given back")
    }
    assert colors["earned, pending"] == charts.PENDING
    assert (colors["spent"], colors["expired"]) == (charts.SPENT, charts.EXPIRED)
    assert colors["taken back"] == charts.NEGATIVE


def test_the_legend_names_each_line_and_mark_with_its_colour_and_sign() -> None:
    figure = charts.point_history([EARNED, EXPIRED, SPENT], [LATER], NOW, F, days=[(NOW, Decimal(140))])
    entries = [
        entry.replace("\N{NO-BREAK SPACE}", " ") for entry in charts.legend(figure).split("\N{EM SPACE} ")
    ]
    assert entries == [
        ":primary[━━] Can be spent",
        ":primary[━ ━] ahead\\, if nothing is earned or spent",
        ":green[▲] earned",
        ":green[◆] became spendable",
        ":blue[▼] spent",
        ":gray[✕] expired",
    ]
    assert charts.legend(charts.point_history([], [], NOW, F)) == ""


def test_the_legend_has_a_sign_of_its_own_for_every_kind() -> None:
    figure = charts.point_history([Step(NOW, Decimal(1), kind, Decimal(1)) for kind in Kind], [], NOW, F)
    entries = charts.legend(figure).split("\N{EM SPACE} ")[1:]
    assert len({entry.split("\N{NO-BREAK SPACE}")[0][-2:] for entry in entries}) == len(Kind)


def test_customer_text_cannot_become_markup() -> None:
    figure = charts.point_history([SPENT], [], NOW, F, title="<a href='x'>y</a>")
    assert "<b>" not in figure.to_json()
    assert "<a " not in figure.layout.title.text


def test_no_trace_needs_webgl() -> None:
    figure = charts.point_history([EARNED], [LATER], NOW, F)
    assert {trace.type for trace in figure.data} == {"scatter"}


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([EXPIRED], "Balance fell from 460 to 340 on 3 May 2025"),
        ([EARNED, EXPIRED], "Balance rose from 0 to 340 between 10 Jan 2025 and 3 May 2025"),
        (
            [EXPIRED, Step(NOW, Decimal(380), Kind.EARNED, Decimal(40))],
            "Balance fell by 120 on 3 May 2025: points expired",
        ),
        ([], "No points have moved in this range"),
    ],
)
def test_the_title_is_the_finding(steps: list[Step], text: str) -> None:
    assert charts.finding(steps, F) == text
    assert charts.point_history(steps, [], NOW, F).layout.title.text == text


def test_a_history_that_ends_where_it_began() -> None:
    up = Step(NOW, Decimal(10), Kind.EARNED, Decimal(10))
    down = Step(NOW, Decimal(0), Kind.TAKEN_BACK, Decimal(-10))
    assert charts.finding([up, down], F) == "Balance fell by 10 on 26 Nov 2025: earned points were taken back"


def test_the_chart_is_described_in_text() -> None:
    text = charts.describe([EARNED, EXPIRED, SPENT], [LATER], NOW, F)
    assert "Lowest 140 on 1 Jun 2025, highest 460 on 10 Jan 2025, now 140." in text
    assert (
        "A dashed line goes on from today: if nothing is earned or spent, it will be 180 on 29 Nov 2025."
        in text
    )
    assert text.endswith("Marked: earned; spent; expired; became spendable.")
    assert charts.describe([], [], NOW, F) == "Chart of spendable points. No points have moved in this range."


def test_a_long_history_is_thinned_to_what_a_screen_shows() -> None:
    start = NOW - timedelta(days=900)
    steps = [
        Step(start + timedelta(hours=n), Decimal(n % 700), Kind.EARNED, Decimal(n % 9 + 1))
        for n in range(10_000)
    ]
    figure = charts.point_history(steps, [], NOW, F)
    (line,) = by_color(figure, charts.BALANCE)
    assert len(line.x) <= MOST
    assert max(line.y) == 699
    assert line.y[-1] == 9999 % 700
    assert all(len(t.x) <= MARKS for t in figure.data if t.mode == "markers")
    assert figure.layout.xaxis.title.text == "the largest changes are marked"


def test_only_what_may_have_a_mark_has_one() -> None:
    figure = charts.point_history([EARNED, replace(SPENT, marked=False)], [], NOW, F)
    assert [t.name for t in figure.data if t.mode == "markers"] == ["earned"]
    text = charts.describe([EARNED, replace(SPENT, marked=False)], [], NOW, F)
    assert text.endswith("Marked, the largest only: earned.")


@given(st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=300), st.integers(6, 60))
def test_thinning_keeps_the_ends_and_the_extremes(values: list[Decimal], most: int) -> None:
    kept = outline(values, most)
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most, 6)
    assert {0, len(values) - 1} <= set(kept)
    assert min(values) == min(values[index] for index in kept)
    assert max(values) == max(values[index] for index in kept)


@given(
    st.lists(st.tuples(st.integers(0, 1000), st.decimals(-100, 100, places=2)), min_size=1, max_size=300).map(
        lambda pairs: sorted(pairs, key=lambda pair: pair[0])
    ),
    st.integers(6, 60),
)
def test_thinning_by_place_keeps_the_ends_and_the_extremes(
    pairs: list[tuple[int, Decimal]], most: int
) -> None:
    values = [value for _, value in pairs]
    kept = outline(values, most, [float(place) for place, _ in pairs])
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most, 6)
    assert {0, len(values) - 1} <= set(kept)
    assert min(values) == min(values[index] for index in kept)
    assert max(values) == max(values[index] for index in kept)


def test_a_few_late_steps_stay_beside_a_crowd_of_early_ones() -> None:
    places = [n / 100 for n in range(5000)] + [60.0, 70.0, 80.0, 90.0, 100.0]
    values = [Decimal(n % 7) for n in range(5000)] + [Decimal(n) for n in (10, 20, 30, 40, 50)]
    kept = outline(values, 400, places)
    assert set(range(5000, 5005)) <= set(kept)


@given(st.lists(st.decimals(-100, 100, places=2), min_size=1, max_size=300), st.integers(2, 60))
def test_the_largest_mark_is_kept(values: list[Decimal], most: int) -> None:
    kept = largest(values, most)
    assert len(kept) <= most
    assert max(abs(value) for value in values) == max(abs(values[index]) for index in kept)
    assert kept[-1] == len(values) - 1
