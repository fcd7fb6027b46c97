"""One pure function an operation: arguments in, a typed `Call` out. Nothing is sent.

Path parameters are positional in path order, everything else is keyword-only. Bad arguments raise
`ValueError` with a text that says what to change.
"""

from talon_client.operations.achievements import (
    get_customer_achievement_history,
    get_customer_achievements,
)
from talon_client.operations.audiences import (
    create_audience_v2,
    delete_audience_memberships_v2,
    delete_audience_v2,
    update_audience_customers_attributes,
    update_audience_v2,
    update_customer_profile_audiences,
)
from talon_client.operations.campaigns import (
    integration_get_all_campaigns,
)
from talon_client.operations.cards import (
    generate_loyalty_card,
    get_loyalty_card_balances,
    get_loyalty_card_points,
    get_loyalty_card_transactions,
    link_loyalty_card_to_profile,
    unlink_loyalty_card_from_profile,
)
from talon_client.operations.catalogs import (
    best_prior_price,
    sync_catalog,
)
from talon_client.operations.coupons import (
    create_coupon_reservation,
    delete_coupon_reservation,
    get_reserved_customers,
)
from talon_client.operations.events import (
    get_event_v3,
    track_event,
    track_event_v2,
    track_event_v3,
)
from talon_client.operations.loyalty import (
    activate_loyalty_points,
    delete_loyalty_transactions_from_ledgers,
    get_loyalty_balances,
    get_loyalty_program_profile_points,
    get_loyalty_program_profile_transactions,
    join_loyalty_program,
)
from talon_client.operations.profiles import (
    delete_customer_data,
    get_customer_inventory,
    update_customer_profile_v2,
    update_customer_profiles_v2,
)
from talon_client.operations.referrals import (
    create_referral,
    create_referrals_for_multiple_advocates,
)
from talon_client.operations.sessions import (
    get_customer_session,
    reopen_customer_session,
    return_cart_items,
    update_customer_session_v2,
)

__all__ = [
    "activate_loyalty_points",
    "best_prior_price",
    "create_audience_v2",
    "create_coupon_reservation",
    "create_referral",
    "create_referrals_for_multiple_advocates",
    "delete_audience_memberships_v2",
    "delete_audience_v2",
    "delete_coupon_reservation",
    "delete_customer_data",
    "delete_loyalty_transactions_from_ledgers",
    "generate_loyalty_card",
    "get_customer_achievement_history",
    "get_customer_achievements",
    "get_customer_inventory",
    "get_customer_session",
    "get_event_v3",
    "get_loyalty_balances",
    "get_loyalty_card_balances",
    "get_loyalty_card_points",
    "get_loyalty_card_transactions",
    "get_loyalty_program_profile_points",
    "get_loyalty_program_profile_transactions",
    "get_reserved_customers",
    "integration_get_all_campaigns",
    "join_loyalty_program",
    "link_loyalty_card_to_profile",
    "reopen_customer_session",
    "return_cart_items",
    "sync_catalog",
    "track_event",
    "track_event_v2",
    "track_event_v3",
    "unlink_loyalty_card_from_profile",
    "update_audience_customers_attributes",
    "update_audience_v2",
    "update_customer_profile_audiences",
    "update_customer_profile_v2",
    "update_customer_profiles_v2",
    "update_customer_session_v2",
]
