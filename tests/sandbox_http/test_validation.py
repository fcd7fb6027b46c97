"""Requests that are wrong are 400 in the documented envelope, and name the place."""

import json

import httpx
import pytest

BALANCES = "/v1/loyalty_programs/1/profile/maria.pending/balances"
TRANSACTIONS = "/v1/loyalty_programs/1/profile/maria.pending/transactions"
POINTS = "/v1/loyalty_programs/1/profile/maria.pending/points"
SESSION = "/v2/customer_sessions/S-1"


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        (f"{BALANCES}?unknown=1", "unknown"),
        (f"{BALANCES}?includeTiers=yes", "includeTiers"),
        (f"{BALANCES}?includeTiers=", "includeTiers"),
        (f"{BALANCES}?endDate=yesterday", "endDate"),
        (f"{BALANCES}?endDate=2026-01-01T00:00:00", "endDate"),
        (f"{BALANCES}?endDate=2026-01-01T00:00:00+02:00", "endDate"),
        (f"{BALANCES}?endDate=2026-01-01&endDate=2026-01-02", "endDate"),
        (f"{TRANSACTIONS}?pageSize=0", "pageSize"),
        (f"{TRANSACTIONS}?pageSize=1001", "pageSize"),
        (f"{TRANSACTIONS}?pageSize=1.5", "pageSize"),
        (f"{TRANSACTIONS}?pageSize=99999999999999999999", "pageSize"),
        (f"{TRANSACTIONS}?skip=-1", "skip"),
        (f"{TRANSACTIONS}?loyaltyTransactionType=other", "loyaltyTransactionType"),
        (f"{TRANSACTIONS}?subledgerId=a&subledgerId=b", "subledgerId"),
        (f"{TRANSACTIONS}?awaitsActivation=false", "awaitsActivation"),
        (f"{POINTS}?status=spent", "status"),
        (f"{POINTS}?sort=amount", "sort"),
        (f"{POINTS}?%ff=1", "%ff"),
        ("/v1/loyalty_programs/one/profile/maria.pending/balances", "loyaltyProgramId"),
        ("/v1/loyalty_programs/2/cards/" + "x" * 109 + "/balances", "loyaltyCardId"),
        (f"/v1/customer_profiles/{'x' * 1001}/inventory", "integrationId"),
    ],
)
def test_wrong_parameters_are_named(api: httpx.Client, path: str, parameter: str) -> None:
    answer = api.get(path)
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["StatusCode"] == 400
    assert [error["source"] for error in body["errors"]] == [{"parameter": parameter}]


def test_all_wrong_parameters_are_named_at_once(api: httpx.Client) -> None:
    errors = api.get(f"{TRANSACTIONS}?pageSize=0&skip=x&other=1").json()["errors"]
    assert {error["source"]["parameter"] for error in errors} == {"pageSize", "skip", "other"}


def test_an_encoded_plus_is_an_offset_and_a_date_alone_is_midnight(api: httpx.Client) -> None:
    assert api.get(f"{BALANCES}?endDate=2026-01-01T00:00:00%2B02:00").status_code == 200
    assert api.get(f"{BALANCES}?endDate=2026-01-01").status_code == 200


