"""The audit trail: rows chained under a key outside the database, with details that can be blanked."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, Row, insert, select, update

from desk.guard import audit_rows
from desk.guard.audit_rows import EVERYTHING, AuditRow, Filter, Head
from desk.guard.database import Database
from desk.guard.keys import AuditKey
from desk.guard.model import Json, Target
from desk.guard.tables import AUDIT, AUDIT_DETAIL, AUDIT_HEAD
from desk.guard.wire import canonical


@dataclass(frozen=True)
class Entry:
    """Something that happened, to be written down."""

    actor: str
    role: str
    application: str
    operation: str
    """Of the API in snake case, or `export`, `reveal`, `sign_in` ..."""
    outcome: str
    subject: Target | None = None
    detail: Mapping[str, Json] = field(default_factory=dict)
    """Ids, before and after, reason, ticket: all that can be personal."""
    world: str = ""
    change_id: str | None = None
    named: bool = True
    """Whether the subject's id stands in the detail; an erasure leaves its HMAC alone."""


@dataclass(frozen=True)
class Verification:
    """What checking the chain found. It proves that nothing in it was changed without the key; it cannot prove that
    everything that happened was written down, nor that the tail was not cut off unless an exported head is given."""

    rows: int
    blanked: int
    """Rows whose details were erased or deleted; the chain does not need them."""
    deleted: int
    """Those of them that were deleted for their age: nothing of the detail is left."""
    problems: tuple[tuple[int, str], ...]
    """Sequence and what is wrong: `missing`, `changed`, `order`, `detail_changed`, `head`, `cut_off`."""
    head: Head

    @property
    def intact(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


class Audit:
    """Append, list, verify."""

    def __init__(self, database: Database, key: AuditKey, clock: Callable[[], datetime]) -> None:
        self.database = database
        """Where the trail is: what must stand or fall with a row is written in the same transaction."""
        self._key = key
        self._clock = clock

    def append(self, entry: Entry, connection: Connection | None = None) -> int:
        """Write a row and give back its sequence. With a connection it stands or falls with that transaction."""
        if connection is None:
            with self.database.write() as own:
                return self.append(entry, own)
        head = connection.execute(select(AUDIT_HEAD).with_for_update()).one()
        salt = secrets.token_hex(16)
        body = canonical({**_id(entry), **entry.detail})
        row: dict[str, object] = {
            "sequence": head.sequence + 1,
            "time": self._clock(),
            "actor": entry.actor,
            "role": entry.role,
            "application": entry.application,
            "world": entry.world,
            "operation": entry.operation,
            "subject": self.subject(entry.subject) if entry.subject else "",
            "outcome": entry.outcome,
            "digest": _digest(salt, entry.change_id, body),
            "key_id": self._key.id,
            "previous": head.mac,
        }
        row["mac"] = self._key.seal(_content(row))
        connection.execute(insert(AUDIT).values(row))
        detail = {"sequence": row["sequence"], "change_id": entry.change_id, "salt": salt, "body": body}
        connection.execute(insert(AUDIT_DETAIL).values(detail))
        connection.execute(update(AUDIT_HEAD).values(sequence=row["sequence"], mac=row["mac"]))
        return int(head.sequence) + 1

    def subject(self, target: Target) -> str:
        """What stands for the target in the trail."""
        return self._key.subject(target.kind, target.id or "")

    def rows(
        self,
        *,
        actor: str | None = None,
        application: str | None = None,
        operation: str | None = None,
        outcome: str | None = None,
        subject: Target | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 200,
    ) -> list[AuditRow]:
        """Everybody's rows, newest first, for the desk itself; people see `Guard.trail`. `before` pages: rows with a
        smaller sequence only. `subject`: rows about it, and those of changes that touched it."""
        wanted = Filter(
            actor=actor,
            application=application,
            operation=operation,
            outcome=outcome,
            subjects=None if subject is None else [self.subject(subject)],
            since=since,
            until=until,
        )
        with self.database.read() as connection:
            return audit_rows.rows(connection, wanted, EVERYTHING, before=before, limit=limit)

    def verify(self, exported: Head | None = None) -> Verification:
        """Walk the whole chain. `exported` is the head of an earlier export: it must still be part of it."""
        problems: list[tuple[int, str]] = []
        last = Head(0, "")
        count = blanked = deleted = 0
        seen_exported = exported is None or exported.sequence == 0
        with self.database.snapshot() as connection:
            head = connection.execute(select(AUDIT_HEAD)).one()
            for row in self._chain(connection):
                count += 1
                problems += [(row.sequence, what) for what in self._check(row, last)]
                blanked += row.body is None
                deleted += row.detail is None
                last = Head(row.sequence, row.mac)
                seen_exported = seen_exported or last == exported
        if (head.sequence, head.mac) != (last.sequence, last.mac):
            problems.append((head.sequence, "head"))
        if exported is not None and not seen_exported:
            problems.append((exported.sequence, "cut_off"))
        return Verification(count, blanked, deleted, tuple(problems), last)

    def _chain(self, connection: Connection) -> Iterator[Row[tuple[object, ...]]]:
        query = (
            select(
                AUDIT,
                AUDIT_DETAIL.c.sequence.label("detail"),
                AUDIT_DETAIL.c.change_id,
                AUDIT_DETAIL.c.salt,
                AUDIT_DETAIL.c.body,
            )
            .join(AUDIT_DETAIL, AUDIT.c.sequence == AUDIT_DETAIL.c.sequence, isouter=True)
            .order_by(AUDIT.c.sequence)
            .execution_options(yield_per=1000)
        )
        yield from connection.execute(query)

    def _check(self, row: Row[tuple[object, ...]], last: Head) -> Iterator[str]:
        if row.sequence != last.sequence + 1:
            yield "missing"
        elif row.previous != last.mac:
            yield "order"
        content = {name: getattr(row, name) for name in _CHAINED}
        if row.key_id != self._key.id or not secrets.compare_digest(
            self._key.seal(_content(content)), row.mac
        ):
            yield "changed"
        if row.body is not None and _digest(row.salt or "", row.change_id, row.body) != row.digest:
            yield "detail_changed"


_CHAINED = (
    "sequence",
    "time",
    "actor",
    "role",
    "application",
    "world",
    "operation",
    "subject",
    "outcome",
    "digest",
    "key_id",
    "previous",
)


def _content(row: Mapping[str, object]) -> str:
    values: dict[str, Json] = {}
    for name in _CHAINED:
        value = row[name]
        values[name] = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
    return canonical(values)


def _digest(salt: str, change_id: str | None, body: str) -> str:
    # Salted, so that a short detail (an id) cannot be guessed from it once the detail was erased.
    return sha256(canonical([salt, change_id, body]).encode()).hexdigest()


def _id(entry: Entry) -> dict[str, Json]:
    if entry.subject is None:
        return {}
    kind: dict[str, Json] = {"subject_kind": entry.subject.kind}
    return {**kind, "subject_id": entry.subject.id} if entry.named else kind
