"""Models named as the API's schemas: tolerant ones for answers, strict ones for requests.

Each room is opened when somebody asks for one of its models: all 200 together take longer than a first answer.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from talon_client.models.achievements import *
    from talon_client.models.audiences import *
    from talon_client.models.base import *
    from talon_client.models.campaigns import *
    from talon_client.models.cards import *
    from talon_client.models.catalogs import *
    from talon_client.models.coupons import *
    from talon_client.models.effect_props import *
    from talon_client.models.effects import *
    from talon_client.models.events import *
    from talon_client.models.loyalty import *
    from talon_client.models.profiles import *
    from talon_client.models.referrals import *
    from talon_client.models.responses import *
    from talon_client.models.sessions import *

_ROOMS = {
    "achievements": """
        AchievementProgress AchievementProgressWithDefinition AchievementStatusEntry CustomerAchievement
        TimePoint
    """,
    "audiences": """
        AttributeQuery Audience CustomerProfileAudienceRequest CustomerProfileAudienceRequestItem
        NewAudience UpdateAudience
    """,
    "base": """
        Model Page RequestBody RequestModel
    """,
    "campaigns": """
        Campaign CampaignBudget CampaignEligibility CampaignEligibilityDetails CampaignEligibilityExperiment
        CampaignEligibilityFailureDetails CodeGeneratorSettings IntegrationCampaign RuleEligibility
        RuleEligibilityFailureDetails RuleMetadata RuleMetadataEligibility
    """,
    "cards": """
        GenerateLoyaltyCard LedgerInfo Loyalty LoyaltyCard LoyaltyCardProfileRegistration
        LoyaltyCardRegistration LoyaltyProgramLedgers Tier
    """,
    "catalogs": """
        AddItem AddItemCatalogAction AddPriceAdjustment AddPriceAdjustmentCatalogAction AdjustmentDetails
        AudienceReference BestPriorPrice BestPriorPriceMetadata BestPriorPriceRequest BestPriorTarget
        Catalog CatalogAction CatalogActionFilter CatalogProduct CatalogSyncRequest
        InfluencingCampaignDetails LabelTarget NewPriceAdjustment PatchItem PatchItemCatalogAction
        PatchManyItems PatchManyItemsCatalogAction RemoveItem RemoveItemCatalogAction RemoveManyItems
        RemoveManyItemsCatalogAction
    """,
    "coupons": """
        Coupon CouponReservations IntegrationCoupon InventoryCoupon InventoryReferral LimitConfig Referral
    """,
    "effect_props": """
        AcceptCouponEffectProps AcceptReferralEffectProps AddFreeItemEffectProps AddLoyaltyPointsEffectProps
        AddToAudienceEffectProps AwardGiveawayEffectProps ChangeLoyaltyTierLevelEffectProps
        CouponCreatedEffectProps CustomEffectProps DeductLoyaltyPointsEffectProps EffectProps
        ErrorEffectProps ExtendLoyaltyPointsExpiryDateEffectProps IncreaseAchievementProgressEffectProps
        JoinLoyaltyProgramEffectProps LoyaltyLedgerEntryExpiryDateChange RedeemReferralEffectProps
        ReferralCreatedEffectProps RejectCouponEffectProps RejectReferralEffectProps
        RemoveFromAudienceEffectProps ReserveCouponEffectProps RollbackAddedLoyaltyPointsEffectProps
        RollbackCouponEffectProps RollbackDeductedLoyaltyPointsEffectProps RollbackDiscountEffectProps
        RollbackIncreasedAchievementProgressEffectProps RollbackReferralEffectProps SetDiscountEffectProps
        SetDiscountPerAdditionalCostEffectProps SetDiscountPerAdditionalCostPerItemEffectProps
        SetDiscountPerItemEffectProps SetLoyaltyPointsExpiryDateEffectProps ShowBundleMetadataEffectProps
        ShowNotificationEffectProps StartAchievementProgressEffectProps TriggerWebhookEffectProps
        UpdateAttributeEffectProps WillAwardGiveawayEffectProps
    """,
    "effects": """
        Effect RuleFailureReason
    """,
    "events": """
        CouponRejectionReason Event EventV3 IntegrationEventV2Request IntegrationEventV3Request LedgerEntry
        Meta NewEvent ReferralRejectionReason
    """,
    "loyalty": """
        ActivateLoyaltyPoints ActivateLoyaltyPointsResponse CardLedgerPointsEntryIntegrationAPI
        CardLedgerTransactionLogEntryIntegrationAPI DeleteLoyaltyTransactionsRequest
        LedgerPointsEntryIntegrationAPI LedgerTransactionLogEntryIntegrationAPI LoyaltyBalance
        LoyaltyBalanceWithTier LoyaltyBalancesWithTiers LoyaltyCardBalances LoyaltyLedgerEntry
        LoyaltyLedgerEntryFlags ProjectedTier
    """,
    "profiles": """
        AudienceMembership CustomerInventory CustomerProfile CustomerProfileIntegrationRequestV2 Giveaway
        LoyaltyMembership MultipleCustomerProfileIntegrationRequest
        MultipleCustomerProfileIntegrationRequestItem ProfileAudiencesChanges
    """,
    "referrals": """
        NewReferral NewReferralsForMultipleAdvocates
    """,
    "responses": """
        CustomerProfileIntegrationResponseV2 CustomerProfileUpdateV2Response IntegrationEventV2Response
        IntegrationEventV3Response IntegrationResponse IntegrationState
        MultipleCustomerProfileIntegrationResponseV2
    """,
    "sessions": """
        AdditionalCost AdditionalCostEntry CartItem CartItemEntry CartItemProduct CustomerSessionV2
        ExperimentVariantAllocation IntegrationCustomerSessionResponse IntegrationRequest IntegrationStateV2
        NewCustomerSessionV2 NewReturn PriceDetail Product ReopenSessionResponse Return
        ReturnIntegrationRequest ReturnedCartItem ReturnedCartItemEntry VariantAllocation
    """,
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = list(_ROOM_OF)


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(f"{__name__}.{_ROOM_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
