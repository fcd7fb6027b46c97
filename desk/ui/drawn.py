"""What the history chart draws of a ledger: a figure in a range, thinned to what a screen can show. No Streamlit.

Thousands of steps are chosen from columns before any becomes an object. The exact rows stay in the table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from desk.insight.columns import EPOCH, Ints, moment, ticks
from desk.insight.days import end_of, local, plus
from desk.insight.history import Ledger
from desk.insight.moves import KINDS, Move, MoveKind, Moves
from desk.ui.formats import Formats
from desk.ui.steps import Kind, Step, Subject
from desk.ui.thin import MARKS, MOST

RANGES = {"3m": "3 months", "1y": "1 year", "all": "Everything"}
_SPANS = {"3m": timedelta(days=91), "1y": timedelta(days=365)}
SUBJECTS = {
    "active": Subject("Can be spent", "Balance", "left", "spendable points"),
    "pending": Subject("Pending", "Pending points", "pending", "pending points"),
    "spent": Subject("Spent", "Spent in all", "spent in all", "points that were spent"),
    "expired": Subject("Expired", "Expired in all", "expired in all", "points that expired"),
    "negative": Subject("Owed", "What is owed", "owed", "points that are owed"),
}
DAYS = 120  # so many days of the range say their balance under the pointer, and can be chosen by a click

_KINDS: dict[MoveKind, Kind] = {
    MoveKind.EARNED: Kind.EARNED,
    MoveKind.PENDING: Kind.PENDING,
    MoveKind.STARTED: Kind.ACTIVATED,
    MoveKind.SPENT: Kind.SPENT,
    MoveKind.TAKEN_BACK: Kind.TAKEN_BACK,
    MoveKind.GIVEN_BACK: Kind.GIVEN_BACK,
    MoveKind.EXPIRED: Kind.EXPIRED,
    MoveKind.LAPSED: Kind.EXPIRED,
}
_BY_HAND = {MoveKind.EARNED: Kind.ADDED, MoveKind.SPENT: Kind.TAKEN_OFF}
"""Without an order nobody earned or spent."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn. `steps` up to now, `ahead` after it; `opening`: the figure where the range begins (`since`, None
    for the whole history). `changes`: how many there are in the range, of which those drawn are some; `days`: instants
    with the figure at the end of each, for the pointer. `low` and `high` are among the steps."""

    subject: Subject
    steps: list[Step]
    ahead: list[Step]
    since: datetime | None
    opening: Decimal
    changes: int
    days: list[tuple[datetime, Decimal]]

    @property
    def thinned(self) -> bool:
        """Whether there are more changes than are drawn."""
        return self.changes > len(self.steps) + len(self.ahead)


def default_range(ledger: Ledger) -> str:
    """The shortest range that shows the whole of a young ledger, else a year."""
    first = ledger.moves[0].at if ledger.moves else ledger.now
    return "3m" if ledger.now - first < _SPANS["3m"] else "1y"


def subjects_of(ledger: Ledger) -> dict[str, str]:
    """The figures that ever were anything but nothing, by name; what can be spent always."""
    columns = ledger.moves.columns
    there = [name for name in SUBJECTS if name == "active" or np.any(getattr(columns, name) != 0)]
    return {name: SUBJECTS[name].label for name in there}


def drawn(ledger: Ledger, figure: str, chosen: str, zoned: Formats) -> Drawn:
    """The figure in the range called `chosen`."""
    span, now = _SPANS.get(chosen), ledger.now
    since, until = (now - span, now + span) if span else (None, None)
    moves = ledger.moves
    values = getattr(moves.columns, figure)
    changes = np.diff(values, prepend=0)
    inside = changes != 0
    if since is not None and until is not None:
        inside &= (moves.columns.at >= ticks(since)) & (moves.columns.at <= ticks(until))
    places = np.flatnonzero(inside)
    first = int(np.searchsorted(moves.columns.at, ticks(since), side="left")) if since else 0
    passed = int(np.searchsorted(moves.columns.at[places], ticks(now), side="right"))
    past, ahead = places[:passed], places[passed:]
    return Drawn(
        subject=SUBJECTS[figure],
        steps=_steps(moves, past, values, changes),
        ahead=_steps(moves, ahead, values, changes),
        since=since,
        opening=moves.points(values[first - 1]) if first else Decimal(0),
        changes=len(places),
        days=_days(moves, places, values, since, until, now, zoned),
    )


def _marked(moves: Moves, places: Ints, changes: Ints) -> Ints:
    """The places that are marked: all of a few; else of each kind the largest of each stretch, and the largest fall and
    rise of all, of which the title may speak."""
    if len(places) <= MOST // 2:
        return places
    kept = [places[[int(np.argmin(changes[places])), int(np.argmax(changes[places]))]]]
    for kind in np.unique(moves.columns.kinds[places]):
        mine = places[moves.columns.kinds[places] == kind]
        parts = np.arange(len(mine)) * MARKS // len(mine)
        sizes = np.abs(changes[mine])
        kept.append(mine[np.lexsort((sizes, parts))[np.flatnonzero(np.diff(parts, append=MARKS + 1))]])
    return np.unique(np.concatenate(kept))


def _outline(moves: Moves, places: Ints, values: Ints) -> Ints:
    """The places that shape the line: all of a few, else the first, last, lowest and highest of each stretch."""
    if len(places) <= MOST // 2:
        return places
    at = moves.columns.at[places]
    stretches = MOST // 4 - 2
    stretch = (at - at[0]) * stretches // max(1, int(at[-1] - at[0]) + 1)
    return places[_ends(stretch, values[places])]


def _ends(groups: Ints, values: Ints) -> Ints:
    """Of each group (rising numbers) the places of its first and last value, its lowest and highest."""
    first = np.flatnonzero(np.diff(groups, prepend=-1))
    last = np.append(first[1:] - 1, len(groups) - 1)
    by_value = np.lexsort((values, groups))
    return np.unique(np.concatenate([first, last, by_value[first], by_value[last]]))


def _steps(moves: Moves, places: Ints, values: Ints, changes: Ints) -> list[Step]:
    """What is drawn of the changes at these places. Only what is marked is looked up in its row."""
    marked = _marked(moves, places, changes)
    sources = {place: source_of(moves[place]) for place in marked.tolist()}
    columns = moves.columns
    return [
        Step(
            moment(columns.at[place]),
            moves.points(values[place]),
            _kind(moves, place),
            moves.points(changes[place]),
            sources.get(place, ""),
            marked=place in sources,
        )
        for place in np.union1d(_outline(moves, places, values), marked).tolist()
    ]


def _kind(moves: Moves, place: int) -> Kind:
    kind = KINDS[moves.columns.kinds[place]]
    if not moves.rows.sessions[moves.columns.places[place]]:
        return _BY_HAND.get(kind, _KINDS[kind])
    return _KINDS[kind]


def source_of(move: Move) -> str:
    """Where a row comes from, for hovers: its order and its rule, else its own name."""
    row = move.row
    why = row.rule or row.name
    if not row.session:
        return why
    return f"order {row.session}" + (f" by “{why}”" if why else "")


def _days(
    moves: Moves,
    places: Ints,
    values: Ints,
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    zoned: Formats,
) -> list[tuple[datetime, Decimal]]:
    """Noon of days spread evenly over what is drawn, with the figure at their ends."""
    if not len(places):
        return []
    at = moves.columns.at
    begin = ticks(since) if since else int(at[places[0]])
    end = max(ticks(now), int(at[places[-1]]))
    if until:
        end = min(end, ticks(until))
    found: dict[datetime, Decimal] = {}
    for each in np.linspace(begin, end, DAYS).astype(np.int64).tolist():
        # A number between may be off by some microseconds, and so lie after the last that there is.
        day = local(plus(EPOCH, timedelta(microseconds=each)), zoned.tz)
        noon = day.replace(hour=12, minute=0, second=0, microsecond=0)
        place = int(np.searchsorted(at, ticks(end_of(day.date(), zoned.tz)), side="right"))
        found[noon] = moves.points(values[place - 1]) if place else Decimal(0)
    return list(found.items())
