"""Customer profiles and audiences: rows, and how an answer shows them."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from .amounts import to_decimal
from .catalog import Catalog
from .clock import to_wire
from .contract import invalid, not_found
from .encoding import dump_json, load_json

Wire = dict[str, object]


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer: internal id, integration id, attributes as they were sent."""

    id: int
    integration_id: str
    created: int
    last_activity: int
    attributes: Mapping[str, object]


def find(conn: sqlite3.Connection, integration_id: str) -> Profile | None:
    """The profile of that integration id, or None."""
    row = conn.execute("select * from profile where integration_id = ?", (integration_id,)).fetchone()
    return _profile(row)


def by_id(conn: sqlite3.Connection, number: int) -> Profile:
    """The profile of that internal id."""
    profile = _profile(conn.execute("select * from profile where id = ?", (number,)).fetchone())
    assert profile is not None, f"profile {number} is gone"
    return profile


def need(conn: sqlite3.Connection, integration_id: str) -> Profile:
    """The profile, or ApiError 404."""
    profile = find(conn, integration_id)
    if profile is None:
        raise not_found(f"customer profile {integration_id!r}")
    return profile


def ensure(conn: sqlite3.Connection, integration_id: str, now: int) -> Profile:
    """The profile, made empty where there is none (facts.md, Sessions)."""
    conn.execute(
        "insert or ignore into profile (integration_id, created, last_activity, attributes)"
        " values (?, ?, ?, '{}')",
        (integration_id, now, now),
    )
    return need(conn, integration_id)


def _profile(row: sqlite3.Row | None) -> Profile | None:
    if row is None:
        return None
    attributes = load_json(row["attributes"].encode())
    assert isinstance(attributes, dict)
    return Profile(row["id"], row["integration_id"], row["created"], row["last_activity"], attributes)


def save_attributes(conn: sqlite3.Connection, profile: Profile, changes: Mapping[str, object]) -> None:
    """Set attributes; those left out stay, null removes one (choices.py, null-attribute)."""
    merged = {name: value for name, value in {**profile.attributes, **changes}.items() if value is not None}
    conn.execute("update profile set attributes = ? where id = ?", (dump_json(merged).decode(), profile.id))


def touch(conn: sqlite3.Connection, profile_id: int, now: int) -> None:
    """Note activity: only updates that run rules and are not dry do."""
    conn.execute("update profile set last_activity = ? where id = ?", (now, profile_id))


def make_audiences(conn: sqlite3.Connection, catalog: Catalog, now: int) -> None:
    """Create the audiences that the campaigns file names; after that they are the API's to rename and delete."""
    for number, name in catalog.audiences.items():
        save_audience(conn, number, name, now)


def save_audience(conn: sqlite3.Connection, number: int, name: str, now: int) -> None:
    """Create an audience or rename it."""
    conn.execute(
        "insert into audience (id, name, created) values (?, ?, ?)"
        " on conflict (id) do update set name = excluded.name",
        (number, name, now),
    )


def join_audience(conn: sqlite3.Connection, audience: int, profile: int, now: int) -> None:
    """Make a profile a member; twice is once. ApiError 400 for an unknown audience."""
    _known_audience(conn, audience, "adds")
    conn.execute("insert or ignore into audience_member values (?, ?, ?)", (audience, profile, now))


def leave_audience(conn: sqlite3.Connection, audience: int, profile: int) -> None:
    """End a membership; ApiError 400 for an unknown audience."""
    _known_audience(conn, audience, "deletes")
    conn.execute("delete from audience_member where audience_id = ? and profile_id = ?", (audience, profile))


def audience_name(conn: sqlite3.Connection, audience: int) -> str | None:
    """What the audience is called now; None where there is none."""
    row = conn.execute("select name from audience where id = ?", (audience,)).fetchone()
    return None if row is None else str(row[0])


def _known_audience(conn: sqlite3.Connection, audience: int, place: str) -> None:
    known = {
        row[0] for row in conn.execute("select id from audience")
    }  # the request's may be too large for SQL
    if audience not in known:
        raise invalid("Unknown", f"there is no audience {audience}", pointer=f"/audiencesChanges/{place}")


def audiences_of(conn: sqlite3.Connection, profile: int) -> list[tuple[int, str]]:
    """The audiences of a profile as (id, name)."""
    rows = conn.execute(
        "select a.id, a.name from audience_member m join audience a on a.id = m.audience_id"
        " where m.profile_id = ? order by a.id",
        (profile,),
    )
    return [(row[0], row[1]) for row in rows]


def sales_of(conn: sqlite3.Connection, profile: int) -> tuple[int, int]:
    """Closed sessions and total sales in hundredths, before discounts.

    Cancelled and reopened sessions and returned items do not count (facts.md, The rest).
    """
    closed, total = conn.execute(
        "select count(*), coalesce(sum(item_total + cost_total + item_cost_total), 0) from session"
        " where profile_id = ? and state in ('closed', 'partially_returned')",
        (profile,),
    ).fetchone()
    returned = conn.execute(
        "select coalesce(sum(r.value), 0) from session_return r join session s on s.id = r.session_id"
        " where s.profile_id = ? and s.state = 'partially_returned'",
        (profile,),
    ).fetchone()[0]
    return closed, total - returned


def to_answer(conn: sqlite3.Connection, catalog: Catalog, profile: Profile) -> Wire:
    """The profile as the API shows it (`CustomerProfile`)."""
    closed, total = sales_of(conn, profile.id)
    return {
        "id": profile.id,
        "created": to_wire(profile.created),
        "integrationId": profile.integration_id,
        "attributes": dict(profile.attributes),
        "accountId": catalog.account_id,
        "closedSessions": closed,
        "totalSales": to_decimal(total),
        "audienceMemberships": [
            {"id": number, "name": name} for number, name in audiences_of(conn, profile.id)
        ],
        "lastActivity": to_wire(profile.last_activity),
        "sandbox": True,
    }
