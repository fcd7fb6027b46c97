"""Once: five clicks, two tabs, two replicas, previews that no longer hold."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from desk.applications import Application
from desk.guard import (
    Actor,
    Database,
    Guard,
    NotConfirmable,
    Outcome,
    Receipt,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    TargetBusy,
)
from tests.guard.conftest import AGENT, SUPERVISOR, Bench
from tests.guard.shop import Shop, swallowed

RETURN = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=1),))


def together(jobs: Sequence[Callable[[], Receipt]]) -> list[Receipt]:
    """All jobs at once, each in a thread."""
    barrier = threading.Barrier(len(jobs))

    def run(job: Callable[[], Receipt]) -> Receipt:
        barrier.wait(timeout=10)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, job) for job in jobs]]


def test_five_fast_clicks_make_one_return(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    receipts = together([lambda: guard.confirm(preview.plan_id, AGENT, digest=preview.digest)] * 5)
    assert bench.shop.effects["return"] == bench.shop.sent("return") == 1
    assert {(receipt.id, receipt.outcome) for receipt in receipts} == {(preview.plan_id, Outcome.DONE)}


def test_two_replicas_confirm_the_same_plan(bench: Bench, guard: Guard, database_url: str) -> None:
    preview = bench.previewed(guard, RETURN)
    second = Database(database_url)
    replica = Bench(bench.shop, bench.clock, second, bench.application, bench.timing)
    other = replica.guard()
    receipts = together(
        [
            lambda: guard.confirm(preview.plan_id, AGENT, digest=preview.digest),
            lambda: other.confirm(preview.plan_id, SUPERVISOR, digest=preview.digest),
        ]
    )
    assert bench.shop.effects["return"] == 1
    assert [receipt.outcome for receipt in receipts] == [Outcome.DONE, Outcome.DONE]
    assert len({receipt.actor for receipt in receipts}) == 1
    replica.clients[0].close()
    second.close()


def test_two_tabs_with_the_same_return_queue_and_the_second_is_stale(bench: Bench, guard: Guard) -> None:
    first, second = (bench.previewed(guard, RETURN) for _ in range(2))
    receipts = together(
        [
            lambda: guard.confirm(first.plan_id, AGENT, digest=first.digest),
            lambda: guard.confirm(second.plan_id, AGENT, digest=second.digest),
        ]
    )
    assert bench.shop.effects["return"] == bench.shop.sent("return") == 1
    by_words = {receipt.words: receipt for receipt in receipts}
    assert set(by_words) == {"done", "stale.changed"}
    assert by_words["stale.changed"].sent is None
    # Shown anew, it is another return, and somebody has to confirm that.
    again = guard.renew(by_words["stale.changed"].id, AGENT)
    assert again.renews == by_words["stale.changed"].id
    preview = guard.preview(again.id, AGENT)
    assert {fact.value for fact in preview.expected if fact.topic == "item.returned"} == {2}
    assert guard.confirm(again.id, AGENT, digest=preview.digest).outcome is Outcome.DONE


def test_different_customers_of_one_code_do_not_wait_for_each_other(bench: Bench, guard: Guard) -> None:
    maria, ben = (
        bench.previewed(guard, ReserveCoupon(code="SUMMER", profile_id=each)) for each in ("maria", "ben")
    )
    bench.shop.faults["reserve"] = [swallowed]
    first = guard.confirm(maria.plan_id, AGENT, digest=maria.digest)
    assert first.outcome is Outcome.UNKNOWN
    assert guard.confirm(ben.plan_id, AGENT, digest=ben.digest).outcome is Outcome.DONE
    assert bench.shop.holders["SUMMER"] == ["ben"]


def test_an_unknown_change_keeps_its_target_until_it_is_settled(bench: Bench, guard: Guard) -> None:
    first, second = (bench.previewed(guard, RETURN) for _ in range(2))
    bench.shop.faults["return"] = [swallowed]
    assert guard.confirm(first.plan_id, AGENT, digest=first.digest).outcome is Outcome.UNKNOWN
    with pytest.raises(TargetBusy) as caught:
        guard.confirm(second.plan_id, AGENT, digest=second.digest)
    assert caught.value.change_id == first.plan_id
    assert bench.shop.sent("return") == 1
    assert [receipt.id for receipt in guard.open("shop")] == [first.plan_id]
    bench.clock.advance(seconds=61)
    settled = guard.resolve(first.plan_id)
    assert (settled.outcome, settled.words) == (Outcome.FAILED, "failed.not_there")
    # Its plan was not used up by waiting in vain.
    assert guard.confirm(second.plan_id, AGENT, digest=second.digest).outcome is Outcome.DONE
    assert guard.open("shop") == []


def test_a_target_that_changed_is_not_touched(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    bench.shop.sessions["ORD-1"]["cartItems"][1]["returnedQuantity"] = 1
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.STALE, "stale.changed")
    assert bench.shop.sent("return") == 0


def test_an_old_preview_does_not_count(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    bench.clock.advance(seconds=120)
    assert bench.clock() == preview.valid_until
    bench.clock.advance(seconds=1)
    receipt = guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert (receipt.outcome, receipt.words) == (Outcome.STALE, "stale.old")
    assert guard.confirm(preview.plan_id, AGENT, digest=preview.digest) == receipt
    assert bench.shop.sent("return") == 0


def test_what_was_confirmed_must_be_what_was_shown(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    receipt = guard.confirm(preview.plan_id, AGENT, digest="of something else")
    assert (receipt.outcome, receipt.words) == (Outcome.STALE, "stale.other_preview")
    with pytest.raises(NotConfirmable):
        guard.confirm(guard.plan("shop", AGENT, RETURN).id, AGENT, digest="")
    assert bench.shop.sent("return") == 0


def test_a_past_demo_world_is_recognised(bench: Bench, application: Application) -> None:
    old = bench.guard(application.model_copy(update={"world": "w1", "demo": True}))
    done, planned, lost = (
        bench.previewed(old, change)
        for change in (RETURN, RETURN, ReserveCoupon(code="SUMMER", profile_id="ben"))
    )
    old.confirm(done.plan_id, AGENT, digest=done.digest)
    bench.shop.faults["reserve"] = [swallowed]
    assert old.confirm(lost.plan_id, AGENT, digest=lost.digest).outcome is Outcome.UNKNOWN
    bench.shop.__init__()  # type: ignore[misc]
    new = bench.guard(application.model_copy(update={"world": "w2", "demo": True}))
    assert new.receipt(done.plan_id).past_world
    assert new.recent("shop") == []
    assert new.undo(done.plan_id) is None
    assert new.confirm(planned.plan_id, AGENT, digest=planned.digest).words == "stale.past_world"
    with pytest.raises(NotConfirmable):
        new.preview(new_plan(old), AGENT)
    # What was open there neither blocks the new world nor is asked of it.
    before = len(bench.shop.requests)
    assert new.resolve(lost.plan_id).words == "unknown.past_world"
    assert len(bench.shop.requests) == before
    again = bench.previewed(new, ReserveCoupon(code="SUMMER", profile_id="ben"))
    assert new.confirm(again.plan_id, AGENT, digest=again.digest).outcome is Outcome.DONE


def new_plan(guard: Guard) -> str:
    return guard.plan("shop", AGENT, RETURN).id


def test_confirming_while_another_thread_sends_waits_for_it(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    arrived, go_on = threading.Event(), threading.Event()

    def slow(shop: Shop, request: httpx.Request, act: Callable[[], httpx.Response]) -> httpx.Response:
        arrived.set()
        assert go_on.wait(10)
        return act()

    bench.shop.faults["return"] = [slow]
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(guard.confirm, preview.plan_id, AGENT, digest=preview.digest)
        assert arrived.wait(10)
        second = pool.submit(
            guard.confirm, preview.plan_id, Actor("s", SUPERVISOR.role), digest=preview.digest
        )
        assert guard.receipt(preview.plan_id).outcome is Outcome.SENDING
        go_on.set()
        assert first.result(10).outcome is second.result(10).outcome is Outcome.DONE
    assert bench.shop.effects["return"] == 1
