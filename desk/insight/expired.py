""" "They expired unfairly": what expired of a ledger, day by day, the balance before and after, and what was added by
hand since, so that nobody is compensated twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

import numpy as np

from desk.insight.balances import ZERO
from desk.insight.causes import Cause
from desk.insight.days import DAY, day_of, end_of, plus
from desk.insight.history import Ledger
from desk.insight.ledger import Row, Status
from desk.insight.lots import Lot, Lots
from desk.insight.points import Points


@dataclass(frozen=True, slots=True)
class ExpiredLot:
    """An award of which something expired unused: `amount` of `lot.awarded`."""

    lot: Lot
    amount: Decimal

    @property
    def at(self) -> datetime:
        """When it expired, UTC."""
        assert self.lot.window.expires is not None
        return self.lot.window.expires


@dataclass(frozen=True, slots=True)
class ExpiredDay:
    """What expired on one day. `before` and `after`: what could be spent at the end of the day before, and at the end
    of this one; days in the zone that was asked for. Spends and awards of that day are part of the difference."""

    day: date
    lots: tuple[ExpiredLot, ...]
    before: Decimal
    after: Decimal

    @property
    def amount(self) -> Decimal:
        """All that expired on that day, exactly."""
        return sum((each.amount for each in self.lots), ZERO)


@dataclass(frozen=True, slots=True)
class Expired:
    """What expired of one ledger, newest day first. `by_hand`: additions to any ledger of the same holder that name
    neither an order nor a rule, newest first: added by a person, or imported; the rows do not tell these apart."""

    ledger: Ledger
    days: tuple[ExpiredDay, ...]
    by_hand: tuple[Row, ...]

    @property
    def amount(self) -> Decimal:
        """All that expired, exactly."""
        return sum((day.amount for day in self.days), ZERO)

    @property
    def since(self) -> tuple[Row, ...]:
        """What was added by hand since the first of these expiries: it may already make up for them."""
        first = min((lot.at for day in self.days for lot in day.lots), default=None)
        return tuple(row for row in self.by_hand if first is not None and row.created >= first)


def unused(ledger: Ledger) -> Lots:
    """The awards of a ledger of which something expired unused."""
    return ledger.lots.there(Status.EXPIRED)


def amount_of(ledger: Ledger) -> Decimal:
    """All that expired of a ledger, exactly; the same as `expired(...).amount`, at once."""
    gone = unused(ledger)
    return ledger.moves.points(np.minimum(gone.remaining, gone.columns.awarded).sum())


def expired(points: Points, ledger: Ledger, zone: tzinfo = UTC, session: str = "") -> Expired:
    """What expired of `ledger`, one of `points`; of one session's awards only, where it is named. Days in `zone`."""
    days: dict[date, list[ExpiredLot]] = {}
    for lot in unused(ledger):
        amount = min(lot.remaining, lot.awarded)
        mine = not session or (lot.row.session == session and lot.cause is Cause.EARNED)
        if mine and amount > 0 and lot.window.expires is not None:
            days.setdefault(day_of(lot.window.expires, zone), []).append(ExpiredLot(lot, amount))
    found = tuple(
        ExpiredDay(day, tuple(days[day]), _end(ledger, plus(day, -DAY), zone), _end(ledger, day, zone))
        for day in sorted(days, reverse=True)
    )
    return Expired(ledger, found, by_hand(points.ledgers))


def _end(ledger: Ledger, day: date, zone: tzinfo) -> Decimal:
    """What could be spent when that day ended, and now where it has not ended yet."""
    return ledger.at(min(end_of(day, zone), ledger.now)).active


def by_hand(ledgers: Iterable[Ledger]) -> tuple[Row, ...]:
    """The additions that name neither an order nor a rule, newest first."""
    found = {
        row.key: row for ledger in ledgers for row in ledger.moves.rows.by_hand() if row.created <= ledger.now
    }
    return tuple(sorted(found.values(), key=lambda row: (row.created, row.id or 0), reverse=True))
