"""What an evaluation has given so far, so that later rules see it: discounts, points, budgets used."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .. import coupons
from ..amounts import to_hundredths
from ..catalog import Campaign, Program
from ..ledger_read import Balance, accounts_of, balance
from .model import SessionView

if TYPE_CHECKING:
    import sqlite3

    from ..world import World


class EffectFailed(Exception):
    """An effect cannot be applied; the text says why. The whole rule then gives nothing."""


@dataclass(slots=True)
class Draft:
    """Running totals in hundredths: discounts in all, by cart unit, by additional cost; budgets, points spent,
    new expiries by transaction, achievements completed, their steps in order: (achievement, hundredths).

    The budgets of campaigns and coupons include what earlier sessions used, once they have been asked for.
    """

    discount: int = 0
    unit_discounts: dict[tuple[int, int], int] = field(default_factory=dict)
    cost_discounts: dict[str, int] = field(default_factory=dict)
    campaign_discounts: dict[int, int] = field(default_factory=dict)
    coupon_discounts: dict[int, int] = field(default_factory=dict)
    spent_points: dict[tuple[int, str], int] = field(default_factory=dict)
    expiries: dict[str, int] = field(default_factory=dict)
    completed: set[int] = field(default_factory=set)
    steps: list[tuple[int, int]] = field(default_factory=list)

    def copy(self) -> "Draft":
        """The same totals, to try something on."""
        return Draft(
            self.discount,
            dict(self.unit_discounts),
            dict(self.cost_discounts),
            dict(self.campaign_discounts),
            dict(self.coupon_discounts),
            dict(self.spent_points),
            dict(self.expiries),
            set(self.completed),
            list(self.steps),
        )

    def take_over(self, other: "Draft") -> None:
        """Make the totals of `other`, a copy that went well, one's own."""
        self.discount = other.discount
        self.unit_discounts, self.cost_discounts = other.unit_discounts, other.cost_discounts
        self.campaign_discounts, self.coupon_discounts = other.campaign_discounts, other.coupon_discounts
        self.spent_points, self.expiries = other.spent_points, other.expiries
        self.completed, self.steps = other.completed, other.steps


@dataclass(frozen=True, slots=True)
class Context:
    """Where a rule runs: world, session, instant, campaign, the coupon it is tried with, what came before."""

    world: "World"
    view: SessionView
    now: int
    campaign: Campaign
    rule_index: int
    rule_name: str
    draft: Draft
    coupon: "sqlite3.Row | None" = None
    referral: "sqlite3.Row | None" = None

    def left_to_pay(self) -> int:
        """The session's total less the discounts so far."""
        return max(0, self.view.total - self.draft.discount)

    def program(self, number: object) -> Program:
        """A program that a rule names; EffectFailed when there is none."""
        program = self.world.catalog.programs.get(number) if isinstance(number, int) else None
        if program is None:
            raise EffectFailed(f"there is no loyalty program {number}")
        return program

    def account(self, program: Program, subledger: str) -> int | None:
        """The ledger of the customer, or of the card for a card-based program; None when there is none yet."""
        conn, view = self.world.conn, self.view
        if program.card_based:
            if view.card is None or view.card.program_id != program.id:
                raise EffectFailed(f"the session names no card of {program.name}")
            return accounts_of(conn, program.id, card=view.card.id).get(subledger)
        if view.profile is None:
            raise EffectFailed("the session has no customer profile")
        return accounts_of(conn, program.id, profile=view.profile.id).get(subledger)

    def balance(self, program: Program, subledger: str) -> Balance:
        """The figures of that ledger now."""
        account = self.account(program, subledger)
        return Balance() if account is None else balance(self.world.conn, account, self.now)

    def take_budget(self, wanted: int) -> int:
        """How much of a discount the campaign's and the coupon's budgets allow; noted as given.

        Less than `wanted` only where the campaign gives partial rewards; else EffectFailed.
        """
        conn, draft, allowed = self.world.conn, self.draft, wanted
        limits = [limit for limit in self.campaign.limits if limit["action"] == "setDiscount"]
        limits = [limit for limit in limits if not limit.get("entities")]
        if limits:
            number = self.campaign.id
            if number not in draft.campaign_discounts:
                draft.campaign_discounts[number] = discounts_given(conn, number)
            ceiling = min(to_hundredths(limit["limit"]) for limit in limits)
            allowed = min(allowed, ceiling - draft.campaign_discounts[number])
        worth = None if self.coupon is None else self.coupon["discount_limit"]
        if self.coupon is not None and worth is not None:
            number = self.coupon["id"]
            if number not in draft.coupon_discounts:
                draft.coupon_discounts[number] = coupons.discount_given(conn, number)
            allowed = min(allowed, worth - draft.coupon_discounts[number])
        if allowed < wanted and (allowed <= 0 or not self.campaign.partial_rewards):
            raise EffectFailed("a discount budget is used up")
        draft.discount += allowed
        if limits:
            draft.campaign_discounts[self.campaign.id] += allowed
        if self.coupon is not None and worth is not None:
            draft.coupon_discounts[self.coupon["id"]] += allowed
        return allowed


def discounts_given(conn: "sqlite3.Connection", campaign: int) -> int:
    """The discounts of a campaign in sessions closed and not undone, in hundredths."""
    return int(
        conn.execute(
            "select coalesce(sum(e.value - e.undone), 0) from session_effect e"
            " join session s on s.id = e.session_id"
            " where e.campaign_id = ? and e.type like 'setDiscount%'"
            " and s.state in ('closed', 'partially_returned') and e.closing = s.closings",
            (campaign,),
        ).fetchone()[0]
    )
