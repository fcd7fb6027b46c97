"""What has to be read to say where an order's points are: the customer's programs and cards, the rows that name the
order, and the two lists in which its points can be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.insight.effects import Purse, purse_of
from desk.insight.investigation import Ask, AskAll, Batch, Investigation
from desk.insight.ledger import Row, Status, Transaction
from desk.insight.lots import status_at
from desk.insight.points import Points, assemble
from desk.insight.reading import Unread
from desk.insight.rows import read_rows
from desk.insight.sessions import SessionView
from talon_client import Call, NotFound, TalonError, calls
from talon_client.models import CustomerInventory, LoyaltyBalancesWithTiers, Page

MOST_LISTS = 2
"""Lists of unused points that are read for a program or card; with its rows three requests (scenarios.md, 2).
Where rows have no UUIDs there is one more."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds ledgers in one program: the order's customer, or a card."""

    program_id: int
    id: str
    card: bool = False

    @property
    def purse(self) -> Purse:
        """Its main ledger."""
        return Purse(
            self.program_id, "", profile="" if self.card else self.id, card=self.id if self.card else ""
        )


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one holder. `points`: its ledgers, only where a row names the order; `listed`: the lists of
    unused points that were read; `rules`: ruleset and name of each rule that ever gave points here."""

    holder: Holder
    points: Points | None = None
    listed: frozenset[Status] = frozenset()
    rules: frozenset[tuple[int | None, str]] = frozenset()
    names_order: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything that was read. With anything `unread` nothing may be concluded from what is not there."""

    read: tuple[Read, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def rules(self) -> frozenset[tuple[int | None, str]]:
        """Rules that are known to give points."""
        return frozenset().union(*(each.rules for each in self.read))


def gather(
    view: SessionView, programs: Sequence[int], card_programs: Sequence[int], now: datetime
) -> Investigation[Gathered]:
    """Reads the customer's inventory, then the transactions of each program and card, then the lists where the
    order's points can be. `programs` and `card_programs` are those of the settings; the inventory and the order's own
    effects add to them."""
    inventory: CustomerInventory | None = None
    if view.profile_id:
        call = calls.get_customer_inventory(view.profile_id, loyalty=True)
        answers = yield Batch("Programs and cards of the customer", (Ask(call),))
        answer = answers[call]
        if isinstance(answer, TalonError):
            if not isinstance(answer, NotFound):
                return Gathered(unread=(Unread("the programs and cards of the customer", answer),))
        else:
            inventory = answer
    holders = holders_of(view, inventory, programs, card_programs)
    asked = {holder: _transactions(holder) for holder in holders}
    if not asked:
        return Gathered()
    answers = yield Batch("Rows of the points ledgers", tuple(AskAll(call) for call in asked.values()))
    unread: list[Unread] = []
    rows: dict[Holder, tuple[Transaction, ...]] = {}
    for holder, rows_call in asked.items():
        found = answers.all(rows_call)
        if isinstance(found, NotFound):  # no such ledger: nothing is in it
            found = ()
        if isinstance(found, TalonError):
            unread.append(Unread(f"the transactions of {_name(holder)}", found))
            continue
        rows[holder] = found
    if unread:
        return Gathered(unread=tuple(unread))
    return (yield from _with_lists(view.id, rows, now))


def _with_lists(
    session_id: str, rows: Mapping[Holder, tuple[Transaction, ...]], now: datetime
) -> Investigation[Gathered]:
    """Reads the lists of unused points for the holders whose rows name the order."""
    wanted: dict[Holder, dict[Status, Call[Page[Any]]]] = {}
    for holder, transactions in rows.items():
        mine = [each for each in transactions if each.customer_session_id == session_id]
        awards = [row for row in read_rows(mine, now) if row.addition]
        if awards:
            wanted[holder] = {status: _points(holder, status) for status in lists_for(awards, now)}
    unread: list[Unread] = []
    lists: dict[Holder, dict[Status, Sequence[Any]]] = {holder: {} for holder in wanted}
    if wanted:
        asks = [AskAll(call) for each in wanted.values() for call in each.values()]
        answers = yield Batch("Unused points", tuple(asks))
        for holder, statuses in wanted.items():
            for status, call in statuses.items():
                found = answers.all(call)
                if isinstance(found, TalonError):
                    unread.append(Unread(f"the {status} points of {_name(holder)}", found))
                else:
                    lists[holder][status] = found
    if unread:
        return Gathered(unread=tuple(unread))
    return Gathered(tuple(_read(each, rows[each], lists.get(each), session_id, now) for each in rows))


def _read(
    holder: Holder,
    transactions: tuple[Transaction, ...],
    lists: Mapping[Status, Sequence[Any]] | None,
    session_id: str,
    now: datetime,
) -> Read:
    named = any(each.customer_session_id == session_id for each in transactions)
    rules = frozenset(
        (each.ruleset_id, each.rule_name)
        for each in transactions
        if each.rule_name and each.type == "addition"
    )
    if lists is None:
        return Read(holder, rules=rules, names_order=named)
    points = assemble(
        holder.program_id,
        holder.id,
        now,
        balances=LoyaltyBalancesWithTiers(),
        transactions=transactions,
        lists=lists,
        card=holder.card,
    )
    return Read(holder, points, frozenset(lists), rules, named)


def lists_for(awards: Iterable[Row], now: datetime) -> tuple[Status, ...]:
    """The lists in which these awards can be, at most two. By the dates of the rows, and one more for what the rows
    cannot show: a lot that was activated, or whose expiry was moved, is in another list than its row says. All lists
    where rows have no UUIDs: that edition has no word for points that wait, so they can be in any."""
    awards = list(awards)
    if any(row.key.startswith("#") for row in awards):
        return tuple(Status)
    waiting = any(row.window.starts is None for row in awards)
    found = [Status.PENDING, Status.ACTIVE] if waiting else []
    by_date = {status_at(row.window, now) for row in awards}
    found += [each for each in (Status.EXPIRED, Status.PENDING, Status.ACTIVE) if each in by_date]
    found += [Status.ACTIVE, Status.EXPIRED]
    return tuple(dict.fromkeys(found))[:MOST_LISTS]


def holders_of(
    view: SessionView,
    inventory: CustomerInventory | None,
    programs: Sequence[int],
    card_programs: Sequence[int],
) -> tuple[Holder, ...]:
    """Everywhere this order's points can be, each once: the customer's programs, their cards, the order's card."""
    loyalty = inventory.loyalty if inventory else None
    purses = [purse_of(each, view.profile_id) for each in view.effects]
    found: list[Holder] = []
    if view.profile_id:
        known = (
            [each.id or (int(key) if key.isdecimal() else 0) for key, each in loyalty.programs.items()]
            if loyalty
            else []
        )
        earned = [each.program_id for each in purses if each and each.profile == view.profile_id]
        found += [Holder(number, view.profile_id) for number in (*programs, *known, *earned) if number]
    cards = [(each.program_id, each.card) for each in purses if each and each.card]
    cards += [(each.program_id or 0, each.identifier or "") for each in loyalty.cards] if loyalty else []
    named = {identifier for _, identifier in cards}
    cards += [
        (program, card) for card in view.loyalty_cards if card not in named for program in card_programs
    ]
    found += [Holder(program, card, card=True) for program, card in cards if program and card]
    return tuple(each for each in dict.fromkeys(found) if _can_be_asked(each))


def _can_be_asked(holder: Holder) -> bool:
    """Whether the API can hold such an id at all."""
    try:
        _transactions(holder)
    except ValueError:
        return False
    return True


def _transactions(holder: Holder) -> Call[Page[Any]]:
    ask: Any = (
        calls.get_loyalty_card_transactions if holder.card else calls.get_loyalty_program_profile_transactions
    )
    call: Call[Page[Any]] = ask(holder.program_id, holder.id)
    return call


def _points(holder: Holder, status: Status) -> Call[Page[Any]]:
    ask: Any = calls.get_loyalty_card_points if holder.card else calls.get_loyalty_program_profile_points
    call: Call[Page[Any]] = ask(holder.program_id, holder.id, status=status.value)
    return call


def _name(holder: Holder) -> str:
    return f"the card {holder.id}" if holder.card else f"program {holder.program_id}"
