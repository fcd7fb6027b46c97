"""Sessions: the allowed moves, updates that build on each other, effects kept on close, cancelled, dry runs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox.world import World
from tests.sandbox.shop import START, ApiError, Shop, kinds, line, props

STATES = ("open", "closed", "partially_returned", "cancelled")
# facts.md, Sessions, word for word; by an update only.
ALLOWED = {
    (None, "open"),
    (None, "closed"),
    ("open", "open"),
    ("open", "closed"),
    ("open", "cancelled"),
    ("closed", "cancelled"),
    ("partially_returned", "cancelled"),
}


def bring_to(shop: Shop, state: str | None) -> None:
    if state is None:
        return
    if state == "open":
        shop.put("s", profileId="eve", cartItems=[line("10", 2)])
        return
    shop.close("s", [line("10", 2)])
    if state == "partially_returned":
        shop.give_back("s", (0, 1))
    if state == "cancelled":
        shop.cancel("s")


def state_of(shop: Shop) -> str | None:
    try:
        return str(shop.session("s")["customerSession"]["state"])
    except ApiError:
        return None


@pytest.mark.parametrize("target", STATES)
@pytest.mark.parametrize("current", [None, *STATES])
def test_updates_move_sessions_as_documented_and_no_other_way(
    shop: Shop, current: str | None, target: str
) -> None:
    bring_to(shop, current)
    if (current, target) in ALLOWED:
        shop.put("s", state=target)
        assert state_of(shop) == target
        return
    with pytest.raises(ApiError) as refused:
        shop.put("s", state=target)
    assert refused.value.status == 400
    assert refused.value.errors[0]["source"] == {"pointer": "/customerSession/state"}
    assert state_of(shop) == current


@pytest.mark.parametrize("current", [None, *STATES])
def test_only_closed_sessions_are_reopened(shop: Shop, current: str | None) -> None:
    bring_to(shop, current)
    if current == "closed":
        shop.reopen("s")
        assert state_of(shop) == "open"
        return
    with pytest.raises(ApiError) as refused:
        shop.reopen("s")
    assert refused.value.status == 400
    assert state_of(shop) == current


@pytest.mark.parametrize("current", [None, *STATES])
def test_only_closed_and_partly_returned_sessions_are_returned(shop: Shop, current: str | None) -> None:
    bring_to(shop, current)
    if current in ("closed", "partially_returned"):
        shop.give_back("s", (0, 1))
        assert state_of(shop) == "partially_returned"
        return
    with pytest.raises(ApiError) as refused:
        shop.give_back("s", (0, 1))
    assert refused.value.status == 400
    assert state_of(shop) == current


def test_an_update_builds_on_the_last_one(shop: Shop) -> None:
    shop.put(
        "s", profileId="eve", cartItems=[line("10")], couponCodes=["A-CODE"], attributes={"Channel": "web"}
    )
    shop.put("s", attributes={"Note": "gift"}, identifiers=["x"])
    session = shop.session("s")["customerSession"]
    assert session["profileId"] == "eve"
    assert session["couponCodes"] == ["A-CODE"]
    assert session["attributes"] == {"Channel": "web", "Note": "gift"}
    assert (session["updateCount"], session["cartItemTotal"], session["state"]) == (2, 10, "open")
    shop.put("s", couponCodes=[], referralCode="", cartItems=[], profileId="")
    session = shop.session("s")["customerSession"]
    assert (session["couponCodes"], session["referralCode"], session["cartItems"]) == ([], "", [])
    assert session["profileId"] == ""


def test_attributes_of_items_left_out_are_gone(shop: Shop) -> None:
    shop.put("s", cartItems=[{**line("10"), "attributes": {"Color": "red", "Size": "M"}}])
    shop.put("s", cartItems=[{**line("10"), "attributes": {"Size": "L"}}])
    assert shop.session("s")["customerSession"]["cartItems"][0]["attributes"] == {"Size": "L"}


def test_totals_count_items_and_both_kinds_of_costs_before_discounts(shop: Shop) -> None:
    item = {**line("19.99", 3, "Shoes"), "additionalCosts": {"giftwrap": {"price": Decimal("1.5")}}}
    shop.put("s", cartItems=[item], additionalCosts={"shipping": {"price": Decimal("4.9")}})
    session = shop.session("s")["customerSession"]
    assert session["cartItemTotal"] == Decimal("59.97")
    assert session["cartItemAdditionalCostTotal"] == Decimal("4.5")
    assert session["additionalCostTotal"] == Decimal("4.9")
    assert session["total"] == Decimal("69.37")
    assert session["cartItems"][0]["position"] == 0
    assert session["cartItems"][0]["remainingQuantity"] == 3


def test_an_unknown_profile_is_made_empty_and_an_empty_id_is_anonymous(shop: Shop) -> None:
    shop.put("s", profileId="ghost", cartItems=[])
    assert shop.inventory("ghost")["profile"]["attributes"] == {}
    body = shop.put("t", ["customerProfile", "customerSession"], profileId="", cartItems=[line("5")])
    assert "customerProfile" not in body
    assert body["customerSession"]["firstSession"] is True


def test_the_first_session_of_a_profile_is_marked(shop: Shop) -> None:
    for session, first in (("a", True), ("b", False)):
        body = shop.put(session, ["customerSession"], profileId="eve", cartItems=[])
        assert body["customerSession"]["firstSession"] is first


def test_a_session_that_changes_hands_is_the_first_of_its_new_customer_or_not(shop: Shop) -> None:
    def first(session: str, profile: str, **fields: Any) -> Any:
        body = shop.put(session, ["customerSession"], profileId=profile, cartItems=[], **fields)
        return body["customerSession"]["firstSession"]

    shop.put("s", profileId="eve", cartItems=[])
    assert first("t", "") is True
    assert first("t", "eve") is False
    assert first("t", "", state="open") is True
    assert first("t", "anna") is True
    assert first("u", "anna") is False
    assert first("t", "anna", state="closed") is True  # a later session of hers changes nothing


def test_points_and_coupons_are_kept_on_close_only(shop: Shop) -> None:
    shop.world.create_coupon("TENPERCENT", 102)
    body = shop.put("s", ["loyalty"], profileId="eve", cartItems=[line("50")], couponCodes=["TENPERCENT"])
    assert kinds(body) == ["acceptCoupon", "setDiscount", "addLoyaltyPoints"]
    ledger = body["loyalty"]["programs"]["1"]["ledger"]
    assert (ledger["pendingBalance"], ledger["tentativePendingBalance"]) == (0, 500)
    assert shop.figures("eve") == (0, 0, 0, 0, 0)
    assert shop.inventory("eve")["coupons"] == []
    shop.put("s", state="closed")
    assert shop.figures("eve") == (0, 500, 0, 0, 0)
    assert shop.coupon("TENPERCENT")["usageCounter"] == 1
    ledger = shop.put("t", ["loyalty"], profileId="eve")["loyalty"]["programs"]["1"]["ledger"]
    assert (ledger["pendingBalance"], ledger["tentativePendingBalance"]) == (500, 500)


def test_every_answer_is_the_whole_set_of_effects(shop: Shop) -> None:
    shop.put("s", profileId="eve", cartItems=[line("50", category="Shoes")])
    assert "setDiscountPerItem" in kinds(shop.session("s"))
    body = shop.put("s", cartItems=[line("30")])
    assert kinds(body) == kinds(shop.session("s")) == ["addLoyaltyPoints"]
    assert props(shop.session("s"), "addLoyaltyPoints")[0]["value"] == 300


def test_cancelling_gives_everything_back(shop: Shop) -> None:
    shop.world.create_coupon(
        "TENPERCENT",
        102,
    )
    shop.world.add_points(1, "eve", 100_000)
    before = shop.inventory("eve")["loyalty"]["programs"]
    shop.close("s", [line("50", 2, "Shoes")], couponCodes=["TENPERCENT"], attributes={"PointsToSpend": 700})
    assert shop.figures("eve") == (300, 1000, 700, 0, 0)
    body = shop.cancel("s")
    assert sorted(kinds(body)) == sorted(
        ["rollbackDeductedLoyaltyPoints", "rollbackCoupon"]
        + ["rollbackDiscount"] * 4
        + ["rollbackAddedLoyaltyPoints"] * 3
    )
    assert shop.figures("eve") == (1000, 0, 0, 0, 0)
    assert shop.world.conn.execute("select count(*) from redemption where undone is null").fetchone()[0] == 0
    assert shop.inventory("eve")["loyalty"]["programs"] == before
    assert kinds(shop.session("s")) == ["changeLoyaltyTierLevel"]  # has no inverse
    profile = shop.inventory("eve")["profile"]
    assert (profile["closedSessions"], profile["totalSales"]) == (0, 0)


def test_cancelling_an_open_session_undoes_nothing(shop: Shop) -> None:
    shop.put("s", profileId="eve", cartItems=[line("50")])
    assert shop.cancel("s")["effects"] == []
    assert shop.transactions("eve")["data"] == []


def test_a_closed_session_names_rows_rule_and_window_in_the_ledger(shop: Shop) -> None:
    body = shop.close("ORD/1 %?", [line("50")], storeIntegrationId="STORE-7")
    told = props(body, "addLoyaltyPoints")[0]
    row = shop.transactions("eve")["data"][0]
    assert row["transactionUUID"] == told["transactionUUID"]
    assert (row["startDate"], row["expiryDate"]) == (told["startDate"], told["expiryDate"])
    assert (row["startDate"], row["expiryDate"]) == ("2026-12-04T09:00:00Z", "2027-12-04T09:00:00Z")
    assert (row["customerSessionId"], row["storeIntegrationId"]) == ("ORD/1 %?", "STORE-7")
    assert (row["name"], row["ruleName"], row["rulesetId"]) == (
        "Points for purchase",
        "10 points per euro",
        1111,
    )


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"cartItems": [{"sku": "a", "quantity": 1}]}, "/customerSession/cartItems/0/price"),
        ({"cartItems": [line("1", 9_999), line("1", 2)]}, "/customerSession/cartItems"),
        ({"cartItems": [line("1")] * 1001}, "/customerSession/cartItems"),
        ({"cartItems": [line("-1")]}, "/customerSession/cartItems/0/price"),
        ({"cartItems": [line("1e20")]}, "/customerSession/cartItems/0/price"),
        ({"attributes": {"Nope": 1}}, "/customerSession/attributes/Nope"),
        ({"attributes": {"Channel": 1}}, "/customerSession/attributes/Channel"),
        ({"additionalCosts": {"nope": {"price": 1}}}, "/customerSession/additionalCosts/nope"),
        ({"loyaltyCards": ["nope-card"]}, "/customerSession/loyaltyCards/0"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(shop: Shop, fields: dict[str, Any], pointer: str) -> None:
    with pytest.raises(ApiError) as refused:
        shop.put("s", profileId="eve", **fields)
    assert refused.value.status == 400
    assert refused.value.errors[0]["source"] == {"pointer": pointer}
    with pytest.raises(ApiError):
        shop.inventory("eve")  # and no ghost is left behind


def test_a_dry_run_sees_only_what_is_sent(shop: Shop) -> None:
    shop.put("s", profileId="eve", cartItems=[line("50")])
    body = shop.put("s", query={"dry": True}, state="closed", profileId="eve", cartItems=[])
    assert kinds(body) == []
    body = shop.put("s", query={"dry": True}, state="closed", profileId="eve", cartItems=[line("7")])
    assert props(body, "addLoyaltyPoints")[0]["value"] == 70


def test_a_dry_run_may_travel_into_the_future_and_back(shop: Shop, world: World) -> None:
    december = {"dry": True, "now": START + timedelta(days=20)}
    cart = [line("100", category="Clothing")]
    body = shop.put("s", query=december, state="closed", profileId="eve", cartItems=cart)
    assert "setDiscountPerItem" in kinds(body)
    today = shop.put("s", query={"dry": True}, state="closed", profileId="eve", cartItems=cart)
    assert "setDiscountPerItem" not in kinds(today)
    for query in ({"now": START + timedelta(days=20)}, {"dry": True, "now": START}):
        with pytest.raises(ApiError) as refused:
            shop.put("s", query=query, profileId="eve", cartItems=cart)
        assert refused.value.errors[0]["source"] == {"parameter": "now"}


def test_a_dry_run_may_name_a_disabled_campaign(shop: Shop) -> None:
    shop.world.create_coupon("OWNBAG", 107)
    fields = {"profileId": "eve", "cartItems": [line("10")], "couponCodes": ["OWNBAG"]}
    asked = {**fields, "evaluableCampaignIds": [107]}
    assert kinds(shop.put("s", query={"dry": True}, **asked)) == ["acceptCoupon", "setDiscount"]
    assert (
        props(shop.put("s", **asked), "rejectCoupon")[0]["rejectionReason"]
        == "CouponPartOfNotRunningCampaign"
    )


def test_only_the_named_campaigns_are_evaluated(shop: Shop) -> None:
    cart = [line("50", category="Shoes")]
    body = shop.put("s", profileId="eve", cartItems=cart, evaluableCampaignIds=[101])
    assert kinds(body) == ["setDiscountPerItem"]


BLOCKS = [
    "customerSession",
    "customerProfile",
    "coupons",
    "triggeredCampaigns",
    "loyalty",
    "event",
    "awardedGiveaways",
    "ruleFailureReasons",
    "previousReturns",
    "achievements",
]


def test_blocks_are_answered_when_asked_for(shop: Shop) -> None:
    always = {"effects", "createdCoupons", "createdReferrals"}
    fields = {"profileId": "eve", "cartItems": [line("50")]}
    assert set(shop.put("s", **fields)) == always
    for block in BLOCKS:
        assert set(shop.put("s", [block], **fields)) == always | {block}
    assert set(shop.put("s", [*BLOCKS, "referral"], **fields)) == always | set(BLOCKS)


def test_rule_failures_say_which_condition_did_not_hold(shop: Shop) -> None:
    body = shop.put("s", ["ruleFailureReasons"], profileId="eve", cartItems=[line("50")])
    reasons = {reason["ruleName"]: reason for reason in body["ruleFailureReasons"]}
    shoes = reasons["10 % off shoes"]
    assert (shoes["campaignID"], shoes["rulesetID"], shoes["ruleIndex"], shoes["conditionIndex"]) == (
        101,
        1101,
        0,
        0,
    )
    assert shoes["details"] == "0 matching items in the cart, 1 needed"


def test_eligibility_says_which_campaign_gave_nothing(shop: Shop) -> None:
    fields = {"profileId": "eve", "cartItems": [line("50")], "state": "closed"}
    body = shop.put("s", ["campaignEligibility"], query={"dry": True}, **fields)
    found = {entry["id"]: entry for entry in body["campaignEligibility"]}
    assert found[111]["eligibility"] == [{"passed": True}]
    assert found[101]["eligibility"] == [{"passed": False, "details": {"failureCode": "ALL_RULES_FAILED"}}]
    assert found[101]["rules"][0]["eligibility"][0]["details"]["conditionIndex"] == 0
    assert found[105]["eligibility"] == [{"passed": False, "details": {"failureCode": "SKIPPED"}}]
    assert 107 not in found  # disabled
    assert {entry["state"] for entry in found.values()} == {"enabled"}


def test_eligibility_names_the_referral_that_a_rule_refused(shop: Shop) -> None:
    shop.world.add_points(1, "ada", 100)
    body = {"campaignId": 115, "advocateProfileIntegrationId": "ada"}
    made: Any = shop.send("create_referral", {}, {}, body).body
    fields = {"profileId": "eve", "referralCode": made["code"], "cartItems": [line("5")]}
    told = shop.put("s", ["campaignEligibility"], query={"dry": True}, **fields)
    (entry,) = (entry for entry in told["campaignEligibility"] if entry["id"] == 115)
    details = entry["rules"][0]["eligibility"][0]["details"]
    assert (details["referralID"], details["referralValue"]) == (made["id"], made["code"])


def test_eligibility_comes_with_a_dry_request_only(shop: Shop) -> None:
    fields = {"profileId": "eve", "cartItems": [line("50")]}
    assert "campaignEligibility" not in shop.put("s", ["campaignEligibility"], **fields)


def test_an_event_names_the_code_that_was_refused(shop: Shop) -> None:
    number = shop.world.create_coupon("SUMMER", 106)
    body = shop.put("s", ["event"], profileId="eve", cartItems=[line("50")], couponCodes=["SUMMER"])
    assert body["event"]["type"] == "talon_session_created"
    assert body["event"]["meta"]["couponRejectionReason"] == {
        "campaignId": 106,
        "couponId": number,
        "reason": "CouponPartOfNotRunningCampaign",
    }


def test_each_move_leaves_its_event(shop: Shop) -> None:
    shop.put("s", profileId="eve", cartItems=[line("5", 2)])
    shop.put("s", attributes={"Note": "x"})
    shop.put("s", state="closed")
    shop.reopen("s")
    shop.put("s", state="closed")
    shop.give_back("s", (0, 1))
    shop.cancel("s")
    types = [row[0] for row in shop.world.conn.execute("select type from event order by id")]
    assert types == ["talon_profile_created"] + [
        f"talon_session_{name}"
        for name in ("created", "updated", "closed", "reopened", "closed", "partially_returned", "cancelled")
    ]


def test_unknown_sessions_are_400_because_no_404_is_declared(shop: Shop) -> None:
    with pytest.raises(ApiError) as refused:
        shop.session("nope")
    assert refused.value.status == 400


def test_a_dry_update_keeps_nothing_of_what_was_sent_before(shop: Shop) -> None:
    shop.put("s", cartItems=[line("5"), line("6")], attributes={"Channel": "app"}, couponCodes=["NOPE"])
    told = shop.put("s", ("customerSession",), cartItems=[line("7")], query={"dry": True})["customerSession"]
    assert (told["total"], told["attributes"], told["couponCodes"]) == (7, {}, [])
    stored = shop.session("s")["customerSession"]
    assert (stored["total"], stored["attributes"], stored["couponCodes"]) == (
        11,
        {"Channel": "app"},
        ["NOPE"],
    )
