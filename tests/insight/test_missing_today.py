"""The verdict where an order has no row: what today's rules say, by a dry run, and what that does not prove."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from datetime import timedelta
from typing import Any

import pytest

from desk.insight.missing import Tried, state_of
from desk.insight.missing_verdict import Certainty, Verdict
from desk.insight.replay import Today
from desk.insight.sessions import session_view
from talon_client.models import IntegrationCampaign, IntegrationStateV2
from tests.insight.help import DOWN, NOT_FOUND, NOW, Book, day, effect
from tests.insight.missing_help import ORDER, Answered
from tests.insight.orders import answered

FAILED = {
    "campaignID": 1,
    "campaignName": "Club",
    "ruleName": "a rule",
    "rulesetID": 7,
    "details": "too small",
}


OTHER = {
    "campaignID": 2,
    "campaignName": "Sale",
    "ruleName": "another",
    "rulesetID": 8,
    "details": "no shoes",
}


def today(*failures: Any, effects: tuple[Any, ...] = ()) -> IntegrationStateV2:
    answer = IntegrationStateV2.model_validate({"ruleFailureReasons": list(failures)})
    return answer.model_copy(update={"effects": effects})


def test_no_row_and_the_rule_that_is_known_to_give_points_fails() -> None:
    book = Book()
    book.add("5", day(-50), customerSessionId="ORD-0", ruleName="a rule", rulesetId=7)
    api = Answered(p1=book)
    api.today = today(OTHER, FAILED)
    found = api.ask()
    assert (found.verdict, found.certainty, found.known) == (Verdict.RULE_FAILED, Certainty.TODAY, 1)
    assert [each.rule_name for each in found.failures] == ["a rule", "another"]
    (call,) = api.dry()
    assert dict(call.query) == {"dry": "true"}
    assert call.argument("customer_session_id") == "fresh"
    assert "points" not in "".join(api.asked()), "no list is read where no row names the order"


@pytest.mark.parametrize(("total", "zero"), [(0, True), (0.01, False), (None, False)])
def test_a_total_of_nothing_comes_before_the_rules_that_fail(total: Any, zero: bool) -> None:
    api = Answered(answered(total=total), p1=Book())
    api.today = today(FAILED)
    found = api.ask()
    assert (found.verdict, found.zero_total) == (Verdict.RULE_FAILED, zero)
    assert [each.rule_name for each in found.failures] == ["a rule"]
    given = effect("addLoyaltyPoints", programId=1, value=7, recipientIntegrationId="maria")
    api.today = today(effects=(given,))
    assert not api.ask().zero_total


def test_a_rule_of_the_same_name_in_another_ruleset_is_not_known_to_give_points() -> None:
    book = Book()
    book.add("5", day(-50), customerSessionId="ORD-0", ruleName="a rule", rulesetId=99)
    api = Answered(p1=book)
    api.today = today(OTHER, FAILED)
    assert api.ask().known == 0


CAMPAIGNS = ({"id": 1, "features": ["loyalty"]}, {"id": 2, "features": ["coupons"]})


def test_without_a_known_rule_those_of_campaigns_with_points_come_first() -> None:
    api = Answered(p1=Book())
    api.today = today(OTHER, FAILED)
    api.campaigns = tuple(map(IntegrationCampaign.model_validate, CAMPAIGNS))
    found = api.ask()
    assert (found.known, found.of_points) == (0, 1)
    assert [each.rule_name for each in found.failures] == ["a rule", "another"]
    assert api.calls[-1].query == (("campaignIds", "1,2"),)


@pytest.mark.parametrize("error", [NOT_FOUND, DOWN])
def test_a_deployment_that_lists_no_campaigns_leaves_the_verdict_as_it_is(error: Any) -> None:
    api = Answered(p1=Book())
    api.today, api.campaigns = today(OTHER, FAILED), error
    found = api.ask()
    assert (found.verdict, found.of_points, found.unread) == (Verdict.RULE_FAILED, 0, ())


def test_no_row_and_todays_rules_would_award() -> None:
    api = Answered()
    given = effect("addLoyaltyPoints", programId=1, value=7, recipientIntegrationId="maria")
    api.today = today(FAILED, effects=(given,))
    found = api.ask()
    assert (found.verdict, found.certainty) == (Verdict.WOULD_AWARD, Certainty.TODAY)
    assert [each.earned for each in found.would] == [7]


def test_what_somebody_else_would_get_is_not_an_award_to_the_customer() -> None:
    api = Answered()
    api.today = today(
        effects=(effect("addLoyaltyPoints", programId=1, value=7, recipientIntegrationId="friend"),)
    )
    assert api.ask().verdict is Verdict.RULE_FAILED


def test_a_limit_that_the_order_itself_used_up_is_named_and_not_blamed() -> None:
    api = Answered(answered(effects=(effect("acceptCoupon", value="ONCE"),)))
    api.today = today(
        {**FAILED, "couponValue": "ONCE"},
        OTHER,
        effects=(effect("rejectCoupon", value="ONCE", rejectionReason="CouponLimitReached"),),
    )
    found = api.ask()
    assert [each.rule_name for each in found.failures] == ["another"]
    assert [each.code for each in found.own] == ["ONCE"]


def test_points_that_only_the_order_names_are_evidence() -> None:
    api = Answered(answered(effects=(effect("addLoyaltyPoints", programId=1, value=5),)), p1=Book())
    found = api.ask()
    assert found.verdict is Verdict.RULE_FAILED
    assert [each.earned for each in found.without_row] == [5]


def test_a_role_that_may_not_try_gets_the_verdict_up_to_there() -> None:
    api = Answered()
    found = api.ask(may_try=False)
    assert (found.verdict, found.certainty) == (Verdict.NO_ROW, Certainty.PARTLY)
    assert (api.dry(), found.today) == ([], None)


def test_a_dry_run_that_failed_leaves_why_unknown() -> None:
    api = Answered()
    api.today = DOWN
    found = api.ask()
    assert (found.verdict, [each.error for each in found.unread]) == (Verdict.NO_ROW, [DOWN])


def test_a_dry_run_is_used_again_for_a_moment_while_the_order_is_the_same() -> None:
    state = state_of(session_view(ORDER, answered()))
    api = Answered()
    moment = NOW - timedelta(seconds=59)
    found = api.ask(tried=Tried(state, Today(), moment))
    assert (found.verdict, found.tried_at) == (Verdict.RULE_FAILED, moment)
    assert api.dry() == []
    found = api.ask(tried=Tried(state, Today(), NOW - timedelta(minutes=1)))
    assert (len(api.dry()), found.tried_at) == (1, NOW)
    api.ask(tried=Tried((ORDER, "open", None), Today(), NOW))
    assert len(api.dry()) == 2
