"""Restricted views, over both drivers: refused before any I/O, and only ever allowing less."""

import threading
from typing import Any

import pytest

from talon_client import Call, NotAllowed, calls
from tests.client.both import callers_thread
from tests.client.help import PROFILE, READ, Gate, Shop, ok, page, read_only, update

pytestmark = pytest.mark.usefixtures("driver")


def test_a_view_refuses_before_any_io() -> None:
    shop = Shop(ok())
    view = shop.client().restricted(read_only)
    with pytest.raises(NotAllowed, match="this is read-only") as caught:
        view.update_customer_profile_v2("p", body=PROFILE)
    assert caught.value.reason == "this is read-only"
    assert caught.value.operation == "update_customer_profile_v2"
    assert shop.requests == []
    assert shop.events == []
    assert view.get_customer_session("s")


@pytest.mark.parametrize("verdict", [False, None, "", 0, 1, "yes"])
def test_anything_but_true_refuses(verdict: Any) -> None:
    shop = Shop(ok())
    with pytest.raises(NotAllowed):
        shop.client().restricted(lambda call: verdict).send(READ)
    assert shop.requests == []


def test_a_predicate_that_fails_lets_nothing_through() -> None:
    def broken(_: Call[object]) -> bool:
        raise LookupError("a bug")

    shop = Shop(ok())
    view = shop.client().restricted(broken)
    with pytest.raises(LookupError):
        view.send(READ)
    with pytest.raises(LookupError):
        view.send_all([READ, READ])
    assert shop.requests == []


def test_views_of_views_only_ever_allow_less() -> None:
    shop = Shop(ok())
    client = shop.client()
    only_sessions = client.restricted(read_only).restricted(lambda call: "session" in call.operation.id)
    assert only_sessions.send(READ)
    for call in (update("s"), calls.get_customer_inventory("p")):
        with pytest.raises(NotAllowed):
            only_sessions.send(call)
    assert client.send(update("s")) is not None


def test_a_view_restricts_batches_and_lists_too_and_asks_on_the_callers_thread() -> None:
    shop = Shop(page([]))
    threads: set[int] = set()

    def allow(call: Call[object]) -> bool:
        threads.add(threading.get_ident())
        return call.argument("integration_id") != "secret" if call.operation.paged else False

    view = shop.client().restricted(allow)
    good = calls.get_loyalty_program_profile_points(1, "fine")
    bad = calls.get_loyalty_program_profile_points(1, "secret")
    values = view.send_all([bad, good, READ])
    assert isinstance(values[0], NotAllowed)
    assert not isinstance(values[1], Exception)
    assert isinstance(values[2], NotAllowed)
    assert {place: type(value) for place, value in view.send_each([bad, good])}[0] is NotAllowed
    assert list(view.iterate(good)) == []
    sent = len(shop.requests)
    with pytest.raises(NotAllowed):
        list(view.iterate(bad))
    assert len(shop.requests) == sent
    assert threads == {callers_thread()}


def test_a_view_does_not_close_what_it_was_made_from() -> None:
    shop = Shop(ok())
    client = shop.client()
    with client.restricted(read_only) as view:
        view.send(READ)
    assert client.send(READ)
    assert client.send_all([READ])


def test_views_share_the_locks_of_their_client() -> None:
    gate = Gate()
    gate.open.set()
    with Shop(gate).client() as client:
        views = [client.restricted(lambda _: True) for _ in range(4)]
        threads = [threading.Thread(target=view.send, args=(update("s"),)) for view in views]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert gate.most == 1
