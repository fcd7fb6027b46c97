"""The door to the core: `answer(world, request)` runs one operation in one transaction."""

from collections.abc import Callable, Mapping

from . import (
    achievements,
    audiences,
    campaign_list,
    cards,
    customers,
    idempotency,
    inventory,
    items,
    loyalty,
    memberships,
    privacy,
    referrals,
    returns,
    sessions,
    tracking,
)
from .contract import Answer, ApiError, Request
from .world import World

__all__ = ["HANDLERS", "Answer", "ApiError", "Request", "answer"]

Handler = Callable[[World, Request], Answer]

HANDLERS: Mapping[str, Handler] = {
    "get_customer_inventory": inventory.get_inventory,
    "get_customer_session": sessions.get,
    "update_customer_session_v2": sessions.update,
    "update_customer_profile_v2": customers.update,
    "return_cart_items": returns.create,
    "reopen_customer_session": sessions.reopen,
    "get_loyalty_balances": loyalty.get_profile_balances,
    "get_loyalty_program_profile_points": lambda w, r: loyalty.get_points(w, r, loyalty.profile_holder(w, r)),
    "get_loyalty_program_profile_transactions": lambda w, r: loyalty.get_transactions(
        w, r, loyalty.profile_holder(w, r)
    ),
    "get_loyalty_card_balances": loyalty.get_card_balances,
    "get_loyalty_card_points": lambda w, r: loyalty.get_points(w, r, loyalty.card_holder(w, r)),
    "get_loyalty_card_transactions": lambda w, r: loyalty.get_transactions(w, r, loyalty.card_holder(w, r)),
    "generate_loyalty_card": cards.generate,
    "link_loyalty_card_to_profile": cards.link,
    "create_coupon_reservation": inventory.reserve_coupon,
    "delete_coupon_reservation": inventory.release_coupon,
    "get_reserved_customers": inventory.list_holders,
    "update_customer_profiles_v2": customers.update_many,
    "delete_customer_data": privacy.delete_data,
    "track_event": tracking.track_v1,
    "track_event_v2": tracking.track_v2,
    "track_event_v3": tracking.track_v3,
    "get_event_v3": tracking.get_v3,
    "activate_loyalty_points": memberships.activate,
    "delete_loyalty_transactions_from_ledgers": memberships.delete_transactions,
    "join_loyalty_program": memberships.join,
    "unlink_loyalty_card_from_profile": cards.unlink,
    "create_referral": referrals.create,
    "create_referrals_for_multiple_advocates": referrals.create_many,
    "get_customer_achievements": achievements.get_all,
    "get_customer_achievement_history": achievements.get_history,
    "update_audience_customers_attributes": audiences.set_attributes,
    "create_audience_v2": audiences.create,
    "delete_audience_v2": audiences.delete,
    "update_audience_v2": audiences.update,
    "delete_audience_memberships_v2": audiences.empty,
    "update_customer_profile_audiences": audiences.change_members,
    "integration_get_all_campaigns": campaign_list.get_all,
    "best_prior_price": items.best_prior_price,
    "sync_catalog": items.sync,
}


def answer(world: World, request: Request) -> Answer:
    """Run the request in one `begin immediate` transaction; ApiError refuses and leaves nothing behind.

    A dry request is the same code, rolled back, and looks at no key. Else a kept answer is given again for its
    idempotency key, unless the world ignores keys. KeyError for an operation that the core does not hold.
    """
    handler, dry = HANDLERS[request.operation], is_dry(request)
    keyed = not (dry or world.ignore_idempotency_keys)
    with world.transaction(keep=not dry):
        now = world.now()
        kept = idempotency.replay(world.conn, request, now) if keyed else None
        if kept is not None:
            return kept
        made = handler(world, request)
        if keyed:
            idempotency.keep(world.conn, request, made, now)
        return made


def is_dry(request: Request) -> bool:
    """Whether nothing may be kept; a profile update is dry only when it runs the rules (design.md, Safety)."""
    if request.operation == "update_customer_profile_v2" and not request.flag("run_rule_engine"):
        return False
    return request.flag("dry")
