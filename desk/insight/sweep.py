"""One ledger through time: every row, start and expiry in order, what it changed and what was left after it.

Rules: facts.md, Loyalty ledger. A lot is expired from its expiry on, before that pending until its start,
else active. Spends draw on active lots, earliest expiry first, unlimited last, among equals the oldest
award first. Which lots a spend drew on is inferred, no answer of the API says it.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from heapq import heappop, heappush
from typing import NamedTuple

from desk.insight.balances import ZERO, Balance
from desk.insight.causes import Cause, Reason
from desk.insight.ledger import Row, Status, Window

_NEVER = datetime.max.replace(tzinfo=UTC)


class MoveKind(StrEnum):
    """What happened at a step of the history. `PENDING`: awarded, but it starts later; `LAPSED`: expired
    before it started; `EXPIRED`, `LAPSED` and `STARTED` have no row at the API, they follow from the
    dates."""

    EARNED = "earned"
    PENDING = "pending"
    STARTED = "started"
    SPENT = "spent"
    TAKEN_BACK = "taken back"
    GIVEN_BACK = "given back"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class Move(NamedTuple):
    """One step. `amount`: what moved, never negative; `change`: how the active points changed; `balance`: the
    ledger from `at` on. `row`: the transaction behind it (for a start or expiry: the award). `transaction` is
    False for what has no row of its own at the API."""

    at: datetime
    kind: MoveKind
    amount: Decimal
    change: Decimal
    balance: Balance
    row: Row
    transaction: bool


class Draw(NamedTuple):
    """Points of a lot that a later row used: a spend, a rollback, or a debt that the lot paid."""

    row: Row
    amount: Decimal
    at: datetime
    cause: Cause


class Swept(NamedTuple):
    """The whole history of one ledger, forecast included, and what each addition came to."""

    moves: list[Move]
    left: dict[int, Decimal]
    draws: dict[int, list[Draw]]
    uncovered: dict[int, Decimal]


_PENDING, _ACTIVE, _EXPIRED = Status.PENDING, Status.ACTIVE, Status.EXPIRED
_EXPIRY, _START, _ROW = 0, 1, 2


class _Debt:
    """The part of a subtraction that no lot covered; later awards pay it, the oldest debt first."""

    __slots__ = ("owed", "place")

    def __init__(self, place: int, owed: Decimal) -> None:
        self.place, self.owed = place, owed


class _Sweep:
    """The state of one ledger while time passes. Lots are named by the place of their row."""

    def __init__(self, rows: Sequence[Row], reasons: Sequence[Reason], windows: Mapping[int, Window]) -> None:
        self.rows, self.reasons, self.windows = rows, reasons, windows
        self.active = self.pending = self.spent = self.expired = self.negative = ZERO
        self.left: dict[int, Decimal] = {}
        self.state: dict[int, Status] = {}
        self.draws: dict[int, list[Draw]] = {}
        self.uncovered: dict[int, Decimal] = {}
        self.debts: deque[_Debt] = deque()
        self.usable: dict[Status, list[tuple[datetime, datetime, int]]] = {_ACTIVE: [], _PENDING: []}
        self.moves: list[Move] = []

    def run(self) -> Swept:
        """Walks through all events in order of time: at one instant expiries, then starts, then rows."""
        handlers = (self._expire, self._start, self._post)
        for at, what, place in self._events():
            handlers[what](at, place)
        return Swept(self.moves, self.left, self.draws, self.uncovered)

    def _events(self) -> list[tuple[datetime, int, int]]:
        events = [(row.created, _ROW, place) for place, row in enumerate(self.rows)]
        for place, (starts, expires, _) in self.windows.items():
            created = self.rows[place].created
            if starts is not None and starts > created:
                events.append((starts, _START, place))
            if expires is not None and expires > created:
                events.append((expires, _EXPIRY, place))
        events.sort()
        return events

    def _expire(self, at: datetime, place: int) -> None:
        left, before = self.left[place], self.state[place]
        self.state[place] = _EXPIRED
        if not left:
            return
        self.expired += left
        if before is _ACTIVE:
            self.active -= left
            self._note(at, MoveKind.EXPIRED, left, -left, place, False)
        else:
            self.pending -= left
            self._note(at, MoveKind.LAPSED, left, ZERO, place, False)

    def _start(self, at: datetime, place: int) -> None:
        left = self.left[place]
        if self.state[place] is not _PENDING:
            return
        self.state[place] = _ACTIVE
        if left:
            self.active += left
            self.pending -= left
            self._queue(place, _ACTIVE)
            self._note(at, MoveKind.STARTED, left, left, place, False)

    def _post(self, at: datetime, place: int) -> None:
        if self.rows[place].addition:
            self._add(at, place)
        else:
            self._subtract(at, place)

    def _add(self, at: datetime, place: int) -> None:
        amount = self.rows[place].amount
        starts, expires, _ = self.windows[place]
        left = self._pay_debts(at, place, amount) if self.debts else amount
        self.left[place] = left
        self.negative -= amount - left
        kind, change = MoveKind.EARNED, ZERO
        if expires is not None and expires <= at:
            self.state[place] = _EXPIRED
            self.expired += left
        elif starts is None or starts > at:
            self.state[place] = _PENDING
            self.pending += left
            kind = MoveKind.PENDING
            self._queue(place, _PENDING)
        else:
            self.state[place] = _ACTIVE
            self.active += left
            change = left
            self._queue(place, _ACTIVE)
        if self.reasons[place].cause is Cause.GIVEN_BACK:
            self.spent -= amount
            kind = MoveKind.GIVEN_BACK
        self._note(at, kind, amount, change, place, True)

    def _pay_debts(self, at: datetime, lot: int, left: Decimal) -> Decimal:
        while self.debts and left:
            debt = self.debts[0]
            paid = min(left, debt.owed)
            self._draw(at, lot, debt.place, paid)
            left -= paid
            debt.owed -= paid
            if not debt.owed:
                self.debts.popleft()
        return left

    def _subtract(self, at: datetime, place: int) -> None:
        row, reason = self.rows[place], self.reasons[place]
        before, rest = self.active, row.amount
        taken_back = reason.cause is Cause.TAKEN_BACK
        if not row.below_zero:
            if taken_back:
                # A rollback takes the award itself first, then pending points, then active ones.
                rest = self._take_own(at, place, reason.undoes, rest)
                rest = self._take(at, place, rest, _PENDING)
            rest = self._take(at, place, rest, _ACTIVE)
            if rest and not taken_back and not row.session:
                # By hand: pending points go when the active ones do not suffice.
                rest = self._take(at, place, rest, _PENDING)
        if rest:
            self.negative += rest
            self.debts.append(_Debt(place, rest))
            if not row.below_zero:
                self.uncovered[place] = rest
        if not taken_back:
            self.spent += row.amount
        kind = MoveKind.TAKEN_BACK if taken_back else MoveKind.SPENT
        self._note(at, kind, row.amount, self.active - before, place, True)

    def _take_own(self, at: datetime, place: int, lots: tuple[int, ...], rest: Decimal) -> Decimal:
        for lot in lots:
            part = min(rest, self.left[lot])
            if part:
                self._remove(at, lot, place, part)
                rest -= part
        return rest

    def _take(self, at: datetime, place: int, rest: Decimal, status: Status) -> Decimal:
        queue = self.usable[status]
        while rest and queue:
            lot = queue[0][2]
            part = min(rest, self.left[lot]) if self.state[lot] is status else ZERO
            if part:
                self._remove(at, lot, place, part)
                rest -= part
            if self.state[lot] is not status or not self.left[lot]:
                heappop(queue)
        return rest

    def _remove(self, at: datetime, lot: int, place: int, part: Decimal) -> None:
        self.left[lot] -= part
        self._draw(at, lot, place, part)
        state = self.state[lot]
        if state is _ACTIVE:
            self.active -= part
        elif state is _PENDING:
            self.pending -= part
        else:
            self.expired -= part

    def _draw(self, at: datetime, lot: int, place: int, amount: Decimal) -> None:
        draw = Draw(self.rows[place], amount, at, self.reasons[place].cause)
        self.draws.setdefault(lot, []).append(draw)

    def _queue(self, place: int, status: Status) -> None:
        if self.left[place]:
            expires = self.windows[place].expires
            heappush(self.usable[status], (expires or _NEVER, self.rows[place].created, place))

    def _note(
        self, at: datetime, kind: MoveKind, amount: Decimal, change: Decimal, place: int, transaction: bool
    ) -> None:
        balance = Balance(self.active, self.pending, self.spent, self.expired, self.negative)
        self.moves.append(Move(at, kind, amount, change, balance, self.rows[place], transaction))


def sweep(rows: Sequence[Row], reasons: Sequence[Reason], windows: Mapping[int, Window]) -> Swept:
    """The history of one ledger. `rows` oldest first, `windows` by place for every addition.

    Takes time in proportion to n log n. What lies ahead of now is part of it: starts and expiries to come.
    """
    return _Sweep(rows, reasons, windows).run()
