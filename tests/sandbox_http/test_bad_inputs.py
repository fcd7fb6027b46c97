"""Thousands of damaged requests: never a 5xx, always the documented envelope, nothing left half done."""

import copy
import json
import random
from collections import Counter
from urllib.parse import quote

import httpx
import pytest

from talon_client import OPERATIONS, Operation
from talon_sandbox import Sandbox

from .conftest import NOW

IDS = ("maria.pending", "anna.wallet", "clara.returns", "nobody", "a/b", "🎉", "\x00", "x" * 1001)
PATH_VALUES: dict[str, tuple[object, ...]] = {
    "loyalty_program_id": (1, 2, 3, 99, 0, -1, 10**19, "x"),
    "loyalty_card_id": ("CARD-1001", "CARD-1002", "CARD-1003", "none-such", "a"),
    "integration_id": IDS,
    "coupon_value": ("WELCOME10-ANNA", "GIFT50-ANNA", "BIRTHDAY-CARO", "none-such"),
    "customer_session_id": ("ORD-10061", "ORD-10071", "ORD-10081", "ORD-10052", "NEW-1", "NEW-2", "NEW-3"),
}
QUERY_VALUES = ("true", "false", "", "1", "-1", "1000", "9" * 30, "2026-01-01", "0001-01-01T00:00:00Z")
ODD: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2,
        0.001,
        1.5,
        1e15,
        10**19,
        1e30,
        "",
        "a",
        "x" * 101,
        "x" * 1001,
        "\x00",
        "🎉",
    ),
    *([], {}, [None], {"": None}, [[]], "closed", "cancelled", "partially_returned", "9999-12-31T23:59:59Z"),
)
ITEM = {"sku": "SHO-101", "name": "Shoe", "category": "Shoes", "quantity": 2, "price": 89.9}
SESSION = {
    "profileId": "maria.pending",
    "state": "closed",
    "cartItems": [ITEM, {"sku": "HOM-101", "quantity": 1, "price": 12.9, "attributes": {"Color": "red"}}],
    "couponCodes": ["WELCOME10-ANNA", "GIFT50-ANNA"],
    "loyaltyCards": ["CARD-1001"],
    "additionalCosts": {"shipping": {"price": 4.9}},
    "attributes": {"PayWithPoints": True, "PointsToSpend": 10},
    "identifiers": ["till-1"],
    "evaluableCampaignIds": [101, 111],
}
CONTENT = ["customerSession", "customerProfile", "loyalty", "coupons", "triggeredCampaigns", "event"]
BODIES: dict[str, dict[str, object]] = {
    "update_customer_session_v2": {"customerSession": SESSION, "responseContent": CONTENT},
    "return_cart_items": {
        "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
        "responseContent": CONTENT,
    },
    "update_customer_profile_v2": {
        "attributes": {"Name": "A", "Score": 1, "Newsletter": True, "Birthday": "2000-01-01T00:00:00Z"},
        "audiencesChanges": {"adds": [1], "deletes": [2]},
        "responseContent": ["customerProfile"],
    },
    "generate_loyalty_card": {
        "status": "active",
        "customerProfileIds": ["maria.pending"],
        "cardIdentifier": "NEW-CARD-1",
    },
    "link_loyalty_card_to_profile": {"integrationId": "maria.pending"},
    "create_coupon_reservation": {"integrationIDs": ["maria.pending", "nobody"]},
    "delete_coupon_reservation": {"integrationIDs": ["anna.wallet"]},
}


def _damage(chance: random.Random, value: object) -> object:
    """The value with one thing in it replaced, left out, added or repeated."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        act = chance.random()
        if act < 0.1:
            return {name: item for name, item in value.items() if name != key}
        if act < 0.15:
            return {**value, chance.choice(("extra", "a/b~c", "")): chance.choice(ODD)}
        return {**value, key: _damage(chance, value[key])}
    if isinstance(value, list) and value and chance.random() < 0.85:
        index = chance.randrange(len(value))
        if chance.random() < 0.1:
            return value + [value[index]] * chance.choice((1, 3, 1000))
        return [*value[:index], _damage(chance, value[index]), *value[index + 1 :]]
    return copy.deepcopy(chance.choice(ODD))


def _request(chance: random.Random, operation: Operation[object]) -> tuple[str, bytes | None]:
    path, query = operation.path, []
    for parameter in operation.parameters:
        if parameter.place == "path":
            value = chance.choice(PATH_VALUES[parameter.name])
            path = path.replace("{" + parameter.wire + "}", quote(str(value), safe=""))
        elif chance.random() < 0.15:
            value = chance.choice((*QUERY_VALUES, *parameter.choices))
            query.append(f"{parameter.wire}={quote(value, safe='')}")
    url = path + ("?" + "&".join(query) if query else "")
    if operation.request is None:
        return url, None
    body: object = BODIES[operation.id]
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        body = _damage(chance, body)
    return url, json.dumps(body).encode()


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_requests_are_refused_in_the_envelope(seed: int) -> None:
    chance = random.Random(seed)
    # Those whose good requests are known here; all of them: tests/sandbox/test_bad_requests.py.
    operations: list[Operation[object]] = [
        operation
        for operation in OPERATIONS.values()
        if (operation.id in BODIES or operation.request is None)
        and all(each.place == "query" or each.name in PATH_VALUES for each in operation.parameters)
    ]
    writes = [operation for operation in operations if operation.request is not None]
    answered: Counter[int] = Counter()
    with Sandbox(now=NOW, customers=0, socket=False) as sandbox:
        headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
            for _ in range(700):
                operation = chance.choice(operations + writes * 3)
                url, body = _request(chance, operation)
                answer = client.request(operation.method, url, content=body)
                answered[answer.status_code] += 1
                assert answer.status_code < 500, (operation.method, url, body, answer.text)
                if answer.status_code >= 400:
                    refusal = answer.json()
                    assert refusal["message"], answer.text
                    assert all(error["title"] for error in refusal["errors"]), answer.text
        open_transaction = sandbox.change(lambda world: world.conn.in_transaction)
    assert not open_transaction
    assert answered[200] > 40
    assert answered[400] > 150
