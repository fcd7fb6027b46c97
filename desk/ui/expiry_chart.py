"""The expiry ladder as a Plotly figure: what expires in which week, on an even axis of time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import plotly.graph_objects as go

from desk.insight.days import plus
from desk.ui.charts import EXPIRED, TEXT, TICKS, frame, today_rule, wall_clock
from desk.ui.escape import plotly
from desk.ui.formats import Formats
from desk.ui.steps import Rung, ladder_finding

WEEK = timedelta(days=7)
NARROW, LETTER = 560, 7
"""How wide, in pixels, a chart of a narrow window is, and a letter of its numbers."""


def expiry_ladder(
    rungs: Sequence[Rung],
    formats: Formats,
    title: str = "",
    after: Mapping[datetime, Decimal] | None = None,
    *,
    now: datetime | None = None,
) -> go.Figure:
    """What expires each week, oldest first, as bars on an even axis of time: a week without an expiry is a gap as wide
    as a week. `now`: where the axis begins, with a rule for today; without it, the first bar does. `after`: what would
    still expire in each week, by its start, after a redemption: bars are filled as far as that, and outlined as far as
    what expires now. Where bars are too close for all their numbers, the largest have theirs, and the axis has figures.
    """
    left = [rung.amount if after is None else after.get(rung.start, Decimal(0)) for rung in rungs]
    hovers = [f"{plotly(rung.label)} - {formats.points_named(rung.amount)} expire" for rung in rungs]
    if after is not None:
        hovers = [f"{text}, then {formats.points(amount)}" for text, amount in zip(hovers, left, strict=True)]
    begin = plus(min([rung.start for rung in rungs] + ([now] if now else [])), -WEEK / 4)
    end = plus(max(rung.start for rung in rungs), 1.5 * WEEK)
    texts = _numbers(rungs, left, formats, end - begin)
    outlined = [rung.amount for rung in rungs]
    bars = [(outlined, EXPIRED if after is None else "rgba(0,0,0,0)", texts)]
    if after is not None:
        bars.append((left, EXPIRED, [""] * len(left)))
    traces = [
        {
            "type": "bar",
            "x": np.array(
                [wall_clock(plus(rung.start, WEEK / 2), formats) for rung in rungs], dtype="datetime64[ms]"
            ),
            "y": np.array([float(amount) for amount in amounts]),  # only for drawing; the text is exact
            "width": WEEK.total_seconds() * 1000 * 0.7,
            "text": on_top,
            "textposition": "outside",
            "textangle": 0,
            "constraintext": "none",
            "textfont": {"color": TEXT, "size": 12},
            "cliponaxis": False,
            "marker": {"color": fill, "line": {"width": 1, "color": EXPIRED}},
            "hovertext": hovers,
            "hovertemplate": "%{hovertext}<extra></extra>",
        }
        for amounts, fill, on_top in bars
    ]
    most = max(rung.amount for rung in rungs)
    layout = frame(title or ladder_finding(rungs, formats), formats, most)
    layout |= {"height": 240, "dragmode": False, "barmode": "overlay"}
    layout["xaxis"] |= {
        "type": "date",
        "fixedrange": True,
        "tickformatstops": TICKS,
        "range": [wall_clock(begin, formats), wall_clock(end, formats)],
    }
    if all(texts):
        layout["yaxis"] |= {"showticklabels": False, "showgrid": False, "title": None}
        layout["margin"]["l"] = 8
    if now is not None:
        layout |= today_rule(wall_clock(now, formats))
    return go.Figure(traces, layout)


def _numbers(rungs: Sequence[Rung], left: Sequence[Decimal], formats: Formats, span: timedelta) -> list[str]:
    """What stands on each bar: its number, where no larger bar or number is in its way; empty for the others."""
    texts = [
        formats.points(rung.amount)
        if rung.amount == amount
        else f"{formats.points(rung.amount)} → {formats.points(amount)}"
        for rung, amount in zip(rungs, left, strict=True)
    ]
    shown: list[int] = []

    def apart(one: int, other: int) -> float:
        return abs(rungs[one].start - rungs[other].start) / span * NARROW

    for place in sorted(range(len(rungs)), key=lambda place: rungs[place].amount, reverse=True):
        half = LETTER * len(texts[place]) / 2
        higher = [other for other in range(len(rungs)) if rungs[other].amount > rungs[place].amount]
        if all(apart(place, other) > half for other in higher) and all(
            apart(place, other) >= half + LETTER * (1 + len(texts[other]) / 2) for other in shown
        ):
            shown.append(place)
    return [text if place in shown else "" for place, text in enumerate(texts)]
