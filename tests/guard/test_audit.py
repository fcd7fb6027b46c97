"""The chain: what is written down, and that no change to it goes unnoticed."""

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from desk.guard import Actor, AuditKey, Database, Guard, Role, Target
from desk.guard.audit import Audit, Entry
from desk.guard.audit_rows import Head
from desk.guard.tables import AUDIT, AUDIT_DETAIL, AUDIT_HEAD, METADATA
from talon_client import calls
from tests.guard.conftest import AGENT, KEY, ON_SQLITE, Bench, Clock
from tests.guard.test_write_path import RETURN

MARIA = Target("profile", "maria@example.com")
ENTRY = Entry(
    actor="agnes",
    role="agent",
    application="shop",
    operation="return_cart_items",
    outcome="done",
    subject=MARIA,
    detail={"reason": "goodwill"},
)


@pytest.fixture
def audit(database: Database, clock: Clock) -> Audit:
    trail = Audit(database, KEY, clock)
    for number in range(5):
        trail.append(replace(ENTRY, detail={"reason": f"goodwill {number}"}))
    return trail


def test_an_untouched_chain_is_intact(audit: Audit) -> None:
    found = audit.verify()
    assert found.intact
    assert (found.rows, found.blanked, found.head.sequence) == (5, 0, 5)


def _change(connection: Connection) -> None:
    connection.execute(update(AUDIT).where(AUDIT.c.sequence == 3).values(actor="somebody"))


def _change_time(connection: Connection) -> None:
    row = connection.execute(select(AUDIT.c.time).where(AUDIT.c.sequence == 3)).scalar_one()
    connection.execute(
        update(AUDIT).where(AUDIT.c.sequence == 3).values(time=row + timedelta(microseconds=1))
    )


def _change_detail(connection: Connection) -> None:
    connection.execute(update(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 3).values(body='{"reason":"x"}'))


def _move_detail(connection: Connection) -> None:
    connection.execute(update(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 3).values(change_id="other"))


def _delete(connection: Connection) -> None:
    connection.execute(delete(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 3))
    connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 3))


def _delete_first(connection: Connection) -> None:
    connection.execute(delete(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 1))
    connection.execute(delete(AUDIT).where(AUDIT.c.sequence == 1))


def _swap(connection: Connection) -> None:
    rows = connection.execute(select(AUDIT).where(AUDIT.c.sequence.in_((2, 3)))).mappings().all()
    for row, sequence in zip(rows, (3, 2), strict=True):
        values = {name: value for name, value in row.items() if name != "sequence"}
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == sequence).values(values))


def _cut_tail(connection: Connection) -> None:
    connection.execute(delete(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence > 3))
    connection.execute(delete(AUDIT).where(AUDIT.c.sequence > 3))


def _forge(connection: Connection) -> None:
    last = connection.execute(select(AUDIT).where(AUDIT.c.sequence == 5)).mappings().one()
    connection.execute(insert(AUDIT).values({**last, "sequence": 6, "previous": last["mac"]}))
    connection.execute(update(AUDIT_HEAD).values(sequence=6))


@ON_SQLITE
@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (_change, (3, "changed")),
        (_change_time, (3, "changed")),
        (_change_detail, (3, "detail_changed")),
        (_move_detail, (3, "detail_changed")),
        (_delete, (4, "missing")),
        (_delete_first, (2, "missing")),
        (_swap, (2, "changed")),
        (_cut_tail, (5, "head")),
        (_forge, (6, "changed")),
    ],
)
def test_whatever_is_done_to_the_chain_is_found(
    audit: Audit, database: Database, tamper: Callable[[Connection], None], what: tuple[int, str]
) -> None:
    with database.write() as connection:
        tamper(connection)
    assert what in audit.verify().problems


def test_a_tail_cut_off_with_its_head_is_found_against_an_exported_head(
    audit: Audit, database: Database
) -> None:
    exported = audit.verify().head
    assert audit.verify(exported).intact
    assert audit.verify(Head(0, "")).intact
    with database.write() as connection:
        _cut_tail(connection)
        last = connection.execute(select(AUDIT).where(AUDIT.c.sequence == 3)).one()
        connection.execute(update(AUDIT_HEAD).values(sequence=3, mac=last.mac))
    assert audit.verify().intact  # nothing inside the database can tell
    assert audit.verify(exported).problems == ((5, "cut_off"),)


