"""The engine's balance against the API's own `endDate`, for customers that nobody has written by hand: at the end of
each of the last 24 months, of those to come, and at random instants."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from desk.insight.balances import by_subledger, reported
from desk.insight.history import Ledger
from desk.insight.points import Points, card_points, points
from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.insight.conftest import client_of
from tests.insight.help import NOW, TICK, ask
from tests.insight.histories import PROGRAM, write_history

FEW, MANY = 25, 500
MONTHS = 24
BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class Counted:
    """How many ledgers and instants were compared; differences that the badge names, and those that it does not."""

    holders: int = 0
    ledgers: int = 0
    compared: int = 0
    named: list[str] = field(default_factory=list)
    unnamed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.holders} holders, {self.ledgers} ledgers, {self.compared} balances compared:"
            f" {len(self.named)} differences that the badge names, {len(self.unnamed)} others"
        )


def month_ends(months: int) -> Iterator[datetime]:
    """The last instants of the last `months` months, in the zone of the programs."""
    first = NOW.astimezone(BERLIN).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months):
        yield first - TICK
        first = (first - timedelta(days=1)).replace(day=1)


def instants(ledger: Ledger, random: Random) -> list[datetime]:
    """Month-ends, three random instants of two years, two ahead, and one tick around two steps of the ledger."""
    found = list(month_ends(MONTHS))
    found += [NOW + timedelta(seconds=random.randrange(-730 * 86_400, 0)) for _ in range(3)]
    found += [NOW + timedelta(seconds=random.randrange(500 * 86_400)) for _ in range(2)]
    for _ in range(2 if len(ledger.moves) else 0):
        at = ledger.moves[random.randrange(len(ledger.moves))].at
        found += [at - TICK, at, at + TICK]
    return found


def compare(client: TalonClient, found: Points, random: Random, counted: Counted) -> None:
    """Every ledger of a holder at every instant."""
    counted.holders += 1
    counted.ledgers += len(found.ledgers)
    asked = client.get_loyalty_card_balances if found.card else client.get_loyalty_balances
    for at in instants(found.main, random):
        for subledger, balance in by_subledger(asked(found.program_id, found.holder, end_date=at)).items():
            ledger = found.ledger(subledger)
            assert ledger is not None
            counted.compared += 1
            if dict(reported(balance).figures()) != ledger.at(at)._asdict():
                badge = ledger.reconciliation
                into = counted.unnamed if badge is None or badge.explained else counted.named
                into.append(f"{found.holder}/{subledger} at {at}")


def of_the_crowd(customers: int) -> Counted:
    """Customers of the demo shop: orders, returns and cards through its own rules."""
    counted, random = Counted(), Random(customers)
    with Sandbox(now=NOW, socket=False, customers=customers) as sandbox, client_of(sandbox) as client:
        profiles = sandbox.change(
            lambda world: [
                (row[0], row[1], False)
                for row in world.conn.execute(
                    "select distinct account.program_id, profile.integration_id from account"
                    " join profile on profile.id = account.profile_id order by profile.id, account.program_id"
                )
            ]
        )
        cards = sandbox.change(
            lambda world: [
                (row[0], row[1], True)
                for row in world.conn.execute("select program_id, identifier from card order by id")
            ]
        )
        for program, holder, card in [*profiles, *cards]:
            asked = (card_points if card else points)(program, holder, now=NOW)
            compare(client, ask(client, asked), random, counted)
    return counted


def of_random_histories(empty: Sandbox, customers: int) -> Counted:
    """Customers whose ledgers are written at random: all return policies, debts, activations, dates of every kind."""
    counted, random = Counted(), Random(customers)
    with client_of(empty) as client:
        for seed in range(customers):
            holder = f"any-time-{customers}-{seed}"
            empty.change(lambda world, holder=holder, seed=seed: write_history(world, holder, 10_000 + seed))  # type: ignore[misc]
            compare(client, ask(client, points(PROGRAM, holder, now=NOW)), random, counted)
    return counted


@pytest.mark.parametrize("customers", [FEW, pytest.param(MANY, marks=pytest.mark.soak)])
def test_balances_of_random_histories_at_any_time(
    empty: Sandbox, customers: int, capsys: pytest.CaptureFixture[str]
) -> None:
    counted = of_random_histories(empty, customers)
    with capsys.disabled():
        print(f"\nRandom histories: {counted}")
    assert counted.holders == customers
    assert counted.unnamed == []
    assert counted.named == []


@pytest.mark.soak
def test_balances_of_the_shop_s_customers_at_any_time(capsys: pytest.CaptureFixture[str]) -> None:
    counted = of_the_crowd(MANY)
    with capsys.disabled():
        print(f"\nCustomers of the demo shop: {counted}")
    assert counted.holders >= MANY
    assert counted.unnamed == []
    assert counted.named == []
