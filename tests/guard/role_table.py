"""Who may do what, written down a second time: the table of design.md in words, so that the desk's own lists of
operations (`desk/guard/roles.py`) are held against something that was not made from them."""

from tests.support import pairs

VIEWER, AGENT, CHECKER, SUPERVISOR, NOBODY = PEOPLE = ("viewer", "agent", "checker", "supervisor", "nobody")
"""Nobody: somebody whom the company's sign-in knows, and whom nobody has given a role."""

MAY: dict[str, tuple[str, ...]] = {
    "look at the API": (VIEWER, AGENT, CHECKER, SUPERVISOR),
    "try something out": (AGENT, CHECKER, SUPERVISOR),
    "change what belongs to one customer": (AGENT, SUPERVISOR),
    "change many, or what nobody can take back": (SUPERVISOR,),
    "anything else": (),
    "reveal a masked field": (AGENT, SUPERVISOR),
    "save a file": (VIEWER, AGENT, CHECKER, SUPERVISOR),
    "read one's own trail": (VIEWER, AGENT, CHECKER, SUPERVISOR),
    "read everybody's trail": (SUPERVISOR,),
    "see what others asked for": (SUPERVISOR,),
    "decide about what others asked for": (SUPERVISOR,),
    "erase the desk's own records of somebody": (SUPERVISOR,),
    "settle a change by reading back": (VIEWER, AGENT, CHECKER, SUPERVISOR),
    "settle a change by one's own word": (AGENT, SUPERVISOR),
}

SORTS: dict[str, tuple[str, ...]] = {
    "look at the API": (
        "get_customer_inventory",
        "get_customer_session",
        "get_event_v3",
        "get_loyalty_balances",
        "get_loyalty_program_profile_points",
        "get_loyalty_program_profile_transactions",
        "get_loyalty_card_balances",
        "get_loyalty_card_points",
        "get_loyalty_card_transactions",
        "get_reserved_customers",
        "get_customer_achievements",
        "get_customer_achievement_history",
        "integration_get_all_campaigns",
        "best_prior_price",
    ),
    "change what belongs to one customer": (
        "create_coupon_reservation",
        "delete_coupon_reservation",
        "link_loyalty_card_to_profile",
        "unlink_loyalty_card_from_profile",
        "generate_loyalty_card",
        "return_cart_items",
        "reopen_customer_session",
        "update_customer_session_v2",
        "create_referral",
        "update_customer_profile_v2",
        "track_event",
        "track_event_v2",
        "track_event_v3",
        "join_loyalty_program",
        "activate_loyalty_points",
    ),
    "change many, or what nobody can take back": (
        "update_customer_profiles_v2",
        "create_referrals_for_multiple_advocates",
        "update_audience_customers_attributes",
        "create_audience_v2",
        "update_audience_v2",
        "delete_audience_v2",
        "delete_audience_memberships_v2",
        "update_customer_profile_audiences",
        "sync_catalog",
        "delete_loyalty_transactions_from_ledgers",
        "delete_customer_data",
    ),
}
"""Each operation of the API, by what it does when it is sent for one customer and not as a dry run."""


def may(person: str, right: str) -> bool:
    """Whether the table lets somebody do that; counted, for the number of pairs is told at the end of a run."""
    pairs.counts["pairs of a person and a right"] += 1
    return person in MAY[right]
