"""The sandbox's own OpenAPI document: whole, resolvable, and true about what the sandbox answers."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from talon_client import OPERATIONS
from talon_sandbox.edition import EDITIONS, Edition
from talon_sandbox.openapi import document


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


@pytest.mark.parametrize("name", EDITIONS)
def test_it_holds_every_operation_of_its_edition(name: str) -> None:
    found = document(Edition(name))
    ids = {described["operationId"] for item in found["paths"].values() for described in item.values()}
    assert ids == {each.wire_id for each in OPERATIONS.values() if each.since <= name}
    for reference in references(found):
        kind, _, schema = reference.removeprefix("#/components/").partition("/")
        assert schema in found["components"][kind], reference
    for schema in found["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_paths_and_parameters_belong_together() -> None:
    found = document(Edition())
    for path, item in found["paths"].items():
        for described in item.values():
            places = {each["name"] for each in described["parameters"] if each["in"] == "path"}
            assert places == set(re.findall(r"{(\w+)}", path))
            assert all(each["required"] for each in described["parameters"] if each["in"] == "path")
            assert "400" in described["responses"]


def test_the_server_gives_it_and_keeps_it(anybody: httpx.Client, api: httpx.Client) -> None:
    found: Any = anybody.get("/_sandbox/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    session = found["paths"]["/v2/customer_sessions/{customerSessionId}"]["put"]
    assert {each["name"] for each in session["parameters"]} >= {"dry", "now", "Idempotency-Key"}
    body = found["components"]["schemas"]["CouponReservations"]
    assert body["additionalProperties"] is False
    refused = api.post("/v1/coupon_reservations/HELLO10", json={"integrationIDs": ["x"], "more": 1})
    assert refused.status_code == 400
    error = Draft202012Validator(found["components"]["schemas"]["Error"])
    assert list(error.iter_errors(refused.json())) == []


def test_an_older_edition_says_less() -> None:
    older = document(Edition("25.15"))
    points = older["paths"]["/v1/loyalty_programs/{loyaltyProgramId}/profile/{integrationId}/points"]["get"]
    sizes = {each["name"]: each["schema"] for each in points["parameters"]}
    assert sizes["pageSize"]["maximum"] == 50
    assert "sort" not in sizes
    assert "/v3/events" not in older["paths"]
