"""Every effect, reason, state, error and outcome has words; what nobody knows is shown as the API sent it."""

import inspect
from decimal import Decimal

import pytest

from desk.guard import State, model, outcome
from desk.ui import words
from desk.ui.formats import Formats
from desk.ui.words import Names, Sort, Tone
from talon_client import errors

F = Formats("en-GB", "EUR", "Europe/Berlin")
NAMES = Names({1: "Shop points"}, {0: "Coffee"})
# effects.md: the schema titles, the two other wire names, and what later SDKs add.
EFFECTS = [
    "acceptCoupon",
    "rejectCoupon",
    "acceptReferral",
    "redeemReferral",
    "rejectReferral",
    "couponCreated",
    "referralCreated",
    "reserveCoupon",
    "setDiscount",
    "setDiscountPerItem",
    "setDiscountPerAdditionalCost",
    "setDiscountPerAdditionalCostPerItem",
    "addLoyaltyPoints",
    "deductLoyaltyPoints",
    "changeLoyaltyTierLevel",
    "extendLoyaltyPointsExpiryDate",
    "setLoyaltyPointsExpiryDate",
    "addFreeItem",
    "willAwardGiveaway",
    "awardGiveaway",
    "increaseAchievementProgress",
    "startAchievementProgress",
    "addToAudience",
    "removeFromAudience",
    "updateAttribute",
    "triggerWebhook",
    "showNotification",
    "customEffect",
    "error",
    "showBundleMetadata",
    "rollbackCoupon",
    "rollbackReferral",
    "rollbackDiscount",
    "rollbackAddedLoyaltyPoints",
    "rollbackDeductedLoyaltyPoints",
    "rollbackIncreasedAchievementProgress",
    "set",
    "callApi",
    "joinLoyaltyProgram",
    "unlockReward",
    "useReward",
    "rollbackUseReward",
    "addNegativeLoyaltyPoints",
    "offsetNegativeLoyaltyPoints",
]
COUPON = [
    "CouponNotFound",
    "CouponPartOfNotRunningCampaign",
    "CouponPartOfNotTriggeredCampaign",
    "CouponStartDateInFuture",
    "CouponExpired",
    "CouponLimitReached",
    "CampaignLimitReached",
    "ProfileLimitReached",
    "CouponRecipientDoesNotMatch",
    "CouponReservationRequired",
    "ProfileRequired",
    "CouponRejectedByCondition",
    "EffectCouldNotBeApplied",
]
REFERRAL = [
    "ReferralNotFound",
    "AdvocateNotFound",
    "ReferralPartOfNotRunningCampaign",
    "ReferralPartOfNotTriggeredCampaign",
    "ReferralStartDateInFuture",
    "ReferralExpired",
    "ReferralLimitReached",
    "CampaignLimitReached",
    "ProfileLimitReached",
    "ReferralRecipientDoesNotMatch",
    "ReferralRecipientIdSameAsAdvocate",
    "ReferralCustomerAlreadyReferred",
    "ReferralRejectedByCondition",
    "EffectCouldNotBeApplied",
]


@pytest.mark.parametrize("effect_type", EFFECTS)
@pytest.mark.parametrize(
    "props", [{}, {"value": "text", "programId": None, "position": "x"}], ids=["none", "odd"]
)
def test_every_effect_has_a_sentence_whatever_its_props(effect_type: str, props: dict[str, object]) -> None:
    said = words.effect(effect_type, props, F)
    assert said.word == effect_type
    assert not said.text.startswith(effect_type)


def test_the_list_of_effects_is_complete() -> None:
    assert set(words.EFFECTS) == set(EFFECTS)


