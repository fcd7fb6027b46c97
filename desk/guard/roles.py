"""Who may do what: the roles table of design.md as predicates on calls, checked where the client sends."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from desk.applications import Application
from desk.policy import Role
from talon_client import Call, Safety

__all__ = ["ACTING", "BULK", "DRY_RUNNING", "SINGLE", "Actor", "Role", "Verdict", "allowed", "may"]

Verdict: TypeAlias = bool | str
"""True, or a text that says why not (what `TalonClient.restricted` takes)."""


@dataclass(frozen=True)
class Actor:
    """The person behind a call. `name` is what the audit trail writes down."""

    name: str
    role: Role
    signed_in: bool = False
    sign_in: str = ""
    """Which sign-in it is (`desk.guard.sign_ins`); empty without one."""


ACTING = frozenset({Role.AGENT, Role.SUPERVISOR})
DRY_RUNNING = frozenset({Role.AGENT, Role.CHECKER, Role.SUPERVISOR})

SINGLE = frozenset(
    {
        "create_coupon_reservation",
        "delete_coupon_reservation",
        "link_loyalty_card_to_profile",
        "unlink_loyalty_card_from_profile",
        "generate_loyalty_card",
        "return_cart_items",
        "reopen_customer_session",
        "update_customer_session_v2",
        "update_customer_profile_v2",
        "create_referral",
        "track_event",
        "track_event_v2",
        "track_event_v3",
        "join_loyalty_program",
        "activate_loyalty_points",
    }
)
"""Writes about one customer, for agents and supervisors."""

BULK = frozenset(
    {
        "update_audience_customers_attributes",
        "create_audience_v2",
        "delete_audience_v2",
        "update_audience_v2",
        "delete_audience_memberships_v2",
        "update_customer_profile_audiences",
        "sync_catalog",
        "update_customer_profiles_v2",
        "create_referrals_for_multiple_advocates",
        "delete_loyalty_transactions_from_ledgers",
        "delete_customer_data",
    }
)
"""Writes about many customers, or that nobody can take back: supervisors only."""


def allowed(role: Role, call: Call[Any]) -> Verdict:
    """Whether `role` may send `call` at all, wherever it goes. An operation nobody listed is refused."""
    if call.safety is Safety.READ:
        return True
    if call.safety is Safety.DRY:
        return True if role in DRY_RUNNING else f"{_one(role)} may look, but not try things out."
    name = call.operation.id
    if name not in SINGLE | BULK:
        return f"The desk does not send {name}."
    if name == "update_customer_session_v2" and not _only_cancels(call):
        return "The desk changes a session only to cancel it."
    if name in BULK or _many(call):
        return True if role is Role.SUPERVISOR else f"Only a supervisor may do this, not {role.named}."
    return True if role in ACTING else f"{_one(role)} may not change anything."


def _one(role: Role) -> str:
    return f"{role.named[:1].upper()}{role.named[1:]}"


def may(actor: Actor, application: Application) -> Callable[[Call[Any]], Verdict]:
    """The predicate for `TalonClient.restricted`: the role, and on a live Application a sign-in first."""

    def predicate(call: Call[Any]) -> Verdict:
        if application.live and not actor.signed_in and call.safety is not Safety.READ:
            return f"{application.label} is live, so it is read-only until you are signed in."
        return allowed(actor.role, call)

    return predicate


def _body(call: Call[Any]) -> object:
    if not call.content:
        return None
    try:
        return json.loads(call.content)
    except ValueError:
        return None


def _many(call: Call[Any]) -> bool:
    """Whether a reservation names other than exactly one customer."""
    if not call.operation.id.endswith("_coupon_reservation"):
        return False
    body = _body(call)
    ids = body.get("integrationIDs") if isinstance(body, dict) else None
    return not (isinstance(ids, list) and len(ids) == 1)


def _only_cancels(call: Call[Any]) -> bool:
    body = _body(call)
    session = body.get("customerSession") if isinstance(body, dict) else None
    return isinstance(session, dict) and session == {"state": "cancelled"}
