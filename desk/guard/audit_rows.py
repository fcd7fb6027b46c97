"""Rows of the audit trail as they are read: filtered, newest first, with their details while there are any."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select
from sqlalchemy.sql.selectable import Join

from desk.guard.tables import AUDIT, AUDIT_DETAIL, CHANGE, CHANGE_SUBJECT, WAITING


@dataclass(frozen=True)
class Head:
    """The end of the chain; an export carries it, and a later `verify` is held against it."""

    sequence: int
    mac: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.mac}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """What `str()` made, as people paste it; `ValueError` when it is something else."""
        sequence, _, mac = text.strip().strip("'\"").strip().partition(":")
        mac = mac.strip().lower()
        number = sequence.strip()
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise ValueError("no sequence in front of the colon")
        if len(mac) != 64 or not set(mac) <= set("0123456789abcdef"):
            raise ValueError("no 64 hexadecimal digits behind the colon")
        return cls(int(number), mac)


@dataclass(frozen=True)
class AuditRow:
    """One row of the trail. `detail` is None once it was blanked or deleted."""

    sequence: int
    time: datetime
    actor: str
    role: str
    application: str
    world: str
    operation: str
    subject: str
    outcome: str
    change_id: str | None
    detail: str | None
    """JSON text."""
    blanked: datetime | None
    """When the detail was erased; None for one that is there, and for one that was deleted for its age."""
    mac: str

    @property
    def head(self) -> Head:
        """The row as the end of a chain: what a later check can be held against."""
        return Head(self.sequence, self.mac)


@dataclass(frozen=True)
class Filter:
    """Which rows. None is "any"."""

    actor: str | None = None
    application: str | None = None
    operation: str | None = None
    outcome: str | None = None
    subjects: Collection[str] | None = None
    """HMACs of ids: rows about one of them, and rows of changes that touched one."""
    ticket: str = ""
    """A ticket, capitals or not: rows of the changes that named it, beside those of `subjects`."""
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive."""


@dataclass(frozen=True)
class Scope:
    """Whose rows may be seen at all."""

    everything: bool = False
    own: str = ""
    """Rows by this name."""
    applications: Collection[str] = ()
    """All rows of these."""

    def where(self) -> list[ColumnElement[bool]]:
        """As conditions."""
        if self.everything:
            return []
        return [or_(AUDIT.c.actor == self.own, AUDIT.c.application.in_(self.applications))]


EVERYTHING = Scope(everything=True)


def rows(
    connection: Connection,
    wanted: Filter,
    scope: Scope,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> list[AuditRow]:
    """Rows, newest first. `before` pages: rows with a smaller sequence only."""
    query = (
        select(AUDIT, AUDIT_DETAIL.c.change_id, AUDIT_DETAIL.c.body, AUDIT_DETAIL.c.blanked)
        .select_from(_with_detail())
        .where(*_where(wanted), *scope.where())
        .order_by(AUDIT.c.sequence.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AUDIT.c.sequence < before)
    return [_row(row) for row in connection.execute(query)]


def row(connection: Connection, sequence: int, scope: Scope) -> AuditRow | None:
    """One row, if it may be seen."""
    found = rows(connection, Filter(), scope, before=sequence + 1, limit=1)
    return found[0] if found and found[0].sequence == sequence else None


def count(connection: Connection, wanted: Filter, scope: Scope) -> int:
    """How many rows there are."""
    query = select(func.count()).select_from(
        _with_detail() if wanted.ticket or wanted.subjects is not None else AUDIT
    )
    return int(connection.execute(query.where(*_where(wanted), *scope.where())).scalar_one())


def combinations(connection: Connection, scope: Scope) -> list[tuple[str, str, str, str]]:
    """Which actors, Applications, operations and outcomes occur together."""
    query = select(AUDIT.c.actor, AUDIT.c.application, AUDIT.c.operation, AUDIT.c.outcome).distinct()
    return [tuple(found) for found in connection.execute(query.where(*scope.where()))]


def _with_detail() -> Join:
    return AUDIT.join(AUDIT_DETAIL, AUDIT.c.sequence == AUDIT_DETAIL.c.sequence, isouter=True)


def _where(wanted: Filter) -> list[ColumnElement[bool]]:
    exact = {
        AUDIT.c.actor: wanted.actor,
        AUDIT.c.application: wanted.application,
        AUDIT.c.operation: wanted.operation,
        AUDIT.c.outcome: wanted.outcome,
    }
    found = [column == value for column, value in exact.items() if value is not None]
    if wanted.since is not None:
        found.append(AUDIT.c.time >= wanted.since)
    if wanted.until is not None:
        found.append(AUDIT.c.time < wanted.until)
    about: list[ColumnElement[bool]] = []
    if wanted.subjects is not None:
        touched = select(CHANGE_SUBJECT.c.change_id).where(CHANGE_SUBJECT.c.subject.in_(wanted.subjects))
        about += [AUDIT.c.subject.in_(wanted.subjects), AUDIT_DETAIL.c.change_id.in_(touched)]
    if wanted.ticket:
        ticket = func.lower(wanted.ticket)
        about += [
            AUDIT_DETAIL.c.change_id.in_(select(CHANGE.c.id).where(func.lower(CHANGE.c.ticket) == ticket)),
            AUDIT_DETAIL.c.change_id.in_(
                select(WAITING.c.plan_id).where(func.lower(WAITING.c.ticket) == ticket)
            ),
        ]
    if about:
        found.append(or_(*about))
    return found


def _row(found: Row[tuple[object, ...]]) -> AuditRow:
    return AuditRow(
        sequence=found.sequence,
        time=found.time,
        actor=found.actor,
        role=found.role,
        application=found.application,
        world=found.world,
        operation=found.operation,
        subject=found.subject,
        outcome=found.outcome,
        change_id=found.change_id,
        detail=found.body,
        blanked=found.blanked,
        mac=found.mac,
    )
