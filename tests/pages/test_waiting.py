"""A change that waits: what its page says to whom, and the ways between it, its receipt and the trail."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select, update
from streamlit.testing.v1 import AppTest

from desk.guard import Actor, CancelSession, Guard, Receipt, ReopenSession, Role
from desk.guard.audit_rows import Filter
from desk.guard.tables import AUDIT, AUDIT_HEAD
from desk.insight.returning import ReturnItem, return_request
from desk.ui.escape import shown
from talon_client import TalonClient
from talon_sandbox import Sandbox
from tests.guard.test_audit import _change, _change_detail, _cut_tail, _delete, _swap
from tests.pages.conftest import Open, headline, text_of
from tests.pages.test_audit import everything, guard_of
from tests.pages.test_forged import asked
from tests.pages.test_outcomes import chosen
from tests.pages.test_sessions import as_role, pressed

WAITING, RECEIPT, AUDIT_PAGE = "pages/change/waiting.py", "pages/change/receipt.py", "pages/change/audit.py"
AGENT, SUPERVISOR = (Actor("nobody signed in", role) for role in (Role.AGENT, Role.SUPERVISOR))


def decided(guard: Guard, plan: str) -> Receipt:
    """A supervisor confirms it, by hand."""
    preview = guard.preview(guard.renew(plan, SUPERVISOR).id, SUPERVISOR)
    return guard.confirm(
        preview.plan_id,
        SUPERVISOR,
        digest=preview.digest,
        reason_code="goodwill",
        reason="box *crushed*",
        ticket="T-7",
    )


def test_whoever_asked_sees_the_link_and_can_withdraw(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(WAITING)
    assert headline(at) == "0 changes of yours wait for a supervisor"
    plan = asked(guard_of(at), AGENT)
    at.query_params["plan"] = plan
    at.run()
    assert "Return of items, session ORD-10061: waits for a supervisor" in headline(at)
    text = everything(at)
    assert "Goodwill" in text
    assert "T-7" in text
    assert f"waiting?application=shop&plan={plan}" in text
    assert not [each for each in at.button if each.label in ("Decline", "Look at it as it is now")]
    pressed(at, "Withdraw")
    assert "Return of items, session ORD-10061: withdrawn" in headline(at)


def test_a_supervisor_declines_with_a_word(open_page: Open) -> None:
    at = open_page(WAITING)
    plan = asked(guard_of(at), AGENT)
    at = as_role(at, "Supervisor")
    assert headline(at) == "1 change waits for a supervisor"
    at.query_params["plan"] = plan
    at.run()
    pressed(at, "Decline")
    assert "Say in a word why not." in text_of(at)
    at.text_input(key="desk-waiting-note").set_value("not *without* the parcel")
    pressed(at, "Decline")
    assert "Return of items, session ORD-10061: declined" in headline(at)
    assert "not *without* the parcel" in text_of(at)
    at = as_role(at, "Viewer")
    assert not [each for each in at.button if each.label in ("Decline", "Withdraw")]


def foretold(at: AppTest) -> set[str]:
    """What the open dialog predicts: lists and figures."""
    (dialog,) = at.get("dialog")
    lists = {shown(str(each.value)) for each in dialog.markdown if "predicted" in str(each.value)}
    return {*lists, shown(dialog.table[0].value.to_csv())}


@pytest.mark.parametrize(
    ("label", "change", "called", "checked"),
    [
        (
            "Cancel the session …",
            CancelSession(session_id="ORD-10091"),
            "Cancelling",
            "Rolled back as predicted",
        ),
        ("Reopen the session …", ReopenSession(session_id="ORD-10091"), "Reopening", "The lists came true"),
    ],
)
def test_a_supervisor_is_shown_what_whoever_asked_was_shown(
    open_page: Open, label: str, change: CancelSession | ReopenSession, called: str, checked: str
) -> None:
    """The predicted lists and balances; afterwards, whether they came true."""
    at = pressed(open_page("pages/thing/session.py", session="ORD-10091"), label)
    told = foretold(at)
    assert any("Will be rolled back" in each for each in told)
    assert any("699" in each and "200" in each for each in told)
    plan = asked(guard_of(at), AGENT, change)
    at = as_role(open_page(WAITING, plan=plan), "Supervisor")
    assert f"{called} of session ORD-10091: waits for a supervisor" in headline(at)
    assert "It can take back up to 499 points, more than the 0 points of an agent alone" in text_of(at)
    at = pressed(at, "Look at it as it is now")
    assert foretold(at) == told
    yes = next(each for each in at.button if each.key == "desk-confirm-waiting-yes")
    assert checked in text_of(yes.click().run()), "where it waited"
    (receipt,) = guard_of(at).recent("shop")
    assert checked in text_of(open_page(RECEIPT, receipt=receipt.id))


def test_a_supervisor_decides_by_the_session_as_it_is_now(open_page: Open, sandbox: Sandbox) -> None:
    at = open_page(WAITING)
    plan = asked(guard_of(at), AGENT, CancelSession(session_id="ORD-10061"))
    at = as_role(open_page(WAITING, plan=plan), "Supervisor")
    with TalonClient(sandbox.url, sandbox.api_key) as client:
        client.return_cart_items("ORD-10061", body=return_request([ReturnItem(2, 1)]))
    told = foretold(pressed(at, "Look at it as it is now"))
    assert any("398 points earned in Points club" in each for each in told), told
    assert any('club",398,0' in each for each in told), told


def test_the_receipt_names_reason_and_both_people_and_leads_to_what_waited(open_page: Open) -> None:
    at = open_page(WAITING)
    guard = guard_of(at)
    plan = asked(guard, AGENT)
    receipt = decided(guard, plan)
    at = as_role(open_page(RECEIPT, receipt=receipt.id), "Supervisor")
    text = everything(at)
    assert "Asked by nobody signed in (agent)" in text.replace(":gray[Asked by]", "Asked by")
    assert ":gray[Confirmed by] nobody signed in (supervisor)" in text
    assert ":gray[Reason] Goodwill: box *crushed*" in text
    line = next(each.value for each in at.code if receipt.id in each.value and "Items returned" in each.value)
    assert "Reason: Goodwill: box *crushed*." in line
    assert "Asked for by nobody signed in, confirmed by nobody signed in." in line
    links = {each.proto.label: each.proto.query_string for each in at.get("page_link")}
    assert f"plan={plan}" in links["Open what was asked for"]
    at = as_role(open_page(WAITING, plan=plan), "Supervisor")
    links = {each.proto.label: each.proto.query_string for each in at.get("page_link")}
    assert f"receipt={receipt.id}" in links["Open the receipt"]


def test_the_trail_says_what_was_exceeded_who_asked_and_leads_both_ways(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    plan = asked(guard, AGENT)
    receipt = decided(guard, plan)
    at = as_role(at, "Supervisor")
    rows = {row.outcome: row for row in guard.audit.rows()}
    at.query_params["row"] = str(rows["waiting"].sequence)
    text = everything(at.run())
    assert ":gray[Outcome] Waits for a supervisor" in text
    assert "more than the 0 points of an agent alone" in text
    assert ":gray[Reason] Goodwill" in text
    links = {each.proto.label: each.proto.query_string for each in at.get("page_link")}
    assert f"plan={plan}" in links["Open what was asked for"]
    assert "Open the receipt" not in links
    at.query_params["row"] = str(rows["sending"].sequence)
    text = everything(at.run())
    assert ":gray[Asked by] nobody signed in" in text
    assert ":gray[Reason] Goodwill: box *crushed*" in text
    links = {each.proto.label: each.proto.query_string for each in at.get("page_link")}
    assert f"plan={plan}" in links["Open what was asked for"]
    assert f"receipt={receipt.id}" in links["Open the receipt"]


def _cut_with_head(connection: Connection) -> None:
    _cut_tail(connection)
    last = connection.execute(select(AUDIT).where(AUDIT.c.sequence == 3)).one()
    connection.execute(update(AUDIT_HEAD).values(sequence=3, mac=last.mac))


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_change, "Row 3 was changed, or was not written with this desk's key."),
        pytest.param(_change_detail, "The details of row 3 were changed.", marks=pytest.mark.soak),
        pytest.param(_delete, "Rows before row 4 are missing.", marks=pytest.mark.soak),
        pytest.param(_swap, "Row 2 was changed", marks=pytest.mark.soak),
        pytest.param(_cut_tail, "The end of the trail should be row 6, and is not", marks=pytest.mark.soak),
        (_cut_with_head, "Row 6, which the seal speaks of, is not in this trail any more"),
    ],
)
def test_whatever_was_done_to_the_trail_is_said_on_the_page(
    open_page: Open, tamper: Callable[[Connection], None], said: str
) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    for number in range(5):
        guard.exported("shop", SUPERVISOR, "ledger", number, None)
    seal = guard.trail(SUPERVISOR).export("shop", Filter()).head
    with guard.audit.database.write() as connection:
        tamper(connection)
    at = as_role(at, "Supervisor")
    if tamper is _cut_with_head:
        pressed(at, "Check every row")
        assert "The trail is intact" in text_of(at), "nothing inside the database can tell"
        at.text_input(key="audit-seal").set_value(str(seal))
    pressed(at, "Check every row")
    assert "The trail was tampered with" in text_of(at)
    assert said in shown(text_of(at))


def test_the_dialog_and_the_outcome_of_one_change_are_not_those_of_another(open_page: Open) -> None:
    at = open_page(WAITING)
    one = asked(guard_of(at), AGENT, CancelSession(session_id="ORD-10091"))
    other = asked(guard_of(at), AGENT, CancelSession(session_id="ORD-10061"))
    at.query_params["plan"] = one
    at = as_role(at, "Supervisor")
    pressed(at, "Look at it as it is now")
    at.query_params["plan"] = other
    at.run()
    assert "ORD-10061" in headline(at)
    assert not at.get("dialog")
    at.query_params["plan"] = one
    at.run()
    pressed(at, "Look at it as it is now")
    chosen(at, "waiting")
    assert "Session cancelled: Done" in text_of(at)
    at.query_params["plan"] = other
    at.run()
    assert "Session cancelled: Done" not in text_of(at)
    assert [each for each in at.button if each.label == "Decline"]
