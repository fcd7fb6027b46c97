"""Find: what is asked, in which order, and what an answer means."""

from typing import Any

import pytest

from desk.applications import FindTemplates
from desk.insight.find import MOST_REQUESTS, Found, Kind, Outcome, find
from talon_client import Call, TalonError, Unauthorized
from talon_client.models import (
    CustomerInventory,
    CustomerProfile,
    IntegrationCustomerSessionResponse,
    LoyaltyCardBalances,
    Page,
)
from tests.insight.help import BAD, DOWN, FORBIDDEN, NOT_FOUND, asked, play

ORDERS = FindTemplates(session=("{}", "ORD-{}"))
PROFILE = CustomerInventory.model_validate({"profile": {"integrationId": "maria", "closedSessions": 1}})
SESSION = IntegrationCustomerSessionResponse.model_validate(
    {
        "customerSession": {
            "state": "closed",
            "profileId": "maria",
            "cartItems": [{"quantity": 2}, {"quantity": 1}],
        }
    }
)
CARD = LoyaltyCardBalances.model_validate({"profiles": [{"integrationId": "a"}, {"integrationId": "b"}]})
NOBODY: Page[CustomerProfile] = Page()


def look(
    text: str,
    known: dict[str, Any] | None = None,
    *,
    applications: tuple[str, ...] = ("shop",),
    programs: tuple[int, ...] = (2,),
    templates: FindTemplates = ORDERS,
    otherwise: TalonError = NOT_FOUND,
) -> tuple[Found, list[str]]:
    """`known`: answers by operation and id, as in `get_customer_session ORD-1`."""
    answers = known or {}

    def respond(call: Call[Any]) -> Any:
        return answers.get(f"{call.operation.id} {call.arguments[-1][1]}", otherwise)

    found, batches = play(find(text, applications, programs, templates), respond)
    assert len(batches) <= 2
    assert sum(len(batch.asks) for batch in batches) <= MOST_REQUESTS
    return found, asked(batches)


def test_first_wave_asks_everything_together() -> None:
    _, requests = look("  maria ", {"get_customer_inventory maria": PROFILE})
    assert requests == [
        "get_customer_inventory /v1/customer_profiles/maria/inventory",
        "get_customer_session /v2/customer_sessions/maria",
        "get_reserved_customers /v1/coupon_reservations/customerprofiles/maria",
        "get_loyalty_card_balances /v1/loyalty_programs/2/cards/maria/balances",
        "get_customer_session /v2/customer_sessions/ORD-maria",
    ]


def test_one_match_can_be_opened() -> None:
    found, _ = look("maria", {"get_customer_inventory maria": PROFILE})
    assert found.one is not None
    assert (found.one.kind, found.one.id, found.one.application) == (Kind.PROFILE, "maria", "shop")
    assert (found.one.profile_id, found.one.summary) == ("maria", "customer, 1 closed session")
    assert not found.nowhere


def test_an_order_number_from_paper() -> None:
    found, requests = look("#10023", {"get_customer_session ORD-10023": SESSION})
    assert found.one is not None
    assert (found.one.id, found.one.profile_id) == ("ORD-10023", "maria")
    assert found.one.summary == "closed, 3 items, of maria"
    assert not any("ORD-%23" in request for request in requests)


def test_a_template_is_not_applied_twice() -> None:
    _, requests = look("ord-7", programs=())
    assert not any("ORD-ord" in request or "ord-ord" in request.lower() for request in requests)


def test_several_matches_are_offered() -> None:
    found, _ = look("X1-9", {"get_customer_session X1-9": SESSION, "get_loyalty_card_balances X1-9": CARD})
    assert found.one is None
    assert [(match.kind, match.summary) for match in found.matches] == [
        (Kind.SESSION, "closed, 3 items, of maria"),
        (Kind.CARD, "loyalty card, 2 holders"),
    ]
    assert found.matches[1].program_id == 2


def test_a_code_that_nobody_holds_exists() -> None:
    found, _ = look("SUMMER", {"get_reserved_customers SUMMER": NOBODY})
    assert found.one is not None
    assert found.one.summary == "coupon code, nobody holds it"


def test_sessions_and_coupons_are_looked_up_in_every_application() -> None:
    found, batches = play(
        find("X-1", ("shop", "outlet"), (), FindTemplates()),
        lambda call: SESSION if call.operation.id == "get_customer_session" else NOT_FOUND,
    )
    assert [(ask.call.operation.id, ask.application) for ask in batches[0].asks] == [
        ("get_customer_inventory", None),
        ("get_customer_session", None),
        ("get_reserved_customers", None),
        ("get_customer_session", "outlet"),
        ("get_reserved_customers", "outlet"),
    ]
    assert [match.application for match in found.matches] == ["shop", "outlet"]


