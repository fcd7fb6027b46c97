"""All rows of a ledger as columns, read from the API's transactions: in order, each once. A `Row` is made when somebody
asks for it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import repeat
from operator import eq, itemgetter
from typing import Any, NamedTuple, TypeVar, overload

import numpy as np

from desk.insight.balances import ZERO
from desk.insight.columns import NEVER, Amounts, Ints, codes, instants, moment, ticks, unreadable
from desk.insight.ledger import Row, Transaction, is_addition, key_of, read_row
from talon_client.models.base import columns_of

V = TypeVar("V")

_FIELDS = (
    "transaction_uuid",
    "id",
    "created",
    "type",
    "amount",
    "subledger_id",
    "customer_session_id",
    "rule_name",
    "ruleset_id",
    "name",
    "start_date",
    "expiry_date",
    "flags",
)
AT_ONCE = -NEVER
"""Stands for the instant at which a lot is created."""
_START_WORDS = frozenset({"immediate", "on_action", ""})
_END_WORDS = frozenset({"unlimited", ""})


class Windows(NamedTuple):
    """When lots can be used, as columns (`ledger.read_window` has the rule): `starts` is `NEVER` where an action is
    awaited, `expires` where the lot is unlimited."""

    starts: Ints
    expires: Ints
    unreadable: Ints

    def of(self, places: Ints, created: Ints) -> "Windows":
        """Those at these places, of lots that were created then: at once means from then on."""
        starts = self.starts[places]
        starts = np.where(starts == AT_ONCE, created, starts)
        return Windows(starts, self.expires[places], self.unreadable[places])


def windows(starts: Sequence[Any], ends: Sequence[Any]) -> Windows:
    """The windows of lots from their dates as they were sent; `AT_ONCE` where the start is the lot's creation."""
    begin, end = instants(starts), instants(ends)
    odd = unreadable(starts, begin, _START_WORDS) | unreadable(ends, end, _END_WORDS)
    waiting = np.fromiter(map(eq, starts, repeat("on_action")), dtype=bool, count=len(starts))
    return Windows(np.where((begin == NEVER) & ~waiting, AT_ONCE, begin), end, odd)


