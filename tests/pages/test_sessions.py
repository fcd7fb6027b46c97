"""The session page and a customer's sessions: what they say, for every state, and when there is nothing to say."""

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from talon_client import TalonClient
from talon_client.models import IntegrationRequest
from talon_sandbox import Sandbox
from tests.pages.conftest import Open, headline, text_of

SESSION = "pages/thing/session.py"
ORDERS = "pages/customer/orders.py"
AWKWARD = "acme/100%?#..&+;= q🎉"


def pressed(at: AppTest, label: str) -> AppTest:
    """The page after that button."""
    return next(each for each in at.button if each.label.replace("\\", "") == label).click().run()


def box(at: AppTest) -> TextInput:
    """Where another session id is typed."""
    return next(each for each in at.text_input if each.label == "Session or order id")


def as_role(at: AppTest, role: str) -> AppTest:
    """The page as another role sees it."""
    at.radio(key="desk-role").set_value(
        next(each for each in at.radio(key="desk-role").options if each == role)
    )
    return at.run()


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ("ORD-10061", "Partly returned: 2 of 5 items came back"),
        ("ORD-10052", "the order of sven.cancelled was called off"),
        ("ORD-10081", "Open: ines.open would pay"),
        ("ORD-10071", "nothing is proposed yet"),
        ("ORD-10091", "anna.wallet paid €44.91 and earned 499 points"),
        ("ORD-10102", "1,179 points in Points club and 117.9 in Store card"),
    ],
)
def test_the_answer_names_the_state_the_money_and_the_points(
    open_page: Open, session: str, said: str
) -> None:
    assert said in headline(open_page(SESSION, session=session))


def test_effects_are_sentences_with_the_apis_word_beside_them(open_page: Open) -> None:
    text = text_of(open_page(SESSION, session="ORD-10091"))
    assert "€4.99 off the order: “Code: 10 % off”" in text
    assert "setDiscount" in text
    assert "Coupon “USED10-ANNA” accepted" in text


def test_refused_codes_say_why_and_what_to_do(open_page: Open) -> None:
    text = text_of(open_page(SESSION, session="ORD-10095"))
    assert "VIP20-ANNA was refused" in text
    assert "CouponReservationRequired" in text
    assert "Reserve it for this customer" in text


def test_what_came_back_cannot_be_chosen_again(open_page: Open) -> None:
    at = open_page(SESSION, session="ORD-10061")
    assert [each.max for each in at.number_input] == [2, 1]
    assert "Came back so far: 1 × T-shirt, organic and 1 × City sneaker." in text_of(at)


def test_a_forged_quantity_is_refused_before_anything_is_planned(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(SESSION, session="ORD-10061")
    at.number_input[0].set_value(3)
    at.run()
    assert not [each for each in at.button if each.label.startswith("Return 3") and not each.disabled]
    assert not sandbox.requests("return_cart_items")


def test_each_way_back_says_why_it_is_not_possible(open_page: Open) -> None:
    text = text_of(open_page(SESSION, session="ORD-10052"))
    assert "Items can be returned from a closed session only." in text
    assert "A cancelled session stays cancelled." in text
    assert text.count("Not possible now") == 3


def test_todays_rules_are_tried_only_when_asked_and_keep_nothing(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(SESSION, session="ORD-10091")
    assert not sandbox.requests("update_customer_session_v2")
    text = text_of(pressed(at, "Try it on today's rules"))
    assert "Today's rules would give it something else." in text
    assert "USED10-ANNA was refused" in text
    assert "This very order has used it up" in text
    asked = sandbox.requests("update_customer_session_v2")
    assert [each["dry"] for each in asked] == [True]
    at.run()
    assert "Today's rules would give it something else." in text_of(at), "the finding is gone after a rerun"
    assert len(sandbox.requests("update_customer_session_v2")) == 1


def test_a_viewer_reads_and_is_offered_nothing(open_page: Open, sandbox: Sandbox) -> None:
    at = as_role(open_page(SESSION, session="ORD-10091"), "Viewer")
    labels = [each.label.replace("\\", "") for each in at.button if not each.disabled]
    assert not [label for label in labels if label.startswith(("Return ", "Reopen", "Cancel", "Try it"))]
    assert "As viewer you may look, but not change anything." in text_of(at)
    assert "which your role may not make" in text_of(at)


@pytest.mark.parametrize(
    ("session", "said"),
    [("ORD-99999", "No such session here"), ("..", "This cannot be a session id")],
)
def test_an_id_that_leads_nowhere_is_kept(open_page: Open, session: str, said: str) -> None:
    at = open_page(SESSION, session=session, customer="maria.pending")
    assert headline(at) == said
    assert box(at).value == session


def test_an_api_that_fails_is_not_a_missing_session(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("get_customer_session", ["html"] * 9)
    at = open_page(SESSION, session="ORD-10061")
    assert headline(at) == "This session could not be looked up"
    assert len(at.title) == 1
    assert box(at).value == "ORD-10061"
    sandbox.run(lambda shell: shell.faults.clear())
    assert "Partly returned" in headline(pressed(at, "Try again"))


def test_any_id_opens(open_page: Open, sandbox: Sandbox) -> None:
    cart = {
        "state": "closed",
        "cartItems": [{"name": "*Mug* ![x](http://x)", "sku": "M", "quantity": 1, "price": 9}],
    }
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        client.update_customer_session_v2(
            AWKWARD, body=IntegrationRequest.model_validate({"customerSession": cart})
        )
    at = open_page(SESSION, session=AWKWARD)
    assert "a customer without a profile paid €9.00 and earned no points" in headline(at)
    assert at.code[0].value == AWKWARD
    assert "*Mug* ![x](http://x)" in text_of(at)


def test_an_id_of_ten_thousand_characters_is_said_and_kept(open_page: Open) -> None:
    at = open_page(SESSION, session="x" * 10_000)
    assert headline(at) == "This cannot be a session id"
    assert at.code[0].value == "x" * 10_000


def test_no_session_says_what_to_paste(open_page: Open) -> None:
    assert headline(open_page(SESSION)) == "No session is open"


def test_sessions_of_a_customer_come_from_the_ledgers(open_page: Open) -> None:
    at = open_page(ORDERS, customer="sven.cancelled")
    assert headline(at) == "2 sessions are known from points"
    rows = at.dataframe[0].value
    assert list(rows["Session"].str.removesuffix(" ›")) == ["ORD-10052", "ORD-10051"]
    assert [each[0] for each in rows["State"]] == ["Cancelled", "Closed"]
    assert "an order that moved no points is not here" in text_of(at)


def test_only_the_newest_ten_are_read(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(ORDERS, customer="ivan.archive")
    assert headline(at) == "40 sessions are known from points"
    assert len(sandbox.requests("get_customer_session")) == 10
    assert "Not read" in [each[0] for each in at.dataframe[0].value["State"]]


def test_a_session_of_another_holder_is_told_apart(open_page: Open) -> None:
    at = open_page(ORDERS, customer="lars.shared")
    assert headline(at) == "1 session is known from points"
    assert any("of lena.shared" in each for each in at.dataframe[0].value["Ledger"])


def test_another_session_opens_with_the_customer_kept(open_page: Open) -> None:
    at = open_page(ORDERS, customer="zoe.new")
    assert headline(at) == "No session is known for this customer"
    box(at).set_value("ORD-10061")
    at = pressed(at, "Open the session")
    assert "Partly returned" in headline(at)
    assert at.query_params["customer"] == "zoe.new"
