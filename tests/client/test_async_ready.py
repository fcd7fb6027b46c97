"""Engine and walk hold no I/O: a coroutine drives the same generator and the same walk as the threads do."""

import asyncio
from collections import deque
from typing import Any

import httpx
import pytest

from talon_client import Call, OutcomeUnknown, calls
from talon_client.config import Secret
from talon_client.decode import decode
from talon_client.engine import Attempt, Completed, Failure, Outcome, Policy, Response, exchange
from talon_client.models import GenerateLoyaltyCard, Page
from talon_client.request import prepare
from talon_client.walk import PageSize, Walk
from tests.client.help import KEY, Shop, ok, refusal
from tests.client.test_paging import Ledger


class Coroutines:
    """The least that an async client would be."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(shop))
        self.in_flight = 0
        self.most = 0

    async def send(self, call: Call[Any]) -> Any:
        world = self.shop.world
        steps = exchange(call, Policy(), world.clock(), world.clock, world.random)
        outcome: Outcome | None = None
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as stop:
                completed: Completed = stop.value
                return decode(call.operation, completed)
            if isinstance(step, Attempt):
                outcome = await self.attempt(call, step)
            else:
                world.sleep(step.seconds)
                outcome = None

    async def attempt(self, call: Call[Any], step: Attempt) -> Outcome:
        request = prepare("http://localhost:1", Secret(KEY), call)
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            async with asyncio.timeout(step.timeout):
                await asyncio.sleep(0)
                answer = await self.http.request(
                    request.method, request.url, headers=request.headers, content=request.content
                )
        except httpx.HTTPError:
            return Failure("network", sent=True)
        finally:
            self.in_flight -= 1
        return Response(answer.status_code, dict(answer.headers), answer.content)

    async def everything(self, call: Call[Page[Any]]) -> list[Any]:
        walk = Walk(call, PageSize())
        waiting: deque[asyncio.Task[Any]] = deque()
        rows: list[Any] = []
        while not walk.done:
            waiting.extend([asyncio.create_task(self.send(each)) for each in walk.wanted()])
            page, in_step = walk.take(await waiting.popleft())
            rows += page
            while waiting and not in_step:
                waiting.pop().cancel()
        return rows


def test_a_call_is_repeated_and_decoded() -> None:
    shop = Shop(refusal(503), httpx.ReadError("lost"), ok({"effects": [{"effectType": "x"}]}))
    value = asyncio.run(Coroutines(shop).send(calls.get_customer_session("s")))
    assert value.effects[0].effect_type == "x"
    assert shop.world.slept == [0.25, 0.5]


def test_a_lost_write_is_unknown() -> None:
    shop = Shop(httpx.ReadError("lost"))
    with pytest.raises(OutcomeUnknown):
        asyncio.run(Coroutines(shop).send(calls.generate_loyalty_card(1, body=GenerateLoyaltyCard())))
    assert len(shop.requests) == 1


def test_a_list_is_walked_with_several_pages_in_flight() -> None:
    client = Coroutines(Shop(Ledger(230)))
    call = calls.get_loyalty_program_profile_transactions(1, "p", page_size=20)
    rows = asyncio.run(client.everything(call))
    assert [row.id for row in rows] == list(reversed(range(230)))
    assert 2 <= client.most <= 4
