"""Random histories, written through the sandbox's own ledger: an account of the points that the engine never sees."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from talon_sandbox import imports, ledger
from talon_sandbox.catalog import ReturnPolicy
from talon_sandbox.clock import to_micros
from talon_sandbox.ledger_read import Balance, balance
from talon_sandbox.world import World
from tests.insight.help import NOW

PROGRAM = 3
STEPS = (timedelta(0), timedelta(microseconds=1), timedelta(hours=5), timedelta(days=3), timedelta(days=9))
POLICIES: tuple[ReturnPolicy, ...] = ("only_pending", "within_balance", "unlimited")


@dataclass
class History:
    """One profile's ledger while it is written. Instants in microseconds, amounts in hundredths."""

    world: World
    holder: str
    random: Random
    account: int = 0
    at: int = 0
    awards: list[tuple[int, int, ledger.Reason]] = field(default_factory=list)
    spends: list[tuple[int, ledger.Reason]] = field(default_factory=list)
    rules: int = 0

    def write(self, rows: int) -> int:
        """Writes about so many rows before NOW; the id of the account."""
        self.account = imports.account_of(self.world, PROGRAM, self.holder, "")
        self.at = to_micros(NOW - timedelta(days=300))
        last = to_micros(NOW)
        for _ in range(rows):
            self.at = min(last, self.at + self.random.choice(STEPS) // timedelta(microseconds=1))
            self.random.choice(
                (self._add, self._add, self._spend, self._deduct, self._roll_back, self._reimburse)
            )()
        return self.account

    def _reason(self, rule: str, session: int | None) -> ledger.Reason:
        if session is None:
            return ledger.Reason("By hand")
        return ledger.Reason(rule, "session", session, 7, rule)

    def _session(self) -> int | None:
        if self.random.random() < 0.3:
            return None
        name = f"{self.holder}-{self.random.randrange(6)}"
        self.world.conn.execute(
            "insert or ignore into session (integration_id, state, created, updated, update_count,"
            " first_session, item_total, cost_total, item_cost_total, document)"
            " values (?, 'closed', 0, 0, 1, 0, 0, 0, 0, '{}')",
            (name,),
        )
        found = self.world.conn.execute("select id from session where integration_id = ?", (name,)).fetchone()
        return int(found[0])

    def _later(self) -> int | None:
        days = self.random.choice((None, 0, 4, 30, 60, 90))
        return None if days is None else self.at + days * 86_400_000_000

    def _add(self) -> None:
        self.rules += 1
        reason = self._reason(f"earn {self.rules}", self._session())
        amount = self.random.randrange(1, 20_000)
        window = ledger.Window(self._later(), self._later())
        lot = ledger.add(self.world.conn, self.account, amount, self.at, reason, window)
        if reason.session_id is not None:
            self.awards.append((lot.id, amount, reason))

    def _spend(self) -> None:
        active = balance(self.world.conn, self.account, self.at).active
        if active:
            self.rules += 1
            reason = self._reason(f"pay {self.rules}", self._session())
            amount = self.random.randrange(1, active + 1)
            row = ledger.spend(self.world.conn, self.account, amount, self.at, reason)
            if reason.session_id is not None:
                self.spends.append((row.id, reason))

    def _deduct(self) -> None:
        if self.random.random() < 0.4:
            amount = self.random.randrange(1, 15_000)
            ledger.deduct(self.world.conn, self.account, amount, self.at, ledger.Reason("By hand"))

    def _roll_back(self) -> None:
        if self.awards:
            lot, amount, reason = self.awards.pop(self.random.randrange(len(self.awards)))
            part = self.random.randrange(1, amount + 1)
            policy = self.random.choice(POLICIES)
            ledger.roll_back(self.world.conn, lot, part, self.at, policy, reason)
            if amount > part:
                self.awards.append((lot, amount - part, reason))

    def _reimburse(self) -> None:
        if self.spends:
            row, reason = self.spends.pop(self.random.randrange(len(self.spends)))
            ledger.reimburse(self.world.conn, row, self.at, reason)


def write_history(world: World, holder: str, seed: int, rows: int = 40) -> int:
    """A history that depends on `seed` only; the id of its account."""
    return History(world, holder, Random(seed)).write(rows)


def true_balance(world: World, account: int, at: datetime) -> Balance:
    """What the sandbox's ledger says, in hundredths."""
    return balance(world.conn, account, to_micros(at))
