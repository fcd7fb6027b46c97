"""Reconciliation: whether the rows of a ledger explain the balance that the API reports, and if not, what
may be behind it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from desk.insight.balances import Balance, Reported
from desk.insight.causes import Cause, Reasons
from desk.insight.ledger import Row
from desk.insight.rows import Rows


class SuspectKind(StrEnum):
    """What looks wrong, or could explain a gap."""

    SAME_RULE_TWICE = "the same rule twice for one session"
    CANCELLED_SESSION = "points of a cancelled session"
    ORPHAN_SUBTRACTION = "a spend that no points cover"
    UNCLEAR_CAUSE = "a row that may be a spend or a rollback"
    UNREADABLE_DATE = "a row with a date that cannot be read"


@dataclass(frozen=True, slots=True)
class Suspect:
    """Rows worth a look, oldest first."""

    kind: SuspectKind
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure (`active`, `pending`, `spent`, `expired`, `negative`) that the rows do not explain."""

    figure: str
    explained: Decimal
    reported: Decimal

    @property
    def difference(self) -> Decimal:
        """What the API reports beyond what the rows explain."""
        return self.reported - self.explained


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """`checked` names the figures that the API sent; without gaps the ledger explains them all."""

    checked: tuple[str, ...]
    gaps: tuple[Gap, ...]
    suspects: tuple[Suspect, ...]

    @property
    def explained(self) -> bool:
        """Whether something was checked, and all of it agrees."""
        return bool(self.checked) and not self.gaps


def reconcile(balance: Balance, reported: Reported, suspects: tuple[Suspect, ...] = ()) -> Reconciliation:
    """Compares every figure that the API sent, exactly."""
    figures = tuple(reported.figures())
    gaps = tuple(
        Gap(name, getattr(balance, name), value) for name, value in figures if getattr(balance, name) != value
    )
    return Reconciliation(tuple(name for name, _ in figures), gaps, suspects)


def suspects_of(
    rows: Rows, reasons: Reasons, uncovered: Collection[int], cancelled: Collection[str] = ()
) -> tuple[Suspect, ...]:
    """What is worth a look. `uncovered`: places of subtractions that no lots covered; `cancelled`: ids of sessions that
    are known to be cancelled."""
    standing = _standing(rows, reasons)
    sessions = rows.sessions
    unreadable = np.flatnonzero(np.array(rows.additions, dtype=bool) & rows.unreadable)
    found: dict[SuspectKind, Iterable[int]] = {
        SuspectKind.SAME_RULE_TWICE: _twice(rows, standing),
        SuspectKind.CANCELLED_SESSION: [place for place in standing if sessions[place] in cancelled]
        if cancelled
        else (),
        SuspectKind.ORPHAN_SUBTRACTION: [
            place for place in uncovered if reasons.causes[place] is Cause.SPENT
        ],
        SuspectKind.UNCLEAR_CAUSE: reasons.uncertain,
        SuspectKind.UNREADABLE_DATE: {*rows.undated, *unreadable.tolist()},
    }
    return tuple(
        Suspect(kind, tuple(rows[place] for place in sorted(places)))
        for kind, places in found.items()
        if places
    )


def _standing(rows: Rows, reasons: Reasons) -> list[int]:
    """Places of awards of sessions that nothing has taken back."""
    undone = {place for places in reasons.undoes.values() for place in places}
    pairs = enumerate(zip(reasons.causes, rows.sessions, strict=True))
    return [
        place
        for place, (cause, session) in pairs
        if session and cause is Cause.EARNED and place not in undone
    ]


def _twice(rows: Rows, standing: Sequence[int]) -> set[int]:
    """Places of equal awards of one rule to one session at different instants. Several rows of one rule at one instant
    are one evaluation: a rule may award each item."""
    columns = (rows.sessions, rows.rulesets, rows.rules, rows.names, rows.amounts())
    keys = list(zip(*(map(column.__getitem__, standing) for column in columns), strict=True))
    often = Counter(keys)
    if len(often) == len(keys):
        return set()
    first: dict[tuple[object, ...], int] = {}
    found: set[int] = set()
    for place, key in zip(standing, keys, strict=True):
        if often[key] > 1:
            before = first.setdefault(key, place)
            if rows.created[before] != rows.created[place]:
                found |= {before, place}
    return found
