"""The door to the core: `answer(world, request)` runs one operation in one transaction."""

from collections.abc import Callable, Mapping

from . import cards, idempotency, inventory, loyalty
from .contract import Answer, ApiError, Request
from .store import transaction
from .world import World

__all__ = ["HANDLERS", "Answer", "ApiError", "Request", "answer"]

Handler = Callable[[World, Request], Answer]

HANDLERS: Mapping[str, Handler] = {
    "get_customer_inventory": inventory.get_inventory,
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
}


def answer(world: World, request: Request) -> Answer:
    """Run the request in one `begin immediate` transaction; ApiError refuses and leaves nothing behind.

    A dry request is the same code, rolled back. A kept answer is given again for its idempotency key, unless
    the world ignores keys. KeyError for an operation that the core does not hold.
    """
    handler = HANDLERS[request.operation]
    keys = not world.ignore_idempotency_keys
    with transaction(world.conn, keep=not request.flag("dry")):
        now = world.now()
        kept = idempotency.replay(world.conn, request, now) if keys else None
        if kept is not None:
            return kept
        made = handler(world, request)
        if keys:
            idempotency.keep(world.conn, request, made, now)
        return made
