"""Reopening a session cannot be previewed: two lists from its own effects, and the check against what
happened.

Sources: effects.md ("undone by", "When each rollback is documented to come"), facts.md (Sessions, Loyalty
ledger).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from desk.insight.balances import ZERO
from desk.insight.effects import purse_of, settled
from desk.insight.reading import effect_date
from desk.insight.sessions import SessionView
from desk.insight.standing import TAKES
from talon_client.models import Effect

ReturnPolicy = Literal["only_pending", "within_balance", "unlimited"]


class Why(StrEnum):
    """Why an effect is expected to be rolled back, to stay, or neither; the value is the sentence."""

    SPENT_POINTS = "Points that were spent are given back."
    PROGRESS = "Achievement progress is taken back, unless the achievement has been completed since."
    UNLIMITED = "The program takes back all earned points, below zero if need be."
    WITHIN_BALANCE = "The program takes back earned points as far as there are points left."
    STILL_PENDING = "These points are still pending, and the program takes pending points back."
    ONLY_PENDING = "The program takes back pending points only; these are active already."
    POLICY_UNKNOWN = "It depends on the program's return policy, which this desk was not told."
    COMPLETED = "A completed achievement is only taken back if its settings allow it."
    FINAL = "This stays as it is."
    COUPON = "Whether a redeemed code can be used again after reopening is not documented."
    DISCOUNT = "Discounts are proposed anew once the open session is updated; no rollback is documented."
    CODE_CANCELLED = "Cancelling makes redeemed codes usable again."
    DISCOUNT_CANCELLED = "Cancelling takes the discounts back."
    UNDOCUMENTED = "What this does to it is not documented."


@dataclass(frozen=True, slots=True)
class Predicted:
    """One effect of the session, and why it stands in its list."""

    effect: Effect
    why: Why


@dataclass(frozen=True, slots=True)
class Prediction:
    """What reopening is expected to do; predicted, not promised. Messages and refusals are in no list."""

    rolled_back: tuple[Predicted, ...]
    stays: tuple[Predicted, ...]
    depends: tuple[Predicted, ...]


_FINAL = frozenset(
    {
        "addFreeItem",
        "awardGiveaway",
        "couponCreated",
        "referralCreated",
        "reserveCoupon",
        "customEffect",
        "updateAttribute",
        "set",
    }
)
_NOTHING_TO_UNDO = frozenset(
    {
        "rejectCoupon",
        "rejectReferral",
        "willAwardGiveaway",
        "showNotification",
        "triggerWebhook",
        "callApi",
        "error",
        "showBundleMetadata",
    }
)


def predict_reopen(
    session: SessionView,
    effects: Sequence[Effect] | None = None,
    policies: Mapping[int, ReturnPolicy | None] | None = None,
    *,
    now: datetime,
) -> Prediction:
    """The three lists. `effects`: the session's own when not given; `policies`: the return policy by program
    id, as far as it is configured."""
    lists: dict[str, list[Predicted]] = {"rolled_back": [], "stays": [], "depends": []}
    for effect in settled(session.effects if effects is None else effects):
        placed = _place(effect, policies or {}, now)
        if placed is not None:
            name, why = placed
            lists[name].append(Predicted(effect, why))
    return Prediction(**{name: tuple(found) for name, found in lists.items()})


_Place = tuple[Literal["rolled_back", "stays", "depends"], Why]


def _place(effect: Effect, policies: Mapping[int, ReturnPolicy | None], now: datetime) -> _Place | None:
    kind = effect.effect_type or ""
    if kind in _NOTHING_TO_UNDO or kind.startswith("rollback"):
        return None
    if kind in _FINAL:
        return "stays", Why.FINAL
    placed: _Place = ("depends", Why.UNDOCUMENTED)
    match kind:
        case "addLoyaltyPoints":
            placed = _earned(effect, policies, now)
        case "deductLoyaltyPoints":
            placed = ("rolled_back", Why.SPENT_POINTS)
        case "increaseAchievementProgress" if effect.props.get("isJustCompleted") is True:
            placed = ("depends", Why.COMPLETED)
        case "increaseAchievementProgress":
            placed = ("depends", Why.PROGRESS)
        case "acceptCoupon" | "acceptReferral" | "redeemReferral":
            placed = ("depends", Why.COUPON)
        case discount if discount.startswith("setDiscount"):
            placed = ("depends", Why.DISCOUNT)
    return placed


def _earned(effect: Effect, policies: Mapping[int, ReturnPolicy | None], now: datetime) -> _Place:
    program = effect.number("programId")
    policy = None if program is None else policies.get(int(program))
    starts = effect_date(effect, "startDate")
    pending = effect.props.get("awaitsActivation") is True or (starts is not None and starts > now)
    match policy:
        case "unlimited":
            return "rolled_back", Why.UNLIMITED
        case "within_balance":
            return "rolled_back", Why.STILL_PENDING if pending else Why.WITHIN_BALANCE
        case "only_pending":
            return ("rolled_back", Why.STILL_PENDING) if pending else ("stays", Why.ONLY_PENDING)
        case _:
            # Every policy takes pending points back.
            return ("rolled_back", Why.STILL_PENDING) if pending else ("depends", Why.POLICY_UNKNOWN)


_INVERSE = {
    "addLoyaltyPoints": "rollbackAddedLoyaltyPoints",
    "deductLoyaltyPoints": "rollbackDeductedLoyaltyPoints",
    "acceptCoupon": "rollbackCoupon",
    "acceptReferral": "rollbackReferral",
    "redeemReferral": "rollbackReferral",
    "increaseAchievementProgress": "rollbackIncreasedAchievementProgress",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A predicted effect after the reopening. `wanted` and `came`: how much was expected and how much was
    rolled back (points, money, progress; 1 for a code)."""

    predicted: Predicted
    wanted: Decimal
    came: Decimal

    @property
    def happened(self) -> bool:
        """Whether anything of it was rolled back."""
        return self.came > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Prediction against the answer. `missing`: expected to be rolled back, and was not, or not fully.
    `settled`: what the prediction left open, as it turned out. `surprises`: rollbacks that nobody
    predicted, and what came beyond a predicted amount."""

    as_predicted: tuple[Compared, ...]
    missing: tuple[Compared, ...]
    settled: tuple[Compared, ...]
    surprises: tuple[Effect, ...]

    @property
    def held(self) -> bool:
        """Whether the prediction was right."""
        return not self.missing and not self.surprises


def compare(prediction: Prediction, actual_effects: Iterable[Effect]) -> Comparison:
    """What the reopening or cancel did, against what was predicted. Amounts of one kind, ledger or code are added up: a
    rollback may come in other pieces than the effect that it undoes."""
    actual: dict[object, list[Effect]] = {}
    for effect in actual_effects:
        kind = effect.effect_type or ""
        if kind.startswith("rollback") or kind in TAKES:
            key = _key(effect, "rollbackAddedLoyaltyPoints" if kind in TAKES else kind)
            actual.setdefault(key, []).append(effect)
    came = {key: sum(map(_size, effects), ZERO) for key, effects in actual.items()}
    spoken_for: set[object] = set()
    as_predicted: list[Compared] = []
    missing: list[Compared] = []
    open_: list[Compared] = []
    # Pending points go first (facts.md, Loyalty ledger): what came is theirs before it is anybody else's.
    pending_first = sorted(prediction.rolled_back, key=lambda each: each.why is not Why.STILL_PENDING)
    for each in (*pending_first, *prediction.depends):
        key = _key(each.effect, _inverse(each.effect))
        spoken_for.add(key)
        wanted = _size(each.effect)
        part = min(wanted, came.get(key, ZERO))
        came[key] = came.get(key, ZERO) - part
        compared = Compared(each, wanted, part)
        if each in prediction.depends:
            open_.append(compared)
        elif part == wanted or (each.why is Why.WITHIN_BALANCE):
            as_predicted.append(compared)
        else:
            missing.append(compared)
    surprises: list[Effect] = []
    for key, effects in actual.items():
        surprises += _last(effects, came[key]) if key in spoken_for else effects
    return Comparison(tuple(as_predicted), tuple(missing), tuple(open_), tuple(surprises))


def _last(effects: Sequence[Effect], rest: Decimal) -> list[Effect]:
    """The last of these effects that come to `rest`; the first of them with only its part of it."""
    found: list[Effect] = []
    for effect in reversed(effects):
        part = min(rest, _size(effect))
        if part > 0:
            props = {**effect.props, _sized_by(effect): part} if part < _size(effect) else effect.props
            found.insert(0, effect.model_copy(update={"props": props}))
        rest -= part
    return found


def _inverse(effect: Effect) -> str:
    kind = effect.effect_type or ""
    return "rollbackDiscount" if kind.startswith("setDiscount") else _INVERSE.get(kind, "")


def _key(effect: Effect, kind: str) -> object:
    if kind.endswith("LoyaltyPoints"):
        purse = purse_of(effect)
        return (kind, purse and (purse.program_id, purse.subledger, purse.card))
    if kind == "rollbackIncreasedAchievementProgress":
        return (kind, effect.text("achievementId"))
    return (kind, effect.text("name") or effect.text("value"))


def _size(effect: Effect) -> Decimal:
    kind = effect.effect_type or ""
    if kind.endswith(("Coupon", "Referral")):
        return Decimal(1)
    return abs(effect.number(_sized_by(effect)) or ZERO)


def _sized_by(effect: Effect) -> str:
    return {
        "increaseAchievementProgress": "delta",
        "rollbackIncreasedAchievementProgress": "decreaseProgressBy",
    }.get(effect.effect_type or "", "value")
