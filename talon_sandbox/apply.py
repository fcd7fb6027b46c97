"""A session's effects, stored on every update and applied when it closes (facts.md, Sessions)."""

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from . import achievements, coupons, giveaways, ledger, profiles, referrals
from .clock import to_micros
from .contract import invalid
from .encoding import dump_json, load_json, parse_instant
from .rules.model import Effect, PointsMove
from .undo import DISCOUNTS, Wire

if TYPE_CHECKING:
    from .world import World


_EXPIRIES = frozenset({"extendLoyaltyPointsExpiryDate", "setLoyaltyPointsExpiryDate"})


def store(conn: sqlite3.Connection, session: int, closing: int, effects: Sequence[Effect]) -> None:
    """Make `effects` the whole set of that closing, in place of what was proposed before."""
    conn.execute("delete from session_effect where session_id = ? and closing = ?", (session, closing))
    insert(conn, session, closing, effects)


def insert(
    conn: sqlite3.Connection,
    session: int,
    closing: int,
    effects: Sequence[Effect],
    after_return: int | None = None,
) -> None:
    """Add effects to the set of that closing; `after_return`: the return (internal id) that they follow."""
    conn.executemany(
        "insert into session_effect (session_id, closing, campaign_id, type, envelope, props, value, position,"
        " sub_position, after_return) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(session, closing, effect.campaign_id, effect.type),
                *(dump_json(effect.envelope).decode(), dump_json(effect.props).decode()),
                *(effect.value, effect.position, effect.sub_position, after_return),
            )
            for effect in effects
        ],
    )


def apply(
    world: "World",
    session: int | None,
    closing: int,
    profile: profiles.Profile | None,
    effects: Sequence[Effect],
    store_id: str | None,
) -> None:
    """Make the effects real: redemptions, points, codes, expiries, attributes, memberships.

    No session: a profile update.
    """
    for effect in effects:
        if effect.type == "acceptCoupon" and session is not None:
            _redeem(world, session, closing, profile, effect, effects)
        elif effect.type == "acceptReferral" and session is not None and profile is not None:
            referrals.redeem(world, str(effect.props["value"]), session, closing, profile.id)
        elif effect.type == "increaseAchievementProgress" and profile is not None:
            achievements.step(world, effect.props, effect.value, profile.id, session, closing)
        elif effect.type == "awardGiveaway" and profile is not None:
            giveaways.award(world, effect, profile, session)
        elif effect.points is not None:
            _move_points(world, session, profile, effect, store_id)
        elif effect.type == "updateAttribute" and profile is not None:
            _set_attribute(world, profile, effect.props)
        elif effect.coupon is not None or effect.referral is not None:
            _give_code(world, effect)
        elif effect.type == "reserveCoupon" and profile is not None:
            code = str(effect.props["couponValue"])
            coupons.reserve(world.conn, code, [profile.integration_id], world.now())
        elif effect.type in _EXPIRIES:
            _move_expiries(world, effect.props)
        elif effect.type == "addToAudience" and profile is not None:
            profiles.join_audience(world.conn, cast(int, effect.props["audienceId"]), profile.id, world.now())
        elif effect.type == "removeFromAudience" and profile is not None:
            profiles.leave_audience(world.conn, cast(int, effect.props["audienceId"]), profile.id)


def _give_code(world: "World", effect: Effect) -> None:
    code = str(effect.props["value"])
    if effect.coupon is not None:
        campaign, settings = effect.coupon
        coupons.create(world.conn, world.catalog, code, campaign, settings, world.now())
    if effect.referral is not None:
        campaign, advocate = effect.referral
        referrals.keep(world, code, campaign, advocate)


def _redeem(
    world: "World",
    session: int,
    closing: int,
    profile: profiles.Profile | None,
    effect: Effect,
    effects: Sequence[Effect],
) -> None:
    coupon = coupons.find(world.conn, str(effect.props["value"]))
    assert coupon is not None
    given = sum(e.value for e in effects if e.type in DISCOUNTS and e.coupon_id == coupon["id"])
    world.conn.execute(
        "insert into redemption (coupon_id, campaign_id, session_id, closing, profile_id, at, discount)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            *(coupon["id"], coupon["campaign_id"], session, closing),
            *(None if profile is None else profile.id, world.now(), given),
        ),
    )


def _owner(move: PointsMove, profile: profiles.Profile | None) -> int | None:
    if move.profile_id is not None:
        return move.profile_id
    return profile.id if move.card_id is None and profile is not None else None


def _move_points(
    world: "World",
    session: int | None,
    profile: profiles.Profile | None,
    effect: Effect,
    store_id: str | None,
) -> None:
    move = effect.points
    assert move is not None
    account = ledger.open_account(
        world.conn,
        world.program(move.program_id),
        move.subledger,
        world.now(),
        profile=_owner(move, profile),
        card=move.card_id,
    )
    reason = ledger.Reason(
        name=str(effect.props["name"]),
        origin="session",
        session_id=session,
        ruleset_id=effect.ruleset_id,
        rule_name=effect.rule_name,
        store=store_id,
    )
    uuid = str(effect.props["transactionUUID"])
    if effect.type == "addLoyaltyPoints":
        ledger.add(world.conn, account, effect.value, world.now(), reason, move.window, uuid=uuid)
        return
    try:
        ledger.spend(world.conn, account, effect.value, world.now(), reason, uuid=uuid)
    except ledger.NotEnoughPoints as error:  # the rules of two campaigns spent the same points
        raise invalid("Not enough points", str(error), pointer="/customerSession") from None


def _move_expiries(world: "World", props: Wire) -> None:
    for change in cast(Sequence[Wire], props["affectedTransactions"]):
        expires = to_micros(parse_instant(str(change["newExpiryDate"])))
        ledger.move_expiry(world.conn, str(change["transactionUUID"]), world.now(), expires)


def _set_attribute(world: "World", profile: profiles.Profile, props: Wire) -> None:
    name = str(props["path"]).rpartition(".")[2]
    profiles.save_attributes(world.conn, profiles.by_id(world.conn, profile.id), {name: props["value"]})


def shown(conn: sqlite3.Connection, session: sqlite3.Row) -> list[Wire]:
    """The current effects as the API shows them, without those undone and without what undid them."""
    rows = conn.execute(
        """select e.type, e.envelope, e.props from session_effect e
           left join session_effect undone on undone.id = e.undoes
           where e.session_id = ? and e.closing = ? and e.finished = 0
             and (e.undoes is null or undone.finished = 0)
           order by e.id""",
        (session["id"], session["shown"]),
    )
    return [
        {
            **cast(Wire, load_json(row["envelope"].encode())),
            "effectType": row["type"],
            "props": load_json(row["props"].encode()),
        }
        for row in rows
    ]
