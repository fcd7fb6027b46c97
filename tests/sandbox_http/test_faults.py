"""Every kind of fault, over a socket and without: what the client sees, what was carried out, the proof."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from talon_sandbox import Sandbox

from .conftest import NOW

INVENTORY = "/v1/customer_profiles/anna/inventory"
PROFILE = "/v2/customer_profiles/anna"


@pytest.fixture(scope="module", params=[True, False], ids=["socket", "in process"])
def empty_sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """An empty world with one profile, both ways of reaching it."""
    with Sandbox(world="empty", now=NOW, socket=request.param) as sandbox:
        with _client(sandbox, 2) as client:
            client.put(PROFILE, json={"attributes": {"Name": "Anna"}}).raise_for_status()
        sandbox.run(lambda shell: shell.world.mark_baseline())
        yield sandbox


def _client(sandbox: Sandbox, timeout: float) -> httpx.Client:
    return httpx.Client(
        base_url=sandbox.url,
        headers={"Authorization": f"ApiKey-v1 {sandbox.api_key}"},
        timeout=timeout,
        verify=False,  # nothing is encrypted, and reading certificates takes longer than a test
        transport=None if sandbox.url.count(":") > 1 else sandbox.transport(),
    )


@dataclass
class Faulty:
    """A client and the sandbox that will fail it."""

    sandbox: Sandbox
    client: httpx.Client

    def get(self, *plan: str) -> httpx.Response:
        self.sandbox.faults("get_customer_inventory", plan)
        return self.client.get(INVENTORY, params={"profile": "true"})

    def put(self, *plan: str) -> httpx.Response:
        self.sandbox.faults("update_customer_profile_v2", plan)
        return self.client.put(PROFILE, json={"attributes": {"Name": "Changed"}})

    def name(self) -> object:
        answer = self.client.get(INVENTORY, params={"profile": "true"})
        return answer.json()["profile"]["attributes"]["Name"]

    def hit(self) -> list[object]:
        return [hit["fault"] for hit in self.sandbox.hits()]


@pytest.fixture
def faulty(empty_sandbox: Sandbox) -> Iterator[Faulty]:
    empty_sandbox.reset()
    with _client(empty_sandbox, 2) as client:
        yield Faulty(empty_sandbox, client)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 418, 429, 500, 502, 503, 504, 599])
def test_a_status_comes_in_the_envelope_and_nothing_is_carried_out(faulty: Faulty, status: int) -> None:
    answer = faulty.put(str(status))
    assert answer.status_code == status
    assert answer.json()["StatusCode"] == status
    assert answer.json()["message"]
    assert "retry-after" not in answer.headers
    assert faulty.hit() == [str(status)]
    assert faulty.name() == "Anna"


def test_429_with_a_number_says_when_to_come_back(faulty: Faulty) -> None:
    answer = faulty.get("429:7")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


def test_409_is_the_documented_concurrency_text(faulty: Faulty) -> None:
    assert "Too many requests are updating this profile/session" in faulty.put("409").json()["message"]


def test_html_is_a_proxys_page(faulty: Faulty) -> None:
    answer = faulty.put("html")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")
    assert answer.text.startswith("<html>")
    assert faulty.name() == "Anna"


def test_empty_is_carried_out(faulty: Faulty) -> None:
    answer = faulty.put("empty")
    assert (answer.status_code, answer.content) == (200, b"")
    assert faulty.name() == "Changed"


def test_invalid_json_is_carried_out(faulty: Faulty) -> None:
    answer = faulty.put("invalid-json")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r"."):
        answer.json()
    assert faulty.name() == "Changed"


def test_wrong_type_is_right_json_with_a_wrong_label(faulty: Faulty) -> None:
    answer = faulty.get("wrong-type")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.json()["profile"]["integrationId"] == "anna"


def test_truncated_is_carried_out_and_ends_early(faulty: Faulty) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.put("truncated")
    assert faulty.name() == "Changed"


def test_drip_arrives_whole_and_slowly(faulty: Faulty) -> None:
    answer = faulty.get("drip:0.0001")
    assert answer.json()["profile"]["integrationId"] == "anna"


def test_a_drip_outlives_a_read_time_out(faulty: Faulty) -> None:
    faulty.client.timeout = httpx.Timeout(0.2)
    pieces = []
    faulty.sandbox.faults("get_customer_inventory", ["drip:0.02"])
    with faulty.client.stream("GET", INVENTORY, params={"profile": "true"}) as answer:
        for piece in answer.iter_raw():
            pieces.append(piece)
            if len(pieces) > 3:
                break
    assert len(pieces) > 3


def test_a_stall_ends_in_a_time_out_and_nothing_is_carried_out(faulty: Faulty) -> None:
    faulty.client.timeout = httpx.Timeout(0.1)
    with pytest.raises(httpx.ReadTimeout):
        faulty.put("stall")
    assert faulty.name() == "Anna"


def test_a_short_stall_ends_in_a_reset(faulty: Faulty) -> None:
    with pytest.raises(httpx.ReadError):
        faulty.put("stall:0.05")
    assert faulty.name() == "Anna"


def test_a_reset_carries_nothing_out(faulty: Faulty) -> None:
    with pytest.raises(httpx.ReadError):
        faulty.put("reset")
    assert faulty.name() == "Anna"


def test_a_lost_acknowledgement_is_carried_out(faulty: Faulty) -> None:
    with pytest.raises(httpx.ReadError):
        faulty.put("lost-ack")
    assert faulty.name() == "Changed"
    assert faulty.hit() == ["lost-ack"]


def test_a_delay_answers_late_and_holds_nobody_else_up(faulty: Faulty) -> None:
    faulty.client.timeout = httpx.Timeout(0.05)
    with pytest.raises(httpx.ReadTimeout):
        faulty.get("delay:30")
    faulty.client.timeout = httpx.Timeout(2)
    assert faulty.name() == "Anna"


@pytest.mark.parametrize("fault", ["empty", "truncated", "invalid-json", "wrong-type", "drip:0.0001"])
def test_a_refusal_is_not_spoilt_and_uses_no_fault_up(faulty: Faulty, fault: str) -> None:
    faulty.sandbox.faults("get_customer_inventory", [fault])
    unknown = faulty.client.get("/v1/customer_profiles/nobody/inventory")
    stranger = faulty.client.get(INVENTORY, headers={"Authorization": "ApiKey-v1 wrong"})
    assert (unknown.status_code, stranger.status_code) == (404, 401)
    assert unknown.json()["message"]
    assert faulty.hit() == []
    assert [(entry["status"], entry["fault"]) for entry in faulty.sandbox.requests()] == [
        (404, None),
        (401, None),
    ]
    left = faulty.sandbox.run(lambda shell: shell.faults.as_json()["left"])
    assert left == [{"operation": "get_customer_inventory", "plan": [fault]}]


def test_empty_keeps_the_status(faulty: Faulty) -> None:
    faulty.sandbox.faults("create_audience_v2", ["empty"])
    answer = faulty.client.post("/v2/audiences", json={"name": "New"})
    assert (answer.status_code, answer.content) == (201, b"")


@pytest.mark.parametrize("fault", ["empty", "truncated", "invalid-json", "wrong-type", "drip:0.0001"])
def test_where_no_body_is_to_be_spoilt_the_connection_ends(faulty: Faulty, fault: str) -> None:
    faulty.sandbox.faults("update_customer_profiles_v2", [fault])
    body = {"customerProfiles": [{"integrationId": "anna", "attributes": {"Name": "Changed"}}]}
    with pytest.raises(httpx.RemoteProtocolError):
        faulty.client.put("/v2/customer_profiles", json=body)
    (entry,) = faulty.sandbox.requests()
    assert (entry["fault"], entry["status"], faulty.hit()) == (fault, None, [fault])
    assert faulty.name() == "Changed"


def test_ok_passes_one_request_through(faulty: Faulty) -> None:
    assert faulty.get("ok", "503").status_code == 200
    assert faulty.client.get(INVENTORY).status_code == 503
    assert faulty.client.get(INVENTORY).status_code == 200
    assert faulty.hit() == ["ok", "503"]


def test_faults_come_before_the_key_is_looked_at(faulty: Faulty) -> None:
    faulty.sandbox.faults("*", ["503"])
    answer = faulty.client.get(INVENTORY, headers={"Authorization": "ApiKey-v1 wrong"})
    assert answer.status_code == 503


def test_the_log_names_the_fault_and_has_no_status_where_none_was_sent(faulty: Faulty) -> None:
    with pytest.raises(httpx.ReadError):
        faulty.put("lost-ack")
    (entry,) = faulty.sandbox.requests()
    assert (entry["fault"], entry["status"]) == ("lost-ack", None)
    assert [hit["request"] for hit in faulty.sandbox.hits()] == [entry["number"]]


def test_a_sandbox_with_a_stalled_request_still_stops() -> None:
    with Sandbox(world="empty", now=NOW) as sandbox, _client(sandbox, 0.05) as client:
        sandbox.faults("*", ["stall", "delay:100"])
        for _ in range(2):
            with pytest.raises(httpx.ReadTimeout):
                client.get(INVENTORY)
