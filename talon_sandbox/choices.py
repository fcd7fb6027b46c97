"""What nobody documents, and what the sandbox does about it, in one place; the code quotes the ids."""

from typing import TypedDict


class Choice(TypedDict):
    """One decision: id (quoted in the code), what the sandbox does, why."""

    id: str
    choice: str
    why: str


class Coverage(TypedDict):
    """How far one operation is played."""

    operation: str
    status: str
    note: str


def _choice(identifier: str, choice: str, why: str) -> Choice:
    return {"id": identifier, "choice": choice, "why": why}


def _coverage(operation: str, note: str = "") -> Coverage:
    return {"operation": operation, "status": "partly" if note else "supported", "note": note}


CHOICES: tuple[Choice, ...] = (
    _choice(
        "not-found-text", "404 names the thing that was not found", "texts of 401 and 404 are undocumented"
    ),
    _choice(
        "unknown-session",
        "an unknown session is 400 with the title Not found",
        "session operations declare no 404",
    ),
    _choice(
        "nulls",
        "at the highest tier nextTierName and pointsToNextTier are left out, as is loyaltyMemberships",
        "the text says null, the schemas do not allow it; a client reads both the same",
    ),
    _choice(
        "rounding",
        "prices are rounded to hundredths by unit, halves up; points are kept to hundredths",
        "what happens to further decimals is undocumented",
    ),
    _choice("null-attribute", "an attribute set to null is removed", "undocumented; leaving it out keeps it"),
    _choice(
        "cancel-only",
        "cancelling a closed session looks at nothing else in the request",
        "a closed session cannot be edited",
    ),
    _choice(
        "card-in-session",
        "a session that names an unknown or blocked card is 400; an inactive card is accepted and earns nothing",
        "only that points move on active cards is documented",
    ),
    _choice(
        "card-identifier-unique",
        "a card identifier is unique over all programs; a second one is 400",
        "a session names a card without its program",
    ),
    _choice(
        "join-on-first-points",
        "a profile joins a program with its first points there",
        "joining by hand exists too, joining before earning is not required",
    ),
    _choice(
        "points-amount",
        "the points lists show what is left of a lot",
        "the amount of a half-spent lot is undocumented; so the lists add up to the balance",
    ),
    _choice(
        "points-order", "points lists without sort are newest first, as transactions are", "undocumented"
    ),
    _choice(
        "subledger-filter",
        "balances filtered by a subledger hold that subledger only, with zeros when there is none",
        "undocumented",
    ),
    _choice("program-keys", "loyalty.programs is keyed by the program's id", "the description names no key"),
    _choice(
        "reimburse-first",
        "cancel and reopen give spent points back before they take earned ones",
        "so that what comes back can cover what is taken; the order is undocumented",
    ),
    _choice(
        "rollback-order",
        "a rollback takes what is left of the award, even if expired, then other pending points, then active ones",
        "pending first and down to zero is documented, the rest is not; so no split of returns matters",
    ),
    _choice(
        "negative-first",
        "a new award pays a negative balance at once, even while it is pending",
        "so negative implies that nothing is active or pending",
    ),
    _choice(
        "manual-deduction-order",
        "a deduction by hand takes active points, then pending ones, then goes below zero",
        "undocumented",
    ),
    _choice(
        "negative-effect",
        "the part of a rollback below zero is told as addNegativeLoyaltyPoints with the props of a rollback",
        "the effect is known from the docs site and later SDKs only",
    ),
    _choice(
        "return-leaves",
        "a return leaves coupons, spent points and discounts on the session's own costs alone",
        "effects.md, When each rollback is documented to come",
    ),
    _choice(
        "return-units",
        "the lowest sub-positions come back first; what the whole session got is shared by price, unit by unit",
        "so that any split of returns ends where one full return ends",
    ),
    _choice(
        "return-quantity",
        "a returned item without a quantity means all that is left of it; too many is 400 and nothing is returned",
        "undocumented",
    ),
    _choice(
        "return-state",
        "a session stays partially_returned when everything has come back, and may be returned again until then",
        "undocumented",
    ),
    _choice(
        "reevaluation",
        "runRuleEngine=true takes all effects of those campaigns back and gives new ones for what is left",
        "how the two meet is undocumented",
    ),
    _choice(
        "reopen-effects",
        "a reopening tells of points and coupons, not of discounts",
        "rollbackDiscount is documented for cancel and return only; the coupon's counter does fall",
    ),
    _choice(
        "tier-rollback",
        "a tier that was reached is not taken back with the points; it falls as tiers fall",
        "no rollback is documented",
    ),
    _choice(
        "coupon-check-order",
        "in the order of the checks in rules/codes.py: campaign, dates, limits, customer, then the rules",
        "the order is undocumented",
    ),
    _choice(
        "coupon-state-order",
        "disabled, pending, used up, expired or used, active",
        "the states overlap and their order is undocumented",
    ),
    _choice("coupon-case", "codes are compared exactly, letter case included", "undocumented"),
    _choice(
        "no-campaign-ids",
        "rejectCoupon for a code that nobody knows carries campaign and ruleset 0",
        "the envelope requires numbers",
    ),
    _choice(
        "failure-effects",
        "a rule that wants a code gives no failure effects while no code is tried",
        "undocumented",
    ),
    _choice(
        "session-points", "points that a session earns cannot pay for it", "they are kept only when it closes"
    ),
    _choice(
        "reserve-twice",
        "reserving twice is once and answers 201 again; an unknown profile is 400 and nobody is reserved",
        "undocumented",
    ),
    _choice("release-none", "releasing what nobody holds is 204", "undocumented"),
    _choice(
        "link-twice",
        "a second link of the same profile is 400, as is a blocked card; an unknown profile is 404",
        "undocumented",
    ),
    _choice(
        "key-other-body",
        "the same idempotency key with another operation or body is 400; a dry request looks at no key",
        "undocumented",
    ),
    _choice(
        "event-effects",
        "the event block has no effects and no ledger entries",
        "its effects are lists of an undocumented form",
    ),
    _choice(
        "parallel-updates",
        "the 409 of parallel updates comes only from injected faults",
        "requests are handled one after another",
    ),
)

COVERAGE: tuple[Coverage, ...] = (
    _coverage("get_customer_inventory", "referrals, giveaways and achievements are empty lists"),
    _coverage("get_customer_session"),
    _coverage("update_customer_session_v2", "no referral codes, experiments or catalogs"),
    _coverage("update_customer_profile_v2"),
    _coverage("reopen_customer_session"),
    _coverage("return_cart_items"),
    _coverage("get_loyalty_balances"),
    _coverage("get_loyalty_program_profile_points"),
    _coverage("get_loyalty_program_profile_transactions"),
    _coverage("get_loyalty_card_balances"),
    _coverage("get_loyalty_card_points"),
    _coverage("get_loyalty_card_transactions"),
    _coverage("generate_loyalty_card"),
    _coverage("link_loyalty_card_to_profile"),
    _coverage("create_coupon_reservation"),
    _coverage("delete_coupon_reservation"),
    _coverage("get_reserved_customers"),
)
