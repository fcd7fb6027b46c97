"""A code as the wallet of a holder shows it."""

from desk.insight.coupons import Seen, seen
from desk.insight.investigation import Answers, Ask, conclude
from talon_client import NotFound, calls
from talon_client.models import CustomerInventory

CALL = Ask(calls.get_customer_inventory("maria", coupons=True))
WALLET = CustomerInventory.model_validate(
    {
        "coupons": [
            {"value": "OTHER", "state": "used"},
            {"value": "SUMMER", "state": "active", "usageCounter": 1, "usageLimit": 3},
        ]
    }
)


def test_the_row_of_that_code_and_no_other() -> None:
    found = conclude(seen("SUMMER", "maria"), Answers({CALL: WALLET}))
    assert found.entry is not None
    assert (found.entry.code, found.entry.state, found.entry.used) == ("SUMMER", "active", 1)


def test_a_wallet_that_does_not_show_it() -> None:
    assert conclude(seen("WINTER", "maria"), Answers({CALL: WALLET})) == Seen("maria")


def test_a_wallet_that_cannot_be_read_is_said_not_guessed() -> None:
    error = NotFound("404", status=404)
    assert conclude(seen("SUMMER", "maria"), Answers({CALL: error})).error is error
