"""Histories written in bulk: an import keeps its own dates, as a CSV import of old transactions would."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from . import ledger, profiles
from .clock import to_micros, to_wire

if TYPE_CHECKING:
    from .world import World


@dataclass(frozen=True, slots=True)
class Row:
    """One imported row; `points` in hundredths. A subtraction beyond the active points is refused."""

    created: datetime
    kind: Literal["addition", "subtraction"]
    points: int
    name: str
    subledger: str = ""
    starts: datetime | None = None
    expires: datetime | None = None


def account_of(world: "World", program_id: int, holder: str, subledger: str) -> int:
    """The ledger of a profile or card, made if need be; LookupError for an unknown card or subledger."""
    program = world.program(program_id)
    if subledger and subledger not in program.subledgers:
        raise LookupError(f"program {program_id} has no subledger {subledger!r}")
    if program.card_based:
        card = world.conn.execute(
            "select id from card where identifier = ? and program_id = ?", (holder, program_id)
        ).fetchone()
        if card is None:
            raise LookupError(f"program {program_id} has no card {holder!r}")
        return ledger.open_account(world.conn, program, subledger, world.now(), card=card[0])
    profile = profiles.ensure(world.conn, holder, world.now())
    return ledger.open_account(world.conn, program, subledger, world.now(), profile=profile.id)


def write(world: "World", program_id: int, holder: str, rows: Sequence[Row]) -> None:
    """Write `rows` in the order of their dates; ValueError when they would come before what is there."""
    now = world.now()
    accounts: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: row.created):
        at = to_micros(row.created)
        if row.subledger not in accounts:
            accounts[row.subledger] = account_of(world, program_id, holder, row.subledger)
            _check_order(world, accounts[row.subledger], at)
        if at > now:
            raise ValueError(f"a row of {to_wire(at)} lies in the future")
        reason = ledger.Reason(row.name, "import")
        account = accounts[row.subledger]
        if row.kind == "subtraction":
            ledger.spend(world.conn, account, row.points, at, reason)
        else:
            starts = None if row.starts is None else to_micros(row.starts)
            expires = None if row.expires is None else to_micros(row.expires)
            ledger.add(world.conn, account, row.points, at, reason, ledger.Window(starts, expires))


def _check_order(world: "World", account: int, at: int) -> None:
    last = world.conn.execute("select max(created) from entry where account = ?", (account,)).fetchone()[0]
    if last is not None and at < last:
        raise ValueError(f"the ledger has rows until {to_wire(last)}; an import cannot begin before that")
