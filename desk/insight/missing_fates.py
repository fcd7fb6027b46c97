"""What became of the points that one order brought: ledger by ledger, lot by lot, nothing lost and nothing twice."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from desk.insight.balances import ZERO
from desk.insight.causes import Cause
from desk.insight.effects import Purse
from desk.insight.history import Ledger
from desk.insight.ledger import Row, Status
from desk.insight.lots import Draw, Lot
from desk.insight.points import Points

_NEVER = datetime.max.replace(tzinfo=UTC)


class Fate(StrEnum):
    """Where points of an order are now. Where amounts are equal, the earlier one here is spoken of first."""

    PENDING = "pending until a date"
    WAITING = "pending until an action"
    SPENT = "spent"
    EXPIRED = "expired"
    ACTIVE = "there"
    TAKEN_BACK = "taken back"


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one order with one fate on one day. `at`: when they start, were spent, expired or were taken back
    (UTC); None where nobody says. `expires`: the last instant of those that can still be used.

    `by`: the row that used them, None where no row can be named. `inferred`: the API says that they are used, and
    which row drew on them follows from the order of spending only. `back_from`: they had been spent for that session
    and were given back.
    """

    fate: Fate
    amount: Decimal
    at: datetime | None = None
    expires: datetime | None = None
    by: Row | None = None
    inferred: bool = False
    back_from: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What an order brought to one ledger, and what became of it. `parts` add up to `awarded`.

    `undone`: what the rows of the order took back again, also from other points or below zero once its own were used.
    """

    purse: Purse
    awarded: Decimal
    rows: tuple[Row, ...]
    parts: tuple[Part, ...]
    undone: Decimal = ZERO

    def total(self, fate: Fate) -> Decimal:
        """Points with that fate."""
        return sum((part.amount for part in self.parts if part.fate is fate), ZERO)

    def of(self, fate: Fate) -> tuple[Part, ...]:
        """The parts with that fate, earliest first."""
        return tuple(part for part in self.parts if part.fate is fate)

    @property
    def standing(self) -> Decimal:
        """What was awarded and not taken back again."""
        return self.awarded - self.total(Fate.TAKEN_BACK)

    @property
    def gone(self) -> bool:
        """Whether all of it was taken back again, be it from other points."""
        return max(self.undone, self.total(Fate.TAKEN_BACK)) >= self.awarded

    @property
    def in_sight(self) -> bool:
        """Whether it is a main ledger of a profile: where one looks first."""
        return not self.purse.subledger and not self.purse.card

    def main_fate(self, *, taken_back: bool) -> Fate | None:
        """What became of most of the points; `taken_back`: whether those that were taken back count."""
        fates = [each for each in Fate if self.total(each) and (taken_back or each is not Fate.TAKEN_BACK)]
        return max(fates, key=self.total, default=None)


def brought(found: Points, session_id: str, listed: Collection[Status]) -> tuple[Brought, ...]:
    """What a session brought to the ledgers of one holder, ledgers without its awards left out. `listed`: the lists
    of unused points that were read."""
    gathered = []
    for ledger in found.ledgers:
        lots = [
            lot for lot in ledger.lots if lot.row.session == session_id and lot.cause is not Cause.GIVEN_BACK
        ]
        if lots:
            gathered.append(_brought(found, ledger, lots, listed))
    return tuple(gathered)


def _brought(found: Points, ledger: Ledger, lots: list[Lot], listed: Collection[Status]) -> Brought:
    holder = {"card": found.holder} if found.card else {"profile": found.holder}
    follow = _Follow(ledger.lots, listed)
    parts = [part for lot in lots for part in follow.parts(lot)]
    awarded = sum((lot.awarded for lot in lots), ZERO)
    purse = Purse(found.program_id, ledger.subledger, **holder)
    undone = _undone(ledger, lots[0].row.session)
    return Brought(purse, awarded, tuple(lot.row for lot in lots), _together(parts), undone)


def _undone(ledger: Ledger, session_id: str) -> Decimal:
    """What rows of that session took back of its awards."""
    rows, causes = ledger.lots.book.rows, ledger.lots.book.causes
    places = (place for place, session in enumerate(rows.sessions) if session == session_id)
    return sum((rows[place].amount for place in places if causes[place] is Cause.TAKEN_BACK), ZERO)


@dataclass(slots=True)
class _Back:
    """Points that were given back; `parts`: what became of them, as far as nobody has claimed them yet."""

    lot: Lot
    parts: list[Part] | None = None


class _Follow:
    """Follows the lots of one ledger, also through a spend that was given back: that is a lot of its own."""

    def __init__(self, lots: Iterable[Lot], listed: Collection[Status]) -> None:
        self._listed = listed
        self._back: dict[str, list[_Back]] = {}
        for lot in lots:
            if lot.cause is Cause.GIVEN_BACK:
                self._back.setdefault(lot.row.session, []).append(_Back(lot))

    def parts(self, lot: Lot) -> list[Part]:
        """The fates of one lot. What the API lists as unused has the last word over the inferred order of spending."""
        parts, used = [], ZERO
        for draw in lot.draws:
            own = draw.cause is Cause.TAKEN_BACK and draw.row.session == lot.row.session
            used += draw.amount
            if own:
                parts.append(Part(Fate.TAKEN_BACK, draw.amount, draw.at, by=draw.row))
                continue
            again = self._given_back(lot, draw) if draw.cause is Cause.SPENT else []
            rest = draw.amount - sum((part.amount for part in again), ZERO)
            parts += again
            if rest:
                parts.append(Part(Fate.SPENT, rest, draw.at, by=draw.row, inferred=True))
        left = ZERO if _was_activated(lot, self._listed) else max(ZERO, min(lot.remaining, lot.awarded))
        if left:
            parts.append(_left(lot, left))
        return _balanced(parts, lot.awarded - used - left)

    def _given_back(self, lot: Lot, draw: Draw) -> list[Part]:
        """What became of the points of a spend that were given back: they keep the dates that they had, so lots with
        the same last day come first."""
        known = [each for each in self._back.get(draw.row.session, ()) if each.lot.row.created >= draw.at]
        known.sort(key=lambda each: each.lot.window.expires != lot.window.expires)
        wanted, found = draw.amount, list[Part]()
        for back in known:
            if back.parts is None:
                back.parts = self.parts(back.lot)
            while wanted and back.parts:
                part = back.parts.pop(0)
                taken = min(wanted, part.amount)
                from_ = part.back_from or draw.row.session
                found.append(replace(part, amount=taken, back_from=from_, inferred=True))
                wanted -= taken
                if part.amount > taken:
                    back.parts.insert(0, replace(part, amount=part.amount - taken))
        return found


def _was_activated(lot: Lot, listed: Collection[Status]) -> bool:
    """Whether it no longer waits for its action although its row says so: then it is neither pending nor active any
    more, for such lots are looked for in both lists."""
    waits = lot.status is Status.PENDING and lot.window.starts is None and lot.listed is None
    return waits and {Status.PENDING, Status.ACTIVE} <= set(listed)


def _left(lot: Lot, left: Decimal) -> Part:
    if lot.status is Status.EXPIRED:
        return Part(Fate.EXPIRED, left, lot.window.expires)
    if lot.status is Status.ACTIVE:
        return Part(Fate.ACTIVE, left, lot.window.starts, lot.window.expires)
    if lot.window.starts is None:
        return Part(Fate.WAITING, left, expires=lot.window.expires)
    return Part(Fate.PENDING, left, lot.window.starts, lot.window.expires)


def _balanced(parts: list[Part], rest: Decimal) -> list[Part]:
    """Parts that add up to the award: used points that no row explains are added, explained ones that the API still
    lists as unused are taken off, the latest first."""
    if rest > 0:
        return [*parts, Part(Fate.SPENT, rest, inferred=True)]
    kept: list[Part] = []
    over = -rest
    for part in reversed(parts):
        used = part.fate in (Fate.SPENT, Fate.TAKEN_BACK)
        cut = min(over, part.amount) if used else ZERO
        over -= cut
        if part.amount > cut:
            kept.append(replace(part, amount=part.amount - cut))
    return kept[::-1]


def _together(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Parts of several lots with one fate, instant and user as one; in the order of `Fate`, then of time."""
    sums: dict[tuple[object, ...], Part] = {}
    for part in parts:
        key = (
            part.fate,
            part.at,
            part.expires,
            part.by.key if part.by else None,
            part.inferred,
            part.back_from,
        )
        had = sums.get(key)
        sums[key] = replace(part, amount=part.amount + (had.amount if had else ZERO))
    order = list(Fate)
    return tuple(
        sorted(sums.values(), key=lambda part: (order.index(part.fate), part.at or _NEVER, -part.amount))
    )
