"""Strict unless told otherwise: what nobody knows is refused with its place, and left out by a loose sandbox."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from talon_client import OPERATIONS, Call
from talon_sandbox import Sandbox
from tests.client.examples import EXAMPLES

from .conftest import NOW


@pytest.fixture(scope="module")
def loose() -> Iterator[httpx.Client]:
    with Sandbox(now=NOW, loose=True, socket=False) as sandbox:
        headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        with httpx.Client(base_url=sandbox.url, transport=sandbox.transport(), headers=headers) as client:
            yield client


def send(api: httpx.Client, call: Call[Any], query: str = "", extra: bytes = b"") -> httpx.Response:
    """An operation's example with more in its query, or in its body."""
    pairs = "&".join(f"{name}={value}" for name, value in call.query)
    content = call.content
    if content is not None and extra:
        content = content[:-1] + (b"," if content != b"{}" else b"") + extra + b"}"
    return api.request(
        call.operation.method,
        f"{call.path}?{'&'.join(filter(None, (pairs, query)))}",
        content=content,
        headers={"Content-Type": "application/json"},
    )


@pytest.mark.parametrize("operation", OPERATIONS)
def test_unknown_parameters_and_fields_are_refused_with_their_place(
    api: httpx.Client, operation: str
) -> None:
    refused = send(api, EXAMPLES[operation], query="bogus=1")
    assert refused.status_code == 400
    assert [each["source"] for each in refused.json()["errors"]] == [{"parameter": "bogus"}]
    if EXAMPLES[operation].content is not None and operation != "update_audience_customers_attributes":
        refused = send(api, EXAMPLES[operation], extra=b'"bogus": 1')
        assert refused.status_code == 400
        assert [each["source"] for each in refused.json()["errors"]] == [{"pointer": "/bogus"}]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_loose_sandbox_leaves_them_out(loose: httpx.Client, operation: str) -> None:
    extra = b"" if operation == "update_audience_customers_attributes" else b'"bogus": 1'
    answer = send(loose, EXAMPLES[operation], query="bogus=1", extra=extra)
    places = [each["source"] for each in answer.json().get("errors", ())] if answer.status_code >= 400 else []
    assert {"parameter": "bogus"} not in places
    assert {"pointer": "/bogus"} not in places
    assert answer.status_code < 500


def test_a_loose_sandbox_reads_what_can_be_read(loose: httpx.Client, api: httpx.Client) -> None:
    body = {
        "customerSession": {"cartItems": [{"sku": "a", "quantity": "2", "price": "9.90", "colour": "red"}]}
    }
    assert api.put("/v2/customer_sessions/loose-1?dry=true", json=body).status_code == 400
    asked = {**body, "responseContent": ["customerSession"]}
    answer = loose.put("/v2/customer_sessions/loose-1?dry=true", json=asked)
    assert answer.json()["customerSession"]["total"] == 19.8
    assert loose.get("/v1/customer_profiles/maria.pending/inventory?profile=perhaps").json() == {}
    assert api.get("/v1/customer_profiles/maria.pending/inventory?profile=perhaps").status_code == 400


LISTS = "/v1/loyalty_programs/1/profile/maria.pending"


@pytest.mark.parametrize(
    "query",
    [
        *("transactions?pageSize=abc", "transactions?pageSize=5000", "transactions?skip=abc"),
        *("transactions?loyaltyTransactionType=x", "points?sort=foo", "points?status=foo"),
    ],
)
def test_a_loose_sandbox_leaves_out_parameters_that_it_cannot_read(loose: httpx.Client, query: str) -> None:
    answer = loose.get(f"{LISTS}/{query}")
    assert answer.status_code == 200
    assert answer.json() == loose.get(f"{LISTS}/{query.partition('?')[0]}").json()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("dry=True", 200),
        ("dry=1", 200),
        ("Dry=true", 200),
        ("dry=yes", 400),
        ("dry", 400),
        ("dry=true&dry=true", 400),
    ],
)
def test_a_loose_sandbox_writes_nothing_where_dry_was_meant(
    loose: httpx.Client, query: str, status: int
) -> None:
    body = {"customerSession": {"profileId": "meant.dry", "state": "closed"}}
    assert loose.put(f"/v2/customer_sessions/meant-dry?{query}", json=body).status_code == status
    assert loose.get("/v1/customer_profiles/meant.dry/inventory").status_code == 404


def test_a_loose_sandbox_takes_a_dry_that_is_false_at_its_word(loose: httpx.Client) -> None:
    body = {"customerSession": {"profileId": "meant.wet"}}
    assert loose.put("/v2/customer_sessions/meant-wet?dry=0", json=body).status_code == 200
    assert loose.get("/v1/customer_profiles/meant.wet/inventory").status_code == 200
