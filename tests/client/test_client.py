"""The client as a whole: values, events, keys, views, one write at a time."""

import inspect
import threading
import time
from typing import Any

import httpx
import pytest

from talon_client import (
    OPERATIONS,
    Call,
    DeadlineExceeded,
    DecodeError,
    Event,
    NotAllowed,
    NotFound,
    OutcomeUnknown,
    Safety,
    ServerError,
    TalonClient,
    TalonError,
    TransportError,
    calls,
    logging_hook,
)
from talon_client.models import (
    CouponReservations,
    CustomerProfileIntegrationRequestV2,
    GenerateLoyaltyCard,
    IntegrationRequest,
    NewCustomerSessionV2,
    NewReturn,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)
from tests.client.help import CUSTOMER, KEY, Shop, World, ok, page, refusal

READ = calls.get_customer_session("s")
PROFILE = CustomerProfileIntegrationRequestV2(attributes={"Name": "x"})
RETURN = ReturnIntegrationRequest(
    return_=NewReturn(returned_cart_items=[ReturnedCartItem(position=0, quantity=1)])
)


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
    document = {"balance": None, "subledgerBalances": {f"{CUSTOMER} ü": {"activePoints": CUSTOMER}}}
    with Shop(ok(document)).client() as client, pytest.raises(DecodeError) as caught:
        client.get_loyalty_balances(1, "p")
    assert "activePoints" in str(caught.value)
    assert CUSTOMER not in str(caught.value)


def test_a_method_for_every_operation_with_the_same_arguments() -> None:
    for name in OPERATIONS:
        of_call = inspect.signature(getattr(calls, name))
        of_method = inspect.signature(getattr(TalonClient, name))
        assert list(of_method.parameters.values())[-len(of_call.parameters) :] == list(
            of_call.parameters.values()
        )
        assert getattr(TalonClient, name).__doc__ == getattr(calls, name).__doc__


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
    client = TalonClient(
        "http://localhost:1",
        KEY,
        http=httpx.Client(transport=httpx.MockTransport(Shop(ok()))),
        hooks=[broken, seen.append],
    )
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


# One write at a time


class Gate:
    """Holds answers back until it is opened, and counts who is inside."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.inside = threading.Semaphore(0)
        self.now = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.inside.release()
        assert self.open.wait(10)
        with self._lock:
            self.now -= 1
        return ok()


def update(session: str, profile: str | None = None, dry: bool | None = None) -> Call[Any]:
    body = IntegrationRequest(customer_session=NewCustomerSessionV2(profile_id=profile))
    return calls.update_customer_session_v2(session, body=body, dry=dry)


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
    with shop.client(deadline=0.05, clock=time.monotonic, max_in_flight=1) as client:
        holder = threading.Thread(target=lambda: client.send_all([update("s")]))
        holder.start()
        assert gate.inside.acquire(timeout=10)
        errors = []
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


# Views


def read_only(call: Call[object]) -> bool | str:
    return call.safety in (Safety.READ, Safety.DRY) or "this is read-only"


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
    assert threads == {threading.get_ident()}


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


# Closing


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


def test_a_thread_that_cannot_be_started_is_no_closed_client(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with Shop(ok()).client() as client:
        monkeypatch.setattr(threading.Thread, "start", full)
        with pytest.raises(RuntimeError, match="can't start"):
            client.send_all([READ])
        monkeypatch.undo()


def test_its_own_pool_is_closed_with_it() -> None:
    client = TalonClient("http://localhost:1", KEY)
    client.close()
    with pytest.raises(TransportError, match="closed"):
        client.send(READ)


def test_a_keyboard_interrupt_gives_turn_and_locks_back() -> None:
    shop = Shop(ok())

    def interrupt(_: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    shop.answers = [interrupt, ok()]
    with shop.client(max_in_flight=1) as client:
        with pytest.raises(KeyboardInterrupt):
            client.send(update("s"))
        assert client.send(update("s")) is not None
    assert [event.error for event in shop.events if event.kind == "outcome"] == ["KeyboardInterrupt", None]


def test_time_is_the_clocks() -> None:
    world = World()
    shop = Shop(httpx.ReadError("lost"))
    shop.world = world
    with shop.client(attempts=10, deadline=3.0) as client, pytest.raises(TransportError) as caught:
        client.send(READ)
    assert world.slept == [0.25, 0.5, 1.0]
    assert caught.value.attempts == 4
