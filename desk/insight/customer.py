"""Everything about one customer at a glance: the inventory, and the balances with tiers of each program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from desk.insight.balances import (
    ZERO,
    Reported,
    TierView,
    reported,
    reported_ledger,
    tier_view,
)
from desk.insight.cards import CardView, card_view
from desk.insight.coupons import WalletEntry, wallet
from desk.insight.investigation import Answers, Ask, Batch, Investigation
from desk.insight.reading import Unread, instant
from talon_client import Call, NotFound, TalonError, calls
from talon_client.models import (
    AchievementProgressWithDefinition,
    CustomerInventory,
    CustomerProfile,
    Giveaway,
    InventoryReferral,
    LedgerInfo,
    LoyaltyBalancesWithTiers,
    LoyaltyProgramLedgers,
)


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """Who it is. Attributes as the API gave them: masking is done where they are shown. Instants in UTC."""

    integration_id: str
    attributes: Mapping[str, Any]
    audiences: tuple[str, ...]
    closed_sessions: int | None
    total_sales: Decimal | None
    created: datetime | None
    last_activity: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """One subledger of a program ("" is the main ledger)."""

    subledger: str
    reported: Reported
    tier: TierView | None = None


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """A loyalty program that the customer has joined. `ledgers`: the main ledger first.

    Subledgers that are all zero may be left out by the API. `joined` in UTC.
    """

    id: int
    name: str
    title: str
    joined: datetime | None
    ledgers: tuple[LedgerFacts, ...]

    @property
    def label(self) -> str:
        """What to call it: its title, name, or number."""
        return self.title or self.name or f"Program {self.id}"

    @property
    def main(self) -> LedgerFacts:
        """The main ledger."""
        return next((each for each in self.ledgers if not each.subledger), LedgerFacts("", Reported()))


@dataclass(frozen=True, slots=True)
class Headline:
    """The numbers of the one sentence about a customer. Points are added up over subledgers of one program,
    never over programs. `complete` is False when something could not be read."""

    points: tuple[tuple[str, Reported], ...]
    usable_coupons: int
    cards: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `found` None: could not be looked, `unread` says why; False: no such profile here."""

    integration_id: str
    found: bool | None
    profile: ProfileFacts | None = None
    programs: tuple[ProgramFacts, ...] = ()
    coupons: tuple[WalletEntry, ...] = ()
    referrals: tuple[InventoryReferral, ...] = ()
    giveaways: tuple[Giveaway, ...] = ()
    achievements: tuple[AchievementProgressWithDefinition, ...] = ()
    cards: tuple[CardView, ...] = ()
    unread: tuple[Unread, ...] = field(default=())

    @property
    def headline(self) -> Headline:
        """The data of the sentence on top of the page."""
        return Headline(
            points=tuple((program.label, _total(program)) for program in self.programs),
            usable_coupons=sum(entry.usable for entry in self.coupons),
            cards=len(self.cards),
            complete=not self.unread,
        )

    def program(self, program_id: int) -> ProgramFacts | None:
        """The program of that id, where the customer has joined it."""
        return next((each for each in self.programs if each.id == program_id), None)


def customer(integration_id: str, program_ids: Sequence[int] = ()) -> Investigation[Customer]:
    """The whole customer: the inventory and the balances of the programs known beforehand (`program_ids`,
    from the settings) together, then the balances of those that only the inventory knows of. `ValueError`
    when the API cannot be asked for such an id."""
    inventory = calls.get_customer_inventory(
        integration_id,
        profile=True,
        referrals=True,
        coupons=True,
        loyalty=True,
        giveaways=True,
        achievements=True,
    )
    early = {program: _balances(program, integration_id) for program in dict.fromkeys(program_ids)}
    answers = yield Batch("Customer", (Ask(inventory), *map(Ask, early.values())))
    answer = answers[inventory]
    if isinstance(answer, TalonError):
        missing = isinstance(answer, NotFound)
        unread = () if missing else (Unread("the customer", answer),)
        return Customer(integration_id, found=False if missing else None, unread=unread)
    known = _collected(answers, early)
    ledgers = _programs(answer)
    late = {program: _balances(program, integration_id) for program in ledgers if program not in known}
    if late:
        answers = yield Batch("Points and tiers", tuple(map(Ask, late.values())))
        known = {**known, **_collected(answers, late)}
    return assemble(integration_id, answer, known)


