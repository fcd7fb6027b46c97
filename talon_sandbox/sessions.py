"""Customer sessions: reading, updating with the allowed moves, closing, cancelling, reopening."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from . import apply, carts, events, giveaways, profiles, session_rows, state, undo
from .clock import ClockError, to_micros
from .contract import Answer, Request, invalid
from .encoding import dump_json
from .rules import Effect, Evaluation, SessionView, evaluate

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]

# The allowed moves by operation (facts.md, Sessions); None is a session that does not exist yet.
UPDATES = frozenset(
    {
        (None, "open"),
        (None, "closed"),
        ("open", "open"),
        ("open", "closed"),
        ("open", "cancelled"),
        ("closed", "cancelled"),
        ("partially_returned", "cancelled"),
    }
)
REOPENS = frozenset({"closed"})


def get(world: "World", request: Request) -> Answer:
    """`get_customer_session`: the session and its effects without what was rolled back."""
    session = session_rows.need(world.conn, request.text("customer_session_id"))
    body = {
        "customerSession": state.session_block(world, session),
        "effects": apply.shown(world.conn, session),
    }
    return Answer(200, body)


def update(world: "World", request: Request) -> Answer:
    """`update_customer_session_v2`: create, change, close or cancel; a dry run sees only what is sent."""
    body = request.body or {}
    sent = cast(Mapping[str, object], body["customerSession"])
    dry = request.flag("dry")
    _travel(world, request, dry=dry)
    target = str(sent.get("state") or "open")
    session = session_rows.find(world.conn, request.text("customer_session_id"))
    _check_move(None if session is None else session["state"], target)
    if target == "cancelled" and session is not None and session["state"] != "open":
        return _cancel(world, request, session)
    sent = carts.with_catalog_prices(world, sent)
    carts.check(world, sent)
    evaluable = cast("Sequence[int] | None", sent.get("evaluableCampaignIds"))
    session, profile = _save(world, request.text("customer_session_id"), session, sent, target, dry=dry)
    if target == "cancelled":
        return _cancel(world, request, session)
    view = carts.view(
        world,
        session_rows.document_of(session),
        profile,
        ("session", session["integration_id"], session["update_count"]),
        first=bool(session["first_session"]),
        evaluable=evaluable,
        dry=dry,
        closing=target == "closed",
    )
    evaluation = evaluate(world, view, None, world.now())
    if target == "closed":
        evaluation = giveaways.settle(world, evaluation, profile)
    apply.store(world.conn, session["id"], session["shown"], evaluation.effects)
    if session["update_count"] == 1:
        event = events.record(world, "talon_session_created", session=session)
    elif target == "open":
        event = events.record(world, "talon_session_updated", session=session)
    if target == "closed":
        session = _close(world, session, profile, evaluation.effects, view)
        event = events.record(world, "talon_session_closed", session=session)
    if profile is not None:
        profiles.touch(world.conn, profile.id, world.now())
    asked = state.Asked(request, session, event, evaluation, view)
    return Answer(200, state.answer(world, asked, [effect.to_answer() for effect in evaluation.effects]))


def _travel(world: "World", request: Request, *, dry: bool) -> None:
    """`now`: a future instant, in a dry run only; the clock goes back with the transaction."""
    moment = request.query.get("now")
    if not isinstance(moment, datetime):
        return
    if not dry:
        raise invalid("Invalid value", "now needs dry=true", parameter="now")
    if to_micros(moment) <= world.now():
        raise invalid("Invalid value", "now must lie in the future", parameter="now")
    try:
        world.freeze(moment)
    except ClockError as error:
        raise invalid("Invalid value", str(error), parameter="now") from None


def _check_move(current: str | None, target: str) -> None:
    if (current, target) in UPDATES:
        return
    details = f"a session that is {current or 'new'} cannot become {target} by an update"
    if current is not None and current == target != "open":
        details = f"the session is {current} already and cannot be edited"
    elif current in session_rows.HOLDING and target == "open":
        details = f"the session is {current} and cannot be edited"
    raise invalid("Invalid state", details, pointer="/customerSession/state")


def _save(
    world: "World",
    integration_id: str,
    session: sqlite3.Row | None,
    sent: Mapping[str, object],
    target: str,
    *,
    dry: bool,
) -> tuple[sqlite3.Row, profiles.Profile | None]:
    """Write the session with what was sent; the effects of this update belong to its next closing."""
    now = world.now()
    earlier: Wire = {} if session is None or dry else session_rows.document_of(session)
    document = carts.merge(earlier, sent)
    totals = carts.totals_of(document)
    profile = _choose_profile(world, session, sent, now, dry=dry)
    number = None if profile is None else profile.id
    row = (number, now, totals.items, totals.costs, totals.item_costs, dump_json(document).decode())
    stored = "open" if target == "closed" else target
    if session is None:
        world.conn.execute(
            """insert into session (profile_id, updated, item_total, cost_total, item_cost_total, document,
                                    integration_id, state, created, update_count, first_session)
               values (?, ?, ?, ?, ?, ?, ?, 'open', ?, 1, ?)""",
            (*row, integration_id, now, int(_is_first(world.conn, session, number))),
        )
    else:
        world.conn.execute(
            """update session set profile_id = ?, updated = ?, item_total = ?, cost_total = ?,
                   item_cost_total = ?, document = ?, update_count = update_count + 1, first_session = ?,
                   shown = case when ? = 'open' then closings + 1 else shown end where id = ?""",
            (*row, int(_is_first(world.conn, session, number)), stored, session["id"]),
        )
    return session_rows.need(world.conn, integration_id), profile


def _choose_profile(
    world: "World", session: sqlite3.Row | None, sent: Mapping[str, object], now: int, *, dry: bool
) -> profiles.Profile | None:
    name = sent.get("profileId")
    if name is None:
        return None if session is None or dry else session_rows.profile_of(world.conn, session)
    if name == "":
        return None
    known = profiles.find(world.conn, str(name))
    if known is not None:
        return known
    profile = profiles.ensure(world.conn, str(name), now)
    events.record(world, "talon_profile_created", profile=profile.id)
    return profile


def _is_first(conn: sqlite3.Connection, session: sqlite3.Row | None, profile: int | None) -> bool:
    """Asked anew when the session gets another customer (choices.py, first-session)."""
    if profile is None:
        return True
    if session is not None and session["profile_id"] == profile:
        return bool(session["first_session"])
    own = None if session is None else session["id"]
    other = conn.execute("select 1 from session where profile_id = ? and id is not ?", (profile, own))
    return other.fetchone() is None


def _close(
    world: "World",
    session: sqlite3.Row,
    profile: profiles.Profile | None,
    effects: Sequence[Effect],
    view: SessionView,
) -> sqlite3.Row:
    apply.apply(world, session["id"], session["shown"], profile, effects, view.store or None)
    world.conn.execute("update session set state = 'closed', closings = shown where id = ?", (session["id"],))
    return session_rows.need(world.conn, session["integration_id"])


def _cancel(world: "World", request: Request, session: sqlite3.Row) -> Answer:
    """Undo everything that is still in force, and forget what was only proposed.

    What else was sent is not looked at (choices.py, cancel-only).
    """
    rollbacks = _undo_rest(world, session, "cancel") if session["state"] in session_rows.HOLDING else []
    world.conn.execute(
        "delete from session_effect where session_id = ? and closing > ?",
        (session["id"], session["closings"]),
    )
    world.conn.execute(
        "update session set state = 'cancelled', updated = ?, update_count = update_count + ?,"
        " shown = max(closings, 1) where id = ?",
        (world.now(), int(session["state"] != "open"), session["id"]),
    )
    session = session_rows.need(world.conn, session["integration_id"])
    event = events.record(world, "talon_session_cancelled", session=session)
    if session["profile_id"] is not None:
        profiles.touch(world.conn, session["profile_id"], world.now())
    asked = state.Asked(request, session, event, Evaluation(), None)
    return Answer(200, state.answer(world, asked, [rollback.to_answer() for rollback in rollbacks]))


def reopen(world: "World", request: Request) -> Answer:
    """`reopen_customer_session`: closed to open; the answer holds the effects only."""
    session = session_rows.need(world.conn, request.text("customer_session_id"))
    if session["state"] not in REOPENS:
        raise invalid("Invalid state", f"a session that is {session['state']} cannot be reopened")
    rollbacks = _undo_rest(world, session, "reopen")
    world.conn.execute(
        "update session set state = 'open', updated = ?, update_count = update_count + 1 where id = ?",
        (world.now(), session["id"]),
    )
    session = session_rows.need(world.conn, session["integration_id"])
    events.record(world, "talon_session_reopened", session=session)
    if session["profile_id"] is not None:
        profiles.touch(world.conn, session["profile_id"], world.now())
    return Answer(200, {"effects": [rollback.to_answer() for rollback in rollbacks]})


def _undo_rest(world: "World", session: sqlite3.Row, move: undo.Move) -> list[undo.Rollback]:
    """Take back what the last closing gave and nothing has taken back yet."""
    recipient = session_rows.recipient(world.conn, session)
    rollbacks: list[undo.Rollback] = []
    for effect in session_rows.effects_in_force(world.conn, session):
        left = effect["value"] - effect["undone"]
        rollbacks += undo.take_back(world, effect, left, move, recipient=recipient)
    undo.store(world.conn, session["id"], session["closings"], rollbacks)
    return rollbacks
