"""Effects by type: what is known is typed, what is not stays as it was sent."""

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_client.models import AddLoyaltyPointsEffectProps, Effect, SetDiscountEffectProps
from talon_client.models.effect_props import PROPS, UpdateAttributeEffectProps
from tests.client.documents import document


def effect(kind: str | None, props: Any) -> Effect:
    return Effect.model_validate_json(json.dumps({"effectType": kind, "props": props}))


def test_a_known_effect_is_typed() -> None:
    match effect("setDiscount", {"name": "Ten off", "value": 10.25, "scope": "sessionTotal"}).typed:
        case SetDiscountEffectProps(name=name, value=value, scope=scope):
            assert (name, value, scope) == ("Ten off", Decimal("10.25"), "sessionTotal")
        case other:
            pytest.fail(f"{other!r} is no discount")


@pytest.mark.parametrize("kind", PROPS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_props_of_every_type_are_read_with_fields_added_missing_or_null(
    kind: str, data: st.DataObject
) -> None:
    sent = data.draw(document(PROPS[kind]))
    found = effect(kind, sent)
    assert type(found.typed) is PROPS[kind]
    assert set(found.typed.model_extra or {}) == {name for name in sent if name.startswith("x")}
    assert set(found.props) == set(sent)


@pytest.mark.parametrize("kind", ["aNewEffect", "", None])
def test_an_unknown_effect_keeps_its_props(kind: str | None) -> None:
    found = effect(kind, {"some": ["thing"]})
    assert found.typed is None
    assert found.props == {"some": ["thing"]}


def test_props_that_are_not_as_documented_stay_as_sent() -> None:
    found = effect("addLoyaltyPoints", {"value": "many", "programId": 1})
    assert found.typed is None
    assert found.number("programId") == 1


def test_both_spellings_are_read() -> None:
    for kind in ("updateAttribute", "set"):
        assert effect(kind, {"path": "Profile.Level", "value": 3}).typed == UpdateAttributeEffectProps(
            path="Profile.Level", value=3
        )


def test_reading_by_type_changes_nothing_about_the_effect() -> None:
    found = effect("addLoyaltyPoints", {"value": 5, "subLedgerId": ""})
    before = found.model_copy()
    assert isinstance(found.typed, AddLoyaltyPointsEffectProps)
    assert found == before
    copied = found.model_copy(update={"props": {"value": 7}})
    assert copied.typed == AddLoyaltyPointsEffectProps(value=Decimal(7))


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, "NaN", "sNaN", "1e999999", "-1e-999999", "x", True]
)
def test_what_is_no_number_is_none(value: Any) -> None:
    found = Effect(effect_type="setDiscount", props={"value": value})
    assert found.number("value") is None
    assert found.text("value") == str(value)
