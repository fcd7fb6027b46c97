"""What became of a change, on the page where it was confirmed: seen, true, and not outlived by what undid it."""

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from desk.guard import EraseCustomer, Guard, LinkCard, ReserveCoupon
from desk.ui.escape import shown
from talon_client import NotAllowed, TalonClient
from talon_client.models import ReturnIntegrationRequest
from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, Open, connection, headline, text_of
from tests.pages.test_audit import SUPERVISOR, everything, guard_of
from tests.pages.test_points import labelled
from tests.pages.test_sessions import as_role, pressed
from tests.support.surroundings import ROOT

OVERVIEW, WALLET, CARD = "pages/customer/overview.py", "pages/customer/wallet.py", "pages/thing/card.py"
COUPON, SESSION = "pages/thing/coupon.py", "pages/thing/session.py"
CODE = "WELCOME10-ANNA"
BROKEN = "Something in the desk itself is broken"


def chosen(at: AppTest, key: str) -> AppTest:
    """The open dialog's button, with a reason where one is wanted."""
    for each in at.button_group:
        if each.key == f"desk-confirm-{key}-code":
            each.set_value("goodwill")
    return at.button(key=f"desk-confirm-{key}-yes").click().run()


def erased(at: AppTest, customer: str) -> AppTest:
    """That customer, erased by hand on their page."""
    pressed(at, "Erase this customer's data …")
    at.text_input(key="desk-confirm-erase-typed").set_value(customer)
    return chosen(at, "erase")


def reserved(open_page: Open, customer: str = "maria.pending") -> AppTest:
    """Their wallet after a code was reserved there."""
    at = as_role(open_page(WALLET, customer=customer), "Supervisor")
    at.text_input(key=f"reserve-code-{customer}").set_value(CODE).run()
    pressed(at, "Reserve for this customer")
    return chosen(at, "reserve")


def released(at: AppTest) -> AppTest:
    """The wallet after the code was released there."""
    at.selectbox(key="release-code").set_value(CODE).run()
    pressed(at, f"Release {CODE}")
    return chosen(at, "release")


def test_an_erasure_shows_its_outcome_and_leads_to_what_remains(open_page: Open) -> None:
    at = as_role(open_page(OVERVIEW, customer="tom.expired"), "Supervisor")
    erased(at, "tom.expired")
    assert headline(at)
    assert BROKEN not in text_of(at)
    assert "Customer data erased: Done" in text_of(at)
    receipt = guard_of(at).recent("shop")[0]
    assert receipt.erased
    assert any(f"receipt={receipt.id}" in str(each.query_string) for each in at.page_link)
    at.run()
    assert "Customer data erased: Done" in text_of(at)
    assert "Its data was erased on request" in text_of(
        open_page("pages/change/receipt.py", receipt=receipt.id)
    )


def test_an_outcome_of_before_the_erasure_says_no_more_than_its_receipt(open_page: Open) -> None:
    at = reserved(open_page, "tom.expired")
    assert "Coupon reserved: Done" in text_of(at)
    at.switch_page(OVERVIEW).run()
    erased(at, "tom.expired")
    at.switch_page(WALLET).run()
    assert BROKEN not in text_of(at)
    assert "Its data was erased on request" in text_of(at)
    assert "This customer holds the code" not in everything(at)


