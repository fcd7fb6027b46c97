"""The controls under /_sandbox/: what they do, and who may not use them."""

from collections.abc import Mapping
from datetime import datetime

import httpx
import pytest

from .conftest import NOW

CONTROL = {"X-Sandbox-Control": "1"}
READS = ("health", "clock", "faults", "requests", "scenarios", "coverage")
WRITES = [
    ("POST", "reset"),
    ("POST", "clock"),
    ("PUT", "snapshots/a"),
    ("POST", "snapshots/a"),
    ("POST", "faults"),
    ("DELETE", "faults"),
    ("DELETE", "requests"),
]
INVENTORY = "/v1/customer_profiles/maria.pending/inventory"


def _post(api: httpx.Client, path: str, body: Mapping[str, object] | None = None) -> httpx.Response:
    return api.post(f"/_sandbox/{path}", json=body or {}, headers=CONTROL)


@pytest.mark.parametrize("name", READS)
def test_reading_needs_neither_key_nor_header(anybody: httpx.Client, name: str) -> None:
    assert anybody.get(f"/_sandbox/{name}").status_code == 200


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_writing_needs_the_header_that_no_other_site_can_send(
    api: httpx.Client, method: str, path: str
) -> None:
    answer = api.request(method, f"/_sandbox/{path}", content=b"{}")
    assert answer.status_code == 403
    assert "X-Sandbox-Control" in answer.json()["message"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
@pytest.mark.parametrize("path", ["health", "requests", "health/", "nothing"])
def test_other_host_names_are_refused(anybody: httpx.Client, host: str, path: str) -> None:
    answer = anybody.get(f"/_sandbox/{path}", headers={"Host": host})
    assert answer.status_code == 403
    assert "location" not in answer.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:80", "[::1]", "[::1]:80"])
def test_loopback_names_are_accepted(anybody: httpx.Client, host: str) -> None:
    assert anybody.get("/_sandbox/health", headers={"Host": host}).status_code == 200


def test_the_clock_moves_forward_only(api: httpx.Client) -> None:
    clock = api.get("/_sandbox/clock").json()
    assert (datetime.fromisoformat(clock["now"]), clock["frozen"]) == (NOW, True)
    moved = _post(api, "clock", {"advance": 86_400}).json()["now"]
    assert moved == "2026-11-19T12:00:00Z"
    assert (
        _post(api, "clock", {"freeze": "2026-12-01T00:00:00+02:00"}).json()["now"] == "2026-11-30T22:00:00Z"
    )
    refused = _post(api, "clock", {"freeze": "2026-06-01T00:00:00Z"})
    assert refused.status_code == 400
    assert "forward" in refused.json()["message"]
    assert _post(api, "clock", {"follow": True}).json()["frozen"] is False


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"freeze": "x"}, {"freeze": 1}, {"advance": "1"}, {"advance": -1}, {"advance": 1e30}),
        *({"follow": False}, {"follow": "no"}, {"follow": 1}, {"follow": None}),
    ],
)
def test_impossible_clocks_are_400(api: httpx.Client, body: dict[str, object]) -> None:
    assert _post(api, "clock", body).status_code == 400


def test_reset_returns_to_the_beginning(api: httpx.Client) -> None:
    before = api.get(INVENTORY, params={"profile": "true", "loyalty": "true"}).text
    api.put(
        "/v2/customer_profiles/maria.pending", json={"attributes": {"City": "Elsewhere"}}
    ).raise_for_status()
    _post(api, "clock", {"advance": 1000})
    _post(api, "faults", {"operation": "*", "plan": ["503"]})
    _post(api, "reset").raise_for_status()
    assert api.get("/_sandbox/requests").json()["total"] == 0
    assert api.get(INVENTORY, params={"profile": "true", "loyalty": "true"}).text == before


def test_snapshots_keep_and_give_back_a_state(api: httpx.Client) -> None:
    api.put("/_sandbox/snapshots/early", headers=CONTROL).raise_for_status()
    api.put("/v2/customer_profiles/nobody.yet", json={}).raise_for_status()
    assert api.get("/v1/customer_profiles/nobody.yet/inventory").status_code == 200
    _post(api, "snapshots/early").raise_for_status()
    assert api.get("/v1/customer_profiles/nobody.yet/inventory").status_code == 404
    assert _post(api, "snapshots/never-taken").status_code == 404


def test_the_request_log_tells_what_was_asked_and_no_ids(api: httpx.Client) -> None:
    api.get(INVENTORY)
    body = {"customerSession": {"profileId": "maria.pending"}}
    api.put("/v2/customer_sessions/S-1?dry=true", json=body, headers={"Idempotency-Key": "key-1"})
    api.get("/v1/nothing/here")
    log = api.get("/_sandbox/requests").json()
    assert log["total"] == 3
    first, second, third = log["requests"]
    assert (first["operation"], first["method"], first["status"]) == ("get_customer_inventory", "GET", 200)
    assert first["path"] == "/v1/customer_profiles/{integrationId}/inventory"
    assert (second["dry"], second["idempotency_key"]) == (True, "key-1")
    assert (third["operation"], third["status"]) == (None, 404)
    assert "maria" not in str(log)
    only = api.get("/_sandbox/requests", params={"operation": "get_customer_inventory"}).json()["requests"]
    assert [entry["number"] for entry in only] == [1]
    later = api.get("/_sandbox/requests", params={"since": "2"}).json()["requests"]
    assert [entry["number"] for entry in later] == [3]


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "no_such_operation", "plan": ["503"]},
        {"operation": "*", "plan": []},
        {"operation": "*", "plan": ["what"]},
        {"operation": "*", "plan": "503"},
        {"operation": "*"},
        {"operation": 1, "plan": ["503"]},
        {"plan": ["503"], "rate": 2},
        {"plan": ["503"], "unknown": 1},
    ],
)
def test_impossible_fault_plans_are_400(api: httpx.Client, body: dict[str, object]) -> None:
    assert _post(api, "faults", body).status_code == 400


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"1", b'"x"'])
def test_bodies_that_are_no_objects_are_400(api: httpx.Client, content: bytes) -> None:
    assert api.post("/_sandbox/faults", content=content, headers=CONTROL).status_code == 400


def test_coverage_names_every_operation_and_the_choices(api: httpx.Client) -> None:
    from talon_client import OPERATIONS

    coverage = api.get("/_sandbox/coverage").json()
    assert {entry["operation"] for entry in coverage["operations"]} == set(OPERATIONS)
    assert all(choice["choice"] and choice["why"] for choice in coverage["choices"])


def test_unknown_controls_are_404_and_wrong_methods_405(api: httpx.Client) -> None:
    assert api.get("/_sandbox/nothing").status_code == 404
    assert api.delete("/_sandbox/health", headers=CONTROL).status_code == 405
