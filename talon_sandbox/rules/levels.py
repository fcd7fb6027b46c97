"""`changeLoyaltyTierLevel`: a tier reached by points that are active at once (effects.md)."""

from typing import TYPE_CHECKING

from .. import tiers
from ..clock import to_wire
from ..durations import add_duration
from ..ledger_read import accounts_of, balance
from .model import Effect, SessionView, Wire

if TYPE_CHECKING:
    from ..world import World


def tier_changes(world: "World", session: SessionView, effects: list[Effect], now: int) -> list[Effect]:
    """One effect for each ledger of the customer that an addition lifts into a higher tier, never down."""
    if session.profile is None:
        return []
    changes: dict[tuple[int, str], int] = {}
    lifting: dict[tuple[int, str], Effect] = {}
    for effect in effects:
        move = effect.points
        if move is None or move.card_id is not None or move.profile_id is not None:
            continue
        key = (move.program_id, move.subledger)
        if effect.type == "deductLoyaltyPoints":
            changes[key] = changes.get(key, 0) - effect.value
        elif move.window.starts is None and not move.window.awaits:
            changes[key] = changes.get(key, 0) + effect.value
            lifting[key] = effect
    made = (
        _change(world, session.profile.id, key, changes[key], effect, now) for key, effect in lifting.items()
    )
    return [effect for effect in made if effect is not None]


def _change(
    world: "World", profile: int, key: tuple[int, str], change: int, cause: Effect, now: int
) -> Effect | None:
    program, subledger = world.catalog.programs[key[0]], key[1]
    account = accounts_of(world.conn, program.id, profile=profile).get(subledger)
    held, active = None, change
    if account is not None:
        figures = balance(world.conn, account, now)
        active += figures.active - figures.negative
        held = tiers.standing(world.conn, program, account, now).tier
    reached = tiers.by_points(program, active)
    if reached is None or (held is not None and reached.floor <= held.floor):
        return None
    props: Wire = {"ruleTitle": cause.rule_name, "programId": program.id, "subLedgerId": subledger}
    if held is not None:
        props["previousTierName"] = held.name
    props["newTierName"] = reached.name
    if program.tier_validity:
        props["expiryDate"] = to_wire(add_duration(now, program.tier_validity, program.zone), program.zone)
    return Effect(
        type="changeLoyaltyTierLevel",
        props=props,
        campaign_id=cause.campaign_id,
        ruleset_id=cause.ruleset_id,
        rule_index=cause.rule_index,
        rule_name=cause.rule_name,
    )
