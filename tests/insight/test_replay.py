"""What the cart of a session would get today."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

import json
from typing import Any

from desk.insight.replay import what_would_it_get_today
from desk.insight.sessions import SessionView
from talon_client import Safety
from talon_client.models import IntegrationStateV2
from tests.insight.help import DOWN, day, effect, play
from tests.insight.orders import view

STORED: dict[str, Any] = {
    "couponCodes": ["SUMMER"],
    "referralCode": "",
    "loyaltyCards": ["CARD-1"],
    "identifiers": ["dev-1"],
    "attributes": {"gift": True},
    "storeIntegrationId": "store-1",
    "items": [
        {
            "sku": "A",
            "quantity": 3,
            "price": 1.25,
            "returnedQuantity": 1,
            "position": 0,
            "attributes": {"size": 3},
        },
        {"sku": "B", "quantity": 1, "catalogItemID": 9, "product": {"name": "Bag"}, "weight": 2},
    ],
}


def sent(session: SessionView) -> dict[str, Any]:
    _, batches = play(what_would_it_get_today(session, "fresh-1"), lambda call: DOWN)
    (ask,) = batches[0].asks
    assert ask.call.safety is Safety.DRY
    assert ask.call.query == (("dry", "true"),)
    assert ask.call.argument("customer_session_id") == "fresh-1"
    body: dict[str, Any] = json.loads(ask.call.content or b"")
    return body


def test_the_whole_cart_is_sent_closed_under_another_id_and_dry() -> None:
    body = sent(view(**STORED))
    assert body["customerSession"] == {
        "state": "closed",
        "profileId": "maria",
        "storeIntegrationId": "store-1",
        "couponCodes": ["SUMMER"],
        "loyaltyCards": ["CARD-1"],
        "identifiers": ["dev-1"],
        "attributes": {"gift": True},
        "additionalCosts": {"shipping": {"price": 5.0}},
        "cartItems": [
            {"sku": "A", "quantity": 3, "price": 1.25, "attributes": {"size": 3}},
            {"sku": "B", "quantity": 1, "catalogItemID": 9, "product": {"name": "Bag"}, "weight": 2.0},
        ],
    }
    assert "ruleFailureReasons" in body["responseContent"]
    assert "campaignEligibility" not in body["responseContent"]


def test_an_anonymous_session_stays_anonymous() -> None:
    assert "profileId" not in sent(view(profileId=""))["customerSession"]


def test_on_a_future_date() -> None:
    _, batches = play(what_would_it_get_today(view(), "fresh", on=day(3)), lambda call: DOWN)
    assert ("now", "2026-06-20T12:00:00Z") in batches[0].asks[0].call.query


def test_what_would_differ() -> None:
    session = view(
        effects=(
            effect("addLoyaltyPoints", programId=1, value=10),
            effect("acceptCoupon", value="SUMMER"),
        )
    )
    answer = IntegrationStateV2.model_validate(
        {
            "ruleFailureReasons": [{"campaignID": 1, "ruleName": "a rule", "details": "total was too small"}],
        }
    ).model_copy(
        update={
            "effects": (
                effect("addLoyaltyPoints", programId=1, value=15),
                effect("rejectCoupon", value="SUMMER", rejectionReason="ProfileLimitReached"),
                effect("rejectCoupon", value="OTHER", rejectionReason="ProfileLimitReached"),
                effect("rejectReferral", value="FRIEND", rejectionReason="ReferralExpired"),
            )
        }
    )
    today, _ = play(what_would_it_get_today(session, "fresh"), lambda call: answer)
    assert [(each.kind.value, each.change) for each in today.differences] == [("points", 5), ("coupon", -1)]
    assert not today.same
    assert [(each.code, each.reason, each.own_limit, each.referral) for each in today.refusals] == [
        ("SUMMER", "ProfileLimitReached", True, False),
        ("OTHER", "ProfileLimitReached", False, False),
        ("FRIEND", "ReferralExpired", False, True),
    ]
    assert [each.details for each in today.failures] == ["total was too small"]
    assert today.after_returns


def test_the_same_as_then() -> None:
    session = view(effects=(effect("addLoyaltyPoints", programId=1, value=10),))
    answer = IntegrationStateV2().model_copy(update={"effects": session.effects})
    assert play(what_would_it_get_today(session, "fresh"), lambda call: answer)[0].same


def test_the_api_does_not_answer() -> None:
    today, _ = play(what_would_it_get_today(view(), "fresh"), lambda call: DOWN)
    assert today.error is DOWN
    assert not today.same


def test_a_cart_that_cannot_be_sent_again_is_not_asked() -> None:
    today, batches = play(what_would_it_get_today(view(items=[{"quantity": 1}]), "fresh"), lambda call: DOWN)
    assert batches == []
    assert not today.asked
    assert today.why_not


def test_a_session_that_was_not_read() -> None:
    today, batches = play(what_would_it_get_today(SessionView("X", found=None), "fresh"), lambda call: DOWN)
    assert (today.asked, batches) == (False, [])
