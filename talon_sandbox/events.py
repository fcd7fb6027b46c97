"""Events: what happened to sessions and profiles (facts.md, Events), kept for the `event` block."""

import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from .clock import to_wire
from .encoding import dump_json, load_json

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def record(
    world: "World",
    event_type: str,
    *,
    session: sqlite3.Row | None = None,
    profile: int | None = None,
    attributes: Mapping[str, object] | None = None,
    integration_id: str | None = None,
    store: str | None = None,
) -> int:
    """Note an event; returns its id."""
    made = world.conn.execute(
        "insert into event (created, type, profile_id, session_id, attributes, integration_id, store)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            *(
                world.now(),
                event_type,
                session["profile_id"] if session is not None and profile is None else profile,
            ),
            *(None if session is None else session["id"], dump_json(dict(attributes or {})).decode()),
            *(integration_id, store),
        ),
    )
    return int(made.lastrowid or 0)


def find(conn: sqlite3.Connection, integration_id: str) -> sqlite3.Row | None:
    """The event that was tracked under that id."""
    row: sqlite3.Row | None = conn.execute(
        "select * from event where integration_id = ?", (integration_id,)
    ).fetchone()
    return row


def to_answer(world: "World", event: int, meta: Wire | None = None, *, edition: int = 2) -> Wire:
    """The event as the API shows it (`Event`, `EventV3`); `effects` stays empty (choices.py, event-effects)."""
    row = world.conn.execute(
        """select e.*, p.integration_id as profile, s.integration_id as session from event e
           left join profile p on p.id = e.profile_id left join session s on s.id = e.session_id
           where e.id = ?""",
        (event,),
    ).fetchone()
    answer: Wire = {
        "id": row["id"],
        "created": to_wire(row["created"]),
        "applicationId": world.catalog.application_id,
        "type": row["type"],
        "attributes": cast(Wire, load_json(row["attributes"].encode())),
        "effects": [],
    }
    if row["profile"] is not None:
        answer["profileId"] = row["profile"]
    if row["session"] is not None:
        answer["sessionId" if edition == 2 else "connectedSessionId"] = row["session"]
    if row["integration_id"] is not None:
        answer["integrationId"] = row["integration_id"]
    if row["store"] is not None:
        answer["storeIntegrationId"] = row["store"]
    if meta:
        answer["meta"] = meta
    return answer
