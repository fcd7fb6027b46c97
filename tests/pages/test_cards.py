"""Cards: a customer's cards, one card with its ledger, and what is said of cards that nobody can use."""

from desk.guard import Role
from talon_sandbox import Sandbox
from tests.pages.conftest import Open, headline, text_of
from tests.pages.test_points import labelled

CARD = "pages/thing/card.py"
MEMBERSHIPS = "pages/customer/memberships.py"


def test_one_card_shows_its_points_its_holders_and_the_room_left(open_page: Open) -> None:
    at = open_page(CARD, card="CARD-1001", program="2")
    assert headline(at) == "192.8 points can be spent now."
    assert "2 of 5 customers linked, 3 more may be." in text_of(at)
    assert list(at.dataframe[0].value["Customer"]) == ["lena.shared ›", "lars.shared ›"]
    assert "adds up to this balance" in text_of(at)


def test_a_card_at_its_limit_offers_no_link(open_page: Open) -> None:
    at = open_page(CARD, card="CARD-1002", program="2", customer="lena.shared")
    assert "the card is at its limit" in text_of(at)
    assert at.button(key="desk-change-card-link-begin").disabled


def test_a_blocked_card_says_so_first(open_page: Open) -> None:
    at = open_page(CARD, card="CARD-1003")
    assert headline(at) == "This card is blocked: its points cannot be used."
    assert "Left on it" in [each.label for each in at.metric]


def test_the_hand_over_of_a_lost_card_names_card_program_and_holders(open_page: Open) -> None:
    at = open_page(CARD, card="CARD-1001", program="2")
    handed = at.code[-1].value
    assert "Lost card: CARD-1001" in handed
    assert "Customers: lena.shared, lars.shared" in handed


def test_an_unknown_card_keeps_its_number(open_page: Open) -> None:
    at = open_page(CARD, card="NOPE-1", program="2")
    assert headline(at) == "There is no card “NOPE-1” in Store card"
    assert labelled(at.text_input, "Card number").value == "NOPE-1"


def test_a_card_that_could_not_be_looked_up_is_not_unknown(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("get_loyalty_card_balances", ["500", "500", "500"])
    at = open_page(CARD, card="CARD-1001", program="2")
    assert headline(at) == "This card could not be looked up"


def test_without_a_card_one_can_be_looked_up(open_page: Open) -> None:
    at = open_page(CARD)
    assert headline(at) == "No card is open"
    labelled(at.text_input, "Card number").set_value(" CARD-1001 ")
    at.button(key="card-look-up-sent").click().run()
    assert headline(at) == "192.8 points can be spent now."


def test_a_customers_cards(open_page: Open) -> None:
    at = open_page(MEMBERSHIPS, customer="lena.shared")
    assert headline(at) == "192.8 points can be spent with card CARD-1001."
    assert list(at.dataframe[0].value["Holders"]) == ["2 of 5"]


def test_a_card_that_is_held_already_is_not_linked_again(open_page: Open) -> None:
    at = open_page(MEMBERSHIPS, customer="lena.shared")
    at.text_input(key="memberships-link-lena.shared").set_value("CARD-1001").run()
    assert at.button(key="desk-change-memberships-link-begin").disabled
    assert "linked to this card already" in text_of(at)


def test_a_viewer_is_told_why_nothing_can_be_changed(open_page: Open) -> None:
    at = open_page(MEMBERSHIPS, customer="lena.shared")
    at.radio(key="desk-role").set_value(Role.VIEWER).run()
    assert not [each for each in at.button if "desk-change" in str(each.key)]
    assert "As viewer you may look, but not change anything." in text_of(at)
