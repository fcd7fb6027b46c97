"""The answer to session updates, returns and profile updates: effects, and the blocks of `responseContent`."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from . import (
    achievements,
    cards,
    carts,
    coupons,
    eligibility,
    events,
    giveaways,
    inventory,
    loyalty,
    profiles,
    referrals,
    session_rows,
)
from .catalog import Campaign
from .clock import to_wire
from .contract import Request
from .rules.model import Evaluation, SessionView

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
# `event.meta` knows all reasons but these (effects.md).
_NOT_IN_META = frozenset({"CouponLimitReached", "AdvocateNotFound", "ReferralCustomerAlreadyReferred"})
_REFUSALS = frozenset({"rejectCoupon", "rejectReferral"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a block needs: the request, the session (None after a profile update), the event, the evaluation."""

    request: Request
    session: sqlite3.Row | None
    event: int | None
    evaluation: Evaluation
    view: SessionView | None
    profile: int | None = None

    @property
    def profile_id(self) -> int | None:
        """The customer's internal id."""
        return self.profile if self.session is None else self.session["profile_id"]


def answer(world: "World", asked: Asked, effects: Iterable[Wire]) -> Wire:
    """`effects`, `createdCoupons`, `createdReferrals`, and each block that `responseContent` names."""
    wanted = cast(Iterable[str], (asked.request.body or {}).get("responseContent") or ())
    body: Wire = {
        "effects": list(effects),
        "createdCoupons": _created_coupons(world, asked),
        "createdReferrals": _created_referrals(world, asked),
    }
    for name in dict.fromkeys(wanted):
        block = BLOCKS[name](world, asked)
        if block is not None:
            body[name] = block
    return body


def _created_coupons(world: "World", asked: Asked) -> list[Wire]:
    codes = (str(e.props["value"]) for e in asked.evaluation.effects if e.type == "couponCreated")
    return [coupons.to_answer(world.conn, coupons.need(world.conn, code)) for code in codes]


def _created_referrals(world: "World", asked: Asked) -> list[Wire]:
    codes = (str(e.props["value"]) for e in asked.evaluation.effects if e.type == "referralCreated")
    found = (referrals.find(world.conn, code) for code in codes)
    return [referrals.to_answer(world, row) for row in found if row is not None]


def session_block(world: "World", session: sqlite3.Row) -> Wire:
    """The session as the API shows it (`CustomerSessionV2`)."""
    document = session_rows.document_of(session)
    profile = session_rows.profile_of(world.conn, session)
    kept = {name: value for name, value in document.items() if name not in ("cartItems", "attributes")}
    return {
        "id": session["id"],
        "created": to_wire(session["created"]),
        "integrationId": session["integration_id"],
        "applicationId": world.catalog.application_id,
        "profileId": "" if profile is None else profile.integration_id,
        **kept,
        "state": session["state"],
        "cartItems": carts.lines_to_answer(document, session_rows.returned_units(world.conn, session)),
        "attributes": document.get("attributes", {}),
        "firstSession": bool(session["first_session"]),
        "updateCount": session["update_count"],
        **carts.totals_to_answer(
            carts.Totals(session["item_total"], session["cost_total"], session["item_cost_total"])
        ),
        "updated": to_wire(session["updated"]),
    }


def campaign_block(world: "World", campaign: Campaign, now: int) -> Wire:
    """A campaign as the API shows it (`Campaign`)."""
    state = campaign.state
    running = (
        "expired" if campaign.has_ended(now) else "scheduled" if campaign.is_scheduled(now) else "running"
    )
    block: Wire = {
        "id": campaign.id,
        "created": to_wire(campaign.created),
        "applicationId": world.catalog.application_id,
        "userId": 1,
        "name": campaign.name,
        "description": campaign.description,
        "state": state,
        "activeRulesetId": campaign.ruleset_id,
        "tags": list(campaign.tags),
        "features": list(campaign.features),
        "limits": [dict(limit) for limit in campaign.limits],
        "type": "advanced",
        "frontendState": running if state == "enabled" else state,
        "storesImported": False,
        "reevaluateOnReturn": campaign.reevaluate_on_return,
    }
    if campaign.starts is not None:
        block["startTime"] = to_wire(campaign.starts)
    if campaign.ends is not None:
        block["endTime"] = to_wire(campaign.ends)
    return block


def return_block(world: "World", row: sqlite3.Row) -> Wire:
    """A return as the API shows it (`Return`)."""
    session = world.conn.execute("select * from session where id = ?", (row["session_id"],)).fetchone()
    profile = session_rows.profile_of(world.conn, session)
    items = world.conn.execute(
        "select position, quantity from return_item where return_id = ? order by position", (row["id"],)
    )
    block: Wire = {
        "id": row["id"],
        "created": to_wire(row["created"]),
        "applicationId": world.catalog.application_id,
        "accountId": world.catalog.account_id,
        "returnedCartItems": [{"position": item[0], "quantity": item[1]} for item in items],
        "eventId": row["event_id"],
        "sessionId": session["id"],
        "sessionIntegrationId": session["integration_id"],
    }
    if profile is not None:
        block |= {"profileId": profile.id, "profileIntegrationId": profile.integration_id}
    return block


def _session(world: "World", asked: Asked) -> object:
    return None if asked.session is None else session_block(world, asked.session)


