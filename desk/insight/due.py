"""What starts, what expires, and what expired last: the day, and how many points. Days in the program's zone.

What is to come follows from what is left of each award, so that the API's lists are heard where they say another thing
than the order of spending.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from desk.insight.balances import ZERO
from desk.insight.columns import NEVER, Ints, moment, ticks
from desk.insight.days import TICK, begin_of, day_of, end_of, plus
from desk.insight.history import Ledger
from desk.insight.ledger import Status
from desk.insight.lots import Lots
from desk.insight.moves import MoveKind

LATELY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Due:
    """Points of one day; all of one day count as one. `day`: the first instant at which any start or expire; `later`:
    how many do on later days."""

    day: datetime
    amount: Decimal
    later: Decimal


def starting(ledger: Ledger, zone: tzinfo) -> Due | None:
    """The pending points that start first."""
    pending = ledger.lots.there(Status.PENDING)
    dated = pending.where(pending.columns.starts < pending.columns.expires)
    return _first(dated, dated.columns.starts, zone)


def expiring(ledger: Ledger, zone: tzinfo) -> Due | None:
    """The points that expire first, of those that can be spent before."""
    unused = ledger.lots.there(Status.ACTIVE, Status.PENDING)
    starts, expires = unused.columns.starts, unused.columns.expires
    dated = unused.where((starts < expires) & (expires != NEVER))
    return _first(dated, dated.columns.expires, zone)


def _first(lots: Lots, when: Ints, zone: tzinfo) -> Due | None:
    if not lots:
        return None
    first = moment(when.min())
    amount = lots.where(when <= ticks(end_of(day_of(first, zone), zone))).total
    return Due(first, amount, lots.total - amount)


def awaiting(ledger: Ledger) -> Decimal:
    """The pending points that wait for an action."""
    pending = ledger.lots.there(Status.PENDING)
    return pending.where(pending.columns.starts == NEVER).total


def last_expiry(ledger: Ledger, zone: tzinfo) -> Due | None:
    """What expired on the last day on which any did, if that is under 90 days ago; `later` is always 0."""
    gone = ledger.past().after(plus(ledger.now, -LATELY)).of(MoveKind.EXPIRED, MoveKind.LAPSED)
    if not gone:
        return None
    start = begin_of(day_of(gone[-1].at, zone), zone)
    return Due(gone[-1].at, gone.after(plus(start, -TICK)).total(), ZERO)
