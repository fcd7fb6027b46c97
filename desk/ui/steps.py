"""The steps of a point history in words: hovers, the finding, the text alternative of the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desk.ui.escape import short
from desk.ui.formats import Formats


class Kind(StrEnum):
    """What moved the balance at a step."""

    EARNED = "earned"
    SPENT = "spent"
    EXPIRED = "expired"
    ACTIVATED = "became active"
    GIVEN_BACK = "given back"
    TAKEN_BACK = "taken back"
    OTHER = "changed"


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


@dataclass(frozen=True, slots=True)
class Rung:
    """What expires in one period: its first instant, its words ("1 to 7 Dec"), and how many points."""

    start: datetime
    label: str
    amount: Decimal


_FALLS = {
    Kind.EXPIRED: "points expired",
    Kind.SPENT: "points were spent",
    Kind.TAKEN_BACK: "earned points were taken back",
}


def hover(step: Step, formats: Formats) -> str:
    """`3 May 2025 - expired 120 from order ORD-1042 - 340 left`."""
    amount = formats.change(step.amount) if step.kind is Kind.OTHER else formats.points(abs(step.amount))
    cause = f" from {short(step.label)}" if step.label else ""
    return f"{formats.short_day(step.at)} - {step.kind.value} {amount}{cause} - {formats.points(step.active)} left"


def finding(steps: Sequence[Step], formats: Formats) -> str:
    """The sentence over the chart: the largest fall where that is what stands out, else how the balance went."""
    if not steps:
        return "No points have moved in this range"
    first, last = steps[0], steps[-1]
    start = first.active - first.amount
    fall = min(steps, key=lambda step: step.amount)
    if -fall.amount > abs(last.active - start) and -fall.amount >= max(step.amount for step in steps):
        why = _FALLS.get(fall.kind, fall.kind.value)
        return f"Balance fell by {formats.points(-fall.amount)} on {formats.short_day(fall.at)}: {why}"
    if last.active == start:
        return f"Balance is back at {formats.points(start)} since {formats.short_day(last.at)}"
    way = "rose" if last.active > start else "fell"
    days = f"between {formats.short_day(first.at)} and {formats.short_day(last.at)}"
    if len(steps) == 1:
        days = f"on {formats.short_day(last.at)}"
    return f"Balance {way} from {formats.points(start)} to {formats.points(last.active)} {days}"


def describe(
    steps: Sequence[Step], ahead: Sequence[Step], now: datetime, formats: Formats, title: str = ""
) -> str:
    """The history in words, for people who do not see the chart."""
    if not steps and not ahead:
        return "Chart of spendable points. No points have moved in this range."
    parts = [f"Chart of spendable points until {formats.short_day(now)}. {title or finding(steps, formats)}."]
    if steps:
        low = min(steps, key=lambda step: step.active)
        high = max(steps, key=lambda step: step.active)
        parts.append(
            f"{formats.count(len(steps), 'change')}."
            f" Lowest {formats.points(low.active)} on {formats.short_day(low.at)},"
            f" highest {formats.points(high.active)} on {formats.short_day(high.at)},"
            f" now {formats.points(steps[-1].active)}."
        )
    if ahead:
        last = ahead[-1]
        parts.append(
            f"Without further orders it will be {formats.points(last.active)} on {formats.short_day(last.at)}."
        )
    return " ".join(parts)


def ladder_finding(rungs: Sequence[Rung], formats: Formats) -> str:
    """The sentence over the expiry ladder: what goes first, and how much there is in all."""
    due = [rung for rung in rungs if rung.amount > 0]
    if not due:
        return "Nothing expires in this range"
    total = sum((rung.amount for rung in due), Decimal(0))
    if len(due) == 1:
        return f"{formats.points_named(total)} expire, all in {due[0].label}"
    first = f"{formats.points_named(due[0].amount)} expire first, in {due[0].label}"
    return f"{first}; {formats.points(total)} in this range"
