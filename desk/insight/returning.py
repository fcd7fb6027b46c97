"""A return before it is made: a dry return, and what it does to points, discounts and tier."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from desk.insight.balances import ZERO, Reported, TierView, by_subledger, reported, tier_view
from desk.insight.effects import Purse, PurseChange, purse_changes, purse_of
from desk.insight.investigation import Answers, Ask, AskAll, Batch, Investigation
from desk.insight.ledger import Listed, Status
from desk.insight.reading import Unread
from desk.insight.rollback import missing_at, own_awards, predict
from desk.insight.sessions import EarlierReturn, SessionView, earlier_returns
from desk.insight.unused import Unused
from talon_client import Call, TalonError, calls
from talon_client.models import (
    Effect,
    IntegrationStateV2,
    LoyaltyBalancesWithTiers,
    LoyaltyBalanceWithTier,
    LoyaltyCardBalances,
    NewReturn,
    Page,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """Units of one line that come back."""

    position: int
    quantity: int


class TierRisk(StrEnum):
    """What the loss of points means for the tier. `MORE_MISSING`: it is due to drop at its expiry, and a known
    number more is missing to keep it; `MAYBE_MORE`: how many is not known. `UNKNOWN`: points fall that would have
    counted, and the API does not say where the tier ends."""

    NONE = "none"
    DROPS_NOW = "drops now"
    MORE_MISSING = "more is missing"
    MAYBE_MORE = "more may be missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PointsPreview:
    """One ledger before and after the return. `after` is predicted from the dry answer; None when the balance
    could not be read. `exact`: the API listed what is left of the session's awards; otherwise it is assumed
    that nothing of them was spent. `tier`: before the return; `tier_after`: as the dry answer shows it.
    `missing_later`: points fewer when the tier ends, None where that is not known."""

    purse: Purse
    change: PurseChange
    before: Reported | None
    after: Reported | None
    exact: bool = False
    tier: TierView | None = None
    risk: TierRisk = TierRisk.NONE
    tier_after: TierView | None = None
    missing_later: Decimal | None = None

    @property
    def tier_at_risk(self) -> str:
        """The tier that this return takes away, "" when none is known to be."""
        return (self.tier.name or "") if self.tier and self.risk is TierRisk.DROPS_NOW else ""

    @property
    def due(self) -> bool:
        """Whether the tier is due to drop already, so that what is lost counts."""
        return self.tier is not None and self.tier.drops

    @property
    def turns_negative(self) -> bool:
        """Whether points will be owed that are not owed now."""
        if self.after is None or self.before is None:
            return bool(self.change.owed)
        return (self.after.negative or ZERO) > (self.before.negative or ZERO)


@dataclass(frozen=True, slots=True)
class DiscountBack:
    """A discount that is taken back, added up over the returned units."""

    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReturnPreview:
    """What a return would do; nothing was changed. `error`: the API refused the dry return or did not answer.

    `other`: effects that are neither points, discounts nor codes, as the API sent them.
    """

    items: tuple[ReturnItem, ...]
    error: TalonError | None = None
    points: tuple[PointsPreview, ...] = ()
    discounts: tuple[DiscountBack, ...] = ()
    coupons: tuple[str, ...] = ()
    referrals: tuple[str, ...] = ()
    other: tuple[Effect, ...] = ()
    effects: tuple[Effect, ...] = ()
    earlier: tuple[EarlierReturn, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def discount(self) -> Decimal:
        """All discounts that are taken back."""
        return sum((each.amount for each in self.discounts), ZERO)


def return_request(items: Sequence[ReturnItem]) -> ReturnIntegrationRequest:
    """The body of the return, the same for the preview and the real thing."""
    returned = [ReturnedCartItem(position=item.position, quantity=item.quantity) for item in items]
    return ReturnIntegrationRequest.model_validate(
        {
            "return": NewReturn(returned_cart_items=returned),
            "responseContent": ["customerSession", "loyalty", "previousReturns"],
        }
    )


def check_items(session: SessionView, items: Sequence[ReturnItem]) -> str:
    """Why these items cannot be returned, or "" when they can."""
    if not items:
        return "Pick at least one item."
    left = {line.position: line.remaining for line in session.lines}
    for position in (item.position for item in items):
        if position not in left:
            return f"There is no item at position {position}."
        wanted = sum(item.quantity for item in items if item.position == position)
        if wanted > left[position] or any(item.quantity < 1 for item in items):
            return f"Of the item at position {position}, 1 to {left[position]} can be returned, not {wanted}."
    return ""


def preview_return(
    session: SessionView, items: Sequence[ReturnItem], *, now: datetime
) -> Investigation[ReturnPreview]:
    """A dry return of these items together with the balances that it touches, before and after, and what is left
    of the session's awards (a filter of the newer edition; where it is refused the preview is not `exact`).

    The ledgers are known from the session's effects; one that only the answer names costs a second batch.
    `ValueError` when the items cannot be returned (`check_items` says why).
    """
    problem = check_items(session, items)
    if problem:
        raise ValueError(problem)
    call = calls.return_cart_items(session.id, body=return_request(items), dry=True)
    early = {_holder(change.purse): HolderCalls(change.purse, session.id) for change in session.points}
    asks = [ask for each in early.values() for ask in each.asks]
    answers = yield Batch("Preview of the return", (Ask(call), *asks))
    answer = answers[call]
    if isinstance(answer, TalonError):
        return ReturnPreview(tuple(items), error=answer)
    known = {holder: each.read(answers) for holder, each in early.items()}
    purses = {
        _holder(change.purse): change.purse for change in purse_changes(answer.effects, session.profile_id)
    }
    late = {holder: HolderCalls(purse, session.id) for holder, purse in purses.items() if holder not in known}
    if late:
        answers = yield Batch("Balances", tuple(ask for each in late.values() for ask in each.asks))
        known.update({holder: each.read(answers) for holder, each in late.items()})
    return assemble(session, tuple(items), answer, known, now)


HolderKey = tuple[int, str, str]
"""Program, profile, card."""


@dataclass(frozen=True, slots=True)
class HolderPoints:
    """What was read about one holder. `listed`: unused points of the session by transaction UUID, None when the
    lists could not be read."""

    balances: LoyaltyBalancesWithTiers | LoyaltyCardBalances | TalonError | None
    listed: Mapping[str, Listed] | None


class HolderCalls:
    """The requests about one holder, and how their answers are read; none where an effect names a holder that
    the API cannot be asked for."""

    def __init__(self, purse: Purse, session_id: str) -> None:
        self.balances: Call[LoyaltyBalancesWithTiers | LoyaltyCardBalances] | None = None
        self.lists: dict[Status, Call[Page[Any]]] = {}
        with suppress(ValueError):
            self._choose(purse, session_id)
        self.asks: tuple[Ask | AskAll, ...] = (
            *((Ask(self.balances),) if self.balances else ()),
            *map(AskAll, self.lists.values()),
        )

    def _choose(self, purse: Purse, session_id: str) -> None:
        program, card, only = purse.program_id, purse.card, [session_id]
        if card:
            self.balances = calls.get_loyalty_card_balances(program, card)
        elif purse.profile:
            self.balances = calls.get_loyalty_balances(
                program, purse.profile, include_tiers=True, include_projected_tier=True
            )
        for status in Status if self.balances else ():
            self.lists[status] = (
                calls.get_loyalty_card_points(program, card, status=status.value, customer_session_ids=only)
                if card
                else calls.get_loyalty_program_profile_points(
                    program, purse.profile, status=status.value, customer_session_ids=only
                )
            )

    def read(self, answers: Answers) -> HolderPoints:
        """What came back."""
        balances = answers[self.balances] if self.balances else None
        lists = {status: answers.all(call) for status, call in self.lists.items()}
        read = {status: entries for status, entries in lists.items() if not isinstance(entries, TalonError)}
        complete = len(read) == len(Status) and all(
            entry.transaction_uuid for entries in read.values() for entry in entries
        )
        return HolderPoints(balances, Unused(read) if complete else None)


def _holder(purse: Purse) -> HolderKey:
    return (purse.program_id, purse.profile, purse.card)


def assemble(
    session: SessionView,
    items: tuple[ReturnItem, ...],
    answer: IntegrationStateV2,
    known: Mapping[HolderKey, HolderPoints],
    now: datetime,
) -> ReturnPreview:
    """The finding from the dry answer and what was read about each holder."""
    unread: dict[HolderKey, Unread] = {}
    points = []
    for change in purse_changes(answer.effects, session.profile_id):
        holder = _holder(change.purse)
        read = known.get(holder, HolderPoints(None, None))
        if isinstance(read.balances, TalonError):
            unread[holder] = Unread(f"the balances of program {change.purse.program_id}", read.balances)
        points.append(_preview(change, read, session, answer, now))
    return ReturnPreview(
        items=items,
        points=tuple(points),
        discounts=_discounts(answer.effects),
        coupons=_codes(answer.effects, "rollbackCoupon"),
        referrals=_codes(answer.effects, "rollbackReferral"),
        other=tuple(effect for effect in answer.effects if effect.effect_type not in _SHOWN),
        effects=answer.effects,
        earlier=earlier_returns(answer.previous_returns, session.lines),
        unread=tuple(unread.values()),
    )


_SHOWN = {
    "rollbackAddedLoyaltyPoints",
    "rollbackDeductedLoyaltyPoints",
    "addNegativeLoyaltyPoints",
    "rollbackDiscount",
    "rollbackCoupon",
    "rollbackReferral",
}


def _codes(effects: Iterable[Effect], kind: str) -> tuple[str, ...]:
    return tuple(effect.text("value") or "" for effect in effects if effect.effect_type == kind)


def _discounts(effects: Iterable[Effect]) -> tuple[DiscountBack, ...]:
    sums: dict[str, Decimal] = {}
    for effect in effects:
        if effect.effect_type == "rollbackDiscount":
            name = effect.text("name") or ""
            sums[name] = sums.get(name, ZERO) + abs(effect.number("value") or ZERO)
    return tuple(DiscountBack(name, amount) for name, amount in sums.items())


def _preview(
    change: PurseChange,
    read: HolderPoints,
    session: SessionView,
    answer: IntegrationStateV2,
    now: datetime,
) -> PointsPreview:
    purse = change.purse
    if read.balances is None or isinstance(read.balances, TalonError):
        return PointsPreview(purse, change, None, None)
    balance = by_subledger(read.balances).get(purse.subledger)
    if balance is None:
        return PointsPreview(purse, change, None, None)
    before = reported(balance)
    awards = own_awards(session.effects, purse, session.profile_id, read.listed, now)
    rollbacks = [effect for effect in answer.effects if purse_of(effect, session.profile_id) == purse]
    after = predict(before, rollbacks, awards, now)
    tier = tier_view(balance) if isinstance(balance, LoyaltyBalanceWithTier) else None
    dry = _tier_in(answer, purse)
    later = missing_at(tier.expires if tier else None, before, rollbacks, awards)
    if read.listed is None and later:
        later = None  # which of the awards was spent is not known
    risk = tier_risk(tier, before, after, dry, later)
    return PointsPreview(purse, change, before, after, read.listed is not None, tier, risk, dry, later)


def _tier_in(answer: IntegrationStateV2, purse: Purse) -> TierView | None:
    """The tier that the dry answer shows for a ledger, where it shows one."""
    programs = answer.loyalty.programs if answer.loyalty and not purse.card else {}
    program = programs.get(str(purse.program_id))
    if program is None:
        return None
    info = program.sub_ledgers.get(purse.subledger) if purse.subledger else program.ledger
    return None if info is None else tier_view(info)


def tier_risk(
    tier: TierView | None,
    before: Reported,
    after: Reported,
    dry: TierView | None,
    later: Decimal | None = None,
) -> TierRisk:
    """What the loss means for the tier. `dry`: the tier as the dry answer shows it; `later`: points fewer when the
    tier ends, None where that is not known."""
    loss = (before.active or ZERO) - (after.active or ZERO)
    waiting = (before.pending or ZERO) - (after.pending or ZERO)
    if tier is None or tier.name is None or (loss <= 0 and waiting <= 0):
        return TierRisk.NONE
    if dry is not None and dry.name != tier.name:
        return TierRisk.DROPS_NOW
    if tier.drops:
        unknown = TierRisk.MAYBE_MORE if later is None else TierRisk.NONE
        return TierRisk.MORE_MISSING if later else unknown
    if loss <= 0 and not later:
        return TierRisk.NONE
    # It lasts until it ends (the dry answer still shows it), and by then nothing of this counts any more.
    return TierRisk.NONE if later == 0 and dry is not None else TierRisk.UNKNOWN
