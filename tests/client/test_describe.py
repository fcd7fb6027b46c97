"""What a call would send, for people: complete, redacted, and a cURL line that can be pasted."""

import json
import shlex

import pytest

from talon_client import Call, calls
from talon_client.models import (
    CustomerProfileIntegrationRequestV2,
    IntegrationRequest,
    NewCustomerSessionV2,
)
from tests.client.help import KEY, Shop, ok

AWKWARD = 'it\'s a "test" $HOME `id` \\ 🎈 \n; rm -rf /'
CALLS: list[Call[object]] = [
    calls.get_customer_inventory("a/b?c d", profile=True, loyalty=False),
    calls.get_loyalty_card_points(1, "card", subledger_id=["a b", AWKWARD]),
    calls.update_customer_session_v2(
        AWKWARD, body=IntegrationRequest(customer_session=NewCustomerSessionV2(profile_id=AWKWARD))
    ).with_key("mine"),
    calls.update_customer_profile_v2(
        "p", body=CustomerProfileIntegrationRequestV2(attributes={"x": AWKWARD})
    ),
]


def curl(line: str, key: str) -> tuple[str, str, dict[str, str], str | None]:
    """What a shell and curl would make of it: method, URL, headers, body."""
    words = shlex.split(line)
    assert words.pop(0) == "curl"
    method, url, headers, body = "", "", {}, None
    while words:
        word = words.pop(0)
        if word == "--request":
            method = words.pop(0)
        elif word == "--header":
            name, _, value = words.pop(0).replace("$TALON_API_KEY", key).partition(": ")
            headers[name.lower()] = value
        elif word == "--data-raw":
            body = words.pop(0)
        else:
            url = word
    return method, url, headers, body


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation.id)
def test_the_curl_line_is_the_request_that_is_sent(call: Call[object]) -> None:
    shop = Shop(ok())
    with shop.client() as client:
        description = client.describe(call)
        client.send(call)
    [sent] = shop.requests
    method, url, headers, body = curl(description.curl, KEY)
    assert (method, url) == (sent.method, str(sent.url))
    assert (description.method, description.url) == (method, url)
    assert (body or "").encode() == sent.content
    for name, value in headers.items():
        assert sent.headers[name] == value
    left = set(sent.headers) - set(headers) - {"host", "user-agent", "accept-encoding", "content-length"}
    assert left <= {"idempotency-key"}
    if call.idempotency_key:
        assert headers["idempotency-key"] == "mine"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.operation.id)
def test_the_key_is_nowhere(call: Call[object]) -> None:
    with Shop(ok()).client() as client:
        description = client.describe(call)
    assert KEY not in repr(description) + str(description)
    assert ("Authorization", "ApiKey-v1 ***") in description.headers
    assert "$TALON_API_KEY" in description.curl


def test_the_body_is_readable() -> None:
    with Shop(ok()).client() as client:
        description = client.describe(CALLS[-1])
        assert client.describe(CALLS[0]).body is None
    assert description.body
    assert json.loads(description.body) == {"attributes": {"x": AWKWARD}}
    assert "🎈" in description.body
    assert "\n" in description.body


def test_describing_sends_nothing() -> None:
    shop = Shop(ok())
    with shop.client() as client:
        client.describe(CALLS[0])
    assert shop.requests == []
    assert shop.events == []
