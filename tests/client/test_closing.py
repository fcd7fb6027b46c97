"""Closing a client, over both drivers: everybody who waits is told, and nothing is sent any more."""

import threading

import pytest

from talon_client import TransportError, calls
from tests.client.both import open_client
from tests.client.help import KEY, READ, Gate, Shop, ok, read_only

pytestmark = pytest.mark.usefixtures("driver")


def test_a_closed_client_answers_with_its_error() -> None:
    shop = Shop(ok())
    client = shop.client()
    view = client.restricted(read_only)
    client.close()
    client.close()
    for closed in (client, view):
        with pytest.raises(TransportError, match="closed") as caught:
            closed.send(READ)
        assert not caught.value.sent
        assert [type(value) for value in closed.send_all([READ, READ])] == [TransportError] * 2
        assert len(list(closed.send_each([READ, READ]))) == 2
        with pytest.raises(TransportError, match="closed"):
            list(closed.iterate(calls.get_loyalty_card_points(1, "card")))
    assert shop.requests == []


@pytest.mark.parametrize("way", ["all", "each"])
def test_closing_ends_what_waits_in_a_batch(way: str) -> None:
    gate = Gate()
    client = Shop(gate).client(max_in_flight=1)
    values: list[object] = []

    def ask() -> None:
        if way == "all":
            values.extend(client.send_all([READ] * 5))
        else:
            values.extend(value for _, value in client.send_each([READ] * 5))

    asking = threading.Thread(target=ask)
    asking.start()
    assert gate.inside.acquire(timeout=10)
    client.close()
    gate.open.set()
    asking.join(10)
    assert not asking.is_alive()
    assert len(values) == 5
    assert sum(isinstance(value, TransportError) for value in values) >= 4


def test_closing_ends_a_list_whose_page_waits_for_a_thread() -> None:
    gate = Gate()
    client = Shop(gate).client(max_in_flight=1)
    busy = threading.Thread(target=client.send_all, args=([READ],))
    busy.start()
    assert gate.inside.acquire(timeout=10)
    errors: list[TransportError] = []

    def ask() -> None:
        with pytest.raises(TransportError, match="closed") as caught:
            list(client.iterate(calls.get_loyalty_card_points(1, "card")))
        errors.append(caught.value)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.02)
    client.close()
    asking.join(10)
    gate.open.set()
    busy.join(10)
    [error] = errors
    assert not error.sent
    assert error.__cause__ is error.__context__ is None


def test_its_own_pool_is_closed_with_it() -> None:
    client = open_client("http://localhost:1", KEY)
    client.close()
    with pytest.raises(TransportError, match="closed"):
        client.send(READ)