def test_an_erasure_that_the_desk_did_not_finish_is_not_called_harmless(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise NotAllowed("The sign-in has ended.", operation="erase")

    monkeypatch.setattr(Guard, "erase", refused)
    at = as_role(open_page(OVERVIEW, customer="tom.expired"), "Supervisor")
    erased(at, "tom.expired")
    assert guard_of(at).recent("shop")[0].kind == EraseCustomer.kind
    text = text_of(at)
    assert "Nothing has changed" not in text
    assert "Customer data erased: Done" in text
    assert "this desk still holds its own records about this customer" in text


def test_a_release_is_seen_and_the_reservation_counts_as_taken_back(open_page: Open) -> None:
    at = released(reserved(open_page))
    text = text_of(at)
    assert "Reservation released: Done" in text
    assert "Coupon reserved: Done" not in text
    assert "Coupon reserved: Taken back on" in text


def test_the_release_of_the_last_code_is_seen_too(open_page: Open) -> None:
    at = released(reserved(open_page, "zoe.new"))
    assert not [each for each in at.selectbox if each.key == "release-code"]
    assert "Reservation released: Done" in text_of(at)
    assert "Coupon reserved: Done" not in text_of(at)


def test_on_a_coupon_s_page_the_release_from_its_last_holder_is_seen(open_page: Open) -> None:
    at = open_page("pages/thing/coupon.py", code="VIP20-ANNA")
    pressed(at, "Release the reservation")
    chosen(at, "release")
    assert headline(at) == "The code exists, nobody holds it"
    assert "Reservation released: Done" in text_of(at)


def test_taking_a_customer_off_a_card_takes_the_linking_back(open_page: Open) -> None:
    at = as_role(open_page(CARD, card="CARD-1001", program="2", customer="zoe.new"), "Supervisor")
    pressed(at, "Link this customer")
    chosen(at, "card-link")
    assert "Card linked: Done" in text_of(at)
    labelled(at.selectbox, "Customer to take off").set_value("zoe.new").run()
    pressed(at, "Take off this customer")
    chosen(at, "card-unlink")
    text = text_of(at)
    assert "Customer taken off the card: Done" in text
    assert "Card linked: Done" not in text
    assert "Card linked: Taken back on" in text


def test_the_dialogs_of_the_wallet_name_the_customer(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles: list[str] = []
    dialog = st.dialog

    def noted(title: str, **given: Any) -> Any:
        titles.append(shown(title))
        return dialog(title, **given)

    monkeypatch.setattr(st, "dialog", noted)
    at = reserved(open_page)
    released(at)
    assert titles[0] == f"Reserve {CODE} for maria.pending"
    assert titles[-1] == f"Release {CODE} of maria.pending"


@pytest.mark.parametrize("page", ["wallet", "coupon"])
def test_who_holds_a_code_already_is_said_before_it_is_reserved(open_page: Open, page: str) -> None:
    if page == "wallet":
        at = open_page(WALLET, customer="zoe.new")
        at.text_input(key="reserve-code-zoe.new").set_value("VIP20-ANNA").run()
        pressed(at, "Reserve for this customer")
    else:
        at = open_page("pages/thing/coupon.py", code="VIP20-ANNA", customer="zoe.new")
        pressed(at, "Reserve the code")
    assert "Somebody else holds this code already: anna.wallet." in text_of(at)


def test_of_many_holders_a_few_are_named(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.ui.coupon_view.NAMED", 1)
    at = open_page("pages/thing/coupon.py", code="VIP20-ANNA", customer="maria.pending")
    guard = guard_of(at)
    plan = guard.plan("shop", SUPERVISOR, ReserveCoupon(code="VIP20-ANNA", profile_id="zoe.new"))
    guard.confirm(plan.id, SUPERVISOR, digest=guard.preview(plan.id, SUPERVISOR).digest)
    pressed(at, "Reserve the code")
    assert "2 others hold this code already: anna.wallet and 1 more." in text_of(at)


def test_the_box_for_the_id_is_named_without_markdown(open_page: Open) -> None:
    at = as_role(open_page(OVERVIEW, customer="tom.expired"), "Supervisor")
    pressed(at, "Erase this customer's data …")
    assert at.text_input(key="desk-confirm-erase-typed").label == "Type the id to confirm"
    assert "To confirm, type tom.expired" in text_of(at).replace("*", "")


def test_recent_changes_say_for_whom(open_page: Open) -> None:
    at = open_page("pages/change/recent.py")
    guard = guard_of(at)
    plan = guard.plan("shop", SUPERVISOR, LinkCard(program_id=2, card_id="CARD-1001", profile_id="zoe.new"))
    guard.confirm(plan.id, SUPERVISOR, digest=guard.preview(plan.id, SUPERVISOR).digest)
    at.run()
    assert list(at.dataframe[0].value["Customer"]) == ["zoe.new"]  # not those who were linked before


def test_what_was_typed_to_confirm_stands_again_after_a_stale_preview(
    open_page: Open, sandbox: Sandbox
) -> None:
    at = as_role(open_page(SESSION, session="ORD-10061"), "Supervisor")
    at.number_input[0].set_value(1).run()
    pressed(at, "Return 1 item …")
    said = {"desk-confirm-return-reason": "the parcel was damaged", "desk-confirm-return-ticket": "T-4711"}
    for key, text in said.items():
        at.text_input(key=key).set_value(text)
    with TalonClient(sandbox.url, sandbox.api_key) as shop:
        another = {"return": {"returnedCartItems": [{"position": 2, "quantity": 1}]}}
        shop.return_cart_items("ORD-10061", body=ReturnIntegrationRequest.model_validate(another))
    chosen(at, "return")
    pressed(at, "Look at the new preview")
    assert {key: at.text_input(key=key).value for key in said} == said
    assert at.button_group(key="desk-confirm-return-code").value == "goodwill"
    chosen(at, "return")
    assert "Items returned: Done" in text_of(at)
    at.number_input[0].set_value(1).run()
    pressed(at, "Return 1 item …")
    assert not at.text_input(key="desk-confirm-return-reason").value, "it was the reason of what is done"


def test_the_box_for_a_customer_is_about_the_code_and_the_customer_who_are_open(open_page: Open) -> None:
    at = open_page(COUPON, code="VIP20-ANNA", customer="zoe.new")
    at.query_params.update({"code": CODE, "customer": "maria.pending"})
    at.run()
    assert labelled(at.text_input, "Customer id").value == "maria.pending"
    pressed(at, "Reserve the code")
    assert f"Reserve {CODE} for maria.pending" in [each.label.replace("\\", "") for each in at.button]


def test_an_erasure_is_seen_in_every_application_at_once(sandbox: Sandbox) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.secrets["connections"] = {"shop": connection(sandbox), "second": connection(sandbox)}
    at.run()
    as_role(at, "Supervisor")
    at.query_params.update({"application": "second", "customer": "tom.expired"})
    at.switch_page(OVERVIEW).run()
    assert [each for each in at.button if each.label.startswith("Show")]
    at.query_params.update({"application": "shop"})
    erased(at.run(), "tom.expired")
    assert "Customer data erased: Done" in text_of(at)
    at.query_params.update({"application": "second"})
    at.run()
    assert headline(at)
    assert not [each for each in at.button if each.label.startswith("Show")]


def test_what_was_chosen_by_the_very_click_is_what_is_meant(open_page: Open) -> None:
    """Streamlit sends a box that is left by pressing the button together with the press."""
    at = as_role(open_page(CARD, card="CARD-1001", program="2", customer="lena.shared"), "Supervisor")
    labelled(at.selectbox, "Customer to take off").set_value("lars.shared")
    pressed(at, "Take off this customer")
    assert "Take lars.shared off the card" in [each.label.replace("\\", "") for each in at.button]
    assert at.session_state["desk-change-card-unlink"].change.profile_id == "lars.shared"


def test_nobody_is_meant_before_one_of_several_is_chosen(open_page: Open) -> None:
    at = as_role(open_page(CARD, card="CARD-1001", program="2"), "Supervisor")
    assert labelled(at.selectbox, "Customer to take off").value is None
    assert "Choose the customer first." in text_of(at)
    assert at.button(key="desk-change-card-unlink-begin").disabled


def test_what_was_taken_out_by_the_very_click_begins_nothing(open_page: Open) -> None:
    at = as_role(open_page(CARD, card="CARD-1001", program="2", customer="zoe.new"), "Supervisor")
    labelled(at.text_input, "Customer id").set_value("")
    pressed(at, "Link this customer")
    assert "desk-change-card-link" not in at.session_state
    assert not at.get("dialog")
