"""The walk alone, answered by hand: lists that change meanwhile, and pages that come in any order."""

from collections import deque
from collections.abc import Sequence
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_client import Call, calls
from talon_client.models import Page
from talon_client.walk import LOOK_AHEAD, REMEMBERED_ROWS, PageSize, Walk
from tests.client.ledger import LIST, Ledger, Row, ids, row


class Walked:
    """Walks a ledger; `order` says which page in flight is answered next, `changes` what happens before it."""

    def __init__(self, ledger: Ledger, size: int, order: Sequence[int] = (), changes: Any = None) -> None:
        call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=size)
        walk = Walk(call, PageSize())
        flying: deque[list[Any]] = deque()
        order = list(order)
        self.rows: list[Row] = []
        self.requests = 0
        while not walk.done:
            flying.extend([[call, None] for call in walk.wanted()])
            # Some pages further back may be answered before the first.
            while flying[0][1] is None:
                which = order.pop() % len(flying) if order else 0
                if flying[which][1] is None:
                    if changes:
                        changes(self.requests, ledger)
                    flying[which][1] = answer_by(ledger, flying[which][0])
                    self.requests += 1
            rows, in_step = walk.take(flying.popleft()[1])
            if not in_step:
                flying.clear()
            self.rows += rows
            assert self.requests < 2000
        self.report = walk.report

    @property
    def ids(self) -> list[int | None]:
        return ids(self.rows)


def answer_by(ledger: Ledger, call: Call[Page[Row]]) -> Page[Row]:
    request = httpx.Request("GET", "http://localhost/", params=list(call.query))
    return Page[Row].model_validate_json(ledger(request).content)


def test_rows_added_meanwhile_come_once_and_are_counted() -> None:
    ledger = Ledger(100)
    walked = Walked(ledger, 10, changes=lambda number, ledger: ledger.add(3) if number == 2 else None)
    assert walked.ids == list(reversed(range(100)))
    assert walked.report.repeated == 3
    assert walked.report.gaps == 0
    assert walked.report.complete


def test_pages_answered_out_of_order_around_an_addition_skip_nothing() -> None:
    ledger = Ledger(100)
    # In flight are pages 1 to 4: page 2 is answered, rows are added, then page 1 is answered.
    walked = Walked(
        ledger,
        10,
        order=[0, 0, 0, 1, 0],
        changes=lambda number, ledger: ledger.add(3) if number == 2 else None,
    )
    assert walked.ids == list(reversed(range(100)))
    assert walked.report.gaps == 0


def test_rows_removed_meanwhile_skip_nothing() -> None:
    def remove(number: int, ledger: Ledger) -> None:
        if number == 3:
            del ledger.rows[:15]

    walked = Walked(Ledger(100), 10, changes=remove)
    assert walked.ids == list(reversed(range(100)))
    assert walked.report.gaps == 0


def test_a_list_that_was_emptied_is_a_gap_not_an_end() -> None:
    def remove(number: int, ledger: Ledger) -> None:
        if number == 1:
            ledger.rows.clear()

    walked = Walked(Ledger(100), 10, changes=remove)
    assert walked.ids == list(reversed(range(90, 100)))
    assert walked.report.gaps == 1


def test_a_list_that_changes_all_the_time_ends_and_says_so() -> None:
    def shuffle(number: int, ledger: Ledger) -> None:
        ledger.rows = [row(number * 1000 + each) for each in range(100)]

    walked = Walked(Ledger(100), 10, changes=shuffle)
    assert walked.report.gaps > 0
    assert walked.requests < 200


