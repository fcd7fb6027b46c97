"""Returns of cart items: exact on cumulative value, so that any split ends where one full return ends."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from . import carts, events, profiles, reevaluation, session_rows, state, undo
from .amounts import share
from .contract import Answer, Request, invalid
from .rules import Evaluation
from .rules.model import Item

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_BY_UNIT = undo.DISCOUNTS | {"addLoyaltyPoints"}
# Session costs such as shipping are no cart items: a return leaves them (choices.py, return-leaves).


def create(world: "World", request: Request) -> Answer:
    """`return_cart_items`: from closed or partially returned to partially returned.

    Coupons, spent points and discounts on the session's costs stay (effects.md, When each rollback comes).
    """
    session = session_rows.need(world.conn, request.text("customer_session_id"))
    if session["state"] not in session_rows.HOLDING:
        raise invalid("Invalid state", f"a session that is {session['state']} cannot be returned")
    before = session_rows.returned_units(world.conn, session)
    items = carts.items_of(session_rows.document_of(session), before)
    wanted = _read(cast(Mapping[str, object], (request.body or {})["return"]), items)
    event = events.record(world, "talon_session_partially_returned", session=session)
    made = _write(world, session, items, wanted, event)
    again = reevaluation.asked_again(world, session) if request.flag("run_rule_engine") else frozenset[int]()
    rollbacks = _undo(world, session, items, wanted, again)
    undo.store(world.conn, session["id"], session["closings"], rollbacks)
    session = session_rows.need(world.conn, session["integration_id"])
    told = [rollback.to_answer() for rollback in rollbacks]
    evaluation, view = Evaluation(), None
    if again:
        evaluation, view = reevaluation.give_anew(world, session, again, rollbacks, made)
        told += [effect.to_answer() for effect in evaluation.effects]
    if session["profile_id"] is not None:
        profiles.touch(world.conn, session["profile_id"], world.now())
    asked = state.Asked(request, session, event, evaluation, view)
    body = state.answer(world, asked, told)
    row = world.conn.execute("select * from session_return where id = ?", (made,)).fetchone()
    body["return"] = state.return_block(world, row)
    return Answer(200, body)


def _read(body: Mapping[str, object], items: Sequence[Item]) -> dict[int, int]:
    """Position to quantity; ApiError 400 for what is not in the cart or no longer there."""
    lines = cast(Sequence[Mapping[str, object]], body["returnedCartItems"])
    if not lines:
        raise invalid("Required", "at least one item", pointer="/return/returnedCartItems")
    wanted: dict[int, int] = {}
    for index, line in enumerate(lines):
        pointer = f"/return/returnedCartItems/{index}"
        item = _find(line, items, wanted, pointer)
        quantity = cast("int | None", line.get("quantity"))
        left = len(item.units) - wanted.get(item.position, 0)
        quantity = left if quantity is None else quantity  # choices.py, return-quantity
        if quantity < 1 or quantity > left:
            raise invalid(
                "Invalid quantity",
                f"{left} of {item.quantity} are left at position {item.position}, {quantity} asked for",
                pointer=f"{pointer}/quantity",
            )
        wanted[item.position] = wanted.get(item.position, 0) + quantity
    return wanted


def _find(line: Mapping[str, object], items: Sequence[Item], wanted: Mapping[int, int], pointer: str) -> Item:
    position, sku = line.get("position"), line.get("sku")
    if position is None and sku is not None:
        found = [item for item in items if item.sku == sku]
        left = [item for item in found if len(item.units) > wanted.get(item.position, 0)]
        if not found:
            raise invalid("Not found", f"the cart holds no {sku!r}", pointer=f"{pointer}/sku")
        return (left or found)[0]
    if position is None:
        raise invalid("Required", "position or sku", pointer=pointer)
    if not isinstance(position, int) or not 0 <= position < len(items):
        raise invalid("Not found", f"the cart has no position {position}", pointer=f"{pointer}/position")
    if sku is not None and items[position].sku != sku:
        raise invalid("Not found", f"position {position} is not {sku!r}", pointer=f"{pointer}/sku")
    return items[position]


def _write(
    world: "World", session: sqlite3.Row, items: Sequence[Item], wanted: Mapping[int, int], event: int
) -> int:
    value = sum(
        (items[place].price + sum(items[place].costs.values())) * count for place, count in wanted.items()
    )
    made = world.conn.execute(
        "insert into session_return (session_id, event_id, created, value) values (?, ?, ?, ?)",
        (session["id"], event, world.now(), value),
    ).lastrowid
    world.conn.executemany(
        "insert into return_item values (?, ?, ?)",
        [(made, place, count) for place, count in sorted(wanted.items())],
    )
    world.conn.execute(
        "update session set state = 'partially_returned', updated = ?, update_count = update_count + 1"
        " where id = ?",
        (world.now(), session["id"]),
    )
    return int(made or 0)


def _undo(
    world: "World",
    session: sqlite3.Row,
    items: Sequence[Item],
    wanted: Mapping[int, int],
    again: frozenset[int],
) -> list[undo.Rollback]:
    """Take back what the returned units carried; of campaigns that are evaluated again, everything."""
    units = [(item, unit) for item in items for unit in item.units[: wanted.get(item.position, 0)]]
    places = {(item.position, unit) for item, unit in units}
    recipient = session_rows.recipient(world.conn, session)
    rollbacks: list[undo.Rollback] = []
    for effect in session_rows.effects_in_force(world.conn, session):
        if effect["campaign_id"] in again:
            left = effect["value"] - effect["undone"]
            rollbacks += undo.take_back(world, effect, left, "return", recipient=recipient)
        elif effect["position"] is None:
            rollbacks += _undo_parts(world, effect, _covered(world, session, effect), units)
        elif effect["type"] in _BY_UNIT and (effect["position"], effect["sub_position"]) in places:
            rollbacks += undo.take_back(world, effect, effect["value"], "return")
    return rollbacks


def _covered(world: "World", session: sqlite3.Row, effect: sqlite3.Row) -> tuple[Item, ...]:
    """The cart for which the effect was given: the whole one, or what an earlier return had left of it."""
    until, returned = effect["after_return"], dict[int, int]()
    if until is not None:
        returned = session_rows.returned_units(world.conn, session, until=until)
    return carts.items_of(session_rows.document_of(session), returned)


def _undo_parts(
    world: "World", effect: sqlite3.Row, covered: Sequence[Item], units: Sequence[tuple[Item, int]]
) -> list[undo.Rollback]:
    """Take back the units' parts of what the whole session got: discounts unit by unit, points in one row."""
    if effect["type"] == "setDiscount":
        rollbacks = []
        for (item, unit), part in zip(units, _parts(effect, covered, units), strict=True):
            if part:
                place = undo.Unit(item.position, unit if item.quantity > 1 else None)
                rollbacks += undo.take_back(world, effect, part, "return", unit=place)
        return rollbacks
    part = sum(_parts(effect, covered, units)) if effect["type"] == "addLoyaltyPoints" else 0
    return undo.take_back(world, effect, part, "return") if part else []


def _parts(effect: sqlite3.Row, covered: Sequence[Item], units: Sequence[tuple[Item, int]]) -> list[int]:
    """The part of a whole session's effect that each returned unit takes with it, by its price.

    A unit's part is what lies between the cumulative values before and after it in the order of the cart: the
    parts of all covered units are the whole, and none depends on what was returned before. In a cart that costs
    nothing all units weigh the same.
    """
    free = all(item.value == 0 for item in covered)
    whole = sum(_weight(item, free) * len(item.units) for item in covered)
    starts, before = {}, 0
    for item in covered:
        starts[item.position] = before - _weight(item, free) * item.returned
        before += _weight(item, free) * len(item.units)
    parts = []
    for item, unit in units:
        first = starts[item.position] + _weight(item, free) * unit
        last = first + _weight(item, free)
        parts.append(share(effect["value"], last, whole) - share(effect["value"], first, whole))
    return parts


def _weight(item: Item, free: bool) -> int:
    return 1 if free else item.price
