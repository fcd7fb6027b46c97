"""Giveaways: codes from pools, promised while a session is open and awarded when it closes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from . import profiles
from .clock import to_wire
from .identity import make_code
from .rules.model import Effect, Evaluation

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def settle(world: "World", evaluation: Evaluation, profile: profiles.Profile | None) -> Evaluation:
    """The evaluation with promises made true: the next code of each pool, none where a pool is used up."""
    if not any(effect.type == "willAwardGiveaway" for effect in evaluation.effects):
        return evaluation
    settled: list[Effect] = []
    taken: dict[int, int] = {}
    for effect in evaluation.effects:
        if effect.type != "willAwardGiveaway":
            settled.append(effect)
            continue
        pool = world.catalog.giveaways[int(str(effect.props["poolId"]))]
        number = _awarded(world, pool.id) + taken.get(pool.id, 0)
        if profile is not None and number < pool.size:
            taken[pool.id] = taken.get(pool.id, 0) + 1
            code = make_code(pool.code_length, "giveaway", pool.id, number)
            props = {**effect.props, "giveawayId": pool.id * 100_000 + number, "code": code}
            settled.append(replace(effect, type="awardGiveaway", props=props))
    return replace(evaluation, effects=tuple(settled))


def award(world: "World", effect: Effect, profile: profiles.Profile, session: int | None) -> None:
    """Gives a code away. Nothing takes it back (effects.md)."""
    props = effect.props
    world.conn.execute(
        "insert into giveaway (id, pool_id, code, profile_id, session_id, at) values (?, ?, ?, ?, ?, ?)",
        (props["giveawayId"], props["poolId"], props["code"], profile.id, session, world.now()),
    )


def of_profile(world: "World", profile: int) -> list[Wire]:
    """A customer's giveaways as the API shows them (`Giveaway`)."""
    return _shown(world, "g.profile_id = ?", profile)


def awarded(world: "World", effects: tuple[Effect, ...]) -> list[Wire]:
    """Those that these effects awarded."""
    return [
        one
        for effect in effects
        if effect.type == "awardGiveaway"
        for one in _shown(world, "g.id = ?", effect.props["giveawayId"])
    ]


def _shown(world: "World", condition: str, value: object) -> list[Wire]:
    rows = world.conn.execute(
        "select g.*, p.integration_id as profile from giveaway g join profile p on p.id = g.profile_id"
        f" where {condition} order by g.id",
        (value,),
    )
    return [
        {
            "id": row["id"],
            "created": to_wire(row["at"]),
            "code": row["code"],
            "poolId": row["pool_id"],
            "used": True,
            "profileIntegrationId": row["profile"],
            "profileId": row["profile_id"],
        }
        for row in rows
    ]


def _awarded(world: "World", pool: int) -> int:
    return int(world.conn.execute("select count(*) from giveaway where pool_id = ?", (pool,)).fetchone()[0])
