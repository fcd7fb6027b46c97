"""Loyalty operations: balances, unused points and transactions of profiles and cards; ledgers as blocks."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from . import profiles, tiers
from .amounts import to_decimal
from .catalog import Program
from .clock import to_micros, to_wire
from .contract import Answer, Request, invalid, not_found
from .ledger_read import Balance, ListFilter, State, accounts_of, balance, transactions, unused_points

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
DEFAULT_PAGE = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose ledgers are meant: a profile or a card (row) of a program, and the ledgers there are."""

    program: Program
    accounts: Mapping[str, int]
    card: sqlite3.Row | None = None


def profile_holder(world: "World", request: Request) -> Holder:
    """The profile of the path in its program; ApiError 404 for either, 400 for a card-based program."""
    program = need_program(world, request, card_based=False)
    profile = profiles.need(world.conn, request.text("integration_id"))
    return Holder(program, accounts_of(world.conn, program.id, profile=profile.id))


def card_holder(world: "World", request: Request) -> Holder:
    """The card of the path in its program; ApiError 404 for either, 400 for a profile-based program."""
    program = need_program(world, request, card_based=True)
    card = need_card(world.conn, program.id, request.text("loyalty_card_id"))
    return Holder(program, accounts_of(world.conn, program.id, card=card["id"]), card)


def need_card(conn: sqlite3.Connection, program_id: int, identifier: str) -> sqlite3.Row:
    """The row of a card, or ApiError 404."""
    row: sqlite3.Row | None = conn.execute(
        "select * from card where identifier = ? and program_id = ?", (identifier, program_id)
    ).fetchone()
    if row is None:
        raise not_found(f"loyalty card {identifier!r}")
    return row


def need_program(world: "World", request: Request, *, card_based: bool) -> Program:
    """The program of the path, or ApiError: 404 for an unknown one, 400 for the other kind."""
    program = world.catalog.programs.get(request.number("loyalty_program_id"))
    if program is None:
        raise not_found(f"loyalty program {request.number('loyalty_program_id')}")
    if program.card_based is not card_based:
        kind = "card-based" if program.card_based else "profile-based"
        raise invalid(
            "Wrong kind of program", f"program {program.id} is {kind}", parameter="loyaltyProgramId"
        )
    return program


def get_profile_balances(world: "World", request: Request) -> Answer:
    """`get_loyalty_balances`: every ledger at `end_date`, or one subledger; tiers on request."""
    holder = profile_holder(world, request)
    t = instant(request, "end_date", world.now())
    with_tiers, projected = request.flag("include_tiers"), request.flag("include_projected_tier")

    def block(account: int | None) -> Wire:
        return _balance_block(world, holder.program, account, t, with_tiers=with_tiers, projected=projected)

    asked = request.query.get("subledger_id")
    if asked is not None:
        name = str(asked)
        return Answer(
            200,
            {"subledgerBalances": {name: block(holder.accounts.get(name))}}
            if name
            else {"balance": block(holder.accounts.get(""))},
        )
    subledgers = {name: block(account) for name, account in holder.accounts.items() if name}
    return Answer(200, {"balance": block(holder.accounts.get("")), "subledgerBalances": subledgers})


def get_card_balances(world: "World", request: Request) -> Answer:
    """`get_loyalty_card_balances`: every ledger at `end_date`, or the named subledgers; no tiers."""
    holder = card_holder(world, request)
    assert holder.card is not None
    t = instant(request, "end_date", world.now())
    asked = texts(request, "subledger_id")
    body: Wire = {}
    if not asked or "" in asked:
        body["balance"] = _balance_block(world, holder.program, holder.accounts.get(""), t)
    names = [name for name in asked if name] if asked else [name for name in holder.accounts if name]
    body["subledgerBalances"] = {
        name: _balance_block(world, holder.program, holder.accounts.get(name), t) for name in names
    }
    body["profiles"] = registrations(world.conn, holder.card["id"])
    return Answer(200, body)


def registrations(conn: sqlite3.Connection, card: int) -> list[Wire]:
    """The profiles linked to a card, oldest link first."""
    rows = conn.execute(
        "select p.integration_id, h.linked from card_holder h join profile p on p.id = h.profile_id"
        " where h.card_id = ? order by h.linked, p.id",
        (card,),
    )
    return [{"integrationId": row[0], "timestamp": to_wire(row[1])} for row in rows]