@pytest.mark.parametrize(
    ("effect_type", "props", "text"),
    [
        (
            "addLoyaltyPoints",
            {"value": 120.0, "programId": 1, "subLedgerId": "", "name": "10 per euro", "cartItemPosition": 0},
            "120 points earned in Shop points for “10 per euro” on Coffee",
        ),
        (
            "addLoyaltyPoints",
            {"value": 1, "programId": 9, "subLedgerId": "news", "startDate": "2025-11-28T13:05:00Z"},
            "1 point earned in program 9, subledger “news”, from Fri 28 Nov 2025, 14:05 CET",
        ),
        (
            "addLoyaltyPoints",
            {
                "value": 80,
                "desiredValue": 100,
                "programId": 1,
                "cardIdentifier": "C-1",
                "awaitsActivation": True,
            },
            "80 points earned in Shop points, on card “C-1”, cut from 100 by a budget,"
            " pending until they are activated",
        ),
        (
            "setDiscountPerItem",
            {"name": "Sale", "value": 5, "position": 0, "subPosition": 1, "desiredValue": Decimal(10)},
            "€5.00 off Coffee, unit 2: “Sale”, cut from €10.00 by a budget",
        ),
        ("setDiscount", {"name": "Ten off", "value": 10}, "€10.00 off the order: “Ten off”"),
        ("deductLoyaltyPoints", {"value": 200, "programId": 1}, "200 points spent in Shop points"),
        (
            "rejectCoupon",
            {
                "value": "X1",
                "rejectionReason": "CouponPartOfNotTriggeredCampaign",
                "campaignExclusionReason": "CampaignIsNotFirst",
            },
            "Coupon “X1” refused: The code's campaign was left out because another campaign took precedence:"
            " another campaign came first.",
        ),
        (
            "rollbackAddedLoyaltyPoints",
            {"value": 40, "programId": 1, "cartItemPosition": 3},
            "40 points that were earned are taken back in Shop points on cart line 4",
        ),
        (
            "changeLoyaltyTierLevel",
            {"previousTierName": "Silver", "newTierName": "Gold", "programId": 1},
            "Tier rises to “Gold” from “Silver” in Shop points",
        ),
        (
            "increaseAchievementProgress",
            {"achievementName": "tenth", "delta": 1, "value": 10, "target": 10, "isJustCompleted": True},
            "Achievement “tenth” goes up by 1 to 10 of 10, completed",
        ),
    ],
)
def test_effects_say_what_where_and_until_when(effect_type: str, props: dict[str, object], text: str) -> None:
    assert words.effect(effect_type, props, F, NAMES).text == text


def test_the_renamed_effects_say_the_same() -> None:
    props: dict[str, object] = {"path": "Profile.Vip", "value": "yes", "webhookName": "crm"}
    assert words.effect("set", props, F).text == words.effect("updateAttribute", props, F).text
    assert words.effect("callApi", props, F).text == words.effect("triggerWebhook", props, F).text


def test_an_unknown_effect_is_shown_raw() -> None:
    said = words.effect("summonDragon", {"size": 3, "name": "Ä"}, F)
    assert said.text == 'summonDragon: {"name": "Ä", "size": 3}'
    assert words.effect(None, {}, F).text == "Effect without a type: {}"


@pytest.mark.parametrize("reason", COUPON)
def test_every_coupon_reason_is_said_to_agent_and_customer(reason: str) -> None:
    said = words.coupon_reason(reason)
    assert said.text != reason
    assert said.detail
    assert said.customer
    assert said.word == reason


@pytest.mark.parametrize("reason", REFERRAL)
def test_every_referral_reason_is_said_to_agent_and_customer(reason: str) -> None:
    said = words.referral_reason(reason)
    assert said.text != reason
    assert said.detail
    assert said.customer


def test_the_lists_of_reasons_are_complete() -> None:
    assert set(words.COUPON_REASONS) == set(COUPON)
    assert set(words.REFERRAL_REASONS) == set(REFERRAL)


def test_an_unknown_reason_is_shown_raw_and_still_said_to_the_customer() -> None:
    said = words.coupon_reason("CouponIsShy")
    assert (said.text, said.tone) == ("CouponIsShy", Tone.NEGATIVE)
    assert said.customer


@pytest.mark.parametrize(
    ("say", "known"),
    [
        (words.session_state, ["open", "closed", "partially_returned", "cancelled"]),
        (words.coupon_state, ["active", "used", "expired", "pending", "disabled"]),
        (words.points_status, ["active", "pending", "spent", "expired", "negative"]),
        (words.card_status, ["active", "inactive", "blocked"]),
        (words.move, ["addition", "subtraction"]),
        (words.source, ["manual", "session", "import"]),
        (words.progress, ["inprogress", "completed", "expired", "not_started"]),
        (words.reservation, ["hard", "soft", "implicit", "personal"]),
    ],
)
def test_states_have_words_and_unknown_ones_stay(say: object, known: list[str]) -> None:
    assert callable(say)
    for state in known:
        assert say(state).word == state
        assert say(state).text
    assert say("half_open").text == "half_open"
    assert "half_open" in say("half_open").detail
    assert say(None).word == ""


def test_every_state_of_what_waits_has_words() -> None:
    assert set(words.WAITING) == {each.value for each in State}
    for key in words.WAITING:
        assert words.waiting(key).detail, key
    assert words.waiting("something.new").text == "something.new"


