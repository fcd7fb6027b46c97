"""Turns, over both drivers: one write at a time for a profile or session, so many requests in flight."""

import threading
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from talon_client import Call, DeadlineExceeded, Event, OutcomeUnknown, TalonError, calls
from talon_client.models import GenerateLoyaltyCard
from tests.client.help import PROFILE, READ, RETURN, Gate, Shop, ok, update

pytestmark = pytest.mark.usefixtures("driver")


@pytest.mark.parametrize(
    "batch",
    [
        [update("s"), update("s")],
        [update("s1", "p"), update("s2", "p"), update("s3", "p")],
        [update("s1", "p"), calls.update_customer_profile_v2("p", body=PROFILE)],
        [calls.return_cart_items("s", body=RETURN), calls.reopen_customer_session("s")],
    ],
)
def test_one_write_at_a_time_for_a_profile_or_session(batch: list[Call[Any]]) -> None:
    gate = Gate()
    gate.open.set()
    with Shop(gate).client() as client:
        client.send_all(batch * 3)
    assert gate.most == 1


def test_writes_that_cross_never_wait_for_each_other() -> None:
    gate = Gate()
    gate.open.set()
    with Shop(gate).client() as client:
        values = client.send_all([update(s, p) for s in "abcd" for p in "abcd"] * 4)
    assert not any(isinstance(value, TalonError) for value in values)


def test_a_second_write_waits_until_the_first_is_answered() -> None:
    gate = Gate()
    with Shop(gate).client() as client:
        threads = [threading.Thread(target=client.send, args=(update("s"),)) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert gate.inside.acquire(timeout=10)
        # The second one has its place only when the gate lets the first one out.
        assert not gate.inside.acquire(timeout=0.02)
        gate.open.set()
        assert gate.inside.acquire(timeout=10)
        for thread in threads:
            thread.join()
    assert gate.most == 1


@pytest.mark.parametrize(
    "batch",
    [
        [update("s1", "p1"), update("s2", "p2")],
        [update("s", "p", dry=True), update("s", "p", dry=True)],
        [READ, READ],
        [update("s"), READ],
        [update("x"), calls.update_customer_profile_v2("x", body=PROFILE)],
    ],
)
def test_what_does_not_touch_the_same_runs_side_by_side(batch: list[Call[Any]]) -> None:
    gate = Gate()
    with Shop(gate).client() as client:
        threads = [threading.Thread(target=client.send, args=(call,)) for call in batch]
        for thread in threads:
            thread.start()
        assert all(gate.inside.acquire(timeout=10) for _ in batch)
        gate.open.set()
        for thread in threads:
            thread.join()
    assert gate.most == 2


def test_waiting_for_its_turn_ends_with_the_deadline_and_sends_nothing() -> None:
    gate = Gate()
    shop = Shop(gate)
    with shop.client(clock=time.monotonic, max_in_flight=1) as client:
        holder = threading.Thread(target=lambda: client.send_all([update("s")]))
        holder.start()
        assert gate.inside.acquire(timeout=10)
        errors = []
        client._core.policy = replace(client._core.policy, deadline=0.02)
        for call in (update("s"), READ):
            with pytest.raises(DeadlineExceeded) as caught:
                client.send(call)
            errors.append(caught.value)
        gate.open.set()
        holder.join()
    assert not any(error.sent for error in errors)
    assert len(shop.requests) == 1


def test_a_hook_that_takes_all_the_time_leaves_nothing_unknown() -> None:
    shop = Shop(ok())

    def slow(event: Event) -> None:
        if event.kind == "attempt":
            shop.world.now += 100.0

    with shop.client() as client:
        client._core.hooks = (slow,)
        with pytest.raises(DeadlineExceeded) as caught:
            client.generate_loyalty_card(1, body=GenerateLoyaltyCard())
    assert not caught.value.sent
    assert shop.requests == []


def test_locks_are_forgotten_when_nobody_uses_them() -> None:
    shop = Shop(ok(), httpx.ReadError("lost"))
    with shop.client() as client:
        client.send(update("s", "p"))
        with pytest.raises(OutcomeUnknown):
            client.send(update("s", "p"))
        assert client._core.locks._locks == {}


def test_at_most_so_many_requests_are_in_flight() -> None:
    gate = Gate()
    with Shop(gate).client(max_in_flight=3) as client:
        threads = [threading.Thread(target=client.send_all, args=([READ] * 4,)) for _ in range(2)]
        threads += [threading.Thread(target=client.send, args=(READ,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            assert gate.inside.acquire(timeout=10)
        gate.open.set()
        for thread in threads:
            thread.join()
    assert gate.most == 3
