"""Why a coupon or referral code was refused, for agent and customer (effects.md, Why a code was refused)."""

from dataclasses import dataclass

from desk.ui.words.base import Tone, Words, unknown


@dataclass(frozen=True, slots=True)
class _Reason:
    """For the agent: what is wrong and what to do. For the customer: a sentence to say."""

    agent: str
    todo: str
    customer: str


_SHARED = {
    "CampaignLimitReached": _Reason(
        "The campaign's redemptions are used up.",
        "Only marketing can raise the campaign's limit, in Campaign Manager.",
        "This offer has been used up by all customers together.",
    ),
    "ProfileLimitReached": _Reason(
        "This customer has used the campaign as often as one customer may.",
        "Look at the customer's earlier orders: the limit counts each redemption, cancelled orders give it back.",
        "You have already used this offer as often as it can be used.",
    ),
    "EffectCouldNotBeApplied": _Reason(
        "The code is fine, but what it gives has met a limit, often the campaign's discount budget.",
        "The details name the effect. Ask marketing whether the budget is to be raised.",
        "This offer's budget is used up at the moment.",
    ),
}
_COUPON = {
    "CouponNotFound": _Reason(
        "No coupon with this code exists in this Application.",
        "Check spaces, letter O and digit 0, capitals, and whether the code belongs to another Application.",
        "We do not know this code. Please check the spelling.",
    ),
    "CouponPartOfNotRunningCampaign": _Reason(
        "The code exists, but its campaign is not running.",
        "Check the campaign's dates and whether it is enabled; a scheduled campaign makes the code work later.",
        "This offer is not running at the moment.",
    ),
    "CouponPartOfNotTriggeredCampaign": _Reason(
        "The code's campaign was left out because another campaign took precedence.",
        "The exclusion reason says why. Without the other offer the code may work.",
        "This code cannot be combined with another offer in your cart.",
    ),
    "CouponStartDateInFuture": _Reason(
        "The code is not valid yet.",
        "Tell the customer its first day.",
        "This code is not valid yet.",
    ),
    "CouponExpired": _Reason(
        "The code's last day is over.",
        "Only marketing can prolong it or give a new one, in Campaign Manager.",
        "This code has expired.",
    ),
    "CouponLimitReached": _Reason(
        "The code has been redeemed as often as it may be, or its campaign's budget is used up.",
        "Compare its uses with its limit, and look for the order that used it.",
        "This code has already been used.",
    ),
    "CouponRecipientDoesNotMatch": _Reason(
        "The code is personal and belongs to another customer, or the cart has no customer.",
        "Check that the customer is signed in with the account that received the code.",
        "This code belongs to another account. Please sign in with the account that received it.",
    ),
    "CouponReservationRequired": _Reason(
        "The code works only for customers who hold a reservation, and this one holds none.",
        "Reserve it for this customer, if they are meant to have it.",
        "This code has to be added to your account before it works.",
    ),
    "ProfileRequired": _Reason(
        "The code needs a customer, and the cart has none.",
        "The customer has to sign in before using it.",
        "Please sign in to use this code.",
    ),
    "CouponRejectedByCondition": _Reason(
        "The cart does not meet another condition of the offer, or the rule does not check this code.",
        "The details and the rule's name say which condition failed.",
        "Your cart does not meet the conditions of this offer.",
    ),
    **_SHARED,
}
_REFERRAL = {
    "ReferralNotFound": _Reason(
        "No referral with this code exists in this Application.",
        "Check the spelling, and whether it belongs to another Application.",
        "We do not know this referral code. Please check the spelling.",
    ),
    "AdvocateNotFound": _Reason(
        "The customer who sent this referral no longer exists.",
        "A new referral from an existing customer is needed.",
        "The account that sent this referral does not exist any more.",
    ),
    "ReferralPartOfNotRunningCampaign": _Reason(
        "The referral exists, but its campaign is not running.",
        "Check the campaign's dates and whether it is enabled.",
        "This referral offer is not running at the moment.",
    ),
    "ReferralPartOfNotTriggeredCampaign": _Reason(
        "The referral's campaign was left out because another campaign took precedence.",
        "The exclusion reason says why.",
        "This referral cannot be combined with another offer in your cart.",
    ),
    "ReferralStartDateInFuture": _Reason(
        "The referral is not valid yet.",
        "Tell the customer its first day.",
        "This referral code is not valid yet.",
    ),
    "ReferralExpired": _Reason(
        "The referral's last day is over.",
        "The friend who sent it can ask for a new one.",
        "This referral code has expired.",
    ),
    "ReferralLimitReached": _Reason(
        "The referral has been used as often as it may be.",
        "The friend who sent it needs a new code.",
        "This referral code has already been used as often as it can be.",
    ),
    "ReferralRecipientDoesNotMatch": _Reason(
        "The referral was made for another friend.",
        "Check that the customer uses the account that was invited.",
        "This referral was sent to another account.",
    ),
    "ReferralRecipientIdSameAsAdvocate": _Reason(
        "The customer tried to use their own referral code.",
        "A referral is for somebody else.",
        "You cannot use your own referral code.",
    ),
    "ReferralCustomerAlreadyReferred": _Reason(
        "This customer has already been referred.",
        "A customer can be referred once.",
        "You have already joined through a referral.",
    ),
    "ReferralRejectedByCondition": _Reason(
        "The cart does not meet another condition of the offer, or the rule does not check this code.",
        "The details and the rule's name say which condition failed.",
        "Your cart does not meet the conditions of this referral.",
    ),
    **_SHARED,
}
_EXCLUSIONS = {
    "CampaignGaveLowerDiscount": "another campaign gave a larger discount",
    "CampaignIsNotFirst": "another campaign came first",
    "CampaignNotInEvaluationSet": "it is not among the campaigns that were evaluated",
}
_FAILURES = {
    "ALL_RULES_FAILED": "none of its rules applied",
    "SKIPPED": "it was skipped",
    "AUDIENCE_NOT_MATCHED": "the customer is not in its audience",
    "CONDITION_NOT_MET": "a condition was not met",
    "EFFECT_FAILED": "what it gives met a limit",
}
COUPON_REASONS = tuple(_COUPON)
REFERRAL_REASONS = tuple(_REFERRAL)


def coupon_reason(word: str | None) -> Words:
    """Why a coupon was refused: `text` for the agent, `detail` what to do, `customer` what to say."""
    found = _COUPON.get(word or "")
    return Words(found.agent, word or "", Tone.NEGATIVE, found.todo, found.customer) if found else _open(word)


def referral_reason(word: str | None) -> Words:
    """Why a referral code was refused, as `coupon_reason`."""
    found = _REFERRAL.get(word or "")
    return Words(found.agent, word or "", Tone.NEGATIVE, found.todo, found.customer) if found else _open(word)


def exclusion(word: str) -> str:
    """A `campaignExclusionReason` as the end of a sentence; an unknown one as it is."""
    return _EXCLUSIONS.get(word, word)


def failure(word: str) -> str:
    """A `failureCode` of campaign eligibility as the end of a sentence; an unknown one as it is."""
    return _FAILURES.get(word, word)


def _open(word: str | None) -> Words:
    """Both lists of reasons are open in practice (effects.md): an unknown one is shown raw."""
    raw = unknown(word or "", "reason")
    return Words(raw.text, raw.word, Tone.NEGATIVE, raw.detail, "This code was not accepted.")
