"""Every effect of the rule engine as a sentence (effects.md); one that nobody knows is shown raw, with its props."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from desk.ui.formats import Formats, to_decimal
from desk.ui.words.base import Tone, Words
from desk.ui.words.reasons import coupon_reason, exclusion, referral_reason


@dataclass(frozen=True, slots=True)
class Names:
    """What ids in effects are called: loyalty programs by id, cart lines by position (from 0). Both may be empty."""

    programs: Mapping[int, str] = field(default_factory=dict)
    items: Mapping[int, str] = field(default_factory=dict)


class _Props:
    """One effect's props, read by wire name, with the ways to say them."""

    def __init__(self, props: Mapping[str, object], formats: Formats, names: Names) -> None:
        self._props = props
        self.formats = formats
        self._names = names

    def text(self, name: str) -> str:
        """The prop as text, empty when absent."""
        value = self._props.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> Decimal | None:
        """The prop as an exact number."""
        return to_decimal(self._props.get(name))

    def flag(self, name: str) -> bool:
        """Whether the prop is true."""
        return self._props.get(name) is True

    def size(self, name: str) -> int:
        """How many entries the prop's list has."""
        value = self._props.get(name)
        return len(value) if isinstance(value, list | tuple) else 0

    def points(self, name: str = "value") -> str:
        """`120 points`."""
        return self.formats.points_named(self.number(name))

    def money(self, name: str = "value") -> str:
        """`€5.00`."""
        return self.formats.money(self.number(name))

    def figure(self, name: str) -> str:
        """A plain number."""
        return self.formats.points(self.number(name))

    def day(self, name: str) -> str:
        """`Fri 28 Nov 2025, 14:05 CET`."""
        return self.formats.moment(self.text(name))

    def code(self, name: str = "value") -> str:
        """A code or id in quotation marks."""
        return f"“{self.text(name)}”"

    def ledger(self) -> str:
        """` in Shop points, subledger gold, on card 123`: where points moved."""
        number = self.number("programId")
        where = ""
        if number is not None:
            where = f" in {self._names.programs.get(int(number)) or f'program {number}'}"
        if self.text("subLedgerId"):
            where += f", subledger “{self.text('subLedgerId')}”"
        if self.text("cardIdentifier"):
            where += f", on card “{self.text('cardIdentifier')}”"
        return where

    def item(self, name: str = "position", unit: str = "subPosition", link: str = " on") -> str:
        """` on Coffee, unit 2`: which cart line, counted from 1 for people."""
        position = self.number(name)
        if position is None:
            return ""
        line = self._names.items.get(int(position)) or f"cart line {int(position) + 1}"
        part = self.number(unit)
        return f"{link} {line}" + (f", unit {int(part) + 1}" if part is not None else "")

    def cut(self, wanted: str = "desiredValue", money: bool = True) -> str:
        """What a budget left of the value: `, cut from €10.00 by a budget`."""
        value, desired = self.number("value"), self.number(wanted)
        if desired is None or value is None or desired == value:
            return ""
        return (
            f", cut from {self.formats.money(desired) if money else self.formats.points(desired)} by a budget"
        )


_Say = Callable[[_Props], tuple[str, Tone]]


def _earned(p: _Props) -> tuple[str, Tone]:
    text = f"{p.points()} earned{p.ledger()}"
    if p.text("name"):
        text += f" for “{p.text('name')}”"
    text += p.item("cartItemPosition", "cartItemSubPosition") + p.cut(money=False)
    if p.flag("awaitsActivation"):
        text += ", pending until they are activated"
    elif p.text("startDate"):
        text += f", from {p.day('startDate')}"
    if p.text("expiryDate"):
        text += f", until {p.day('expiryDate')}"
    return text, Tone.ACTIVE


def _tier(p: _Props) -> tuple[str, Tone]:
    before = p.text("previousTierName")
    text = f"Tier rises to “{p.text('newTierName')}”" + (f" from “{before}”" if before else "") + p.ledger()
    return text + (f", until {p.day('expiryDate')}" if p.text("expiryDate") else ""), Tone.ACTIVE


def _extended(p: _Props) -> tuple[str, Tone]:
    lots = p.size("affectedTransactions") or p.size("transactionUUIDs")
    which = f" of {p.formats.count(lots, 'award')}" if lots else ""
    return f"Expiry{which} moves {p.text('extensionDuration')} later{p.ledger()}", Tone.ACTIVE


