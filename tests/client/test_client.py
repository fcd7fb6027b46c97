"""The client as a whole, over both drivers: values, events, idempotency keys, lost writes."""

import inspect
from pydoc import plain, render_doc
from typing import Any, get_type_hints
from unittest.mock import create_autospec

import httpx
import pytest

from talon_client import (
    OPERATIONS,
    AsyncTalonClient,
    Call,
    DecodeError,
    NotFound,
    OutcomeUnknown,
    ServerError,
    TalonClient,
    TransportError,
    calls,
    logging_hook,
)
from talon_client.async_methods import AsyncMethods
from talon_client.methods import Methods
from talon_client.models import CouponReservations, CustomerInventory, GenerateLoyaltyCard, NewAudience
from tests.client.both import open_client
from tests.client.examples import EXAMPLES
from tests.client.help import CUSTOMER, KEY, PROFILE, READ, RETURN, Shop, World, ok, refusal

pytestmark = pytest.mark.usefixtures("driver")


def test_fetch_tells_everything_and_send_the_value() -> None:
    shop = Shop(refusal(503), httpx.Response(200, json={"effects": []}, headers={"X-Trace": "7"}))
    with shop.client() as client:
        answer = client.fetch(READ)
        assert (answer.status, answer.attempts, answer.headers["x-trace"]) == (200, 2, "7")
        assert answer.elapsed == 0.25
        assert answer.body == b'{"effects":[]}'
        assert answer.value == client.send(READ) == client.get_customer_session("s")


