"""Balances of one ledger: as the engine computes them, as the API reports them, and the tier beside them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from desk.insight.reading import instant
from talon_client.models import (
    LedgerInfo,
    LoyaltyBalance,
    LoyaltyBalancesWithTiers,
    LoyaltyBalanceWithTier,
    LoyaltyCardBalances,
    Tier,
)

ZERO = Decimal(0)
FIGURES = ("active", "pending", "spent", "expired", "negative")


class Balance(NamedTuple):
    """One ledger at one instant. `negative` counts what is owed as a positive number."""

    active: Decimal = ZERO
    pending: Decimal = ZERO
    spent: Decimal = ZERO
    expired: Decimal = ZERO
    negative: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Reported:
    """What the API says about one ledger; a figure that it did not send is None.

    Inventory and card ledgers never say `spent` and `expired` (facts.md, Loyalty ledger). `negative` counts
    what is owed as a positive number, whatever sign the API chose.
    """

    active: Decimal | None = None
    pending: Decimal | None = None
    spent: Decimal | None = None
    expired: Decimal | None = None
    negative: Decimal | None = None

    def figures(self) -> Iterator[tuple[str, Decimal]]:
        """The figures that were sent, by name."""
        for name in FIGURES:
            value: Decimal | None = getattr(self, name)
            if value is not None:
                yield name, value


@dataclass(frozen=True, slots=True)
class TierView:
    """The tier of a ledger. Dates are instants; they follow the program's time zone.

    `name` None: in no tier. `next_name` None: at the top, no tiers, or not said; `top`: the API says that it is the
    top. `stay_points`: what is missing to keep the tier, only when a downgrade is due.
    """

    name: str | None = None
    starts: datetime | None = None
    expires: datetime | None = None
    downgrade_policy: str | None = None
    next_name: str | None = None
    points_to_next: Decimal | None = None
    projected_name: str | None = None
    projected_active: Decimal | None = None
    stay_points: Decimal | None = None
    top: bool = False

    @property
    def drops(self) -> bool:
        """Whether the API projects a downgrade when the tier ends."""
        return bool(self.stay_points)


def reported(balance: LoyaltyBalance) -> Reported:
    """The figures of the balance operations."""
    negative = balance.negative_points
    return Reported(
        balance.active_points,
        balance.pending_points,
        balance.spent_points,
        balance.expired_points,
        None if negative is None else abs(negative),
    )


def reported_ledger(info: LedgerInfo) -> Reported:
    """The figures of an inventory or card ledger, without the two that are deprecated and always 0."""
    negative = info.negative_balance
    return Reported(
        info.current_balance, info.pending_balance, negative=None if negative is None else abs(negative)
    )


def tier_view(source: LoyaltyBalanceWithTier | LedgerInfo) -> TierView | None:
    """The tier and the way to the next one; None when the answer says nothing about tiers."""
    tier, projected = source.current_tier, getattr(source, "projected_tier", None)
    if tier is None and source.next_tier_name is None and source.points_to_next_tier is None:
        return None
    tier = tier or Tier()
    return TierView(
        name=tier.name,
        starts=instant(tier.start_date),
        expires=instant(tier.expiry_date),
        downgrade_policy=tier.downgrade_policy,
        next_name=source.next_tier_name,
        points_to_next=source.points_to_next_tier,
        projected_name=projected.projected_tier_name if projected else None,
        projected_active=projected.projected_active_points if projected else None,
        stay_points=projected.stay_in_tier_points if projected else None,
        top=bool(tier.name) and _is_top(source),
    )


def _is_top(source: LoyaltyBalanceWithTier | LedgerInfo) -> bool:
    """Without a next tier this one is the highest (facts.md, Loyalty ledger). Ledgers of the inventory and of cards had
    no such field before 26.16: there only a null says it, and nothing says nothing."""
    if source.next_tier_name is not None or source.points_to_next_tier:
        return False
    return isinstance(source, LoyaltyBalanceWithTier) or "next_tier_name" in source.model_fields_set


def by_subledger(
    answer: LoyaltyBalancesWithTiers | LoyaltyCardBalances,
) -> Mapping[str, LoyaltyBalance]:
    """The balances by subledger id, the main ledger ("") first."""
    found: dict[str, LoyaltyBalance] = {}
    if answer.balance is not None:
        found[""] = answer.balance
    found.update(sorted(answer.subledger_balances.items()))
    return found
