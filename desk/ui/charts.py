"""The point history and the expiry ladder as Plotly figures: colours follow the theme, the title is the finding."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from textwrap import wrap

import plotly.graph_objects as go
import streamlit as st

from desk.ui.escape import plotly
from desk.ui.formats import Formats
from desk.ui.steps import SPENDABLE, Kind, Rung, Step, Subject, describe, finding, hover, ladder_finding
from desk.ui.theme import shown
from desk.ui.thin import MARKS, MOST, largest, outline

__all__ = [
    "Kind",
    "Rung",
    "Step",
    "describe",
    "expiry_ladder",
    "finding",
    "ladder_finding",
    "point_history",
    "show",
    "warm_up",
]

# Streamlit's own Plotly template draws in these stand-ins, and the browser puts the chartCategoricalColors of the
# theme that is shown in their place: one figure is right in both themes, at once when the theme is changed.
BALANCE, EARNED, SPENT, EXPIRED, PENDING, NEGATIVE, AREA, AHEAD, QUIET, TEXT = (
    f"#0000{slot:02d}" for slot in range(1, 11)
)
HEIGHT = 340

_LOOKS: dict[Kind, tuple[str, str]] = {
    Kind.EARNED: (EARNED, "triangle-up"),
    Kind.ACTIVATED: (PENDING, "diamond"),
    Kind.PENDING: (PENDING, "diamond-open"),
    Kind.GIVEN_BACK: (EARNED, "triangle-up-open"),
    Kind.SPENT: (SPENT, "triangle-down"),
    Kind.EXPIRED: (EXPIRED, "x-thin"),
    Kind.TAKEN_BACK: (NEGATIVE, "triangle-down-open"),
    Kind.OTHER: (QUIET, "circle-open"),
}
_TICKS = [
    {"dtickrange": [None, 86_400_000], "value": "%H:%M<br>%-d %b"},
    {"dtickrange": [86_400_000, "M1"], "value": "%-d %b<br>%Y"},
    {"dtickrange": ["M1", "M12"], "value": "%b<br>%Y"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]


def point_history(
    steps: Sequence[Step],
    ahead: Sequence[Step],
    now: datetime,
    formats: Formats,
    title: str = "",
    *,
    since: datetime | None = None,
    opening: Decimal | None = None,
    subject: Subject = SPENDABLE,
    days: Sequence[tuple[datetime, Decimal]] = (),
    thinned: bool = False,
) -> go.Figure:
    """The history chart. `steps` rise in time up to `now`, `ahead` after it (activations, expiries to come).

    `since` is where the range begins (by default a little before the first step), `opening` the balance there, needed
    only when nothing moved in the range. The line is thinned to what a screen can show, keeping extremes and the last
    value; of many marks the largest stay, and the axis says so (`thinned`: the caller left some out before). `days`:
    noon of days with the figure at their ends, to be read and chosen anywhere along the line.
    """
    figure = go.Figure()
    if steps:
        opening = steps[0].active - steps[0].amount
        since = since or steps[0].at - (now - steps[0].at) / 25
    elif ahead and opening is None:
        opening = ahead[0].active - ahead[0].amount
    current = steps[-1].active if steps else opening
    if since is not None and opening is not None and current is not None:
        past = [(since, opening), *((step.at, step.active) for step in steps), (now, current)]
        _line(figure, past, formats, BALANCE, AREA, "solid")
    if ahead and current is not None:
        start = (now, current)
        _line(figure, [start, *((step.at, step.active) for step in ahead)], formats, PENDING, AHEAD, "dash")
    _pointer(figure, days, formats, subject)
    left_out = thinned + sum(
        _marks(
            figure,
            [step for step in (*steps, *ahead) if step.kind is kind and step.marked],
            formats,
            color,
            symbol,
            subject,
        )
        for kind, (color, symbol) in _LOOKS.items()
    )
    today = _local(now, formats)
    figure.add_shape(
        type="line", x0=today, x1=today, y0=0, y1=1, yref="paper", line={"color": QUIET, "width": 1}
    )
    figure.add_annotation(
        {"x": today, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False},
        text="today",
        font={"color": QUIET, "size": 12},
    )
    _frame(figure, title or finding(steps, formats, subject), formats)
    figure.update_xaxes(type="date", tickformatstops=_TICKS)
    if left_out:
        figure.update_xaxes(
            title={"text": "the largest changes are marked", "font": {"size": 12, "color": QUIET}}
        )
    if not figure.data:
        figure.update_xaxes(range=[today - timedelta(days=30), today + timedelta(days=30)])
        figure.update_yaxes(range=[0, 1], showticklabels=False)
    return figure


def expiry_ladder(
    rungs: Sequence[Rung], formats: Formats, title: str = "", after: Mapping[str, Decimal] | None = None
) -> go.Figure:
    """What expires each week, oldest first, as bars with their numbers on them. `after`: what would still expire in
    each week, by label, after a redemption: bars are filled as far as that, and outlined as far as what expires now."""
    hovers = [f"{plotly(rung.label)} - {formats.points_named(rung.amount)} expire" for rung in rungs]
    names = [plotly(rung.label) for rung in rungs]
    left = [rung.amount if after is None else after.get(rung.label, Decimal(0)) for rung in rungs]
    texts = [formats.points(amount) for amount in left]
    if after is not None:
        hovers = [f"{text}, then {words}" for text, words in zip(hovers, texts, strict=True)]
        texts = [
            words if rung.amount == amount else f"{formats.points(rung.amount)} → {words}"
            for rung, amount, words in zip(rungs, left, texts, strict=True)
        ]
    figure = go.Figure()
    for amounts, fill, on_top in (
        ([rung.amount for rung in rungs], "rgba(0,0,0,0)" if after is not None else EXPIRED, texts),
        *([(left, EXPIRED, [""] * len(left))] if after is not None else []),
    ):
        figure.add_bar(
            x=names,
            y=[float(amount) for amount in amounts],  # only for drawing; the text is exact
            text=on_top,
            textposition="outside",
            textfont={"color": TEXT},
            cliponaxis=False,
            marker={"color": fill, "line": {"width": 1, "color": EXPIRED}},
            hovertext=hovers,
            hovertemplate="%{hovertext}<extra></extra>",
        )
    _frame(figure, title or ladder_finding(rungs, formats), formats)
    figure.update_xaxes(type="category", fixedrange=True)
    figure.update_yaxes(showticklabels=False, showgrid=False, title=None)
    figure.update_layout(height=220, dragmode=False, bargap=0.5, barmode="overlay")
    return figure


def show(figure: go.Figure, alt: str, *, key: str, on_day: Callable[[date], None] | None = None) -> None:
    """Puts a figure on the page: one zoom gesture (drag sideways), one reset (double click, or its button).

    `on_day(day)` is called before the next run when somebody clicks a mark or a day, with the day as the axis has it.
    """
    # The browser fills in the theme's colours once for each key, so another theme needs another key.
    config: dict[str, object] = {
        "displaylogo": False,
        "scrollZoom": False,
        "doubleClick": "reset",
        "showTips": False,
        "modeBarButtons": [["resetScale2d"]],
    }
    slot = f"{key}-{shown()}"
    if on_day is None:
        st.plotly_chart(figure, theme="streamlit", config=config, alt=alt, key=slot)
        return

    def clicked() -> None:
        day = day_of(st.session_state.get(slot))
        if day is not None:
            on_day(day)

    st.plotly_chart(
        figure,
        theme="streamlit",
        config=config,
        alt=alt,
        key=slot,
        on_select=clicked,
        selection_mode="points",
    )


def day_of(event: object) -> date | None:
    """The day of the point that was clicked; None where a click ended a choice."""
    selection = event.get("selection") if isinstance(event, Mapping) else None
    points = selection.get("points") if isinstance(selection, Mapping) else None
    try:
        return date.fromisoformat(str(points[0]["x"])[:10]) if points else None
    except (KeyError, TypeError, ValueError):
        return None


def warm_up() -> None:
    """Makes the browser fetch and start Plotly before the first real chart, out of sight.

    To be called after the page's content: the first chart in a fresh tab then costs what later ones cost.
    """
    with st.container(key="desk-hidden-plotly"):
        figure = go.Figure(go.Scatter(x=[0], y=[0]), layout={"height": 80, "width": 80, "showlegend": False})
        st.plotly_chart(figure, key="desk-warm-up", width=80, config={"staticPlot": True})


def _line(
    figure: go.Figure,
    values: Sequence[tuple[datetime, Decimal]],
    formats: Formats,
    color: str,
    fill: str,
    dash: str,
) -> None:
    """A stepped line with a filled area."""
    places = [at.timestamp() for at, _ in values]
    kept = [values[index] for index in outline([value for _, value in values], MOST, places)]
    figure.add_trace(
        go.Scatter(
            x=[_local(at, formats) for at, _ in kept],
            y=[float(value) for _, value in kept],  # only for drawing; hovers and tables are exact
            mode="lines",
            line={"color": color, "width": 2, "shape": "hv", "dash": dash},
            fill="tozeroy",
            fillcolor=fill,
            hoverinfo="skip",
        )
    )


def _pointer(
    figure: go.Figure, days: Sequence[tuple[datetime, Decimal]], formats: Formats, subject: Subject
) -> None:
    """What cannot be seen, and lies under the pointer anywhere along the line: the figure at the end of a day."""
    if not days:
        return
    figure.add_trace(
        go.Scatter(
            x=[_local(at, formats) for at, _ in days],
            y=[float(value) for _, value in days],  # only for drawing
            mode="markers",
            marker={"opacity": 0, "size": 14},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            hovertext=[
                plotly(f"End of {formats.short_day(at)} - {formats.points(value)} {subject.after}")
                for at, value in days
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            name="day",
        )
    )


def _marks(
    figure: go.Figure, steps: Sequence[Step], formats: Formats, color: str, symbol: str, subject: Subject
) -> int:
    """The marks of one kind of change on the line, with their hovers. How many were left out."""
    if not steps:
        return 0
    kept = [steps[index] for index in largest([step.amount for step in steps], MARKS)]
    size = 9 if len(kept) < 60 else 6
    figure.add_trace(
        go.Scatter(
            x=[_local(step.at, formats) for step in kept],
            y=[float(step.active) for step in kept],
            mode="markers",
            cliponaxis=False,
            marker={"color": color, "symbol": symbol, "size": size, "line": {"color": color, "width": 2}},
            unselected={"marker": {"opacity": 1}},  # a click chooses a day, it does not fade the rest
            hovertext=[plotly(hover(step, formats, subject)) for step in kept],
            hovertemplate="%{hovertext}<extra></extra>",
            name=kept[0].kind.value,
        )
    )
    return len(steps) - len(kept)


def _local(at: datetime, formats: Formats) -> datetime:
    """The wall clock in the shown zone, without a zone: Plotly itself knows no zones."""
    return at.astimezone(formats.tz).replace(tzinfo=None)


def _frame(figure: go.Figure, title: str, formats: Formats) -> None:
    """What all charts share: the finding as title, points on the axis, no legend."""
    decimal, group = formats.separators
    lines = "<br>".join(plotly(line) for line in wrap(title, 90)[:2])
    quiet = {"size": 12, "color": QUIET}
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
        title={"text": "points", "font": quiet}, tickfont=quiet, tickformat=",", automargin=True
    )
    figure.update_yaxes(rangemode="tozero", fixedrange=True)
    figure.update_xaxes(showgrid=False, tickfont=quiet, automargin=True)
