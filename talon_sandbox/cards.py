"""Loyalty cards: creating, generating, linking, and how an answer shows one (facts.md, Cards)."""

import re
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from . import loyalty, profiles
from .catalog import Program
from .clock import to_wire
from .contract import Answer, ApiError, Request, invalid
from .identity import make_code
from .ledger_read import accounts_of

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_IDENTIFIER = re.compile(r"[A-Za-z0-9._%+@-]{4,108}", re.ASCII)
_CODE_LENGTH = 12


def create(
    conn: sqlite3.Connection,
    program: Program,
    identifier: str,
    now: int,
    *,
    status: str = "active",
    users_limit: int | None = None,
    block_reason: str | None = None,
) -> int:
    """Write a new card; its limit of users is the program's unless given. ApiError 400 when it cannot be."""
    if not program.card_based:
        raise invalid(
            "Wrong kind of program", f"program {program.id} is profile-based", parameter="loyaltyProgramId"
        )
    if not _IDENTIFIER.fullmatch(identifier):
        raise invalid(
            "Invalid value", "4 to 108 characters of A-Z a-z 0-9 . _ % + @ -", pointer="/cardIdentifier"
        )
    if conn.execute("select 1 from card where identifier = ?", (identifier,)).fetchone() is not None:
        raise invalid("Already exists", f"there is a card {identifier} already", pointer="/cardIdentifier")
    limit = program.users_per_card if users_limit is None else users_limit
    made = conn.execute(
        "insert into card (program_id, identifier, status, block_reason, users_limit, created, modified)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (program.id, identifier, status, block_reason, limit, now, now),
    )
    return int(made.lastrowid or 0)


def generate(world: "World", request: Request) -> Answer:
    """`generate_loyalty_card`: a card with a given or made identifier, linked to `customerProfileIds`."""
    program = world.catalog.programs.get(request.number("loyalty_program_id"))
    if program is None:  # no 404 is declared for this operation
        raise invalid(
            "Not found",
            f"loyalty program {request.number('loyalty_program_id')}",
            parameter="loyaltyProgramId",
        )
    body, now = request.body or {}, world.now()
    identifier = body.get("cardIdentifier")
    if identifier is None:
        identifier = _free_identifier(world.conn, program)
    card = create(world.conn, program, str(identifier), now, status=str(body.get("status", "active")))
    holders = dict.fromkeys(cast(Sequence[str], body.get("customerProfileIds") or ()))
    for index, holder in enumerate(holders):
        profile = profiles.find(world.conn, holder)
        if profile is None:
            pointer = f"/customerProfileIds/{index}"
            raise invalid("Not found", f"there is no profile {holder!r}", pointer=pointer)
        _link(world.conn, card, profile.id, now)
    return Answer(200, to_answer(world, _row(world.conn, card)))


def _free_identifier(conn: sqlite3.Connection, program: Program) -> str:
    number = conn.execute("select coalesce(max(id), 0) + 1 from card").fetchone()[0]
    while True:
        identifier = program.card_prefix + make_code(_CODE_LENGTH, "card", program.id, number)
        if conn.execute("select 1 from card where identifier = ?", (identifier,)).fetchone() is None:
            return identifier
        number += 1


def link(world: "World", request: Request) -> Answer:
    """`link_loyalty_card_to_profile`: 400 past the limit of users, for a blocked card, for a second link.

    404 for an unknown profile: no ghost is made (choices.py, link-twice).
    """
    holder = loyalty.card_holder(world, request)
    assert holder.card is not None
    now = world.now()
    if holder.card["status"] == "blocked":
        raise invalid("Card is blocked", "a blocked card cannot be linked", parameter="loyaltyCardId")
    profile = profiles.need(world.conn, str((request.body or {})["integrationId"]))
    _link(world.conn, holder.card["id"], profile.id, now)
    return Answer(200, to_answer(world, _row(world.conn, holder.card["id"])))


def unlink(world: "World", request: Request) -> Answer:
    """`unlink_loyalty_card_from_profile`: 400 for a profile that is not on the card (choices.py, unlink-stranger)."""
    holder = loyalty.card_holder(world, request)
    assert holder.card is not None
    card, profile = holder.card["id"], profiles.need(world.conn, str((request.body or {})["integrationId"]))
    gone = world.conn.execute(
        "delete from card_holder where card_id = ? and profile_id = ?", (card, profile.id)
    )
    if not gone.rowcount:
        raise invalid("Not linked", "the card is not linked to this profile", pointer="/integrationId")
    world.conn.execute("update card set modified = ? where id = ?", (world.now(), card))
    return Answer(200, to_answer(world, _row(world.conn, card)))


def _link(conn: sqlite3.Connection, card: int, profile: int, now: int) -> None:
    linked = [row[0] for row in conn.execute("select profile_id from card_holder where card_id = ?", (card,))]
    if profile in linked:
        raise invalid(
            "Already linked", "the card is linked to this profile already", pointer="/integrationId"
        )
    limit = _row(conn, card)["users_limit"]
    if limit and len(linked) >= limit:
        raise ApiError(
            400,
            "The card has reached its limit of users",
            [
                {
                    "title": "Limit reached",
                    "details": f"usersPerCardLimit is {limit}, {len(linked)} linked",
                    "source": {"pointer": "/integrationId"},
                }
            ],
        )
    conn.execute("insert into card_holder values (?, ?, ?)", (card, profile, now))
    conn.execute("update card set modified = ? where id = ?", (now, card))


def _row(conn: sqlite3.Connection, card: int) -> sqlite3.Row:
    return cast(sqlite3.Row, conn.execute("select * from card where id = ?", (card,)).fetchone())


def of_profile(conn: sqlite3.Connection, profile: int) -> list[sqlite3.Row]:
    """The cards linked to a profile, oldest link first."""
    return conn.execute(
        "select c.* from card_holder h join card c on c.id = h.card_id where h.profile_id = ?"
        " order by h.linked, c.id",
        (profile,),
    ).fetchall()


def by_identifier(conn: sqlite3.Connection, identifier: str) -> sqlite3.Row | None:
    """The card of that identifier, which is unique over all programs (choices.py, card-identifier-unique)."""
    found = conn.execute("select * from card where identifier = ?", (identifier,)).fetchone()
    return cast("sqlite3.Row | None", found)


def to_answer(
    world: "World", card: sqlite3.Row, tentative: "dict[str, loyalty.Tentative] | None" = None
) -> Wire:
    """The card as the API shows it (`LoyaltyCard`), with its ledgers."""
    program = world.program(card["program_id"])
    changes, none = tentative or {}, loyalty.Tentative()
    accounts = accounts_of(world.conn, program.id, card=card["id"])
    answer: Wire = {
        "id": card["id"],
        "created": to_wire(card["created"]),
        "programID": program.id,
        "programName": program.name,
        "programTitle": program.title,
        "status": card["status"],
        "identifier": card["identifier"],
        "usersPerCardLimit": card["users_limit"],
        "profiles": loyalty.registrations(world.conn, card["id"]),
        "ledger": loyalty.ledger_block(world, program, accounts.get(""), changes.get("", none)),
        "subledgers": {
            name: loyalty.ledger_block(world, program, accounts.get(name), changes.get(name, none))
            for name in dict.fromkeys([*accounts, *changes])
            if name
        },
        "modified": to_wire(card["modified"]),
    }
    named = {"blockReason": "block_reason", "oldCardIdentifier": "old_identifier"}
    named |= {"newCardIdentifier": "new_identifier", "batchId": "batch_id"}
    answer.update({wire: card[column] for wire, column in named.items() if card[column] is not None})
    return answer
