"""One pure function an operation: arguments in, a typed `Call` out. Nothing is sent.

Path parameters are positional in path order, everything else is keyword-only. Bad arguments raise
`ValueError` with a text that says what to change.
"""

from talon_client.operations.cards import (
    generate_loyalty_card,
    get_loyalty_card_balances,
    get_loyalty_card_points,
    get_loyalty_card_transactions,
    link_loyalty_card_to_profile,
)
from talon_client.operations.coupons import (
    create_coupon_reservation,
    delete_coupon_reservation,
    get_reserved_customers,
)
from talon_client.operations.loyalty import (
    get_loyalty_balances,
    get_loyalty_program_profile_points,
    get_loyalty_program_profile_transactions,
)
from talon_client.operations.profiles import get_customer_inventory, update_customer_profile_v2
from talon_client.operations.sessions import (
    get_customer_session,
    reopen_customer_session,
    return_cart_items,
    update_customer_session_v2,
)

__all__ = [
    "create_coupon_reservation",
    "delete_coupon_reservation",
    "generate_loyalty_card",
    "get_customer_inventory",
    "get_customer_session",
    "get_loyalty_balances",
    "get_loyalty_card_balances",
    "get_loyalty_card_points",
    "get_loyalty_card_transactions",
    "get_loyalty_program_profile_points",
    "get_loyalty_program_profile_transactions",
    "get_reserved_customers",
    "link_loyalty_card_to_profile",
    "reopen_customer_session",
    "return_cart_items",
    "update_customer_profile_v2",
    "update_customer_session_v2",
]