def get_points(world: "World", request: Request, holder: Holder) -> Answer:
    """Unused points by `status`; `amount` is what is left of the lot (choices.py, points-amount)."""
    now = world.now()
    wanted = _filter(request, holder)
    state = cast(State, request.query.get("status", "active"))
    rows = unused_points(world.conn, wanted, state, now) if wanted.accounts else []
    data = [_points_row(row, holder) for row in rows[: wanted.size]]
    return Answer(200, {"hasMore": len(rows) > wanted.size, "data": data})


def get_transactions(world: "World", request: Request, holder: Holder) -> Answer:
    """Every row of the ledgers, newest first; there is no row for an expiry."""
    wanted = _filter(request, holder)
    rows = transactions(world.conn, wanted) if wanted.accounts else []
    data = [_transaction_row(row, holder) for row in rows[: wanted.size]]
    return Answer(200, {"hasMore": len(rows) > wanted.size, "data": data})


def instant(request: Request, name: str, default: int) -> int:
    """A timestamp of the query in microseconds."""
    value = request.query.get(name)
    return to_micros(value) if isinstance(value, datetime) else default


def texts(request: Request, name: str) -> tuple[str, ...]:
    """A list of the query, or a single value as a list of one."""
    value = request.query.get(name)
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(cast("tuple[str, ...]", value))


def _filter(request: Request, holder: Holder) -> ListFilter:
    query = request.query
    if query.get("awaits_activation") is False:
        raise invalid("Invalid value", "only true is allowed", parameter="awaitsActivation")
    asked = texts(request, "subledger_id")
    accounts = (
        [holder.accounts[name] for name in asked if name in holder.accounts]
        if asked
        else list(holder.accounts.values())
    )
    since, until = query.get("start_date"), query.get("end_date")
    return ListFilter(
        accounts=accounts,
        sessions=texts(request, "customer_session_ids"),
        uuids=texts(request, "transaction_uuids"),
        skip=cast(int, query.get("skip", 0)),
        size=cast(int, query.get("page_size", DEFAULT_PAGE)),
        sort=cast(str, query.get("sort", "")),
        origin=cast(str, query.get("loyalty_transaction_type", "")),
        since=to_micros(since) if isinstance(since, datetime) else None,
        until=to_micros(until) if isinstance(until, datetime) else None,
        awaits_activation=query.get("awaits_activation") is True,
    )


def _row(row: sqlite3.Row, holder: Holder) -> Wire:
    answer: Wire = {
        "id": row["id"],
        "transactionUUID": row["uuid"],
        "created": to_wire(row["created"]),
        "programId": row["program_id"],
    }
    if row["session"] is not None:
        answer["customerSessionId"] = row["session"]
    answer["name"] = row["name"]
    answer["expiryDate"] = "unlimited" if row["expires"] is None else to_wire(row["expires"])
    answer["subledgerId"] = row["subledger"]
    if row["validity"] is not None and row["expires"] is None:
        answer["validityDuration"] = row["validity"]
    return answer


def _points_row(row: sqlite3.Row, holder: Holder) -> Wire:
    """One unused lot; one that waits for an action is pending and yet `immediate` (choices.py, waiting)."""
    starts = "immediate" if row["at_once"] or row["starts"] is None else to_wire(row["starts"])
    return {**_row(row, holder), "startDate": starts, "amount": to_decimal(row["remaining"])}


def _transaction_row(row: sqlite3.Row, holder: Holder) -> Wire:
    answer = {**_row(row, holder), "type": row["kind"], "amount": to_decimal(row["amount"])}
    starts = row["starts"]
    answer["startDate"] = "on_action" if row["awaits"] else "immediate" if starts is None else to_wire(starts)
    if row["ruleset_id"] is not None:
        answer["rulesetId"] = row["ruleset_id"]
    if row["rule_name"] is not None:
        answer["ruleName"] = row["rule_name"]
    if holder.card is not None:
        answer["cardIdentifier"] = holder.card["identifier"]
    else:
        if row["store"] is not None:
            answer["storeIntegrationId"] = row["store"]
        if row["negative"]:
            answer["flags"] = {"createsNegativeBalance": True}
    return answer


def _balance_block(
    world: "World",
    program: Program,
    account: int | None,
    t: int,
    *,
    with_tiers: bool = False,
    projected: bool = False,
) -> Wire:
    figures = Balance() if account is None else balance(world.conn, account, t)
    block: Wire = {
        "activePoints": to_decimal(figures.active),
        "pendingPoints": to_decimal(figures.pending),
        "spentPoints": to_decimal(figures.spent),
        "expiredPoints": to_decimal(figures.expired),
        "negativePoints": to_decimal(figures.negative),
    }
    if with_tiers or projected:
        held, projection = tiers.Standing(), None
        if account is not None:
            held, projection = tiers.outlook(world.conn, program, account, t)
        if with_tiers:
            block.update(_tier_block(program, held, figures))
        if projected and projection is not None:
            block["projectedTier"] = _projection(projection)
    return block


