"""One ledger through time: every row, start and expiry in order, what it changed and what was left after it.

Rules: facts.md, Loyalty ledger. A lot is expired from its expiry on, before that pending until its start,
else active. Spends draw on active lots, earliest expiry first, unlimited last, among equals the oldest
award first. Which lots a spend drew on is inferred, no answer of the API says it.

Who draws on which lot depends on everything before, so that is found row by row (`_Drawing`). All else follows from
rows, windows and draws, and is worked out in columns.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from desk.insight.causes import Reasons
from desk.insight.columns import NEVER, Ints, whole
from desk.insight.moves import KINDS, MoveKind, Steps
from desk.insight.rows import Rows


class Draws(NamedTuple):
    """What later rows used of lots: a spend, a rollback, or a debt that the lot paid. By place of lot and row; in the
    order of lots, those of one lot as they happened."""

    lots: Ints
    rows: Ints
    amounts: Ints


@dataclass(slots=True)
class Swept:
    """The whole history of one ledger, forecast included. `left`: of each addition, by place; `uncovered`: places of
    subtractions that no lots covered."""

    steps: Steps
    left: list[int]
    draws: Draws
    uncovered: set[int]


_PENDING, _ACTIVE, _EXPIRED = range(3)
_EARNED, _WAITS, _STARTED, _SPENT, _TAKEN_BACK, _GIVEN_BACK, _EXPIRES, _LAPSES = map(
    KINDS.index,
    (
        MoveKind.EARNED,
        MoveKind.PENDING,
        MoveKind.STARTED,
        MoveKind.SPENT,
        MoveKind.TAKEN_BACK,
        MoveKind.GIVEN_BACK,
        MoveKind.EXPIRED,
        MoveKind.LAPSED,
    ),
)


class _Queue:
    """Lots of one state, given in the order of spending. `enter`, `leave`: the number of the first subtraction that
    finds each in that state, and of the first that no longer does. They come and go when somebody wants to draw."""

    def __init__(self, lots: Ints, enter: Ints, leave: Ints, subtractions: int) -> None:
        met = np.flatnonzero(enter < np.minimum(leave, subtractions))
        enter = enter[met]
        order = np.argsort(enter, kind="stable")
        self.lots: list[int] = lots[met].tolist()
        self.leave: list[int] = leave[met].tolist()
        # From here on lots are named by their rank in that order.
        self.coming: list[int] = order.tolist()
        self.entered: list[int] = np.cumsum(np.bincount(enter, minlength=subtractions)).tolist()
        self.next = 0
        self.usable: list[int] = []

    def admit(self, number: int) -> list[int]:
        """Lots that may have points left for that subtraction, as a heap of ranks."""
        usable, first, self.next = self.usable, self.next, self.entered[number]
        for rank in self.coming[first : self.next]:
            heappush(usable, rank)
        return usable


class _Drawing:
    """Finds who draws on which lot, subtraction after subtraction. Lots and rows are named by their places."""

    def __init__(self, rows: Rows, reasons: Reasons, starts: Ints, expires: Ints, amounts: Ints) -> None:
        added, count = rows.added, len(rows) - int(rows.added.sum())
        self.rows, self.undoes, self.amounts = rows, reasons.undoes, amounts
        self.left: list[int] = np.where(added, amounts, 0).tolist()
        self.draws: tuple[list[int], list[int], list[int]] = ([], [], [])  # lots, rows, amounts
        # By place: whether an addition had expired when it was written, as what is given back may have.
        self.late: list[bool] = (expires <= rows.created).tolist()
        # Of each subtraction that no lot covered: its place, what is owed.
        self.debts: deque[list[int]] = deque()
        # Lots in the order of spending; the first subtraction that finds each written, started, expired.
        lots = np.flatnonzero(added)
        lots = lots[np.argsort(expires[lots], kind="stable")]
        instants = rows.created[~added]
        written = np.cumsum(~added)[lots]
        start = np.maximum(written, np.searchsorted(instants, starts[lots]))
        expire = np.searchsorted(instants, expires[lots])
        self.active = _Queue(lots, start, expire, count)
        self.pending = _Queue(lots, written, np.minimum(start, expire), count)

    def run(self) -> Draws:
        """All draws; `left` is then what is left of each lot in the end."""
        places = np.flatnonzero(~self.rows.added)
        wanted = zip(places.tolist(), self.amounts[places].tolist(), strict=True)
        below_zero, before = self.rows.below_zero, -1
        for number, (place, amount) in enumerate(wanted):
            if self.debts:
                self._pay_debts(range(before + 1, place))
            before = place
            owed = amount if place in below_zero else self._subtract(number, place, amount)
            if owed:
                self.debts.append([place, owed])
        self._pay_debts(range(before + 1, len(self.left)))
        lots, rows = (np.array(column, dtype=np.int64) for column in self.draws[:2])
        order = np.argsort(lots, kind="stable")
        return Draws(lots[order], rows[order], np.array(self.draws[2], dtype=self.amounts.dtype)[order])

    def _subtract(self, number: int, place: int, rest: int) -> int:
        """Takes from lots; what they do not cover."""
        taken_back = place in self.undoes
        if taken_back:
            # A rollback takes the award itself first, then pending points, then active ones.
            rest = self._take_own(place, rest)
            rest = self._take(self.pending, number, place, rest)
        rest = self._take(self.active, number, place, rest)
        if rest and not taken_back and not self.rows.sessions[place]:
            # By hand: pending points go when the active ones do not suffice.
            rest = self._take(self.pending, number, place, rest)
        return rest

    def _pay_debts(self, lots: Iterable[int]) -> None:
        """Additions pay what is owed when they are written, the oldest debt first; not if they have expired by then."""
        for lot in lots:
            if not self.debts:
                return
            if self.late[lot]:
                continue
            while self.debts and self.left[lot]:
                debt = self.debts[0]
                paid = min(self.left[lot], debt[1])
                self._draw(lot, debt[0], paid)
                debt[1] -= paid
                if not debt[1]:
                    self.debts.popleft()

    def _take_own(self, place: int, rest: int) -> int:
        for lot in self.undoes[place]:
            part = min(rest, self.left[lot])
            if part:
                self._draw(lot, place, part)
                rest -= part
        return rest

    def _take(self, queue: _Queue, number: int, place: int, rest: int) -> int:
        """Takes from lots in the order of spending; what is still wanted then."""
        usable, lots, leave, left = queue.admit(number), queue.lots, queue.leave, self.left
        while rest and usable:
            rank = usable[0]
            lot = lots[rank]
            there = left[lot] if leave[rank] > number else 0
            part = there if there < rest else rest
            if part:
                self._draw(lot, place, part)
                rest -= part
            if part == there:
                heappop(usable)
        return rest

    def _draw(self, lot: int, row: int, amount: int) -> None:
        self.left[lot] -= amount
        lots, rows, amounts = self.draws
        lots.append(lot)
        rows.append(row)
        amounts.append(amount)


class _Course:
    """What every row, expiry and start changed, in columns."""

    def __init__(self, rows: Rows, starts: Ints, expires: Ints, amounts: Ints, draws: Draws) -> None:
        self.rows, self.starts, self.expires, self.amounts, self.draws = rows, starts, expires, amounts, draws
        # A debt is paid when the lot comes, all else is drawn when the row does.
        self.when = np.maximum(draws.lots, draws.rows)
        self.drawn_at = rows.created[self.when]
        # By place: what debts leave of an addition, what no lot covers of a subtraction.
        self.rest = amounts - self._added_up(self.when, draws.amounts, len(amounts))

    def _added_up(self, places: Ints, amounts: Ints, size: int) -> Ints:
        found = np.zeros(size, dtype=self.amounts.dtype)
        np.add.at(found, places, amounts)
        return found

    def _left_before(self, instants: Ints) -> Ints:
        """What is left of each lot when its instant comes, by place."""
        then = self.drawn_at < instants[self.draws.lots]
        return self.amounts - self._added_up(
            self.draws.lots[then], self.draws.amounts[then], len(self.amounts)
        )

    def _states(self, lots: Ints | slice, at: Ints) -> Ints:
        begun = np.where(self.starts[lots] > at, _PENDING, _ACTIVE)
        return np.where(self.expires[lots] <= at, _EXPIRED, begun)

    def _moved(self, first: Ints) -> Ints:
        """How each row changed the points of each state. `first`: the state of each lot when it is written."""
        size, lots, rows = len(self.amounts), *self.draws[:2]
        moved = np.zeros((3, size), dtype=self.amounts.dtype)
        added = np.flatnonzero(self.rows.added)
        moved[first[added], added] = self.rest[added]
        later = self.when > lots
        cells = self._states(lots, self.drawn_at)[later] * size + rows[later]
        moved -= self._added_up(cells, self.draws.amounts[later], moved.size).reshape(moved.shape)
        return moved

    def steps(self, undoing: Ints) -> Steps:
        """All steps in order of time: at one instant expiries, then starts, then rows. `undoing`: places of rows that
        undo others."""
        created, added, starts, expires = self.rows.created, self.rows.added, self.starts, self.expires
        # Of a lot with nothing left nothing expires or starts.
        left = self._left_before(expires)
        expiring = np.flatnonzero(added & (expires > created) & (expires != NEVER) & (left > 0))
        ending = left[expiring]
        left = self._left_before(starts)
        starting = np.flatnonzero(added & (starts > created) & (starts < expires) & (left > 0))
        beginning = left[starting]
        at = np.concatenate([expires[expiring], starts[starting], created])
        order = np.argsort(at, kind="stable")  # keeps expiries before starts before rows, and places in order

        def in_order(of_expiries: Ints | int, of_starts: Ints | int, of_rows: Ints) -> Ints:
            found = np.zeros(len(at), dtype=of_rows.dtype)
            found[: len(expiring)] = of_expiries
            found[len(expiring) : -len(created)] = of_starts
            found[-len(created) :] = of_rows
            return found[order]

        lapsing = starts[expiring] >= expires[expiring]
        first = self._states(slice(None), created)
        moved = self._moved(first)
        kinds = np.where(added, np.where(first == _PENDING, _WAITS, _EARNED), _SPENT).astype(np.int8)
        kinds[undoing] = np.where(added[undoing], _GIVEN_BACK, _TAKEN_BACK)
        spent = np.where(kinds == _SPENT, self.amounts, 0) - np.where(kinds == _GIVEN_BACK, self.amounts, 0)
        owed = self.rest - np.where(added, self.amounts, 0)
        changes = in_order(np.where(lapsing, 0, -ending), beginning, moved[_ACTIVE])
        return Steps(
            at=at[order],
            kinds=in_order(np.where(lapsing, _LAPSES, _EXPIRES), _STARTED, kinds),
            amounts=in_order(ending, beginning, self.amounts),
            changes=changes,
            places=in_order(expiring, starting, np.arange(len(created))),
            transactions=order >= len(expiring) + len(starting),
            active=np.cumsum(changes),
            pending=np.cumsum(in_order(np.where(lapsing, -ending, 0), -beginning, moved[_PENDING])),
            spent=np.cumsum(in_order(0, 0, spent)),
            expired=np.cumsum(in_order(ending, 0, moved[_EXPIRED])),
            negative=np.cumsum(in_order(0, 0, owed)),
        )


def sweep(rows: Rows, reasons: Reasons, starts: Ints, expires: Ints, amounts: Ints) -> Swept:
    """The history of one ledger. `rows` oldest first; windows and `amounts` (of one scale) by place.

    Takes time in proportion to n log n. What lies ahead of now is part of it: starts and expiries to come.
    """
    # No figure of a ledger is larger than all its amounts together.
    column = amounts.astype(whole([sum(amounts.tolist())]).dtype)
    drawing = _Drawing(rows, reasons, starts, expires, column)
    draws = drawing.run()
    course = _Course(rows, starts, expires, column, draws)
    uncovered = np.flatnonzero(~rows.added & (course.rest > 0)).tolist()
    steps = course.steps(np.fromiter(reasons.undoes, dtype=np.int64, count=len(reasons.undoes)))
    return Swept(steps, drawing.left, draws, {*uncovered} - rows.below_zero)