def test_every_outcome_of_the_write_path_has_words() -> None:
    assert set(words.OUTCOMES) == outcome.WORDS
    assert set(words.VERIFICATIONS) == {entry.value for entry in model.Verification}
    for key in words.OUTCOMES:
        assert words.outcome(key).customer, key
        assert " now" not in words.outcome(key).customer, "a receipt tells of then"
    assert words.outcome("done", "21 Nov, 01:21").customer == "It was in force when read at 21 Nov, 01:21."
    assert words.outcome("something.new").text == "something.new"


def test_as_previewed_speaks_of_what_was_previewed_only() -> None:
    assert "everything" in words.verification("as_previewed", 9, 9).detail
    assert words.verification("as_previewed", 1, 9).detail == (
        "What was predicted came true (1 of 9 lines); the rest was not predicted."
    )


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 line changed that was not predicted"), (5, "5 lines changed that were not predicted")],
)
def test_what_changed_without_being_predicted_is_not_as_previewed(count: int, said: str) -> None:
    found = words.verification("as_previewed", 1, 6, count)
    assert (found.text, found.tone) == (said, Tone.PENDING)
    assert "the rest" not in found.detail
    assert words.verification("differs", 1, 6, count).text == "Differs from the preview"


def test_an_outcome_that_is_unknown_never_suggests_repeating() -> None:
    for key in words.OUTCOMES:
        if key.startswith("unknown"):
            assert "again" not in words.outcome(key).detail.replace("up again", "")


ERRORS = [
    errors.NotFound("x", status=404),
    errors.BadRequest("x", status=400, message="bad", errors=[errors.ErrorDetail("Invalid type", "sku")]),
    errors.Unauthorized("x", status=401),
    errors.Forbidden("x", status=403),
    errors.Conflict("x", status=409),
    errors.RateLimited("x", status=429, retry_after=4.2),
    errors.ServerError("x", status=503, attempts=3, operation="get_loyalty_balances"),
    errors.Timeout("x"),
    errors.DeadlineExceeded("x"),
    errors.TransportError("x", sent=False),
    errors.DecodeError("x", status=200),
    errors.NotAllowed("a viewer only reads"),
    errors.ConfigError("TALON_API_KEY is missing"),
    errors.OutcomeUnknown(errors.Timeout("x")),
    errors.APIError("x", status=418),
    errors.TalonError("x"),
    KeyError("secret-customer"),
]


def test_every_error_of_the_client_is_tried_here() -> None:
    family = {
        entry
        for _, entry in inspect.getmembers(errors, inspect.isclass)
        if issubclass(entry, errors.TalonError)
    }
    assert family <= {type(error) for error in ERRORS}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("write", [False, True], ids=["read", "write"])
def test_every_error_says_what_happened_what_it_means_and_what_to_do(error: Exception, write: bool) -> None:
    said = words.trouble(error, "the customer “c{0}1”", write=write)
    assert said.happened
    assert said.meaning
    assert said.todo
    assert type(error).__name__ in said.reference
    whole = " ".join((said.happened, said.meaning, said.todo, said.reference))
    assert "oops" not in whole.lower()
    assert "secret-customer" not in whole


def test_not_found_is_told_apart_from_could_not_look() -> None:
    sorts = {type(error).__name__: words.trouble(error, "the card “C-1”").sort for error in ERRORS}
    assert [name for name, sort in sorts.items() if sort is Sort.NOT_FOUND] == ["NotFound"]
    for name in ("Unauthorized", "Forbidden", "RateLimited", "ServerError", "Timeout", "TransportError"):
        assert sorts[name] is Sort.COULD_NOT_LOOK, name
    assert (
        words.trouble(ERRORS[0], "the card “C-1”").happened == "There is no card “C-1” in this Application."
    )


def test_a_lost_write_says_not_to_repeat_it() -> None:
    for error in (errors.OutcomeUnknown(errors.Timeout("x")), RuntimeError("x")):
        said = words.trouble(error, "“Return 1 item”", write=True)
        assert said.sort is Sort.UNKNOWN
        assert "Do not repeat it" in said.todo


def test_a_refused_write_says_that_nothing_changed() -> None:
    said = words.trouble(ERRORS[1], "“Return 1 item”", write=True)
    assert said.meaning == "Nothing has changed for the customer."
    assert said.raw == "bad; Invalid type: sku"


def test_the_wait_is_said_in_seconds() -> None:
    assert "5 seconds" in words.trouble(ERRORS[5]).todo
    assert "a minute" in words.trouble(errors.RateLimited("x", status=429)).todo
