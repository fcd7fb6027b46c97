"""The point history and the expiry ladder as Plotly figures: colours follow the theme, the title is the finding."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from textwrap import wrap
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from desk.insight.days import local, plus
from desk.ui.escape import md, plotly
from desk.ui.formats import Formats
from desk.ui.steps import SPENDABLE, Kind, Step, Subject, describe, finding, hover
from desk.ui.theme import shown, tinted
from desk.ui.thin import MARKS, MOST, largest, outline
from desk.ui.words import Tone

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
HEIGHT = 340
FEW = 12  # marks of one kind that are drawn large
LATER = "ahead, if nothing is earned or spent"
SMALL = {"size": 12, "color": QUIET}


class _Look(NamedTuple):
    """A mark: its colour and shape in the chart, and the tone and sign that stand for them in the legend."""

    color: str
    symbol: str
    tone: Tone
    sign: str


# Green came in, blue was spent, grey expired, red was taken back, amber waits: as badges and figures have it.
_LOOKS: dict[Kind, _Look] = {
    Kind.EARNED: _Look(EARNED, "triangle-up", Tone.ACTIVE, "▲"),
    Kind.ADDED: _Look(EARNED, "cross", Tone.ACTIVE, "✚"),
    Kind.ACTIVATED: _Look(EARNED, "diamond", Tone.ACTIVE, "◆"),
    Kind.PENDING: _Look(PENDING, "diamond-open", Tone.PENDING, "◇"),
    Kind.GIVEN_BACK: _Look(EARNED, "triangle-up-open", Tone.ACTIVE, "△"),
    Kind.SPENT: _Look(SPENT, "triangle-down", Tone.SPENT, "▼"),
    Kind.TAKEN_OFF: _Look(SPENT, "square", Tone.SPENT, "■"),
    Kind.EXPIRED: _Look(EXPIRED, "x-thin", Tone.EXPIRED, "✕"),
    Kind.TAKEN_BACK: _Look(NEGATIVE, "triangle-down-open", Tone.NEGATIVE, "▽"),
    Kind.OTHER: _Look(QUIET, "circle-open", Tone.PLAIN, "○"),
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
        since = since or plus(steps[0].at, (steps[0].at - now) / 25)
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
    most = max((step.active for step in (*steps, *ahead)), default=opening or Decimal(0))
    layout = frame(title or finding(steps, formats, subject), formats, most)
    layout |= {"height": HEIGHT, "dragmode": "zoom", **today_rule(today)}
    layout["xaxis"] |= {"type": "date", "tickformatstops": TICKS}
    if left_out:
        layout["xaxis"]["title"] = {"text": "the largest changes are marked", "font": SMALL}
        layout["margin"]["b"] += 20
    if not traces:
        layout["xaxis"]["range"] = [today - timedelta(days=30), today + timedelta(days=30)]
        layout["yaxis"] |= {"range": [0, 1], "showticklabels": False}
    return go.Figure(traces, layout)


def legend(figure: go.Figure) -> str:
    """What the lines and marks of a history mean, as Markdown: its colours follow the theme, and it wraps as text does
    (Plotly's own would draw the chart twice to make room for itself). Empty where nothing is drawn."""
    entries = []
    for trace in figure.data:
        if trace.mode == "lines":
            sign = f":primary[{'━━' if trace.line.dash == 'solid' else '━ ━'}]"
        elif trace.name in list(Kind):
            sign = tinted(_LOOKS[Kind(trace.name)].sign, _LOOKS[Kind(trace.name)].tone)
        else:
            continue
        entries.append(f"{sign} {md(trace.name)}".replace(" ", "\N{NO-BREAK SPACE}"))
    return "\N{EM SPACE} ".join(entries)


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
        "name": "day",
    }


def _marks(kept: Sequence[Step], look: _Look, formats: Formats, subject: Subject) -> Trace:
    """The marks of one kind of change on the line, with their hovers."""
    return {
        **_places([(step.at, step.active) for step in kept], formats),
        "mode": "markers",
        "cliponaxis": False,
        "marker": {
            "color": look.color,
            "symbol": look.symbol,
            "size": 9 if len(kept) <= FEW else 7,
            "line": {"color": look.color, "width": 2 if len(kept) <= FEW else 1},
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
    return local(at, formats.tz).replace(tzinfo=None)


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


def frame(title: str, formats: Formats, most: Decimal = Decimal(0)) -> dict[str, Any]:
    """What all charts share: the finding as title, points on the axis. `most`: the largest value, which must have
    room beside the axis: Plotly would find out how much by drawing everything twice."""
    decimal, group = formats.separators
    lines = "<br>".join(plotly(line) for line in wrap(title, 90)[:2])
    room = 7 * max(3, len(f"{most:,.0f}"))
    return {
        "title": {"text": lines, "x": 0, "xanchor": "left", "font": {"size": 15, "color": TEXT}},
        "margin": {"l": 40 + room, "r": 24, "t": 64, "b": 40},
        "hovermode": "closest",
        "separators": f"{decimal}{group}",
        "hoverlabel": {"align": "left"},
        "showlegend": False,
        "xaxis": {"showgrid": False, "tickfont": SMALL, "automargin": False},
        "yaxis": {
            "title": {"text": "points", "font": SMALL},
            "tickfont": SMALL,
            "tickformat": ",",
            "automargin": False,
            "rangemode": "tozero",
            "fixedrange": True,
        },
    }
