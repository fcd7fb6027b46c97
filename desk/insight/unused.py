"""The lists of unused points as columns. A `Listed` is made when somebody asks for it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import repeat
from operator import eq
from typing import Any

import numpy as np

from desk.insight.balances import ZERO
from desk.insight.columns import EPOCH, NEVER, Amounts, Ints
from desk.insight.ledger import Listed, PointsEntry, Status, key_of, read_window
from desk.insight.reading import instant
from desk.insight.rows import Rows, Windows, windows
from talon_client.models.base import columns_of

_FIELDS = ("transaction_uuid", "id", "amount", "start_date", "expiry_date")
_NOTHING: dict[str, tuple[Any, ...]] = dict.fromkeys(_FIELDS, ())
STATUSES = tuple(Status)
"""How a column names a status: by its place here."""


class Unused(Mapping[str, Listed]):
    """Entries by the key of the transaction that added them, and by their number (`#17`)."""

    def __init__(self, lists: Mapping[Status, Iterable[PointsEntry]]) -> None:
        read = {status: list(entries) for status, entries in lists.items()}
        self._entries = [entry for entries in read.values() for entry in entries]
        self._columns = _NOTHING | columns_of(self._entries, _FIELDS)
        codes = np.array([STATUSES.index(status) for status in read], dtype=np.int8)
        self.statuses = np.repeat(codes, [len(entries) for entries in read.values()])
        places = range(len(self._entries))
        self._by_uuid = dict(zip(self._columns["transaction_uuid"], places, strict=True))
        self._by_uuid.pop(None, None)
        self._by_uuid.pop("", None)

    @cached_property
    def _by_id(self) -> dict[int | None, int]:
        found = dict(zip(self._columns["id"], range(len(self._entries)), strict=True))
        found.pop(None, None)
        return found

    def __getitem__(self, key: str) -> Listed:
        place = self._by_uuid.get(key)
        if place is None and key.startswith("#"):
            place = self._by_id.get(int(key[1:])) if key[1:].lstrip("-").isdecimal() else None
        if place is None:
            raise KeyError(key)
        entry = self._entries[place]
        window = read_window(entry.start_date, entry.expiry_date, instant(entry.created) or EPOCH)
        if self._waiting[place]:
            window = window._replace(starts=None)
        return Listed(abs(entry.amount or ZERO), STATUSES[self.statuses[place]], window)

    def __iter__(self) -> Iterator[str]:
        yield from self._by_uuid
        yield from (key_of(number, None) for number in self._by_id)

    def __len__(self) -> int:
        return len(self._by_uuid) + len(self._by_id)

    def places_of(self, rows: Rows) -> Ints:
        """For each row the place of its entry among the columns, -1 where it has none."""
        keys = rows.keys
        found = np.fromiter(map(self._by_uuid.get, keys, repeat(-1)), dtype=np.int64, count=len(rows))
        missing = np.flatnonzero(found < 0).tolist()
        if len(self._by_uuid) == len(self._entries):
            # Every entry has a UUID: only rows without one are known by their numbers.
            missing = [place for place in missing if keys[place].startswith("#")]
        if missing:
            found[missing] = [self._by_id.get(rows.ids[place], -1) for place in missing]
        return found

    @cached_property
    def _amounts(self) -> Amounts:
        return Amounts(self._columns["amount"])

    @property
    def scale(self) -> int:
        """How many decimals the amounts need."""
        return self._amounts.scale

    def amounts(self, scale: int) -> Ints:
        """Amounts at a scale that suffices."""
        return self._amounts.scaled(scale)

    @cached_property
    def windows(self) -> Windows:
        """When the lots can be used."""
        found = windows(self._columns["start_date"], self._columns["expiry_date"])
        return found._replace(starts=np.where(self._waiting, NEVER, found.starts))

    @cached_property
    def _waiting(self) -> Ints:
        """Which lots wait for an action: these lists know no word for it, so that they are pending and yet start at
        once (facts.md, Loyalty ledger: `on_action` in transactions only)."""
        starts = self._columns["start_date"]
        at_once = np.fromiter(map(eq, starts, repeat("immediate")), dtype=bool, count=len(starts))
        pending: Ints = self.statuses == STATUSES.index(Status.PENDING)
        waiting: Ints = at_once & pending
        return waiting


NOTHING_LISTED = Unused({})
"""Where no list was read."""