def _projection(found: tiers.Projection) -> Wire:
    answer: Wire = {"projectedActivePoints": to_decimal(found.active)}
    if found.missing:
        answer["stayInTierPoints"] = to_decimal(found.missing)
    if found.tier is not None:
        answer["projectedTierName"] = found.tier.name
    return answer


def _tier_block(program: Program, held: tiers.Standing, figures: Balance) -> Wire:
    """Current tier, points to the next and its name, in the program's time zone; empty without tiers."""
    if not program.tiers:
        return {}
    block: Wire = {}
    if held.tier is not None:
        block["currentTier"] = _tier(program, held, program.zone)
    following = tiers.next_tier(program, figures.active - figures.negative, held.tier)
    if following is not None:  # at the top both are left out, which reads as null (choices.py, nulls)
        block["pointsToNextTier"] = to_decimal(following[1])
        block["nextTierName"] = following[0].name
    return block


def _tier(program: Program, held: tiers.Standing, zone: ZoneInfo) -> Wire:
    assert held.tier is not None
    answer: Wire = {"id": held.tier.id, "name": held.tier.name}
    if held.starts is not None:
        answer["startDate"] = to_wire(held.starts, zone)
    if held.expires is not None:
        answer["expiryDate"] = to_wire(held.expires, zone)
    answer["downgradePolicy"] = program.downgrade_policy
    return answer


@dataclass(frozen=True, slots=True)
class Tentative:
    """What an open session would change when it closes, in hundredths: active and pending points."""

    active: int = 0
    pending: int = 0


NOTHING_TENTATIVE = Tentative()


def ledger_block(
    world: "World", program: Program, account: int | None, tentative: Tentative = NOTHING_TENTATIVE
) -> Wire:
    """One ledger as inventory and loyalty blocks show it (`LedgerInfo`); tiers unasked, except on cards."""
    now = world.now()
    figures = Balance() if account is None else balance(world.conn, account, now)
    held = tiers.Standing()
    if account is not None and not program.card_based:
        held = tiers.standing(world.conn, program, account, now)
    return {
        "currentBalance": to_decimal(figures.active),
        "pendingBalance": to_decimal(figures.pending),
        "negativeBalance": to_decimal(figures.negative),
        "expiredBalance": to_decimal(0),
        "spentBalance": to_decimal(0),
        **_tentative_figures(figures, tentative),
        **({} if program.card_based else _tier_block(program, held, figures)),
    }


def _tentative_figures(figures: Balance, change: Tentative) -> Wire:
    """What the figures become on close: new points pay a negative balance first."""
    negative, active, pending = figures.negative, figures.active + change.active, change.pending
    paid = min(negative, active)
    negative, active = negative - paid, active - paid
    paid = min(negative, pending)
    return {
        "tentativeCurrentBalance": to_decimal(active),
        "tentativePendingBalance": to_decimal(figures.pending + pending - paid),
        "tentativeNegativeBalance": to_decimal(negative - paid),
    }


def program_block(
    world: "World",
    program: Program,
    profile: int,
    joined: int | None,
    tentative: Mapping[str, Tentative] | None = None,
) -> Wire:
    """A profile's ledgers in one program (`LoyaltyProgramLedgers`); all-zero subledgers are left out."""
    changes = tentative or {}
    accounts = accounts_of(world.conn, program.id, profile=profile)
    block: Wire = {"id": program.id, "title": program.title, "name": program.name}
    if joined is not None:
        block["joinDate"] = to_wire(joined, program.zone)
    block["ledger"] = ledger_block(world, program, accounts.get(""), changes.get("", NOTHING_TENTATIVE))
    names = [name for name in dict.fromkeys([*accounts, *changes]) if name]
    block["subLedgers"] = {
        name: ledger_block(world, program, accounts.get(name), changes.get(name, NOTHING_TENTATIVE))
        for name in names
        if name in changes or _has_balance(world, accounts[name])
    }
    return block


def _has_balance(world: "World", account: int) -> bool:
    figures = balance(world.conn, account, world.now())
    return bool(figures.active or figures.pending or figures.negative)
