"""Why a row was written: the API's rows only say addition or subtraction, the cause follows from session
and rule."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

import numpy as np

from desk.insight.columns import Ints, codes
from desk.insight.rows import Rows


class Cause(StrEnum):
    """What a row did. `TAKEN_BACK` undoes an award, `GIVEN_BACK` undoes a spend (return, cancel, reopen)."""

    EARNED = "earned"
    SPENT = "spent"
    TAKEN_BACK = "taken back"
    GIVEN_BACK = "given back"


@dataclass(slots=True)
class Reasons:
    """The cause of each row, by place; of those that undo others, which ones; and those that the rows themselves do
    not prove."""

    causes: list[Cause]
    undoes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    uncertain: set[int] = field(default_factory=set)


class _Open:
    """Awards, or spends, of one session that may still be undone; found by rule, by name, or at all."""

    __slots__ = ("left", "places", "sizes")

    def __init__(self) -> None:
        self.left: dict[int, int] = {}
        self.places: dict[object, deque[int]] = {}
        self.sizes: dict[object, deque[int]] = {}

    def add(self, place: int, amount: int, keys: tuple[object, ...]) -> None:
        """One more row that may be undone."""
        self.left[place] = amount
        for key in keys:
            self.places.setdefault(key, deque()).append(place)
            self.sizes.setdefault((key, amount), deque()).append(place)

    def take(self, amount: int, key: object) -> tuple[int, ...]:
        """The rows that `amount` undoes: one of just that size before any other, else the oldest."""
        same = self.sizes.get((key, amount))
        while same:
            place = same.popleft()
            if self.left[place] == amount:
                self.left[place] = 0
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


def causes(rows: Rows) -> Reasons:
    """The cause of each row of one ledger, in the order of `rows` (oldest first).

    A subtraction takes back what the same rule awarded in the same session before; an addition gives back what
    the same rule spent there. A row without a rule undoes rows of the same name, else rows that do name a rule:
    rules always name themselves, rollbacks may not. That is likely, not certain. Everything else is an award or a
    spend.
    """
    additions = rows.additions
    found = Reasons(list(map((Cause.SPENT, Cause.EARNED).__getitem__, additions)))
    places = _worth_a_look(rows)
    if not places:
        return found
    amounts, sessions, names = rows.amounts().tolist(), rows.sessions, rows.names
    rules, rulesets = rows.rules, rows.rulesets
    # Session by session, so that what is known of one is gone before the next.
    for _, mine in groupby(sorted(places, key=sessions.__getitem__), key=sessions.__getitem__):
        awards, spends = _Open(), _Open()
        for place in mine:
            addition, amount, rule = additions[place], amounts[place], rules[place]
            same, opposite = (awards, spends) if addition else (spends, awards)
            key: object = ("rule", rulesets[place], rule) if rule else ("name", names[place])
            undone = opposite.take(amount, key)
            if not undone and not rule:
                undone = opposite.take(amount, _ANY)
            if undone:
                found.causes[place] = Cause.GIVEN_BACK if addition else Cause.TAKEN_BACK
                found.undoes[place] = undone
                if not rule:
                    found.uncertain.add(place)
            else:
                same.add(place, amount, (key, _ANY) if rule else (key,))
    return found


def _worth_a_look(rows: Rows) -> list[int]:
    """Places of the rows of sessions in which something can have been undone: they were added to and taken from, by one
    rule or by a row that names none."""
    added, sessions = rows.added, rows.session_codes
    both = _added_and_taken(sessions, added)
    both[0] = False  # no session
    touched = np.zeros(len(both), dtype=bool)
    if both.any():
        by_rule = codes(sessions, rows.rule_codes)
        touched[sessions[_added_and_taken(by_rule, added)[by_rule]]] = True
        if not all(rows.rules):
            touched[sessions[[not rule for rule in rows.rules]]] = True
    found: list[int] = np.flatnonzero((touched & both)[sessions]).tolist()
    return found


def _added_and_taken(keys: Ints, added: Ints) -> Ints:
    """For each key whether there are additions and subtractions of it."""
    found = np.zeros((2, int(keys.max(initial=0)) + 1), dtype=bool)
    found[0, keys[added]] = True
    found[1, keys[~added]] = True
    both: Ints = found[0] & found[1]
    return both
