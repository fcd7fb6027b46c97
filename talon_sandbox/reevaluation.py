"""Returns with `runRuleEngine=true`: campaigns that ask for it give anew, for what is left, what was taken."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from . import apply, carts, session_rows, undo
from .amounts import to_decimal
from .encoding import load_json
from .rules import Effect, Evaluation, SessionView, evaluate

if TYPE_CHECKING:
    from .world import World

# Progress, codes, giveaways, moved expiries and messages were not taken back, so they are not given twice.
_ANEW = undo.DISCOUNTS | {"acceptCoupon", "acceptReferral", "addLoyaltyPoints", "deductLoyaltyPoints"}
_REFUSED = {"rejectCoupon": "rollbackCoupon", "rejectReferral": "rollbackReferral"}
_Ledger = tuple[object, ...]


def asked_again(world: "World", session: sqlite3.Row) -> frozenset[int]:
    """Campaigns with `reevaluateOnReturn` that gave something on close (facts.md, Sessions)."""
    fired = world.conn.execute(
        "select distinct campaign_id from session_effect where session_id = ? and closing = ?"
        " and undoes is null and type not in ('rejectCoupon', 'rejectReferral')",
        (session["id"], session["closings"]),
    )
    campaigns = (world.catalog.campaigns.get(row[0]) for row in fired)
    return frozenset(found.id for found in campaigns if found is not None and found.reevaluate_on_return)


def give_anew(
    world: "World",
    session: sqlite3.Row,
    again: frozenset[int],
    rollbacks: Sequence[undo.Rollback],
    made: int,
) -> tuple[Evaluation, SessionView]:
    """Evaluate those campaigns for what is left, and give what `rollbacks` took back (choices.py, reevaluation).

    `made`: the return (internal id).
    """
    profile = session_rows.profile_of(world.conn, session)
    view = carts.view(
        world,
        session_rows.document_of(session),
        profile,
        ("return", session["integration_id"], session["update_count"]),
        first=bool(session["first_session"]),
        evaluable=sorted(again),
        returned=session_rows.returned_units(world.conn, session),
    )
    if view.profile is not None:  # this session is none of those that were closed before it
        earlier = view.profile.closed_sessions - 1
        view = replace(view, profile=replace(view.profile, closed_sessions=earlier))
    evaluation = evaluate(world, view, None, world.now())
    given_back = {(each.type, each.props.get("value")) for each in rollbacks}
    effects = [
        effect
        for effect in evaluation.effects
        if effect.type in _ANEW or (_REFUSED.get(effect.type), effect.props.get("value")) in given_back
    ]
    effects = _less_what_stayed(effects, _stayed(world, session, again))
    apply.insert(world.conn, session["id"], session["closings"], effects, made)
    apply.apply(world, session["id"], session["closings"], profile, effects, view.store or None)
    return replace(evaluation, effects=tuple(effects), rejections=()), view


def _ledger(campaign: int, props: undo.Wire) -> _Ledger:
    return (campaign, props["programId"], props["subLedgerId"], props["recipientIntegrationId"])


def _stayed(world: "World", session: sqlite3.Row, again: frozenset[int]) -> dict[_Ledger, int]:
    """Earned points that were asked back and not got, by ledger, in hundredths: the return policy left them."""
    rows = world.conn.execute(
        "select campaign_id, props, undone - taken from session_effect"
        " where session_id = ? and closing = ? and type = 'addLoyaltyPoints' and undone > taken",
        (session["id"], session["closings"]),
    )
    stayed: dict[_Ledger, int] = {}
    for campaign, props, amount in rows:
        if campaign in again:
            key = _ledger(campaign, cast(undo.Wire, load_json(props.encode())))
            stayed[key] = stayed.get(key, 0) + amount
    return stayed


def _less_what_stayed(effects: Iterable[Effect], stayed: dict[_Ledger, int]) -> list[Effect]:
    """New awards less the points that the customer has kept of the old ones."""
    left: list[Effect] = []
    for effect in effects:
        if effect.type != "addLoyaltyPoints":
            left.append(effect)
            continue
        key = _ledger(effect.campaign_id, effect.props)
        kept = min(stayed.get(key, 0), effect.value)
        stayed[key] = stayed.get(key, 0) - kept
        value = effect.value - kept
        if value:
            left.append(replace(effect, value=value, props={**effect.props, "value": to_decimal(value)}))
    return left
