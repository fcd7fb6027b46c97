"""Coupons, reservations and referrals."""

from typing import Annotated, Literal

from pydantic import Field

from talon_client.models.base import Attributes, Entity, Many, Model, Number, Open, RequestModel, Timestamp

LimitEntity = Open[Literal["Coupon", "Referral", "Profile", "Identifier", "Store", "Session"]]


class LimitConfig(Model):
    """A budget: how often `action` may happen per `period`, counted over `entities`."""

    action: str | None = None
    limit: Number | None = None
    period: Open[Literal["daily", "weekly", "monthly", "yearly"]] | None = None
    entities: Many[LimitEntity] = ()


class Coupon(Entity):
    """A coupon code. `usage_limit` and `reservation_limit` 0 mean unlimited; `discount_limit` makes it a
    gift card, `discount_remainder` is what is left. `is_reservation_mandatory`: only holders redeem."""

    campaign_id: int | None = None
    value: str | None = None
    usage_limit: int | None = None
    discount_limit: Number | None = None
    reservation_limit: int | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    limits: Many[LimitConfig] = ()
    usage_counter: int | None = None
    discount_counter: Number | None = None
    discount_remainder: Number | None = None
    reservation_counter: Number | None = None
    attributes: Attributes = {}
    referral_id: int | None = None
    recipient_integration_id: str | None = None
    import_id: int | None = None
    reservation: bool | None = None
    batch_id: str | None = None
    is_reservation_mandatory: bool | None = None
    implicitly_reserved: bool | None = None


class IntegrationCoupon(Coupon):
    """A coupon as a session answers it, with this customer's redemptions."""

    profile_redemption_count: int | None = None


class InventoryCoupon(IntegrationCoupon):
    """A coupon in a customer's inventory. `active` also when its campaign is only scheduled."""

    state: Open[Literal["active", "used", "expired", "pending", "disabled"]] | None = None


class CouponReservations(RequestModel):
    """The customers, by integration id, at most 1000 a request."""

    integration_ids: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=1000)]],
        Field(alias="integrationIDs", max_length=1000),
    ]


class Referral(Entity):
    """A referral code of an advocate."""

    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    usage_limit: int | None = None
    campaign_id: int | None = None
    advocate_profile_integration_id: str | None = None
    friend_profile_integration_id: str | None = None
    attributes: Attributes = {}
    import_id: int | None = None
    code: str | None = None
    usage_counter: int | None = None
    batch_id: str | None = None


class InventoryReferral(Referral):
    """A referral with the friends who used it."""

    referred_customers: Many[str] = ()
