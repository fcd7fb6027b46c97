"""The audit trail on its page: own rows or all, the row that is open, the check; and fields that are revealed."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import streamlit as st
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

import desk.guard
from desk.guard import Actor, Guard, ReserveCoupon, Role, Target
from desk.guard.audit import Entry
from desk.guard.audit_rows import Filter
from desk.guard.export import csv
from desk.guard.tables import AUDIT
from desk.ui import audit_check
from desk.ui.escape import shown
from talon_sandbox import Sandbox
from tests.pages.conftest import PATIENCE, Open, connection, headline, text_of
from tests.pages.test_sessions import as_role, pressed
from tests.support.surroundings import ROOT

AUDIT_PAGE = "pages/change/audit.py"
OVERVIEW = "pages/customer/overview.py"
MARIA = Target("profile", "maria.pending")
SUPERVISOR = Actor("sven", Role.SUPERVISOR, signed_in=True)


class Clock:
    """The desk's clock: stands still unless it is moved."""

    def __init__(self) -> None:
        self.start = datetime.now(UTC)
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return self.start + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(desk.guard, "Guard", partial(Guard, clock=made))
    return made


def guard_of(at: AppTest) -> Guard:
    """The guard behind the page."""
    found: Guard = at.session_state["desk-current"].guard
    return found


def everything(at: AppTest) -> str:
    """All that the page says, also in what can be copied, in JSON and in tables."""
    tables = "\n".join(str(each.value.to_csv()) for each in [*at.dataframe, *at.table])
    texts = "\n".join(str(each.value) for each in [*at.code, *at.json])
    return shown(f"{text_of(at)}\n{texts}\n{tables}")


def reserved(guard: Guard, actor: Actor) -> str:
    """A change with its three rows; the id of its receipt."""
    plan = guard.plan("shop", actor, ReserveCoupon(code="WELCOME10-ANNA", profile_id="maria.pending"))
    preview = guard.preview(plan.id, actor)
    return guard.confirm(plan.id, actor, digest=preview.digest, reason="=cmd|' /C calc'!A0", ticket="T-77").id


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("Viewer", "2 rows of yours in the audit trail"),
        ("Checker", "2 rows of yours in the audit trail"),
        ("Agent", "2 rows of yours in the audit trail"),
        ("Supervisor", "3 rows in the audit trail"),
    ],
)
def test_each_role_sees_its_own_rows_or_all(open_page: Open, role: str, said: str) -> None:
    at = open_page(AUDIT_PAGE)
    assert headline(at) == "Nothing was written down yet"
    guard = guard_of(at)
    guard.exported("shop", SUPERVISOR, "secret plans", 3, MARIA)
    for name in ("viewer", "agent"):
        guard.exported("shop", Actor("nobody signed in", Role(name)), f"ledger of {name}", 3, MARIA)
    at = as_role(at, role)
    assert headline(at) == said
    assert ("sven" in everything(at)) is (role == "Supervisor")
    assert ("Who" in [each.label for each in at.selectbox]) is (role == "Supervisor")
    at.query_params["row"] = "1"
    text = everything(at.run())
    assert ("There is no row 1 that you may see" in text) is (role != "Supervisor")
    assert ("maria.pending" in text and "Save a file" in text) is True


