"""Lots: each award with its window, what is left of it and what used it; what expires when, and what a
spend would take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, overload

import numpy as np
import pandas as pd

from desk.insight.balances import ZERO
from desk.insight.causes import Cause
from desk.insight.columns import NEVER, Ints, decimals, exact, moment, moment_or_none, ticks, times
from desk.insight.ledger import Row, Status, Window
from desk.insight.rows import NO_ROWS, Rows
from desk.insight.sweep import Draws
from desk.insight.unused import STATUSES

_LAST_WEEK = ticks(datetime(9999, 12, 30, tzinfo=UTC))
"""An instant of the last week of the calendar that is one in every zone, and stands for all later ones."""
UNSAID = -1
"""In the column of what is listed: the API does not say."""


class Meaning(StrEnum):
    """What `amount` means in the API's lists of unused points; nobody documents it, so it is detected."""

    LEFT = "left"
    AWARDED = "awarded"
    UNCLEAR = "unclear"


class Draw(NamedTuple):
    """Points of a lot that a later row used: a spend, a rollback, or a debt that the lot paid."""

    row: Row
    amount: Decimal
    at: datetime
    cause: Cause


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


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """What all lots of one ledger share: its rows and causes, and what used which lot."""

    rows: Rows
    causes: Sequence[Cause]
    scale: int
    draws: Draws

    def draws_of(self, lot: int) -> tuple[Draw, ...]:
        """What used the lot of that row, oldest first."""
        first, last = np.searchsorted(self.draws.lots, [lot, lot + 1])
        return tuple(self._draw(lot, place) for place in range(int(first), int(last)))

    def _draw(self, lot: int, place: int) -> Draw:
        row = int(self.draws.rows[place])
        at = self.rows.created[max(lot, row)]  # a debt is paid when the lot comes, all else when the row does
        return Draw(
            self.rows[row], exact(self.draws.amounts[place], self.scale), moment(at), self.causes[row]
        )

    def used_at(self, at: datetime) -> Ints:
        """What had been used of each row's lot at an instant, by place."""
        used = np.zeros(len(self.rows), dtype=self.draws.amounts.dtype)
        when = self.rows.created[np.maximum(self.draws.lots, self.draws.rows)]
        then = when <= ticks(at)
        np.add.at(used, self.draws.lots[then], self.draws.amounts[then])
        return used


@dataclass(frozen=True, slots=True, eq=False)
class LotColumns:
    """The columns. `places`: of the row of each lot; `listed`: what the API lists as unused, else `UNSAID`; `statuses`
    as of now, by place in `unused.STATUSES`."""

    places: Ints
    awarded: Ints
    left: Ints
    listed: Ints
    starts: Ints
    expires: Ints
    unreadable: Ints
    statuses: Ints

    def part(self, places: Ints) -> "LotColumns":
        """Some of the lots, in the order of `places`, or those of a mask."""
        return LotColumns(*(getattr(self, name)[places] for name in LotColumns.__slots__))


class Lots(Sequence[Lot]):
    """Lots of one ledger, oldest award first. `columns` are for those who add up thousands."""

    def __init__(self, columns: LotColumns, book: Book) -> None:
        self.columns, self.book = columns, book

    def __len__(self) -> int:
        return len(self.columns.places)

    @overload
    def __getitem__(self, place: int) -> Lot: ...
    @overload
    def __getitem__(self, place: slice) -> "Lots": ...
    def __getitem__(self, place: int | slice) -> "Lot | Lots":
        if isinstance(place, slice):
            return self.where(np.arange(len(self))[place])
        each, scale = self.columns, self.book.scale
        row, listed = int(each.places[place]), int(each.listed[place])
        return Lot(
            row=self.book.rows[row],
            cause=self.book.causes[row],
            window=Window(
                moment_or_none(each.starts[place]),
                moment_or_none(each.expires[place]),
                not each.unreadable[place],
            ),
            status=STATUSES[each.statuses[place]],
            left=exact(each.left[place], scale),
            listed=None if listed == UNSAID else exact(listed, scale),
            draws=self.book.draws_of(row),
        )

    def __iter__(self) -> Iterator[Lot]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lots) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def where(self, places: Ints) -> "Lots":
        """Some of the lots: a mask, or places in the order that is wanted."""
        return Lots(self.columns.part(places), self.book)

    @cached_property
    def remaining(self) -> Ints:
        """What is left of each: the API's figure where it gives one, else the engine's."""
        return np.where(self.columns.listed == UNSAID, self.columns.left, self.columns.listed)

    def there(self, *statuses: Status) -> "Lots":
        """Lots with these statuses of which something is left."""
        wanted = np.isin(self.columns.statuses, [STATUSES.index(status) for status in statuses])
        return self.where(wanted & (self.remaining > 0))

    @property
    def total(self) -> Decimal:
        """All that is left of these lots."""
        return exact(self.remaining.sum(), self.book.scale) if len(self) else ZERO

    def at(self, now: datetime) -> "Lots":
        """The same lots with their statuses at another instant."""
        columns = self.columns
        statuses = statuses_at(columns.starts, columns.expires, now)
        return Lots(replace(columns, statuses=statuses), self.book)

    def in_spending_order(self) -> "Lots":
        """Earliest expiry first, unlimited last, among equals the oldest award."""
        return self.where(np.argsort(self.columns.expires, kind="stable"))


