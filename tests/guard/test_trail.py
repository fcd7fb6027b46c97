"""The trail as people may see it: own rows or all, filters, an export that is recorded and can be checked later."""

import json
from datetime import timedelta

import pytest

from desk.applications import Application, Program
from desk.guard import Actor, Guard, ReserveCoupon, Role, Target
from desk.guard.audit import Entry
from desk.guard.audit_rows import Filter, Head
from tests.guard.conftest import AGENT, KEY, ON_SQLITE, SUPERVISOR, VIEWER, Bench

CHECKER = Actor("chris", Role.CHECKER, signed_in=True)
NOBODY = "nobody signed in"
EVERYBODY = Filter()


def note(guard: Guard, actor: Actor, application: str = "shop", operation: str = "look") -> int:
    """One row by that person."""
    return guard.audit.append(Entry(actor.name, actor.role.value, application, operation, "done"))


def sequences(guard: Guard, actor: Actor, wanted: Filter = EVERYBODY) -> list[int]:
    return [row.sequence for row in guard.trail(actor).rows(wanted)]


@pytest.fixture
def busy(guard: Guard) -> Guard:
    """Five rows: by a viewer, a checker, an agent, another agent, a supervisor."""
    for actor in (VIEWER, CHECKER, AGENT, Actor("anton", Role.AGENT, signed_in=True), SUPERVISOR):
        note(guard, actor)
    return guard


@ON_SQLITE
@pytest.mark.parametrize(
    ("actor", "seen"),
    [(VIEWER, [1]), (CHECKER, [2]), (AGENT, [3]), (SUPERVISOR, [5, 4, 3, 2, 1])],
)
def test_everybody_sees_what_they_did_and_supervisors_see_all(
    busy: Guard, actor: Actor, seen: list[int]
) -> None:
    trail = busy.trail(actor)
    assert sequences(busy, actor) == seen
    assert trail.count(EVERYBODY) == len(seen)
    assert [number for number in range(1, 7) if trail.row(number)] == sorted(seen)
    assert trail.own_only is (actor is not SUPERVISOR)
    assert actor.name in trail.choices().actors
    assert len(trail.choices().actors) == len(seen)
    exported = trail.export("shop", EVERYBODY)
    assert [row.sequence for row in exported.rows] == seen
    assert exported.own.actor == actor.name


@ON_SQLITE
def test_a_filter_widens_nothing(busy: Guard) -> None:
    for wanted in (Filter(actor="sven"), Filter(application="shop", actor="vera"), Filter(subjects=())):
        assert sequences(busy, AGENT, wanted) == []


@ON_SQLITE
def test_a_role_from_the_menu_opens_nothing_of_live_applications(bench: Bench) -> None:
    live = Application(name="live", base_url="http://127.0.0.1:1", api_key="demo-key", live=True)
    bench.guard()
    client = bench.clients[0]
    both = {"shop": bench.application, "live": live}
    guard = Guard(bench.database, KEY, both, lambda _: client, clock=bench.clock)
    by_menu = Actor(NOBODY, Role.SUPERVISOR)
    note(guard, SUPERVISOR, "live")
    note(guard, SUPERVISOR, "shop")
    note(guard, SUPERVISOR, "gone")
    own = note(guard, by_menu, "live")
    assert sequences(guard, by_menu) == [own, 2]
    assert sequences(guard, SUPERVISOR) == [4, 3, 2, 1]


def test_an_id_finds_what_it_was_the_subject_of_and_every_change_that_touched_it(
    bench: Bench, guard: Guard
) -> None:
    preview = bench.previewed(guard, ReserveCoupon(code="SUMMER", profile_id="maria"))
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    guard.exported("shop", AGENT, "ledger", 3, Target("profile", "maria"))
    guard.exported("shop", AGENT, "ledger", 3, Target("profile", "ben"))
    trail = guard.trail(SUPERVISOR)

    def found(text: str) -> list[str]:
        rows = trail.rows(Filter(subjects=trail.about(text)))
        assert trail.count(Filter(subjects=trail.about(text))) == len(rows)
        return [f"{row.operation} {row.outcome}" for row in rows]

    change = [f"create_coupon_reservation {each}" for each in ("as_previewed", "done", "sending")]
    assert found("maria") == ["export done", *change]
    assert found("SUMMER") == change
    assert found("ben") == ["export done"]
    assert found("nobody") == []