def test_second_wave_in_other_case_only_when_nothing_matched() -> None:
    found, requests = look("Summer10", {"get_reserved_customers SUMMER10": NOBODY}, programs=())
    assert found.one is not None
    assert found.one.id == "SUMMER10"
    assert len(requests) == len(set(requests))


def test_nothing_anywhere() -> None:
    found, _ = look("nothing")
    assert found.nowhere
    assert found.one is None
    assert {attempt.outcome for attempt in found.tried} <= {Outcome.ABSENT, Outcome.NOT_ASKED}


@pytest.mark.parametrize("error", [DOWN, FORBIDDEN, Unauthorized("key refused", status=401)])
def test_could_not_look_is_never_not_found(error: TalonError) -> None:
    found, _ = look("maria", {"get_customer_inventory maria": error, "get_customer_inventory MARIA": error})
    assert not found.nowhere
    assert [attempt.place.kind for attempt in found.not_looked][:1] == [Kind.PROFILE]
    assert found.not_looked[0].error is error


def test_400_is_absent_for_sessions_only() -> None:
    found, _ = look("maria", {"get_customer_session maria": BAD, "get_reserved_customers maria": BAD})
    outcomes = {(attempt.place.kind, attempt.place.id): attempt.outcome for attempt in found.tried}
    assert outcomes[Kind.SESSION, "maria"] is Outcome.ABSENT
    assert outcomes[Kind.COUPON, "maria"] is Outcome.COULD_NOT_LOOK


def test_when_nothing_was_answered_no_other_spelling_is_tried() -> None:
    _, requests = look("maria", otherwise=DOWN)
    assert len(requests) == 5


def test_what_cannot_be_asked_is_said() -> None:
    found, requests = look("a b!")
    why = {attempt.place.kind: attempt.why for attempt in found.tried if attempt.outcome is Outcome.NOT_ASKED}
    assert "4 to 108" in why[Kind.CARD]
    assert not any("get_loyalty_card_balances" in request for request in requests)


@pytest.mark.parametrize("text", [".", "..", "x" * 10_000, "\ud83d"])
def test_ids_that_no_operation_can_hold(text: str) -> None:
    found, requests = look(text, templates=FindTemplates())
    assert requests == []
    assert not found.nowhere
    assert all(attempt.outcome is Outcome.NOT_ASKED and attempt.why for attempt in found.tried)


@pytest.mark.parametrize("text", ["a/b", "100%", "who?", "#", "🧦 sock", "a+b&c=d", "مريم"])
def test_awkward_ids_are_asked_as_they_are(text: str) -> None:
    found, _ = look(text, {f"get_customer_inventory {text}": PROFILE})
    assert found.one is not None
    assert found.one.id == text


def test_nothing_typed() -> None:
    found, requests = look("   ")
    assert requests == []
    assert not found.nowhere


def test_budget_with_many_applications() -> None:
    many = tuple(f"app{number}" for number in range(20))
    found, requests = look("Maria", applications=many, programs=(2, 3))
    assert len(requests) == MOST_REQUESTS
    assert "get_customer_inventory /v1/customer_profiles/Maria/inventory" in requests
    assert {attempt.why for attempt in found.not_looked} == {"one search makes at most 12 requests"}
    assert not found.nowhere, "what was left out may be there"


def test_the_open_application_is_asked_for_every_template_before_another_is() -> None:
    many = tuple(f"app{number}" for number in range(20))
    found, _ = look("10023", {"get_customer_session ORD-10023": SESSION}, applications=many)
    assert (found.matches[0].id, found.matches[0].application) == ("ORD-10023", "app0")


@pytest.mark.parametrize("typed", ["ORD - 10023", " ord-100 23", "10 023"])
def test_spaces_within_are_tried_without(typed: str) -> None:
    found, _ = look(typed, {"get_customer_session ORD-10023": SESSION})
    assert found.one is not None
    assert found.one.id == "ORD-10023"


def test_other_spellings_beyond_the_budget_leave_nothing_open() -> None:
    found, requests = look("Maria", programs=(2, 3, 4, 5, 6))
    assert len(requests) == MOST_REQUESTS
    assert any("at most 12 requests" in attempt.why for attempt in found.tried)
    assert found.nowhere


def test_an_older_edition_refuses_card_identifiers_that_it_cannot_hold() -> None:
    found, _ = look("a@b.c", {"get_loyalty_card_balances a@b.c": BAD})
    outcome = next(attempt.outcome for attempt in found.tried if attempt.place.kind is Kind.CARD)
    assert outcome is Outcome.ABSENT
