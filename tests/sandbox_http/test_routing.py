"""Paths are matched as they were on the wire, so that no id can change which operation is meant."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talon_client import OPERATIONS
from talon_sandbox.routing import Match, Miss, Router

ROUTER = Router(OPERATIONS.values())


def _found(method: str, path: str) -> Match:
    match = ROUTER.match(method, path.encode())
    assert isinstance(match, Match), match
    return match


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_id_arrives_as_it_was_sent(profile_id: str) -> None:
    match = _found("GET", f"/v1/customer_profiles/{quote(profile_id, safe='')}/inventory")
    assert match.operation.id == "get_customer_inventory"
    assert match.path == {"integration_id": profile_id}


def test_every_operation_is_found_at_its_own_path() -> None:
    for operation in OPERATIONS.values():
        assert (
            _found(operation.method, operation.path.replace("{", "").replace("}", "")).operation is operation
        )


def test_a_coupon_called_like_a_literal_segment_is_still_a_coupon() -> None:
    match = _found("POST", "/v1/coupon_reservations/customerprofiles")
    assert (match.operation.id, match.path) == (
        "create_coupon_reservation",
        {"coupon_value": "customerprofiles"},
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/customer_profiles//inventory", 404),
        ("GET", "/v1/customer_profiles/a/b/inventory", 404),
        ("GET", "/v1/customer_profiles/a/inventory/", 404),
        ("POST", "/v1/customer_profiles/a/inventory", 405),
        ("GET", "/v1/customer_profiles/%ff/inventory", 400),
    ],
)
def test_misses(method: str, path: str, status: int) -> None:
    miss = ROUTER.match(method, path.encode())
    assert isinstance(miss, Miss)
    assert miss.status == status
