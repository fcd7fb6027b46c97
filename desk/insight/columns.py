"""Columns of a long ledger: instants as whole microseconds, amounts as whole numbers of the smallest part.

An object a row would take seconds and hundreds of megabytes for 100 000 rows; numbers side by side take neither.
Instants are microseconds since 1970 in UTC. Amounts of one ledger share a scale: with scale 2, 1050 is 10.5 points.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from desk.insight.reading import instant
from talon_client.models.base import read_timestamp

Ints: TypeAlias = npt.NDArray[Any]
"""Whole numbers: of 64 bits, or Python's own where these do not suffice."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 1 << 62
"""Stands for an instant that nobody names, and that is later than every other."""

_TICK = timedelta(microseconds=1)
_WORDS = frozenset({"immediate", "unlimited", "on_action", ""})
_LONGEST_WORD = max(map(len, _WORDS))
_parse = datetime.fromisoformat
_FEW = 200
_COMPLETE = len("2026-06-17T12:00:00Z")
_SECOND_YEAR = (datetime(2, 1, 1, tzinfo=UTC) - EPOCH) // _TICK


def ticks(at: datetime) -> int:
    """An aware instant in microseconds since 1970."""
    return (at - EPOCH) // _TICK


def moment(at: int) -> datetime:
    """The instant of so many microseconds since 1970, in UTC."""
    return EPOCH + timedelta(microseconds=int(at))


def moment_or_none(at: int) -> datetime | None:
    """The same; `NEVER` is None."""
    return None if at == NEVER else moment(at)


def instants(values: Sequence[Any]) -> Ints:
    """Each date, as it was sent, as an instant; `NEVER` where `reading.instant` finds none."""
    try:
        column = _bulk(values)
    except (TypeError, ValueError):  # a text that is no date, a time without a zone
        column = np.array([_instant(value) for value in values], dtype=np.int64)
    column[column < _SECOND_YEAR] = NEVER
    return column


def _bulk(values: Sequence[Any]) -> Ints:
    """Dates and words as instants; fails where anything else stands."""
    first = values[:_FEW]
    if len(set(first)) * 4 < len(first) and len(different := set(values)) < len(values):
        names = list(different)
        table = dict(zip(names, _bulk(names).tolist(), strict=True))
        return np.array([table[value] for value in values], dtype=np.int64)
    # Most words are shorter than any date: what is long need not be looked up.
    dated = [
        place
        for place, value in enumerate(values)
        if value is not None and (len(value) > _LONGEST_WORD or value not in _WORDS)
    ]
    if len(dated) == len(values):
        return _read(values)
    column = np.full(len(values), NEVER, dtype=np.int64)
    column[dated] = _read([values[place] for place in dated])
    return column


def _read(texts: Sequence[str]) -> Ints:
    """Dates that all can be read. Whole columns of complete ones go through pandas, in a third of the time."""
    if len(texts) < _FEW or min(map(len, texts)) < _COMPLETE:
        return np.array([(_parse(text) - EPOCH) // _TICK for text in texts], dtype=np.int64)
    read = pd.to_datetime(list(texts), format="ISO8601", utc=True, cache=False)
    return read.as_unit("us").asi8


def _instant(value: Any) -> int:
    at = None if value is None else instant(read_timestamp(value))
    return NEVER if at is None else ticks(at)


def unreadable(values: Sequence[Any], found: Ints, words: frozenset[str]) -> Ints:
    """Which of these dates, found to be `found`, are neither a date nor one of the words that may stand there."""
    column = np.zeros(len(values), dtype=bool)
    odd = [place for place in np.flatnonzero(found == NEVER).tolist() if values[place] not in words]
    for place in odd:
        column[place] = values[place] is not None and isinstance(read_timestamp(values[place]), str)
    return column


def whole(values: Sequence[int]) -> Ints:
    """Whole numbers as a column, whatever their size."""
    try:
        return np.array(values, dtype=np.int64)
    except OverflowError:
        return np.array(values, dtype=object)


def codes(*columns: Sequence[Any] | Ints) -> Ints:
    """A number for each place, 0, 1, ...: the same for places that are equal in all columns, in the order in which they
    first appear."""
    found: Ints = np.zeros(0, dtype=np.int64)
    for number, column in enumerate(columns):
        values = column if isinstance(column, np.ndarray) else np.array(column, dtype=object)
        each: Ints = pd.factorize(values, use_na_sentinel=False)[0]
        if number:
            each = pd.factorize(found * (int(each.max(initial=0)) + 1) + each)[0]
        found = each.astype(np.int64)
    return found


def times(column: Ints, factor: int) -> Ints:
    """A column at a finer scale; of Python's numbers where 64 bits do not suffice any more."""
    if factor > 1 and int(np.abs(column).max(initial=0)) * factor >= NEVER:
        column = column.astype(object)
    return column * factor


class Amounts:
    """Amounts of one column. Equal ones, which most are, are worked out once."""

    def __init__(self, amounts: Sequence[Decimal]) -> None:
        numbers: dict[Decimal, int] = {}
        self._places = [numbers.setdefault(amount, len(numbers)) for amount in amounts]
        self._different = list(numbers)
        exponents = (amount.as_tuple().exponent for amount in numbers)
        self.scale = max((-each for each in exponents if isinstance(each, int)), default=0)
        """How many decimals they need, all together."""

    def scaled(self, scale: int) -> list[int]:
        """Their sizes as exact whole numbers at that scale, which must suffice."""
        unit = 10**scale
        sizes = [int(abs(amount) * unit) for amount in self._different]
        return [sizes[place] for place in self._places]


def exact(amount: int, scale: int) -> Decimal:
    """The amount again, without decimals that it does not need."""
    return Decimal(int(amount)) / Decimal(10**scale)
