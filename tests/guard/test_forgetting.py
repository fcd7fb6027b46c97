"""Erasure and retention: nothing personal is left of who asked, everything else stays, and the chain is intact."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from desk.guard import (
    Actor,
    Database,
    Guard,
    NotConfirmable,
    Outcome,
    ReserveCoupon,
    Role,
    Target,
    UnknownPlan,
    UpdateProfile,
)
from desk.guard.audit import Entry
from desk.guard.audit_rows import Filter
from desk.guard.tables import CHANGE, METADATA
from talon_client import NotAllowed
from tests.guard.conftest import AGENT, ON_SQLITE, SUPERVISOR, VIEWER, Bench
from tests.guard.shop import swallowed
from tests.guard.test_write_path import EVERY, RETURN

MARIA = Target("profile", "maria")
SECRETS = ("maria", "Paris", "Lyon", "damaged", "T-77")


def done(bench: Bench, guard: Guard, kind: str) -> str:
    """One confirmed change, and enough time for its sender to be through."""
    preview = bench.previewed(guard, EVERY[kind])
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest, reason="damaged by maria", ticket="T-77")
    bench.clock.advance(minutes=5)
    return preview.plan_id


def dump(database: Database) -> str:
    """Everything in the database, as text."""
    with database.read() as connection:
        return "\n".join(
            str(tuple(row)) for table in METADATA.sorted_tables for row in connection.execute(select(table))
        )


def test_erasing_leaves_nothing_personal_and_the_chain_intact(
    bench: Bench, guard: Guard, database: Database
) -> None:
    ids = [done(bench, guard, kind) for kind in ("reserve", "link", "return", "update_profile")]
    never = guard.plan("shop", AGENT, ReserveCoupon(code="SUMMER", profile_id="maria"))
    guard.exported("shop", AGENT, "ledger", 3, MARIA)
    guard.reveal("shop", AGENT, MARIA, "City")
    before = dump(database)
    assert all(secret in before for secret in SECRETS)
    exported = guard.trail(SUPERVISOR).export("shop", Filter()).head

    erased = guard.erase("shop", SUPERVISOR, MARIA)

    after = dump(database)
    assert [secret for secret in SECRETS if secret in after] == []
    assert (erased.changes, erased.plans, erased.left) == (4, 1, ())
    found = guard.audit.verify(exported)
    assert found.intact
    assert (found.blanked, found.deleted) == (erased.details, 0)
    assert erased.details == 4 * 3 + 2
    for each in ids:
        receipt = guard.receipt(each)
        assert receipt.erased
        assert receipt.outcome is Outcome.DONE
        assert (receipt.reason, receipt.ticket, receipt.lines, receipt.unsettled) == ("", "", (), False)
        assert (guard.undo(each), guard.taken_back(each)) == (None, None)
        assert guard.resolve(each) == receipt
    assert {each.id for each in guard.recent("shop", MARIA)} == set(ids), "found by the HMAC of her id"
    with pytest.raises(UnknownPlan):
        guard.preview(never.id, AGENT)


def test_the_record_of_an_erasure_names_nobody_and_outlives_the_next_one(bench: Bench, guard: Guard) -> None:
    done(bench, guard, "reserve")
    guard.erase("shop", SUPERVISOR, MARIA)
    again = guard.erase("shop", SUPERVISOR, MARIA)
    assert (again.changes, again.plans, again.details) == (0, 0, 0)
    second, first = guard.audit.rows(operation="erase")
    assert second.subject == first.subject == guard.audit.subject(MARIA)
    assert json.loads(first.detail or "") == {
        "changes": 1, "plans": 0, "details": 3, "left": [], "subject_kind": "profile",
    }  # fmt: skip


def test_others_lose_nothing(bench: Bench, guard: Guard, database: Database) -> None:
    bens = ReserveCoupon(code="SUMMER", profile_id="ben")
    preview = bench.previewed(guard, bens)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest, reason="for ben", ticket="T-78")
    planned = guard.plan("shop", AGENT, UpdateProfile(profile_id="ben", attributes={"Friend": "maria"}))
    guard.exported("shop", AGENT, "ledger", 3, Target("profile", "ben"))
    kept = guard.receipt(preview.plan_id)
    done(bench, guard, "reserve")
    guard.erase("shop", SUPERVISOR, MARIA)
    assert guard.receipt(preview.plan_id) == kept
    assert guard.change(planned.id) is not None
    assert [row.detail is None for row in guard.audit.rows(subject=Target("profile", "ben"))] == 4 * [False]
    code = guard.erase("shop", SUPERVISOR, Target("coupon", "ben"))
    assert (code.changes, code.plans, code.details) == (0, 0, 0), "the id of another kind of thing"


def test_what_is_not_settled_is_left_and_said(bench: Bench, guard: Guard) -> None:
    bench.shop.faults["return"] = [swallowed]
    preview = bench.previewed(guard, RETURN)
    open_ = guard.confirm(preview.plan_id, AGENT, digest=preview.digest, reason="damaged", ticket="T-77")
    assert open_.outcome is Outcome.UNKNOWN
    bench.clock.advance(minutes=5)
    erased = guard.erase("shop", SUPERVISOR, Target("session", "ORD-1"))
    assert erased.left == (open_.id,)
    assert (erased.changes, erased.details) == (0, 0)
    assert (guard.receipt(open_.id).reason, guard.receipt(open_.id).lines) == ("damaged", open_.lines)
    settled = guard.resolve(open_.id)
    assert settled.outcome is Outcome.FAILED
    assert guard.erase("shop", SUPERVISOR, Target("session", "ORD-1")).changes == 1
    assert guard.receipt(open_.id).erased


@ON_SQLITE
def test_a_change_whose_sender_may_still_write_is_left(
    bench: Bench, guard: Guard, database: Database
) -> None:
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    with database.write() as connection:  # as it stands between the answer and reading back
        connection.execute(update(CHANGE).values(verification="pending"))
    order = Target("session", "ORD-1")
    assert guard.erase("shop", SUPERVISOR, order).left == (preview.plan_id,)
    bench.clock.advance(seconds=61)
    assert guard.erase("shop", SUPERVISOR, order).left == ()


@ON_SQLITE
def test_a_plan_that_was_erased_under_somebodys_hands_cannot_be_confirmed(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, EVERY["reserve"])
    guard.erase("shop", SUPERVISOR, MARIA)
    with pytest.raises((UnknownPlan, NotConfirmable)):
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert bench.shop.effects["reserve"] == 0


@ON_SQLITE
@pytest.mark.parametrize("actor", [VIEWER, AGENT, Actor("chris", Role.CHECKER, signed_in=True)], ids=str)
def test_only_supervisors_erase_and_a_refusal_names_nobody(bench: Bench, guard: Guard, actor: Actor) -> None:
    done(bench, guard, "reserve")
    with pytest.raises(NotAllowed):
        guard.erase("shop", actor, MARIA)
    (row,) = guard.audit.rows(operation="erase")
    assert (row.outcome, row.subject) == ("not_allowed", guard.audit.subject(MARIA))
    assert "maria" not in (row.detail or "")
    assert not guard.recent("shop")[0].erased


@ON_SQLITE
def test_ids_beyond_ascii_and_with_wildcards_are_found_in_plans(guard: Guard, database: Database) -> None:
    for name in ('zoë 100%_\\x"y', "łukasz"):
        guard.plan("shop", AGENT, ReserveCoupon(code="SUMMER", profile_id=name))
        assert guard.erase("shop", SUPERVISOR, Target("profile", name)).plans == 1


def test_details_go_by_age_and_open_changes_keep_theirs(bench: Bench, guard: Guard) -> None:
    bench.shop.faults["return"] = [swallowed]
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest)  # unknown: two rows
    guard.exported("shop", AGENT, "ledger", 3, MARIA)
    bench.clock.advance(days=10)
    guard.audit.append(Entry("agnes", "agent", "shop", "export", "done"))
    assert guard.forget_details(bench.clock() - timedelta(days=30)) == 0
    assert guard.forget_details(bench.clock() - timedelta(days=5)) == 1
    assert guard.forget_details(bench.clock() - timedelta(days=5)) == 0
    rows = guard.audit.rows()
    assert [(row.operation, row.detail is None) for row in rows] == [
        ("forget_details", False),
        ("export", False),
        ("export", True),
        ("return_cart_items", False),
        ("return_cart_items", False),
    ]
    found = guard.audit.verify()
    assert found.intact
    assert (found.blanked, found.deleted) == (1, 1)
