"""What a type checker sees is what comes: `assert_type` for both clients, each run against answers too."""

import asyncio
import json
from collections.abc import AsyncGenerator, Generator
from decimal import Decimal
from typing import assert_type

import httpx
import pytest

import talon_client
from talon_client import (
    Answer,
    AsyncIteration,
    AsyncTalonClient,
    Call,
    Description,
    Iteration,
    NotAllowed,
    Report,
    TalonClient,
    TalonError,
    calls,
)
from talon_client.models import (
    AdditionalCost,
    CartItem,
    CustomerInventory,
    Effect,
    EffectProps,
    GenerateLoyaltyCard,
    IntegrationCustomerSessionResponse,
    IntegrationEventV2Request,
    IntegrationEventV2Response,
    IntegrationEventV3Request,
    IntegrationEventV3Response,
    IntegrationRequest,
    LedgerTransactionLogEntryIntegrationAPI,
    LoyaltyCard,
    MultipleCustomerProfileIntegrationRequest,
    MultipleCustomerProfileIntegrationResponseV2,
    NewCustomerSessionV2,
    NewReferralsForMultipleAdvocates,
    NewReturn,
    Page,
    Referral,
    ReturnedCartItem,
    ReturnIntegrationRequest,
    SetDiscountEffectProps,
)
from tests.client.help import KEY, Shop, ok
from tests.support.coroutines import run

Row = LedgerTransactionLogEntryIntegrationAPI
Session = IntegrationCustomerSessionResponse

SESSION = calls.get_customer_session("s")
LIST = calls.get_loyalty_program_profile_transactions(1, "p")


def answer(request: httpx.Request) -> httpx.Response:
    return ok({"data": [{"id": 7}], "hasMore": False} if "transactions" in request.url.path else {"id": 7})


def test_builders() -> None:
    assert_type(SESSION, Call[Session])
    assert_type(LIST, Call[Page[Row]])
    assert_type(SESSION.with_key("mine"), Call[Session])


def test_the_client_that_waits() -> None:
    with Shop(answer).client() as client:
        assert_type(client, TalonClient)
        assert_type(client.get_customer_inventory("p"), CustomerInventory)
        assert_type(client.generate_loyalty_card(1, body=GenerateLoyaltyCard()), LoyaltyCard)
        assert_type(client.send(SESSION), Session)
        assert_type(client.fetch(SESSION), Answer[Session])
        assert_type(client.fetch(SESSION).value, Session)
        assert_type(client.send_all([SESSION]), list[Session | TalonError])
        assert_type(client.send_each([SESSION]), Generator[tuple[int, Session | TalonError], None, None])
        assert_type(client.iterate(LIST), Iteration[Row])
        assert_type(client.iterate(LIST).pages(), Generator[tuple[Row, ...], None, None])
        assert_type(list(client.iterate(LIST)), list[Row])
        assert_type(client.iterate(LIST).report, Report)
        assert_type(client.describe(SESSION), Description)
        assert_type(client.restricted(lambda _: True), TalonClient)
        assert [row.id for row in client.iterate(LIST)] == [7]


class Ours(TalonClient):
    name = ""


class AsyncOurs(AsyncTalonClient):
    name = ""


def test_a_client_of_ones_own_stays_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALON_BASE_URL", "http://localhost:1")
    monkeypatch.setenv("TALON_API_KEY", KEY)
    ours = Ours.from_env()
    assert_type(ours, Ours)
    ours.name = "checkout"
    with ours as entered:
        assert_type(entered, Ours)
        view = entered.restricted(lambda _: False)
        assert_type(view, Ours)
        assert type(view) is Ours
        assert view.name == "checkout"
        with pytest.raises(NotAllowed):
            view.send(SESSION)
        view.name = "another"
        assert ours.name == "checkout"

    async def story() -> None:
        async with AsyncOurs.from_env() as entered:
            assert_type(entered, AsyncOurs)
            entered.name = "checkout"
            assert entered.restricted(lambda _: True).name == "checkout"

    run(story())


EVENT = IntegrationEventV2Request(profile_id="p", type="review")
EVENT_3 = IntegrationEventV3Request(profile_id="p", type="review", integration_id="e")
MANY = MultipleCustomerProfileIntegrationRequest()
REFERRALS = NewReferralsForMultipleAdvocates(
    campaign_id=1, advocate_profile_integration_ids=["p"], usage_limit=1
)


