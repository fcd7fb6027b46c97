"""Points of the ledgers that a change touches, read before and after it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from desk.guard.change import Ledger, Wire
from desk.guard.kinds.reading import batch, child, number, text
from desk.guard.model import Fact
from desk.guard.wire import amount, record
from desk.insight.investigation import Investigation
from talon_client import Call, TalonError, calls

STATES = ("active", "pending", "spent", "expired", "negative")


def look_at_balances(ledgers: Sequence[Ledger]) -> Investigation[tuple[Fact, ...]]:
    """Facts `points.<state>`, `points.total` (active + pending - negative) and `tier`, by program and subledger.

    A ledger that cannot be read has no facts: the change itself does not depend on it. With several holders
    in one program the holder's id is the third part of `about`.
    """
    if not ledgers:
        return ()
    asked = [_call(ledger) for ledger in ledgers]
    answers = yield batch(*asked)
    facts: list[Fact] = []
    for ledger, call in zip(ledgers, asked, strict=True):
        outcome = answers[call]
        if isinstance(outcome, TalonError):
            continue
        several = sum(other.program == ledger.program for other in ledgers) > 1
        facts += _facts(record(outcome), str(ledger.program), (ledger.id,) if several else ())
    return tuple(facts)


def _call(ledger: Ledger) -> Call[Any]:
    if ledger.holder == "card":
        return calls.get_loyalty_card_balances(ledger.program, ledger.id)
    return calls.get_loyalty_balances(ledger.program, ledger.id, include_tiers=True)


def _facts(balances: Wire, program: str, holder: tuple[str, ...]) -> list[Fact]:
    facts = _ledger(child(balances, "balance"), (program, "", *holder))
    for name, balance in sorted(child(balances, "subledgerBalances").items()):
        if isinstance(balance, Mapping):
            facts += _ledger(balance, (program, name, *holder))
    return facts


def _ledger(balance: Wire, about: tuple[str, ...]) -> list[Fact]:
    figures = {state: number(balance.get(f"{state}Points")) or Decimal(0) for state in STATES}
    facts = [Fact(f"points.{state}", about, amount(figure)) for state, figure in figures.items()]
    # A negative balance is reported as a magnitude or with its sign; both mean points owed.
    total = figures["active"] + figures["pending"] - abs(figures["negative"])
    facts.append(Fact("points.total", about, amount(total)))
    tier = text(child(balance, "currentTier").get("name"))
    if tier:
        facts.append(Fact("tier", about, tier))
    return facts
