"""Rows of sessions: finding one, its document, its customer, what has come back of it."""

import sqlite3
from typing import cast

from . import profiles
from .contract import ApiError
from .encoding import load_json

Wire = dict[str, object]
# In these states a session holds what its closing gave: it can be returned, and cancelling takes things back.
HOLDING = frozenset({"closed", "partially_returned"})


def find(conn: sqlite3.Connection, integration_id: str) -> sqlite3.Row | None:
    """The row of a session, or None."""
    row = conn.execute("select * from session where integration_id = ?", (integration_id,)).fetchone()
    return cast("sqlite3.Row | None", row)


def need(conn: sqlite3.Connection, integration_id: str) -> sqlite3.Row:
    """The row of a session, or ApiError 400: these operations declare no 404 (choices.py, unknown-session)."""
    row = find(conn, integration_id)
    if row is None:
        raise ApiError(
            400,
            "The session was not found",
            [{"title": "Not found", "details": f"customer session {integration_id!r}", "source": {}}],
        )
    return row


def profile_of(conn: sqlite3.Connection, session: sqlite3.Row) -> profiles.Profile | None:
    """The session's customer, or None when it is anonymous."""
    return None if session["profile_id"] is None else profiles.by_id(conn, session["profile_id"])


def document_of(session: sqlite3.Row) -> Wire:
    """What the updates have sent so far."""
    return cast(Wire, load_json(session["document"].encode()))


def returned_units(
    conn: sqlite3.Connection, session: sqlite3.Row, *, until: int | None = None
) -> dict[int, int]:
    """How many units of each position have come back, with the return `until` (internal id) and before it."""
    rows = conn.execute(
        "select i.position, sum(i.quantity) from return_item i join session_return r on r.id = i.return_id"
        " where r.session_id = ?1 and (?2 is null or r.id <= ?2) group by i.position",
        (session["id"], until),
    )
    return {row[0]: row[1] for row in rows}


def recipient(conn: sqlite3.Connection, session: sqlite3.Row) -> str:
    """The integration id of the session's customer, empty when it is anonymous."""
    profile = profile_of(conn, session)
    return "" if profile is None else profile.integration_id


def effects_in_force(conn: sqlite3.Connection, session: sqlite3.Row) -> list[sqlite3.Row]:
    """What the last closing gave and nothing has taken back yet, rollbacks left out.

    Spends come first: what they give back can cover what the awards take (choices.py, reimburse-first).
    """
    return conn.execute(
        "select * from session_effect where session_id = ? and closing = ? and undoes is null and finished = 0"
        " and (value > undone or type in ('acceptCoupon', 'acceptReferral'))"
        " order by type <> 'deductLoyaltyPoints', id",
        (session["id"], session["closings"]),
    ).fetchall()
