"""What takes an applied effect back: each has one inverse, or none (effects.md, When each rollback comes)."""

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from . import achievements, ledger, referrals
from .amounts import to_decimal
from .clock import to_wire
from .encoding import dump_json, load_json

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
Move = Literal["cancel", "return", "reopen"]
DISCOUNTS = frozenset(
    {
        "setDiscount",
        "setDiscountPerItem",
        "setDiscountPerAdditionalCost",
        "setDiscountPerAdditionalCostPerItem",
    }
)


@dataclass(frozen=True, slots=True)
class Rollback:
    """One effect that tells of a rollback, and the stored effect that it undoes."""

    undoes: int
    envelope: Wire
    type: str
    props: Wire

    def to_answer(self) -> Wire:
        """The effect as the API shows it."""
        return {**self.envelope, "effectType": self.type, "props": self.props}


@dataclass(frozen=True, slots=True)
class Unit:
    """The cart unit for which something of a whole session's effect is taken back."""

    position: int
    sub_position: int | None


def take_back(
    world: "World",
    effect: sqlite3.Row,
    wanted: int,
    move: Move,
    *,
    recipient: str = "",
    unit: Unit | None = None,
) -> list[Rollback]:
    """Undo `wanted` hundredths of a stored effect and note it; returns what the answer tells.

    Coupons and spends are undone as a whole and never by a return; points follow the program's return policy.
    `recipient` is the customer's integration id, `unit` the returned unit of a whole session's effect.
    """
    kind, props = effect["type"], cast(Wire, load_json(effect["props"].encode()))
    envelope = cast(Wire, load_json(effect["envelope"].encode()))

    def tell(effect_type: str, told: Wire) -> Rollback:
        return Rollback(effect["id"], envelope, effect_type, told)

    taken, told = wanted, list[Rollback]()
    if kind in DISCOUNTS:
        if move != "reopen":  # a reopening tells of no discount (effects.md)
            told = [tell("rollbackDiscount", _discount(props, wanted, unit))]
    elif kind == "acceptCoupon":
        world.conn.execute(
            "update redemption set undone = ? where session_id = ? and closing = ? and undone is null"
            " and coupon_id = (select id from coupon where code = ?)",
            (world.now(), effect["session_id"], effect["closing"], props["value"]),
        )
        told = [tell("rollbackCoupon", {"value": props["value"]})]
    elif kind == "acceptReferral":
        referrals.give_back(world, str(props["value"]), effect["session_id"], effect["closing"])
        told = [tell("rollbackReferral", {"value": props["value"]})]
    elif kind == "increaseAchievementProgress":
        if move == "return":
            return []
        row = _step_back(world, effect, props)
        if row is None:
            return []
        told = [tell("rollbackIncreasedAchievementProgress", row)]
    elif kind == "addLoyaltyPoints":
        taken, rows = _added(world, effect, props, wanted)
        told = [tell(effect_type, row) for effect_type, row in rows]
    elif kind == "deductLoyaltyPoints":
        told = [
            tell("rollbackDeductedLoyaltyPoints", row) for row in _deducted(world, effect, props, recipient)
        ]
    else:
        return []
    _note(world.conn, effect["id"], wanted, taken)
    return told


def _step_back(world: "World", effect: sqlite3.Row, props: Wire) -> Wire | None:
    session = effect["session_id"]
    profile = world.conn.execute("select profile_id from session where id = ?", (session,)).fetchone()[0]
    return achievements.take_back(world, props, effect["value"], session, effect["closing"], profile)


def _note(conn: sqlite3.Connection, effect: int, wanted: int, taken: int) -> None:
    conn.execute(
        "update session_effect set undone = undone + ?, taken = taken + ? where id = ?",
        (wanted, taken, effect),
    )
    conn.execute("update session_effect set finished = 1 where id = ? and taken = value", (effect,))


def store(conn: sqlite3.Connection, session: int, closing: int, rollbacks: list[Rollback]) -> None:
    """Keep the rollbacks beside the effects that they undo."""
    conn.executemany(
        "insert into session_effect (session_id, closing, campaign_id, type, envelope, props, undoes)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(session, closing, rollback.envelope["campaignId"], rollback.type),
                *(dump_json(rollback.envelope).decode(), dump_json(rollback.props).decode(), rollback.undoes),
            )
            for rollback in rollbacks
        ],
    )


def _discount(props: Wire, wanted: int, unit: Unit | None) -> Wire:
    told: Wire = {"name": props["name"], "value": to_decimal(wanted)}
    if unit is not None:
        told["cartItemPosition"] = unit.position
        if unit.sub_position is not None:
            told["cartItemSubPosition"] = unit.sub_position
    elif "position" in props:
        told["cartItemPosition"] = props["position"]
        if "subPosition" in props:
            told["cartItemSubPosition"] = props["subPosition"]
    told.update(
        {name: props[name] for name in ("additionalCostId", "additionalCost", "scope") if name in props}
    )
    return told


def _reason(world: "World", effect: sqlite3.Row, props: Wire, name: str) -> ledger.Reason:
    envelope = cast(Wire, load_json(effect["envelope"].encode()))
    return ledger.Reason(
        name=name,
        origin="session",
        session_id=effect["session_id"],
        ruleset_id=cast(int, envelope["rulesetId"]),
        rule_name=cast(str, envelope["ruleName"]),
    )


def _entry(world: "World", props: Wire) -> int:
    found = world.conn.execute("select id from entry where uuid = ?", (props["transactionUUID"],)).fetchone()
    return int(found[0])


def _added(
    world: "World", effect: sqlite3.Row, props: Wire, wanted: int
) -> tuple[int, list[tuple[str, Wire]]]:
    program = world.program(cast(int, props["programId"]))
    reason = _reason(world, effect, props, f"Rollback: {props['name']}")
    done = ledger.roll_back(
        world.conn, _entry(world, props), wanted, world.now(), program.rollback_policy, reason
    )
    place: Wire = {name: props[name] for name in ("cartItemPosition", "cartItemSubPosition") if name in props}
    taken, rows = 0, list[tuple[str, Wire]]()
    named = (("rollbackAddedLoyaltyPoints", done.covered), ("addNegativeLoyaltyPoints", done.negative))
    for effect_type, row in named:
        if row is not None:
            taken += row.amount
            rows.append((effect_type, {**_moved(props, row), **place}))
    return taken, rows


def _deducted(world: "World", effect: sqlite3.Row, props: Wire, recipient: str) -> list[Wire]:
    reason = _reason(world, effect, props, f"Reimbursement: {props['name']}")
    told = []
    for row in ledger.reimburse(world.conn, _entry(world, props), world.now(), reason):
        moved = {**_moved(props, row), "recipientIntegrationId": recipient}
        if row.window.starts is not None:
            moved["startDate"] = to_wire(row.window.starts)
        if row.window.expires is not None:
            moved["expiryDate"] = to_wire(row.window.expires)
        told.append(moved)
    return told


def _moved(props: Wire, row: ledger.Posted) -> Wire:
    told: Wire = {
        "programId": props["programId"],
        "subLedgerId": props["subLedgerId"],
        "value": to_decimal(row.amount),
        "recipientIntegrationId": props.get("recipientIntegrationId", ""),
        "transactionUUID": row.uuid,
    }
    if "cardIdentifier" in props:
        told["cardIdentifier"] = props["cardIdentifier"]
    return told
