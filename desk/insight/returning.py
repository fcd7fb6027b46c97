"""A return before it is made: a dry return, and what it does to points, discounts and tier."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from desk.insight.balances import ZERO, Reported, TierView, by_subledger, reported, tier_view
from desk.insight.effects import Purse, PurseChange, purse_changes, purse_of
from desk.insight.investigation import Answers, Ask, Batch, Investigation
from desk.insight.reading import Unread, effect_date
from desk.insight.sessions import EarlierReturn, SessionView, earlier_returns
from talon_client import Call, TalonError, calls
from talon_client.models import (
    Effect,
    IntegrationStateV2,
    LoyaltyBalance,
    LoyaltyBalancesWithTiers,
    LoyaltyBalanceWithTier,
    LoyaltyCardBalances,
    NewReturn,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)


@dataclass(frozen=True, slots=True)
class ReturnItem:
    """Units of one line that come back."""

    position: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PointsPreview:
    """One ledger before and after the return. `after` is predicted from the dry answer; None when the balance
    could not be read. `tier_at_risk`: the customer's tier, if active points fall; "" otherwise."""

    purse: Purse
    change: PurseChange
    before: Reported | None
    after: Reported | None
    tier: TierView | None = None
    tier_at_risk: str = ""

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
    """A dry return of these items together with the balances that it touches, before and after.

    The ledgers are known from the session's effects; one that only the answer names costs a second batch.
    `ValueError` when the items cannot be returned (`check_items` says why).
    """
    problem = check_items(session, items)
    if problem:
        raise ValueError(problem)
    call = calls.return_cart_items(session.id, body=return_request(items), dry=True)
    early = _balance_calls(change.purse for change in session.points)
    answers = yield Batch("Preview of the return", (Ask(call), *map(Ask, early.values())))
    answer = answers[call]
    if isinstance(answer, TalonError):
        return ReturnPreview(tuple(items), error=answer)
    known = _collected(answers, early)
    purses = [change.purse for change in purse_changes(answer.effects, session.profile_id)]
    late = {key: each for key, each in _balance_calls(purses).items() if key not in known}
    if late:
        answers = yield Batch("Balances", tuple(map(Ask, late.values())))
        known = {**known, **_collected(answers, late)}
    return assemble(session, tuple(items), answer, known, now)


_Holder = tuple[int, str, str]
_Balances = LoyaltyBalancesWithTiers | LoyaltyCardBalances
_BalanceCall = Call[LoyaltyBalancesWithTiers] | Call[LoyaltyCardBalances]


def _holder(purse: Purse) -> _Holder:
    return (purse.program_id, purse.profile, purse.card)


def _balance_calls(purses: Iterable[Purse]) -> dict[_Holder, _BalanceCall]:
    found: dict[_Holder, _BalanceCall] = {}
    for purse in purses:
        if purse.card:
            found[_holder(purse)] = calls.get_loyalty_card_balances(purse.program_id, purse.card)
        elif purse.profile:
            found[_holder(purse)] = calls.get_loyalty_balances(
                purse.program_id, purse.profile, include_tiers=True, include_projected_tier=True
            )
    return found


def _collected(
    answers: Answers, asked: Mapping[_Holder, _BalanceCall]
) -> dict[_Holder, _Balances | TalonError]:
    found: dict[_Holder, _Balances | TalonError] = {}
    for holder, call in asked.items():
        found[holder] = answers[call]
    return found


def assemble(
    session: SessionView,
    items: tuple[ReturnItem, ...],
    answer: IntegrationStateV2,
    balances: Mapping[tuple[int, str, str], LoyaltyBalancesWithTiers | LoyaltyCardBalances | TalonError],
    now: datetime,
) -> ReturnPreview:
    """The finding from the dry answer and the balances by (program, profile, card)."""
    unread: dict[_Holder, Unread] = {}
    points = []
    for change in purse_changes(answer.effects, session.profile_id):
        holder = _holder(change.purse)
        said = balances.get(holder)
        if isinstance(said, TalonError):
            unread[holder] = Unread(f"the balances of program {change.purse.program_id}", said)
            said = None
        balance = by_subledger(said).get(change.purse.subledger) if said is not None else None
        points.append(_preview(change, balance, session, answer.effects, now))
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
    balance: LoyaltyBalance | None,
    session: SessionView,
    effects: Sequence[Effect],
    now: datetime,
) -> PointsPreview:
    if balance is None:
        return PointsPreview(change.purse, change, None, None)
    before = reported(balance)
    pending = sum(
        (
            effect.number("value") or ZERO
            for effect in session.effects
            if _starts_later(effect, now) and purse_of(effect, session.profile_id) == change.purse
        ),
        ZERO,
    )
    late = sum(
        (
            effect.number("value") or ZERO
            for effect in effects
            if _gives_back_expired(effect, now) and purse_of(effect, session.profile_id) == change.purse
        ),
        ZERO,
    )
    after = predict(before, change, own_pending=pending, given_back_expired=late)
    tier = tier_view(balance) if isinstance(balance, LoyaltyBalanceWithTier) else None
    falls = (after.active or ZERO) < (before.active or ZERO)
    return PointsPreview(
        change.purse, change, before, after, tier, tier.name or "" if tier is not None and falls else ""
    )


def predict(
    before: Reported, change: PurseChange, *, own_pending: Decimal = ZERO, given_back_expired: Decimal = ZERO
) -> Reported:
    """The balance after a rollback: the session's own pending points go first, then active, then other
    pending ones, and what is left is owed; points given back pay what is owed first (facts.md, Loyalty
    ledger)."""
    active, pending = before.active or ZERO, before.pending or ZERO
    owed = (before.negative or ZERO) + change.owed
    rest = change.taken_back
    part = min(rest, own_pending, pending)
    pending, rest = pending - part, rest - part
    part = min(rest, active)
    active, rest = active - part, rest - part
    part = min(rest, pending)
    pending, rest = pending - part, rest - part
    owed += rest
    back = change.given_back - given_back_expired
    paid = min(owed, back)
    return Reported(
        active=active + back - paid,
        pending=pending,
        spent=None if before.spent is None else before.spent - change.given_back,
        expired=None if before.expired is None else before.expired + given_back_expired,
        negative=owed - paid,
    )


def _starts_later(effect: Effect, now: datetime) -> bool:
    if effect.effect_type != "addLoyaltyPoints":
        return False
    starts = effect_date(effect, "startDate")
    return effect.props.get("awaitsActivation") is True or (starts is not None and starts > now)


def _gives_back_expired(effect: Effect, now: datetime) -> bool:
    expires = effect_date(effect, "expiryDate")
    return effect.effect_type == "rollbackDeductedLoyaltyPoints" and expires is not None and expires <= now
