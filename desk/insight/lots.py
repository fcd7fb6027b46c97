"""Lots: each award with its window, what is left of it and what used it; what expires when, and what a
spend would take."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from desk.insight.balances import ZERO
from desk.insight.causes import Cause, Reason
from desk.insight.ledger import Listed, Row, Status, Window
from desk.insight.sweep import Draw, Swept

_NEVER = datetime.max.replace(tzinfo=UTC)


class Meaning(StrEnum):
    """What `amount` means in the API's lists of unused points; nobody documents it, so it is detected."""

    LEFT = "left"
    AWARDED = "awarded"
    UNCLEAR = "unclear"


class Lot(NamedTuple):
    """One award. `row` says when, by which session and rule. `status` is as of now.

    `left`: what the engine finds unused, by the documented order of spending. `listed`: what the API lists as
    unused, None where it does not say. `draws`: what used it, oldest first (inferred, see `sweep`).
    """

    row: Row
    cause: Cause
    window: Window
    status: Status
    left: Decimal
    listed: Decimal | None
    draws: tuple[Draw, ...]

    @property
    def awarded(self) -> Decimal:
        """Points that were awarded."""
        return self.row.amount

    @property
    def remaining(self) -> Decimal:
        """What is left: the API's figure where it gives one, else the engine's."""
        return self.left if self.listed is None else self.listed

    @property
    def agrees(self) -> bool:
        """Whether the inferred order of spending ends where the API's list does."""
        return self.listed is None or self.listed == self.left


def status_at(window: Window, at: datetime) -> Status:
    """What a lot with that window is at an instant (facts.md, Loyalty ledger)."""
    if window.expires is not None and window.expires <= at:
        return Status.EXPIRED
    return Status.PENDING if window.starts is None or window.starts > at else Status.ACTIVE


def windows_of(
    rows: Sequence[Row], listed: Mapping[str, Listed], complete: bool, *, waited: bool = False
) -> dict[int, Window]:
    """The window of each addition, by place. The lists of unused points are fresher than the transactions: a
    lot that was activated or extended shows it there only. `complete`: all three lists were read.

    No answer tells whether a lot that waited for an action, and is used up by now, was activated before: it counts
    as activated, or with `waited` as taken back while it waited.
    """
    found: dict[int, Window] = {}
    for place, row in enumerate(rows):
        if row.addition:
            found[place] = _window(row, find_listed(row, listed), complete, waited)
    return found


def is_open_question(row: Row, listed: Mapping[str, Listed], complete: bool) -> bool:
    """Whether it is unknown if this lot was ever activated."""
    return row.addition and row.window.starts is None and complete and find_listed(row, listed) is None


def _window(row: Row, entry: Listed | None, complete: bool, waited: bool) -> Window:
    window = row.window
    if entry is not None and entry.window.readable:
        window = entry.window
    used_up = complete and entry is None and not waited
    if window.starts is None and (used_up or (entry is not None and entry.status is not Status.PENDING)):
        # Activated at an instant that no answer names; the award is the nearest that is known.
        return window._replace(starts=row.created)
    return window


def find_listed(row: Row, listed: Mapping[str, Listed]) -> Listed | None:
    """The entry of the lists of unused points for an addition."""
    if not listed:
        return None
    return listed.get(row.key) or listed.get(f"#{row.id}")


def meaning_of(rows: Sequence[Row], swept: Swept, listed: Mapping[str, Listed]) -> Meaning:
    """Whether the lists say what is left or what was awarded, where the rows allow to tell."""
    pairs = [
        (entry.amount, rows[place].amount, left)
        for place, left in swept.left.items()
        for entry in (find_listed(rows[place], listed),)
        if entry is not None
    ]
    if any(amount < awarded for amount, awarded, _ in pairs):
        return Meaning.LEFT
    return Meaning.AWARDED if any(left < awarded for _, awarded, left in pairs) else Meaning.UNCLEAR


