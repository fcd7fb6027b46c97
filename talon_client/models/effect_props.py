"""What an effect says, by its type (effects.md). Positions count from 0: lines of the cart, then units of a line."""

from typing import Any

from pydantic import Field

from talon_client.models.base import Attributes, Many, Model, Number, Timestamp


class EffectProps(Model):
    """What the props of every effect have in common: nothing. Unknown fields stay in `model_extra`."""


class _Code(EffectProps):
    value: str | None = None


class AcceptCouponEffectProps(_Code):
    """The code `value` is valid; redeemed when the session closes."""


class AcceptReferralEffectProps(_Code):
    """The code `value` is valid; redeemed when the session closes."""


class RollbackCouponEffectProps(_Code):
    """The code `value` can be used again."""


class RollbackReferralEffectProps(_Code):
    """The code `value` can be used again."""


class ReferralCreatedEffectProps(_Code):
    """A new referral code."""


class RedeemReferralEffectProps(_Code):
    """Deprecated, now `acceptReferral`."""

    id: int | None = None


class _Rejection(_Code):
    rejection_reason: str | None = None
    condition_index: int | None = None
    effect_index: int | None = None
    details: str | None = None
    campaign_exclusion_reason: str | None = None


class RejectCouponEffectProps(_Rejection):
    """The code `value` was refused. The reasons are an open list."""


class RejectReferralEffectProps(_Rejection):
    """The code `value` was refused. The reasons are an open list."""


class CouponCreatedEffectProps(_Code):
    """A new code for the customer with the integration id `profile_id`."""

    profile_id: str | None = None


class ReserveCouponEffectProps(EffectProps):
    """A code reserved by a rule."""

    coupon_value: str | None = None
    profile_integration_id: str | None = None
    is_new_reservation: bool | None = None


class _Discount(EffectProps):
    name: str | None = None
    value: Number | None = None
    desired_value: Number | None = None


class SetDiscountEffectProps(_Discount):
    """A discount on the session. `desired_value`: before a budget cut it."""

    scope: str | None = None


class SetDiscountPerItemEffectProps(_Discount):
    """A discount on one unit. The totals come with pro rata discounts."""

    position: int | None = None
    sub_position: int | None = None
    scope: str | None = None
    total_discount: Number | None = None
    desired_total_discount: Number | None = None
    bundle_index: int | None = None
    bundle_name: str | None = None
    targeted_item_position: int | None = None
    targeted_item_sub_position: int | None = None
    excluded_from_price_history: bool | None = None


class SetDiscountPerAdditionalCostEffectProps(_Discount):
    """A discount on an additional cost, like shipping."""

    additional_cost_id: int | None = None
    additional_cost: str | None = None


class SetDiscountPerAdditionalCostPerItemEffectProps(SetDiscountPerAdditionalCostEffectProps):
    """A discount on an additional cost of one unit."""

    position: int | None = None
    sub_position: int | None = None


class RollbackDiscountEffectProps(EffectProps):
    """A discount taken back."""

    name: str | None = None
    value: Number | None = None
    cart_item_position: int | None = None
    cart_item_sub_position: int | None = None
    additional_cost_id: int | None = None
    additional_cost: str | None = None
    scope: str | None = None


class _Ledger(EffectProps):
    """`sub_ledger_id` is empty for the main ledger."""

    program_id: int | None = None
    sub_ledger_id: str | None = None


class AddLoyaltyPointsEffectProps(_Ledger):
    """Points earned, kept only when the session closes. `name` is the reason."""

    name: str | None = None
    value: Number | None = None
    desired_value: Number | None = None
    recipient_integration_id: str | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    cart_item_position: int | None = None
    cart_item_sub_position: int | None = None
    card_identifier: str | None = None
    bundle_index: int | None = None
    bundle_name: str | None = None
    awaits_activation: bool | None = None
    validity_duration: str | None = None


