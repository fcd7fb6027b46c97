"""`get_customer_inventory` and the operations on coupon reservations: what refers to a customer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from . import achievements, cards, coupons, giveaways, loyalty, profiles, referrals
from .contract import Answer, Request

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def get_inventory(world: "World", request: Request) -> Answer:
    """One block for each true flag, `{}` without any (facts.md, The rest). 404 for an unknown profile."""
    profile = profiles.need(world.conn, request.text("integration_id"))
    body: Wire = {}
    if request.flag("profile"):
        body["profile"] = profiles.to_answer(world.conn, world.catalog, profile)
    if request.flag("referrals"):
        body["referrals"] = referrals.of_advocate(world, profile.integration_id)
    if request.flag("coupons"):
        body["coupons"] = _wallet(world, profile.id)
    if request.flag("loyalty"):
        body["loyalty"] = loyalty_block(world, profile.id)
    if request.flag("giveaways"):
        body["giveaways"] = giveaways.of_profile(world, profile.id)
    if request.flag("achievements"):
        body["achievements"] = achievements.of_profile(world, profile.id)
    return Answer(200, body)


def _wallet(world: "World", profile: int) -> list[Wire]:
    now = world.now()
    return [
        {
            **coupons.to_profile_answer(world.conn, coupon, profile),
            "state": coupons.state_of(world.conn, world.catalog, coupon, profile, now),
        }
        for coupon in coupons.wallet(world.conn, profile)
    ]


def joined_programs(world: "World", profile: int) -> dict[int, int]:
    """The programs that the profile has joined, and when, in the order of their ids."""
    rows = world.conn.execute(
        "select program_id, joined from program_member where profile_id = ? order by program_id", (profile,)
    )
    return {row[0]: row[1] for row in rows if row[0] in world.catalog.programs}


def loyalty_block(world: "World", profile: int) -> Wire:
    """The programs that the profile has joined, and its cards (`Loyalty`); the keys are program ids."""
    return {
        "cards": [cards.to_answer(world, card) for card in cards.of_profile(world.conn, profile)],
        "programs": {
            str(number): loyalty.program_block(world, world.program(number), profile, joined)
            for number, joined in joined_programs(world, profile).items()
        },
    }


def reserve_coupon(world: "World", request: Request) -> Answer:
    """`create_coupon_reservation`: 201 with the coupon."""
    coupon = coupons.reserve(world.conn, request.text("coupon_value"), _names(request), world.now())
    return Answer(201, coupons.to_answer(world.conn, coupon))


def release_coupon(world: "World", request: Request) -> Answer:
    """`delete_coupon_reservation`: 204 without a body."""
    coupons.release(world.conn, request.text("coupon_value"), _names(request))
    return Answer(204)


def list_holders(world: "World", request: Request) -> Answer:
    """`get_reserved_customers`: every holder, not paged."""
    holders = coupons.holders_of(world.conn, request.text("coupon_value"))
    data = [profiles.to_answer(world.conn, world.catalog, profile) for profile in holders]
    return Answer(200, {"totalResultSize": len(data), "data": data})


def _names(request: Request) -> list[str]:
    return list(cast(Sequence[str], (request.body or {}).get("integrationIDs") or ()))
