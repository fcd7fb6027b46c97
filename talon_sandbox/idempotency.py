"""`Idempotency-Key`: the first answer, kept for 24 hours on the clock, is given again byte for byte."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import cast

from .contract import Answer, ApiError, Request
from .encoding import dump_json, load_json

# The six operations that know the header (facts.md, Transport).
KEYED = frozenset(
    {
        "update_customer_session_v2",
        "return_cart_items",
        "reopen_customer_session",
        "update_customer_profile_v2",
        "update_customer_profiles_v2",
        "track_event_v2",
    }
)
_KEPT = 24 * 3600 * 1_000_000


def replay(conn: sqlite3.Connection, request: Request, now: int) -> Answer | None:
    """The answer kept under the request's key, or None.

    ApiError 400 when the key came with another operation or body (choices.py, key-other-body).
    """
    if request.idempotency_key is None or request.operation not in KEYED:
        return None
    conn.execute("delete from idempotency where at <= ?", (now - _KEPT,))
    kept = conn.execute("select * from idempotency where key = ?", (request.idempotency_key,)).fetchone()
    if kept is None:
        return None
    if (kept["operation"], kept["body_hash"]) != (request.operation, request.body_hash):
        raise ApiError(
            400,
            "The idempotency key was used for another request",
            [
                {
                    "title": "Key reused",
                    "details": "send the same request again, or choose a new key",
                    "source": {"parameter": "Idempotency-Key"},
                }
            ],
        )
    return Answer(kept["status"], None if kept["answer"] is None else load_json(kept["answer"].encode()))


def keep(conn: sqlite3.Connection, request: Request, answer: Answer, now: int) -> None:
    """Keep the answer, in the transaction that holds the request's effects."""
    if request.idempotency_key is None or request.operation not in KEYED:
        return
    body = None if answer.body is None else dump_json(answer.body).decode()
    profiles = dump_json(_profiles(conn, request)).decode()
    conn.execute(
        "insert into idempotency values (?, ?, ?, ?, ?, ?, ?)",
        (request.idempotency_key, request.operation, request.body_hash, now, answer.status, body, profiles),
    )


def forget(conn: sqlite3.Connection, profile: int) -> None:
    """Drop the answers to requests about that profile: they may hold what is to be erased (choices.py, erasure)."""
    conn.execute(
        "delete from idempotency where exists (select 1 from json_each(profiles) where value = ?)", (profile,)
    )


def _profiles(conn: sqlite3.Connection, request: Request) -> list[int]:
    """The internal ids of the profiles that the request named, and of the customer of its session."""
    body = request.body or {}
    many = cast("Sequence[Mapping[str, object]]", body.get("customerProfiles") or ())
    named = [request.path.get("integration_id"), body.get("profileId")]
    named += [each.get("integrationId") for each in many]
    found = [
        conn.execute("select id from profile where integration_id = ?", (name,)).fetchone() for name in named
    ]
    session = request.path.get("customer_session_id")
    of_session = "select profile_id from session where integration_id = ? and profile_id is not null"
    found.append(conn.execute(of_session, (session,)).fetchone())
    return sorted({int(row[0]) for row in found if row is not None})
