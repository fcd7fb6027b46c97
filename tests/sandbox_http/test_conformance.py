"""Every answer of every operation validates against the official description of its edition."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

import httpx
import pytest

from talon_client import OPERATIONS
from talon_client.operation import Operation
from talon_sandbox import Sandbox
from talon_sandbox.edition import Edition
from talon_sandbox.routing import Match, Router
from tests.support.openapi import Description

from .conftest import NOW
from .more_calls import GOOD, method_of

pytestmark = pytest.mark.description

CLUB, CARDS = 1, 2
# Statuses that the text names and the declared answers do not (effects.md, Slips of the description).
UNDECLARED = {("track_event_v3", 204), ("update_customer_profiles_v2", 204)}
ROUTER = Router(OPERATIONS.values())
FLAGS = "profile=true&referrals=true&coupons=true&loyalty=true&giveaways=true&achievements=true"
EVERYTHING = [
    *("customerSession", "customerProfile", "coupons", "triggeredCampaigns", "referral", "loyalty", "event"),
    *("awardedGiveaways", "ruleFailureReasons", "previousReturns"),
]
RETURN_CONTENT = ["customerSession", "customerProfile", "coupons", "triggeredCampaigns", "loyalty", "event"]


@dataclass
class Checked:
    """A client whose every answer is validated on arrival."""

    client: httpx.Client
    description: Description
    edition: Edition
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    effects: Counter[str] = field(default_factory=Counter)
    excepted: int = 0

    def operations(self) -> list[Operation[object]]:
        """Those that the description of this edition has."""
        return [o for o in OPERATIONS.values() if not o.legacy and self.edition.knows(o.since)]

    def __call__(self, method: str, path: str, body: object = None, key: str | None = None) -> httpx.Response:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.client.request(method, path, content=content, headers=headers)
        match = ROUTER.match(method, answer.request.url.raw_path.partition(b"?")[0])
        assert isinstance(match, Match)
        parsed = json.loads(answer.content, parse_float=Decimal) if answer.content else None
        problems = self.description.problems(match.operation.wire_id, answer.status_code, parsed)
        if (match.operation.id, answer.status_code) in UNDECLARED or answer.status_code == 401:
            declared = [problem for problem in problems if not problem.endswith("is not declared")]
            self.excepted += len(problems) - len(declared)
            problems = declared
        assert problems == [], f"{method} {path}: {answer.text}"
        self.seen[match.operation.id, answer.status_code] += 1
        if isinstance(parsed, dict):
            self.effects.update(effect["effectType"] for effect in parsed.get("effects") or ())
        return answer


@contextmanager
def _checking(edition: str) -> Iterator[Checked]:
    with Sandbox(now=NOW, customers=0, edition=edition, socket=False) as sandbox:
        headers = {"Authorization": f"ApiKey-v1 {sandbox.api_key}"}
        with httpx.Client(base_url=sandbox.url, headers=headers, transport=sandbox.transport()) as client:
            yield Checked(client, Description.load(edition), Edition(edition))


def _ids(checked: Checked, kind: str) -> list[str]:
    listed = checked.client.get("/_sandbox/scenarios").json()["scenarios"]
    named = [each["id"] for each in listed if each["kind"] == kind]
    if kind == "session":
        named += [other for each in listed for other in each["also"] if other.startswith("ORD-")]
    assert named
    return [quote(each, safe="") for each in named]


def _reading_customers(checked: Checked) -> None:
    for profile in _ids(checked, "profile"):
        checked("GET", f"/v1/customer_profiles/{profile}/inventory?{FLAGS}")
        checked("GET", f"/v1/customer_profiles/{profile}/inventory")
        base = f"/v1/loyalty_programs/{CLUB}/profile/{profile}"
        checked("GET", f"{base}/balances?includeTiers=true&includeProjectedTier=true")
        checked("GET", f"{base}/balances?endDate=2026-01-01T00:00:00Z&subledgerId=newsletter")
        checked("GET", f"{base}/transactions?pageSize=50")
        for status in ("active", "pending", "expired"):
            checked("GET", f"{base}/points?status={status}")


def _reading_sessions(checked: Checked) -> None:
    for session in _ids(checked, "session"):
        checked("GET", f"/v2/customer_sessions/{session}")


def _reading_cards(checked: Checked) -> None:
    for card in _ids(checked, "card"):
        base = f"/v1/loyalty_programs/{CARDS}/cards/{card}"
        for part in ("balances", "transactions", "points", "points?status=pending", "points?status=expired"):
            checked("GET", f"{base}/{part}")


def _reading_coupons(checked: Checked) -> None:
    for code in _ids(checked, "coupon"):
        checked("GET", f"/v1/coupon_reservations/customerprofiles/{code}")


def _cart(price: float = 120.5) -> list[dict[str, object]]:
    return [
        {"sku": "SHO-1", "name": "Shoe", "category": "Shoes", "quantity": 2, "price": price},
        {"sku": "HOM-1", "name": "Mug", "category": "Home", "quantity": 1, "price": 9.9},
    ]


def _a_sessions_life(checked: Checked) -> None:
    path = "/v2/customer_sessions/CONF-1"
    session: dict[str, object] = {"profileId": "conformance", "cartItems": _cart()}
    session |= {
        "couponCodes": ["WELCOME10-ANNA", "NO-SUCH-CODE"],
        "additionalCosts": {"shipping": {"price": 4.9}},
    }
    body = {"customerSession": session, "responseContent": EVERYTHING}
    checked("PUT", f"{path}?dry=true", body)
    checked("PUT", path, body)
    closed = {"customerSession": {"state": "closed"}, "responseContent": EVERYTHING}
    checked("PUT", path, closed, key="conformance-1")
    returned = {
        "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
        "responseContent": RETURN_CONTENT,
    }
    checked("POST", f"{path}/returns?dry=true", returned)
    checked("POST", f"{path}/returns", returned)
    checked("POST", f"{path}/returns", returned | {"responseContent": [*RETURN_CONTENT, "previousReturns"]})
    checked("GET", path)
    checked("PUT", path, {"customerSession": {"state": "cancelled"}, "responseContent": EVERYTHING})
    other = "/v2/customer_sessions/CONF-2"
    for attributes in ({}, {"PayWithPoints": True}):
        wish = {
            "profileId": "maria.pending",
            "cartItems": _cart(),
            "state": "closed",
            "attributes": attributes,
        }
        checked("PUT", other, {"customerSession": wish, "responseContent": EVERYTHING})
        checked("PUT", f"{other}/reopen")


def _profiles_cards_and_reservations(checked: Checked) -> None:
    wish = {"attributes": {"Name": "Conny"}, "responseContent": ["customerProfile", "loyalty"]}
    checked("PUT", "/v2/customer_profiles/conformance", wish)
    checked("PUT", "/v2/customer_profiles/conformance?runRuleEngine=true&dry=true", wish)
    checked("POST", f"/v1/loyalty_programs/{CARDS}/cards", {"cardIdentifier": "CONF-CARD"})
    checked("POST", f"/v1/loyalty_programs/{CARDS}/cards", {"customerProfileIds": ["conformance"]})
    link = f"/v2/loyalty_programs/{CARDS}/cards/CONF-CARD/link_profile"
    checked("POST", link, {"integrationId": "conformance"})
    session = {
        "profileId": "conformance",
        "loyaltyCards": ["CONF-CARD"],
        "cartItems": _cart(),
        "state": "closed",
    }
    body = {"customerSession": session, "responseContent": EVERYTHING}
    checked("PUT", "/v2/customer_sessions/CONF-3", body)
    code = "/v1/coupon_reservations/WELCOME10-ANNA"
    checked("POST", code, {"integrationIDs": ["conformance"]})
    checked("DELETE", code, {"integrationIDs": ["conformance"]})


def _refusals(checked: Checked) -> None:
    unknown = "nobody%2Fat%20all"
    checked("GET", f"/v1/customer_profiles/{unknown}/inventory")
    checked("GET", f"/v2/customer_sessions/{unknown}")
    checked("PUT", f"/v2/customer_sessions/{unknown}/reopen")
    checked("PUT", f"/v2/customer_sessions/{unknown}", {"customerSession": {"state": "lost"}})
    body = {"return": {"returnedCartItems": [{"position": 0}]}}
    checked("POST", f"/v2/customer_sessions/{unknown}/returns", body)
    checked("PUT", f"/v2/customer_profiles/{unknown}", {"unknown": 1})
    checked("GET", f"/v1/coupon_reservations/customerprofiles/{unknown}")
    for method in ("POST", "DELETE"):
        checked(method, f"/v1/coupon_reservations/{unknown}", {"integrationIDs": ["a"]})
        checked(method, "/v1/coupon_reservations/WELCOME10-ANNA", {"integrationIDs": "a"})
    for part in ("balances", "points", "transactions"):
        checked("GET", f"/v1/loyalty_programs/{CLUB}/profile/{unknown}/{part}")
        checked("GET", f"/v1/loyalty_programs/99/profile/maria.pending/{part}")
        checked("GET", f"/v1/loyalty_programs/{CLUB}/profile/maria.pending/{part}?nonsense=1")
        checked("GET", f"/v1/loyalty_programs/{CARDS}/cards/NO-SUCH-CARD/{part}")
        checked("GET", f"/v1/loyalty_programs/{CARDS}/cards/CARD-1001/{part}?nonsense=1")
    checked("POST", "/v1/loyalty_programs/99/cards", {})
    checked("POST", f"/v1/loyalty_programs/{CARDS}/cards", {"status": "blocked"})
    link = f"/v2/loyalty_programs/{CARDS}/cards/{{}}/link_profile"
    checked("POST", link.format("CARD-1002"), {"integrationId": "maria.pending"})
    checked("POST", link.format("NO-SUCH-CARD"), {"integrationId": "maria.pending"})


def _everything_else(checked: Checked) -> None:
    known = {operation.id for operation in checked.operations()}
    for good in GOOD:
        if good.operation in known:
            answer = checked(method_of(good), good.path, good.body)
            assert answer.status_code in OPERATIONS[good.operation].success, (good, answer.text)


def _a_wrong_key_everywhere(checked: Checked) -> None:
    right = checked.client.headers["Authorization"]
    checked.client.headers["Authorization"] = "ApiKey-v1 wrong"
    try:
        for operation in checked.operations():
            path = operation.path.replace("{loyaltyProgramId}", "1").replace("{", "").replace("}", "")
            assert (
                checked(operation.method, path, None if operation.request is None else {}).status_code == 401
            )
    finally:
        checked.client.headers["Authorization"] = right


def _every_operation_succeeded_and_was_refused(checked: Checked) -> None:
    for operation in checked.operations():
        statuses = {status for name, status in checked.seen if name == operation.id}
        assert statuses & set(operation.success), operation.id
        assert 401 in statuses
    assert {"addLoyaltyPoints", "deductLoyaltyPoints", "acceptCoupon", "rejectCoupon", "setDiscount"} <= set(
        checked.effects
    )
    assert {"rollbackAddedLoyaltyPoints", "rollbackDeductedLoyaltyPoints", "rollbackCoupon"} <= set(
        checked.effects
    )
    assert checked.description.checked > 200


@pytest.mark.parametrize("edition", ["26.16", "25.15"])
def test_every_answer_validates_against_the_description(
    edition: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with _checking(edition) as checked:
        _reading_customers(checked)
        _reading_sessions(checked)
        _reading_cards(checked)
        _reading_coupons(checked)
        _a_sessions_life(checked)
        _profiles_cards_and_reservations(checked)
        _everything_else(checked)
        _refusals(checked)
        _a_wrong_key_everywhere(checked)
        _every_operation_succeeded_and_was_refused(checked)
        with capsys.disabled():
            told = f"{checked.description.checked} answers validated, {checked.excepted} with an undeclared status"
            print(f"\nEdition {edition}: {told} (401, or by the text only)")
