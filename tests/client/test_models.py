"""Models: tolerant when reading, strict when sending."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from talon_client import OPERATIONS, models
from talon_client.models import (
    AttributeQuery,
    CartItem,
    CartItemEntry,
    CatalogActionFilter,
    CatalogSyncRequest,
    CouponReservations,
    CustomerInventory,
    CustomerProfile,
    CustomerProfileIntegrationRequestV2,
    CustomerSessionV2,
    Effect,
    GenerateLoyaltyCard,
    IntegrationEventV2Request,
    IntegrationEventV3Request,
    IntegrationRequest,
    IntegrationStateV2,
    LedgerTransactionLogEntryIntegrationAPI,
    LoyaltyCardRegistration,
    NewCustomerSessionV2,
    NewReturn,
    Page,
    RemoveManyItems,
    RemoveManyItemsCatalogAction,
    ReturnedCartItem,
    ReturnIntegrationRequest,
    Tier,
)
from tests.client.documents import document

PARIS = timezone(timedelta(hours=1))


def read(model: type[Any], text: str | bytes) -> Any:
    return TypeAdapter(model).validate_json(text)


ANSWERS: list[Any] = list(
    dict.fromkeys(operation.response for operation in OPERATIONS.values() if operation.response is not None)
)


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_answer_of_a_documented_shape_parses(answer: Any, data: st.DataObject) -> None:
    sent = data.draw(document(answer))
    value = read(answer, json.dumps(sent))
    if not isinstance(sent, dict):
        assert len(value) == len(sent)
        return
    for name in set(sent) - set(type(value).model_fields) - aliases(type(value)):
        assert name in (value.model_extra or {}), "an unknown field was dropped"


def aliases(model: Any) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_nothing_is_required(answer: Any) -> None:
    [answer] = get_args(answer)[:1] if get_origin(answer) is tuple else [answer]
    empty = read(answer, b"{}")
    nulls = dict.fromkeys(aliases(type(empty)))
    assert read(answer, json.dumps(nulls)) == empty
    for value in (getattr(empty, name) for name in type(empty).model_fields):
        assert value is None or len(value) == 0


def test_null_lists_and_maps_are_empty() -> None:
    state = read(
        IntegrationStateV2, b'{"effects": null, "customerSession": {"attributes": null, "cartItems": null}}'
    )
    assert state.effects == ()
    assert state.customer_session.attributes == {}
    assert state.customer_session.cart_items == ()


def test_unknown_fields_and_values_are_kept() -> None:
    tier = read(Tier, b'{"downgradePolicy": "sideways", "colour": {"name": "gold"}}')
    assert tier.downgrade_policy == "sideways"
    assert tier.model_extra == {"colour": {"name": "gold"}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-20T12:00:00Z", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20T12:00:00+01:00", datetime(2026, 11, 20, 12, tzinfo=PARIS)),
        ("2026-11-20T12:00:00.123456789Z", datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-20T12:00:00", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("2022-08-02T15:04:05Z07:00", "2022-08-02T15:04:05Z07:00"),
        ("immediate", "immediate"),
        ("on_action", "on_action"),
        ("unlimited", "unlimited"),
        ("2026-02-30T00:00:00Z", "2026-02-30T00:00:00Z"),
        ("", ""),
    ],
)
def test_timestamps_that_do_not_parse_stay_text(text: str, value: object) -> None:
    row = read(LedgerTransactionLogEntryIntegrationAPI, json.dumps({"startDate": text}))
    assert row.start_date == value
    assert type(row.start_date) is type(value)


@pytest.mark.parametrize(
    "text", ["0", "12.5", "-3", "0.1", "1234567.89", "1000", "9007199254740991", "1e+300"]
)
def test_points_and_money_are_exact(text: str) -> None:
    profile = read(CustomerProfile, f'{{"totalSales": {text}}}')
    assert profile.total_sales == Decimal(text)
    assert isinstance(profile.total_sales, Decimal)
    assert str(profile.total_sales).lower() == text


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", '"many"', "[1]"])
def test_what_is_no_number_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ValidationError):
        read(CustomerProfile, f'{{"totalSales": {text}}}')


def test_a_dump_gives_what_was_sent() -> None:
    sent = {"id": 7, "amount": 0.1, "startDate": "immediate", "expiryDate": "2026-01-31", "type": "sideways"}
    row = read(LedgerTransactionLogEntryIntegrationAPI, json.dumps(sent))
    assert row.model_dump(by_alias=True, exclude_unset=True) == sent
    assert (row.amount, row.expiry_date) == (Decimal("0.1"), datetime(2026, 1, 31, tzinfo=UTC))


def test_an_answer_cannot_be_changed() -> None:
    profile = CustomerProfile(integration_id="p")
    with pytest.raises(ValidationError, match="frozen"):
        profile.integration_id = "q"  # type: ignore[misc]


def test_answers_can_be_made_by_either_name() -> None:
    assert CustomerProfile(integration_id="p") == CustomerProfile.model_validate({"integrationId": "p"})


def test_both_envelopes_of_lists() -> None:
    assert read(Page[CustomerProfile], b'{"data": [{}], "hasMore": true}').has_more is True
    page = read(Page[CustomerProfile], b'{"data": null, "totalResultSize": 0}')
    assert (page.data, page.has_more, page.total_result_size) == ((), None, 0)


def test_keywords_have_other_names() -> None:
    state = read(
        IntegrationStateV2, b'{"return": {"id": 1, "returnedCartItems": [{"position": 0, "quantity": 1}]}}'
    )
    assert state.made_return.returned_cart_items[0].position == 0


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (5, Decimal(5), "5"),
        (0.1, Decimal("0.1"), "0.1"),
        ("7.5", Decimal("7.5"), "7.5"),
        ("many", None, "many"),
        (True, None, "True"),
        (None, None, None),
    ],
)
def test_props_of_an_effect(value: object, number: Decimal | None, text: str | None) -> None:
    effect = read(Effect, json.dumps({"effectType": "brandNew", "props": {"value": value}}))
    assert effect.number("value") == number
    assert effect.text("value") == text
    assert effect.text("absent") is effect.number("absent") is None


def test_a_block_that_was_not_asked_for_is_absent() -> None:
    inventory = read(CustomerInventory, b'{"coupons": []}')
    assert inventory.profile is None
    assert inventory.loyalty is None
    assert inventory.coupons == ()


# Requests


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (CustomerProfileIntegrationRequestV2, {"atributes": {}}),
        (NewCustomerSessionV2, {"state": "reopened"}),
        (NewCustomerSessionV2, {"loyalty_cards": ["a", "b"]}),
        (NewCustomerSessionV2, {"identifiers": ["x"] * 6}),
        (NewCustomerSessionV2, {"coupon_codes": ["x" * 101]}),
        (CartItem, {"sku": "", "quantity": 1}),
        (CartItem, {"sku": "a", "quantity": 0}),
        (CartItem, {"sku": "a", "quantity": 1, "price": "NaN"}),
        (CartItem, {"quantity": 1}),
        (NewReturn, {"returned_cart_items": []}),
        (ReturnedCartItem, {"position": -1}),
        (GenerateLoyaltyCard, {"card_identifier": ""}),
        (GenerateLoyaltyCard, {"card_identifier": "a.b"}),
        (GenerateLoyaltyCard, {"card_identifier": "x" * 109}),
        (GenerateLoyaltyCard, {"card_identifier": "abcd\n"}),
        (GenerateLoyaltyCard, {"card_identifier": "with space"}),
        (GenerateLoyaltyCard, {"status": "blocked"}),
        (LoyaltyCardRegistration, {"integration_id": ""}),
        (CouponReservations, {"integration_ids": ["p"] * 1001}),
        (IntegrationRequest, {}),
        (IntegrationEventV2Request, {"profile_id": "", "type": "visit"}),
        (IntegrationEventV3Request, {"profile_id": "", "type": "visit", "integration_id": "v1"}),
        (IntegrationRequest, {"customer_session": {}, "response_content": ["everything"]}),
    ],
)
def test_requests_refuse_what_the_api_would_refuse(model: type[Any], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        model(**values)


@pytest.mark.parametrize("identifier", ["a", "A-1", "x" * 108, "a.b%", "50%+@._-"])
def test_a_card_may_be_called_what_either_edition_allows(identifier: str) -> None:
    body = GenerateLoyaltyCard(card_identifier=identifier)
    assert json.loads(body.to_json()) == {"cardIdentifier": identifier}


def test_only_what_was_set_is_sent_by_its_wire_name() -> None:
    body = IntegrationRequest(
        customer_session=NewCustomerSessionV2(
            profile_id="p",
            coupon_codes=[],
            cart_items=[CartItem(sku="a", quantity=2, price=Decimal("9.90"), catalog_item_id=3)],
        ),
        response_content=["customerSession"],
    )
    assert json.loads(body.to_json()) == {
        "customerSession": {
            "profileId": "p",
            "couponCodes": [],
            "cartItems": [{"sku": "a", "quantity": 2, "price": 9.9, "catalogItemID": 3}],
        },
        "responseContent": ["customerSession"],
    }
    assert CustomerProfileIntegrationRequestV2().to_json() == b"{}"
    assert CouponReservations(integration_ids=["p"]).to_json() == b'{"integrationIDs":["p"]}'


def test_a_cart_that_was_read_can_be_sent_again_without_what_the_api_works_out() -> None:
    sent = {
        "sku": "a",
        "quantity": 2,
        "name": "Air Glide",
        "price": 90.5,
        "category": "shoes",
        "product": {"name": "Glide"},
        "weight": 1130,
        "attributes": {"Color": "red"},
        "additionalCosts": {"shipping": {"price": 9}},
        "catalogItemID": 3,
    }
    worked_out = {
        "position": 0,
        "returnedQuantity": 1,
        "remainingQuantity": 1,
        "prices": {"member": {"price": 90.5, "adjustmentEffectiveFrom": "2025-05-25T00:00:00Z"}, "base": {}},
        "selectedPriceType": "member",
        "adjustmentReferenceId": "68851723-e6fa-488f-ace9-112581e6c19b",
        "adjustmentEffectiveFrom": "2025-05-25T00:00:00Z",
        "adjustmentEffectiveUntil": None,
    }
    session = read(CustomerSessionV2, json.dumps({"cartItems": [sent | worked_out]}))
    [line] = session.cart_items
    again = CartItem.model_validate(line.model_dump(by_alias=True, exclude_unset=True))
    assert json.loads(again.to_json()) == sent
    assert (
        set(aliases(CartItem))
        == set(aliases(CartItemEntry))
        == set(sent)
        | set(worked_out)
        | {
            "height",
            "width",
            "length",
        }
    )


def test_requests_are_made_by_either_name() -> None:
    by_wire = ReturnIntegrationRequest.model_validate(
        {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    )
    by_name = ReturnIntegrationRequest(
        return_=NewReturn(returned_cart_items=[ReturnedCartItem(position=0, quantity=1)])
    )
    assert by_wire == by_name
    assert json.loads(by_name.to_json()) == {
        "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}
    }


def test_exact_numbers_in_attributes_are_numbers() -> None:
    attributes = {
        "weight": Decimal("1.50"),
        "count": Decimal("3.0"),
        "list": [Decimal("0.1"), "x"],
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "nothing": None,
        "place": {"lat": Decimal("52.5")},
    }
    assert json.loads(CustomerProfileIntegrationRequestV2(attributes=attributes).to_json()) == {
        "attributes": {
            "weight": 1.5,
            "count": 3,
            "list": [0.1, "x"],
            "when": "2026-01-01T00:00:00Z",
            "nothing": None,
            "place": {"lat": 52.5},
        }
    }


BEYOND = [
    float("nan"),
    float("inf"),
    float("-inf"),
    Decimal("NaN"),
    Decimal("sNaN"),
    Decimal("1e400"),
    10**400,
]


@pytest.mark.parametrize("number", BEYOND, ids=lambda number: str(number)[:9])
def test_a_number_that_json_has_no_word_for_is_refused_before_it_would_go_as_null(number: Any) -> None:
    for value in (number, [1, number], {"a": {"b": (number,)}}):
        for build in (
            lambda value: CustomerProfileIntegrationRequestV2(attributes={"x": value}),
            lambda value: AttributeQuery({"x": value}),
            lambda value: CatalogActionFilter(attr="x", op="EQ", value=value),
        ):
            with pytest.raises(ValidationError, match="a number must be finite"):
                build(value)
    with pytest.raises(ValidationError, match="finite"):
        CartItem(sku="a", quantity=1, price=number)


def test_numbers_at_the_edge_are_sent() -> None:
    largest = float.fromhex("0x1.fffffffffffffp+1023")
    assert json.loads(CartItem(sku="a", quantity=1, price=Decimal(largest)).to_json())["price"] == largest
    attributes = {"true": True, "large": 2**64, "small": Decimal("1e-400")}
    assert json.loads(AttributeQuery(attributes).to_json()) == {"true": True, "large": 2**64, "small": 0}


@pytest.mark.parametrize(
    ("value", "sent"),
    [(Decimal("12.50"), 12.5), ([Decimal(3), "x"], [3, "x"]), ("12.50", "12.50"), (None, None)],
)
def test_a_filter_of_a_catalog_compares_numbers_with_numbers(value: object, sent: object) -> None:
    filters = [CatalogActionFilter(attr="price", op="LT", value=value)]
    action = RemoveManyItems(payload=RemoveManyItemsCatalogAction(filters=filters))
    [sent_action] = json.loads(CatalogSyncRequest(actions=[action]).to_json())["actions"]
    assert sent_action["payload"]["filters"] == [{"attr": "price", "op": "LT", "value": sent}]


def test_everything_is_exported() -> None:
    rooms = [import_module(f"talon_client.models.{each.name}") for each in iter_modules(models.__path__)]
    ours = {
        name
        for room in rooms
        for name, value in vars(room).items()
        if isinstance(value, type)
        and value.__module__ == room.__name__
        and name[0] != "_"
        and "[" not in name
    }
    # A base of others, and a union of them.
    assert ours - {"Entity"} == set(models.__all__) - {"CatalogAction"}
    assert all(getattr(models, name) is not None for name in models.__all__)
    assert set(models.__all__) <= set(dir(models))
    with pytest.raises(AttributeError, match="Nothing"):
        models.Nothing  # noqa: B018
    for operation in OPERATIONS.values():
        assert operation.request is None or operation.request.__name__ in models.__all__
