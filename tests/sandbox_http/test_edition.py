"""The older edition: its operations, parameters and fields, nothing newer, and no idempotency keys."""

import json
from collections.abc import Iterator

import httpx
import pytest

from talon_sandbox import Sandbox
from talon_sandbox.edition import Edition

from .conftest import NOW

ROWS = "/v1/loyalty_programs/1/profile/maria.pending"
SESSION = "/v2/customer_sessions/S-1"


@pytest.fixture(scope="module")
def old_sandbox() -> Iterator[Sandbox]:
    with Sandbox(now=NOW, customers=0, edition="25.15", socket=False) as sandbox:
        yield sandbox


@pytest.fixture
def old(old_sandbox: Sandbox) -> Iterator[httpx.Client]:
    old_sandbox.reset()
    headers = {"Authorization": f"ApiKey-v1 {old_sandbox.api_key}"}
    transport = old_sandbox.transport()
    with httpx.Client(base_url=old_sandbox.url, headers=headers, transport=transport) as client:
        yield client


@pytest.mark.parametrize("query", ["customerSessionIDs=A", "transactionUUIDs=A", "awaitsActivation=true"])
def test_newer_parameters_are_unknown(old: httpx.Client, query: str) -> None:
    answer = old.get(f"{ROWS}/transactions?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["title"] == "Unknown"


def test_pages_hold_at_most_50(old: httpx.Client) -> None:
    assert old.get(f"{ROWS}/transactions?pageSize=50").status_code == 200
    assert old.get(f"{ROWS}/transactions?pageSize=51").status_code == 400


def test_repeated_subledgers_came_later(old: httpx.Client) -> None:
    assert old.get(f"{ROWS}/points?subledgerId=shoes").status_code == 200
    assert old.get(f"{ROWS}/points?subledgerId=shoes&subledgerId=newsletter").status_code == 400


@pytest.mark.parametrize("content", ["achievements", "campaignEligibility"])
def test_newer_content_is_refused(old: httpx.Client, content: str) -> None:
    body = {"customerSession": {"profileId": "a"}, "responseContent": [content]}
    answer = old.put(f"{SESSION}?dry=true", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"pointer": "/responseContent/0"}


def test_returning_by_sku_came_later(old: httpx.Client) -> None:
    items = [{"position": 0, "quantity": 1}, {"sku": "CLO-105", "quantity": 1}]
    answer = old.post(
        "/v2/customer_sessions/ORD-10061/returns", json={"return": {"returnedCartItems": items}}
    )
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"pointer": "/return/returnedCartItems/1/sku"}


def test_newer_fields_are_left_out(old: httpx.Client) -> None:
    rows = old.get(f"{ROWS}/transactions").json()["data"]
    assert rows
    assert not any("transactionUUID" in row for row in rows)
    body = {"customerSession": {"profileId": "a"}, "responseContent": ["customerSession"]}
    session = old.put(SESSION, json=body).json()["customerSession"]
    assert session["state"] == "open"
    assert "updateCount" not in session


def test_waiting_points_are_told_in_the_words_that_it_knows(old: httpx.Client) -> None:
    body = {"customerSession": {"profileId": "a", "attributes": {"Channel": "app"}, "state": "closed"}}
    effects = old.put(SESSION, json=body).json()["effects"]
    effects += old.get(SESSION).json()["effects"]
    awards = [each["props"] for each in effects if each["effectType"] == "addLoyaltyPoints"]
    assert [award["value"] for award in awards] == [25, 25]
    assert not any({"awaitsActivation", "validityDuration"} & set(award) for award in awards)
    rows = "/v1/loyalty_programs/1/profile/a"
    for path in (f"{rows}/points?status=pending", f"{rows}/transactions"):
        (row,) = old.get(path).json()["data"]
        assert (row["startDate"], row["amount"]) == ("immediate", 25)


def test_its_coverage_holds_its_operations(old: httpx.Client) -> None:
    found = {each["operation"] for each in old.get("/_sandbox/coverage").json()["operations"]}
    assert len(found) == 32  # and the event of the first edition
    assert {"track_event_v2", "track_event_v3"} & found == {"track_event_v2"}


def test_keys_are_ignored(old: httpx.Client) -> None:
    for attributes in ({"City": "Bonn"}, {"City": "Kiel"}):
        headers = {"Idempotency-Key": "same"}
        answer = old.put("/v2/customer_profiles/a", json={"attributes": attributes}, headers=headers)
        assert answer.status_code == 200
    inventory = old.get("/v1/customer_profiles/a/inventory?profile=true").json()
    assert inventory["profile"]["attributes"] == {"City": "Kiel"}


def test_an_unknown_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="edition"):
        Edition("27.1")


def test_trimming_leaves_the_given_answer_alone() -> None:
    body = {"data": [{"transactionUUID": "u", "id": 1}], "hasMore": False}
    before = json.dumps(body)
    assert Edition("25.15").trim("get_loyalty_card_points", body) == {"data": [{"id": 1}], "hasMore": False}
    assert json.dumps(body) == before