def _balances(program_id: int, integration_id: str) -> Call[LoyaltyBalancesWithTiers]:
    return calls.get_loyalty_balances(
        program_id, integration_id, include_tiers=True, include_projected_tier=True
    )


def _collected(
    answers: Answers, asked: Mapping[int, Call[LoyaltyBalancesWithTiers]]
) -> dict[int, LoyaltyBalancesWithTiers | TalonError]:
    return {program: answers[call] for program, call in asked.items()}


def _programs(inventory: CustomerInventory) -> dict[int, LoyaltyProgramLedgers]:
    if inventory.loyalty is None:
        return {}
    found: dict[int, LoyaltyProgramLedgers] = {}
    for key, program in inventory.loyalty.programs.items():
        number = program.id if program.id is not None else (int(key) if key.isdecimal() else None)
        if number is not None:
            found[number] = program
    return dict(sorted(found.items()))


def assemble(
    integration_id: str,
    inventory: CustomerInventory,
    balances: Mapping[int, LoyaltyBalancesWithTiers | TalonError],
) -> Customer:
    """The finding from the answers. A program whose balances failed shows the inventory's figures."""
    unread: list[Unread] = []
    programs: list[ProgramFacts] = []
    for number, ledgers in _programs(inventory).items():
        answer = balances.get(number)
        if isinstance(answer, TalonError):
            unread.append(
                Unread(f"the points of {ledgers.title or ledgers.name or f'program {number}'}", answer)
            )
            answer = None
        programs.append(_program(number, ledgers, answer))
    cards = inventory.loyalty.cards if inventory.loyalty else ()
    return Customer(
        integration_id,
        found=True,
        profile=None if inventory.profile is None else _profile(integration_id, inventory.profile),
        programs=tuple(programs),
        coupons=wallet(inventory.coupons),
        referrals=inventory.referrals,
        giveaways=inventory.giveaways,
        achievements=inventory.achievements,
        cards=tuple(map(card_view, cards)),
        unread=tuple(unread),
    )


def _profile(integration_id: str, profile: CustomerProfile) -> ProfileFacts:
    return ProfileFacts(
        integration_id=profile.integration_id or integration_id,
        attributes=dict(profile.attributes),
        audiences=tuple(each.name or f"#{each.id}" for each in profile.audience_memberships),
        closed_sessions=profile.closed_sessions,
        total_sales=profile.total_sales,
        created=instant(profile.created),
        last_activity=instant(profile.last_activity),
    )


def _program(
    number: int, program: LoyaltyProgramLedgers, balances: LoyaltyBalancesWithTiers | None
) -> ProgramFacts:
    infos: dict[str, LedgerInfo] = {"": program.ledger} if program.ledger is not None else {}
    infos.update(program.sub_ledgers)
    found = {name: LedgerFacts(name, reported_ledger(info), tier_view(info)) for name, info in infos.items()}
    if balances is not None:
        answered = {**balances.subledger_balances}
        if balances.balance is not None:
            answered[""] = balances.balance
        for name, balance in answered.items():
            tier = tier_view(balance) or (found[name].tier if name in found else None)
            found[name] = LedgerFacts(name, reported(balance), tier)
    ordered = sorted(found.values(), key=lambda ledger: ledger.subledger)
    return ProgramFacts(
        number, program.name or "", program.title or "", instant(program.join_date), tuple(ordered)
    )


def _total(program: ProgramFacts) -> Reported:
    sums: dict[str, Decimal] = {}
    for ledger in program.ledgers:
        for name, value in ledger.reported.figures():
            sums[name] = sums.get(name, ZERO) + value
    return Reported(
        sums.get("active"), sums.get("pending"), sums.get("spent"), sums.get("expired"), sums.get("negative")
    )
