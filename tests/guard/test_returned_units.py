"""How many units of a line came back, as the write path reads it: from either figure of the API, or not known."""

from desk.guard import Change, Fact, ReturnedItem, ReturnItems
from desk.guard.change import Reading
from desk.guard.looking import run
from talon_client import TalonClient
from tests.guard.shop import Shop


def test_what_came_back_is_also_read_from_what_remains(shop: Shop) -> None:
    """Or the desk would take a return that happened for one that did not, and make it again."""
    shop.sessions["ORD-1"] |= {
        "state": "partially_returned",
        "cartItems": [
            {"position": 0, "sku": "TEA", "quantity": 3, "remainingQuantity": 2, "price": 5},
            {"position": 1, "sku": "CUP", "quantity": 1, "returnedQuantity": 1, "price": 5},
        ],
    }
    change = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=1),))
    before = look(shop, change)
    more = look(shop, ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=3),)))
    assert Fact("item.returned", ("0", "TEA"), 1) in before.facts
    assert [note.code for note in more.blocks] == ["more_than_left"]
    shop.sessions["ORD-1"]["cartItems"][0]["remainingQuantity"] = 1
    after = look(shop, change)
    assert after.fingerprint != before.fingerprint
    assert change.proof(before.fingerprint, after.fingerprint).value == "applied"
    assert change.proof(before.fingerprint, before.fingerprint).value == "not_applied"


def test_nothing_is_claimed_of_a_line_that_the_api_says_nothing_about(shop: Shop) -> None:
    shop.sessions["ORD-1"] |= {"cartItems": [{"position": 0, "sku": "TEA", "quantity": 3, "price": 5}]}
    change = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=2),))
    assert Fact("item.returned", ("0", "TEA"), 0) in look(shop, change).facts, (
        "it is closed: nothing came back"
    )
    shop.sessions["ORD-1"]["state"] = "partially_returned"
    reading = look(shop, change)
    assert [fact.topic for fact in reading.facts] == ["session.state"]
    assert change.proof(reading.fingerprint, reading.fingerprint).value == "unclear"


def look(shop: Shop, change: Change) -> Reading:
    """The shop's session as the change reads it."""
    with TalonClient("http://127.0.0.1:1", "demo-key", http=shop.http()) as client:
        return run(change.look(), client)