def lots_of(
    rows: Sequence[Row],
    reasons: Sequence[Reason],
    windows: Mapping[int, Window],
    swept: Swept,
    listed: Mapping[str, Listed],
    meaning: Meaning,
    complete: bool,
    now: datetime,
) -> tuple[Lot, ...]:
    """All lots, oldest award first."""
    lots: list[Lot] = []
    for place, window in windows.items():
        row = rows[place]
        entry = None if meaning is Meaning.AWARDED else find_listed(row, listed)
        amount = entry.amount if entry else None
        if entry is None and complete and meaning is not Meaning.AWARDED:
            amount = ZERO
        lots.append(
            Lot(
                row=row,
                cause=reasons[place].cause,
                window=window,
                status=status_at(window, now),
                left=swept.left[place],
                listed=amount,
                draws=tuple(swept.draws.get(place, ())),
            )
        )
    return tuple(lots)


@dataclass(frozen=True, slots=True)
class LadderWeek:
    """What expires in one week. `week` is its Monday in the zone that was asked for, `first` the first
    expiry."""

    week: date
    first: datetime
    amount: Decimal
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """Unused points by the week in which they expire, soonest first, and those that never do."""

    weeks: tuple[LadderWeek, ...]
    unlimited: Decimal

    @property
    def total(self) -> Decimal:
        """All unused points, active and pending."""
        return self.unlimited + sum((week.amount for week in self.weeks), ZERO)


def ladder(lots: Iterable[Lot], now: datetime, zone: tzinfo = UTC) -> Ladder:
    """What is left, by week of expiry in `zone` (the program's)."""
    weeks: dict[date, list[Lot]] = {}
    unlimited = ZERO
    for lot in lots:
        expires = lot.window.expires
        if not lot.remaining or status_at(lot.window, now) is Status.EXPIRED:
            continue
        if expires is None:
            unlimited += lot.remaining
            continue
        day = expires.astimezone(zone).date()
        weeks.setdefault(day - timedelta(days=day.weekday()), []).append(lot)
    return Ladder(tuple(_week(week, weeks[week]) for week in sorted(weeks)), unlimited)


def _week(week: date, lots: list[Lot]) -> LadderWeek:
    lots.sort(key=spending_order)
    first = lots[0].window.expires
    assert first is not None
    return LadderWeek(week, first, sum((lot.remaining for lot in lots), ZERO), tuple(lots))


def spending_order(lot: Lot) -> tuple[datetime, datetime, int, str]:
    """The order in which lots are spent: earliest expiry, unlimited last, then the oldest award."""
    number = -1 if lot.row.id is None else lot.row.id
    return (lot.window.expires or _NEVER, lot.row.created, number, lot.row.key)


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a spend would take: points by lot, what could not be covered, and all lots as they would be
    then."""

    wanted: Decimal
    taken: tuple[tuple[Lot, Decimal], ...]
    short: Decimal
    after: tuple[Lot, ...]


def if_redeemed(lots: Sequence[Lot], amount: Decimal, now: datetime) -> Redemption:
    """ "If 300 are redeemed now": active lots in the documented order. Nothing is asked or changed."""
    taken: dict[str, Decimal] = {}
    parts: list[tuple[Lot, Decimal]] = []
    rest = amount
    for lot in sorted(lots, key=spending_order):
        if rest > 0 and lot.remaining and status_at(lot.window, now) is Status.ACTIVE:
            part = min(rest, lot.remaining)
            rest -= part
            taken[lot.row.key] = part
            parts.append((lot, part))
    after = tuple(_reduced(lot, taken.get(lot.row.key, ZERO)) for lot in lots)
    return Redemption(amount, tuple(parts), max(rest, ZERO), after)


def _reduced(lot: Lot, by: Decimal) -> Lot:
    if not by:
        return lot
    listed = None if lot.listed is None else lot.listed - by
    return lot._replace(left=max(lot.left - by, ZERO), listed=listed)
