"""The points of a profile in a program, or of a card: what to ask, and each subledger explained.

found = lookup.run(points(3, "maria", now=now), "shop")
found.finding.main.spendable, found.finding.main.past(), found.finding.main.lines()
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.insight.balances import Reported, TierView, by_subledger, reported, tier_view
from desk.insight.history import Ledger, explain
from desk.insight.investigation import Ask, AskAll, Batch, Investigation
from desk.insight.ledger import PointsEntry, Status, Transaction
from desk.insight.reading import Unread, error_of, value_of
from desk.insight.rows import NO_ROWS, read_rows
from desk.insight.unused import Unused
from talon_client import NotFound, TalonError, calls
from talon_client.models import LoyaltyBalancesWithTiers, LoyaltyBalanceWithTier, LoyaltyCardBalances

_STATUSES = (Status.ACTIVE, Status.PENDING, Status.EXPIRED)


@dataclass(frozen=True, slots=True)
class Points:
    """The points of one holder in one program. `ledgers`: main ledger first, then subledgers by id.

    `holder`: the profile's integration id, or the card's identifier when `card`. `unread`: what failed; a
    ledger whose transactions failed still shows the API's figures.
    """

    program_id: int
    holder: str
    card: bool
    now: datetime
    ledgers: tuple[Ledger, ...]
    unread: tuple[Unread, ...] = ()
    found: bool = True

    @property
    def main(self) -> Ledger:
        """The main ledger, empty where there is none."""
        return self.ledger("") or Ledger("", self.now, has_rows=False)

    def ledger(self, subledger: str) -> Ledger | None:
        """The subledger of that id."""
        return next((each for each in self.ledgers if each.subledger == subledger), None)

    def sessions(self) -> tuple[str, ...]:
        """Ids of the sessions that any row names. Sessions without points stay invisible."""
        return tuple(dict.fromkeys(each for ledger in self.ledgers for each in ledger.sessions()))


def points(
    program_id: int, integration_id: str, *, now: datetime, subledger: str | None = None
) -> Investigation[Points]:
    """All points of a profile in one program, or of one of its subledgers: balances with tiers, the complete
    transactions, unused points of the three statuses. One batch. `ValueError` when the id cannot be asked."""
    single = None if subledger is None else [subledger]
    balances = calls.get_loyalty_balances(
        program_id, integration_id, subledger_id=subledger, include_tiers=True, include_projected_tier=True
    )
    rows = calls.get_loyalty_program_profile_transactions(program_id, integration_id, subledger_id=subledger)
    lists = {
        status: calls.get_loyalty_program_profile_points(
            program_id, integration_id, status=status.value, subledger_id=single
        )
        for status in _STATUSES
    }
    asks: tuple[Ask | AskAll, ...] = (Ask(balances), AskAll(rows), *map(AskAll, lists.values()))
    answers = yield Batch(f"Points of program {program_id}", asks)
    transactions = answers.all(rows)
    unused = {status: answers.all(call) for status, call in lists.items()}
    return assemble(
        program_id,
        integration_id,
        now,
        balances=answers[balances],
        transactions=transactions,
        lists=unused,
        subledger=subledger,
    )


def card_points(
    program_id: int, card_identifier: str, *, now: datetime, subledger: str | None = None
) -> Investigation[Points]:
    """The same for a loyalty card; cards have no tiers."""
    single = None if subledger is None else [subledger]
    balances = calls.get_loyalty_card_balances(program_id, card_identifier, subledger_id=single)
    rows = calls.get_loyalty_card_transactions(program_id, card_identifier, subledger_id=single)
    lists = {
        status: calls.get_loyalty_card_points(
            program_id, card_identifier, status=status.value, subledger_id=single
        )
        for status in _STATUSES
    }
    asks: tuple[Ask | AskAll, ...] = (Ask(balances), AskAll(rows), *map(AskAll, lists.values()))
    answers = yield Batch(f"Points of a card of program {program_id}", asks)
    transactions = answers.all(rows)
    unused = {status: answers.all(call) for status, call in lists.items()}
    return assemble(
        program_id,
        card_identifier,
        now,
        card=True,
        balances=answers[balances],
        transactions=transactions,
        lists=unused,
        subledger=subledger,
    )


def balances_at(
    program_id: int, holder: str, at: datetime, *, card: bool = False
) -> Investigation[Mapping[str, Reported] | TalonError]:
    """What the API itself says about all ledgers at an instant, past or future (`endDate`), by subledger; the error
    where it says nothing. One request."""
    if card:
        of_card = calls.get_loyalty_card_balances(program_id, holder, end_date=at)
        answers = yield Batch("Balance on a date", (Ask(of_card),))
        said: LoyaltyBalancesWithTiers | LoyaltyCardBalances | TalonError = answers[of_card]
    else:
        of_profile = calls.get_loyalty_balances(program_id, holder, end_date=at)
        answers = yield Batch("Balance on a date", (Ask(of_profile),))
        said = answers[of_profile]
    if isinstance(said, TalonError):
        return said
    return {name: reported(balance) for name, balance in by_subledger(said).items()}


def assemble(
    program_id: int,
    holder: str,
    now: datetime,
    *,
    balances: LoyaltyBalancesWithTiers | LoyaltyCardBalances | TalonError,
    transactions: Sequence[Transaction] | TalonError,
    lists: Mapping[Status, Sequence[PointsEntry] | TalonError],
    card: bool = False,
    subledger: str | None = None,
) -> Points:
    """The finding from the answers; an error in place of an answer becomes part of `unread`."""
    read = value_of(transactions)
    known = {status: entries for status, answer in lists.items() if (entries := value_of(answer)) is not None}
    complete = all(status in known for status in _STATUSES)
    listed = Unused(known)
    figures = {} if isinstance(balances, TalonError) else _figures(balances)
    grouped = read_rows(read or (), now).by_subledger()
    names = list(dict.fromkeys(["", *sorted({*figures, *grouped})])) if subledger is None else [subledger]
    ledgers = []
    for name in names:
        said, tier = figures.get(name, (None, None))
        if read is None:
            ledgers.append(Ledger(name, now, reported=said, tier=tier, has_rows=False))
            continue
        ledgers.append(
            explain(
                grouped.get(name, NO_ROWS),
                now,
                subledger=name,
                listed=listed,
                complete=complete,
                reported=said,
                tier=tier,
            )
        )
    unread = _unread(card, program_id, balances, transactions, lists)
    found = not (isinstance(balances, NotFound) and isinstance(transactions, NotFound))
    return Points(program_id, holder, card, now, tuple(ledgers), unread, found)


def _figures(
    answer: LoyaltyBalancesWithTiers | LoyaltyCardBalances,
) -> dict[str, tuple[Reported, TierView | None]]:
    return {
        name: (reported(balance), tier_view(balance) if isinstance(balance, LoyaltyBalanceWithTier) else None)
        for name, balance in by_subledger(answer).items()
    }


def _unread(
    card: bool,
    program_id: int,
    balances: object,
    transactions: object,
    lists: Mapping[Status, object],
) -> tuple[Unread, ...]:
    whose = f"a card of program {program_id}" if card else f"program {program_id}"
    asked = [
        (f"the balances of {whose}", balances),
        (f"the transactions of {whose}", transactions),
        *((f"the {status} points of {whose}", answer) for status, answer in lists.items()),
    ]
    return tuple(Unread(what, error) for what, answer in asked if (error := error_of(answer)) is not None)
