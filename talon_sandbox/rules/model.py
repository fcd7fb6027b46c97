"""What rules look at and what they answer: all of it immutable. Money and points are hundredths."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..catalog import Campaign, Group
from ..coupons import NewCoupon
from ..ledger import AT_ONCE, Window

Wire = dict[str, object]


@dataclass(frozen=True, slots=True)
class Item:
    """A cart line; `price` and `costs` of one unit, in hundredths; `returned` units no longer count."""

    position: int
    sku: str
    quantity: int
    price: int
    category: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)
    costs: Mapping[str, int] = field(default_factory=dict)
    returned: int = 0

    @property
    def units(self) -> range:
        """The sub-positions that are still in the cart; returns take the lowest first."""
        return range(self.returned, self.quantity)

    @property
    def value(self) -> int:
        """What the remaining units cost, before discounts and additional costs."""
        return self.price * len(self.units)


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The customer as rules see them; `audiences` are ids, `sales` in hundredths."""

    id: int
    integration_id: str
    attributes: Mapping[str, object]
    audiences: frozenset[int]
    closed_sessions: int
    sales: int


@dataclass(frozen=True, slots=True)
class CardView:
    """The loyalty card in the session."""

    id: int
    identifier: str
    program_id: int
    status: str


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session, or, with `exists` false, a profile alone.

    `nonce` makes transaction ids of this evaluation unlike those of any other. `evaluable` limits the campaigns;
    in a `dry` run it may name disabled ones. `closing`: what is given is kept, not only proposed.
    """

    nonce: tuple[object, ...]
    profile: ProfileView | None = None
    items: tuple[Item, ...] = ()
    costs: Mapping[str, int] = field(default_factory=dict)
    coupons: tuple[str, ...] = ()
    referral: str = ""
    card: CardView | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
    store: str = ""
    first: bool = True
    evaluable: frozenset[int] | None = None
    dry: bool = False
    exists: bool = True
    closing: bool = True
    item_total: int = field(init=False)
    total: int = field(init=False)

    def __post_init__(self) -> None:
        """Reckon once what the remaining items cost, and that with all additional costs, before discounts."""
        items = sum(item.value for item in self.items)
        on_items = sum(sum(item.costs.values()) * len(item.units) for item in self.items)
        object.__setattr__(self, "item_total", items)
        object.__setattr__(self, "total", items + on_items + sum(self.costs.values()))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened besides a session update: a type and its attributes."""

    type: str
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PointsMove:
    """Points that an effect moves when it is applied."""

    program_id: int
    subledger: str
    window: Window = AT_ONCE
    card_id: int | None = None
    # Whose they are when they are not the session's customer's: an advocate's.
    profile_id: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect; `value` is what can be taken back of it, `position` the cart unit that it belongs to.

    `coupon`: campaign and settings of a code that it creates.
    """

    type: str
    props: Wire
    campaign_id: int
    ruleset_id: int
    rule_index: int
    rule_name: str
    coupon_id: int | None = None
    condition_index: int | None = None
    value: int = 0
    position: int | None = None
    sub_position: int | None = None
    points: PointsMove | None = None
    group: Group | None = None
    coupon: tuple[int, NewCoupon] | None = None
    # A referral code to be made: its campaign and its advocate.
    referral: tuple[int, str] | None = None

    @property
    def envelope(self) -> Wire:
        """Everything of the answer but type and props."""
        named: Wire = {
            "campaignId": self.campaign_id,
            "rulesetId": self.ruleset_id,
            "ruleIndex": self.rule_index,
            "ruleName": self.rule_name,
        }
        if self.coupon_id is not None:
            named["triggeredByCoupon"] = self.coupon_id
        if self.condition_index is not None:
            named["conditionIndex"] = self.condition_index
        if self.group is not None:
            named |= {"evaluationGroupID": self.group.id, "evaluationGroupMode": self.group.mode}
        return named

    def to_answer(self) -> Wire:
        """The effect as the API shows it (effects.md, Envelope)."""
        return {**self.envelope, "effectType": self.type, "props": self.props}


FailureCode = Literal["CONDITION_NOT_MET", "EFFECT_FAILED"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a rule gave nothing: the index of the condition that does not hold, or of the effect that failed."""

    campaign: Campaign
    rule_index: int
    rule_name: str
    details: str
    condition_index: int | None = None
    effect_index: int | None = None
    coupon_id: int | None = None
    coupon_value: str | None = None
    referral_id: int | None = None
    referral_value: str | None = None

    @property
    def code(self) -> FailureCode:
        """Which of the two it was."""
        return "CONDITION_NOT_MET" if self.effect_index is None else "EFFECT_FAILED"

    def to_answer(self) -> Wire:
        """One of `ruleFailureReasons` (effects.md); note the capital ID."""
        answer: Wire = {
            "campaignID": self.campaign.id,
            "campaignName": self.campaign.name,
            "rulesetID": self.campaign.ruleset_id,
            "ruleIndex": self.rule_index,
            "ruleName": self.rule_name,
        }
        optional = {"conditionIndex": self.condition_index, "effectIndex": self.effect_index}
        optional |= {"couponID": self.coupon_id, "referralID": self.referral_id}
        answer.update({name: value for name, value in optional.items() if value is not None})
        if self.coupon_value is not None:
            answer["couponValue"] = self.coupon_value
        if self.referral_value is not None:
            answer["referralValue"] = self.referral_value
        group = self.campaign.group
        if group is not None:
            answer |= {"evaluationGroupID": group.id, "evaluationGroupMode": group.mode}
        return {**answer, "details": self.details}


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused code: the reason, and the campaign that the code belongs to, if any."""

    code: str
    reason: str
    campaign: Campaign | None = None
    coupon_id: int | None = None
    details: str = ""
    exclusion: str = ""
    rule_index: int = 0
    rule_name: str = ""
    condition_index: int | None = None
    effect_index: int | None = None
    kind: Literal["rejectCoupon", "rejectReferral"] = "rejectCoupon"
    referral_id: int | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the rules answer: the whole set of effects, why rules gave nothing, and which campaigns were asked."""

    effects: tuple[Effect, ...] = ()
    failures: tuple[Failure, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    considered: tuple[Campaign, ...] = ()
    skipped: tuple[Campaign, ...] = ()
