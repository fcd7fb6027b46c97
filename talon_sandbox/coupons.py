"""Coupons: codes, reservations, counters and states (facts.md, Coupons)."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from . import profiles
from .amounts import to_decimal, to_hundredths
from .catalog import Catalog
from .clock import to_wire
from .contract import invalid, not_found
from .encoding import dump_json, load_json

Wire = dict[str, object]
MOST_RESERVED = 1000


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon code's settings; 0 is an unlimited `usage_limit`, instants are microseconds UTC."""

    usage_limit: int = 0
    discount_limit: Decimal | None = None
    reservation_limit: int | None = None
    starts: int | None = None
    expires: int | None = None
    recipient: str | None = None
    mandatory: bool = False
    implicit: bool = False
    batch_id: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)


PLAIN = NewCoupon()


def create(
    conn: sqlite3.Connection, catalog: Catalog, code: str, campaign_id: int, settings: NewCoupon, now: int
) -> int:
    """Write a new code of 4 to 100 characters; ValueError for another, a double, or an unknown campaign."""
    if campaign_id not in catalog.campaigns:
        raise ValueError(f"there is no campaign {campaign_id}")
    if not 4 <= len(code) <= 100:
        raise ValueError("a coupon code has 4 to 100 characters")
    if find(conn, code) is not None:
        raise ValueError(f"there is a coupon {code!r} already")
    discount = None if settings.discount_limit is None else to_hundredths(settings.discount_limit)
    made = conn.execute(
        """insert into coupon (code, campaign_id, created, usage_limit, discount_limit, reservation_limit,
                               starts, expires, recipient, mandatory, implicit, reservable, batch_id, attributes)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(code, campaign_id, now, settings.usage_limit, discount, settings.reservation_limit),
            *(settings.starts, settings.expires, settings.recipient, int(settings.mandatory)),
            *(int(settings.implicit), int(settings.recipient is None), settings.batch_id),
            dump_json(dict(settings.attributes)).decode(),
        ),
    )
    return int(made.lastrowid or 0)


def find(conn: sqlite3.Connection, code: str) -> sqlite3.Row | None:
    """The coupon of exactly that code, or None."""
    return cast("sqlite3.Row | None", conn.execute("select * from coupon where code = ?", (code,)).fetchone())


def need(conn: sqlite3.Connection, code: str) -> sqlite3.Row:
    """The coupon, or ApiError 404."""
    coupon = find(conn, code)
    if coupon is None:
        raise not_found(f"coupon {code!r}")
    return coupon


def uses(conn: sqlite3.Connection, coupon: int, profile: int | None = None) -> int:
    """How many closed or partially returned sessions redeemed the code, of one profile or of all."""
    return int(
        conn.execute(
            "select count(*) from redemption where coupon_id = ? and undone is null"
            " and (?2 is null or profile_id = ?2)",
            (coupon, profile),
        ).fetchone()[0]
    )


def discount_given(conn: sqlite3.Connection, coupon: int) -> int:
    """The discounts given with the code, in hundredths."""
    return int(
        conn.execute(
            "select coalesce(sum(discount), 0) from redemption where coupon_id = ? and undone is null",
            (coupon,),
        ).fetchone()[0]
    )


def is_reserved(conn: sqlite3.Connection, coupon: int, profile: int) -> bool:
    """Whether the profile holds a reservation."""
    found = conn.execute(
        "select 1 from reservation where coupon_id = ? and profile_id = ?", (coupon, profile)
    )
    return found.fetchone() is not None


def reserve(conn: sqlite3.Connection, code: str, holders: list[str], now: int) -> sqlite3.Row:
    """Reserve for each profile, past any `reservationLimit`; twice is once (choices.py, reserve-twice).

    ApiError: 404 unknown code; 400 personal code, unknown profile, or more than 1000 names. All or nothing.
    """
    coupon = need(conn, code)
    _check(holders)
    if not coupon["reservable"]:
        raise invalid("Personal code", "a code with a recipient cannot be reserved", parameter="couponValue")
    for index, holder in enumerate(holders):
        profile = profiles.find(conn, holder)
        if profile is None:
            raise invalid("Not found", f"there is no profile {holder!r}", pointer=f"/integrationIDs/{index}")
        conn.execute("insert or ignore into reservation values (?, ?, ?)", (coupon["id"], profile.id, now))
    return coupon


def release(conn: sqlite3.Connection, code: str, holders: list[str]) -> None:
    """End the profiles' reservations; one that holds none is passed over (choices.py, release-none).

    ApiError: 404 unknown code; 400 more than 1000 names.
    """
    coupon = need(conn, code)
    _check(holders)
    conn.executemany(
        "delete from reservation where coupon_id = ? and profile_id ="
        " (select id from profile where integration_id = ?)",
        [(coupon["id"], holder) for holder in holders],
    )


def _check(holders: list[str]) -> None:
    if len(holders) > MOST_RESERVED:
        raise invalid("Too many", f"at most {MOST_RESERVED} integration ids", pointer="/integrationIDs")


def holders_of(conn: sqlite3.Connection, code: str) -> list[profiles.Profile]:
    """The profiles that hold a reservation, hard or soft, oldest first; ApiError 404 for an unknown code."""
    coupon = need(conn, code)
    rows = conn.execute(
        "select profile_id from reservation where coupon_id = ? order by at, profile_id", (coupon["id"],)
    ).fetchall()
    return [profiles.by_id(conn, row[0]) for row in rows]


def wallet(conn: sqlite3.Connection, profile: int) -> list[sqlite3.Row]:
    """The coupons that a profile's inventory shows: reserved, redeemed, or visible to everyone."""
    return conn.execute(
        """select * from coupon where implicit = 1
              or id in (select coupon_id from reservation where profile_id = ?1)
              or id in (select coupon_id from redemption where profile_id = ?1 and undone is null)
           order by id""",
        (profile,),
    ).fetchall()


def state_of(conn: sqlite3.Connection, catalog: Catalog, coupon: sqlite3.Row, profile: int, now: int) -> str:
    """Its state in the inventory of a profile (facts.md, Coupons): a scheduled campaign's code is active.

    Order of the checks: choices.py, coupon-state-order.
    """
    campaign = catalog.campaigns[coupon["campaign_id"]]
    if campaign.state != "enabled" or campaign.has_ended(now):
        return "disabled"
    if coupon["starts"] is not None and now < coupon["starts"]:
        return "pending"
    if coupon["usage_limit"] and uses(conn, coupon["id"]) >= coupon["usage_limit"]:
        return "used"
    if coupon["expires"] is not None and now >= coupon["expires"]:
        return "used" if uses(conn, coupon["id"], profile) else "expired"
    return "active"


def to_answer(conn: sqlite3.Connection, coupon: sqlite3.Row) -> Wire:
    """The coupon as the API shows it (`Coupon`), counters counted now."""
    attributes = load_json(coupon["attributes"].encode())
    answer: Wire = {
        "id": coupon["id"],
        "created": to_wire(coupon["created"]),
        "campaignId": coupon["campaign_id"],
        "value": coupon["code"],
        "usageLimit": coupon["usage_limit"],
        "usageCounter": uses(conn, coupon["id"]),
    }
    if coupon["discount_limit"] is not None:
        given = discount_given(conn, coupon["id"])
        answer["discountLimit"] = to_decimal(coupon["discount_limit"])
        answer["discountCounter"] = to_decimal(given)
        answer["discountRemainder"] = to_decimal(max(0, coupon["discount_limit"] - given))
    if coupon["reservation_limit"] is not None:
        answer["reservationLimit"] = coupon["reservation_limit"]
    reserved = conn.execute("select count(*) from reservation where coupon_id = ?", (coupon["id"],))
    answer["reservationCounter"] = reserved.fetchone()[0]
    for wire, column in (("startDate", "starts"), ("expiryDate", "expires")):
        if coupon[column] is not None:
            answer[wire] = to_wire(coupon[column])
    if coupon["recipient"] is not None:
        answer["recipientIntegrationId"] = coupon["recipient"]
    if coupon["batch_id"] is not None:
        answer["batchId"] = coupon["batch_id"]
    return {
        **answer,
        "attributes": attributes,
        "reservation": bool(coupon["reservable"]),
        "isReservationMandatory": bool(coupon["mandatory"]),
        "implicitlyReserved": bool(coupon["implicit"]),
    }


def to_profile_answer(conn: sqlite3.Connection, coupon: sqlite3.Row, profile: int | None) -> Wire:
    """The coupon with how often this profile redeemed it (`IntegrationCoupon`)."""
    count = 0 if profile is None else uses(conn, coupon["id"], profile)
    return {**to_answer(conn, coupon), "profileRedemptionCount": count}
