"""Referral codes: made for advocates, redeemed by friends."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from .attributes import check_attributes
from .catalog import Campaign
from .clock import to_micros, to_wire
from .contract import Answer, Request, invalid
from .encoding import dump_json, load_json, parse_instant
from .identity import make_code

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_CODE_LENGTH = 8


def create(world: "World", request: Request) -> Answer:
    """`create_referral`: 201; 400 for a campaign that is not there or has no referrals."""
    body = request.body or {}
    made = _make(world, body, str(body["advocateProfileIntegrationId"]), 0)
    return Answer(201, to_answer(world, made))


def create_many(world: "World", request: Request) -> Answer:
    """`create_referrals_for_multiple_advocates`: 204 unless `silent=no`, then 201 with all."""
    body = request.body or {}
    names = cast(Sequence[str], body["advocateProfileIntegrationIds"])
    made = [_make(world, body, name, number) for number, name in enumerate(names)]
    if request.query.get("silent", "yes") == "yes":
        return Answer(204)
    return Answer(201, {"totalResultSize": len(made), "data": [to_answer(world, row) for row in made]})


def _make(world: "World", body: Mapping[str, object], advocate: str, number: int) -> sqlite3.Row:
    campaign = world.catalog.campaigns.get(cast(int, body["campaignId"]))
    if campaign is None or "referrals" not in campaign.features:
        raise invalid("Invalid value", "no campaign with referrals of that id", pointer="/campaignId")
    attributes = cast(Mapping[str, object], body.get("attributes") or {})
    check_attributes(world.catalog, "Referral", attributes, "/attributes")
    top = world.conn.execute("select coalesce(max(id), 0) from referral").fetchone()[0]
    code = make_code(_CODE_LENGTH, "referral", campaign.id, advocate, int(top), number)
    made = world.conn.execute(
        "insert into referral (code, campaign_id, created, usage_limit, starts, expires, advocate, friend, attributes)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(code, campaign.id, world.now(), body.get("usageLimit") or 0),
            *(_instant(body, "startDate"), _instant(body, "expiryDate")),
            *(advocate, body.get("friendProfileIntegrationId"), dump_json(dict(attributes)).decode()),
        ),
    )
    row = world.conn.execute("select * from referral where id = ?", (made.lastrowid,)).fetchone()
    return cast(sqlite3.Row, row)


def keep(world: "World", code: str, campaign: int, advocate: str) -> None:
    """Keeps a code that a rule made."""
    world.conn.execute(
        "insert into referral (code, campaign_id, created, usage_limit, advocate, attributes)"
        " values (?, ?, ?, 0, ?, '{}')",
        (code, campaign, world.now(), advocate),
    )


def _instant(body: Mapping[str, object], name: str) -> int | None:
    value = body.get(name)
    return None if value is None else to_micros(parse_instant(str(value)))


def find(conn: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    """The referral of that code, letter case included."""
    row: sqlite3.Row | None = conn.execute("select * from referral where code = ?", (code,)).fetchone()
    return row


def uses(conn: sqlite3.Connection, referral: int) -> int:
    """How often it has been redeemed and not given back."""
    query = "select count(*) from referral_redemption where referral_id = ? and undone is null"
    return int(conn.execute(query, (referral,)).fetchone()[0])


def campaign_uses(conn: sqlite3.Connection, campaign: Campaign, profile: int | None = None) -> int:
    """Redemptions in a campaign, by all customers or by one."""
    return int(
        conn.execute(
            "select count(*) from referral_redemption x join referral r on r.id = x.referral_id"
            " where r.campaign_id = ?1 and x.undone is null and (?2 is null or x.profile_id = ?2)",
            (campaign.id, profile),
        ).fetchone()[0]
    )


def redeem(world: "World", code: str, session: int, closing: int, profile: int) -> None:
    """Keeps a redemption by a session that closed."""
    row = find(world.conn, code)
    assert row is not None
    world.conn.execute(
        "insert into referral_redemption (referral_id, session_id, closing, profile_id, at) values (?, ?, ?, ?, ?)",
        (row["id"], session, closing, profile, world.now()),
    )


def give_back(world: "World", code: str, session: int, closing: int) -> None:
    """Makes a code usable again."""
    world.conn.execute(
        "update referral_redemption set undone = ? where session_id = ? and closing = ? and undone is null"
        " and referral_id = (select id from referral where code = ?)",
        (world.now(), session, closing, code),
    )


def of_advocate(world: "World", integration_id: str) -> list[Wire]:
    """The codes of a customer with the friends who used them (`InventoryReferral`)."""
    rows = world.conn.execute("select * from referral where advocate = ? order by id", (integration_id,))
    return [with_friends(world, row) for row in rows.fetchall()]


def with_friends(world: "World", row: sqlite3.Row) -> Wire:
    """A referral and who used it."""
    friends = world.conn.execute(
        "select p.integration_id from referral_redemption x join profile p on p.id = x.profile_id"
        " where x.referral_id = ? and x.undone is null order by x.id",
        (row["id"],),
    )
    return {**to_answer(world, row), "referredCustomers": [friend[0] for friend in friends]}


def to_answer(world: "World", row: sqlite3.Row) -> Wire:
    """A referral as the API shows it (`Referral`)."""
    answer: Wire = {
        "id": row["id"],
        "created": to_wire(row["created"]),
        "usageLimit": row["usage_limit"],
        "campaignId": row["campaign_id"],
        "advocateProfileIntegrationId": row["advocate"],
        "attributes": load_json(row["attributes"].encode()),
        "code": row["code"],
        "usageCounter": uses(world.conn, row["id"]),
    }
    if row["friend"]:
        answer["friendProfileIntegrationId"] = row["friend"]
    for name, column in (("startDate", "starts"), ("expiryDate", "expires")):
        if row[column] is not None:
            answer[name] = to_wire(row[column])
    return answer
