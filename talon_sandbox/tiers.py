"""Tiers, worked out from the ledger's history: no tier is stored, so any instant can be asked for.

The tier is the highest whose `minPoints` is not above the active points. Up at once; down at once where the
program has no tier validity, else when the tier expires, by the program's policy (facts.md, Loyalty ledger).
"""

import sqlite3
from dataclasses import dataclass

from .catalog import Program, Tier
from .durations import add_duration
from .ledger_read import movements


@dataclass(frozen=True, slots=True)
class Standing:
    """The tier held at an instant, since when and until when (None: for ever); no tier below the lowest."""

    tier: Tier | None = None
    starts: int | None = None
    expires: int | None = None


@dataclass(frozen=True, slots=True)
class Projection:
    """When the tier expires: the active points then, the tier then, the points missing to stay (or 0)."""

    active: int
    tier: Tier | None
    missing: int


def standing(conn: sqlite3.Connection, program: Program, account: int, t: int) -> Standing:
    """The tier of one ledger at `t`; figures that change without a write, such as expiries, are foreseen."""
    return outlook(conn, program, account, t)[0]


def outlook(
    conn: sqlite3.Connection, program: Program, account: int, t: int
) -> tuple[Standing, Projection | None]:
    """The tier at `t`, and what happens when it expires if nothing else is written; None without an expiry."""
    if not program.tiers:
        return Standing(), None
    steps = movements(conn, account, t)
    held = _walk(program, [step for step in steps if step[0] <= t], t)
    if held.tier is None or held.expires is None:
        return held, None
    active = sum(change for at, change in steps if at <= held.expires)
    tier = _reevaluated(program, held.tier, active)
    return held, Projection(active, tier, max(0, held.tier.floor - active))


def _walk(program: Program, steps: list[tuple[int, int]], t: int) -> Standing:
    held, active = Standing(), 0
    for index, (instant, change) in enumerate(steps):
        if held.expires is not None and held.expires < instant:
            held = _expire(program, held, active, instant - 1)
        active += change
        if index + 1 < len(steps) and steps[index + 1][0] == instant:
            continue  # all changes of one instant happen at once
        held = _follow(program, _expire(program, held, active, instant), active, instant)
    return _expire(program, held, active, t)


def next_tier(program: Program, active: int, held: Tier | None) -> tuple[Tier, int] | None:
    """The next tier up and the active points missing to it; the lowest when in none, None at the top."""
    higher = [tier for tier in program.tiers if held is None or tier.floor > held.floor]
    return (higher[0], max(0, higher[0].floor - active)) if higher else None


def by_points(program: Program, active: int) -> Tier | None:
    """The highest tier whose `minPoints` is not above `active` hundredths."""
    reached = [tier for tier in program.tiers if tier.floor <= active]
    return reached[-1] if reached else None


def _reevaluated(program: Program, held: Tier, active: int) -> Tier | None:
    if active >= held.floor:
        return by_points(program, active)
    if program.downgrade_policy == "balance_based":
        return by_points(program, active)
    below = [tier for tier in program.tiers if tier.floor < held.floor]
    return below[-1] if below else None


def _expire(program: Program, held: Standing, active: int, t: int) -> Standing:
    """Walk over the expiries up to and including `t` with unchanged active points."""
    while held.tier is not None and held.expires is not None and held.expires <= t:
        tier = _reevaluated(program, held.tier, active)
        starts = held.starts if tier == held.tier else held.expires
        held = _hold(program, tier, starts, held.expires)
    return held


def _follow(program: Program, held: Standing, active: int, t: int) -> Standing:
    tier = by_points(program, active)
    if tier == held.tier:
        return held
    higher = tier is not None and (held.tier is None or tier.floor > held.tier.floor)
    return _hold(program, tier, t, t) if higher or not program.tier_validity else held


def _hold(program: Program, tier: Tier | None, starts: int | None, since: int) -> Standing:
    if tier is None:
        return Standing()
    expires = add_duration(since, program.tier_validity, program.zone) if program.tier_validity else None
    return Standing(tier, starts, expires)
