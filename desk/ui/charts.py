"""The point history and the expiry ladder as Plotly figures: colours follow the theme, the title is the finding."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from textwrap import wrap
from typing import Any, TypeAlias

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from desk.ui.escape import plotly
from desk.ui.formats import Formats
from desk.ui.steps import SPENDABLE, Kind, Step, Subject, describe, finding, hover
from desk.ui.theme import shown
from desk.ui.thin import MARKS, MOST, largest, outline

__all__ = [
    "Kind",
    "Step",
    "describe",
    "finding",
    "point_history",
    "show",
    "warm_up",
]

# Streamlit's own Plotly template draws in these stand-ins, and the browser puts the chartCategoricalColors of the
# theme that is shown in their place: one figure is right in both themes, at once when the theme is changed.
BALANCE, EARNED, SPENT, EXPIRED, PENDING, NEGATIVE, AREA, AHEAD, QUIET, TEXT = (
    f"#0000{slot:02d}" for slot in range(1, 11)
)
HEIGHT = 370
FEW = 20  # marks of one kind that can be as large as a finger-tip of the pointer
LATER = "ahead, if nothing is earned or spent"
SMALL = {"size": 12, "color": QUIET}

# Green came in, blue was spent, grey expired, red was taken back, amber waits: as badges and figures have it. Each kind
# has a shape of its own too, and the legend names both.
_LOOKS: dict[Kind, tuple[str, str]] = {
    Kind.EARNED: (EARNED, "triangle-up"),
    Kind.ACTIVATED: (EARNED, "diamond"),
    Kind.PENDING: (PENDING, "diamond-open"),
    Kind.GIVEN_BACK: (EARNED, "triangle-up-open"),
    Kind.SPENT: (SPENT, "triangle-down"),
    Kind.EXPIRED: (EXPIRED, "x-thin"),
    Kind.TAKEN_BACK: (NEGATIVE, "triangle-down-open"),
    Kind.OTHER: (QUIET, "circle-open"),
}
Trace: TypeAlias = dict[str, object]
TICKS = [
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
    traces: list[Trace] = []
    if steps:
        opening = steps[0].active - steps[0].amount
        since = since or steps[0].at - (now - steps[0].at) / 25
    elif ahead and opening is None:
        opening = ahead[0].active - ahead[0].amount
    current = steps[-1].active if steps else opening
    if since is not None and opening is not None and current is not None:
        past = [(since, opening), *((step.at, step.active) for step in steps), (now, current)]
        traces.append(_line(past, formats, AREA, "solid", subject.label))
    if ahead and current is not None:
        following = [(now, current), *((step.at, step.active) for step in ahead)]
        traces.append(_line(following, formats, AHEAD, "dash", LATER))
    if days:
        traces.append(_pointer(days, formats, subject))
    left_out = thinned
    for kind, look in _LOOKS.items():
        mine = [step for step in (*steps, *ahead) if step.kind is kind and step.marked]
        kept = [mine[index] for index in largest([step.amount for step in mine], MARKS)]
        left_out |= len(kept) < len(mine)
        if kept:
            traces.append(_marks(kept, look, formats, subject))
    today = wall_clock(now, formats)
    layout = frame(title or finding(steps, formats, subject), formats)
    layout |= {"height": HEIGHT, "dragmode": "zoom", "showlegend": bool(steps or ahead), **today_rule(today)}
    layout["xaxis"] |= {"type": "date", "tickformatstops": TICKS}
    if left_out:
        layout["xaxis"]["title"] = {"text": "the largest changes are marked", "font": SMALL}
    if not traces:
        layout["xaxis"]["range"] = [today - timedelta(days=30), today + timedelta(days=30)]
        layout["yaxis"] |= {"range": [0, 1], "showticklabels": False}
    return go.Figure(traces, layout)


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
    values: Sequence[tuple[datetime, Decimal]], formats: Formats, fill: str, dash: str, name: str
) -> Trace:
    """A stepped line with a filled area."""
    places = [at.timestamp() for at, _ in values]
    kept = [values[index] for index in outline([value for _, value in values], MOST, places)]
    return {
        **_places(kept, formats),
        "mode": "lines",
        "line": {"color": BALANCE, "width": 2, "shape": "hv", "dash": dash},
        "fill": "tozeroy",
        "fillcolor": fill,
        "hoverinfo": "skip",
        "name": name,
    }


def _pointer(days: Sequence[tuple[datetime, Decimal]], formats: Formats, subject: Subject) -> Trace:
    """What cannot be seen, and lies under the pointer anywhere along the line: the figure at the end of a day."""
    hovers = [
        plotly(f"End of {formats.short_day(at)} - {formats.points(value)} {subject.after}")
        for at, value in days
    ]
    return {
        **_places(days, formats),
        "mode": "markers",
        "marker": {"opacity": 0, "size": 14},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "hovertext": hovers,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "showlegend": False,
        "name": "day",
    }


def _marks(kept: Sequence[Step], look: tuple[str, str], formats: Formats, subject: Subject) -> Trace:
    """The marks of one kind of change on the line, with their hovers."""
    color, symbol = look
    return {
        **_places([(step.at, step.active) for step in kept], formats),
        "mode": "markers",
        "cliponaxis": False,
        "marker": {
            "color": color,
            "symbol": symbol,
            "size": 9 if len(kept) <= FEW else 6,
            "line": {"color": color, "width": 2 if len(kept) <= FEW else 1},
        },
        "unselected": {"marker": {"opacity": 1}},  # a click chooses a day, it does not fade the rest
        "hovertext": [plotly(hover(step, formats, subject)) for step in kept],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "name": kept[0].kind.value,
    }


def _places(values: Sequence[tuple[datetime, Decimal]], formats: Formats) -> Trace:
    """Where points are, as columns: only for drawing; hovers and tables are exact."""
    return {
        "type": "scatter",
        "x": np.array([wall_clock(at, formats) for at, _ in values], dtype="datetime64[ms]"),
        "y": np.array([float(value) for _, value in values]),
    }


def wall_clock(at: datetime, formats: Formats) -> datetime:
    """The wall clock in the shown zone, without a zone: Plotly itself knows no zones."""
    return at.astimezone(formats.tz).replace(tzinfo=None)


def today_rule(at: datetime) -> dict[str, Any]:
    """A thin rule where the future begins."""
    return {
        "shapes": [
            {
                "type": "line",
                "x0": at,
                "x1": at,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": QUIET, "width": 1},
            }
        ],
        "annotations": [
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "showarrow": False,
                "text": "today",
                "font": SMALL,
            }
        ],
    }


def frame(title: str, formats: Formats) -> dict[str, Any]:
    """What all charts share: the finding as title, points on the axis, a legend below that cannot be pressed."""
    decimal, group = formats.separators
    lines = "<br>".join(plotly(line) for line in wrap(title, 90)[:2])
    return {
        "title": {"text": lines, "x": 0, "xanchor": "left", "font": {"size": 15, "color": TEXT}},
        "margin": {"l": 8, "r": 16, "t": 64, "b": 8},
        "hovermode": "closest",
        "separators": f"{decimal}{group}",
        "hoverlabel": {"align": "left"},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 0,
            "yref": "container",
            "yanchor": "bottom",
            "itemclick": False,
            "itemdoubleclick": False,
            "font": {"size": 13, "color": TEXT},
        },
        "xaxis": {"showgrid": False, "tickfont": SMALL, "automargin": True},
        "yaxis": {
            "title": {"text": "points", "font": SMALL},
            "tickfont": SMALL,
            "tickformat": ",",
            "automargin": True,
            "rangemode": "tozero",
            "fixedrange": True,
        },
    }
