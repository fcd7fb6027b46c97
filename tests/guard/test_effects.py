"""What effects say of a change: sums by ledger, whose points they are, and balances beside them."""

from typing import Any

from desk.guard import Fact
from desk.guard.change import Ledger
from desk.guard.kinds.balances import look_at_balances
from desk.guard.kinds.effects import changed, ledgers, totals
from desk.guard.kinds.reading import number
from desk.guard.model import Json
from desk.insight.investigation import Answers, Ask, AskAll, conclude
from talon_client import NotFound, calls
from talon_client.models import LoyaltyBalancesWithTiers, LoyaltyCardBalances


def effect(kind: str, **props: Any) -> dict[str, Any]:
    return {"effectType": kind, "props": props}


POINTS = {"programId": 1, "subLedgerId": "", "recipientIntegrationId": "maria"}
EFFECTS = [
    effect("rollbackAddedLoyaltyPoints", **POINTS, value="20.5", transactionUUID="a"),
    effect("rollbackAddedLoyaltyPoints", **POINTS, value=10, transactionUUID="b"),
    effect("addNegativeLoyaltyPoints", **POINTS, value=5),
    effect("rollbackDeductedLoyaltyPoints", **{**POINTS, "subLedgerId": "shoes"}, value=7),
    effect("rollbackDiscount", name="Sale", value="8.99"),
    effect("rollbackDiscount", name="Sale", value="0.01"),
    effect("rollbackCoupon", value="SUMMER"),
    effect("rollbackIncreasedAchievementProgress", achievementId=1),
    effect("showNotification", title="Hello"),
    effect("rollbackSomethingNew"),
    {},
]


def test_effects_are_summed_and_what_differs_by_nature_is_left_out() -> None:
    assert {(fact.topic, fact.about): fact.value for fact in changed(EFFECTS)} == {
        ("effect.points_taken_back", ("1", "")): "30.5",
        ("effect.points_owed", ("1", "")): "5",
        ("effect.points_given_back", ("1", "shoes")): "7",
        ("effect.discount_taken_back", ()): "9",
        ("effect.coupon_given_back", ("SUMMER",)): 1,
        ("effect.other", ("rollbackIncreasedAchievementProgress",)): 1,
        ("effect.other", ("rollbackSomethingNew",)): 1,
    }


def test_whose_points_they_are() -> None:
    card = effect("addLoyaltyPoints", programId=2, subLedgerId="", value=1, cardIdentifier="CARD-1")
    own = effect("deductLoyaltyPoints", programId=3, subLedgerId="", value=1)
    assert ledgers([*EFFECTS, card, own], "ben") == (
        Ledger(1, "profile", "maria"),
        Ledger(2, "card", "CARD-1"),
        Ledger(3, "profile", "ben"),
    )
    assert ledgers([own], "") == ()


def test_totals_are_promised_only_where_one_holder_is_meant() -> None:
    before = [Fact("points.total", ("1", ""), "100"), Fact("points.total", ("1", "shoes"), "0")]
    alone = [Ledger(1, "profile", "maria")]
    assert [fact.value for fact in totals(before, EFFECTS, alone)] == ["64.5", "7"]
    assert totals(before, EFFECTS, [*alone, Ledger(1, "profile", "ben")]) == ()


def test_balances_of_profiles_and_cards() -> None:
    wanted = [Ledger(1, "profile", "maria"), Ledger(2, "card", "CARD-1"), Ledger(3, "profile", "maria")]
    asked = [ask.call for ask in next(look_at_balances(wanted)).asks if isinstance(ask, Ask)]
    assert asked == [
        calls.get_loyalty_balances(1, "maria", include_tiers=True),
        calls.get_loyalty_card_balances(2, "CARD-1"),
        calls.get_loyalty_balances(3, "maria", include_tiers=True),
    ]
    profile = LoyaltyBalancesWithTiers.model_validate(
        {
            "balance": {"activePoints": 10, "pendingPoints": 5, "currentTier": {"name": "Gold"}},
            "subledgerBalances": {"shoes": {"negativePoints": -3}},
        }
    )
    card = LoyaltyCardBalances.model_validate({"balance": {"activePoints": "7.50"}})
    outcomes: list[object] = [profile, card, NotFound("no", status=404)]
    answers: dict[Ask | AskAll, object] = dict(zip((Ask(call) for call in asked), outcomes, strict=True))
    found = conclude(look_at_balances(wanted), Answers(answers))
    facts = {(fact.topic, fact.about): fact.value for fact in found}
    assert facts[("points.total", ("1", ""))] == "15"
    assert facts[("points.total", ("1", "shoes"))] == "-3"
    assert facts[("tier", ("1", ""))] == "Gold"
    assert facts[("points.active", ("2", ""))] == "7.5"
    assert not any(about[0] == "3" for _, about in facts)


def test_numbers() -> None:
    odd: list[Json] = [None, True, "x", "NaN", []]
    assert [number(each) for each in odd] == [None] * 5
    assert number("-1.50") == number("-1.5")
