"""Sessions made by hand."""

from typing import Any

from desk.insight.sessions import SessionView, session_view
from talon_client.models import Effect, IntegrationCustomerSessionResponse
from tests.insight.help import day

ITEMS = [
    {"sku": "SHOE", "name": "Shoes", "quantity": 2, "price": 50, "category": "shoes", "position": 0},
    {
        "sku": "SOCK",
        "quantity": 3,
        "price": 5.5,
        "position": 1,
        "returnedQuantity": 1,
        "remainingQuantity": 2,
    },
]


def answered(
    state: str = "closed", effects: tuple[Effect, ...] = (), items: Any = None, **more: Any
) -> IntegrationCustomerSessionResponse:
    """A session as the API answers it."""
    session = {
        "integrationId": "ORD-1",
        "state": state,
        "profileId": "maria",
        "cartItems": ITEMS if items is None else items,
        "total": 116.5,
        "cartItemTotal": 111.5,
        "additionalCostTotal": 5,
        "additionalCosts": {"shipping": {"price": 5}},
        "created": day(-20).isoformat(),
        "updated": day(-10).isoformat(),
        **more,
    }
    answer = IntegrationCustomerSessionResponse.model_validate({"customerSession": session})
    return answer.model_copy(update={"effects": effects})


def view(
    state: str = "closed", effects: tuple[Effect, ...] = (), items: Any = None, **more: Any
) -> SessionView:
    """A session as the desk reads it."""
    return session_view("ORD-1", answered(state, effects, items, **more))
