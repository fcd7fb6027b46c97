"""Effects that give a customer a code: `couponCreated`, `referralCreated` and `reserveCoupon`."""

from dataclasses import replace
from typing import cast
from zoneinfo import ZoneInfo

from .. import coupons
from ..catalog import Json
from ..durations import add_duration
from ..identity import make_code
from .build import build
from .draft import Context, EffectFailed
from .model import Effect, ProfileView

_LENGTH = 8
_UTC = ZoneInfo("UTC")


def create(context: Context, spec: Json, index: int) -> list[Effect]:
    """A new code of a campaign for this customer alone, when the session closes (choices.py, coupon-created)."""
    profile = _profile(context)
    if not context.view.closing:
        return []
    nonce = (context.view.nonce, context.campaign.id, context.rule_index, index)
    code = str(spec.get("prefix", "")) + make_code(_LENGTH, *nonce)
    valid = spec.get("valid")
    settings = coupons.NewCoupon(
        usage_limit=cast(int, spec.get("usage_limit", 1)),
        expires=None if valid is None else add_duration(context.now, str(valid), _UTC),
        recipient=profile.integration_id,
    )
    made = build(context, "couponCreated", {"value": code, "profileId": profile.integration_id})
    return [replace(made, coupon=(cast(int, spec["campaign"]), settings))]


def refer(context: Context, spec: Json, index: int) -> list[Effect]:
    """A referral code of this customer's own, when the session closes (choices.py, coupon-created)."""
    profile, closing = _profile(context), context.view.closing
    if not closing:
        return []
    code = make_code(_LENGTH, "referral", context.view.nonce, context.campaign.id, context.rule_index, index)
    made = build(context, "referralCreated", {"value": code})
    return [replace(made, referral=(cast(int, spec["campaign"]), profile.integration_id))]


def reserve(context: Context, spec: Json, index: int) -> list[Effect]:
    """Reserve a code that exists for this customer; EffectFailed where it cannot be reserved."""
    profile, code = _profile(context), str(spec["code"])
    coupon = coupons.find(context.world.conn, code)
    if coupon is None or not coupon["reservable"]:
        raise EffectFailed(f"the code {code!r} cannot be reserved")
    held = coupons.is_reserved(context.world.conn, cast(int, coupon["id"]), profile.id)
    props: dict[str, object] = {
        "couponValue": code,
        "profileIntegrationId": profile.integration_id,
        "isNewReservation": not held,
    }
    return [build(context, "reserveCoupon", props)]


def _profile(context: Context) -> ProfileView:
    if context.view.profile is None:
        raise EffectFailed("the session has no customer profile")
    return context.view.profile
