"""What nobody documents, and what the sandbox does about it, in one place; the code quotes the ids."""

from typing import TypedDict


class Choice(TypedDict):
    """One decision: id (quoted in the code), what the sandbox does, why."""

    id: str
    choice: str
    why: str


class Coverage(TypedDict):
    """How far one operation is played."""

    operation: str
    status: str
    note: str


def _choice(identifier: str, choice: str, why: str) -> Choice:
    return {"id": identifier, "choice": choice, "why": why}


def _coverage(operation: str, note: str = "") -> Coverage:
    return {"operation": operation, "status": "partly" if note else "supported", "note": note}


CHOICES: tuple[Choice, ...] = (
    _choice("not-found-text", "404 says which thing was not found", "texts of 401 and 404 are undocumented"),
)

COVERAGE: tuple[Coverage, ...] = (
    _coverage("get_customer_inventory", "referrals, giveaways and achievements are empty lists"),
    _coverage("get_customer_session"),
    _coverage("update_customer_session_v2", "no referral codes, experiments or catalogs"),
    _coverage("update_customer_profile_v2"),
    _coverage("reopen_customer_session"),
    _coverage("return_cart_items"),
    _coverage("get_loyalty_balances"),
    _coverage("get_loyalty_program_profile_points"),
    _coverage("get_loyalty_program_profile_transactions"),
    _coverage("get_loyalty_card_balances"),
    _coverage("get_loyalty_card_points"),
    _coverage("get_loyalty_card_transactions"),
    _coverage("generate_loyalty_card"),
    _coverage("link_loyalty_card_to_profile"),
    _coverage("create_coupon_reservation"),
    _coverage("delete_coupon_reservation"),
    _coverage("get_reserved_customers"),
)
