"""Sessions in words: the sentence on top, points by ledger, effects of one kind added up, what was predicted."""

from decimal import Decimal
from typing import Any

import pytest

from desk.applications import Application
from desk.insight.balances import TierView
from desk.insight.effects import Purse, PurseChange
from desk.insight.reopening import predict_reopen
from desk.insight.returning import PointsPreview, TierRisk
from desk.insight.sessions import SessionView, session_view
from desk.ui import reopen_view
from desk.ui.formats import Formats
from desk.ui.words import sessions as words
from talon_client.models import Effect, IntegrationCustomerSessionResponse
from tests.insight.help import NOW, effect

SHOP = Application.model_validate(
    {
        "name": "shop",
        "base_url": "http://127.0.0.1",
        "api_key": "k",
        "programs": [{"id": 1, "name": "Club"}, {"id": 2, "name": "Card", "kind": "card"}],
    }
)
FORMATS = Formats("en-GB", "EUR", "Europe/Berlin")


def session(state: str, *effects: Effect, **more: Any) -> SessionView:
    item = {"name": "Mug", "sku": "M", "quantity": 3, "price": 10, "position": 0}
    cart = {
        "integrationId": "S",
        "profileId": "maria",
        "state": state,
        "total": 30,
        "cartItems": [item | more],
    }
    return session_view(
        "S",
        IntegrationCustomerSessionResponse.model_validate(
            {
                "customerSession": {**cart, "updated": "2025-10-03T10:00:00Z"},
                "effects": [each.model_dump(by_alias=True) for each in effects],
            }
        ),
    )


def earned(points: str, program: int = 1, **more: object) -> Effect:
    return effect("addLoyaltyPoints", programId=program, subLedgerId="", value=Decimal(points), **more)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            session("closed", earned("849"), effect("setDiscount", name="Sale", value=5)),
            "Closed on Fri 3 Oct 2025: maria paid €25.00 and earned 849 points",
        ),
        (session("closed"), "Closed on Fri 3 Oct 2025: maria paid €30.00 and earned no points"),
        (
            session("closed", earned("849"), earned("84.9", 2, cardIdentifier="C")),
            "Closed on Fri 3 Oct 2025: maria paid €30.00 and earned 849 points in Club and 84.9 in Card",
        ),
        (session("open", earned("1")), "Open: maria would pay €30.00 and earn 1 point"),
        (session("open"), "Open: maria has a cart of €30.00, nothing is proposed yet"),
        (session("partially_returned", returnedQuantity=1), "Partly returned: 1 of 3 items came back"),
        (session("partially_returned", returnedQuantity=3), "Everything came back: 3 items returned"),
        (session("cancelled"), "Cancelled on Fri 3 Oct 2025: the order of maria was called off"),
        (session("frozen"), "In the state “frozen”"),
    ],
)
def test_one_sentence_for_every_state(found: SessionView, said: str) -> None:
    assert words.headline(found, SHOP, FORMATS, NOW).text == said


def test_an_order_that_got_nothing_is_not_said_to_have_got_its_points() -> None:
    said = words.headline(session("closed"), SHOP, FORMATS, NOW).detail
    assert said == "The order is complete: no coupon was redeemed with it, and no points were given."
    for each in (earned("1"), effect("acceptCoupon", value="SUMMER")):
        assert "complete" not in words.headline(session("closed", each), SHOP, FORMATS, NOW).detail


def test_points_that_cannot_be_spent_yet_are_said_with_their_day() -> None:
    later, other = earned("1417", startDate="2026-06-20T22:30:00Z"), earned("8", 2, cardIdentifier="C")
    one = words.headline(
        session("closed", later, earned("3", startDate="2026-06-01T00:00:00Z")), SHOP, FORMATS, NOW
    )
    zone = "Sat 20 Jun 2026 (UTC)"  # the program's day; it is Sunday already in Berlin
    assert one.detail.endswith(f" 1,417 of them are pending until {zone}.")
    two = words.headline(session("closed", later, other), SHOP, FORMATS, NOW)
    assert two.detail.endswith(f" 1,417 of those in Club are pending until {zone}.")
    activated = words.headline(session("closed", earned("5", awaitsActivation=True)), SHOP, FORMATS, NOW)
    assert activated.detail.endswith(" 5 of them were given as pending, until they are activated.")
    assert "pending" not in words.headline(session("closed", earned("5")), SHOP, FORMATS, NOW).detail


