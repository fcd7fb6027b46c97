"""Coupons: every rejection reason in its order, counters, states, reservations."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox.clock import to_datetime, to_micros
from talon_sandbox.coupons import NewCoupon
from tests.sandbox.shop import START, ApiError, Shop, kinds, line, props

YESTERDAY = to_micros(START - timedelta(days=1))
TOMORROW = to_micros(START + timedelta(days=1))
CODES: dict[str, tuple[int, NewCoupon]] = {
    "WELCOME": (102, NewCoupon()),
    "LATER": (102, NewCoupon(starts=TOMORROW)),
    "GONE": (102, NewCoupon(expires=YESTERDAY)),
    "USED-UP": (102, NewCoupon(usage_limit=1)),
    "PERSONAL": (102, NewCoupon(recipient="anna")),
    "HARD": (102, NewCoupon(mandatory=True)),
    "SUMMER": (106, NewCoupon()),
    "OWNBAG": (107, NewCoupon()),
    "SPRING": (113, NewCoupon()),
    "GIFT": (103, NewCoupon(discount_limit=Decimal(30))),
    "FIRST": (108, NewCoupon()),
    "NO-RULE": (111, NewCoupon()),
}


@pytest.fixture
def coupons(shop: Shop) -> Shop:
    for code, (campaign, settings) in CODES.items():
        shop.world.create_coupon(code, campaign, settings)
    return shop


def reason(shop: Shop, code: str, profile: str = "eve", euros: str = "50", **fields: Any) -> str:
    body = shop.put(f"try-{code}", profileId=profile, cartItems=[line(euros)], couponCodes=[code], **fields)
    rejected = props(body, "rejectCoupon")
    return str(rejected[0]["rejectionReason"]) if rejected else "accepted"


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("WELCOME", "accepted"),
        ("NOPE", "CouponNotFound"),
        ("welcome", "CouponNotFound"),
        ("SUMMER", "CouponPartOfNotRunningCampaign"),
        ("OWNBAG", "CouponPartOfNotRunningCampaign"),
        ("SPRING", "CouponPartOfNotRunningCampaign"),
        ("LATER", "CouponStartDateInFuture"),
        ("GONE", "CouponExpired"),
        ("PERSONAL", "CouponRecipientDoesNotMatch"),
        ("HARD", "CouponReservationRequired"),
        ("NO-RULE", "CouponRejectedByCondition"),
        ("GIFT", "accepted"),
    ],
)
def test_reasons(coupons: Shop, code: str, wanted: str) -> None:
    assert reason(coupons, code) == wanted


def test_without_a_customer(coupons: Shop) -> None:
    assert reason(coupons, "PERSONAL", "") == "ProfileRequired"  # the campaign has a budget by customer
    assert reason(coupons, "HARD", "") == "ProfileRequired"
    assert reason(coupons, "FIRST", "") == "accepted"


def test_a_cart_too_small(coupons: Shop) -> None:
    body = coupons.put("s", profileId="eve", cartItems=[line("19.99")], couponCodes=["WELCOME"])
    rejected = props(body, "rejectCoupon")[0]
    assert rejected == {
        "value": "WELCOME",
        "rejectionReason": "CouponRejectedByCondition",
        "conditionIndex": 1,
        "details": "the cart total is 19.99, at least 20 is needed",
    }
    assert props(body, "showNotification")[0]["title"] == "Nearly there"
    failed = coupons.put("s", ["ruleFailureReasons"], cartItems=[line("5")])["ruleFailureReasons"]
    assert [f["couponValue"] for f in failed if "couponValue" in f] == ["WELCOME"]


def test_a_campaign_left_out_of_the_evaluation(coupons: Shop) -> None:
    body = coupons.put(
        "s", profileId="eve", cartItems=[line("50")], couponCodes=["WELCOME"], evaluableCampaignIds=[111]
    )
    rejected = props(body, "rejectCoupon")[0]
    assert rejected["rejectionReason"] == "CouponPartOfNotTriggeredCampaign"
    assert rejected["campaignExclusionReason"] == "CampaignNotInEvaluationSet"


def test_limits_of_code_customer_and_campaign(coupons: Shop) -> None:
    coupons.close("a", [line("50")], "anna", couponCodes=["USED-UP"])
    assert reason(coupons, "USED-UP") == "CouponLimitReached"
    for session in ("b", "c", "d"):
        assert kinds(coupons.close(session, [line("50")], couponCodes=["WELCOME"]))[0] == "acceptCoupon"
    assert reason(coupons, "WELCOME") == "ProfileLimitReached"
    assert reason(coupons, "WELCOME", "anna") == "accepted"
    coupons.cancel("b")
    assert reason(coupons, "WELCOME") == "accepted"


@pytest.mark.parametrize(
    ("entities", "wanted"), [(["Profile"], "ProfileLimitReached"), ([], "CampaignLimitReached")]
)
def test_limits_hold_among_the_codes_of_one_session(
    make_shop: Callable[[dict[str, Any]], Shop], entities: list[str], wanted: str
) -> None:
    off = {"do": "discount", "name": "5 off", "amount": 5}
    rules = [{"name": name, "when": [{"if": "coupon"}], "then": [off]} for name in ("one", "two")]
    limits = [{"action": "redeemCoupon", "limit": 3, "entities": entities}]
    shop = make_shop({"campaigns": [{"id": 1, "name": "c", "limits": limits, "rules": rules}]})
    codes = [f"CODE-{number}" for number in range(6)]
    for code in codes:
        shop.world.create_coupon(code, 1)
    shop.close("s", [line("99")], couponCodes=codes[:1])
    told = shop.close("t", [line("99")], couponCodes=codes[1:])
    assert [each["value"] for each in props(told, "acceptCoupon")] == codes[1:3]
    refused = [(each["value"], each["rejectionReason"]) for each in props(told, "rejectCoupon")]
    assert refused == [(code, wanted) for code in codes[3:]]
    assert len(props(told, "setDiscount")) == 4  # two rules for each code that counts


def test_redemptions_and_discounts_of_a_whole_campaign(make_shop: Callable[[dict[str, Any]], Shop]) -> None:
    rule = {
        "name": "5",
        "when": [{"if": "coupon"}],
        "then": [{"do": "discount", "name": "5 off", "amount": 5}],
    }
    limits = [{"action": "redeemCoupon", "limit": 2}, {"action": "setDiscount", "limit": 12}]
    shop = make_shop({"campaigns": [{"id": 1, "name": "c", "limits": limits, "rules": [rule]}]})
    shop.world.create_coupon("FIVE", 1)
    shop.close("a", [line("50")], couponCodes=["FIVE"])
    shop.close("b", [line("50")], couponCodes=["FIVE"])
    assert reason(shop, "FIVE") == "CampaignLimitReached"
    shop = make_shop({"campaigns": [{"id": 1, "name": "c", "limits": limits[1:], "rules": [rule]}]})
    shop.world.create_coupon("FIVE", 1)
    shop.close("a", [line("50")], couponCodes=["FIVE"])
    shop.close("b", [line("50")], couponCodes=["FIVE"])
    body = shop.put("c", profileId="eve", cartItems=[line("50")], couponCodes=["FIVE"])
    assert props(body, "rejectCoupon")[0]["rejectionReason"] == "EffectCouldNotBeApplied"
    assert props(body, "rejectCoupon")[0]["effectIndex"] == 0
    shop.cancel("a")
    assert reason(shop, "FIVE") == "accepted"


def test_a_gift_card_pays_what_is_left_of_it(coupons: Shop) -> None:
    coupons.close("a", [line("20")], couponCodes=["GIFT"])
    found = coupons.coupon("GIFT")
    assert (found["discountLimit"], found["discountCounter"], found["discountRemainder"]) == (30, 20, 10)
    body = coupons.close("b", [line("50")], couponCodes=["GIFT"])
    assert props(body, "setDiscount") == [{"name": "Gift card", "value": 10, "desiredValue": 50}]
    assert reason(coupons, "GIFT") == "CouponLimitReached"
    coupons.cancel("a")
    assert coupons.coupon("GIFT")["discountRemainder"] == 20


def test_several_codes_at_once(coupons: Shop) -> None:
    body = coupons.put(
        "s", profileId="eve", cartItems=[line("50")], couponCodes=["FIRST", "NOPE", "WELCOME", "FIRST"]
    )
    assert [told["value"] for told in props(body, "acceptCoupon")] == ["WELCOME", "FIRST"]
    assert [told["value"] for told in props(body, "rejectCoupon")] == ["NOPE"]
    assert coupons.session("s")["customerSession"]["couponCodes"] == ["FIRST", "NOPE", "WELCOME"]


def test_counters_count_sessions_that_redeemed_and_still_stand(coupons: Shop) -> None:
    for session in ("a", "b", "c"):
        coupons.close(session, [line("50", 2)], couponCodes=["FIRST"])
    coupons.cancel("a")
    coupons.reopen("b")
    coupons.give_back("c", (0, 1))
    found = coupons.coupon("FIRST")
    assert (found["usageCounter"], found["profileRedemptionCount"]) == (1, 1)
    coupons.put("b", state="closed")
    assert coupons.coupon("FIRST")["usageCounter"] == 2


# Reservations


def reserve(shop: Shop, code: str, *names: str) -> Any:
    return shop.send("create_coupon_reservation", {"coupon_value": code}, {}, {"integrationIDs": list(names)})


def release(shop: Shop, code: str, *names: str) -> Any:
    return shop.send("delete_coupon_reservation", {"coupon_value": code}, {}, {"integrationIDs": list(names)})


def holders(shop: Shop, code: str) -> list[str]:
    body = shop.send("get_reserved_customers", {"coupon_value": code}).body
    assert isinstance(body, dict)
    assert body["totalResultSize"] == len(body["data"])
    return [profile["integrationId"] for profile in body["data"]]


@pytest.fixture
def people(coupons: Shop) -> Shop:
    for name in ("eve", "anna", "bob/%?..", "🎁"):
        coupons.send("update_customer_profile_v2", {"integration_id": name}, {}, {})
    return coupons


def test_a_hard_reservation_lets_its_holder_redeem(people: Shop) -> None:
    made = reserve(people, "HARD", "eve", "bob/%?..", "🎁")
    assert made.status == 201
    assert (made.body["value"], made.body["reservationCounter"]) == ("HARD", 3)
    assert holders(people, "HARD") == ["eve", "bob/%?..", "🎁"]
    assert people.coupon("HARD")["isReservationMandatory"] is True
    assert reason(people, "HARD") == "accepted"
    assert reason(people, "HARD", "anna") == "CouponReservationRequired"
    gone = release(people, "HARD", "eve", "anna")
    assert (gone.status, gone.body) == (204, None)
    assert holders(people, "HARD") == ["bob/%?..", "🎁"]
    assert reason(people, "HARD") == "CouponReservationRequired"


def test_a_soft_reservation_only_shows(people: Shop) -> None:
    assert people.inventory("eve")["coupons"] == []
    reserve(people, "WELCOME", "eve")
    assert people.coupon("WELCOME")["state"] == "active"
    assert people.inventory("anna")["coupons"] == []
    assert reason(people, "WELCOME", "anna") == "accepted"


def test_a_code_for_everyone_shows_without_a_reservation(people: Shop) -> None:
    people.world.create_coupon("OPEN", 102, NewCoupon(implicit=True))
    assert people.coupon("OPEN", "anna")["implicitlyReserved"] is True
    assert holders(people, "OPEN") == []


def test_reserving_twice_is_once_and_passes_the_limit(people: Shop) -> None:
    people.world.create_coupon("ONE-ONLY", 102, NewCoupon(reservation_limit=1))
    reserve(people, "ONE-ONLY", "eve", "eve")
    reserve(people, "ONE-ONLY", "eve", "anna")
    assert holders(people, "ONE-ONLY") == ["eve", "anna"]
    assert people.coupon("ONE-ONLY")["reservationLimit"] == 1


def test_a_personal_code_an_unknown_profile_and_too_many_names_are_refused(people: Shop) -> None:
    for code, names in (("PERSONAL", ["eve"]), ("WELCOME", ["eve", "ghost"]), ("WELCOME", ["eve"] * 1001)):
        with pytest.raises(ApiError) as refused:
            reserve(people, code, *names)
        assert refused.value.status == 400
        assert holders(people, code) == []  # all or nothing
    with pytest.raises(ApiError) as refused:
        reserve(people, "NOPE", "eve")
    assert refused.value.status == 404


# States in the inventory


def test_states(people: Shop) -> None:
    for code in CODES:
        if code != "PERSONAL":
            reserve(people, code, "eve")
    people.close("a", [line("50")], couponCodes=["USED-UP"])
    states = {coupon["value"]: coupon["state"] for coupon in people.inventory("eve")["coupons"]}
    assert states == {
        "WELCOME": "active",
        "LATER": "pending",
        "GONE": "expired",
        "USED-UP": "used",
        "HARD": "active",
        "SUMMER": "disabled",
        "OWNBAG": "disabled",
        "SPRING": "active",  # its campaign is only scheduled
        "GIFT": "active",
        "FIRST": "active",
        "NO-RULE": "active",
    }


def test_a_code_redeemed_before_it_expired_is_used(people: Shop) -> None:
    people.world.create_coupon("SHORT", 102, NewCoupon(expires=TOMORROW))
    people.close("a", [line("50")], couponCodes=["SHORT"])
    assert people.coupon("SHORT")["state"] == "active"
    people.world.advance(timedelta(days=2))
    assert people.coupon("SHORT")["state"] == "used"


def test_a_code_is_valid_from_its_start_up_to_its_expiry_to_the_tick(shop: Shop) -> None:
    starts, expires = shop.world.now() + 1000, shop.world.now() + 2000
    shop.world.create_coupon("SHORT", 102, NewCoupon(starts=starts, expires=expires))
    reasons = []
    for instant in (starts - 1, starts, starts + 1, expires - 1, expires, expires + 1):
        shop.world.freeze(to_datetime(instant))
        told = shop.put("s", cartItems=[line("50")], profileId="eve", couponCodes=["SHORT"])
        reasons.append([each["rejectionReason"] for each in props(told, "rejectCoupon")])
    assert reasons == [["CouponStartDateInFuture"], [], [], [], ["CouponExpired"], ["CouponExpired"]]