class DeductLoyaltyPointsEffectProps(_Ledger):
    """Active points spent, kept only when the session closes."""

    rule_title: str | None = None
    value: Number | None = None
    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    name: str | None = None
    card_identifier: str | None = None


class RollbackAddedLoyaltyPointsEffectProps(_Ledger):
    """Earned points taken back; `transaction_uuid` is the new subtraction's."""

    value: Number | None = None
    recipient_integration_id: str | None = None
    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    cart_item_position: int | None = None
    cart_item_sub_position: int | None = None
    card_identifier: str | None = None


class RollbackDeductedLoyaltyPointsEffectProps(_Ledger):
    """Spent points given back; `transaction_uuid` is the new addition's."""

    value: Number | None = None
    recipient_integration_id: str | None = None
    start_date: Timestamp | None = None
    expiry_date: Timestamp | None = None
    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    card_identifier: str | None = None


class ChangeLoyaltyTierLevelEffectProps(_Ledger):
    """A tier up, only together with an addition of points."""

    rule_title: str | None = None
    previous_tier_name: str | None = None
    new_tier_name: str | None = None
    expiry_date: Timestamp | None = None


class LoyaltyLedgerEntryExpiryDateChange(Model):
    """A lot that expires at another date than before."""

    transaction_uuid: str | None = Field(default=None, alias="transactionUUID")
    previous_expiry_date: Timestamp | None = None
    new_expiry_date: Timestamp | None = None


class ExtendLoyaltyPointsExpiryDateEffectProps(_Ledger):
    """Lots that expire last longer. 25.15 names them by `transaction_uuids`, with one date before."""

    extension_duration: str | None = None
    affected_transactions: Many[LoyaltyLedgerEntryExpiryDateChange] = ()
    transaction_uuids: Many[str] = Field(default=(), alias="transactionUUIDs")
    previous_expiration_date: Timestamp | None = None


class SetLoyaltyPointsExpiryDateEffectProps(_Ledger):
    """One expiry for active, pending and unlimited lots."""

    new_expiry_date: Timestamp | None = None
    affected_transactions: Many[LoyaltyLedgerEntryExpiryDateChange] = ()


class JoinLoyaltyProgramEffectProps(EffectProps):
    """The customer joined a program. Known from later SDKs only."""

    program_id: int | None = None
    join_date: Timestamp | None = None


class AddFreeItemEffectProps(EffectProps):
    """The shop adds the item at price 0."""

    sku: str | None = None
    name: str | None = None
    desired_quantity: int | None = None


class WillAwardGiveawayEffectProps(EffectProps):
    """Promised while the session is not closed, without a code."""

    pool_id: int | None = None
    pool_name: str | None = None
    recipient_integration_id: str | None = None


class AwardGiveawayEffectProps(WillAwardGiveawayEffectProps):
    """Awarded when the session closed."""

    giveaway_id: int | None = None
    code: str | None = None


class _Achievement(EffectProps):
    achievement_id: int | None = None
    achievement_name: str | None = None
    progress_tracker_id: int | None = None
    target: Number | None = None


class IncreaseAchievementProgressEffectProps(_Achievement):
    """Progress; `value` is the new total."""

    delta: Number | None = None
    value: Number | None = None
    is_just_completed: bool | None = None


class StartAchievementProgressEffectProps(_Achievement):
    """Progress starts at 0."""

    start_date: Timestamp | None = None
    end_date: Timestamp | None = None


class RollbackIncreasedAchievementProgressEffectProps(_Achievement):
    """Progress taken back."""

    decrease_progress_by: Number | None = None
    current_progress: Number | None = None


class _Membership(EffectProps):
    audience_id: int | None = None
    audience_name: str | None = None
    profile_integration_id: str | None = None
    profile_id: int | None = None


class AddToAudienceEffectProps(_Membership):
    """A customer joined an audience."""


class RemoveFromAudienceEffectProps(_Membership):
    """A customer left an audience."""


class UpdateAttributeEffectProps(EffectProps):
    """An attribute changed; `path` names it."""

    path: str | None = None
    value: Any = None