def test_what_is_left_of_the_points_after_a_return() -> None:
    back = effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=100)
    found = session("partially_returned", earned("300"), back, returnedQuantity=1)
    assert (
        words.headline(found, SHOP, FORMATS, NOW).detail
        == "Left of what it earned: 200 of 300 points in Club."
    )
    below = effect("addNegativeLoyaltyPoints", programId=1, subLedgerId="", value=200)
    found = session("partially_returned", earned("300"), back, below, returnedQuantity=1)
    assert (
        words.headline(found, SHOP, FORMATS, NOW).detail == "Left of what it earned: 0 of 300 points in Club."
    )


def preview(risk: TierRisk, after: str | None = None, missing: int | None = None) -> PointsPreview:
    silver = TierView(name="Silver", stay_points=Decimal(1000))
    purse = Purse(1, "", "maria")
    later = None if missing is None else Decimal(missing)
    return PointsPreview(
        purse, PurseChange(purse), None, None, True, silver, risk, TierView(name=after), later
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (preview(TierRisk.DROPS_NOW, "Bronze"), "The tier changes with this: from Silver to Bronze in Club."),
        (preview(TierRisk.DROPS_NOW), "The tier changes with this: from Silver to no tier in Club."),
        (
            preview(TierRisk.MORE_MISSING, "Silver", 175),
            "To keep the tier Silver in Club, 1,175 points more are needed when it ends instead of 1,000.",
        ),
    ],
)
def test_a_tier_is_told_from_what_to_what(found: PointsPreview, said: str) -> None:
    assert words.tier(found, SHOP, FORMATS) == said


def test_rollbacks_of_one_ledger_or_discount_are_added_up_and_nothing_else() -> None:
    found = words.merged(
        [
            effect("rollbackDiscount", name="Sale", value=1, cartItemPosition=0, cartItemSubPosition=0),
            effect("rollbackDiscount", name="Sale", value=Decimal("1.5"), cartItemPosition=0),
            effect("rollbackDiscount", name="Other", value=1),
            effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="", value=2),
            effect("rollbackAddedLoyaltyPoints", programId=1, subLedgerId="x", value=2),
            effect("rollbackCoupon", value="A"),
            effect("rollbackCoupon", value="A"),
        ]
    )
    assert [
        (each.effect_type, each.text("name") or each.text("subLedgerId"), each.text("value"))
        for each in found
    ] == [
        ("rollbackDiscount", "Sale", "2.5"),
        ("rollbackDiscount", "Other", "1"),
        ("rollbackAddedLoyaltyPoints", "", "2"),
        ("rollbackAddedLoyaltyPoints", "x", "2"),
        ("rollbackCoupon", None, "A"),
        ("rollbackCoupon", None, "A"),
    ]


def test_predicted_lists_survive_being_kept_with_the_receipt() -> None:
    found = session(
        "closed",
        earned("849.25"),
        effect("deductLoyaltyPoints", programId=1, subLedgerId="", value=5),
        effect("acceptCoupon", value="A"),
        effect("couponCreated", value="B", profileId="maria"),
    )
    prediction = predict_reopen(found, policies={1: "unlimited"}, now=NOW)
    kept = reopen_view.from_json(reopen_view.to_json(prediction, words.names_of(SHOP, found)))
    assert kept is not None
    for name in ("rolled_back", "stays", "depends"):
        had, has = getattr(prediction, name), getattr(kept, name)
        assert [(each.why, each.effect.effect_type) for each in has] == [
            (each.why, each.effect.effect_type) for each in had
        ]
    assert kept.rolled_back[0].effect.number("value") == Decimal("849.25")


@pytest.mark.parametrize("shown", [None, "text", [], {"other": 1}, {"rolled_back": "?", "stays": 3}])
def test_what_is_no_prediction_is_none_or_empty(shown: Any) -> None:
    found = reopen_view.from_json(shown)
    assert found is None or found.rolled_back == ()
