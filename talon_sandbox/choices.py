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
        "first-session",
        "a session is the first if its customer had no other when it became theirs; a later one changes nothing",
        "only that it is always true for anonymous sessions is documented",
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
        "waiting",
        "points that wait for an action are pending and immediate in points lists, and in transactions of 25.15",
        "only newer transactions know on_action, and startDate must be there",
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
        "a new award pays a negative balance at once, even while it is pending; what comes back expired pays none",
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
        "deleted-rows",
        "taking back a deleted award or spend moves nothing",
        "undocumented; it is as if the row had never been",
    ),
    _choice(
        "expiry-stays",
        "an expiry that was moved, a code that was created or reserved by a rule is not taken back",
        "no rollback is documented for expiries; created coupons stay, and so do reservations on reopening",
    ),
    _choice(
        "expiry-of-waiting",
        "effects that move expiries leave points that wait for an action alone",
        "undocumented; such points have no window yet",
    ),
    _choice(
        "coupon-created",
        "couponCreated comes with the closing only, for that customer alone; closing anew creates another code",
        "what is shown before the closing is undocumented",
    ),
    _choice(
        "evaluation-groups",
        "a group's campaigns are asked in the order of their ids; of equal discounts the first counts",
        "the modes' finer points are undocumented in this description",
    ),
    _choice(
        "reevaluation",
        "runRuleEngine=true gives new discounts, points and codes for what is left, less earned points that stayed",
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
        "eligibility",
        "campaignEligibility is left out of an answer that is not dry, and lists enabled campaigns only",
        "it can only be included with dry=true, and enabled is the only state that its description knows",
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
        "parallel-dry",
        "dry requests count as updates too when several come at once",
        "undocumented; updates meet each other only under an injected delay",
    ),
    _choice(
        "erasure",
        "deleting customer data wipes attributes of profile, sessions, items and events, and answers kept for keys",
        "what else refers to a profile is undocumented; ids and ledgers stay",
    ),
    _choice(
        "first-events",
        "an event of the first edition needs a session that exists, and answers session, profile and event",
        "no edition describes it any more",
    ),
    _choice(
        "activation",
        "activating a session without waiting points is 200 with nothing; a row that does not wait is 400",
        "undocumented",
    ),
    _choice("unlink-stranger", "unlinking a profile that is not on the card is 400", "undocumented"),
    _choice("deleted-audience", "rules that name a deleted audience leave it alone", "undocumented"),
    _choice(
        "referral-check-order",
        "in the order of the checks in rules/referral_codes.py: campaign, dates, limits, people, then the rules",
        "the order is undocumented",
    ),
    _choice(
        "referral-reopen",
        "a reopening gives referral codes back and says so, as it does for coupons",
        "rollbackReferral is documented for cancel only",
    ),
    _choice(
        "giveaway-empty",
        "a pool that is used up gives nothing and says nothing",
        "undocumented",
    ),
    _choice(
        "achievement-history",
        "the history is newest first, and its dates are those on which a period began",
        "the order is undocumented",
    ),
    _choice(
        "inventory-achievements",
        "the inventory lists achievements that the customer has begun, the achievements operation all of them",
        "undocumented",
    ),
    _choice(
        "catalog-version",
        "a sync without a version makes the next one; one with a version takes it as it is",
        "undocumented",
    ),
    _choice(
        "best-price",
        "the lowest price that was in force at any time of the time frame; all three end date types are the same",
        "how the types differ is not described",
    ),
)

COVERAGE: tuple[Coverage, ...] = (
    _coverage("get_customer_inventory"),
    _coverage("get_customer_session"),
    _coverage("update_customer_session_v2", "no experiments"),
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
    _coverage("update_customer_profiles_v2"),
    _coverage("delete_customer_data"),
    _coverage("track_event", "what the first edition answered is undocumented"),
    _coverage("track_event_v2"),
    _coverage("track_event_v3"),
    _coverage("get_event_v3"),
    _coverage("activate_loyalty_points"),
    _coverage("delete_loyalty_transactions_from_ledgers"),
    _coverage("join_loyalty_program"),
    _coverage("unlink_loyalty_card_from_profile"),
    _coverage("create_referral"),
    _coverage(
        "create_referrals_for_multiple_advocates", "referralPattern and validCharacters are not looked at"
    ),
    _coverage("get_customer_achievements"),
    _coverage("get_customer_achievement_history"),
    _coverage("update_audience_customers_attributes"),
    _coverage("create_audience_v2"),
    _coverage("delete_audience_v2"),
    _coverage("update_audience_v2"),
    _coverage("delete_audience_memberships_v2"),
    _coverage("update_customer_profile_audiences"),
    _coverage("integration_get_all_campaigns", "campaigns are linked to no store and no audience"),
    _coverage("best_prior_price", "prices of catalog syncs only, no campaigns and no targets"),
    _coverage("sync_catalog", "price adjustments are remembered, but sessions do not look at them"),
)