def _profile(world: "World", asked: Asked) -> object:
    if asked.profile_id is None:
        return None
    return profiles.to_answer(world.conn, world.catalog, profiles.by_id(world.conn, asked.profile_id))


def _coupons(world: "World", asked: Asked) -> object:
    if asked.session is None:
        return None
    codes = cast(Iterable[str], session_rows.document_of(asked.session).get("couponCodes") or ())
    found = [coupons.find(world.conn, code) for code in codes]
    return [
        coupons.to_profile_answer(world.conn, coupon, asked.profile_id)
        for coupon in found
        if coupon is not None
    ]


def _campaigns(world: "World", asked: Asked) -> object:
    ids = dict.fromkeys(
        effect.campaign_id for effect in asked.evaluation.effects if effect.type not in _REFUSALS
    )
    return [campaign_block(world, world.catalog.campaigns[number], world.now()) for number in ids]


def _tentative(asked: Asked) -> dict[tuple[int, str], loyalty.Tentative]:
    """What this session would change when it closes; nothing once it is closed."""
    if asked.session is None or asked.session["state"] != "open":
        return {}
    changes: dict[tuple[int, str], loyalty.Tentative] = {}
    for effect in asked.evaluation.effects:
        move = effect.points
        if move is None or move.profile_id is not None:
            continue
        key = (move.program_id, move.subledger)
        so_far = changes.get(key, loyalty.NOTHING_TENTATIVE)
        if effect.type == "deductLoyaltyPoints":
            changes[key] = loyalty.Tentative(so_far.active - effect.value, so_far.pending)
        elif move.window.starts is None and not move.window.awaits:
            changes[key] = loyalty.Tentative(so_far.active + effect.value, so_far.pending)
        else:
            changes[key] = loyalty.Tentative(so_far.active, so_far.pending + effect.value)
    return changes


def _loyalty(world: "World", asked: Asked) -> object:
    """Programs of the customer with tentative balances; cards only those that the request names."""
    changes = _tentative(asked)

    def of(program: int) -> dict[str, loyalty.Tentative]:
        return {subledger: change for (number, subledger), change in changes.items() if number == program}

    named: list[str] = []
    if asked.session is not None:
        named = cast(list[str], session_rows.document_of(asked.session).get("loyaltyCards") or [])
    found = [cards.by_identifier(world.conn, name) for name in named]
    block: Wire = {
        "cards": [cards.to_answer(world, card, of(card["program_id"])) for card in found if card is not None]
    }
    if asked.profile_id is None:
        return {**block, "programs": {}}
    joined = inventory.joined_programs(world, asked.profile_id)
    numbers = [*joined, *(n for n, _ in changes if n not in joined and not world.program(n).card_based)]
    block["programs"] = {
        str(number): loyalty.program_block(
            world, world.program(number), asked.profile_id, joined.get(number), of(number)
        )
        for number in dict.fromkeys(numbers)
    }
    return block


def _event(world: "World", asked: Asked) -> object:
    if asked.event is None:
        return None
    meta: Wire = {}
    for rejection in asked.evaluation.rejections:
        if rejection.campaign is None or rejection.reason in _NOT_IN_META:
            continue
        told: Wire = {"campaignId": rejection.campaign.id, "reason": rejection.reason}
        if rejection.kind == "rejectReferral":
            meta.setdefault("referralRejectionReason", {**told, "referralId": rejection.referral_id})
        else:
            meta.setdefault("couponRejectionReason", {**told, "couponId": rejection.coupon_id})
    return events.to_answer(world, asked.event, meta)


def _failures(world: "World", asked: Asked) -> object:
    return [failure.to_answer() for failure in asked.evaluation.failures]


def _previous_returns(world: "World", asked: Asked) -> object:
    if asked.session is None:
        return None
    rows = world.conn.execute(
        "select * from session_return where session_id = ? order by id", (asked.session["id"],)
    ).fetchall()
    if asked.request.operation == "return_cart_items":
        rows = rows[:-1]
    return [return_block(world, row) for row in rows]


def _referral(world: "World", asked: Asked) -> object:
    if asked.session is None:
        return None
    row = referrals.find(world.conn, str(session_rows.document_of(asked.session).get("referralCode") or ""))
    return None if row is None else referrals.with_friends(world, row)


def _advanced_event(world: "World", asked: Asked) -> object:
    return None if asked.event is None else events.to_answer(world, asked.event, edition=3)


def _achievements(world: "World", asked: Asked) -> object:
    return None if asked.profile_id is None else achievements.block(world, asked.profile_id)


def _eligibility(world: "World", asked: Asked) -> object:
    """Only a dry request may ask for it (choices.py, eligibility)."""
    return eligibility.block(world, asked.evaluation) if asked.request.flag("dry") else None


BLOCKS: Mapping[str, Callable[["World", Asked], object]] = {
    "customerSession": _session,
    "customerProfile": _profile,
    "coupons": _coupons,
    "triggeredCampaigns": _campaigns,
    "referral": _referral,
    "loyalty": _loyalty,
    "event": _event,
    "advancedEvent": _advanced_event,
    "awardedGiveaways": lambda world, asked: giveaways.awarded(world, asked.evaluation.effects),
    "ruleFailureReasons": _failures,
    "previousReturns": _previous_returns,
    "campaignEligibility": _eligibility,
    "achievements": _achievements,
}