_NONE = np.zeros(0, dtype=np.int64)
NO_LOTS = Lots(LotColumns(*[_NONE] * 8), Book(NO_ROWS, (), 0, Draws(*[_NONE] * 3)))
"""Of a ledger to which nothing was ever added."""


def statuses_at(starts: Ints, expires: Ints, at: datetime) -> Ints:
    """What lots with these windows are at an instant, by place in `unused.STATUSES`."""
    active, pending, expired = map(STATUSES.index, (Status.ACTIVE, Status.PENDING, Status.EXPIRED))
    now = ticks(at)
    return np.where(expires <= now, expired, np.where(starts > now, pending, active)).astype(np.int8)


@dataclass(frozen=True, slots=True)
class LadderWeek:
    """What expires in one week. `week` is its Monday in the zone that was asked for, `first` the first
    expiry; `lots` in the order of spending."""

    week: date
    first: datetime
    amount: Decimal
    lots: Lots


@dataclass(frozen=True, slots=True)
class Ladder:
    """Unused points by the week in which they expire, soonest first, and those that never do."""

    weeks: tuple[LadderWeek, ...]
    unlimited: Decimal

    @property
    def total(self) -> Decimal:
        """All unused points, active and pending."""
        return self.unlimited + sum((week.amount for week in self.weeks), ZERO)


def ladder(lots: Lots, now: datetime, zone: tzinfo = UTC) -> Ladder:
    """What is left, by week of expiry in `zone` (the program's)."""
    unused = lots.at(now).there(Status.ACTIVE, Status.PENDING).in_spending_order()
    expires = unused.columns.expires
    dated = unused.where(expires != NEVER)
    inside = np.minimum(dated.columns.expires, _LAST_WEEK)
    instants = pd.DatetimeIndex(inside.astype("datetime64[us]"), tz="UTC").tz_convert(zone)
    days = instants.tz_localize(None).to_numpy().astype("datetime64[D]").astype(np.int64)
    mondays = days - (days + 3) % 7  # 1970 began on a Thursday
    edges = [*np.flatnonzero(np.diff(mondays, prepend=-(10**9))).tolist(), len(mondays)]
    weeks = []
    for start, end in pairwise(edges):
        mine = dated.where(np.arange(start, end))
        monday = date(1970, 1, 1) + timedelta(days=int(mondays[start]))
        weeks.append(LadderWeek(monday, moment(mine.columns.expires[0]), mine.total, mine))
    return Ladder(tuple(weeks), unused.where(expires == NEVER).total)


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a spend would take: points by lot, what could not be covered, and all lots as they would be
    then."""

    wanted: Decimal
    taken: tuple[tuple[Lot, Decimal], ...]
    short: Decimal
    after: Lots


def if_redeemed(lots: Lots, amount: Decimal, now: datetime) -> Redemption:
    """ "If 300 are redeemed now": active lots in the documented order. Nothing is asked or changed."""
    scale = max(lots.book.scale, decimals(amount))
    finer = 10 ** (scale - lots.book.scale)
    columns = replace(
        lots.columns,
        awarded=times(lots.columns.awarded, finer),
        left=times(lots.columns.left, finer),
        listed=np.where(lots.columns.listed == UNSAID, UNSAID, times(lots.columns.listed, finer)),
    )
    draws = lots.book.draws
    book = replace(lots.book, scale=scale, draws=draws._replace(amounts=times(draws.amounts, finer)))
    lots = Lots(columns, book).at(now)
    there = lots.there(Status.ACTIVE).in_spending_order()
    wanted = max(int(amount * 10**scale), 0)
    before = np.cumsum(there.remaining) - there.remaining
    parts = np.clip(wanted - before, 0, there.remaining)
    used = np.zeros(len(book.rows), dtype=parts.dtype)
    used[there.columns.places] = parts
    by = used[columns.places]
    left = np.maximum(columns.left - by, 0)
    listed = np.where(columns.listed == UNSAID, UNSAID, columns.listed - by)
    taken = [(there[place], exact(parts[place], scale)) for place in np.flatnonzero(parts).tolist()]
    short = wanted - int(parts.sum())
    return Redemption(
        amount,
        tuple(taken),
        exact(short, scale),
        Lots(replace(lots.columns, left=left, listed=listed), book),
    )
