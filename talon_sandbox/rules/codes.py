"""Coupon codes before any rule: the checks in their fixed order, each with its rejection reason."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .. import coupons
from ..amounts import to_hundredths
from ..catalog import Campaign
from .model import Rejection, SessionView

if TYPE_CHECKING:
    from ..world import World


@dataclass(frozen=True, slots=True)
class Admitted:
    """A code that may be tried on the rules of its campaign."""

    coupon: sqlite3.Row
    campaign: Campaign


def check_code(
    world: "World", view: SessionView, code: str, now: int, campaigns: frozenset[int]
) -> Admitted | Rejection:
    """The first reason that speaks against the code (effects.md), or the code with its campaign.

    `campaigns` are those that this evaluation asks. Order: choices.py, coupon-check-order.
    """
    coupon = coupons.find(world.conn, code)
    if coupon is None:
        return Rejection(code, "CouponNotFound", details="no such code")
    campaign = world.catalog.campaigns[coupon["campaign_id"]]
    refusal = _refused_by_campaign(view, campaign, now, campaigns)
    refusal = refusal or _refused_by_dates(coupon, now) or _refused_by_limits(world, view, coupon, campaign)
    refusal = refusal or _refused_by_holder(world, view, coupon)
    if refusal is None:
        return Admitted(coupon, campaign)
    reason, details = refusal
    left_out = "CampaignNotInEvaluationSet" if reason == "CouponPartOfNotTriggeredCampaign" else ""
    return Rejection(code, reason, campaign, coupon["id"], details, left_out)


_Refusal = tuple[str, str] | None
_OWN = ("Profile",)


def _refused_by_campaign(
    view: SessionView, campaign: Campaign, now: int, campaigns: frozenset[int]
) -> _Refusal:
    if not may_run(view, campaign, now):
        return "CouponPartOfNotRunningCampaign", f"campaign {campaign.name!r} is not running"
    if campaign.id not in campaigns:
        return "CouponPartOfNotTriggeredCampaign", "the request leaves this campaign out"
    return None


def may_run(view: SessionView, campaign: Campaign, now: int) -> bool:
    """Whether it runs at that instant; a dry request may name a disabled one (facts.md, Sessions)."""
    forced = view.dry and view.evaluable is not None and campaign.id in view.evaluable
    return campaign.runs_at(now) or (forced and campaign.state == "disabled")


def _refused_by_dates(coupon: sqlite3.Row, now: int) -> _Refusal:
    if coupon["starts"] is not None and now < coupon["starts"]:
        return "CouponStartDateInFuture", "the code is not valid yet"
    if coupon["expires"] is not None and now >= coupon["expires"]:
        return "CouponExpired", "the code is no longer valid"
    return None


def _refused_by_limits(
    world: "World", view: SessionView, coupon: sqlite3.Row, campaign: Campaign
) -> _Refusal:
    conn = world.conn
    used = coupons.uses(conn, coupon["id"])
    if coupon["usage_limit"] and used >= coupon["usage_limit"]:
        return "CouponLimitReached", f"redeemed {used} times, which is the limit"
    worth = coupon["discount_limit"]
    if worth is not None and coupons.discount_given(conn, coupon["id"]) >= worth:
        return "CouponLimitReached", "nothing is left on the code"
    refusal = refused_by_budget(world, view, campaign)
    if (
        refusal is None
        and view.profile is None
        and (coupon["mandatory"] or _limit(campaign, _OWN) is not None)
    ):
        return "ProfileRequired", "the session has no customer profile"
    return refusal


def refused_by_budget(
    world: "World", view: SessionView, campaign: Campaign, accepted: int = 0
) -> tuple[str, str] | None:
    """Why the campaign's redemptions allow no further code, `accepted` of this session counted; reason and details."""
    profile, general, own = view.profile, _limit(campaign, ()), _limit(campaign, _OWN)
    if general is not None and _campaign_uses(world.conn, campaign.id) + accepted >= general:
        return "CampaignLimitReached", "the campaign's redemptions are used up"
    if profile is None or own is None:
        return None
    if _campaign_uses(world.conn, campaign.id, profile.id) + accepted >= own:
        return "ProfileLimitReached", "this customer's redemptions are used up"
    return None


def _refused_by_holder(world: "World", view: SessionView, coupon: sqlite3.Row) -> _Refusal:
    profile, recipient = view.profile, coupon["recipient"]
    if recipient is not None and (profile is None or profile.integration_id != recipient):
        return "CouponRecipientDoesNotMatch", "the code belongs to another customer"
    if coupon["mandatory"] and not (
        profile is not None and coupons.is_reserved(world.conn, coupon["id"], profile.id)
    ):
        return "CouponReservationRequired", "this customer holds no reservation"
    return None


def _limit(campaign: Campaign, entities: tuple[str, ...]) -> int | None:
    """How many redemptions the campaign's budget allows, for all or for each customer."""
    for limit in campaign.limits:
        named = cast(Sequence[str], limit.get("entities") or ())
        if limit["action"] == "redeemCoupon" and tuple(named) == entities:
            return to_hundredths(limit["limit"]) // 100
    return None


def _campaign_uses(conn: sqlite3.Connection, campaign: int, profile: int | None = None) -> int:
    return int(
        conn.execute(
            "select count(*) from redemption where campaign_id = ?1 and undone is null"
            " and (?2 is null or profile_id = ?2)",
            (campaign, profile),
        ).fetchone()[0]
    )