def _reserved(p: _Props) -> tuple[str, Tone]:
    if p.text("isNewReservation") == "False":
        return (
            f"Coupon {p.code('couponValue')} was already reserved for {p.code('profileIntegrationId')}",
            Tone.PLAIN,
        )
    return f"Coupon {p.code('couponValue')} reserved for {p.code('profileIntegrationId')}", Tone.ACTIVE


def _progress(p: _Props) -> tuple[str, Tone]:
    done = ", completed" if p.flag("isJustCompleted") else ""
    steps = f"{p.figure('value')} of {p.figure('target')}"
    return (
        f"Achievement “{p.text('achievementName')}” goes up by {p.figure('delta')} to {steps}{done}",
        Tone.ACTIVE,
    )


def _audience(p: _Props) -> str:
    return f"audience “{p.text('audienceName') or p.text('audienceId')}”"


def _points_back(p: _Props) -> tuple[str, Tone]:
    text = f"{p.points()} that were spent are given back{p.ledger()}"
    return text + (f", until {p.day('expiryDate')}" if p.text("expiryDate") else ""), Tone.ACTIVE


def _cost(p: _Props) -> str:
    return f"“{p.text('additionalCost') or 'additional cost'}”"


def _rejected_coupon(p: _Props) -> tuple[str, Tone]:
    return _rejected("Coupon", p, coupon_reason(p.text("rejectionReason")))


def _rejected_referral(p: _Props) -> tuple[str, Tone]:
    return _rejected("Referral", p, referral_reason(p.text("rejectionReason")))


def _rejected(what: str, p: _Props, reason: Words) -> tuple[str, Tone]:
    text = f"{what} {p.code()} refused: {reason.text}"
    if p.text("campaignExclusionReason"):
        text = f"{text.rstrip('.')}: {exclusion(p.text('campaignExclusionReason'))}."
    return text + (f" ({p.text('details')})" if p.text("details") else ""), Tone.NEGATIVE


def _attribute(p: _Props) -> tuple[str, Tone]:
    return f"Attribute {p.text('path')} set to {_raw(p.text('value'))}", Tone.PLAIN


def _raw(value: str) -> str:
    return f"“{value}”" if value else "nothing"


