"""Binding arguments: what goes into path, query and body, what is refused, and how safe the call is."""

import pickle
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from talon_client import OPERATIONS, Call, Operation, Safety, calls
from talon_client.models import (
    ActivateLoyaltyPoints,
    CouponReservations,
    CustomerProfileIntegrationRequestV2,
    IntegrationRequest,
    LoyaltyCardRegistration,
    MultipleCustomerProfileIntegrationRequest,
    MultipleCustomerProfileIntegrationRequestItem,
    NewCustomerSessionV2,
    NewReturn,
    ReturnedCartItem,
    ReturnIntegrationRequest,
)
from talon_client.operation import Parameter, path_parameter, query_parameter
from tests.client.examples import EXAMPLES
from tests.client.help import Shop

PROFILE = CustomerProfileIntegrationRequestV2()
SESSION = IntegrationRequest(customer_session=NewCustomerSessionV2())
RESERVATION = CouponReservations(integration_ids=["p"])
RETURN = ReturnIntegrationRequest(return_=NewReturn(returned_cart_items=[ReturnedCartItem(position=0)]))

any_id = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text not in (".", "..")
)


@given(any_id)
def test_a_path_keeps_its_number_of_segments_whatever_the_id(raw: str) -> None:
    for call, template in (
        (calls.get_customer_session(raw), "/v2/customer_sessions/{}"),
        (calls.get_customer_inventory(raw), "/v1/customer_profiles/{}/inventory"),
        (calls.get_loyalty_balances(1, raw), "/v1/loyalty_programs/1/profile/{}/balances"),
    ):
        assert call.path.count("/") == template.count("/")
        before, after = template.split("{}")
        segment = call.path.removeprefix(before).removesuffix(after)
        assert unquote(segment) == raw
        assert segment.isascii()
        assert not set(segment) & set("/?#\\ %") - {"%"}


@pytest.mark.parametrize("raw", ["", ".", "..", None, 7, b"x", "x" * 1001, "\ud800"])
def test_ids_that_no_path_can_hold(raw: Any) -> None:
    with pytest.raises(ValueError, match="integration_id"):
        calls.get_customer_inventory(raw)


@pytest.mark.parametrize("raw", ["1", 1.0, True, None])
def test_programs_have_numbers(raw: Any) -> None:
    with pytest.raises(ValueError, match="loyalty_program_id must be a whole number"):
        calls.get_loyalty_balances(raw, "p")


def test_cards_have_at_most_108_characters() -> None:
    with pytest.raises(ValueError, match="loyalty_card_id must have"):
        calls.get_loyalty_card_balances(1, "x" * 109)


def test_the_template_is_filled_once_even_by_braces() -> None:
    call = calls.get_loyalty_card_balances(1, "{loyaltyProgramId}")
    assert call.path == "/v1/loyalty_programs/1/cards/%7BloyaltyProgramId%7D/balances"


def test_query_parameters_left_out_are_not_sent() -> None:
    assert calls.get_customer_inventory("p").query == ()
    assert calls.get_customer_inventory("p", profile=True, loyalty=False).query == (
        ("profile", "true"),
        ("loyalty", "false"),
    )


class NoOffset(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, moment: datetime | None) -> None:
        return None

    def dst(self, moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> None:
        return None


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 20, 12, tzinfo=UTC), "2026-11-20T12:00:00Z"),
        (datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=5, minutes=30))), "2026-11-20T06:30:00Z"),
        (datetime(2026, 11, 20, 12, 0, 0, 1, tzinfo=UTC), "2026-11-20T12:00:00.000001Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_moments_go_out_in_utc(moment: datetime, text: str) -> None:
    assert calls.get_loyalty_balances(1, "p", end_date=moment).query == (("endDate", text),)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 11, 20),  # noqa: DTZ001
        datetime(2026, 11, 20, tzinfo=NoOffset()),
        datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))),
        "2026-11-20T12:00:00Z",
    ],
)
def test_moments_that_are_none(moment: Any) -> None:
    with pytest.raises(ValueError, match="end_date"):
        calls.get_loyalty_balances(1, "p", end_date=moment)


def test_several_values_are_repeated() -> None:
    call = calls.get_loyalty_program_profile_points(1, "p", subledger_id=["a", "b,c"], status="pending")
    assert call.query == (("status", "pending"), ("subledgerId", "a"), ("subledgerId", "b,c"))
    one: Any = "a"
    assert calls.get_loyalty_card_points(1, "card", subledger_id=one).query == (("subledgerId", "a"),)


