"""What a cancel and a reopening take back besides points and coupons: referrals, steps of achievements, proposals."""

import pytest

from tests.sandbox.shop import Shop, kinds, line, props


@pytest.fixture
def referred(shop: Shop) -> Shop:
    """Fred's order s, closed with a code of Rosa's."""
    for name in ("rosa", "fred"):
        shop.send("update_customer_profile_v2", {"integration_id": name}, None, {})
    shop.close("s", [line("50")], "fred", referralCode=_code(shop))
    return shop


def _code(shop: Shop) -> str:
    body = {"campaignId": 115, "advocateProfileIntegrationId": "rosa"}
    made = shop.send("create_referral", {}, None, body).body
    assert isinstance(made, dict)
    return str(made["code"])


def test_a_cancel_gives_a_referral_back(referred: Shop) -> None:
    (before,) = referred.inventory("rosa")["referrals"]
    assert (before["usageCounter"], before["referredCustomers"]) == (1, ["fred"])
    told = referred.cancel("s")
    assert props(told, "rollbackReferral") == [{"value": before["code"]}]
    assert kinds(referred.session("s")) == []
    (after,) = referred.inventory("rosa")["referrals"]
    assert (after["usageCounter"], after["referredCustomers"]) == (0, [])
    again = referred.close("t", [line("50")], "fred", referralCode=before["code"])
    assert props(again, "acceptReferral") == [{"value": before["code"]}]


def test_a_referred_order_that_is_reopened_closes_as_it_did(referred: Shop) -> None:
    ends = [(kinds(referred.session("s")), referred.figures("rosa"), referred.inventory("rosa")["referrals"])]
    assert "rollbackReferral" in kinds(referred.reopen("s"))
    referred.put("s", state="closed")
    ends.append(
        (kinds(referred.session("s")), referred.figures("rosa"), referred.inventory("rosa")["referrals"])
    )
    assert ends[0] == ends[1]


def test_a_return_leaves_the_referral(referred: Shop) -> None:
    assert "rollbackReferral" not in kinds(referred.give_back("s", (0, 1)))
    assert referred.inventory("rosa")["referrals"][0]["usageCounter"] == 1