_SAY: dict[str, _Say] = {
    "acceptCoupon": lambda p: (f"Coupon {p.code()} accepted", Tone.ACTIVE),
    "rejectCoupon": _rejected_coupon,
    "acceptReferral": lambda p: (f"Referral {p.code()} accepted", Tone.ACTIVE),
    "redeemReferral": lambda p: (f"Referral {p.code()} redeemed", Tone.ACTIVE),
    "rejectReferral": _rejected_referral,
    "couponCreated": lambda p: (f"New coupon {p.code()} made for {p.code('profileId')}", Tone.ACTIVE),
    "referralCreated": lambda p: (f"New referral code {p.code()} made", Tone.ACTIVE),
    "reserveCoupon": _reserved,
    "setDiscount": lambda p: (f"{p.money()} off the order: “{p.text('name')}”{p.cut()}", Tone.ACTIVE),
    "setDiscountPerItem": lambda p: (
        f"{p.money()} off{p.item('position', 'subPosition', '')}: “{p.text('name')}”{p.cut()}",
        Tone.ACTIVE,
    ),
    "setDiscountPerAdditionalCost": lambda p: (
        f"{p.money()} off {_cost(p)}: “{p.text('name')}”{p.cut()}",
        Tone.ACTIVE,
    ),
    "setDiscountPerAdditionalCostPerItem": lambda p: (
        f"{p.money()} off {_cost(p)}{p.item()}: “{p.text('name')}”{p.cut()}",
        Tone.ACTIVE,
    ),
    "addLoyaltyPoints": _earned,
    "deductLoyaltyPoints": lambda p: (
        f"{p.points()} spent{p.ledger()}" + (f" for “{p.text('name')}”" if p.text("name") else ""),
        Tone.SPENT,
    ),
    "changeLoyaltyTierLevel": _tier,
    "extendLoyaltyPointsExpiryDate": _extended,
    "setLoyaltyPointsExpiryDate": lambda p: (
        f"All points{p.ledger()} now expire on {p.day('newExpiryDate')}",
        Tone.PLAIN,
    ),
    "addFreeItem": lambda p: (
        f"Free item “{p.text('name')}” (SKU {p.text('sku')})"
        + (f", {p.figure('desiredQuantity')} wanted" if p.text("desiredQuantity") else ""),
        Tone.ACTIVE,
    ),
    "willAwardGiveaway": lambda p: (
        f"Giveaway from “{p.text('poolName')}” promised to {p.code('recipientIntegrationId')},"
        " given when the order closes",
        Tone.PENDING,
    ),
    "awardGiveaway": lambda p: (
        f"Giveaway {p.code('code')} from “{p.text('poolName')}” given to {p.code('recipientIntegrationId')}",
        Tone.ACTIVE,
    ),
    "increaseAchievementProgress": _progress,
    "startAchievementProgress": lambda p: (
        f"Achievement “{p.text('achievementName')}” begins, target {p.figure('target')}",
        Tone.ACTIVE,
    ),
    "addToAudience": lambda p: (f"Joins {_audience(p)}", Tone.PLAIN),
    "removeFromAudience": lambda p: (f"Leaves {_audience(p)}", Tone.PLAIN),
    "updateAttribute": _attribute,
    "set": _attribute,
    "triggerWebhook": lambda p: (f"Webhook “{p.text('webhookName')}” called", Tone.PLAIN),
    "callApi": lambda p: (f"Webhook “{p.text('webhookName')}” called", Tone.PLAIN),
    "showNotification": lambda p: (
        f"Message to the customer: “{p.text('title')}”" + (f" {p.text('body')}" if p.text("body") else ""),
        Tone.NEGATIVE if p.text("notificationType") == "Error" else Tone.PLAIN,
    ),
    "customEffect": lambda p: (
        f"The shop's own effect “{p.text('name')}”{p.item('cartItemPosition', 'cartItemSubPosition')}",
        Tone.PLAIN,
    ),
    "error": lambda p: (f"A rule broke: {p.text('message')}", Tone.NEGATIVE),
    "showBundleMetadata": lambda p: (
        f"Bundle “{p.text('description')}” of {p.formats.count(p.size('itemsIndices'), 'item')}",
        Tone.PLAIN,
    ),
    "rollbackCoupon": lambda p: (f"Coupon {p.code()} can be used again", Tone.ACTIVE),
    "rollbackReferral": lambda p: (f"Referral {p.code()} can be used again", Tone.ACTIVE),
    "rollbackDiscount": lambda p: (
        f"{p.money()} discount “{p.text('name')}” taken back"
        + (f" on {_cost(p)}" if p.text("additionalCost") else "")
        + p.item("cartItemPosition", "cartItemSubPosition"),
        Tone.NEGATIVE,
    ),
    "rollbackAddedLoyaltyPoints": lambda p: (
        f"{p.points()} that were earned are taken back{p.ledger()}"
        + p.item("cartItemPosition", "cartItemSubPosition"),
        Tone.NEGATIVE,
    ),
    "rollbackDeductedLoyaltyPoints": _points_back,
    "rollbackIncreasedAchievementProgress": lambda p: (
        f"Achievement “{p.text('achievementName')}” goes down by {p.figure('decreaseProgressBy')}"
        f" to {p.figure('currentProgress')} of {p.figure('target')}",
        Tone.NEGATIVE,
    ),
    "joinLoyaltyProgram": lambda p: (f"Joins the loyalty program{p.ledger()}", Tone.ACTIVE),
    "unlockReward": lambda p: ("A reward is unlocked", Tone.ACTIVE),
    "useReward": lambda p: ("A reward is used", Tone.SPENT),
    "rollbackUseReward": lambda p: ("A used reward is given back", Tone.ACTIVE),
    "addNegativeLoyaltyPoints": lambda p: (
        (f"{p.points()} now owed{p.ledger()}: more was taken back than was left")
        if p.text("value")
        else "Points are now owed: more was taken back than was left",
        Tone.NEGATIVE,
    ),
    "offsetNegativeLoyaltyPoints": lambda p: (
        f"{p.points()} of the debt paid off{p.ledger()}" if p.text("value") else "Owed points are paid off",
        Tone.ACTIVE,
    ),
}
EFFECTS = tuple(_SAY)


def effect(
    effect_type: str | None, props: Mapping[str, object], formats: Formats, names: Names | None = None
) -> Words:
    """One effect as a sentence; `word` is its `effectType`. Unknown types show their raw props in `detail`."""
    word = effect_type or ""
    say = _SAY.get(word)
    if say is None:
        raw = json.dumps(dict(props), default=str, ensure_ascii=False, sort_keys=True)
        return Words(
            f"{word or 'Effect without a type'}: {raw}",
            word,
            Tone.PLAIN,
            "This desk does not know this effect.",
        )
    text, tone = say(_Props(props, formats, names or Names()))
    detail = coupon_reason(str(props.get("rejectionReason", ""))).detail if word == "rejectCoupon" else ""
    return Words(text, word, tone, detail)
