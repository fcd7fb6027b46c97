"""Whether a session's referral code may be tried at all: every reason of `rejectReferral` that is not a rule's."""

import sqlite3
from typing import TYPE_CHECKING

from .. import profiles, referrals
from ..amounts import to_hundredths
from ..catalog import Campaign
from .codes import may_run
from .model import Rejection, SessionView

if TYPE_CHECKING:
    from ..world import World

_Refusal = tuple[str, str] | None


def check_referral(
    world: "World", view: SessionView, now: int, campaigns: frozenset[int]
) -> tuple[sqlite3.Row, Campaign] | Rejection:
    """The referral of the session's code and its campaign, or why not. Order: choices.py, referral-check-order."""
    code = view.referral
    row = referrals.find(world.conn, code)
    if row is None:
        return Rejection(code, "ReferralNotFound", details="no such code", kind="rejectReferral")
    campaign = world.catalog.campaigns[row["campaign_id"]]
    refusal = _refused_by_campaign(view, campaign, now, campaigns) or _refused_by_dates(row, now)
    refusal = (
        refusal
        or _refused_by_limits(world, view, row, campaign)
        or _refused_by_people(world, view, row, campaign)
    )
    if refusal is None:
        return row, campaign
    reason, details = refusal
    left_out = "CampaignNotInEvaluationSet" if reason == "ReferralPartOfNotTriggeredCampaign" else ""
    return Rejection(
        code, reason, campaign, None, details, left_out, kind="rejectReferral", referral_id=row["id"]
    )


def _refused_by_campaign(
    view: SessionView, campaign: Campaign, now: int, campaigns: frozenset[int]
) -> _Refusal:
    if not may_run(view, campaign, now):
        return "ReferralPartOfNotRunningCampaign", f"campaign {campaign.name!r} is not running"
    if campaign.id not in campaigns:
        return "ReferralPartOfNotTriggeredCampaign", "the request leaves this campaign out"
    return None


def _refused_by_dates(row: sqlite3.Row, now: int) -> _Refusal:
    if row["starts"] is not None and now < row["starts"]:
        return "ReferralStartDateInFuture", "the code is not valid yet"
    if row["expires"] is not None and now >= row["expires"]:
        return "ReferralExpired", "the code is no longer valid"
    return None


def _refused_by_limits(world: "World", view: SessionView, row: sqlite3.Row, campaign: Campaign) -> _Refusal:
    used = referrals.uses(world.conn, row["id"])
    if row["usage_limit"] and used >= row["usage_limit"]:
        return "ReferralLimitReached", f"redeemed {used} times, which is the limit"
    for limit in campaign.limits:
        if limit["action"] != "redeemReferral":
            continue
        allowed, entities = to_hundredths(limit["limit"]) // 100, limit.get("entities") or []
        if not entities and referrals.campaign_uses(world.conn, campaign) >= allowed:
            return "CampaignLimitReached", "the campaign's redemptions are used up"
        mine = None if view.profile is None else view.profile.id
        if (
            entities == ["Profile"]
            and mine
            and referrals.campaign_uses(world.conn, campaign, mine) >= allowed
        ):
            return "ProfileLimitReached", "this customer's redemptions are used up"
    return None


def _refused_by_people(world: "World", view: SessionView, row: sqlite3.Row, campaign: Campaign) -> _Refusal:
    if profiles.find(world.conn, row["advocate"]) is None:
        return "AdvocateNotFound", "the advocate has no profile"
    friend = view.profile
    if friend is None:
        return "ReferralRejectedByCondition", "the session has no customer profile"
    if friend.integration_id == row["advocate"]:
        return "ReferralRecipientIdSameAsAdvocate", "advocates cannot refer themselves"
    if row["friend"] and row["friend"] != friend.integration_id:
        return "ReferralRecipientDoesNotMatch", "the code is for another friend"
    if referrals.campaign_uses(world.conn, campaign, friend.id):
        return "ReferralCustomerAlreadyReferred", "this customer has been referred in this campaign"
    return None
