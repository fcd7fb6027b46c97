"""Effects as data: what each is about, what they add up to, and how two sets of them differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from desk.insight.balances import ZERO
from talon_client.models import Effect


class Topic(StrEnum):
    """What an effect is about; pages group by it, in this order."""

    POINTS = "points"
    DISCOUNTS = "discounts"
    COUPONS = "coupons"
    REFERRALS = "referrals"
    GIVEAWAYS = "giveaways"
    ACHIEVEMENTS = "achievements"
    AUDIENCES = "audiences"
    ITEMS = "items"
    ATTRIBUTES = "attributes"
    MESSAGES = "messages"
    OTHER = "other"


_TOPICS = {
    Topic.POINTS: (
        "addLoyaltyPoints",
        "deductLoyaltyPoints",
        "rollbackAddedLoyaltyPoints",
        "rollbackDeductedLoyaltyPoints",
        "addNegativeLoyaltyPoints",
        "offsetNegativeLoyaltyPoints",
        "changeLoyaltyTierLevel",
        "extendLoyaltyPointsExpiryDate",
        "setLoyaltyPointsExpiryDate",
        "joinLoyaltyProgram",
    ),
    Topic.DISCOUNTS: (
        "setDiscount",
        "setDiscountPerItem",
        "setDiscountPerAdditionalCost",
        "setDiscountPerAdditionalCostPerItem",
        "rollbackDiscount",
    ),
    Topic.COUPONS: ("acceptCoupon", "rejectCoupon", "couponCreated", "reserveCoupon", "rollbackCoupon"),
    Topic.REFERRALS: (
        "acceptReferral",
        "redeemReferral",
        "rejectReferral",
        "referralCreated",
        "rollbackReferral",
    ),
    Topic.GIVEAWAYS: ("willAwardGiveaway", "awardGiveaway"),
    Topic.ACHIEVEMENTS: (
        "increaseAchievementProgress",
        "startAchievementProgress",
        "rollbackIncreasedAchievementProgress",
    ),
    Topic.AUDIENCES: ("addToAudience", "removeFromAudience"),
    Topic.ITEMS: ("addFreeItem", "showBundleMetadata"),
    Topic.ATTRIBUTES: ("updateAttribute", "set"),
    Topic.MESSAGES: ("showNotification", "triggerWebhook", "callApi", "customEffect", "error"),
}
_TOPIC_OF = {kind: topic for topic, kinds in _TOPICS.items() for kind in kinds}


def topic_of(effect: Effect) -> Topic:
    """What the effect is about; `OTHER` for one that nobody knows."""
    return _TOPIC_OF.get(effect.effect_type or "", Topic.OTHER)


def is_known(kind: str | None) -> bool:
    """Whether the desk knows what such an effect is."""
    return kind in _TOPIC_OF


@dataclass(frozen=True, slots=True)
class EffectGroup:
    """Effects of one topic, in the order of the API."""

    topic: Topic
    effects: tuple[Effect, ...]


def grouped(effects: Iterable[Effect]) -> tuple[EffectGroup, ...]:
    """Effects by topic, topics in the order of `Topic`, empty ones left out."""
    found: dict[Topic, list[Effect]] = {topic: [] for topic in Topic}
    for effect in effects:
        found[topic_of(effect)].append(effect)
    return tuple(EffectGroup(topic, tuple(each)) for topic, each in found.items() if each)


@dataclass(frozen=True, slots=True)
class Purse:
    """The ledger that an effect moves: `card` or `profile` says whose, "" where the effect does not name
    it."""

    program_id: int
    subledger: str = ""
    profile: str = ""
    card: str = ""


def purse_of(effect: Effect, profile_id: str = "") -> Purse | None:
    """The ledger of a points effect; `profile_id`: whose it is where the effect names no recipient."""
    program = effect.number("programId")
    if program is None:
        return None
    card = effect.text("cardIdentifier") or ""
    profile = "" if card else effect.text("recipientIntegrationId") or profile_id
    return Purse(int(program), effect.text("subLedgerId") or "", profile, card)


@dataclass(frozen=True, slots=True)
class PurseChange:
    """Points by ledger: earned and spent by these effects, taken back, given back, and owed below zero."""

    purse: Purse
    earned: Decimal = ZERO
    spent: Decimal = ZERO
    taken_back: Decimal = ZERO
    given_back: Decimal = ZERO
    owed: Decimal = ZERO

    @property
    def lost(self) -> Decimal:
        """All that was taken back of what was earned, below zero included."""
        return self.taken_back + self.owed


_FIELDS = {
    "addLoyaltyPoints": "earned",
    "deductLoyaltyPoints": "spent",
    "rollbackAddedLoyaltyPoints": "taken_back",
    "rollbackDeductedLoyaltyPoints": "given_back",
    "addNegativeLoyaltyPoints": "owed",
}


def purse_changes(effects: Iterable[Effect], profile_id: str = "") -> tuple[PurseChange, ...]:
    """What points effects add up to, by ledger, in the order in which they first come up."""
    sums: dict[Purse, dict[str, Decimal]] = {}
    for effect in effects:
        name = _FIELDS.get(effect.effect_type or "")
        purse = purse_of(effect, profile_id) if name else None
        if name and purse:
            figures = sums.setdefault(purse, {})
            figures[name] = figures.get(name, ZERO) + abs(effect.number("value") or ZERO)
    return tuple(PurseChange(purse, **figures) for purse, figures in sums.items())


class ChangeKind(StrEnum):
    """What is compared between two sets of effects."""

    POINTS = "points"
    SPENT = "points spent"
    DISCOUNT = "discount"
    COUPON = "coupon"
    REFERRAL = "referral"
    GIVEAWAY = "giveaway"
    FREE_ITEM = "free item"
    ACHIEVEMENT = "achievement progress"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in two sets of effects. `about`: a name, a code, an item, or an effect type; `purse` for
    points.

    `before` and `after`: sums (points, money, progress) or counts (codes, giveaways, items).
    """

    kind: ChangeKind
    about: str
    before: Decimal
    after: Decimal
    purse: Purse | None = None

    @property
    def change(self) -> Decimal:
        """After less before."""
        return self.after - self.before


