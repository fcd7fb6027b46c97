"""Why a row was written: the API's rows only say addition or subtraction, the cause follows from session
and rule."""

from collections import deque
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from desk.insight.balances import ZERO
from desk.insight.ledger import Row


class Cause(StrEnum):
    """What a row did. `TAKEN_BACK` undoes an award, `GIVEN_BACK` undoes a spend (return, cancel, reopen)."""

    EARNED = "earned"
    SPENT = "spent"
    TAKEN_BACK = "taken back"
    GIVEN_BACK = "given back"


class Reason(NamedTuple):
    """The cause of a row, the rows that it undoes (by place), and whether the rows themselves prove it."""

    cause: Cause
    undoes: tuple[int, ...] = ()
    certain: bool = True


_EARNED = Reason(Cause.EARNED)
_SPENT = Reason(Cause.SPENT)


class _Open:
    """Awards, or spends, of one session that may still be undone, oldest first."""

    __slots__ = ("by_amount", "left", "order")

    def __init__(self) -> None:
        self.order: deque[int] = deque()
        self.left: dict[int, Decimal] = {}
        self.by_amount: dict[Decimal, deque[int]] = {}

    def add(self, place: int, amount: Decimal) -> None:
        self.order.append(place)
        self.left[place] = amount
        self.by_amount.setdefault(amount, deque()).append(place)

    def take(self, amount: Decimal) -> tuple[int, ...]:
        """The rows that `amount` undoes: one of just that size before any other, else the oldest."""
        same = self.by_amount.get(amount)
        while same:
            place = same.popleft()
            if self.left.get(place) == amount:
                self.left[place] = ZERO
                return (place,)
        taken: list[int] = []
        while self.order and amount > 0:
            place = self.order[0]
            part = min(amount, self.left[place])
            if part:
                self.left[place] -= part
                amount -= part
                taken.append(place)
            if not self.left[place]:
                self.order.popleft()
        return tuple(taken)


def _rule(row: Row) -> object:
    return (row.session, row.ruleset_id, row.rule or row.name)


def _mixed(rows: Sequence[Row]) -> set[str]:
    """Sessions with additions and subtractions; only there something can have been undone."""
    added = {row.session for row in rows if row.addition}
    return {row.session for row in rows if not row.addition and row.session in added} - {""}


def causes(rows: Sequence[Row]) -> list[Reason]:
    """The cause of each row of one ledger, in the order of `rows` (oldest first).

    A subtraction takes back what the same rule awarded in the same session before; an addition gives back
    what the same rule spent there. Where rows name no rule, the session alone decides, and the cause is not
    certain. Everything else is an award or a spend.
    """
    mixed = _mixed(rows)
    awards: dict[object, _Open] = {}
    spends: dict[object, _Open] = {}
    found: list[Reason] = []
    for place, row in enumerate(rows):
        if row.session not in mixed:
            found.append(_EARNED if row.addition else _SPENT)
            continue
        mine, others = (awards, spends) if row.addition else (spends, awards)
        rule = _rule(row)
        undone = others.get(rule)
        places = undone.take(row.amount) if undone else ()
        if places:
            cause = Cause.GIVEN_BACK if row.addition else Cause.TAKEN_BACK
            found.append(Reason(cause, places, certain=bool(row.rule)))
            continue
        mine.setdefault(rule, _Open()).add(place, row.amount)
        found.append(_EARNED if row.addition else _SPENT)
    return found