@ON_SQLITE
def test_a_row_of_another_history_under_the_same_key_is_found(
    audit: Audit, database: Database, clock: Clock, template: Path, tmp_path: Path
) -> None:
    """A restored backup went on differently; its row 3 is genuine, but does not belong here."""
    shutil.copy(template, tmp_path / "other.sqlite3")
    fork = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    for _ in range(3):
        Audit(fork, KEY, clock).append(replace(ENTRY, outcome="refused"))
    with fork.read() as connection:
        row = connection.execute(select(AUDIT).where(AUDIT.c.sequence == 3)).mappings().one()
        detail = connection.execute(select(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 3)).mappings().one()
    fork.close()
    with database.write() as connection:
        connection.execute(update(AUDIT).where(AUDIT.c.sequence == 3).values(dict(row)))
        connection.execute(update(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 3).values(dict(detail)))
    assert audit.verify().problems == ((3, "order"), (4, "order"))


def test_without_the_key_no_row_can_be_made(database: Database, clock: Clock, audit: Audit) -> None:
    forger = Audit(database, AuditKey(b"x" * 32), clock)
    forger.append(ENTRY)
    assert audit.verify().problems == ((6, "changed"),)


def test_blanked_and_deleted_details_leave_the_chain_intact(audit: Audit, database: Database) -> None:
    with database.write() as connection:
        connection.execute(
            update(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 2).values(body=None, salt=None)
        )
        connection.execute(delete(AUDIT_DETAIL).where(AUDIT_DETAIL.c.sequence == 4))
    found = audit.verify()
    assert found.intact
    assert found.blanked == 2
    assert [row.detail is None for row in audit.rows()] == [False, True, False, True, False]


def test_appending_at_once_leaves_one_chain(database: Database, clock: Clock, audit: Audit) -> None:
    with ThreadPoolExecutor(4) as pool:
        sequences = list(pool.map(lambda _: audit.append(ENTRY), range(20)))
    assert sorted(sequences) == list(range(6, 26))
    assert audit.verify().intact


def test_rows_are_filtered_and_paged(audit: Audit, clock: Clock) -> None:
    clock.advance(hours=1)
    audit.append(Entry("sven", "supervisor", "other", "export", "done", detail={"rows": 3}))
    assert [row.sequence for row in audit.rows()] == [6, 5, 4, 3, 2, 1]
    assert [row.sequence for row in audit.rows(limit=2, before=5)] == [4, 3]
    assert [row.sequence for row in audit.rows(subject=MARIA)] == [5, 4, 3, 2, 1]
    for filtered in (
        audit.rows(actor="sven"),
        audit.rows(application="other"),
        audit.rows(operation="export"),
        audit.rows(since=clock()),
        audit.rows(outcome="done", actor="sven"),
    ):
        assert [row.sequence for row in filtered] == [6]
    assert len(audit.rows(until=clock())) == 5
    assert audit.rows(outcome="refused") == []


def test_a_change_leaves_its_trail(bench: Bench, guard: Guard) -> None:
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest, reason="damaged", ticket="T-1")
    rows = guard.audit.rows()[::-1]
    assert [(row.operation, row.outcome) for row in rows] == [
        ("return_cart_items", outcome) for outcome in ("sending", "done", "as_previewed")
    ]
    assert {row.change_id for row in rows} == {preview.plan_id}
    detail = json.loads(rows[0].detail or "")
    assert (detail["reason"], detail["ticket"], detail["subject_id"]) == ("damaged", "T-1", "ORD-1")
    assert ["item.returned", ["0", "TEA"], 2] in json.loads(rows[2].detail or "")["after"]


def test_the_chained_rows_and_locks_hold_no_ids(bench: Bench, guard: Guard, database: Database) -> None:
    """Everything but columns that erasure can blank must do without what names a customer."""
    preview = bench.previewed(guard, RETURN)
    guard.confirm(preview.plan_id, AGENT, digest=preview.digest, reason="damaged", ticket="T-1")
    personal = {
        ("plan", "target_id"), ("plan", "arguments"), ("plan", "preview"), ("change", "reason"), ("change", "ticket"),
        ("change", "problem"), ("change", "actual"), ("change", "effects"), ("change_subject", "id"),
        ("audit_detail", "body"),
    }  # fmt: skip
    with database.read() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if (table.name, column) not in personal:
                        assert not any(
                            name in str(value) for name in ("maria", "ORD-1", "TEA", "damaged", "T-1")
                        )


def test_refusals_and_exports_are_written_down(guard: Guard) -> None:
    viewer = Actor("vera", Role.VIEWER)
    guard.refused("shop", viewer, calls.get_reserved_customers("CODE"), "not yours")
    guard.exported("shop", viewer, "points", 12, MARIA)
    exported, refused = guard.audit.rows()
    assert (refused.operation, refused.outcome) == ("get_reserved_customers", "not_allowed")
    assert json.loads(exported.detail or "")["rows"] == 12
    assert guard.audit.rows(subject=MARIA) == [exported]