@settings(max_examples=150, deadline=None)
@given(
    count=st.integers(0, 60),
    size=st.integers(2, 25),
    order=st.lists(st.integers(0, LOOK_AHEAD - 1), max_size=40),
    added=st.dictionaries(st.integers(0, 12), st.integers(1, 20), max_size=4),
    removed=st.dictionaries(st.integers(0, 12), st.integers(1, 10), max_size=2),
)
def test_whatever_changes_nothing_is_repeated_or_skipped_silently(
    count: int, size: int, order: list[int], added: dict[int, int], removed: dict[int, int]
) -> None:
    ledger = Ledger(count)
    original = [each["id"] for each in ledger.rows]
    gone: set[int] = set()

    def change(number: int, ledger: Ledger) -> None:
        ledger.add(added.get(number, 0))
        first_old = next((at for at, each in enumerate(ledger.rows) if each["id"] < count), len(ledger.rows))
        taken = slice(first_old, first_old + removed.get(number, 0))
        gone.update(each["id"] for each in ledger.rows[taken])
        del ledger.rows[taken]

    walked = Walked(ledger, size, order, change)
    assert len(set(walked.ids)) == len(walked.ids), "repeated"
    stayed = [each for each in original if each not in gone]
    if walked.report.gaps == 0:
        assert [each for each in walked.ids if each in set(stayed)] == stayed, "skipped or out of order"
    assert walked.report.complete


def test_two_rows_of_one_page_are_two_rows_whatever_their_ids() -> None:
    ledger = Ledger(0)
    ledger.rows = [row(1), row(1), row(2)]
    assert Walked(ledger, 1000).ids == [1, 1, 2]


def test_rows_without_ids_all_come() -> None:
    ledger = Ledger(0)
    ledger.rows = [{"amount": number} for number in range(25)]
    walked = Walked(ledger, 10)
    assert [each.amount for each in walked.rows] == list(range(25))
    assert walked.report.repeated == 0


def test_an_empty_page_that_promises_more_ends_it_incomplete() -> None:
    walk = Walk(LIST, PageSize())
    walk.wanted()
    walk.take(Page[Row](data=(), has_more=True))
    assert walk.done
    assert not walk.report.complete


@settings(max_examples=200, deadline=None)
@given(
    count=st.integers(0, 60),
    size=st.sampled_from([None, 1, 2, 3, 7, 20]),
    most=st.integers(1, 30),
    total=st.none() | st.integers(0, 200),
    more=st.booleans(),
    rows_have=st.sampled_from(["ids", "no ids", "ids, and skip means nothing"]),
)
def test_whatever_a_server_says_the_walk_ends(
    count: int, size: int | None, most: int, total: int | None, more: bool, rows_have: str
) -> None:
    """How many rows there are, and that there are more, is said whatever is true; one does not even skip."""
    rows = [Row(id=None if rows_have == "no ids" else number, amount=number) for number in range(count)]
    walk = Walk(calls.get_loyalty_program_profile_transactions(1, "p", page_size=size), PageSize())
    asked: deque[int] = deque()
    seen: list[Row] = []
    requests = 0
    while not walk.done:
        asked.extend(int(dict(call.query)["skip"]) for call in walk.wanted())
        skip = asked.popleft()
        start = 0 if "skip" in rows_have else skip
        data = tuple(rows[start : start + min(size or 1000, most)])
        new, in_step = walk.take(Page[Row](data=data, total_result_size=total, has_more=more))
        if not in_step:
            asked.clear()
        seen += new
        requests += 1
        assert requests <= 300
    assert len(seen) <= count
    assert walk.report.items == len(seen)


def test_a_page_of_the_row_it_was_asked_from_is_an_end_that_is_not_complete() -> None:
    walk = Walk(LIST, PageSize())
    walk.wanted()
    walk.take(Page[Row](data=(Row(id=1), Row(id=2)), has_more=True))
    assert dict(walk.wanted()[0].query)["skip"] == "1"
    assert walk.take(Page[Row](data=(Row(id=2),), has_more=True)) == ((), False)
    assert walk.done
    assert (walk.report.items, walk.report.complete, walk.report.gaps) == (2, False, 0)


def test_memory_stays_flat_over_a_long_ledger() -> None:
    walk = Walk(LIST, PageSize())
    size, asked = 1000, deque[Call[Page[Row]]]()
    ledger = [Row.model_construct(id=number, transaction_uuid=str(number)) for number in range(15_000)]
    total = 0
    while not walk.done:
        asked.extend(walk.wanted())
        skip = int(dict(asked.popleft().query)["skip"])
        rows, in_step = walk.take(
            Page[Row].model_construct(data=tuple(ledger[skip : skip + size]), has_more=skip + size < 15_000)
        )
        if not in_step:
            asked.clear()
        total += len(rows)
        assert len(walk._known) <= REMEMBERED_ROWS + size
    assert total == 15_000
