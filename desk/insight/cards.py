"""Loyalty cards: status, holders, room for more, balances."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from desk.insight.balances import Reported, by_subledger, reported, reported_ledger
from desk.insight.coupons import Option
from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.reading import Unread, instant
from talon_client import NotFound, TalonError, calls
from talon_client.models import CustomerInventory, LoyaltyCard, LoyaltyCardProfileRegistration


@dataclass(frozen=True, slots=True)
class Holder:
    """A profile that is linked to a card, and since when (UTC)."""

    integration_id: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class CardView:
    """One card. `balances` by subledger id, the main ledger is "".

    `found` None: could not be looked, `unread` says why. Status and limit are only known from the inventory
    of a holder: None where there is none. `limit` 0 is unlimited.
    """

    program_id: int
    identifier: str
    found: bool | None = True
    program: str = ""
    status: str | None = None
    block_reason: str = ""
    holders: tuple[Holder, ...] = ()
    limit: int | None = None
    balances: Mapping[str, Reported] = field(default_factory=dict)
    replaces: str = ""
    replaced_by: str = ""
    unread: tuple[Unread, ...] = ()

    @property
    def main(self) -> Reported:
        """The main ledger's figures."""
        return self.balances.get("", Reported())

    @property
    def room(self) -> int | None:
        """How many more profiles can be linked; None when unlimited or unknown (see `limit`)."""
        return max(self.limit - len(self.holders), 0) if self.limit else None

    def is_linked(self, integration_id: str) -> bool:
        """Whether that profile is linked to it."""
        return any(holder.integration_id == integration_id for holder in self.holders)


def card_view(card: LoyaltyCard) -> CardView:
    """A card as the inventory, a generated or a linked card shows it."""
    balances = {} if card.ledger is None else {"": reported_ledger(card.ledger)}
    balances.update({name: reported_ledger(info) for name, info in sorted(card.subledgers.items())})
    return CardView(
        program_id=card.program_id or 0,
        identifier=card.identifier or "",
        program=card.program_title or card.program_name or "",
        status=card.status,
        block_reason=card.block_reason or "",
        holders=_holders(card.profiles),
        limit=card.users_per_card_limit,
        balances=balances,
        replaces=card.old_card_identifier or "",
        replaced_by=card.new_card_identifier or "",
    )


def card(program_id: int, identifier: str) -> Investigation[CardView]:
    """A card by its identifier: balances and holders, then status and limit from the inventory of a holder.

    Two requests, one after the other. `ValueError` when the API cannot be asked for such an identifier.
    """
    call = calls.get_loyalty_card_balances(program_id, identifier)
    answers = yield Batch("Loyalty card", (Ask(call),))
    answer = answers[call]
    if isinstance(answer, TalonError):
        found = False if isinstance(answer, NotFound) else None
        unread = () if found is False else (Unread("the card", answer),)
        return CardView(program_id, identifier, found=found, unread=unread)
    view = CardView(
        program_id,
        identifier,
        holders=_holders(answer.profiles),
        balances={name: reported(balance) for name, balance in by_subledger(answer).items()},
    )
    if not view.holders:
        return view
    inventory = calls.get_customer_inventory(view.holders[0].integration_id, loyalty=True)
    answers = yield Batch("Status of the card", (Ask(inventory),))
    return _with_details(view, answers[inventory])


def _with_details(view: CardView, answer: CustomerInventory | TalonError) -> CardView:
    if isinstance(answer, TalonError):
        return replace(view, unread=(Unread("the status and limit of the card", answer),))
    for candidate in answer.loyalty.cards if answer.loyalty else ():
        if candidate.identifier == view.identifier and candidate.program_id in (None, view.program_id):
            details = card_view(candidate)
            return replace(
                details,
                program_id=view.program_id,
                holders=view.holders,
                balances=view.balances,
            )
    return view


def _holders(profiles: tuple[LoyaltyCardProfileRegistration, ...]) -> tuple[Holder, ...]:
    return tuple(
        Holder(each.integration_id, instant(each.timestamp)) for each in profiles if each.integration_id
    )


def can_link(view: CardView, integration_id: str) -> Option:
    """Whether a profile can be linked to this card, as far as the desk can tell; the API has the last
    word."""
    refusals = (
        (view.found is False, "There is no such card in this program."),
        (view.is_linked(integration_id), "This customer is linked to this card already."),
        (view.status == "blocked", "This card is blocked, and that is for good."),
        (
            view.room == 0,
            f"This card is at its limit of {view.limit} customer{'' if view.limit == 1 else 's'}.",
        ),
    )
    for applies, why in refusals:
        if applies:
            return Option(False, why)
    if view.status == "inactive":
        return Option(True, "The card is inactive: no points move on it until it is activated.")
    if view.limit is None:
        return Option(None, "How many customers this card may have is not known before the attempt.")
    return Option(True)
