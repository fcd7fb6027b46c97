"""Reconciliation: whether the rows of a ledger explain the balance that the API reports, and if not, what
may be behind it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import numpy as np

from desk.insight.balances import Balance, Reported
from desk.insight.causes import Cause, Reasons
from desk.insight.columns import Ints, codes
from desk.insight.ledger import Row
from desk.insight.rows import Rows


class SuspectKind(StrEnum):
    """What looks wrong, or could explain a gap."""

    SAME_RULE_TWICE = "the same rule twice for one session"
    CANCELLED_SESSION = "points of a cancelled session"
    ORPHAN_SUBTRACTION = "a spend that no points cover"
    UNCLEAR_CAUSE = "a row that may be a spend or a rollback"
    UNREADABLE_DATE = "a row with a date that cannot be read"
    FUTURE_DATE = "a row that is dated in the future"
    OTHER_LOTS = "points left of other awards than the order of spending leaves"


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
    rows: Rows,
    reasons: Reasons,
    uncovered: Collection[int],
    *,
    others: Collection[int] = (),
    early: Collection[int] = (),
) -> tuple[Suspect, ...]:
    """What is worth a look, by the rows. `uncovered`: places of subtractions that no lots covered; `others`: places of
    awards of which the API lists another rest than the order of spending leaves; `early`: places of rows that are dated
    in the future."""
    unreadable = np.flatnonzero(rows.added & rows.unreadable)
    found: dict[SuspectKind, Iterable[int]] = {
        SuspectKind.SAME_RULE_TWICE: _twice(rows, standing(rows, reasons)),
        SuspectKind.ORPHAN_SUBTRACTION: [
            place for place in uncovered if reasons.causes[place] is Cause.SPENT
        ],
        SuspectKind.UNCLEAR_CAUSE: reasons.uncertain,
        SuspectKind.UNREADABLE_DATE: {*rows.undated, *unreadable.tolist()},
        SuspectKind.FUTURE_DATE: early,
        SuspectKind.OTHER_LOTS: others,
    }
    return tuple(
        Suspect(kind, tuple(rows[place] for place in sorted(places)))
        for kind, places in found.items()
        if places
    )


def standing(rows: Rows, reasons: Reasons) -> Ints:
    """Places of awards of sessions that nothing has taken back."""
    there = rows.added & (rows.session_codes > 0)
    for place, undone in reasons.undoes.items():
        there[[place, *undone]] = False
    return np.flatnonzero(there)


def _twice(rows: Rows, standing: Ints) -> set[int]:
    """Places of equal awards of one rule to one session at different instants. Several rows of one rule at one instant
    are one evaluation: a rule may award each item."""
    awards = codes(rows.session_codes[standing], rows.rule_codes[standing])
    several = np.bincount(awards)[awards] > 1
    standing, awards = standing[several], awards[several].tolist()
    first: dict[tuple[object, ...], int] = {}
    found: set[int] = set()
    amounts = rows.amounts().tolist() if awards else ()
    for place, award in zip(standing.tolist(), awards, strict=True):
        before = first.setdefault((award, rows.names[place], amounts[place]), place)
        if rows.created[before] != rows.created[place]:
            found |= {before, place}
    return found
