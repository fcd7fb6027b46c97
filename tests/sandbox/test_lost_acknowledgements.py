"""Answers that get lost under an idempotency key: 500 in every run, 20 000 in the long one, none doubled.

Two sandboxes get the same requests. One of them loses answers after carrying the request out, and the request
is sent again with its key until an answer arrives. In the end both databases hold the same, byte for byte.
"""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from talon_sandbox import Sandbox
from tests.sandbox.shop import START

_CART = [{"sku": "SHO-1", "category": "Shoes", "quantity": 3, "price": 33.33}]
_CLOSED = {"state": "closed", "cartItems": _CART, "attributes": {"PointsToSpend": 20}}


def _request(chance: random.Random) -> tuple[str, str, str, object]:
    """Operation, method, path and body of a write that knows the header."""
    session = f"/v2/customer_sessions/s{chance.randrange(40)}"
    person = f"p{chance.randrange(5)}"
    match chance.randrange(5):
        case 0:
            body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
            return "return_cart_items", "POST", f"{session}/returns", body
        case 1:
            return "reopen_customer_session", "PUT", f"{session}/reopen", None
        case 2:
            note = {"attributes": {"Score": chance.randrange(100)}}
            return "update_customer_profile_v2", "PUT", f"/v2/customer_profiles/{person}", note
        case 3:
            return "update_customer_session_v2", "PUT", session, {"customerSession": {"state": "cancelled"}}
    wish = {"customerSession": {**_CLOSED, "profileId": person}}
    return "update_customer_session_v2", "PUT", session, wish


@contextmanager
def _opened() -> Iterator[tuple[Sandbox, httpx.Client]]:
    with Sandbox(now=START, world="empty", socket=False) as sandbox:
        for number in range(5):
            sandbox.change(lambda world, name=f"p{number}": world.add_points(1, name, 100_000))  # type: ignore[misc]
        headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
            yield sandbox, client


def _contents(sandbox: Sandbox) -> list[str]:
    return sandbox.change(lambda world: list(world.conn.iterdump()))


def _play(losses: int, seed: int) -> None:
    chance, lost, number = random.Random(seed), 0, 0
    with _opened() as (faulty, repeating), _opened() as (faultless, once):
        while lost < losses:
            number += 1
            operation, method, path, body = _request(chance)
            content = None if body is None else json.dumps(body)
            headers = {"Idempotency-Key": f"key-{number}"}
            times = chance.choice((0, 1, 1, 2))
            if times:
                faulty.faults(operation, ["lost-ack"] * times)
            expected = once.request(method, path, content=content, headers=headers)
            for attempt in range(times + 1):
                try:
                    answer = repeating.request(method, path, content=content, headers=headers)
                except httpx.ReadError:
                    lost += 1
                    continue
                assert attempt == times
            assert (answer.status_code, answer.content) == (expected.status_code, expected.content)
        assert _contents(faulty) == _contents(faultless)
        assert len([hit for hit in faulty.hits() if hit["fault"] == "lost-ack"]) == lost


def test_500_lost_acknowledgements_and_none_doubled() -> None:
    _play(500, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_20_000_lost_acknowledgements_and_none_doubled(seed: int) -> None:
    _play(2000, seed)
