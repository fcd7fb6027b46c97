"""Whole lists, over both drivers: every page size gives the same ledger, and the report says what was seen."""

import threading
from typing import Any

import httpx
import pytest

from talon_client import BadRequest, NotFound, Report, ServerError, calls
from tests.client.help import Shop, ok, refusal
from tests.client.ledger import LIST, Ledger, ids

pytestmark = pytest.mark.usefixtures("driver")


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


@pytest.mark.parametrize("most", [1, 3, 8, 20])
def test_pages_in_flight_grow_to_eight_or_what_the_client_allows_and_leaving_drops_them(most: int) -> None:
    ledger, changed = Ledger(5000), threading.Condition()
    asked, in_flight, highest, over = 0, 0, 0, False
    window = min(most, 8)

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked, in_flight, highest
        page = int(request.url.params["skip"]) // 9
        with changed:
            asked, in_flight = asked + 1, in_flight + 1
            highest = max(highest, in_flight)
            changed.notify_all()
            # This page is answered when all are asked for that may be in flight beside it: 1, 2, 4, 8.
            assert changed.wait_for(lambda: over or asked >= page + min(2**page, window), 10)
            in_flight -= 1
        return ledger(request)

    with Shop(answer).client(max_in_flight=most) as client:
        pages = client.iterate(calls.get_loyalty_program_profile_transactions(1, "p", page_size=10)).pages()
        for _ in range(12):
            next(pages)
        pages.close()
        with changed:
            over = True
            changed.notify_all()
    assert highest == window
    assert asked <= 12 + window


@pytest.mark.parametrize("most", [1, 2])
def test_calls_and_lists_inside_a_list_find_their_turn(most: int) -> None:
    with Shop(Ledger(60)).client(max_in_flight=most) as client:
        call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=20)
        for _ in client.iterate(call):
            client.get_loyalty_card_transactions(1, "card", page_size=1)
            assert len(list(client.iterate(call))) == 60


def test_a_server_error_is_raised_not_taken_for_an_end() -> None:
    with Shop(refusal(500)).client() as client, pytest.raises(ServerError):
        list(client.iterate(LIST))
