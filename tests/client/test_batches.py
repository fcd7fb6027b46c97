"""Many calls at once: order, failures as values, results as they come."""

import threading

import httpx
import pytest

from talon_client import Call, NotFound, TalonError, calls
from talon_client.models import IntegrationCustomerSessionResponse
from tests.client.help import Shop, ok, refusal

pytestmark = pytest.mark.usefixtures("driver")

Session = IntegrationCustomerSessionResponse


def session(name: str) -> Call[Session]:
    return calls.get_customer_session(name)


def by_name(request: httpx.Request) -> httpx.Response:
    name = request.url.path.rpartition("/")[2]
    if name.startswith("missing"):
        return refusal(404)
    return ok({"customerSession": {"integrationId": name}})


def name_of(value: Session | TalonError) -> str | None:
    if isinstance(value, TalonError):
        return type(value).__name__
    return value.customer_session.integration_id if value.customer_session else None


def test_send_all_answers_in_order_and_keeps_failures_as_values() -> None:
    names = ["a", "missing-1", "b", "missing-2", "c"]
    with Shop(by_name).client() as client:
        values = client.send_all([session(name) for name in names])
    assert [name_of(value) for value in values] == ["a", "NotFound", "b", "NotFound", "c"]


def test_nothing_in_nothing_out() -> None:
    with Shop(by_name).client() as client:
        assert client.send_all([]) == []
        assert list(client.send_each([])) == []


def test_send_each_yields_as_they_complete() -> None:
    first_may_go = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/slow"):
            assert first_may_go.wait(10)
        return by_name(request)

    with Shop(answer).client() as client:
        seen = []
        for place, value in client.send_each([session("slow"), session("quick"), session("missing")]):
            seen.append((place, name_of(value)))
            if len(seen) == 2:
                first_may_go.set()
    assert sorted(seen[:2]) == [(1, "quick"), (2, "NotFound")]
    assert seen[2] == (0, "slow")


def test_what_has_not_begun_is_dropped_when_send_each_is_left() -> None:
    others_may_go = threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/first"):
            assert others_may_go.wait(10)
        return by_name(request)

    shop = Shop(answer)
    with shop.client(max_in_flight=1) as client:
        each = client.send_each([session("first")] + [session(str(number)) for number in range(50)])
        place, _ = next(each)
        each.close()
        others_may_go.set()
        client.send(session("last"))
    assert place == 0
    assert len(shop.requests) <= 3


def test_an_unexpected_error_in_a_batch_is_raised_and_the_rest_is_dropped() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise ZeroDivisionError

    with Shop(answer).client() as client:
        with pytest.raises(ZeroDivisionError):
            client.send_all([session("a")] * 30)
        with pytest.raises(ZeroDivisionError):
            list(client.send_each([session("a")] * 3))


def test_a_batch_longer_than_the_deadline_still_ends_well() -> None:
    shop = Shop()

    def answer(request: httpx.Request) -> httpx.Response:
        shop.world.now += 3.0
        return by_name(request)

    shop.answers = [answer]
    with shop.client(max_in_flight=1, deadline=5.0) as client:
        values = client.send_all([session(str(number)) for number in range(10)])
    assert [name_of(value) for value in values] == [str(number) for number in range(10)]


def test_a_batch_may_be_any_iterable() -> None:
    with Shop(by_name).client() as client:
        assert len(client.send_all(session(name) for name in "abc")) == 3
        assert len(list(client.send_each(session(name) for name in "abc"))) == 3


def test_equal_calls_are_the_same_request() -> None:
    assert session("a") == session("a")
    assert len({session("a"), session("a"), session("b")}) == 2
    assert isinstance(Shop(refusal(404)).client().send_all([session("a")])[0], NotFound)
