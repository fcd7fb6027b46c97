""" "What would this cart get today": a dry close of the same cart under a fresh session id, compared with
what it got."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.insight.effects import Difference, differences
from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.sessions import SessionView
from talon_client import TalonError, calls
from talon_client.models import (
    CartItemEntry,
    CustomerSessionV2,
    Effect,
    IntegrationRequest,
    IntegrationStateV2,
    RuleFailureReason,
)

_LIMITS = frozenset(
    {"CouponLimitReached", "CampaignLimitReached", "ProfileLimitReached", "ReferralLimitReached"}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code that was refused. `own_limit`: a limit was reached, and this very order has used the code:
    named, not blamed. `details` is the API's own text."""

    code: str
    reason: str
    referral: bool
    own_limit: bool
    details: str = ""
    exclusion: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """What the cart would get by today's rules. Never say "you should have got": rules change.

    `asked` False: the cart cannot be sent, `why_not` says why. `error`: the API did not answer.
    `after_returns`: items were returned since, so that what the session still has is less than what it got.
    """

    asked: bool = True
    why_not: str = ""
    error: TalonError | None = None
    effects: tuple[Effect, ...] = ()
    differences: tuple[Difference, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    failures: tuple[RuleFailureReason, ...] = ()
    session: CustomerSessionV2 | None = None
    after_returns: bool = False

    @property
    def same(self) -> bool:
        """Whether the cart would get exactly what the session has."""
        return self.asked and self.error is None and not any(each.change for each in self.differences)


def what_would_it_get_today(
    session: SessionView, fresh_id: str, *, on: datetime | None = None
) -> Investigation[Today]:
    """The same cart, customer, codes and card, closed by a dry update under `fresh_id`, an id that no session
    has (a closed session cannot be edited). Nothing is kept at the API. One request; `on`: a future
    instant."""
    if session.source is None:
        yield from ()
        return Today(asked=False, why_not="The session could not be read.")
    try:
        body = replay_request(session.source)
    except ValueError:
        return Today(asked=False, why_not="The stored cart has an item that cannot be sent again.")
    call = calls.update_customer_session_v2(fresh_id, body=body, dry=True, now=on)
    answers = yield Batch("What this cart would get", (Ask(call),))
    answer = answers[call]
    if isinstance(answer, TalonError):
        return Today(error=answer)
    return compare_with_today(session, answer)


def compare_with_today(session: SessionView, answer: IntegrationStateV2) -> Today:
    """The finding from the dry answer."""
    return Today(
        effects=answer.effects,
        differences=differences(session.effects, answer.effects, session.profile_id),
        refusals=refusals(answer.effects, session.effects),
        failures=answer.rule_failure_reasons,
        session=answer.customer_session,
        after_returns=any(line.returned for line in session.lines),
    )


def refusals(effects: Iterable[Effect], of_the_order: Iterable[Effect] = ()) -> tuple[Refusal, ...]:
    """The refused codes; `of_the_order`: effects of the order whose cart this is."""
    redeemed = {
        effect.text("value")
        for effect in of_the_order
        if effect.effect_type in ("acceptCoupon", "acceptReferral")
    }
    found = []
    for effect in effects:
        if effect.effect_type in ("rejectCoupon", "rejectReferral"):
            code, reason = effect.text("value") or "", effect.text("rejectionReason") or ""
            found.append(
                Refusal(
                    code,
                    reason,
                    referral=effect.effect_type == "rejectReferral",
                    own_limit=reason in _LIMITS and code in redeemed,
                    details=effect.text("details") or "",
                    exclusion=effect.text("campaignExclusionReason") or "",
                )
            )
    return tuple(found)


def replay_request(source: CustomerSessionV2, state: str = "closed") -> IntegrationRequest:
    """A request with the whole cart: a dry update considers only what is sent. Original quantities, as
    ordered.

    Raises ValueError when a stored item cannot be sent again (no sku, no quantity).
    """
    session: dict[str, Any] = {"state": state, "cartItems": [_item(item) for item in source.cart_items]}
    optional: dict[str, Any] = {
        "profileId": source.profile_id,
        "storeIntegrationId": source.store_integration_id,
        "couponCodes": list(source.coupon_codes),
        "referralCode": source.referral_code,
        "loyaltyCards": list(source.loyalty_cards),
        "identifiers": list(source.identifiers),
        "attributes": source.attributes,
        "additionalCosts": {name: {"price": cost.price} for name, cost in source.additional_costs.items()},
    }
    session.update({name: value for name, value in optional.items() if value})
    # campaignEligibility must not be asked for together with ruleFailureReasons (effects.md).
    wanted = ["customerSession", "coupons", "loyalty", "ruleFailureReasons"]
    return IntegrationRequest.model_validate({"customerSession": session, "responseContent": wanted})


def _item(item: CartItemEntry) -> dict[str, Any]:
    values: dict[str, Any] = {
        "sku": item.sku or "",
        "quantity": item.quantity or 0,
        "name": item.name,
        "price": item.price,
        "category": item.category,
        "attributes": item.attributes or None,
        "additionalCosts": {name: {"price": cost.price} for name, cost in item.additional_costs.items()}
        or None,
        "catalogItemID": item.catalog_item_id,
        "product": {"name": item.product.name} if item.product and item.product.name else None,
        "weight": item.weight,
        "height": item.height,
        "width": item.width,
        "length": item.length,
    }
    return {name: value for name, value in values.items() if value is not None}