def test_a_ticket_finds_the_rows_of_its_changes_and_only_ones_own(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, ReserveCoupon(code="SUMMER", profile_id="maria"))
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest, ticket="Desk-77")
    guard.exported("shop", AGENT, "ledger", 3, Target("profile", "maria"))

    def found(actor: Actor, ticket: str) -> list[str]:
        trail = guard.trail(actor)
        wanted = Filter(subjects=trail.about(ticket), ticket=ticket)
        rows = trail.rows(wanted)
        assert trail.count(wanted) == trail.count(Filter(ticket=ticket)) == len(rows)
        return [row.outcome for row in rows]

    assert found(SUPERVISOR, "DESK-77") == found(AGENT, "desk-77") == ["as_previewed", "done", "sending"]
    assert found(VIEWER, "Desk-77") == found(SUPERVISOR, "Desk-7") == []


@ON_SQLITE
def test_a_card_is_found_by_its_number_alone(bench: Bench, application: Application) -> None:
    programs = (Program(id=2, name="Family card", kind="card"),)
    guard = bench.guard(application.model_copy(update={"programs": programs}))
    guard.exported("shop", AGENT, "ledger", 1, Target("card", "2/CARD-1"))
    trail = guard.trail(AGENT)
    assert len(trail.rows(Filter(subjects=trail.about("CARD-1")))) == 1
    assert len(trail.rows(Filter(subjects=trail.about("2/CARD-1")))) == 1


def test_rows_are_filtered_by_time_and_paged(bench: Bench, busy: Guard) -> None:
    trail, noon = busy.trail(SUPERVISOR), bench.clock()
    bench.clock.advance(hours=1)
    note(busy, AGENT, operation="reveal")
    assert [row.sequence for row in trail.rows(EVERYBODY, limit=2, before=5)] == [4, 3]
    assert sequences(busy, SUPERVISOR, Filter(since=noon + timedelta(minutes=1))) == [6]
    assert sequences(busy, SUPERVISOR, Filter(until=noon)) == []
    assert sequences(busy, SUPERVISOR, Filter(operation="reveal", actor="agnes")) == [6]
    assert trail.choices().operations == ["look", "reveal"]


def test_an_export_is_recorded_and_its_record_is_the_head(busy: Guard) -> None:
    trail = busy.trail(AGENT)
    exported = trail.export("shop", Filter(operation="look"))
    own = busy.audit.rows(limit=1)[0]
    assert (own.sequence, own.operation, own.actor) == (6, "export", "agnes")
    assert json.loads(own.detail or "") == {"what": "audit trail", "rows": 1, "filtered": True}
    assert exported.head == Head(6, own.mac) == busy.audit.verify().head
    note(busy, AGENT)
    assert trail.verify(exported.head).intact
    assert trail.verify(exported.rows[0].head).intact, "every exported row can be held against the chain"
    assert trail.verify(Head(6, "0" * 64)).problems == ((6, "cut_off"),)


def test_a_head_is_read_as_it_was_written() -> None:
    head = Head(12, "ab" * 32)
    assert Head.parse(str(head)) == head
    assert Head.parse(f" '{str(head).upper()}\n") == head
    for wrong in (
        "",
        "12",
        "12:",
        "12:xy",
        f"x:{'ab' * 32}",
        f"12:{'ab' * 31}",
        f"-1:{'ab' * 32}",
        f"²:{'ab' * 32}",
    ):
        with pytest.raises(ValueError, match="colon"):
            Head.parse(wrong)
