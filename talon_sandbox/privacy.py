"""`delete_customer_data`: personal data go, ledgers stay."""

from typing import TYPE_CHECKING, cast

from . import idempotency, profiles
from .contract import Answer, Request
from .encoding import dump_json, load_json

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def delete_data(world: "World", request: Request) -> Answer:
    """Wipes the attributes of the profile, of its sessions and their items, and of its events; answers
    kept for the keys of requests about it are dropped (choices.py, erasure)."""
    conn, profile = world.conn, profiles.need(world.conn, request.text("integration_id"))
    conn.execute("update profile set attributes = '{}' where id = ?", (profile.id,))
    conn.execute("update event set attributes = '{}' where profile_id = ?", (profile.id,))
    idempotency.forget(conn, profile.id)
    sessions = conn.execute("select id, document from session where profile_id = ?", (profile.id,)).fetchall()
    conn.executemany(
        "update session set document = ? where id = ?",
        [(_without_attributes(row["document"]), row["id"]) for row in sessions],
    )
    return Answer(204)


def _without_attributes(text: str) -> str:
    document = cast(Wire, load_json(text.encode()))
    items = cast(list[Wire], document.get("cartItems") or [])
    kept = [{name: value for name, value in item.items() if name != "attributes"} for item in items]
    return dump_json({**document, "attributes": {}, "cartItems": kept}).decode()
