"""The steps of a ledger's history as columns: what happened when, what it changed, what was left. A `Move` is made when
somebody asks for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, overload

import numpy as np

from desk.insight.balances import Balance
from desk.insight.columns import Ints, exact, moment, ticks
from desk.insight.ledger import Row
from desk.insight.rows import NO_ROWS, Rows


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


KINDS = tuple(MoveKind)
"""How a column names a kind: by its place here."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The columns. `places`: of the row behind each step. The figures are those from that step on."""

    at: Ints
    kinds: Ints
    amounts: Ints
    changes: Ints
    places: Ints
    transactions: Ints
    active: Ints
    pending: Ints
    spent: Ints
    expired: Ints
    negative: Ints

    def part(self, places: "slice | Ints") -> "Steps":
        """Some of the steps, in order."""
        return Steps(*(getattr(self, each.name)[places] for each in fields(self)))


class Moves(Sequence[Move]):
    """Steps of one ledger, oldest first. `columns` are for those who would draw or add up thousands."""

    __slots__ = ("columns", "rows", "scale")

    def __init__(self, columns: Steps, rows: Rows, scale: int) -> None:
        self.columns, self.rows, self.scale = columns, rows, scale

    def __len__(self) -> int:
        return len(self.columns.at)

    @overload
    def __getitem__(self, place: int) -> Move: ...
    @overload
    def __getitem__(self, place: slice) -> "Moves": ...
    def __getitem__(self, place: int | slice) -> "Move | Moves":
        if isinstance(place, slice):
            return self.where(place)
        columns = self.columns
        return Move(
            moment(columns.at[place]),
            KINDS[columns.kinds[place]],
            self.points(columns.amounts[place]),
            self.points(columns.changes[place]),
            self.balance(place),
            self.rows[columns.places[place]],
            bool(columns.transactions[place]),
        )

    def __iter__(self) -> Iterator[Move]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Moves) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def where(self, places: "slice | Ints") -> "Moves":
        """Some of the steps: a slice, a mask, or rising places."""
        return Moves(self.columns.part(places), self.rows, self.scale)

    def of(self, *kinds: MoveKind) -> "Moves":
        """The steps of these kinds."""
        return self.where(np.isin(self.columns.kinds, [KINDS.index(kind) for kind in kinds]))

    def until(self, at: datetime) -> "Moves":
        """The steps up to and including an instant."""
        return self.where(slice(None, int(np.searchsorted(self.columns.at, ticks(at), side="right"))))

    def after(self, at: datetime) -> "Moves":
        """The steps after an instant."""
        return self.where(slice(int(np.searchsorted(self.columns.at, ticks(at), side="right")), None))

    def changing(self) -> "Moves":
        """The steps that changed what can be spent."""
        return self.where(self.columns.changes != 0)

    def balance(self, place: int) -> Balance:
        """All figures from that step on."""
        each = self.columns
        figures = (each.active, each.pending, each.spent, each.expired, each.negative)
        return Balance(*(self.points(column[place]) for column in figures))

    def total(self) -> Decimal:
        """All amounts of these steps."""
        return self.points(self.columns.amounts.sum()) if len(self) else Decimal(0)

    def points(self, amount: int) -> Decimal:
        """A figure of a column as points."""
        return exact(amount, self.scale)


_NONE = np.zeros(0, dtype=np.int64)
NO_MOVES = Moves(Steps(*[_NONE] * 11), NO_ROWS, 0)
"""Of a ledger in which nothing happened."""
