"""Columns against what is read one by one."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.insight.columns import NEVER, Amounts, codes, exact, instants, moment_or_none, ticks
from desk.insight.reading import instant
from talon_client.models.base import read_timestamp

ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-11))]
MOMENTS = st.datetimes(timezones=st.sampled_from(ZONES)) | st.datetimes()
DATES = st.one_of(
    MOMENTS.map(datetime.isoformat),
    MOMENTS.map(lambda moment: moment.isoformat(" ")),
    st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat().replace("+00:00", "Z")),
    st.dates().map(str),
)
WORDS = st.sampled_from(["immediate", "unlimited", "on_action", "", "sideways", "\ud800", None])
# Dates with a character added, left out or changed.
BROKEN = st.tuples(DATES, st.integers(0, 30), st.sampled_from(["", "0", "9", ":", "Z", "T", " ", "+"])).map(
    lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :]
)


def one_by_one(values: list[Any]) -> list[int]:
    found = [instant(read_timestamp(value)) if value is not None else None for value in values]
    return [NEVER if at is None else ticks(at) for at in found]


@given(st.lists(DATES | WORDS) | st.lists(DATES) | st.lists(BROKEN, max_size=1) | st.lists(DATES | BROKEN))
def test_a_column_of_dates_is_what_each_of_them_is(values: list[Any]) -> None:
    assert instants(values).tolist() == one_by_one(values)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30T00:00:00Z",
        "2026-06-17T12:00:60Z",
        "2026-06-17T24:00:00Z",
        "2026-06-17T12Z",
        "2026-06-17T12:00:00.1234567891Z",
        "2026-06-17T12:00:00,5Z",
        "2026-06-17T12:00:00+0200",
        "20260617T120000Z",
        "2026-W25-3",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "-2026-06-17T12:00:00Z",
        "2026-06-17t12:00:00z",
    ],
)
def test_odd_dates_mean_the_same_in_a_column(text: str) -> None:
    [at] = instants([text]).tolist()
    assert [at] == one_by_one([text])
    moment_or_none(at)  # can be shown
    assert instants([text, "2026-06-17T12:00:00Z"]).tolist() == one_by_one([text, "2026-06-17T12:00:00Z"])


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.integers(-1, 2))))
def test_codes_tell_pairs_apart_in_the_order_of_their_coming(pairs: list[tuple[str, int]]) -> None:
    order = list(dict.fromkeys(pairs))
    found = codes([text for text, _ in pairs], np.array([number for _, number in pairs], dtype=np.int64))
    assert found.tolist() == [order.index(pair) for pair in pairs]


@pytest.mark.parametrize("values", [["a", "\ud800", "a"], [7, 1 << 70, 7], [-1, 1 << 63, -1]])
def test_codes_tell_apart_what_no_column_of_arrow_holds(values: list[Any]) -> None:
    assert codes(values).tolist() == [0, 1, 0]


@given(st.lists(st.none() | st.decimals(-(10**6), 10**6, places=3)))
def test_amounts_are_exact_whatever_was_sent(sent: list[Decimal | None]) -> None:
    amounts = Amounts([None if each is None else float(each) for each in sent])
    sizes = amounts.scaled(amounts.scale).tolist()
    assert [exact(each, amounts.scale) for each in sizes] == [abs(each or Decimal(0)) for each in sent]
    assert amounts.scale == 0 or any(size % 10 for size in sizes), "a decimal more than any of them needs"
