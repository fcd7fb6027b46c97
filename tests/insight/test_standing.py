"""What still stands of an order: awards after their rollbacks, and the units of a line that came back."""

from decimal import Decimal

import pytest

from desk.insight.standing import returned_units, standing
from talon_client.models import CartItemEntry, Effect


@pytest.mark.parametrize(
    ("line", "units"),
    [
        ({"quantity": 3, "returnedQuantity": 1}, 1),
        ({"quantity": 3, "remainingQuantity": 1}, 2),
        ({"quantity": 3, "returnedQuantity": 0, "remainingQuantity": 1}, 0),
        ({"quantity": 3, "remainingQuantity": 5}, 0),
        ({"quantity": 3}, None),
    ],
)
def test_returned_units_come_from_either_figure(line: dict[str, int], units: int | None) -> None:
    assert returned_units(CartItemEntry.model_validate(line)) == units


def test_a_value_that_is_no_number_takes_nothing_and_breaks_nothing() -> None:
    award = Effect(effect_type="addLoyaltyPoints", props={"programId": 1, "value": 10})
    odd = Effect(effect_type="rollbackAddedLoyaltyPoints", props={"programId": 1, "value": float("nan")})
    assert [each.number("value") for each in standing((award, odd))] == [Decimal(10)]
