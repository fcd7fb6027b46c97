"""Whole lists: every page size gives the same ledger, also while it changes, and the report says what was seen."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_client import BadRequest, Call, NotFound, Report, ServerError, calls
from talon_client.models import LedgerTransactionLogEntryIntegrationAPI, Page
from talon_client.walk import REMEMBERED_ROWS, PageSize, Walk
from tests.client.help import Shop, ok, refusal

Row = LedgerTransactionLogEntryIntegrationAPI
LIST = calls.get_loyalty_program_profile_transactions(1, "p")


def row(number: int) -> dict[str, Any]:
    return {"id": number, "transactionUUID": f"uuid-{number}", "amount": number}


class Ledger:
    """A list, newest first, that may change before any request. `cap` is refused, `most` is silent."""

    def __init__(self, count: int, cap: int = 1000, most: int = 1000, total: bool = False) -> None:
        self.rows = [row(number) for number in reversed(range(count))]
        self.cap = cap
        self.most = most
        self.total = total
        self.asked: list[tuple[int, int]] = []
        self.before: dict[int, Any] = {}
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        with self._lock:
            skip, size = int(query.get("skip", "0")), int(query.get("pageSize", "50"))
            self.before.pop(len(self.asked), lambda: None)()
            self.asked.append((skip, size))
            if size > self.cap:
                return refusal(400, "The submitted data was invalid")
            rows = self.rows[skip : skip + min(size, self.most)]
            more = skip + len(rows) < len(self.rows)
            if self.total:
                return ok({"data": rows, "totalResultSize": len(self.rows)})
            return ok({"data": rows, "hasMore": more})

    def add(self, count: int) -> None:
        newest = self.rows[0]["id"] if self.rows else -1
        self.rows[:0] = [row(newest + each) for each in range(count, 0, -1)]


def ids(rows: Sequence[Row]) -> list[int | None]:
    return [each.id for each in rows]


@pytest.mark.parametrize("size", [None, 1, 2, 3, 7, 50, 119, 120, 121, 1000])
@pytest.mark.parametrize("total", [False, True])
def test_every_page_size_gives_the_same_ledger(size: int | None, total: bool) -> None:
    ledger = Ledger(120, total=total)
    call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=size)
    with Shop(ledger).client() as client:
        iteration = client.iterate(call)
        assert ids(list(iteration)) == list(reversed(range(120)))
    report = iteration.report
    assert (report.items, report.repeated, report.gaps, report.complete) == (120, 0, 0, True)
    assert report.total == (120 if total else None)
    assert {asked for _, asked in ledger.asked} == {size or 1000}


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 99, 100, 237])
def test_a_deployment_that_takes_50_at_most_is_learnt_once(count: int) -> None:
    ledger = Ledger(count, cap=50)
    with Shop(ledger).client() as client:
        assert len(list(client.iterate(LIST))) == count
        assert [size for _, size in ledger.asked].count(1000) == 1
        ledger.asked.clear()
        assert len(list(client.iterate(LIST))) == count
        assert {size for _, size in ledger.asked} == {50}


def test_a_cap_that_is_silent_is_followed() -> None:
    ledger = Ledger(230, most=50)
    with Shop(ledger).client() as client:
        iteration = client.iterate(LIST)
        assert ids(list(iteration)) == list(reversed(range(230)))
    assert iteration.report.repeated == 0


def test_a_bad_request_for_another_reason_is_raised() -> None:
    shop = Shop(refusal(400, "no such program"))
    with shop.client() as client, pytest.raises(BadRequest) as caught:
        list(client.iterate(LIST))
    assert caught.value.message == "no such program"
    assert len(shop.requests) == 2
    assert client._core.page_size.value == 1000


def test_a_page_size_of_ones_own_is_not_changed() -> None:
    shop = Shop(refusal(400))
    call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=200)
    with shop.client() as client, pytest.raises(BadRequest):
        list(client.iterate(call))
    assert len(shop.requests) == 1


def test_skip_filters_and_order_are_kept() -> None:
    ledger = Ledger(100)
    call = calls.get_loyalty_program_profile_transactions(
        1, "p", subledger_id="main", loyalty_transaction_type="manual", page_size=20, skip=30
    )
    shop = Shop(ledger)
    with shop.client() as client:
        assert ids(list(client.iterate(call))) == list(reversed(range(70)))
    for request in shop.requests:
        assert request.url.params["subledgerId"] == "main"
        assert request.url.params["loyaltyTransactionType"] == "manual"
        assert len(request.url.params.get_list("skip")) == 1


def test_pages_and_progress() -> None:
    seen: list[Report] = []
    with Shop(Ledger(100)).client() as client:
        call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=30)
        iteration = client.iterate(call, progress=seen.append)
        assert [len(page) for page in iteration.pages()] == [30, 29, 29, 12]
    assert [report.items for report in seen] == [30, 59, 88, 100]
    assert [report.complete for report in seen] == [False, False, False, True]
    assert seen[-1] == iteration.report == Report(items=100, pages=4, complete=True)


def test_an_iteration_can_be_made_again() -> None:
    with Shop(Ledger(10)).client() as client:
        iteration = client.iterate(LIST)
        assert len(list(iteration)) == len(list(iteration)) == iteration.report.items == 10


def test_one_page_costs_one_request() -> None:
    ledger = Ledger(10)
    with Shop(ledger).client() as client:
        list(client.iterate(LIST))
    assert ledger.asked == [(0, 1000)]


def test_only_lists_can_be_iterated() -> None:
    with Shop(ok()).client() as client, pytest.raises(ValueError, match="not a paged list"):
        client.iterate(calls.get_reserved_customers("code"))


@pytest.mark.parametrize("error", [refusal(404), httpx.ReadError("reset")])
def test_a_page_that_fails_raises_its_error(error: Any) -> None:
    ledger = Ledger(100)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params["skip"] != "0":
            if isinstance(error, Exception):
                raise error
            return refusal(404)
        return ledger(request)

    call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=10)
    with Shop(answer).client() as client:
        iteration = client.iterate(call)
        pages = iteration.pages()
        assert len(next(pages)) == 10
        with pytest.raises((NotFound, Exception), match="get_loyalty_program_profile_transactions"):
            next(pages)
    assert not iteration.report.complete


def test_a_page_that_fails_for_a_while_is_tried_again() -> None:
    ledger = Ledger(100)
    failed: list[bool] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if not failed and request.url.params["skip"] != "0":
            failed.append(True)
            return refusal(503)
        return ledger(request)

    with Shop(answer).client() as client:
        call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=10)
        assert len(list(client.iterate(call))) == 100


def test_at_most_four_pages_are_in_flight_and_leaving_drops_them() -> None:
    ledger = Ledger(5000)
    now, most, lock, go = [0], [0], threading.Lock(), threading.Semaphore(0)

    def answer(request: httpx.Request) -> httpx.Response:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        if request.url.params["skip"] != "0":
            assert go.acquire(timeout=10)
        with lock:
            now[0] -= 1
        return ledger(request)

    with Shop(answer).client() as client:
        call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=10)
        pages = client.iterate(call).pages()
        next(pages)
        for _ in range(8):
            go.release()
        for _ in range(5):
            next(pages)
        pages.close()  # type: ignore[attr-defined]
        for _ in range(8):
            go.release()
    assert most[0] <= 4
    assert len(ledger.asked) <= 10


# Lists that change meanwhile: the walk alone, answered by hand


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
    order=st.lists(st.integers(0, 3), max_size=40),
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


def test_a_server_error_is_raised_not_taken_for_an_end() -> None:
    with Shop(refusal(500)).client() as client, pytest.raises(ServerError):
        list(client.iterate(LIST))
