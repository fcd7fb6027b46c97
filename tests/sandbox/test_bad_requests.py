"""Bad inputs: 3 000 in every run, 100 000 in the long one. No 5xx, refusals in the documented envelope.

Every answer, good or bad, is validated against the official description of its edition as well.
"""

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from talon_client import OPERATIONS
from talon_client.operation import Operation
from talon_sandbox.encoding import PLAIN_400
from tests.sandbox.bad_requests import Bad, Maker
from tests.sandbox.door import Door
from tests.sandbox.shop import START
from tests.support import surroundings
from tests.support.openapi import Description

PEOPLE = ("eve", "anna", "nobody")
SESSIONS = tuple(f"s{number}" for number in range(60))
KNOWN: dict[str, tuple[object, ...]] = {
    "loyalty_program_id": (1, 1, 2, 3, 99),
    "loyalty_card_id": ("CARD-1", "CARD-2"),
    "integration_id": PEOPLE,
    "coupon_value": ("TENPERCENT", "GIFT", "NONE"),
    "customer_session_id": SESSIONS,
    "audience_id": (*range(1, 9), 99),
    "achievement_id": (1, 2, 99),
    "catalog_id": (1, 1, 99),
    "profileId": PEOPLE,
    "integrationId": PEOPLE,
    "sessionId": SESSIONS,
    "connectedSessionId": SESSIONS,
    "state": ("closed", "closed", "closed", "open", "cancelled"),
    "position": (0, 0, 1),
    "referralCode": ("NO-SUCH-CODE", ""),
    "profileIntegrationId": PEOPLE,
    "integrationIDs": (["eve"], ["anna", "eve"]),
    "advocateProfileIntegrationId": PEOPLE,
    "couponCodes": (["TENPERCENT"], ["GIFT", "NONE"]),
    "loyaltyCards": (["CARD-1"],),
    "campaignId": (115, 101),
    "attributes": ({}, {}, {}, {}, {"PointsToSpend": 5}, {"Name": "x"}, {"Note": 1}),
    "quantity": (1, 2, 3),
    "additionalCosts": ({}, {"shipping": {"price": 4.9}}),
    "evaluableCampaignIds": ([101], [102, 111]),
    "experimentVariantAllocations": ([],),
    "category": ("Shoes", "Clothing"),
    "sku": ("SKU-1", "SKU-2"),
    "adds": ([1], [2, 3]),
    "deletes": ([1], []),
    "type": ("newsletter", "review", "talon_session_closed"),
}
ORDER = {
    "customerSession": {
        "profileId": "eve",
        "state": "closed",
        "cartItems": [{"sku": "SKU-1", "quantity": 3, "price": 40, "category": "Shoes"}],
        "attributes": {"Channel": "app", "PointsToSpend": 3},
    }
}
# Answers that the description has no place for, and why they are given all the same.
UNDECLARED = {
    400: "a request that no rule of the description allows, where it declares no 400",
    404: "what the path names does not exist, where it declares no 404",
    204: "silent=yes answers 204 by the text (effects.md, Slips), where it declares no 204",
}


@pytest.fixture
def door(request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    made = Door(START, edition=request.param)
    world = made.shell.world
    for name in PEOPLE[:2]:
        world.add_points(1, name, 50_000)
        world.join_audience(3, name)
    for code, campaign in (("TENPERCENT", 102), ("GIFT", 103)):
        world.create_coupon(code, campaign)
    for card in ("CARD-1", "CARD-2"):
        world.create_card(2, card)
    yield made
    made.close()


def _check_refusal(bad: Bad, status: int, body: bytes) -> None:
    refusal = json.loads(body)
    assert set(refusal) <= {"message", "errors", "StatusCode"}, bad
    assert isinstance(refusal["message"], str), bad
    assert refusal["message"], bad
    assert all(isinstance(each["title"], str) and each["title"] for each in refusal["errors"]), bad
    assert ("StatusCode" in refusal) != (status == 400 and bad.operation.id in PLAIN_400), bad


def run(door: Door, seed: int, count: int) -> str:
    """Send `count` requests, check every answer, and say in one line what came of them."""
    edition = door.shell.edition
    operations: list[Operation[object]] = [o for o in OPERATIONS.values() if edition.knows(o.since)]
    maker, answered, undeclared = Maker(seed, KNOWN), Counter[int](), Counter[int]()
    description = None if surroundings.MISSING["description"] else Description.load(edition.name)
    reached = set()
    for number in range(count):
        bad = maker.request(maker.chance.choice(operations))
        status, body = door.send(bad.method, bad.path, bad.query, bad.body)
        answered[status] += 1
        assert 200 <= status < 500, (bad, body)
        assert not door.shell.world.conn.in_transaction, bad
        if status >= 400:
            _check_refusal(bad, status, body)
        else:
            reached.add(bad.operation.id)
        if description is not None and not bad.operation.legacy:
            parsed = json.loads(body, parse_float=Decimal) if body else None
            problems = description.problems(bad.operation.wire_id, status, parsed)
            if status in UNDECLARED and problems and problems[0].endswith("is not declared"):
                undeclared[status] += 1
            else:
                assert problems == [], bad
        if number % 10 == 0:  # the shop goes on: an order that bad requests can meet
            path = f"/v2/customer_sessions/{maker.chance.choice(SESSIONS)}"
            assert door.send("PUT", path, "", json.dumps(ORDER).encode())[0] in (200, 400)
        if number % 400 == 399:
            door.shell.world.advance(timedelta(days=3))
    if count >= 2000:
        # Hardly any operation is met with refusals only: behind the checks of the shell, handlers are tried too.
        assert len({operation.id for operation in operations} - reached) <= 3
    return (
        f"{count} bad requests in edition {edition.name}: {dict(sorted(answered.items()))};"
        f" {0 if description is None else description.checked} answers validated,"
        f" undeclared statuses {dict(sorted(undeclared.items()))}"
    )


@pytest.mark.parametrize(
    ("door", "seed", "count"), [("26.16", 1, 2000), ("25.15", 2, 1000)], indirect=["door"]
)
def test_bad_requests(door: Door, seed: int, count: int, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(door, seed, count)
    with capsys.disabled():
        print(f"\n{said}")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("door", "seed"),
    [("26.16" if seed % 3 else "25.15", seed) for seed in range(10, 20)],
    indirect=["door"],
)
def test_100_000_bad_requests(door: Door, seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(door, seed, 10_000)
    with capsys.disabled():
        print(f"\n{said}")
