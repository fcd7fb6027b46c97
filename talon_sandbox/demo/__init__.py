"""The demo world: written personas and an ordinary crowd, made by real requests over two years."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from ..catalog import CatalogError
from ..world import World
from . import crowd
from .personas import written
from .personas.coupons import EVERYBODYS_CODES, WELCOME, open_the_shop
from .scenario import Listed
from .stage import CARDS, CLUB, STAFF, Stage

BEFORE = timedelta(days=735)
"""How long before its end a demo world begins: its clock must stand there."""


def populate(world: World, *, end: datetime, seed: int, customers: int) -> None:
    """Fill an empty world whose clock stands at `end - BEFORE`, and leave the clock frozen at `end` (UTC).

    `customers` counts the ordinary ones; the personas come on top. The same arguments make the same world.
    """
    missing = {CLUB, CARDS, STAFF} - set(world.catalog.programs)
    if missing:
        raise CatalogError("the demo world needs loyalty programs 1, 2 and 3: choose an empty world instead")
    stage = Stage(world, end)
    habits = crowd.Habits(EVERYBODYS_CODES, CARDS, WELCOME)
    with world.transaction():
        scenarios = written(stage)
        lives = [open_the_shop(stage)]
        lives += [life for scenario in scenarios for life in scenario.lives]
        for number in range(1, customers + 1):
            lives += crowd.lives(stage, number, seed, habits)
        stage.play(lives)
        world.freeze(end)
        _keep(world, [scenario.listed() for scenario in scenarios])


def kept_scenarios(world: World) -> Sequence[Listed]:
    """The scenarios that this database was made with; none in a world that is not the demo's."""
    if world.conn.execute("select 1 from sqlite_master where name = 'demo_scenario'").fetchone() is None:
        return ()
    return [json.loads(row[0]) for row in world.conn.execute("select body from demo_scenario order by id")]


def _keep(world: World, scenarios: list[Listed]) -> None:
    world.conn.execute("create table demo_scenario (id integer primary key, body text not null) strict")
    world.conn.executemany(
        "insert into demo_scenario (body) values (?)", [(json.dumps(scenario),) for scenario in scenarios]
    )
