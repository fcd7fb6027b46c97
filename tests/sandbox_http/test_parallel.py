"""Updates of one profile or session at the same time: one runs, two wait, the next is refused (facts.md, Transport)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from talon_sandbox import Sandbox
from talon_sandbox.parallel import BUSY, keys_of

LATE = "delay:0.05"
PROFILE = "/v2/customer_profiles/maria.pending"


def together(sandbox: Sandbox, api: httpx.Client, count: int, *requests: tuple[str, str, Any]) -> list[int]:
    """Sends the requests in turn, `count` in all, each on a thread of its own, and answers their statuses."""
    sandbox.faults("*", [LATE], rate=1.0)

    def send(number: int) -> int:
        method, path, body = requests[number % len(requests)]
        return api.request(method, path, json=body).status_code

    with ThreadPoolExecutor(count) as threads:
        return sorted(threads.map(send, range(count)))


def test_one_runs_two_wait_and_the_next_is_refused(sandbox: Sandbox, api: httpx.Client) -> None:
    assert together(sandbox, api, 5, ("PUT", PROFILE, {"attributes": {}})) == [200, 200, 200, 409, 409]
    sandbox.reset()
    sandbox.faults("update_customer_profile_v2", [LATE] * 3)
    statuses, told = set(), set()
    with ThreadPoolExecutor(4) as threads:
        for answer in threads.map(lambda _: api.put(PROFILE, json={"attributes": {}}), range(4)):
            statuses.add(answer.status_code)
            told.add(answer.json().get("message"))
    assert statuses == {200, 409}
    assert BUSY in told


def test_who_is_turned_away_meets_no_fault(sandbox: Sandbox, api: httpx.Client) -> None:
    sandbox.faults("update_customer_profile_v2", [LATE, LATE, LATE, "503"])
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda _: api.put(PROFILE, json={"attributes": {}}).status_code, range(4))
    assert sorted(found) == [200, 200, 200, 409]
    assert [hit["fault"] for hit in sandbox.hits()] == [LATE] * 3
    assert api.put(PROFILE, json={"attributes": {}}).status_code == 503


def test_other_profiles_and_reads_do_not_wait(sandbox: Sandbox, api: httpx.Client) -> None:
    others: list[tuple[str, str, Any]] = [
        ("PUT", f"/v2/customer_profiles/p{number}", {"attributes": {}}) for number in range(4)
    ]
    reads: list[tuple[str, str, Any]] = [("GET", "/v1/customer_profiles/maria.pending/inventory", None)] * 4
    assert together(sandbox, api, 8, *others, *reads) == [200] * 8


def test_a_session_and_an_event_of_one_customer_share_a_turn(sandbox: Sandbox, api: httpx.Client) -> None:
    session = {"customerSession": {"profileId": "maria.pending", "cartItems": []}}
    mixed: list[tuple[str, str, Any]] = [
        ("PUT", "/v2/customer_sessions/a", session),
        ("PUT", "/v2/customer_sessions/b", session),
        ("POST", "/v2/events", {"profileId": "maria.pending", "type": "newsletter"}),
        ("PUT", PROFILE, {"attributes": {}}),
    ]
    assert together(sandbox, api, 4, *mixed).count(409) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"customerSession": 3}', b'{"customerSession": {"profileId": 7}}']
)
def test_a_broken_body_names_no_profile(body: bytes) -> None:
    assert keys_of("update_customer_session_v2", {"customer_session_id": "s"}, body) == ("session s",)


def test_only_updates_have_turns() -> None:
    assert keys_of("return_cart_items", {"customer_session_id": "s"}, b"{}") == ()
    both = keys_of("track_event", {}, b'{"sessionId": "s", "profileId": "p"}')
    assert both == ("profile p", "session s")