class TriggerWebhookEffectProps(EffectProps):
    """A webhook was called."""

    webhook_id: int | None = None
    webhook_name: str | None = None


class ShowNotificationEffectProps(EffectProps):
    """A text for the customer: `Info`, `Offer`, `Error` or `Misc`."""

    notification_type: str | None = None
    title: str | None = None
    body: str | None = None


class CustomEffectProps(EffectProps):
    """An effect of the shop's own."""

    effect_id: int | None = None
    name: str | None = None
    payload: Attributes = {}
    cart_item_position: int | None = None
    cart_item_sub_position: int | None = None
    bundle_index: int | None = None
    bundle_name: str | None = None


class ErrorEffectProps(EffectProps):
    """The rule broke."""

    message: str | None = None


class ShowBundleMetadataEffectProps(EffectProps):
    """Deprecated: the items of a bundle."""

    description: str | None = None
    bundle_attributes: Many[str] = ()
    items_indices: Many[int] = ()


PROPS: dict[str, type[EffectProps]] = {
    "acceptCoupon": AcceptCouponEffectProps,
    "rejectCoupon": RejectCouponEffectProps,
    "acceptReferral": AcceptReferralEffectProps,
    "redeemReferral": RedeemReferralEffectProps,
    "rejectReferral": RejectReferralEffectProps,
    "couponCreated": CouponCreatedEffectProps,
    "referralCreated": ReferralCreatedEffectProps,
    "reserveCoupon": ReserveCouponEffectProps,
    "setDiscount": SetDiscountEffectProps,
    "setDiscountPerItem": SetDiscountPerItemEffectProps,
    "setDiscountPerAdditionalCost": SetDiscountPerAdditionalCostEffectProps,
    "setDiscountPerAdditionalCostPerItem": SetDiscountPerAdditionalCostPerItemEffectProps,
    "addLoyaltyPoints": AddLoyaltyPointsEffectProps,
    "deductLoyaltyPoints": DeductLoyaltyPointsEffectProps,
    "changeLoyaltyTierLevel": ChangeLoyaltyTierLevelEffectProps,
    "extendLoyaltyPointsExpiryDate": ExtendLoyaltyPointsExpiryDateEffectProps,
    "setLoyaltyPointsExpiryDate": SetLoyaltyPointsExpiryDateEffectProps,
    "joinLoyaltyProgram": JoinLoyaltyProgramEffectProps,
    "addFreeItem": AddFreeItemEffectProps,
    "willAwardGiveaway": WillAwardGiveawayEffectProps,
    "awardGiveaway": AwardGiveawayEffectProps,
    "increaseAchievementProgress": IncreaseAchievementProgressEffectProps,
    "startAchievementProgress": StartAchievementProgressEffectProps,
    "addToAudience": AddToAudienceEffectProps,
    "removeFromAudience": RemoveFromAudienceEffectProps,
    "updateAttribute": UpdateAttributeEffectProps,
    "set": UpdateAttributeEffectProps,
    "triggerWebhook": TriggerWebhookEffectProps,
    "callApi": TriggerWebhookEffectProps,
    "showNotification": ShowNotificationEffectProps,
    "customEffect": CustomEffectProps,
    "error": ErrorEffectProps,
    "showBundleMetadata": ShowBundleMetadataEffectProps,
    "rollbackCoupon": RollbackCouponEffectProps,
    "rollbackReferral": RollbackReferralEffectProps,
    "rollbackDiscount": RollbackDiscountEffectProps,
    "rollbackAddedLoyaltyPoints": RollbackAddedLoyaltyPointsEffectProps,
    "rollbackDeductedLoyaltyPoints": RollbackDeductedLoyaltyPointsEffectProps,
    "rollbackIncreasedAchievementProgress": RollbackIncreasedAchievementProgressEffectProps,
}
"""The props of each `effectType`. SDKs after 26.17 write `set` and `callApi` for two of them (effects.md)."""