def test_several_values_joined_by_commas() -> None:
    ids = query_parameter("ids", "campaignIds", "integers", style="joined")
    names = query_parameter("names", "status", "strings", style="joined")
    assert ids.encode([1, 2, 3]) == ["1,2,3"]
    assert names.encode(("a", "b")) == ["a,b"]
    with pytest.raises(ValueError, match="comma"):
        names.encode(["a,b"])


@pytest.mark.parametrize(
    ("build", "says"),
    [
        (lambda: calls.get_loyalty_card_points(1, "card", page_size=0), "page_size must be at least 1"),
        (lambda: calls.get_loyalty_card_points(1, "card", page_size=1001), "page_size must be at most 1000"),
        (lambda: calls.get_loyalty_card_points(1, "card", skip=-1), "skip must be at least 0"),
        (lambda: calls.get_loyalty_card_points(1, "card", status="all"), "status must be one of active"),  # type: ignore[arg-type]
        (lambda: calls.get_loyalty_card_points(1, "card", subledger_id=[1]), "subledger_id must be text"),  # type: ignore[list-item]
        (lambda: calls.get_loyalty_card_points(1, "card", subledger_id={"a"}), "subledger_id must be text"),  # type: ignore[arg-type]
        (lambda: calls.get_customer_inventory("p", profile=1), "profile must be True or False"),  # type: ignore[arg-type]
        (lambda: calls.get_customer_inventory("p", profile="true"), "profile must be True or False"),  # type: ignore[arg-type]
        (lambda: calls.get_loyalty_card_points(1, "card", transaction_uuids=["u" * 36] * 2000), "too much"),
        (lambda: calls.get_loyalty_card_points(1, "card", transaction_uuids=[]), "is empty: leave it out"),
        (lambda: calls.get_customer_achievements("p", campaign_ids=[]), "campaign_ids is empty"),
        (lambda: calls.get_customer_achievements("p", achievement_status=()), "achievement_status is empty"),
        (lambda: calls.get_loyalty_card_points(1, "card", subledger_id=["\udfff"]), "unpaired surrogate"),
    ],
)
def test_arguments_that_cannot_work(build: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        build()


# Safety, decided per call


@pytest.mark.parametrize(
    ("call", "safety"),
    [
        (calls.update_customer_session_v2("s", body=SESSION), Safety.KEYED),
        (calls.update_customer_session_v2("s", body=SESSION, dry=False), Safety.KEYED),
        (calls.update_customer_session_v2("s", body=SESSION, dry=True), Safety.DRY),
        (calls.return_cart_items("s", body=RETURN), Safety.KEYED),
        (calls.return_cart_items("s", body=RETURN, run_rule_engine=True), Safety.KEYED),
        (calls.return_cart_items("s", body=RETURN, dry=True), Safety.DRY),
        (calls.return_cart_items("s", body=RETURN, dry=True, run_rule_engine=False), Safety.DRY),
        (calls.update_customer_profile_v2("p", body=PROFILE), Safety.KEYED),
        (calls.update_customer_profile_v2("p", body=PROFILE, run_rule_engine=True), Safety.KEYED),
        (calls.update_customer_profile_v2("p", body=PROFILE, run_rule_engine=True, dry=False), Safety.KEYED),
        (calls.update_customer_profile_v2("p", body=PROFILE, run_rule_engine=True, dry=True), Safety.DRY),
        (calls.reopen_customer_session("s"), Safety.KEYED),
    ],
)
def test_safety_is_decided_per_call(call: Call[Any], safety: Safety) -> None:
    assert call.safety is safety
    assert bool(call.locks) is safety.writes


@pytest.mark.parametrize("rules", [None, False])
def test_a_dry_profile_update_without_rules_would_be_persisted(rules: bool | None) -> None:
    with pytest.raises(ValueError, match="run_rule_engine=True"):
        calls.update_customer_profile_v2("p", body=PROFILE, dry=True, run_rule_engine=rules)


@pytest.mark.parametrize("dry", [None, False])
def test_another_now_is_for_dry_runs_only(dry: bool | None) -> None:
    now = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="dry=True"):
        calls.update_customer_session_v2("s", body=SESSION, dry=dry, now=now)
    assert calls.update_customer_session_v2("s", body=SESSION, dry=True, now=now).query == (
        ("dry", "true"),
        ("now", "2030-01-01T00:00:00Z"),
    )


