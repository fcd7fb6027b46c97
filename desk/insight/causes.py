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


class _Session:
    """Awards, or spends, of one session that may still be undone; found by rule, by name, or at all."""

    __slots__ = ("left", "places", "sizes")

    def __init__(self) -> None:
        self.left: dict[int, Decimal] = {}
        self.places: dict[object, deque[int]] = {}
        self.sizes: dict[object, deque[int]] = {}

    def add(self, place: int, row: Row) -> None:
        self.left[place] = row.amount
        for key in (_by_rule(row), _ANY) if row.rule else (_by_name(row),):
            self.places.setdefault(key, deque()).append(place)
            self.sizes.setdefault((key, row.amount), deque()).append(place)

    def take(self, amount: Decimal, key: object) -> tuple[int, ...]:
        """The rows that `amount` undoes: one of just that size before any other, else the oldest."""
        same = self.sizes.get((key, amount))
        while same:
            place = same.popleft()
            if self.left[place] == amount:
                self.left[place] = ZERO
                return (place,)
        taken: list[int] = []
        places = self.places.get(key)
        while places and amount > 0:
            place = places[0]
            part = min(amount, self.left[place])
            if part:
                self.left[place] -= part
                amount -= part
                taken.append(place)
            if not self.left[place]:
                places.popleft()
        return tuple(taken)


_ANY = "any"


def _by_rule(row: Row) -> object:
    return ("rule", row.ruleset_id, row.rule)


def _by_name(row: Row) -> object:
    return ("name", row.name)


def _undone(row: Row, others: _Session) -> tuple[tuple[int, ...], bool]:
    """What the row undoes among the opposite rows of its session, and whether that is certain."""
    if row.rule:
        return others.take(row.amount, _by_rule(row)), True
    return others.take(row.amount, _by_name(row)) or others.take(row.amount, _ANY), False


def _mixed(rows: Sequence[Row]) -> set[str]:
    """Sessions with additions and subtractions; only there something can have been undone."""
    added = {row.session for row in rows if row.addition}
    return {row.session for row in rows if not row.addition and row.session in added} - {""}


def causes(rows: Sequence[Row]) -> list[Reason]:
    """The cause of each row of one ledger, in the order of `rows` (oldest first).

    A subtraction takes back what the same rule awarded in the same session before; an addition gives back what
    the same rule spent there. A row without a rule undoes rows of the same name, else rows that do name a rule:
    rules always name themselves, rollbacks may not. That is likely, not certain. Everything else is an award or a
    spend.
    """
    mixed = _mixed(rows)
    awards: dict[str, _Session] = {}
    spends: dict[str, _Session] = {}
    found: list[Reason] = []
    for place, row in enumerate(rows):
        reason = _EARNED if row.addition else _SPENT
        if row.session in mixed:
            mine, others = (awards, spends) if row.addition else (spends, awards)
            opposite = others.get(row.session)
            places, certain = _undone(row, opposite) if opposite else ((), True)
            if places:
                reason = Reason(Cause.GIVEN_BACK if row.addition else Cause.TAKEN_BACK, places, certain)
            else:
                mine.setdefault(row.session, _Session()).add(place, row)
        found.append(reason)
    return found
