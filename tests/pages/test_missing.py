"""Missing points: what the page says for every verdict, what proves it, the reply, and the ways that lead there."""

import re
from functools import partial
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from desk.ui.escape import shown
from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, Open, connection, headline, text_of
from tests.pages.test_sessions import as_role
from tests.support.surroundings import ROOT

MISSING = "pages/thing/missing.py"
SESSION = "pages/thing/session.py"
POINTS = "pages/customer/points.py"
VERDICTS = {
    # order, who asks: the answer, something that proves it, the reply
    "unknown": (
        "ORD-10701",
        "vera.unknown",
        "No order “ORD-10701” is known here",
        "",
        "We cannot find an order",
    ),
    "open": (
        "ORD-10081",
        "",
        "The order is still open",
        "Once closed it would bring 1,189.5 points",
        "not completed yet",
    ),
    "cancelled": (
        "ORD-10052",
        "",
        "The 850 points of this order were taken back",
        "The order was cancelled",
        "was cancelled",
    ),
    "returned": (
        "ORD-10702",
        "",
        "The 480 points of this order were taken back",
        "Items came back",
        "480 points that they",
    ),
    "partly": (
        "ORD-10061",
        "",
        "848.5 of this order's 1,421.5 points were taken back",
        "573 can be used now",
        "Another 573",
    ),
    "guest": (
        "ORD-10711",
        "gabi.guest",
        "The order was made without an account",
        "",
        "placed without signing in",
    ),
    "another": (
        "ORD-10712",
        "gabi.guest",
        "The order belongs to another account",
        "made by gabi.second",
        "another account",
    ),
    "rule": (
        "ORD-10722",
        "",
        "No points were given, and the order's total is 0",
        "The rule “Gold bonus” does not apply either. The cart total is 0, at least 100 is needed.",
        "It had a total of 0, and no points were added for it",
    ),
    "today": (
        "ORD-10731",
        "",
        "No points were given, but today's rules would award 599.5 points",
        "this is not what the order should have got",
        "We are looking into the reason",
    ),
    "pending": (
        "ORD-10023",
        "",
        "The 1,417 points of this order are pending until Fri",
        "89.9 points",
        "It has also earned 89.9 points in a separate collection, called “shoes”.",
    ),
    "waiting": (
        "ORD-10741",
        "",
        "25 of this order's 45 points wait for an action",
        "20 can be used now",
        "has earned 45 points in all. Of these, 25 points cannot be used yet, and no date is set for them",
    ),
    "card": (
        "ORD-10751",
        "karl.card",
        "The 73 points of this order went to the card CARD-1005",
        "Store card",
        "on the loyalty card",
    ),
    "spent": (
        "ORD-10761",
        "",
        "The 270 points of this order were earned and have been used since",
        "Used for ORD-10762 on",
        "for order ORD-10762",
    ),
    "expired": (
        "ORD-10031",
        "",
        "The 1,389 points of this order expired on",
        "expired unused on",
        "and expired on",
    ),
    "mixed": (
        "ORD-10771",
        "",
        "1,490 of this order's 1,990 points expired on",
        "500 points used on",
        "Another 500 points have been",
    ),
    "there": (
        "ORD-10022",
        "",
        "The 1,240 points of this order are there",
        "usable until",
        "can be used until",
    ),
}


def answer_of(at: AppTest) -> str:
    """The answer without its colour."""
    return re.sub(r"^:\w+\[(.*)\]$", r"\1", headline(at))


def reply_of(at: AppTest) -> str:
    """The text to copy to the customer."""
    return next(
        str(each.value) for each in at.code if "order" in str(each.value).lower() and " " in str(each.value)
    )


def dry(sandbox: Sandbox) -> list[object]:
    return [each["dry"] for each in sandbox.requests("update_customer_session_v2")]


