"""The point history and the expiry ladder as Plotly figures: colours follow the theme, the title is the finding."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from textwrap import wrap

import plotly.graph_objects as go
import streamlit as st

from desk.ui.escape import plotly, short
from desk.ui.formats import Formats
from desk.ui.thin import MOST, largest, outline

# Streamlit's own Plotly template draws in these stand-ins, and the browser puts theme.chartCategoricalColors of the
# theme that is shown in their place: so one figure is right in both themes, at once when the theme is changed.
BALANCE, EARNED, SPENT, EXPIRED, PENDING, NEGATIVE, AREA, AHEAD, RULE, TEXT = (
    f"#0000{n:02d}" for n in range(1, 11)
)

MARKS = 400  # marks of one kind: beyond that they overlap anyway
HEIGHT = 340


class Kind(StrEnum):
    """What moved the balance at a step."""

    EARNED = "earned"
    SPENT = "spent"
    EXPIRED = "expired"
    ACTIVATED = "became active"
    GIVEN_BACK = "given back"
    TAKEN_BACK = "taken back"
    OTHER = "changed"


_LOOKS: dict[Kind, tuple[str, str]] = {
    Kind.EARNED: (EARNED, "triangle-up"),
    Kind.ACTIVATED: (PENDING, "triangle-up"),
    Kind.GIVEN_BACK: (EARNED, "triangle-up-open"),
    Kind.SPENT: (SPENT, "triangle-down"),
    Kind.EXPIRED: (EXPIRED, "x-thin"),
    Kind.TAKEN_BACK: (NEGATIVE, "triangle-down-open"),
    Kind.OTHER: (RULE, "circle-open"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the spendable points: `active` is the balance from `at` on, `amount` is signed.

    `label` names its cause ("order ORD-1042"), may be empty. `at` is aware.
    """

    at: datetime
    active: Decimal
    kind: Kind
    amount: Decimal
    label: str = ""


def hover(step: Step, formats: Formats) -> str:
    """`3 May 2025 - expired 120 from order ORD-1042 - 340 left`."""
    size = formats.points(abs(step.amount))
    what = (
        f"{step.kind.value} {formats.change(step.amount)}"
        if step.kind is Kind.OTHER
        else f"{step.kind.value} {size}"
    )
    cause = f" from {short(step.label)}" if step.label else ""
    return f"{formats.short_day(step.at)} - {what}{cause} - {formats.points(step.active)} left"


def finding(steps: Sequence[Step], formats: Formats) -> str:
    """The sentence over the chart: the largest fall if it is what stands out, else how the balance went."""
    if not steps:
        return "No points have moved in this range"
    first, last = steps[0], steps[-1]
    start = first.active - first.amount
    fall = min(steps, key=lambda step: step.amount)
    gain = max(steps, key=lambda step: step.amount)
    if fall.amount < 0 and -fall.amount >= gain.amount:
        why = {
            Kind.EXPIRED: "points expired",
            Kind.SPENT: "points were spent",
            Kind.TAKEN_BACK: "earned points were taken back",
        }.get(fall.kind, fall.kind.value)
        return f"Balance fell by {formats.points(-fall.amount)} on {formats.short_day(fall.at)}: {why}"
    way = "rose" if last.active > start else "fell" if last.active < start else "stayed at"
    if way == "stayed at":
        return f"Balance is back at {formats.points(last.active)} on {formats.short_day(last.at)}"
    return (
        f"Balance {way} from {formats.points(start)} to {formats.points(last.active)}"
        f" between {formats.short_day(first.at)} and {formats.short_day(last.at)}"
    )


def point_history(
    steps: Sequence[Step], ahead: Sequence[Step], now: datetime, formats: Formats, title: str = ""
) -> go.Figure:
    """The history chart. `steps` rise in time up to `now`, `ahead` after it (activations and expiries to come).

    The line is thinned to what a screen can show, keeping extremes and the last value.
    """
    figure = go.Figure()
    balance = steps[-1].active if steps else (ahead[0].active - ahead[0].amount if ahead else Decimal(0))
    past = [*[(step.at, step.active) for step in steps], (now, balance)]
    if steps:  # before the first step: the balance it started from
        past.insert(0, (steps[0].at, steps[0].active - steps[0].amount))
    _line(figure, past, formats, BALANCE, AREA, "solid")
    if ahead:
        _line(
            figure,
            [(now, balance), *[(step.at, step.active) for step in ahead]],
            formats,
            PENDING,
            AHEAD,
            "dash",
        )
    for kind, (color, symbol) in _LOOKS.items():
        _marks(figure, [step for step in (*steps, *ahead) if step.kind is kind], formats, color, symbol)
    figure.add_shape(type="line", x0=now, x1=now, y0=0, y1=1, yref="paper", line={"color": RULE, "width": 1})
    figure.add_annotation(
        x=now,
        y=1,
        yref="paper",
        yanchor="bottom",
        text="today",
        showarrow=False,
        font={"color": RULE, "size": 12},
    )
    _frame(figure, title or finding(steps, formats), formats)
    figure.update_xaxes(type="date", tickformatstops=_TICKS, hoverformat="%-d %b %Y")
    return figure


@dataclass(frozen=True, slots=True)
class Rung:
    """What expires in one period: its first day, its words ("1 to 7 Dec"), and how many points."""

    start: datetime
    label: str
    amount: Decimal