class Rows(Sequence[Row]):
    """Rows of one ledger or of several, oldest first. Columns are read when they are first needed."""

    def __init__(
        self,
        entries: Sequence[Transaction],
        keys: Sequence[str],
        created: Ints,
        undated: frozenset[str],
        columns: Mapping[str, Sequence[Any]],
    ) -> None:
        self._entries, self.keys, self.created, self._undated = entries, keys, created, undated
        self._columns = columns

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "Rows": ...
    def __getitem__(self, place: int | slice) -> "Row | Rows":
        if isinstance(place, slice):
            return self.take(range(*place.indices(len(self))))
        key = self.keys[place]
        return read_row(key, self._entries[place], moment(self.created[place]), key not in self._undated)

    def __iter__(self) -> Iterator[Row]:
        return (self[place] for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rows) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def take(self, places: Iterable[int]) -> "Rows":
        """The rows at these places, which rise."""
        kept = list(places)
        return Rows(
            _at(self._entries, kept),
            _at(self.keys, kept),
            self.created[kept],
            self._undated,
            _columns_at(self._columns, kept),
        )

    def by_subledger(self) -> "dict[str, Rows]":
        """The rows of each subledger."""
        places: dict[str, list[int]] = {name: [] for name in set(self.subledgers)}
        if len(places) == 1:
            return dict.fromkeys(places, self)
        for place, name in enumerate(self.subledgers):
            places[name].append(place)
        return {name: self.take(mine) for name, mine in places.items()}

    def by_hand(self) -> "Rows":
        """The additions that name neither a session nor a rule: added by a person, or imported."""
        told = zip(self.additions, self.sessions, self.rules, strict=True)
        return self.take([place for place, (added, *names) in enumerate(told) if added and not any(names)])

    def _texts(self, name: str) -> tuple[str, ...]:
        sent = self._columns[name]
        return tuple([value or "" for value in sent]) if None in sent else tuple(sent)

    @cached_property
    def ids(self) -> Sequence[int | None]:
        """Row numbers."""
        return self._columns["id"]

    @cached_property
    def subledgers(self) -> tuple[str, ...]:
        """The main ledger is ""."""
        return self._texts("subledger_id")

    @cached_property
    def sessions(self) -> tuple[str, ...]:
        """Session ids, "" where there is none."""
        return self._texts("customer_session_id")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the API calls each row."""
        return self._texts("name")

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """Names of rules."""
        return self._texts("rule_name")

    @cached_property
    def rulesets(self) -> Sequence[int | None]:
        """Numbers of rulesets."""
        return self._columns["ruleset_id"]

    @cached_property
    def additions(self) -> list[bool]:
        """Whether each row adds points."""
        kinds = self._columns["type"]
        if {"addition", "subtraction"}.issuperset(kinds):
            return [kind == "addition" for kind in kinds]
        changes = self._amounts.signed.tolist()
        return [is_addition(kind, amount) for kind, amount in zip(kinds, changes, strict=True)]

    @cached_property
    def _amounts(self) -> Amounts:
        return Amounts(self._columns["amount"])

    @property
    def scale(self) -> int:
        """How many decimals the amounts need."""
        return self._amounts.scale

    def amounts(self, scale: int | None = None) -> Ints:
        """Amounts without their sign, at a scale that suffices; their own when none is said."""
        return self._amounts.scaled(self.scale if scale is None else scale)

    @cached_property
    def added(self) -> Ints:
        """`additions` as a column."""
        return np.array(self.additions, dtype=bool)

    @cached_property
    def session_codes(self) -> Ints:
        """A number for each session, 0 where there is none."""
        return codes(["", *self.sessions])[1:]

    @cached_property
    def rule_codes(self) -> Ints:
        """A number for each rule of each ruleset."""
        return codes([-1 if each is None else each for each in self.rulesets], self.rules)

    @cached_property
    def _windows(self) -> Windows:
        found = windows(self._columns["start_date"], self._columns["expiry_date"])
        return found.of(np.arange(len(self)), self.created)

    @property
    def starts(self) -> Ints:
        """When each award starts; `NEVER` where it awaits an action. Of subtractions it means nothing."""
        return self._windows.starts

    @property
    def expires(self) -> Ints:
        """When each award expires; `NEVER` where it is unlimited. Of subtractions it means nothing."""
        return self._windows.expires

    @property
    def unreadable(self) -> Ints:
        """Whether the window of each row holds a date that is none."""
        return self._windows.unreadable

    @cached_property
    def undated(self) -> frozenset[int]:
        """Places of rows whose creation date could not be read."""
        if not self._undated:
            return frozenset()
        return frozenset(place for place, key in enumerate(self.keys) if key in self._undated)

    @cached_property
    def below_zero(self) -> frozenset[int]:
        """Places of rows that the API marks as the part of a subtraction that made the balance negative."""
        flags = enumerate(self._columns.get("flags", ()))  # cards have none
        return frozenset(
            [place for place, flag in flags if flag is not None and flag.creates_negative_balance]
        )


NO_ROWS = Rows((), (), np.zeros(0, dtype=np.int64), frozenset(), {name: [] for name in _FIELDS})
"""Of a ledger in which nothing is written."""


def read_rows(transactions: Iterable[Transaction], now: datetime) -> Rows:
    """All rows, oldest first, each once, whatever order and pages they came in.

    Rows of one instant stand in the order of their numbers. A row whose date is unreadable stands where its
    number puts it.
    """
    entries = tuple(transactions)
    if not entries:
        return NO_ROWS
    columns = columns_of(entries, _FIELDS)
    keys = columns["transaction_uuid"]
    if not all(keys):
        keys = tuple([key_of(number, key) for number, key in zip(columns["id"], keys, strict=True)])
    if len(set(keys)) < len(keys) or not all(keys):
        places = _once(keys)
        entries, keys, columns = _at(entries, places), _at(keys, places), _columns_at(columns, places)
    created = instants(columns["created"])
    undated = np.flatnonzero(created == NEVER).tolist()
    if undated:
        created = _placed(entries, keys, created, undated, now)
    order, lost = _order(entries, columns["id"], keys, created), set(undated)
    keys = _at(keys, order)
    if not all(keys):
        keys = tuple([key or f"?{place}" for place, key in enumerate(keys)])
    was = _at(range(len(keys)), order) if lost else ()
    guessed = frozenset([key for key, place in zip(keys, was, strict=False) if place in lost])
    return Rows(_at(entries, order), keys, created[order], guessed, _columns_at(columns, order))


def _at(values: Sequence[V], places: Sequence[int] | slice) -> tuple[V, ...]:
    """The values at these places."""
    if isinstance(places, slice):
        return tuple(values[places])
    if len(places) < 2:
        return tuple([values[place] for place in places])
    found: tuple[V, ...] = itemgetter(*places)(values)
    return found


def _columns_at(
    columns: Mapping[str, Sequence[Any]], places: Sequence[int] | slice
) -> dict[str, tuple[Any, ...]]:
    return {name: _at(values, places) for name, values in columns.items()}


def _once(keys: Sequence[str]) -> list[int]:
    """The places of the rows, each row once: the last of those that share a key. Rows without a key cannot be told
    apart and all stay."""
    last = {key: place for place, key in enumerate(keys) if key}
    return [*last.values(), *(place for place, key in enumerate(keys) if not key)]


def _placed(
    entries: Sequence[Transaction], keys: Sequence[str], created: Ints, undated: Sequence[int], now: datetime
) -> Ints:
    """The instants, with those that could not be read: of the row with the next lower number, else of the oldest
    row, else now."""
    lost = set(undated)
    dated = [place for place, key in enumerate(keys) if key and place not in lost]
    oldest = min((int(created[place]) for place in dated), default=ticks(now))
    numbered = sorted(
        (entries[place].id or 0, int(created[place])) for place in dated if entries[place].id is not None
    )
    found = created.copy()
    for place in undated:
        number = entries[place].id
        before = 0 if number is None else bisect_left(numbered, (number,))
        found[place] = ticks(now) if not keys[place] else numbered[before - 1][1] if before else oldest
    return found


def _numbers(ids: Sequence[int]) -> Ints:
    """The numbers as a column that orders them; beyond 64 bits their places in the order do that."""
    try:
        return np.array(ids, dtype=np.int64)
    except OverflowError:
        place = {number: place for place, number in enumerate(sorted(set(ids)))}
        return np.array([place[number] for number in ids], dtype=np.int64)


def _order(
    entries: Sequence[Transaction], ids: Sequence[int | None], keys: Sequence[str], created: Ints
) -> list[int] | slice:
    """By instant, then by number. Without a number: additions first, so that a spend of the same instant finds what it
    draws on."""
    numbers = _numbers([-1 if number is None else number for number in ids])
    order = np.lexsort((numbers, created))
    tied = (np.diff(created[order]) == 0) & (np.diff(numbers[order]) == 0)
    if not tied.any():
        newest_first = (np.diff(order) == -1).all()  # as the API sends them
        return slice(None, None, -1) if newest_first else order.tolist()

    def rank(place: int) -> tuple[Any, ...]:
        entry = entries[place]
        amount = entry.amount or ZERO
        return (
            created[place],
            numbers[place],
            not is_addition(entry.type, amount),
            keys[place],
            entry.customer_session_id or "",
            abs(amount),
            entry.name or "",
        )

    return sorted(range(len(entries)), key=rank)
