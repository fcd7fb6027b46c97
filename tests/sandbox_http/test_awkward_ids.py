"""Ids that hold separators, dots, quotes or scripts reach the right customer over HTTP, and only that one."""

from urllib.parse import quote

import httpx
import pytest

AWKWARD = [
    "a/b",
    "a%2Fb",
    "a%b",
    "100%",
    "a?b=c",
    "a#b",
    "a b",
    "a+b",
    "a&b;c=d",
    "..a",
    "a/../b",
    "../../v1/customer_profiles/maria.pending",
    "a\\b",
    "a\tb",
    "a\"b'c",
    "<script>",
    "é",
    "e\u0301",
    "\u0646\u0648\u0631\u0627",
    "🎉👩‍👩‍👧",
    "x" * 1000,
    "é" * 1000,
    "%",
    "~",
    "inventory",
    "/",
    "//",
    "'; drop table profile; --",
]


@pytest.mark.parametrize("profile_id", AWKWARD, ids=range(len(AWKWARD)))
def test_an_id_finds_its_own_profile_and_no_other(api: httpx.Client, profile_id: str) -> None:
    segment = quote(profile_id, safe="")
    created = api.put(f"/v2/customer_profiles/{segment}", json={"attributes": {"Name": "Me"}})
    assert created.status_code == 200, created.text
    found = api.get(f"/v1/customer_profiles/{segment}/inventory?profile=true").json()["profile"]
    assert found["integrationId"] == profile_id
    assert found["attributes"] == {"Name": "Me"}
    elsewhere = api.get(f"/v1/customer_profiles/{segment}x/inventory")
    assert elsewhere.status_code in (404, 400)


@pytest.mark.parametrize("session_id", ["ORD/1%", "🎉", "a?b#c", "x" * 255], ids=range(4))
def test_sessions_too(api: httpx.Client, session_id: str) -> None:
    path = f"/v2/customer_sessions/{quote(session_id, safe='')}"
    api.put(path, json={"customerSession": {"profileId": "me/%"}}).raise_for_status()
    session = api.get(path).json()["customerSession"]
    assert (session["integrationId"], session["profileId"]) == (session_id, "me/%")
