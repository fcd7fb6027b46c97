"""Role x operation, the whole table, in both kinds of Application; and that a refusal never leaves the house."""

from typing import Any

import httpx
import pytest

from desk.applications import Application
from desk.guard import Actor, Role, may
from desk.guard.kinds import (
    CancelSession,
    GenerateCard,
    LinkCard,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    UpdateProfile,
)
from desk.guard.roles import BULK, SINGLE, allowed
from talon_client import OPERATIONS, Call, NotAllowed, Safety, TalonClient, calls
from talon_client.models import (
    CouponReservations,
    CustomerProfileIntegrationRequestV2,
    IntegrationEventV2Request,
    IntegrationRequest,
    NewCustomerSessionV2,
    NewEvent,
)
from tests.client.examples import EXAMPLES

CART = IntegrationRequest(customer_session=NewCustomerSessionV2(state="open"))
RETURN = ReturnItems(session_id="s", items=(ReturnedItem(position=0, quantity=1),))

READS: dict[str, Call[Any]] = {
    name: call for name, call in EXAMPLES.items() if call.operation.safety is Safety.READ
}
DRY: dict[str, Call[Any]] = {
    "return_cart_items": RETURN.dry(),
    "update_customer_session_v2": calls.update_customer_session_v2("s", body=CART, dry=True),
    "update_customer_profile_v2": calls.update_customer_profile_v2(
        "p", body=CustomerProfileIntegrationRequestV2(attributes={}), dry=True, run_rule_engine=True
    ),
    "track_event": EXAMPLES["track_event"],
    "track_event_v2": EXAMPLES["track_event_v2"],
}
SINGLES: dict[str, Call[Any]] = {
    "create_coupon_reservation": ReserveCoupon(code="CODE", profile_id="p").call(),
    "delete_coupon_reservation": ReleaseCoupon(code="CODE", profile_id="p").call(),
    "link_loyalty_card_to_profile": LinkCard(program_id=1, card_id="CARD", profile_id="p").call(),
    "generate_loyalty_card": GenerateCard(program_id=1, card_id="CARD").call(),
    "return_cart_items": RETURN.call(),
    "reopen_customer_session": ReopenSession(session_id="s").call(),
    "update_customer_session_v2": CancelSession(session_id="s").call(),
    "update_customer_profile_v2": UpdateProfile(profile_id="p", attributes={"a": 1}).call(),
    "track_event": calls.track_event(body=NewEvent(type="t", session_id="s", attributes={})),
    "track_event_v2": calls.track_event_v2(body=IntegrationEventV2Request(profile_id="p", type="t")),
    **{
        name: EXAMPLES[name]
        for name in (
            "unlink_loyalty_card_from_profile",
            "create_referral",
            "track_event_v3",
            "join_loyalty_program",
            "activate_loyalty_points",
        )
    },
}
MANY: dict[str, Call[Any]] = {
    "create_coupon_reservation": calls.create_coupon_reservation(
        "CODE", body=CouponReservations(integration_ids=["p", "q"])
    ),
    "delete_coupon_reservation": calls.delete_coupon_reservation(
        "CODE", body=CouponReservations(integration_ids=["p", "q"])
    ),
    **{name: EXAMPLES[name] for name in sorted(BULK)},
}
NEVER: dict[str, Call[Any]] = {
    "update_customer_session_v2": calls.update_customer_session_v2("s", body=CART),
}
TABLE = {
    "read": (READS, {Role.VIEWER, Role.AGENT, Role.CHECKER, Role.SUPERVISOR}),
    "dry": (DRY, {Role.AGENT, Role.CHECKER, Role.SUPERVISOR}),
    "one": (SINGLES, {Role.AGENT, Role.SUPERVISOR}),
    "many": (MANY, {Role.SUPERVISOR}),
    "never": (NEVER, set[Role]()),
}
CELLS = [
    pytest.param(call, role, role in roles, id=f"{group}-{name}-{role.value}")
    for group, (group_calls, roles) in TABLE.items()
    for name, call in group_calls.items()
    for role in Role
]


def client() -> tuple[TalonClient, list[str]]:
    """A client, and the list of what it lets out of the house."""
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.url.path)
        return httpx.Response(204 if request.method == "DELETE" else 200, json={})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    return TalonClient("http://127.0.0.1:1", "demo-key", http=http, attempts=1), sent


def application(*, live: bool) -> Application:
    return Application(name="shop", base_url="http://127.0.0.1:1", api_key="demo-key", live=live)


@pytest.mark.parametrize(("call", "role", "expected"), CELLS)
def test_the_table_where_the_client_sends(call: Call[Any], role: Role, expected: bool) -> None:
    sender, sent = client()
    with sender:
        view = sender.restricted(may(Actor("somebody", role), application(live=False)))
        outcome = view.send_all([call])[0]
    assert isinstance(outcome, NotAllowed) is not expected
    assert bool(sent) is expected


@pytest.mark.parametrize(("call", "role", "expected"), CELLS)
def test_a_live_application_is_read_only_until_somebody_signs_in(
    call: Call[Any], role: Role, expected: bool
) -> None:
    live = application(live=True)
    assert (may(Actor("somebody", role), live)(call) is True) is (call.safety is Safety.READ)
    assert (may(Actor("somebody", role, signed_in=True), live)(call) is True) is expected


def test_every_operation_that_writes_has_a_row() -> None:
    writing = {name for name, operation in OPERATIONS.items() if operation.safety is not Safety.READ}
    assert writing <= SINGLE | BULK
    assert not SINGLE & BULK
    covered = set(READS) | set(SINGLES) | (set(MANY) - SINGLE)
    assert covered == set(OPERATIONS)


def test_a_body_that_cannot_be_read_is_never_one_customer() -> None:
    from dataclasses import replace

    broken = replace(SINGLES["create_coupon_reservation"], content=b"{")
    assert allowed(Role.AGENT, broken) is not True
    assert allowed(Role.SUPERVISOR, replace(NEVER["update_customer_session_v2"], content=b"[]")) is not True


def test_refusals_say_why() -> None:
    reason = may(Actor("somebody", Role.AGENT), application(live=True))(SINGLES["return_cart_items"])
    assert isinstance(reason, str)
    assert "signed in" in reason
