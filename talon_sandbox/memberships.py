"""Operations on a program's members and their rows: join, activate, delete."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from . import ledger, loyalty, profiles, session_rows
from .amounts import to_decimal
from .catalog import Program
from .clock import to_wire
from .contract import Answer, Request, invalid, not_found
from .durations import add_duration

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_WAITING = """
    select e.*, a.subledger, p.integration_id as profile, a.card_id, s.integration_id as session
    from live_entry e join account a on a.id = e.account
    left join profile p on p.id = a.profile_id left join session s on s.id = e.session_id
    where a.program_id = ? and e.awaits = 1
      and not exists (select 1 from activation where activation.lot = e.id)
"""


def join(world: "World", request: Request) -> Answer:
    """`join_loyalty_program`: 400 for a second time."""
    program = loyalty.need_program(world, request, card_based=False)
    profile = profiles.need(world.conn, request.text("integration_id"))
    joined = world.conn.execute(
        "insert or ignore into program_member (program_id, profile_id, joined) values (?, ?, ?)",
        (program.id, profile.id, world.now()),
    )
    if not joined.rowcount:
        raise invalid("Already joined", "the customer is in this program", parameter="integrationId")
    return Answer(200)


def activate(world: "World", request: Request) -> Answer:
    """`activate_loyalty_points`: what waits of a session, or the rows that are named (choices.py, activation)."""
    body = request.body or {}
    number = request.number("loyalty_program_id")
    program = world.catalog.programs.get(number)
    if program is None:
        raise not_found(f"loyalty program {number}")
    if body.get("sessionId") is not None:
        session = session_rows.find(world.conn, str(body["sessionId"]))
        if session is None:
            raise not_found(f"session {body['sessionId']!r}")
        waiting = world.conn.execute(
            f"{_WAITING} and e.session_id = ? order by e.id", (number, session["id"])
        )
        return _activate(world, program, waiting.fetchall())
    rows: list[sqlite3.Row] = []
    for index, uuid in enumerate(cast(Sequence[str], body["transactionUUIDs"])):
        row = world.conn.execute(f"{_WAITING} and e.uuid = ?", (number, uuid.lower())).fetchone()
        if row is None:
            raise invalid("Not found", f"no points wait under {uuid}", pointer=f"/transactionUUIDs/{index}")
        rows.append(row)
    return _activate(world, program, rows)


def _activate(world: "World", program: Program, rows: list[sqlite3.Row]) -> Answer:
    now = world.now()
    told = []
    for row in rows:
        expires = None if row["validity"] is None else add_duration(now, row["validity"], program.zone)
        try:
            ledger.activate(world.conn, row["id"], now, expires)
        except ValueError:
            continue  # taken back while it waited: nothing is left to be activated
        told.append(_entry(program, row, now, expires))
    return Answer(200, {"ledgerEntries": told})


def _entry(program: Program, row: sqlite3.Row, starts: int, expires: int | None) -> Wire:
    told: Wire = {
        "created": to_wire(row["created"]),
        "programID": program.id,
        "type": row["kind"],
        "amount": to_decimal(row["amount"]),
        "startDate": to_wire(starts),
        "name": row["name"],
        "subLedgerID": row["subledger"],
        "archived": False,
    }
    optional = {
        "customerProfileID": row["profile"],
        "cardID": row["card_id"],
        "customerSessionID": row["session"],
        "expiryDate": None if expires is None else to_wire(expires),
        "validityDuration": row["validity"],
    }
    return told | {name: value for name, value in optional.items() if value is not None}


def delete_transactions(world: "World", request: Request) -> Answer:
    """`delete_loyalty_transactions_from_ledgers`: rows of all ledgers, or of those that are named, in all figures."""
    holder = loyalty.profile_holder(world, request)
    wanted = cast("Sequence[str] | None", (request.body or {}).get("subledgerIds"))
    if (request.body or {})["scope"] == "AllSubledgers":
        wanted = list(holder.accounts)
    for index, name in enumerate(wanted or ()):
        if name not in holder.accounts and name not in holder.program.subledgers and name != "":
            raise invalid(
                "Unknown", f"the program has no subledger {name!r}", pointer=f"/subledgerIds/{index}"
            )
    accounts = [holder.accounts[name] for name in wanted or () if name in holder.accounts]
    marks = ", ".join("?" * len(accounts))
    rows = world.conn.execute(f"select id from live_entry where account in ({marks})", accounts).fetchall()
    ledger.void(world.conn, [row[0] for row in rows], world.now())
    return Answer(204)