def expiry_ladder(rungs: Sequence[Rung], formats: Formats, title: str = "") -> go.Figure:
    """What expires each week, oldest first, as bars with their numbers on them."""
    figure = go.Figure(
        go.Bar(
            x=[rung.label for rung in rungs],
            y=[float(rung.amount) for rung in rungs],  # only for drawing; the text is exact
            text=[formats.points(rung.amount) for rung in rungs],
            textposition="outside",
            cliponaxis=False,
            marker={"color": EXPIRED, "line": {"width": 0}},
            hovertext=[
                f"{plotly(rung.label)} - {formats.points_named(rung.amount)} expire" for rung in rungs
            ],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    if not title:
        title = ladder_finding(rungs, formats)
    _frame(figure, title, formats)
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_layout(height=260, dragmode=False, bargap=0.35)
    return figure


def ladder_finding(rungs: Sequence[Rung], formats: Formats) -> str:
    """The sentence over the ladder: what goes first."""
    due = [rung for rung in rungs if rung.amount > 0]
    if not due:
        return "Nothing expires in this range"
    total = sum((rung.amount for rung in due), Decimal(0))
    if len(due) == 1:
        return f"{formats.points_named(total)} expire, all in {due[0].label}"
    return f"{formats.points_named(due[0].amount)} expire first, in {due[0].label}; {formats.points(total)} in this range"


def describe(
    steps: Sequence[Step], ahead: Sequence[Step], now: datetime, formats: Formats, title: str = ""
) -> str:
    """The history in words, for people who do not see the chart."""
    if not steps and not ahead:
        return "Chart of spendable points. No points have moved in this range."
    parts = [f"Chart of spendable points. {title or finding(steps, formats)}."]
    if steps:
        low, high = min(steps, key=lambda s: s.active), max(steps, key=lambda s: s.active)
        parts.append(
            f"{formats.count(len(steps), 'change')}. Lowest {formats.points(low.active)} on {formats.short_day(low.at)},"
            f" highest {formats.points(high.active)} on {formats.short_day(high.at)},"
            f" now {formats.points(steps[-1].active)}."
        )
    if ahead:
        parts.append(
            f"Without further orders it will be {formats.points(ahead[-1].active)} on {formats.short_day(ahead[-1].at)}."
        )
    return " ".join(parts)


def show(figure: go.Figure, alt: str, *, key: str) -> None:
    """Puts a figure on the page: one zoom gesture (drag sideways), one reset (double click, or the button)."""
    config: dict[str, object] = {
        "displaylogo": False,
        "scrollZoom": False,
        "doubleClick": "reset",
        "showTips": False,
        "modeBarButtons": [["resetScale2d"]],
        "responsive": True,
    }
    st.plotly_chart(figure, theme="streamlit", config=config, alt=alt, key=key)


def warm_up() -> None:
    """Makes the browser fetch and start Plotly before the first real chart, out of sight; call it after the page's
    content. The first chart in a fresh tab then costs what later ones cost."""
    with st.container(key="desk-hidden-plotly"):
        figure = go.Figure(go.Scatter(x=[0], y=[0]), layout={"height": 80, "width": 80, "showlegend": False})
        st.plotly_chart(figure, key="desk-warm-up", width=80, config={"staticPlot": True})


_TICKS = [
    {"dtickrange": [None, 86_400_000], "value": "%H:%M<br>%-d %b"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b<br>%Y"},
    {"dtickrange": ["M1", "M12"], "value": "%b<br>%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def _line(
    figure: go.Figure,
    values: Sequence[tuple[datetime, Decimal]],
    formats: Formats,
    color: str,
    fill: str,
    dash: str,
) -> None:
    """A stepped line with a filled area. Times are given in the shown zone: Plotly itself knows no zones."""
    kept = [values[index] for index in outline([value for _, value in values], MOST)]
    figure.add_trace(
        go.Scatter(
            x=[_local(at, formats) for at, _ in kept],
            y=[float(value) for _, value in kept],  # only for drawing; hovers and tables are exact
            mode="lines",
            line={"color": color, "width": 2, "shape": "hv", "dash": dash},
            fill="tozeroy",
            fillcolor=fill,
            hoverinfo="skip",
            showlegend=False,
        )
    )


def _marks(figure: go.Figure, steps: Sequence[Step], formats: Formats, color: str, symbol: str) -> None:
    """The marks of one kind of change on the line, with their hovers."""
    if not steps:
        return
    kept = [steps[index] for index in largest([step.amount for step in steps], MARKS)]
    figure.add_trace(
        go.Scatter(
            x=[_local(step.at, formats) for step in kept],
            y=[float(step.active) for step in kept],
            mode="markers",
            marker={
                "color": color,
                "symbol": symbol,
                "size": 9 if len(kept) < 60 else 6,
                "line": {"color": color, "width": 2},
            },
            hovertext=[plotly(hover(step, formats)) for step in kept],
            hovertemplate="%{hovertext}<extra></extra>",
            name=kept[0].kind.value,
            showlegend=False,
        )
    )


def _local(at: datetime, formats: Formats) -> datetime:
    """The wall clock in the shown zone, without a zone."""
    return at.astimezone(formats.tz).replace(tzinfo=None)


def _frame(figure: go.Figure, title: str, formats: Formats) -> None:
    """What all charts share: the finding as title, points on the axis, no legend."""
    decimal, group = formats.separators
    lines = "<br>".join(plotly(line) for line in wrap(title, 90)[:2])
    figure.update_layout(
        title={"text": lines, "x": 0, "xanchor": "left", "font": {"size": 15, "color": TEXT}},
        height=HEIGHT,
        margin={"l": 8, "r": 16, "t": 64, "b": 8},
        hovermode="closest",
        dragmode="zoom",
        separators=f"{decimal}{group}",
        showlegend=False,
        hoverlabel={"align": "left"},
    )
    figure.update_yaxes(
        title={"text": "points", "font": {"size": 12}},
        rangemode="tozero",
        fixedrange=True,
        tickformat=",",
        automargin=True,
    )
    figure.update_xaxes(showgrid=False, automargin=True)