def test_a_row_opens_its_details_and_leads_to_the_receipt(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    receipt = reserved(guard_of(at), SUPERVISOR)
    at.query_params["row"] = "1"
    at = as_role(at, "Supervisor")
    text = everything(at)
    assert "Row 1: Reserve a coupon" in text
    assert ":gray[Reason] =cmd|' /C calc'!A0" in text
    assert "T-77" in text
    assert "coupon WELCOME10-ANNA" in text
    links = {each.proto.label: each.proto.query_string for each in at.get("page_link")}
    assert f"receipt={receipt}" in links["Open the receipt"]
    assert "code=WELCOME10-ANNA" in links["Open the coupon"]
    assert "Audit trail" in links


def test_every_row_of_a_change_says_why_it_was_made(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    reserved(guard_of(at), SUPERVISOR)
    at = as_role(at, "Supervisor")
    for row in ("1", "2", "3"):
        at.query_params["row"] = row
        text = text_of(at.run())
        assert f"Row {row}: Reserve a coupon" in text
        assert ":gray[Reason] =cmd|' /C calc'!A0" in text
        assert ":gray[Ticket] T-77" in text


@pytest.mark.parametrize("demo", [False, True])
def test_the_reply_of_a_receipt_is_marked_in_the_demo_as_any_reply(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, demo: bool
) -> None:
    at = open_page(AUDIT_PAGE)
    receipt = reserved(guard_of(at), SUPERVISOR)
    (application,) = at.session_state["desk-current"].process.settings.applications
    monkeypatch.setitem(vars(application), "demo", demo)
    at = open_page("pages/change/receipt.py", receipt=receipt)
    said = next(str(each.value) for each in at.code if "We have added the coupon" in str(each.value))
    assert said.startswith("[DEMO] ") is demo


def test_rows_within_a_minute_are_told_apart(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    reserved(guard_of(at), SUPERVISOR)
    at = as_role(at, "Supervisor")
    assert "HH:mm:ss" in at.dataframe[0].proto.columns


def test_rows_are_filtered_by_the_id_they_are_about(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    reserved(guard, SUPERVISOR)
    guard.exported("shop", SUPERVISOR, "ledger", 3, Target("profile", "ben"))
    at = as_role(at, "Supervisor")
    assert headline(at) == "4 rows in the audit trail"
    at.text_input(key="audit-filter-about").set_value("maria.pending").run()
    assert headline(at) == "3 rows match the filters"
    at.selectbox(key="audit-filter-outcome").set_value("done").run()
    assert headline(at) == "1 row matches the filters"
    at.selectbox(key="audit-filter-outcome").set_value("").run()
    at.text_input(key="audit-filter-about").set_value("t-77").run()
    assert headline(at) == "3 rows match the filters"
    at.text_input(key="audit-filter-about").set_value("nobody").run()
    assert headline(at) == "No row matches the filters"


def test_more_than_a_page_is_paged(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    with guard.audit.database.write() as connection:
        for _ in range(250):
            guard.audit.append(Entry("sven", "supervisor", "shop", "export", "done"), connection)
    at = as_role(at, "Supervisor")
    assert "page 1 of 3, 250 in all" in text_of(at)
    pressed(at, "Older")
    assert "page 2 of 3, 250 in all" in text_of(at)
    assert at.dataframe[0].value["Row"].iloc[0] == 150
    pressed(at, "Older")
    assert list(at.dataframe[0].value["Row"]) == list(range(50, 0, -1))
    assert at.button(key="audit-older").disabled
    pressed(at, "Newer")
    assert at.dataframe[0].value["Row"].iloc[0] == 150


def test_the_check_says_what_it_found_and_what_it_proves(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    reserved(guard, SUPERVISOR)
    head = guard.trail(SUPERVISOR).export("shop", Filter()).head
    at = as_role(at, "Supervisor")
    pressed(at, "Check every row")
    assert "The trail is intact" in text_of(at)
    assert "All details are there" in text_of(at)
    assert "only the seal of an earlier export can tell" in text_of(at)
    assert "It does not prove that everything that happened was written down" in text_of(at)
    at.text_input(key="audit-seal").set_value(f" {head} ")
    pressed(at, "Check every row")
    assert "nothing up to there was cut off" in text_of(at)
    at.text_input(key="audit-seal").set_value("4:abc")
    pressed(at, "Check every row")
    assert "This is no seal" in text_of(at)
    at.text_input(key="audit-seal").set_value(f"4:{'0' * 64}")
    pressed(at, "Check every row")
    assert "Row 4, which the seal speaks of, is not in this trail any more" in text_of(at)
    with guard.audit.database.write() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == 2).values(actor="vera"))
    at.text_input(key="audit-seal").set_value("")
    pressed(at, "Check every row")
    assert "The trail was tampered with" in text_of(at)
    assert "Row 2 was changed" in text_of(at)


def test_the_file_carries_no_formula_and_ends_with_its_head(open_page: Open) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    reserved(guard, SUPERVISOR)
    exported = guard.trail(SUPERVISOR).export("shop", Filter())
    made = list(audit_check.lines(exported, at.session_state["desk-current"].masking))
    file = csv(audit_check.COLUMNS, made).decode()
    assert "\"'=cmd|' /C calc'!A0\"" in file
    assert [line[0] for line in made] == [3, 2, 1, 4]
    assert made[-1][-1] == str(exported.head)
    assert file.rstrip().endswith(str(exported.head))
    assert guard.audit.verify(exported.head).intact


def test_an_erased_change_says_so_everywhere(open_page: Open, clock: Clock) -> None:
    at = open_page(AUDIT_PAGE)
    guard = guard_of(at)
    receipt = reserved(guard, SUPERVISOR)
    clock.ahead = timedelta(minutes=5)
    assert guard.erase("shop", SUPERVISOR, MARIA).changes == 1
    at.query_params["row"] = "1"
    text = everything(as_role(at, "Supervisor"))
    assert "The details were erased on" in text
    assert "maria" not in text
    pressed(at, "Check every row")
    assert "Details are gone of 3 rows erased on request" in text_of(at)
    at = open_page("pages/change/receipt.py", receipt=receipt)
    assert "Coupon reserved: Done" in headline(at)
    assert "Its data was erased on request" in text_of(at)
    assert "maria" not in everything(at)
    recent = everything(open_page("pages/change/recent.py"))
    assert "coupon (data erased)" in recent
    assert "Coupon reserved" in everything(open_page(OVERVIEW, customer="maria.pending"))
    assert headline(open_page("pages/thing/coupon.py", code="WELCOME10-ANNA"))


def test_a_revealed_field_is_there_for_a_minute_and_only_for_whom_may(open_page: Open, clock: Clock) -> None:
    at = open_page(OVERVIEW, customer="maria.pending")
    assert "Keller" not in everything(at)
    show = next(each for each in at.button if each.label == "Show Name")
    show.click().run()
    assert "Maria Keller" in [each.value for each in at.code]
    assert "Keller" not in str(at.session_state["desk-revealed"])
    assert not any("Keller" in str(each.value) for each in at.dataframe)
    clock.ahead = timedelta(seconds=59)
    assert "Keller" in everything(at.run())
    assert "Keller" not in everything(as_role(at, "Viewer"))
    assert "A viewer may not see what is masked." in text_of(at)
    assert not [each for each in at.button if each.label.startswith("Show Name")]
    assert "Keller" in everything(as_role(at, "Agent"))
    clock.ahead = timedelta(seconds=61)
    assert "Keller" not in everything(at.run())
    assert not at.session_state["desk-revealed"]
    (row,) = guard_of(at).audit.rows(operation="reveal")
    assert row.detail == '{"field":"Name","subject_id":"maria.pending","subject_kind":"profile"}'


def test_hiding_ends_it_at_once(open_page: Open) -> None:
    at = open_page(OVERVIEW, customer="maria.pending")
    pressed(at, "Show Name")
    assert "Keller" in everything(at)
    pressed(at, "Hide Name")
    assert "Keller" not in everything(at)


def start(
    sandbox: Sandbox, page: str, policy: Mapping[str, object], live: bool = False, **params: str
) -> AppTest:
    """That page of a desk with this policy."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    at.secrets["connections"] = {"shop": {**connection(sandbox), "live": live}}
    at.secrets["desk"] = dict(policy)
    at.run()
    at.query_params.update(params)
    return at.switch_page(page).run()


def test_the_policy_masks_more_and_nobody_reveals_without_a_sign_in(sandbox: Sandbox) -> None:
    policy = {"personal": ["^city$"], "not_personal": ["^name$"]}
    at = start(sandbox, OVERVIEW, policy, live=True, customer="maria.pending")
    table = next(each.value for each in at.dataframe if "Attribute" in each.value)
    assert dict(zip(table["Attribute"], table["Value"], strict=True)).items() >= {
        "City": "B•••", "Name": "Maria Keller", "Email": "m•••@•••",
    }.items()  # fmt: skip
    assert "Maria Keller" in text_of(at), "the name in the strip follows"
    assert "A viewer may not see what is masked." in text_of(at)
    assert not [each for each in at.button if each.label.startswith("Show ")]


def test_old_details_are_deleted_at_the_start(sandbox: Sandbox, clock: Clock) -> None:
    at = start(sandbox, AUDIT_PAGE, {})
    clock.ahead = timedelta(days=-10)
    guard_of(at).exported("shop", SUPERVISOR, "ledger", 3, MARIA)
    clock.ahead = timedelta()
    guard_of(at).exported("shop", SUPERVISOR, "ledger", 3, MARIA)
    st.cache_resource.clear()
    at = start(sandbox, AUDIT_PAGE, {"keep_details_days": 7}, row="1")
    assert [row.detail is None for row in guard_of(at).audit.rows()] == [False, False, True]
    text = text_of(as_role(at, "Supervisor"))
    assert "The details were deleted" in text
    pressed(at, "Check every row")
    assert "Details are gone of 1 row deleted (for their age, as a rule)" in text_of(at)
