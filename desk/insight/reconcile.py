"""Reconciliation: whether the rows of a ledger explain the balance that the API reports, and if not, what
may be behind it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desk.insight.balances import Balance, Reported
from desk.insight.causes import Cause, Reason
from desk.insight.ledger import Row


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
    rows: Sequence[Row],
    reasons: Sequence[Reason],
    uncovered: Mapping[int, Decimal],
    cancelled: Collection[str] = (),
) -> tuple[Suspect, ...]:
    """What is worth a look. `cancelled`: ids of sessions that are known to be cancelled."""
    found: dict[SuspectKind, list[Row]] = {kind: [] for kind in SuspectKind}
    standing = _standing(rows, reasons)
    seen: dict[tuple[object, ...], Row] = {}
    for place, (row, reason) in enumerate(zip(rows, reasons, strict=True)):
        if place in uncovered and reason.cause is Cause.SPENT:
            found[SuspectKind.ORPHAN_SUBTRACTION].append(row)
        if not reason.certain:
            found[SuspectKind.UNCLEAR_CAUSE].append(row)
        if not row.dated or (row.addition and not row.window.readable):
            found[SuspectKind.UNREADABLE_DATE].append(row)
        if not row.session or place not in standing:
            continue
        if row.session in cancelled:
            found[SuspectKind.CANCELLED_SESSION].append(row)
        first = seen.setdefault((row.session, row.ruleset_id, row.rule, row.name, row.amount), row)
        # Several rows of one rule at one instant are one evaluation: a rule may award each item.
        if first is not row and first.created != row.created:
            twice = found[SuspectKind.SAME_RULE_TWICE]
            twice += [row] if first in twice else [first, row]
    return tuple(Suspect(kind, tuple(listed)) for kind, listed in found.items() if listed)


def _standing(rows: Sequence[Row], reasons: Sequence[Reason]) -> set[int]:
    """Places of awards that nothing has taken back."""
    undone = {place for reason in reasons for place in reason.undoes}
    return {
        place
        for place, reason in enumerate(reasons)
        if reason.cause is Cause.EARNED and rows[place].session and place not in undone
    }