@pytest.mark.parametrize("case", VERDICTS)
def test_every_verdict_is_a_sentence_with_its_proof_and_a_reply(
    open_page: Open, sandbox: Sandbox, case: str
) -> None:
    order, customer, answer, proof, reply = VERDICTS[case]
    at = open_page(MISSING, session=order, **({"customer": customer} if customer else {}))
    assert answer_of(at).startswith(answer)
    text = text_of(at)
    assert proof in text
    assert "What to do now" in text
    assert reply in reply_of(at)
    assert {each["method"] for each in sandbox.requests() if not each["dry"]} == {"GET"}
    assert dry(sandbox) == [True] * (case in ("rule", "today"))
    for word in ("V5", "rule_failed", "None", "Verdict", "should have got points"):
        assert word not in text
    assert order in str(at.query_params["session"])


def test_the_dry_run_is_made_once_and_again_on_refresh(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(MISSING, session="ORD-10722")
    at.run()
    at.run()
    assert dry(sandbox) == [True]
    at.button(key="missing-refresh").click().run()
    assert dry(sandbox) == [True, True]
    assert answer_of(at).startswith("No points were given")
    assert "Today's rules were tried at " in text_of(at)


def test_a_viewer_gets_the_verdict_up_to_the_dry_run(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(SESSION, session="ORD-10731")
    at = as_role(at, "Viewer")
    at.switch_page(MISSING).run()
    assert answer_of(at) == "No points were given for this order"
    assert "a dry run, which your role may not make" in text_of(at)
    assert "Partly known" in text_of(at)
    assert dry(sandbox) == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a back-off."""
    monkeypatch.setattr("desk.lookup.connections.TalonClient", partial(TalonClient, sleep=lambda _: None))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(
    "operation",
    [
        "get_customer_session",
        "get_customer_inventory",
        "get_loyalty_program_profile_transactions",
        "get_loyalty_program_profile_points",
    ],
)
def test_half_an_answer_is_no_verdict_and_can_be_tried_again(
    open_page: Open, sandbox: Sandbox, operation: str
) -> None:
    sandbox.faults(operation, ["503"], rate=1.0)
    at = open_page(MISSING, session="ORD-10023")
    assert answer_of(at) == "It could not be looked everywhere, so there is no answer yet"
    assert "Say nothing to the customer" in text_of(at)
    assert len(at.code) == 1, "there is nothing to copy but the number"
    sandbox.run(lambda shell: shell.faults.clear())
    at.button(key="missing-unread-0-again").click().run()
    assert answer_of(at).startswith("The 1,417 points")


@pytest.mark.usefixtures("impatient")
def test_a_dry_run_that_fails_leaves_why_open(open_page: Open, sandbox: Sandbox) -> None:
    sandbox.faults("update_customer_session_v2", ["503"], rate=1.0)
    at = open_page(MISSING, session="ORD-10731")
    assert answer_of(at) == "No points were given for this order"
    assert "what today's rules would give" in text_of(at)


def test_the_button_of_an_order_leads_here_with_its_customer(open_page: Open) -> None:
    at = open_page(SESSION, session="ORD-10023", customer="maria.pending")
    at.button(key="points-missing").click().run()
    assert answer_of(at).startswith("The 1,417 points of this order are pending")
    assert at.query_params["session"] == "ORD-10023"
    assert at.query_params["customer"] == "maria.pending"


@pytest.mark.parametrize(
    ("customer", "order", "answer"),
    [
        ("maria.pending", " ORD-10022 ", "The 1,240 points of this order are there"),
        ("udo.rules", "ORD-10731", "No points were given, but today's rules would award"),
    ],
)
def test_a_ledger_leads_here_and_so_does_having_none(
    open_page: Open, customer: str, order: str, answer: str
) -> None:
    at = open_page(POINTS, customer=customer)
    at.text_input(key="missing-ledger-id").set_value(order)
    next(each for each in at.button if each.label == "Look for its points").click().run()
    assert answer_of(at).startswith(answer)
    assert at.query_params["customer"] == customer


def test_an_unknown_number_in_find_leads_here(open_page: Open) -> None:
    at = open_page("pages/start/find.py", find="ORD-99999")
    assert answer_of(at) == "Nothing here is called “ORD-99999”"
    way = next(each for each in at.get("page_link") if "Points missing" in shown(each.proto.label))
    assert way.proto.page == "missing"
    assert "session=ORD-99999" in way.proto.query_string
    at = open_page(MISSING, session="ORD-99999")
    assert answer_of(at) == "No order “ORD-99999” is known here"
    assert "We cannot find an order with the number ORD-99999" in reply_of(at)


def test_the_front_page_leads_here(open_page: Open) -> None:
    at = open_page("pages/start/find.py")
    assert [
        each for each in at.get("page_link") if "Points of an order are missing?" in shown(each.proto.label)
    ]


def test_without_an_order_it_asks_for_one(open_page: Open) -> None:
    at = open_page(MISSING)
    assert answer_of(at) == "Which order's points are missing?"
    next(each for each in at.button if each.label == "Look for its points").click().run()
    assert "Type or paste an order number first." in text_of(at)


@pytest.mark.parametrize("order", ["..", "x" * 1200])
def test_what_cannot_be_an_order_number_is_said(open_page: Open, order: str) -> None:
    at = open_page(MISSING, session=order)
    assert not at.exception
    assert at.title


def test_an_unknown_order_offers_the_other_applications(sandbox: Sandbox) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.secrets["connections"] = {
        "shop": connection(sandbox),
        "real": {**connection(sandbox), "label": "Real shop", "live": True},
    }
    at.run()
    at.query_params.update({"session": "NOPE"})
    at.switch_page(MISSING).run()
    assert answer_of(at) == "No order “NOPE” is known here"
    links = [each for each in at.get("page_link") if "Real shop" in shown(each.proto.label)]
    assert [each.proto.query_string for each in links if "session=NOPE" in each.proto.query_string]


def test_what_expired_has_its_days_and_a_text_to_hand_over(open_page: Open) -> None:
    at = open_page(MISSING, session="ORD-10781", customer="greta.goodwill")
    text = text_of(at)
    assert "Points were added by hand, or imported, since" in text
    assert "300 on" in text
    hand_off = next(str(each.value) for each in at.code if "Campaign Manager" in str(each.value))
    assert "Points to add by hand in Campaign Manager: 1190" in hand_off
    assert "Program: Points club (id 1)" in hand_off
    assert "Customer profile: greta.goodwill" in hand_off
    assert "Balance at the end of the day before 1190" in hand_off


def test_all_instants_are_in_the_zone_in_which_the_program_counts_its_days(sandbox: Sandbox) -> None:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    settings = {**connection(sandbox), "time_zone": "Asia/Tokyo"}
    at.secrets["connections"] = {"shop": settings}
    at.run()
    at.query_params.update({"session": "ORD-10031"})
    at.switch_page(MISSING).run()
    proof = text_of(at).partition("What proves it")[2]
    marks = set(re.findall(r", \d\d:\d\d(?::\d\d)? (\w+)", text_of(at)))
    assert marks
    assert marks <= {"CET", "CEST"}
    assert "The order: closed, last changed on" in proof
    assert "All days and times here are those of Europe/Berlin" in proof
    assert next(each for each in at.selectbox if "zone" in each.label).value == "Europe/Berlin"


def test_own_replies_are_taken_from_a_folder(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.toml").write_text('expired = "Gone: {points} of {order}."')
    monkeypatch.setenv("DESK_REPLIES", str(tmp_path))
    at = open_page(MISSING, session="ORD-10031")
    assert "Gone: 1,389 points of ORD-10031." in [str(each.value) for each in at.code]


def test_a_wrong_reply_is_said_at_the_start(
    open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.toml").write_text('expired = "{datum}"')
    monkeypatch.setenv("DESK_REPLIES", str(tmp_path))
    at = open_page(MISSING, session="ORD-10031")
    assert answer_of(at) == "Talon Desk cannot start like this"
    assert "{datum} cannot be filled in here" in text_of(at)


def test_what_no_id_can_be_is_not_called_unknown(open_page: Open) -> None:
    at = open_page("pages/start/find.py", find="..")
    assert answer_of(at) == "“..” cannot be an id"
