"""No key and no customer in anything that is printed, logged, raised or pickled."""

import copy
import logging
import pickle
from collections.abc import Callable

import httpx
import pytest

from talon_client import AsyncTalonClient, TalonClient, TalonError, calls
from talon_client.config import Secret
from talon_client.models import CustomerProfileIntegrationRequestV2
from talon_client.request import prepare
from tests.client.both import open_client
from tests.client.help import CUSTOMER, KEY, Shop, everything_about, ok, raw_server, read_request, refusal

pytestmark = pytest.mark.usefixtures("driver")

URL = "http://localhost:1"
BODY = CustomerProfileIntegrationRequestV2(attributes={"Name": CUSTOMER})
CALLS = [
    calls.get_customer_inventory(CUSTOMER),
    calls.update_customer_profile_v2(CUSTOMER, body=BODY),
    calls.get_loyalty_program_profile_points(1, CUSTOMER, subledger_id=[CUSTOMER]),
]

ANSWERS = [
    refusal(400, f"no {CUSTOMER}"),
    refusal(401, f"bad key {KEY}"),
    refusal(404, f"no {CUSTOMER}"),
    refusal(409, f"{CUSTOMER} is busy"),
    refusal(500, CUSTOMER),
    httpx.Response(200, content=f'{{"profile": {{"id": "{CUSTOMER}"}}, "data": "{CUSTOMER}", "loyalty": 1}}'),
    httpx.Response(302, headers={"location": f"http://localhost/{CUSTOMER}"}),
    httpx.ReadTimeout(f"{KEY} {CUSTOMER}"),
    httpx.ConnectError(f"{KEY} {CUSTOMER}"),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
@pytest.mark.parametrize("place", range(len(CALLS)))
def test_errors_and_their_tracebacks_tell_nothing(
    answer: object, place: int, caplog: pytest.LogCaptureFixture
) -> None:
    call = CALLS[place]
    shop = Shop(answer)  # type: ignore[arg-type]
    with caplog.at_level(logging.DEBUG), shop.client() as client, pytest.raises(TalonError) as caught:
        client.send(call)
    assert shop.requests
    shown = everything_about(caught.value) + caplog.text + repr(shop.events) + repr(client) + repr(call)
    assert KEY not in shown
    assert CUSTOMER not in shown
    assert caught.value.__cause__ is caught.value.__context__ is None
    pickled = pickle.dumps(caught.value)
    assert KEY.encode() not in pickled
    assert CUSTOMER.encode() not in pickled


def test_values_of_a_batch_tell_nothing_either() -> None:
    with Shop(refusal(404, CUSTOMER)).client() as client:
        for value in client.send_all(CALLS[:1] * 2):
            assert isinstance(value, TalonError)
            assert CUSTOMER not in everything_about(value)


def test_the_answer_of_fetch_shows_no_customer() -> None:
    with Shop(ok({"profile": {"integrationId": CUSTOMER}})).client() as client:
        answer = client.fetch(calls.get_customer_inventory(CUSTOMER))
    assert repr(answer) == "<Answer 200 after 1 attempt(s) in 0.000 s>"


@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_neither_client_nor_key_is_copied_or_pickled(attempt: Callable[[object], object]) -> None:
    for thing in (TalonClient(URL, KEY), AsyncTalonClient(URL, KEY), Secret(KEY)):
        with pytest.raises(TypeError, match="never pickled"):
            attempt(thing)


def test_a_prepared_request_shows_its_method_only() -> None:
    assert repr(prepare("http://localhost:1", Secret(KEY), CALLS[0])) == "<Prepared GET>"


def test_a_real_request_logs_neither_key_nor_customer_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    def serve(connection: object) -> None:
        read_request(connection)  # type: ignore[arg-type]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")  # type: ignore[attr-defined]

    with (
        caplog.at_level(logging.DEBUG),
        raw_server(serve) as url,
        open_client(url, KEY) as client,
    ):
        client.get_customer_inventory(CUSTOMER, profile=True)
    assert "httpcore" in caplog.text
    assert KEY not in caplog.text
    assert CUSTOMER not in caplog.text


def test_calls_and_operations_show_no_argument() -> None:
    for call in CALLS:
        assert CUSTOMER not in repr(call)
        assert CUSTOMER not in repr(call.operation)
        assert pickle.loads(pickle.dumps(call)) == call
        assert pickle.loads(pickle.dumps(call)).operation is call.operation
