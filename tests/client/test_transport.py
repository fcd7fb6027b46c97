"""What really goes over the wire, over both drivers."""

import gzip
import json
import logging
import socket

import httpx
import pytest

from talon_client import (
    APIError,
    calls,
)
from talon_client.models import CouponReservations
from tests.client import both
from tests.client.both import open_client, open_http
from tests.client.help import KEY, READ, Shop, ok, raw_server, read_request, reply

pytestmark = pytest.mark.usefixtures("driver")


@pytest.mark.parametrize(
    "raw_id",
    ["a/b", "a%2Fb", "%2e%2e", "..%2f", "a?b#c", "ä 🎈", "+&=;", "...", "a\\b", "\n\x00", "x" * 1000],
)
def test_a_path_goes_out_as_it_was_quoted(raw_id: str) -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    call = calls.get_customer_session(raw_id)
    with raw_server(serve) as url, open_client(url, KEY) as client:
        client.send(call)
    target = seen[0].split(b" ", 2)[1].decode()
    assert target == call.path
    assert target.count("/") == 3
    assert httpx.URL("http://x" + target).path.removeprefix("/v2/customer_sessions/") == raw_id


def test_a_query_goes_out_quoted() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with raw_server(serve) as url, open_client(url, KEY) as client:
        client.get_loyalty_card_points(7, "card", subledger_id=["a b", "c&d", "e+f", "ü%"])
    target = seen[0].split(b" ", 2)[1].decode()
    assert target == (
        "/v1/loyalty_programs/7/cards/card/points"
        "?subledgerId=a+b&subledgerId=c%26d&subledgerId=e%2Bf&subledgerId=%C3%BC%25"
    )


def test_the_headers_of_a_write() -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        seen.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    body = CouponReservations(integration_ids=["p"])
    with raw_server(serve) as url, open_client(url, KEY) as client:
        client.delete_coupon_reservation("code", body=body)
    head, _, content = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "DELETE /v1/coupon_reservations/code HTTP/1.1"
    assert f"Authorization: ApiKey-v1 {KEY}" in lines
    assert "Content-Type: application/json" in lines
    assert "Accept: application/json" in lines
    assert json.loads(content) == {"integrationIDs": ["p"]}
    assert not any(line.lower().startswith("idempotency-key") for line in lines)


def test_compressed_answers_are_read() -> None:
    body = gzip.compress(b'{"effects": [{"effectType": "x"}]}')
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with raw_server(reply(head, body)) as url, open_client(url, KEY) as client:
        answer = client.fetch(READ)
    assert answer.value.effects[0].effect_type == "x"
    assert answer.body == b'{"effects": [{"effectType": "x"}]}'


def test_redirects_are_never_followed() -> None:
    shop = Shop(httpx.Response(302, headers={"location": "http://localhost:1/elsewhere"}), ok())
    with shop.client() as client, pytest.raises(APIError) as caught:
        client.send(READ)
    assert caught.value.status == 302
    assert len(shop.requests) == 1


def test_a_client_of_ones_own_stays_open_and_its_defaults_do_not_leak_in() -> None:
    shop = Shop(httpx.Response(200, json={}, headers={"set-cookie": "a=b"}), ok())
    http = open_http(
        shop,
        follow_redirects=True,
        auth=("user", "password"),
        headers={"x-mine": "1"},
        params={"mine": "1"},
    )
    with open_client("http://localhost:1", KEY, http=http) as client:
        client.send(READ)
        client.send(READ)
    assert not http.is_closed
    for request in shop.requests:
        assert request.headers["authorization"] == f"ApiKey-v1 {KEY}"
        assert "x-mine" not in request.headers
        assert "cookie" not in request.headers
        assert str(request.url) == "http://localhost:1/v2/customer_sessions/s"


def test_event_hooks_of_a_client_of_ones_own_are_told() -> None:
    seen: list[httpx.Request] = []

    async def told(request: httpx.Request) -> None:
        seen.append(request)

    hook = seen.append if both.current == "threads" else told
    shop = Shop(ok())
    with open_client(
        "http://localhost:1", KEY, http=open_http(shop, event_hooks={"request": [hook]})
    ) as client:
        client.send(READ)
    assert [each.url for each in seen] == [each.url for each in shop.requests]


@pytest.mark.parametrize(
    ("before", "after"), [(logging.NOTSET, logging.WARNING), (logging.ERROR, logging.ERROR)]
)
def test_httpx_may_not_log_urls(before: int, after: int) -> None:
    logger = logging.getLogger("httpx")
    logger.setLevel(before)
    Shop(ok()).client().close()
    assert logger.level == after
    logger.setLevel(logging.WARNING)