def test_204_is_none() -> None:
    with Shop(httpx.Response(204)).client() as client:
        body = CouponReservations(integration_ids=["p"])
        assert client.send(calls.delete_coupon_reservation("code", body=body)) is None


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"effects": 3}', b'{"effects"', b"\xff"])
def test_a_success_that_cannot_be_read(body: bytes) -> None:
    with Shop(httpx.Response(200, content=body)).client() as client:
        with pytest.raises(DecodeError) as caught:
            client.send(READ)
        assert (caught.value.status, caught.value.attempts, caught.value.operation) == (
            200,
            1,
            "get_customer_session",
        )
        assert caught.value.__cause__ is caught.value.__context__ is None
        with pytest.raises(DecodeError):
            client.reopen_customer_session("s")


def test_a_decode_error_says_where_but_repeats_nothing_of_the_answer() -> None:
    customer = CUSTOMER.replace("-", "_")
    for key in (f"{customer} ü", customer, "maria"):
        document = {"balance": None, "subledgerBalances": {key: {"activePoints": customer}}}
        with Shop(ok(document)).client() as client, pytest.raises(DecodeError) as caught:
            client.get_loyalty_balances(1, "p")
        assert "(subledgerBalances.*.activePoints)" in str(caught.value)
        assert key not in str(caught.value)
        assert customer not in str(caught.value)


@pytest.mark.parametrize(
    ("call", "document", "place"),
    [
        (
            calls.get_loyalty_program_profile_transactions(1, "p"),
            {"data": [{}, {"amount": "x"}]},
            "data.1.amount",
        ),
        (
            EXAMPLES["best_prior_price"],
            [{"metadata": {"adjustmentDetails": 3}}],
            "0.metadata.adjustmentDetails",
        ),
        (
            calls.get_customer_session("s"),
            {"customerSession": {"closedSessions": 3, "total": "x"}},
            "customerSession.total",
        ),
        (
            calls.get_customer_inventory("p"),
            {"loyalty": {"programs": {"7": {"subLedgers": {"a": 3}}}}},
            "loyalty.programs.*.subLedgers.*",
        ),
        (calls.get_customer_session("s"), 3, "not JSON"),
    ],
)
def test_a_decode_error_names_the_fields_on_the_way(call: Call[Any], document: object, place: str) -> None:
    with Shop(ok(document)).client() as client, pytest.raises(DecodeError) as caught:
        client.send(call)
    assert f"({place})" in str(caught.value)


@pytest.mark.parametrize("methods", [Methods, AsyncMethods])
def test_a_method_for_every_operation_with_the_same_arguments(methods: type) -> None:
    assert {name for name in vars(methods) if not name.startswith("_")} - {"send"} == set(OPERATIONS)
    for name in OPERATIONS:
        of_call = inspect.signature(getattr(calls, name))
        of_method = inspect.signature(getattr(methods, name))
        assert [*of_method.parameters] == ["self", *of_call.parameters]
        assert [*of_method.parameters.values()][1:] == [*of_call.parameters.values()]
        assert f"Call[{of_method.return_annotation}]" == of_call.return_annotation
        assert getattr(methods, name).__doc__ == getattr(calls, name).__doc__
        assert inspect.iscoroutinefunction(getattr(methods, name)) is (methods is AsyncMethods)


@pytest.mark.parametrize("client", [TalonClient, AsyncTalonClient])
def test_a_method_says_of_itself_what_it_takes_and_gives(client: Any) -> None:
    hints = get_type_hints(client.get_customer_inventory)
    assert hints["return"] is CustomerInventory
    assert hints["integration_id"] is str
    helped = plain(render_doc(client.get_customer_inventory))
    assert "get_customer_inventory(self, /, integration_id: 'str', *, profile" in helped
    assert "-> 'models.CustomerInventory'" in helped


def test_a_double_takes_what_the_client_takes() -> None:
    double = create_autospec(TalonClient, instance=True)
    double.get_customer_inventory("maria", profile=True)
    double.create_audience_v2(body=NewAudience(name="a"))
    with pytest.raises(TypeError, match="integration_id"):
        double.get_customer_inventory()
    with pytest.raises(TypeError, match="prof"):
        double.get_customer_inventory("maria", prof=True)
    waits: Any = create_autospec(AsyncTalonClient, instance=True).get_customer_inventory(
        "maria", profile=True
    )
    assert inspect.iscoroutine(waits)
    waits.close()


# Events


def test_events_name_the_operation_but_no_id() -> None:
    shop = Shop(refusal(503), ok())
    with shop.client() as client:
        client.get_loyalty_balances(7, CUSTOMER)
    assert [(event.kind, event.attempt) for event in shop.events] == [
        ("call", 0),
        ("attempt", 1),
        ("retry", 1),
        ("attempt", 2),
        ("outcome", 2),
    ]
    assert {event.path for event in shop.events} == {
        "/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/balances"
    }
    assert (shop.events[2].error, shop.events[2].wait) == ("ServerError", 0.25)
    assert (shop.events[-1].status, shop.events[-1].error) == (200, None)
    assert CUSTOMER not in repr(shop.events)


def test_a_failure_is_an_outcome_too() -> None:
    shop = Shop(refusal(404))
    with shop.client() as client, pytest.raises(NotFound):
        client.send(READ)
    assert (shop.events[-1].kind, shop.events[-1].status, shop.events[-1].error) == (
        "outcome",
        404,
        "NotFound",
    )


def test_a_hook_that_fails_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> None:
        raise KeyError("a bug of the hook")

    seen: list[object] = []
    client = open_client("http://localhost:1", KEY, Shop(ok()), hooks=[broken, seen.append])
    with client:
        client.send(READ)
    assert len(seen) == 3
    assert "a hook failed on call of get_customer_session" in caplog.text


def test_a_logging_hook_writes_outcomes_and_retries_without_ids(caplog: pytest.LogCaptureFixture) -> None:
    shop = Shop(refusal(503), ok(), refusal(404))
    shop.events = []
    client = shop.client()
    client._core.hooks = (logging_hook(),)
    with caplog.at_level("INFO"), client:
        client.get_customer_inventory(CUSTOMER)
        with pytest.raises(NotFound):
            client.get_customer_inventory(CUSTOMER)
    texts = [record.getMessage() for record in caplog.records]
    assert texts == [
        "get_customer_inventory attempt 1: ServerError, again in 0.250 s",
        "get_customer_inventory /v1/customer_profiles/{integrationId}/inventory -> 200"
        " after 2 attempt(s) in 0.250 s",
        "get_customer_inventory /v1/customer_profiles/{integrationId}/inventory -> NotFound"
        " after 1 attempt(s) in 0.000 s",
    ]


# Idempotency keys


def keys(shop: Shop) -> list[str | None]:
    return [request.headers.get("idempotency-key") for request in shop.requests]


def test_a_keyed_write_always_carries_one_key_over_all_attempts() -> None:
    shop = Shop(httpx.ReadError("lost"), refusal(503), ok(), ok())
    with shop.client(idempotency_keys=True) as client:
        client.update_customer_profile_v2("p", body=PROFILE)
        client.update_customer_profile_v2("p", body=PROFILE)
    first, second, third, other = keys(shop)
    assert first == second == third
    assert other != first
    assert first
    assert other


def test_the_callers_key_wins() -> None:
    shop = Shop(httpx.ReadError("lost"), ok())
    call = calls.reopen_customer_session("s").with_key("mine")
    with shop.client(idempotency_keys=True) as client:
        client.send(call)
    assert keys(shop) == ["mine", "mine"]
    assert call == calls.reopen_customer_session("s"), "the key is no part of what is asked"


def test_without_keys_honoured_a_lost_write_is_sent_once_with_its_key() -> None:
    shop = Shop(httpx.ReadTimeout("lost"))
    with shop.client() as client, pytest.raises(OutcomeUnknown) as caught:
        client.return_cart_items("s", body=RETURN)
    assert len(shop.requests) == 1
    assert keys(shop)[0]
    assert type(caught.value.cause).__name__ == "Timeout"


@pytest.mark.parametrize(
    "call",
    [
        READ,
        calls.update_customer_profile_v2("p", body=PROFILE, dry=True, run_rule_engine=True).with_key("mine"),
        calls.return_cart_items("s", body=RETURN, dry=True).with_key("mine"),
        calls.generate_loyalty_card(1, body=GenerateLoyaltyCard()).with_key("mine"),
    ],
)
def test_nothing_but_a_real_keyed_write_carries_a_key(call: Call[Any]) -> None:
    shop = Shop(ok())
    with shop.client(idempotency_keys=True) as client:
        client.send(call)
    assert keys(shop) == [None]


@pytest.mark.parametrize("key", ["", "x" * 256, "a b", "ä", "a\n", "\x7f"])
def test_keys_that_no_header_can_hold(key: str) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        READ.with_key(key)


# Writes whose answer is lost


@pytest.mark.parametrize("answer", [refusal(500), refusal(502), refusal(408), httpx.ReadError("reset")])
def test_an_unsafe_write_is_never_sent_twice(answer: Any) -> None:
    shop = Shop(answer)
    with shop.client(idempotency_keys=True) as client, pytest.raises(OutcomeUnknown):
        client.generate_loyalty_card(1, body=GenerateLoyaltyCard())
    assert len(shop.requests) == 1


def test_a_write_that_could_not_connect_is_sent_once_it_can() -> None:
    shop = Shop(httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), ok({"id": 1}))
    with shop.client() as client:
        assert client.generate_loyalty_card(1, body=GenerateLoyaltyCard()).id == 1


def test_a_read_of_the_same_server_error_is_a_server_error() -> None:
    with Shop(refusal(500)).client() as client, pytest.raises(ServerError):
        client.send(READ)


def test_time_is_the_clocks() -> None:
    world = World()
    shop = Shop(httpx.ReadError("lost"))
    shop.world = world
    with shop.client(attempts=10, deadline=3.0) as client, pytest.raises(TransportError) as caught:
        client.send(READ)
    assert world.slept == [0.25, 0.5, 1.0]
    assert caught.value.attempts == 4