@pytest.mark.parametrize(
    ("session", "pointer"),
    [
        ({"unknown": 1}, "/customerSession/unknown"),
        ({"state": "lost"}, "/customerSession/state"),
        ({"profileId": 7}, "/customerSession/profileId"),
        ({"couponCodes": "A"}, "/customerSession/couponCodes"),
        ({"couponCodes": ["x" * 101]}, "/customerSession/couponCodes/0"),
        ({"loyaltyCards": ["AAAA", "BBBB"]}, "/customerSession/loyaltyCards"),
        ({"identifiers": list("abcdef")}, "/customerSession/identifiers"),
        ({"cartItems": [{"quantity": 1}]}, "/customerSession/cartItems/0/sku"),
        ({"cartItems": [{"sku": "A", "quantity": 0}]}, "/customerSession/cartItems/0/quantity"),
        ({"cartItems": [{"sku": "A", "quantity": "1"}]}, "/customerSession/cartItems/0/quantity"),
        ({"cartItems": [{"sku": "A", "quantity": 1, "price": "9"}]}, "/customerSession/cartItems/0/price"),
        ({"cartItems": [{"sku": "A", "quantity": 1, "a/b": 1}]}, "/customerSession/cartItems/0/a~1b"),
        ({"cartItems": {}}, "/customerSession/cartItems"),
    ],
)
def test_wrong_fields_are_named_by_pointer(
    api: httpx.Client, session: dict[str, object], pointer: str
) -> None:
    answer = api.put(SESSION, json={"customerSession": session})
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert "StatusCode" not in body  # as documented for sessions
    assert pointer in [error["source"].get("pointer") for error in body["errors"]]
    assert api.get(SESSION).status_code != 200  # nothing was created


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  ",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff\xfe",
        b'{"customerSession": {"profileId": "\\ud800"}}',
        b'{"customerSession": NaN}',
        b'{"customerSession": 1e400}',
        b"[" * 50000,
    ],
)
def test_bodies_that_are_no_json_object_are_400(api: httpx.Client, content: bytes) -> None:
    answer = api.put(SESSION, content=content)
    assert answer.status_code == 400, answer.text
    assert answer.json()["message"] == "The submitted data was invalid"
    assert answer.json()["errors"]


def test_null_counts_as_left_out_but_removes_an_attribute(api: httpx.Client) -> None:
    card = api.post("/v1/loyalty_programs/2/cards", json={"cardIdentifier": "NULL-1", "status": None})
    assert (card.status_code, card.json()["status"]) == (200, "active")
    for attributes in ({"Name": "A", "City": "B"}, {"City": None}):
        api.put("/v2/customer_profiles/null", json={"attributes": attributes}).raise_for_status()
    profile = api.get("/v1/customer_profiles/null/inventory?profile=true").json()["profile"]
    assert profile["attributes"] == {"Name": "A"}


def test_a_body_too_large_to_make_sense_is_refused(api: httpx.Client) -> None:
    assert api.put(SESSION, content=b" " * (9 * 1024 * 1024)).status_code == 413


def test_snake_case_is_not_a_wire_name(api: httpx.Client) -> None:
    answer = api.put(SESSION, json={"customer_session": {}})
    pointers = {error["source"]["pointer"] for error in answer.json()["errors"]}
    assert pointers == {"/customerSession", "/customer_session"}


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_keys_have_1_to_255_characters(api: httpx.Client, key: str) -> None:
    answer = api.put(SESSION, json={"customerSession": {}}, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"] == {"parameter": "Idempotency-Key"}


def test_unknown_paths_and_methods_answer_in_the_envelope(api: httpx.Client) -> None:
    for method, path, status in [
        ("GET", "/", 404),
        ("GET", "/v1/nothing", 404),
        ("DELETE", "/v1/customer_profiles/maria.pending/inventory", 405),
        ("GET", "/v1/customer_profiles/%ff/inventory", 400),
    ]:
        answer = api.request(method, path)
        assert answer.status_code == status
        assert answer.json()["StatusCode"] == status


def test_numbers_come_back_as_exactly_as_they_were_sent(api: httpx.Client) -> None:
    cart = '[{"sku": "A", "quantity": 1, "price": 19.90}, {"sku": "B", "quantity": 3, "price": 0.07}]'
    content = (
        '{"customerSession": {"profileId": "exact", "cartItems": '
        + cart
        + '}, "responseContent": ["customerSession"]}'
    )
    answer = api.put(SESSION, content=content.encode())
    assert answer.status_code == 200, answer.text
    session = json.loads(answer.content, parse_float=str)["customerSession"]
    assert [item["price"] for item in session["cartItems"]] == ["19.9", "0.07"]
    assert session["total"] == "20.11"
