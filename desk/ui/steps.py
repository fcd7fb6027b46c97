"""The steps of a point history in words: hovers, the finding, the text alternative of the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desk.ui.escape import short
from desk.ui.formats import Formats


class Kind(StrEnum):
    """What moved the balance at a step."""

    EARNED = "earned"
    ADDED = "added"
    PENDING = "earned, pending"
    SPENT = "spent"
    TAKEN_OFF = "taken off"
    EXPIRED = "expired"
    ACTIVATED = "became spendable"
    GIVEN_BACK = "given back"
    TAKEN_BACK = "taken back"
    OTHER = "changed"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a chart is about: `label` where it is chosen, `title` in its finding, `after` behind what is there after a
    step ("340 left"), `whole` in its description."""

    label: str
    title: str
    after: str
    whole: str


SPENDABLE = Subject("Can be spent", "Balance", "left", "spendable points")


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the figure that is drawn, the spendable points if no other: `active` is the figure from `at` on,
    `amount` is signed. `label` names its cause ("order ORD-1042 by “Double points”"), may be empty. `at` is aware.
    `marked`: whether it may have a mark of its own; of thousands, most only shape the line.
    """

    at: datetime
    active: Decimal
    kind: Kind
    amount: Decimal
    label: str = ""
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Rung:
    """What expires in one week: its first instant, its words ("1–7 Dec"), and how many points."""

    start: datetime
    label: str
    amount: Decimal


SPOKEN = 12
"""Weeks of a ladder that its description names."""
_FALLS = {
    Kind.EXPIRED: "points expired",
    Kind.SPENT: "points were spent",
    Kind.TAKEN_OFF: "points were taken off",
    Kind.TAKEN_BACK: "earned points were taken back",
}


def hover(step: Step, formats: Formats, subject: Subject = SPENDABLE) -> str:
    """`3 May 2025 - expired 120 from order ORD-1042 by “Double points” - 340 left`."""
    amount = formats.change(step.amount) if step.kind is Kind.OTHER else formats.points(abs(step.amount))
    cause = f" from {short(step.label, 110)}" if step.label else ""
    what = f"{step.kind.value} {amount}{cause}"
    return f"{formats.short_day(step.at)} - {what} - {formats.points(step.active)} {subject.after}"


def finding(steps: Sequence[Step], formats: Formats, subject: Subject = SPENDABLE) -> str:
    """The sentence over the chart: the largest fall where that is what stands out, else how the balance went."""
    if not steps:
        return "No points have moved in this range"
    first, last = steps[0], steps[-1]
    start = first.active - first.amount
    fall = min(steps, key=lambda step: step.amount)
    if -fall.amount > abs(last.active - start) and -fall.amount >= max(step.amount for step in steps):
        why = _FALLS.get(fall.kind, fall.kind.value)
        return (
            f"{subject.title} fell by {formats.points(-fall.amount)} on {formats.short_day(fall.at)}: {why}"
        )
    if last.active == start:
        return f"{subject.title} is back at {formats.points(start)} since {formats.short_day(last.at)}"
    way = "rose" if last.active > start else "fell"
    days = f"between {formats.short_day(first.at)} and {formats.short_day(last.at)}"
    if len(steps) == 1:
        days = f"on {formats.short_day(last.at)}"
    return f"{subject.title} {way} from {formats.points(start)} to {formats.points(last.active)} {days}"


def describe(
    steps: Sequence[Step],
    ahead: Sequence[Step],
    now: datetime,
    formats: Formats,
    title: str = "",
    *,
    subject: Subject = SPENDABLE,
    changes: int | None = None,
) -> str:
    """The history in words, for people who do not see the chart. `changes`: how many there are until now, where not all
    are drawn."""
    if not steps and not ahead:
        return f"Chart of {subject.whole}. No points have moved in this range."
    found = title or finding(steps, formats, subject)
    parts = [f"Chart of {subject.whole} until {formats.short_day(now)}. {found}."]
    if steps:
        low = min(steps, key=lambda step: step.active)
        high = max(steps, key=lambda step: step.active)
        parts.append(
            f"{formats.count(len(steps) if changes is None else changes, 'change')}."
            f" Lowest {formats.points(low.active)} on {formats.short_day(low.at)},"
            f" highest {formats.points(high.active)} on {formats.short_day(high.at)},"
            f" now {formats.points(steps[-1].active)}."
        )
    if ahead:
        last = ahead[-1]
        parts.append(
            "A dashed line goes on from today: if nothing is earned or spent, it will be"
            f" {formats.points(last.active)} on {formats.short_day(last.at)}."
        )
    marked = [step for step in (*steps, *ahead) if step.marked]
    kinds = [kind.value for kind in Kind if any(step.kind is kind for step in marked)]
    some = len(marked) < len(steps) + len(ahead)
    parts.append(f"Marked{', the largest only' if some else ''}: {'; '.join(kinds)}.")
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


def describe_ladder(
    rungs: Sequence[Rung], formats: Formats, title: str, after: Mapping[datetime, Decimal] | None = None
) -> str:
    """The ladder in words, for people who do not see it: the finding, and each week or, of many, the largest."""
    largest = sorted(rungs, key=lambda rung: rung.amount, reverse=True)[:SPOKEN]
    told = []
    for rung in sorted(largest, key=lambda rung: rung.start):
        text = f"{rung.label} {formats.points(rung.amount)}"
        if after is not None:
            text += f", then {formats.points(after.get(rung.start, Decimal(0)))}"
        told.append(text)
    which = f"the largest of {len(rungs)} weeks" if len(rungs) > SPOKEN else "week by week"
    return f"Bars of points that expire, along an even axis of weeks. {title}. {which.capitalize()}: {'; '.join(told)}."
