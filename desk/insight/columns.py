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
import pyarrow as pa
from pyarrow import compute

from desk.insight.reading import instant
from talon_client.models.base import read_number, read_timestamp

Ints: TypeAlias = npt.NDArray[Any]
"""Whole numbers: of 64 bits, or Python's own where these do not suffice."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = 1 << 62
"""Stands for an instant that nobody names, and that is later than every other."""

_TICK = timedelta(microseconds=1)
_WORDS = pa.array(["immediate", "unlimited", "on_action", ""])
_SECOND_YEAR = (datetime(2, 1, 1, tzinfo=UTC) - EPOCH) // _TICK
_LAST_YEAR = (datetime.max.replace(tzinfo=UTC) - EPOCH) // _TICK


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
        sent = pa.array(values, pa.string())
        dated = compute.if_else(compute.is_in(sent, value_set=_WORDS), None, sent)
        found = dated.cast(pa.timestamp("us", "UTC")).cast(pa.int64()).fill_null(NEVER)
        column: Ints = found.to_numpy(zero_copy_only=False)
    except (pa.ArrowException, UnicodeError):  # a text that is no date, a time without a zone, no text at all
        column = np.array([_instant(value) for value in values], dtype=np.int64)
    return np.where((column < _SECOND_YEAR) | (column > _LAST_YEAR), NEVER, column)


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
        each = _codes(column)
        if number:
            each = _codes(found * (int(each.max(initial=0)) + 1) + each)
        found = each
    return found


def _codes(column: Sequence[Any] | Ints) -> Ints:
    try:
        found: Ints = pa.array(column).dictionary_encode().indices.to_numpy()
    except (pa.ArrowException, UnicodeError, OverflowError):  # half a character, a number beyond 64 bits
        numbers: dict[Any, int] = {}
        found = np.array([numbers.setdefault(value, len(numbers)) for value in column])
    return found.astype(np.int64)


def times(column: Ints, factor: int) -> Ints:
    """A column at a finer scale; of Python's numbers where 64 bits do not suffice any more."""
    if factor > 1 and int(np.abs(column).max(initial=0)) * factor >= NEVER:
        column = column.astype(object)
    return column * factor


class Amounts:
    """Amounts of one column, as they were sent; what was left out is 0. Equal ones, which most are, are worked out
    once."""

    def __init__(self, sent: Sequence[float | None]) -> None:
        self.signed = np.nan_to_num(np.array(sent, dtype=np.float64))
        different, self._places = np.unique(np.abs(self.signed), return_inverse=True)
        self._different = [read_number(size) for size in different.tolist()]
        self.scale = max(map(decimals, self._different), default=0)
        """How many decimals they need, all together."""

    def scaled(self, scale: int) -> Ints:
        """Their sizes as exact whole numbers at that scale, which must suffice."""
        unit = 10**scale
        return whole([int(size * unit) for size in self._different])[self._places]


def decimals(amount: Decimal) -> int:
    """How many decimals an amount needs."""
    exponent = amount.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def exact(amount: int, scale: int) -> Decimal:
    """The amount again, without decimals that it does not need."""
    return Decimal(int(amount)) / Decimal(10**scale)
