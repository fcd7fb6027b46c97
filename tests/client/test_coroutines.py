"""What only coroutines have to fear: being cancelled at any moment, and leaving something behind."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from typing import ClassVar

import httpx
import pytest

from talon_client import (
    AsyncTalonClient,
    Call,
    ConfigError,
    DeadlineExceeded,
    Event,
    NotAllowed,
    Timeout,
    TransportError,
    async_transport,
    calls,
)
from talon_client.async_locks import Turns, taken_before
from talon_client.engine import Policy
from tests.client.help import KEY, READ, UNSAFE, World, ok, page, raw_server, read_request, refusal, update
from tests.support.coroutines import run

LIST = calls.get_loyalty_program_profile_transactions(1, "p", page_size=10)


class Shop:
    """Answers when it is told to, the first `at_once`; `asked` counts the requests that came."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.came = asyncio.Semaphore(0)
        self.asked = 0
        self.at_once = 0
        self.events: list[Event] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        self.came.release()
        if self.asked > self.at_once:
            await self.open.wait()
        return page([{"id": self.asked}], more=True) if "skip" in request.url.params else ok()

    def client(self, max_in_flight: int = 1, deadline: float = 20.0) -> AsyncTalonClient:
        http = httpx.AsyncClient(transport=httpx.MockTransport(self))
        return AsyncTalonClient(
            "http://localhost:1",
            KEY,
            http=http,
            hooks=[self.events.append],
            max_in_flight=max_in_flight,
            deadline=deadline,
        )


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Whatever began in here has ended when it is left."""
    before = asyncio.all_tasks()
    yield
    assert asyncio.all_tasks() == before


async def cancelled(work: Awaitable[object], ready: Callable[[], Awaitable[object]]) -> None:
    """Begins it, cancels it once it is ready, and expects just that."""
    task = asyncio.ensure_future(work)
    await ready()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert type(caught.value) is asyncio.CancelledError


async def a_moment() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("call", [READ, update("s", "p")])
def test_cancelling_a_call_in_flight_gives_back_its_turn_and_locks(call: Call[object]) -> None:
    async def story() -> None:
        shop = Shop()
        async with nothing_left(), shop.client() as client:
            await cancelled(client.send(call), shop.came.acquire)
            assert client._core.locks._locks == {}
            shop.open.set()
            await client.send(call)
        assert [event.error for event in shop.events if event.kind == "outcome"] == ["CancelledError", None]

    run(story())


@pytest.mark.parametrize("second", [update("s"), READ], ids=["for its lock", "for its turn"])
def test_cancelling_a_call_that_waits_sends_nothing_and_blocks_nobody(second: Call[object]) -> None:
    async def story() -> None:
        shop = Shop()
        async with nothing_left(), shop.client() as client:
            first = asyncio.create_task(client.send(update("s")))
            await shop.came.acquire()
            await cancelled(client.send(second), a_moment)
            third = asyncio.create_task(client.send(second))
            await a_moment()
            assert shop.asked == 1
            shop.open.set()
            await asyncio.gather(first, third)
            assert client._core.locks._locks == {}
        assert shop.asked == 2

    run(story())


def test_cancelling_while_it_waits_to_try_again() -> None:
    async def story() -> None:
        sleeping = asyncio.Event()

        async def sleep(_: float) -> None:
            sleeping.set()
            await asyncio.Event().wait()

        http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: refusal(503)))
        async with (
            nothing_left(),
            AsyncTalonClient("http://localhost:1", KEY, http=http, sleep=sleep) as client,
        ):
            await cancelled(client.send(READ), sleeping.wait)

    run(story())


def test_cancelling_batches_and_lists_leaves_nothing_behind() -> None:
    async def story() -> None:
        shop = Shop()
        async with nothing_left(), shop.client(max_in_flight=2) as client:
            await cancelled(client.send_all([READ] * 9), shop.came.acquire)

            async def everything() -> list[object]:
                return [row async for row in client.iterate(LIST)]

            await cancelled(everything(), shop.came.acquire)
            shop.open.set()
            assert await client.send_all([READ] * 3)

    run(story())


def test_leaving_early_ends_what_is_under_way() -> None:
    async def story() -> None:
        shop = Shop()
        shop.at_once = 1
        async with shop.client(max_in_flight=2) as client:
            async with nothing_left(), aclosing(client.send_each([READ] * 50)) as each:
                async for _ in each:
                    break
            assert shop.asked <= 3
            shop.open.set()
            async with nothing_left():
                async with aclosing(client.iterate(LIST).pages()) as pages:
                    async for _ in pages:
                        break
                async for _ in client.iterate(LIST):
                    break
                await a_moment()  # without aclosing, the event loop does it
            for closed in (client.iterate(LIST), client.iterate(LIST)):
                async with nothing_left(), aclosing(closed) as rows:
                    async for _ in rows:
                        break

    run(story())


def test_a_page_that_a_view_refuses_ends_those_that_were_begun_before_it() -> None:
    async def story() -> None:
        shop = Shop()
        shop.at_once = 2
        asked = 0

        def allow(_: Call[object]) -> bool | str:
            nonlocal asked
            asked += 1
            return asked <= 5 or "signed out"

        async with shop.client(max_in_flight=8) as client:
            async with nothing_left():
                with pytest.raises(NotAllowed):
                    async for _ in client.restricted(allow).iterate(LIST).pages():
                        pass
            assert asked > 2
            assert shop.asked < asked

    run(story())


class _AtOnce(asyncio.Protocol):
    """One connection of a server that answers at once and keeps it open; `open` holds all that are."""

    open: ClassVar[set[asyncio.BaseTransport]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.open.add(transport)

    def data_received(self, data: bytes) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    def connection_lost(self, _: Exception | None) -> None:
        self.open.remove(self.transport)


@pytest.mark.parametrize("warm", [False, True], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_cancelled_after_any_step_a_call_keeps_no_place_in_the_pool(warm: bool, times: int) -> None:
    async def cancelled_after(steps: int, url: str) -> bool:
        async with AsyncTalonClient(url, KEY, max_in_flight=2) as client:
            if warm:
                await client.send(READ)
            task = asyncio.create_task(client.send(READ))
            for _ in range(steps):
                await asyncio.sleep(0)
            for _ in range(times):
                task.cancel()
                await asyncio.sleep(0)
            await asyncio.wait([task])
            await a_moment()
            pool = client._core.driver._connections.http._transport._pool  # type: ignore[attr-defined]
            assert all(each.is_idle() or each.is_closed() for each in pool.connections), (steps, pool)
            assert not pool._requests, steps
            await client.send(READ)
        await a_moment()
        assert not _AtOnce.open, steps
        return not task.cancelled()

    async def story() -> int:
        server = await asyncio.get_running_loop().create_server(_AtOnce, "127.0.0.1", 0)
        async with server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            steps = 0
            while not await cancelled_after(steps, url):
                steps += 1
            return steps

    assert run(story()) > 5, "it was cancelled at every step before"


def test_a_time_out_of_the_callers_own_stays_the_callers() -> None:
    async def story() -> None:
        shop = Shop()
        async with nothing_left(), shop.client() as client:
            with pytest.raises(TimeoutError) as caught:
                async with asyncio.timeout(0.01):
                    await client.send(UNSAFE)
            assert not isinstance(caught.value, TransportError)

    run(story())


@pytest.mark.parametrize("share", [async_transport.POOL_SHARE, 10], ids=["by httpx", "by the loop"])
def test_the_deadline_ends_the_wait_for_a_connection_of_ones_own_pool_unsent(
    monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    # A loop that is busy ends the attempt before httpx does: that is no reason to call its outcome unknown.
    monkeypatch.setattr(async_transport, "POOL_SHARE", share)
    requests: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.recv(1)

    async def story(url: str) -> None:
        http = httpx.AsyncClient(limits=httpx.Limits(max_connections=1))
        async with http, AsyncTalonClient(url, KEY, http=http) as client:
            first = asyncio.create_task(client.send(READ))
            while not requests:
                await asyncio.sleep(0)
            client._core.policy = Policy(timeout=0.1, attempts=1)
            with pytest.raises(Timeout, match="no free connection") as caught:
                await client.send(UNSAFE)
            assert not caught.value.sent
            await cancelled(first, a_moment)

    with raw_server(serve) as url:
        run(story(url))
    assert len(requests) == 1


def test_closing_ends_what_is_in_flight_at_once() -> None:
    came: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        came.append(read_request(connection))
        connection.recv(1)

    async def story(url: str) -> None:
        client = AsyncTalonClient(url, KEY, max_in_flight=1)
        waiting = [asyncio.create_task(client.send(READ)) for _ in range(3)]
        while not came:
            await asyncio.sleep(0)
        await client.aclose()
        found = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(each) for each in found] == [TransportError] * 3

    with raw_server(serve) as url:
        run(asyncio.wait_for(story(url), 5))


def test_a_turn_that_comes_as_its_waiter_gives_up_is_passed_on() -> None:
    async def story() -> None:
        turns = Turns(1)
        assert await turns.take()
        waiter = asyncio.create_task(turns.take())
        await a_moment()
        turns.give_back()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert await taken_before(turns, 0.0)
        assert not await taken_before(turns, 0.0)
        turns.give_back()
        assert await turns.take(), "whoever gave up is passed over"

    run(story())


def test_closing_sends_away_who_waits_and_passes_over_who_gave_up() -> None:
    async def story() -> None:
        turns = Turns(1)
        assert await turns.take()
        assert not await taken_before(turns, 0.0)
        waiter = asyncio.create_task(turns.take())
        await a_moment()
        turns.close()
        assert await waiter is False

    run(story())


def test_another_event_loop_is_told_to_make_a_client_of_its_own() -> None:
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: ok()))
    client = AsyncTalonClient("http://localhost:1", KEY, http=http)
    run(client.send(READ))

    async def story() -> None:
        with pytest.raises(ConfigError, match="stays in the event loop"):
            await client.send(READ)
        [refused] = await client.send_all([READ])
        assert isinstance(refused, ConfigError)

    run(story())


def test_a_deadline_before_anything_is_sent_says_so() -> None:
    async def story() -> None:
        world, shop = World(), Shop()

        def late(event: Event) -> None:
            world.now += 100.0

        http = httpx.AsyncClient(transport=httpx.MockTransport(shop))
        client = AsyncTalonClient("http://localhost:1", KEY, http=http, hooks=[late], clock=world.clock)
        with pytest.raises(DeadlineExceeded) as caught:
            await client.send(UNSAFE)
        assert not caught.value.sent
        assert shop.asked == 0

    run(story())
