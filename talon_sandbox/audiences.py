"""Operations on audiences: made, renamed, emptied, deleted; memberships and attributes of many at once."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from . import profiles
from .attributes import check_attributes
from .clock import to_wire
from .contract import Answer, ApiError, Request, not_found
from .encoding import dump_json, load_json

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def create(world: "World", request: Request) -> Answer:
    """`create_audience_v2`: 409 for a second one of the same `integration` and `integrationId`."""
    body = dict(request.body or {})
    integration, name = body.get("integration"), body.get("integrationId")
    taken = world.conn.execute(
        "select 1 from audience where integration = ? and integration_id = ?", (integration, name)
    ).fetchone()
    if taken is not None:
        raise ApiError(
            409,
            "The audience exists already",
            [{"title": "Duplicate", "details": "integration and integrationId are taken", "source": {}}],
        )
    made = world.conn.execute(
        "insert into audience (name, integration, integration_id, created, document) values (?, ?, ?, ?, ?)",
        (body["name"], integration, name, world.now(), dump_json(body).decode()),
    )
    return Answer(201, _to_answer(world, _need(world.conn, made.lastrowid or 0)))


def update(world: "World", request: Request) -> Answer:
    """`update_audience_v2`: a new name; runs no rules (facts.md, The rest)."""
    row, body = _need(world.conn, request.number("audience_id")), dict(request.body or {})
    document = {**cast(Wire, load_json(row["document"].encode())), **body}
    world.conn.execute(
        "update audience set name = ?, document = ? where id = ?",
        (body["name"], dump_json(document).decode(), row["id"]),
    )
    return Answer(200, _to_answer(world, _need(world.conn, row["id"])))


def delete(world: "World", request: Request) -> Answer:
    """`delete_audience_v2`: its memberships go with it (facts.md, The rest)."""
    number = _need(world.conn, request.number("audience_id"))["id"]
    world.conn.execute("delete from audience_member where audience_id = ?", (number,))
    world.conn.execute("delete from audience where id = ?", (number,))
    return Answer(204)


def empty(world: "World", request: Request) -> Answer:
    """`delete_audience_memberships_v2`: the audience stays."""
    number = _need(world.conn, request.number("audience_id"))["id"]
    world.conn.execute("delete from audience_member where audience_id = ?", (number,))
    return Answer(204)


def change_members(world: "World", request: Request) -> Answer:
    """`update_customer_profile_audiences`: all changes or none; 404 names what is unknown."""
    for change in cast(Sequence[Wire], (request.body or {}).get("data") or ()):
        audience = _need(world.conn, cast(int, change["audienceId"]))["id"]
        profile = profiles.need(world.conn, str(change["profileIntegrationId"]))
        if change["action"] == "add":
            profiles.join_audience(world.conn, audience, profile.id, world.now())
        else:
            profiles.leave_audience(world.conn, audience, profile.id)
    return Answer(204)


def set_attributes(world: "World", request: Request) -> Answer:
    """`update_audience_customers_attributes`: the same attributes on every member."""
    number = _need(world.conn, request.number("audience_id"))["id"]
    attributes = cast(Mapping[str, object], request.body or {})
    check_attributes(world.catalog, "CustomerProfile", attributes, "")
    members = world.conn.execute(
        "select profile_id from audience_member where audience_id = ?", (number,)
    ).fetchall()
    for (profile,) in members:
        profiles.save_attributes(world.conn, profiles.by_id(world.conn, profile), attributes)
    return Answer(204)


def _need(conn: sqlite3.Connection, number: int) -> sqlite3.Row:
    row = conn.execute("select * from audience where id = ?", (number,)).fetchone()
    if row is None:
        raise not_found(f"audience {number}")
    return cast(sqlite3.Row, row)


def _to_answer(world: "World", row: sqlite3.Row) -> Wire:
    document = cast(Wire, load_json(row["document"].encode()))
    return {
        "sandbox": True,
        **{name: value for name, value in document.items() if value is not None},
        "id": row["id"],
        "accountId": world.catalog.account_id,
        "created": to_wire(row["created"]),
        "name": row["name"],
    }