def test_an_operation_without_dry_runs_is_never_dry() -> None:
    reopen = OPERATIONS["reopen_customer_session"]
    assert reopen.bind({"customer_session_id": "s", "dry": True}).safety is Safety.KEYED


def test_locks_name_what_is_written() -> None:
    body = IntegrationRequest(customer_session=NewCustomerSessionV2(profile_id="p"))
    assert calls.update_customer_session_v2("s", body=body).locks == ("profile:p", "session:s")
    anonymous = IntegrationRequest(customer_session=NewCustomerSessionV2(profile_id=""))
    assert calls.update_customer_session_v2("s", body=anonymous).locks == ("session:s",)
    assert calls.update_customer_profile_v2("p", body=PROFILE).locks == ("profile:p",)
    assert calls.delete_customer_data("p").locks == calls.join_loyalty_program(1, "p").locks == ("profile:p",)
    assert calls.link_loyalty_card_to_profile(
        1, "c", body=LoyaltyCardRegistration(integration_id="p")
    ).locks == ("profile:p",)
    assert calls.activate_loyalty_points(1, body=ActivateLoyaltyPoints(session_id="s")).locks == (
        "session:s",
    )
    items = [MultipleCustomerProfileIntegrationRequestItem(integration_id=each) for each in ("q", "p", "q")]
    several = MultipleCustomerProfileIntegrationRequest(customer_profiles=items)
    assert calls.update_customer_profiles_v2(body=several).locks == ("profile:p", "profile:q")
    assert calls.get_customer_inventory("p").locks == ()


# Every operation once


@pytest.mark.parametrize("call", EXAMPLES.values(), ids=EXAMPLES)
def test_every_operation_is_sent_as_documented(call: Call[Any]) -> None:
    operation = call.operation
    body = b"" if operation.response is None else empty(call)
    shop = Shop(httpx.Response(operation.success[0], content=body))
    with shop.client() as client:
        value = client.send(call)
    [request] = shop.requests
    template = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.path))
    assert request.method == operation.method
    assert re.fullmatch(template, request.url.raw_path.decode().partition("?")[0])
    assert bool(request.content) is (operation.request is not None)
    expected = None if operation.response is None else TypeAdapter(operation.response).validate_json(body)
    assert value == expected


def empty(call: Call[Any]) -> bytes:
    return b"[]" if call.operation.id == "best_prior_price" else b"{}"


@pytest.mark.parametrize("call", EXAMPLES.values(), ids=EXAMPLES)
def test_docstrings_say_what_people_need(call: Call[Any]) -> None:
    operation = call.operation
    docstring = getattr(calls, operation.id).__doc__
    assert f"`{operation.method} {operation.path}`" in docstring
    assert operation.safety.name in docstring
    assert (operation.dry_rule != "never") == ("dry=True" in docstring)
    assert operation.paged == (", paged" in docstring)


@pytest.mark.parametrize("call", EXAMPLES.values(), ids=EXAMPLES)
def test_an_answer_that_may_be_empty_is_none(call: Call[Any]) -> None:
    operation = call.operation
    if operation.response is None or 204 not in operation.success:
        return
    with Shop(httpx.Response(204)).client() as client:
        assert client.send(call) is None


# Calls and operations as values


def test_a_call_knows_its_path_arguments() -> None:
    call = calls.get_loyalty_balances(7, "p/1")
    assert call.argument("loyalty_program_id") == 7
    assert call.argument("integration_id") == "p/1"
    with pytest.raises(KeyError):
        call.argument("end_date")


def test_an_operation_is_one_object() -> None:
    for operation in OPERATIONS.values():
        again: Operation[Any] = pickle.loads(pickle.dumps(operation))
        assert again is operation
        assert repr(operation) == f"<Operation {operation.id}>"
    assert list(OPERATIONS) == [operation.id for operation in OPERATIONS.values()]
    assert set(OPERATIONS) == set(calls.__all__)
    assert len([each for each in OPERATIONS.values() if not each.legacy]) == 39


def test_parameters_are_found_by_name() -> None:
    operation = OPERATIONS["get_loyalty_card_points"]
    assert operation.parameter("page_size").wire == "pageSize"
    with pytest.raises(KeyError):
        operation.parameter("pageSize")
    assert isinstance(path_parameter("x", "x"), Parameter)


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        OPERATIONS["x"] = OPERATIONS["get_loyalty_balances"]  # type: ignore[index]
