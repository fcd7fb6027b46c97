"""Rules that move expiries, create and reserve codes, and evaluation groups that choose among campaigns."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox.catalog import CatalogError
from talon_sandbox.clock import to_micros
from talon_sandbox.ledger import Window
from tests.sandbox.shop import START, ApiError, Shop, kinds, line, props

Make = Callable[[dict[str, Any]], Shop]
DAY = timedelta(days=1)
PROGRAM = {
    "id": 1,
    "name": "club",
    "title": "Club",
    "returnPolicy": "within_balance",
    "subledgers": ["shoes"],
}
EXTEND = {"do": "extend_expiry", "program": 1, "by": "10D"}
SET = {"do": "set_expiry", "program": 1, "valid": "5D"}


def campaign(*effects: dict[str, Any], when: tuple[dict[str, Any], ...] = (), **more: Any) -> dict[str, Any]:
    rule = {"name": "rule", "when": [{"if": "profile"}, *when], "then": list(effects)}
    return {"name": more.pop("name", "c"), "rules": [rule], **more}


def world_of(*campaigns: dict[str, Any]) -> dict[str, Any]:
    return {"programs": [PROGRAM], "campaigns": list(campaigns)}


def later(days: int) -> int:
    return to_micros(START + days * DAY)


@pytest.fixture
def stocked(make_shop: Make, request: pytest.FixtureRequest) -> Shop:
    shop = make_shop(world_of(*(campaign(effect, name=f"c{n}") for n, effect in enumerate(request.param))))
    add = shop.world.add_points
    add(1, "eve", 1000, name="gone", window=Window(None, later(1)))
    add(1, "eve", 2000, name="active", window=Window(None, later(20)))
    add(1, "eve", 3000, name="pending", window=Window(later(5), later(30)))
    add(1, "eve", 4000, name="unlimited")
    add(1, "eve", 5000, name="waiting", window=Window(awaits=True, validity="30D"))
    add(1, "eve", 6000, name="shoes", subledger="shoes", window=Window(None, later(20)))
    shop.world.advance(2 * DAY)
    return shop


def expiries(shop: Shop) -> dict[str, str]:
    rows = shop.points("eve", page_size=100)["data"] + shop.points("eve", status="pending")["data"]
    return {row["name"]: row["expiryDate"][:10] for row in rows}


@pytest.mark.parametrize("stocked", [[EXTEND]], indirect=True)
def test_active_and_pending_lots_that_expire_last_longer_once_the_session_closes(stocked: Shop) -> None:
    before = expiries(stocked)
    told = stocked.put("s", profileId="eve", cartItems=[line("5")])
    assert expiries(stocked) == before
    [extended] = props(told, "extendLoyaltyPointsExpiryDate")
    assert (extended["extensionDuration"], extended["subLedgerId"]) == ("10D", "")
    changes = [
        (each["previousExpiryDate"], each["newExpiryDate"]) for each in extended["affectedTransactions"]
    ]
    assert changes == [
        ("2026-12-10T09:00:00Z", "2026-12-20T09:00:00Z"),
        ("2026-12-20T09:00:00Z", "2026-12-30T09:00:00Z"),
    ]
    stocked.put("s", state="closed")
    moved = {**before, "active": "2026-12-20", "pending": "2026-12-30"}
    assert expiries(stocked) == moved
    stocked.cancel("s")  # no rollback is documented: it stays
    assert expiries(stocked) == moved
    assert stocked.figures("eve", end_date=START + 19 * DAY)[0] == 20 + 30 + 40
    assert stocked.figures("eve", end_date=START + 30 * DAY)[0] == 30 + 40
    assert stocked.figures("eve", end_date=START + DAY)[3] == 10


@pytest.mark.parametrize("stocked", [[SET]], indirect=True)
def test_one_expiry_for_active_pending_and_unlimited_lots(stocked: Shop) -> None:
    told = stocked.close("s", [line("5")])
    [moved] = props(told, "setLoyaltyPointsExpiryDate")
    assert moved["newExpiryDate"] == "2026-11-27T09:00:00Z"
    assert [each.get("previousExpiryDate", "")[:10] for each in moved["affectedTransactions"]] == [
        "2026-12-10",
        "2026-12-20",
        "",
    ]
    assert expiries(stocked) == {
        **dict.fromkeys(("active", "pending", "unlimited"), "2026-11-27"),
        "waiting": "unlimited",
        "shoes": "2026-12-10",
    }
    stocked.world.advance(5 * DAY)
    assert stocked.figures("eve") == (0, 50, 0, 10 + 20 + 30 + 40, 0)


@pytest.mark.parametrize("stocked", [[SET, EXTEND]], indirect=True)
def test_a_second_effect_builds_on_the_first_in_one_closing(stocked: Shop) -> None:
    told = stocked.close("s", [line("5")])
    [extended] = props(told, "extendLoyaltyPointsExpiryDate")
    assert {each["previousExpiryDate"][:10] for each in extended["affectedTransactions"]} == {"2026-11-27"}
    assert {expiries(stocked)[name] for name in ("active", "pending", "unlimited")} == {"2026-12-07"}


@pytest.mark.parametrize("stocked", [[SET]], indirect=True)
def test_spending_follows_the_moved_expiry_and_gives_it_back(stocked: Shop) -> None:
    stocked.world.add_points(1, "eve", 700, name="sooner", window=Window(None, later(6)))
    stocked.close("s", [line("5")])
    stocked.world.deduct_points(1, "eve", 900)
    left = {row["name"]: row["amount"] for row in stocked.points("eve")["data"]}
    assert (left.get("sooner"), left["active"]) == (7, 11)  # all have one expiry now: the oldest award first


def test_a_code_is_created_on_closing_for_that_customer(make_shop: Make) -> None:
    give = {"do": "create_coupon", "campaign": 2, "prefix": "THX-", "valid": "30D"}
    off = {"do": "discount", "name": "thanks", "amount": 5}
    shop = make_shop(world_of(campaign(give), campaign(off, when=({"if": "coupon"},), name="codes")))
    assert "couponCreated" not in kinds(shop.put("s", profileId="eve", cartItems=[line("20")]))
    dry = shop.put("s", state="closed", profileId="eve", cartItems=[line("20")], query={"dry": True})
    assert len(dry["createdCoupons"]) == 1
    closed = shop.put("s", state="closed")
    [made] = props(closed, "couponCreated")
    [coupon] = closed["createdCoupons"]
    assert (made["profileId"], made["value"]) == ("eve", coupon["value"])
    assert coupon["value"].startswith("THX-")
    assert (coupon["usageLimit"], coupon["recipientIntegrationId"]) == (1, "eve")
    assert coupon["expiryDate"] == "2026-12-20T09:00:00Z"
    shop.reopen("s")
    shop.cancel("s")
    used = shop.put("t", profileId="eve", cartItems=[line("20")], couponCodes=[made["value"]])
    assert props(used, "acceptCoupon") == [{"value": made["value"]}]
    other = shop.put("u", profileId="anna", cartItems=[line("20")], couponCodes=[made["value"]])
    assert props(other, "rejectCoupon")[0]["rejectionReason"] == "CouponRecipientDoesNotMatch"


def test_a_code_is_reserved_and_stays_so(make_shop: Make) -> None:
    reserve = {"do": "reserve_coupon", "code": "WAITING"}
    shop = make_shop(world_of(campaign(reserve)))
    assert "reserveCoupon" not in kinds(shop.put("r", profileId="eve", cartItems=[line("20")]))
    shop.world.create_coupon("WAITING", 1)
    told = shop.close("s", [line("20")])
    expected = {"couponValue": "WAITING", "profileIntegrationId": "eve", "isNewReservation": True}
    assert props(told, "reserveCoupon") == [expected]
    shop.reopen("s")
    assert shop.coupon("WAITING")["state"] == "active"
    again = shop.put("s", state="closed")
    assert props(again, "reserveCoupon") == [{**expected, "isNewReservation": False}]


def _grouped(mode: str) -> dict[str, Any]:
    group, code = {"id": 9, "mode": mode}, ({"if": "coupon"},)
    return world_of(
        campaign({"do": "discount", "name": "dear", "amount": 90}, when=({"if": "cart_total", "at_least": 100},),
                 name="big", group=group),
        campaign({"do": "discount", "name": "small", "amount": 2}, when=code, name="small", group=group),
        campaign({"do": "discount", "name": "large", "amount": 7}, when=code, name="large", group=group),
        campaign({"do": "discount", "name": "always", "amount": 1}, name="alone"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "discounts", "reasons"),
    [
        ("stackable", {"small", "large", "always"}, set()),
        ("listOrder", {"small", "always"}, {("LARGE", "CampaignIsNotFirst")}),
        ("highestDiscount", {"large", "always"}, {("SMALL", "CampaignGaveLowerDiscount")}),
    ],
)
def test_a_group_chooses_among_its_campaigns(
    make_shop: Make, mode: str, discounts: set[str], reasons: set[tuple[str, str]]
) -> None:
    shop = make_shop(_grouped(mode))
    shop.world.create_coupon("SMALL", 2)
    shop.world.create_coupon("LARGE", 3)
    content = ("ruleFailureReasons", "campaignEligibility")
    cart = {"profileId": "eve", "cartItems": [line("50")], "couponCodes": ["SMALL", "LARGE"]}
    told = shop.put("s", content, query={"dry": True}, **cart)
    assert {each["name"] for each in props(told, "setDiscount")} == discounts
    refused = props(told, "rejectCoupon")
    assert {(each["value"], each["campaignExclusionReason"]) for each in refused} == reasons
    assert {each["rejectionReason"] for each in refused} <= {"CouponPartOfNotTriggeredCampaign"}
    marks = {(e.get("evaluationGroupID"), e.get("evaluationGroupMode")) for e in told["effects"]}
    assert marks == {(9, mode), (None, None)}
    assert {each.get("evaluationGroupMode") for each in told["ruleFailureReasons"]} == {mode}
    passed = {each["name"] for each in told["campaignEligibility"] if each["eligibility"][0]["passed"]}
    assert passed == discounts - {"always"} | {"alone"}


def test_a_referral_whose_campaign_was_not_chosen_is_refused(make_shop: Make) -> None:
    group = {"id": 9, "mode": "highestDiscount"}
    big = campaign({"do": "discount", "name": "big", "amount": 9}, name="big", group=group)
    friends = campaign(
        {"do": "discount", "name": "small", "amount": 5}, when=({"if": "referral"},), name="friends", group=group,
        features=["referrals"],
    )  # fmt: skip
    shop = make_shop(world_of(big, friends))
    shop.put("r", profileId="rosa", cartItems=[])
    body = {"campaignId": 2, "advocateProfileIntegrationId": "rosa"}
    made: Any = shop.send("create_referral", {}, None, body).body
    told = shop.put("s", ["event"], profileId="eve", cartItems=[line("50")], referralCode=made["code"])
    assert [each["name"] for each in props(told, "setDiscount")] == ["big"]
    [refused] = props(told, "rejectReferral")
    assert (refused["value"], refused["rejectionReason"]) == (
        made["code"],
        "ReferralPartOfNotTriggeredCampaign",
    )
    assert refused["campaignExclusionReason"] == "CampaignGaveLowerDiscount"
    assert told["event"]["meta"]["referralRejectionReason"]["referralId"] == made["id"]


def test_where_no_campaign_of_a_group_gives_anything_all_say_why(make_shop: Make) -> None:
    shop = make_shop(_grouped("listOrder"))
    told = shop.put("s", ("ruleFailureReasons",), profileId="eve", cartItems=[line("50")])
    assert [each["campaignName"] for each in told["ruleFailureReasons"]] == ["big", "small", "large"]


@pytest.mark.parametrize(
    ("broken", "match"),
    [
        (campaign(EXTEND, group={"mode": "listOrder"}), "group must have an id"),
        (campaign(EXTEND, group={"id": 1, "mode": "best"}), "'best' is not a mode"),
        (campaign({**EXTEND, "by": 5}), "by must be a duration"),
        (campaign({**EXTEND, "program": 5}), "must name a program"),
        (campaign({"do": "create_coupon", "campaign": 77}), "must name a campaign of the file"),
        (campaign({"do": "create_coupon", "campaign": 1, "usage_limit": 1.5}), "whole number"),
        (campaign({"do": "create_coupon", "campaign": 1, "prefix": "x" * 91}), "at most 90 characters"),
    ],
)
def test_what_cannot_be_is_refused_when_the_file_is_read(make_shop: Make, broken: Any, match: str) -> None:
    with pytest.raises(CatalogError, match=match):
        make_shop(world_of(broken))


def test_campaigns_of_a_group_agree_on_its_mode(make_shop: Make) -> None:
    one = campaign(EXTEND, group={"id": 1, "mode": "listOrder"})
    other = campaign(EXTEND, name="d", group={"id": 1, "mode": "stackable"})
    with pytest.raises(CatalogError, match="same mode"):
        make_shop(world_of(one, other))


def test_a_code_without_a_customer_fails_the_rule(make_shop: Make) -> None:
    rule = {"name": "r", "then": [{"do": "create_coupon", "campaign": 1}]}
    shop = make_shop(world_of({"name": "c", "rules": [rule]}))
    assert shop.put("s", state="closed", cartItems=[line("5")])["effects"] == []
    with pytest.raises(ApiError):
        shop.inventory("eve")


def test_a_cost_of_single_units_is_discounted_and_comes_back_with_them(make_shop: Make) -> None:
    off = {"do": "discount_item_cost", "name": "wrap", "cost": "giftwrap", "percent": 50}
    shop = make_shop({"additionalCosts": ["giftwrap"], **world_of(campaign(off))})
    wrapped = {**line("20", 2), "additionalCosts": {"giftwrap": {"price": 3}}}
    told = shop.close("s", [line("10"), wrapped])
    given = props(told, "setDiscountPerAdditionalCostPerItem")
    assert [(each["value"], each["position"], each["subPosition"]) for each in given] == [
        (Decimal("1.5"), 1, 0),
        (Decimal("1.5"), 1, 1),
    ]
    assert {(each["additionalCost"], each["additionalCostId"]) for each in given} == {("giftwrap", 1)}
    returned = props(shop.give_back("s", (1, 1)), "rollbackDiscount")
    assert [(each["value"], each["cartItemPosition"], each["cartItemSubPosition"]) for each in returned] == [
        (Decimal("1.5"), 1, 0)
    ]
    assert [each["additionalCost"] for each in returned] == ["giftwrap"]
    rest = props(shop.cancel("s"), "rollbackDiscount")
    assert [(each["value"], each["cartItemSubPosition"]) for each in rest] == [(Decimal("1.5"), 1)]


def test_a_referral_code_of_ones_own_when_the_session_closes(make_shop: Make) -> None:
    friends = {"name": "friends", "id": 9, "features": ["referrals"], "rules": []}
    shop = make_shop(world_of(campaign({"do": "create_referral", "campaign": 9}, id=1), friends))
    assert kinds(shop.put("s", profileId="eve", cartItems=[line("5")])) == []
    told = shop.close("s", [line("5")])
    [code] = [each["value"] for each in props(told, "referralCreated")]
    assert [(each["code"], each["advocateProfileIntegrationId"]) for each in told["createdReferrals"]] == [
        (code, "eve")
    ]
    assert [each["code"] for each in shop.inventory("eve")["referrals"]] == [code]
    shop.reopen("s")
    assert [each["code"] for each in shop.inventory("eve")["referrals"]] == [code]


def test_what_is_only_told(make_shop: Make) -> None:
    stamps = {"id": 1, "campaignId": 1, "name": "Stamps", "title": "Stamps", "target": 2, "period": "1M"}
    effects = (
        {"do": "start_progress", "achievement": 1},
        {"do": "progress", "achievement": 1},
        {"do": "webhook", "id": 4, "name": "Tell the shop"},
        {"do": "error", "message": "the rule broke"},
    )
    shop = make_shop({**world_of(campaign(*effects, id=1)), "achievements": [stamps]})
    first = shop.close("s", [line("5")])
    assert kinds(first) == [
        "startAchievementProgress",
        "increaseAchievementProgress",
        "triggerWebhook",
        "error",
    ]
    [started], [increased] = (
        props(first, "startAchievementProgress"),
        props(first, "increaseAchievementProgress"),
    )
    assert started["progressTrackerId"] == increased["progressTrackerId"]
    assert (started["target"], increased["value"]) == (2, 1)
    assert "startAchievementProgress" not in kinds(shop.close("t", [line("5")]))
    assert props(first, "triggerWebhook") == [{"webhookId": 4, "webhookName": "Tell the shop"}]
    assert props(first, "error") == [{"message": "the rule broke"}]


@pytest.mark.parametrize(
    "effect",
    [
        {"do": "create_referral", "campaign": 77},
        {"do": "start_progress", "achievement": 77},
        {"do": "give_away", "pool": 77},
        {"do": "webhook", "id": 4},
    ],
)
def test_rules_that_name_what_is_not_there_are_refused(make_shop: Make, effect: dict[str, Any]) -> None:
    with pytest.raises(CatalogError):
        make_shop(world_of(campaign(effect)))