def test_answers_that_may_be_empty() -> None:
    with Shop(httpx.Response(204)).client() as client:
        assert_type(client.track_event_v2(body=EVENT), IntegrationEventV2Response | None)
        assert_type(client.track_event_v3(body=EVENT_3), IntegrationEventV3Response | None)
        assert_type(
            client.update_customer_profiles_v2(body=MANY), MultipleCustomerProfileIntegrationResponseV2 | None
        )
        assert_type(client.create_referrals_for_multiple_advocates(body=REFERRALS), Page[Referral] | None)
        assert_type(client.send(calls.delete_audience_v2(1)), None)
        client.delete_audience_v2(1)


def test_bodies_take_what_the_guides_give_them() -> None:
    cart = NewCustomerSessionV2(
        profile_id="p",
        cart_items=[
            CartItem(sku="a", quantity=1, price="19.90", catalog_item_id=3),
            CartItem(sku="b", quantity=1, price=19.9, additional_costs={"shipping": AdditionalCost(price=4)}),
            CartItem(sku="c", quantity=1, price=Decimal("19.90"), weight=300, attributes={"Color": "red"}),
        ],
    )
    request = IntegrationRequest(customer_session=cart, response_content=["customerSession"])
    lines = json.loads(request.to_json())["customerSession"]["cartItems"]
    assert [line["price"] for line in lines] == [19.9, 19.9, 19.9]
    items = NewReturn(returned_cart_items=[ReturnedCartItem(position=0, quantity=1)])
    assert ReturnIntegrationRequest(return_=items).return_ == items


def test_effects_by_type() -> None:
    effect = Effect(effect_type="setDiscount", props={"name": "Ten off", "value": 10})
    assert_type(effect.typed, EffectProps | None)
    match effect.typed:
        case SetDiscountEffectProps() as discount:
            assert_type(discount.value, Decimal | None)
        case _:
            pytest.fail("a discount is known")


def test_the_client_of_coroutines() -> None:
    async def story() -> None:
        http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with AsyncTalonClient("http://localhost:1", KEY, http=http) as client:
            assert_type(client, AsyncTalonClient)
            assert_type(await client.get_customer_inventory("p"), CustomerInventory)
            assert_type(await client.generate_loyalty_card(1, body=GenerateLoyaltyCard()), LoyaltyCard)
            assert_type(await client.send(SESSION), Session)
            assert_type(await client.track_event_v2(body=EVENT), IntegrationEventV2Response | None)
            assert_type(await client.fetch(SESSION), Answer[Session])
            assert_type((await client.fetch(SESSION)).value, Session)
            assert_type(await client.send_all([SESSION]), list[Session | TalonError])
            assert_type(client.send_each([SESSION]), AsyncGenerator[tuple[int, Session | TalonError], None])
            assert_type(client.iterate(LIST), AsyncIteration[Row])
            assert_type(client.iterate(LIST).pages(), AsyncGenerator[tuple[Row, ...], None])
            assert_type([row async for row in client.iterate(LIST)], list[Row])
            assert_type(client.iterate(LIST).report, Report)
            assert_type(client.describe(SESSION), Description)
            assert_type(client.restricted(lambda _: True), AsyncTalonClient)
            # A method is a coroutine, so that it can be a task of its own.
            task = asyncio.create_task(client.get_customer_session("s"))
            assert_type(await task, Session)
            both = await asyncio.gather(client.get_customer_session("s"), client.get_customer_inventory("p"))
            assert_type(both, tuple[Session, CustomerInventory])
            assert [row.id async for row in client.iterate(LIST)] == [7]

    run(story())


def test_what_a_type_checker_refuses() -> None:
    """Each `type: ignore` is needed: mypy complains of those that are not."""
    with pytest.raises(AttributeError, match="no attribute 'AsyncTalonKlient'"):
        talon_client.AsyncTalonKlient  # type: ignore[attr-defined]  # noqa: B018
    with Shop(answer).client() as client, pytest.raises(ValueError, match="not a paged list"):
        client.iterate(SESSION)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        client.get_customer_session("s", unknown=True)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="must be text"):
        calls.get_customer_session(7)  # type: ignore[arg-type]