_Key = tuple[ChangeKind, str, Purse | None]
_ONE = Decimal(1)


def totals(effects: Iterable[Effect], profile_id: str = "") -> dict[_Key, Decimal]:
    """What effects come to, thing by thing. Refusals and messages are not part of it."""
    found: dict[_Key, Decimal] = {}
    for effect in settled(effects):
        key, value = _measure(effect, profile_id)
        if key is not None:
            found[key] = found.get(key, ZERO) + value
    return found


def _measure(effect: Effect, profile_id: str) -> tuple[_Key | None, Decimal]:
    kind = effect.effect_type or ""
    if kind in _SILENT or kind.startswith(("reject", "rollback")):
        return None, ZERO
    if kind.startswith("setDiscount"):
        kind = "setDiscount"
    what, about, size = _MEASURES.get(kind, (ChangeKind.OTHER, None, None))
    purse = purse_of(effect, profile_id) if what in (ChangeKind.POINTS, ChangeKind.SPENT) else None
    name = kind if about is None else effect.text(about) or ""
    return (what, name, purse), _ONE if size is None else effect.number(size) or ZERO


# By effect: what it counts as, the prop that names it ("" prop: no name), the prop that sizes it (None: one).
_MEASURES: dict[str, tuple[ChangeKind, str | None, str | None]] = {
    "addLoyaltyPoints": (ChangeKind.POINTS, "", "value"),
    "deductLoyaltyPoints": (ChangeKind.SPENT, "", "value"),
    "setDiscount": (ChangeKind.DISCOUNT, "name", "value"),
    "acceptCoupon": (ChangeKind.COUPON, "value", None),
    "acceptReferral": (ChangeKind.REFERRAL, "value", None),
    "redeemReferral": (ChangeKind.REFERRAL, "value", None),
    "awardGiveaway": (ChangeKind.GIVEAWAY, "poolName", None),
    "addFreeItem": (ChangeKind.FREE_ITEM, "sku", None),
    "increaseAchievementProgress": (ChangeKind.ACHIEVEMENT, "achievementName", "delta"),
}
_SILENT = frozenset(
    {"willAwardGiveaway", "showNotification", "triggerWebhook", "callApi", "error", "showBundleMetadata"}
)


def settled(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """The effects that count: a `setDiscount` replaces an earlier one of the same name and scope
    (effects.md)."""
    kept: dict[object, Effect] = {}
    for place, effect in enumerate(effects):
        single = effect.effect_type == "setDiscount"
        kept[(effect.text("name"), effect.text("scope")) if single else place] = effect
    return tuple(kept.values())


def differences(
    before: Iterable[Effect], after: Iterable[Effect], profile_id: str = ""
) -> tuple[Difference, ...]:
    """Everything in either set of effects, what is the same included (`change` 0)."""
    had, gets = totals(before, profile_id), totals(after, profile_id)
    order = list(ChangeKind)
    keys = sorted({*had, *gets}, key=lambda key: (order.index(key[0]), key[1], str(key[2])))
    return tuple(
        Difference(
            kind, about, had.get((kind, about, purse), ZERO), gets.get((kind, about, purse), ZERO), purse
        )
        for kind, about, purse in keys
    )
