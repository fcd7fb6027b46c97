"""One ledger through time: every row, start and expiry in order, what it changed and what was left after it.

Rules: facts.md, Loyalty ledger. A lot is expired from its expiry on, before that pending until its start,
else active. Spends draw on active lots, earliest expiry first, unlimited last, among equals the oldest
award first. Which lots a spend drew on is inferred, no answer of the API says it.
"""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np

from desk.insight.causes import Cause, Reasons
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
_EXPIRY, _START, _ROW = range(3)
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


class _Sweep:
    """The state of one ledger while time passes. Lots are named by the place of their row."""

    def __init__(self, rows: Rows, reasons: Reasons, starts: Ints, expires: Ints, amounts: list[int]) -> None:
        self.added, self.additions, self.sessions = rows.added, rows.additions, rows.sessions
        self.causes, self.undoes, self.below_zero = reasons.causes, reasons.undoes, rows.below_zero
        self.amounts = amounts
        self.created, self.starts, self.expires = rows.created, starts, expires
        self.active = self.pending = self.expired = self.negative = 0
        self.left = [0] * len(amounts)
        # What a lot is when it is written; expiries and starts change it.
        first = np.where(starts > rows.created, _PENDING, _ACTIVE)
        self.state: list[int] = np.where(expires <= rows.created, _EXPIRED, first).tolist()
        self.draws: list[int] = []  # flat: lot, row, amount
        self.uncovered: set[int] = set()
        self.debts: deque[list[int]] = (
            deque()
        )  # of each subtraction that no lot covered: its place, what is owed
        # Lots that may have points left, by their rank in the order of spending.
        self.usable: tuple[list[int], list[int]] = ([], [])
        self.by_rank: list[int] = np.argsort(expires, kind="stable").tolist()
        self.ranks: list[int] = np.argsort(self.by_rank).tolist()
        self.notes: list[int] = []

    def run(self) -> Swept:
        """Walks through all events in order of time: at one instant expiries, then starts, then rows."""
        at, what, places = self._events()
        additions, lefts, states = self.additions, self.left, self.state
        for number, (kind, place) in enumerate(zip(what.tolist(), places.tolist(), strict=True)):
            if kind == _ROW:
                if additions[place]:
                    self._add(number, place)
                else:
                    self._subtract(number, place)
            elif kind == _EXPIRY:
                if lefts[place]:
                    self._expire(number, place)
                states[place] = _EXPIRED
            elif states[place] == _PENDING:
                states[place] = _ACTIVE
                if lefts[place]:
                    self._start(number, place)
        return Swept(self._steps(at, what, places), self.left, self._drawn(), self.uncovered)

    def _events(self) -> tuple[Ints, Ints, Ints]:
        """All events in order: instant, what it is, place."""
        created, lots = self.created, self.added
        expiring = np.flatnonzero(lots & (self.expires > created) & (self.expires != NEVER))
        starting = np.flatnonzero(lots & (self.starts > created) & (self.starts != NEVER))
        places = np.concatenate([expiring, starting, np.arange(len(created))])
        at = np.concatenate([self.expires[expiring], self.starts[starting], created])
        what = np.repeat(
            np.array([_EXPIRY, _START, _ROW], dtype=np.int8), [len(expiring), len(starting), len(created)]
        )
        order = np.argsort(at, kind="stable")  # keeps expiries before starts before rows, and places in order
        return at[order], what[order], places[order]

    def _expire(self, number: int, place: int) -> None:
        left = self.left[place]
        self.expired += left
        if self.state[place] == _ACTIVE:
            self.active -= left
            self._note(number, _EXPIRES, left)
        else:
            self.pending -= left
            self._note(number, _LAPSES, left)

    def _start(self, number: int, place: int) -> None:
        left = self.left[place]
        self.active += left
        self.pending -= left
        heappush(self.usable[_ACTIVE], self.ranks[place])
        self._note(number, _STARTED, left)

    def _add(self, number: int, place: int) -> None:
        amount, state = self.amounts[place], self.state[place]
        left = self._pay_debts(place, amount) if self.debts else amount
        self.left[place] = left
        kind = _EARNED
        if state == _ACTIVE:
            self.active += left
        elif state == _PENDING:
            self.pending += left
            kind = _WAITS
        else:
            self.expired += left
        if left and state != _EXPIRED:
            heappush(self.usable[state], self.ranks[place])
        if self.causes[place] is Cause.GIVEN_BACK:
            kind = _GIVEN_BACK
        self._note(number, kind, amount)

    def _pay_debts(self, lot: int, left: int) -> int:
        while self.debts and left:
            debt = self.debts[0]
            paid = min(left, debt[1])
            self.draws += (lot, debt[0], paid)
            self.negative -= paid
            left -= paid
            debt[1] -= paid
            if not debt[1]:
                self.debts.popleft()
        return left

    def _subtract(self, number: int, place: int) -> None:
        amount = rest = self.amounts[place]
        taken_back = self.causes[place] is Cause.TAKEN_BACK
        if place not in self.below_zero:
            if taken_back:
                # A rollback takes the award itself first, then pending points, then active ones.
                rest = self._take_own(place, rest)
                rest = self._take(place, rest, _PENDING)
            rest = self._take(place, rest, _ACTIVE)
            if rest and not taken_back and not self.sessions[place]:
                # By hand: pending points go when the active ones do not suffice.
                rest = self._take(place, rest, _PENDING)
            if rest:
                self.uncovered.add(place)
        if rest:
            self.negative += rest
            self.debts.append([place, rest])
        self._note(number, _TAKEN_BACK if taken_back else _SPENT, amount)

    def _take_own(self, place: int, rest: int) -> int:
        for lot in self.undoes[place]:
            part = min(rest, self.left[lot])
            if part:
                self._remove(lot, place, part)
                rest -= part
        return rest

    def _take(self, place: int, rest: int, state: int) -> int:
        """Takes from the lots of a state in the order of spending; what is still wanted then."""
        queue, by_rank, left, states = self.usable[state], self.by_rank, self.left, self.state
        wanted = rest
        while rest and queue:
            lot = by_rank[queue[0]]
            there = left[lot] if states[lot] == state else 0
            part = there if there < rest else rest
            if part:
                left[lot] = there - part
                self.draws += (lot, place, part)
                rest -= part
            if part == there:
                heappop(queue)
        if state == _ACTIVE:
            self.active -= wanted - rest
        else:
            self.pending -= wanted - rest
        return rest

    def _remove(self, lot: int, place: int, part: int) -> None:
        self.left[lot] -= part
        self.draws += (lot, place, part)
        state = self.state[lot]
        if state == _ACTIVE:
            self.active -= part
        elif state == _PENDING:
            self.pending -= part
        else:
            self.expired -= part

    def _note(self, number: int, kind: int, amount: int) -> None:
        # One flat list: a tuple each would be garbage to collect, a list each many more steps.
        self.notes += (number, kind, amount, self.active, self.pending, self.expired, self.negative)

    def _drawn(self) -> Draws:
        lots, rows, amounts = whole(self.draws).reshape(-1, 3).T
        order = np.argsort(lots, kind="stable")
        return Draws(lots[order].astype(np.int64), rows[order].astype(np.int64), amounts[order])

    def _steps(self, at: Ints, what: Ints, places: Ints) -> Steps:
        number, kinds, amounts, active, pending, expired, negative = whole(self.notes).reshape(-1, 7).T
        number = number.astype(np.int64)
        kinds = kinds.astype(np.int8)
        spent = np.where(kinds == _SPENT, amounts, 0)
        spent = spent - np.where(kinds == _GIVEN_BACK, amounts, 0)
        return Steps(
            at=at[number],
            kinds=kinds,
            amounts=amounts.copy(),
            changes=np.diff(active, prepend=0),
            places=places[number],
            transactions=what[number] == _ROW,
            active=active.copy(),
            pending=pending.copy(),
            spent=np.cumsum(spent),
            expired=expired.copy(),
            negative=negative.copy(),
        )


def sweep(rows: Rows, reasons: Reasons, starts: Ints, expires: Ints, amounts: list[int]) -> Swept:
    """The history of one ledger. `rows` oldest first; windows and `amounts` (of one scale) by place.

    Takes time in proportion to n log n. What lies ahead of now is part of it: starts and expiries to come.
    """
    return _Sweep(rows, reasons, starts, expires, amounts).run()
