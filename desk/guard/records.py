"""Plans and changes in the database: all SQL of the write path, and nothing that decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from desk.guard.audit import Audit, Entry
from desk.guard.change import Change, Ledger
from desk.guard.database import Database
from desk.guard.errors import UnknownPlan
from desk.guard.keys import AuditKey
from desk.guard.kinds import KINDS
from desk.guard.model import Fact, Json, Plan, Preview, Problem, Target, Verification
from desk.guard.outcome import Outcome
from desk.guard.roles import Role
from desk.guard.tables import CHANGE, CHANGE_SUBJECT, PLAN
from desk.guard.wire import canonical


@dataclass(frozen=True)
class StoredPreview:
    """A preview with what only the write path needs of it."""

    preview: Preview
    subjects: tuple[Target, ...]
    ledgers: tuple[Ledger, ...]


@dataclass(frozen=True)
class StoredPlan:
    """A plan as the database holds it."""

    plan: Plan
    change: Change
    lease: str
    call_digest: str
    stored: StoredPreview | None


@dataclass(frozen=True)
class StoredChange:
    """A confirmed plan as the database holds it."""

    id: str
    application: str
    world: str
    lease: str
    outcome: Outcome
    words: str
    actor: str
    role: Role
    reason_code: str
    reason: str
    ticket: str
    confirmed: datetime
    lease_until: datetime
    sent: datetime | None
    finished: datetime | None
    attempts: int
    known_by: str
    verification: Verification
    problem: Problem | None
    actual: tuple[Fact, ...]
    effects: tuple[Mapping[str, Json], ...] | None
    """None: there was no answer that could be read."""


@dataclass(frozen=True)
class Dossier:
    """A change with everything that belongs to it."""

    change: StoredChange
    plan: Plan
    stored: StoredPlan | None
    """None once its arguments were erased."""
    subjects: tuple[Target, ...]


@dataclass(frozen=True)
class Ending:
    """How a change ended, as far as it is known."""

    outcome: Outcome
    words: str
    at: datetime
    known_by: str
    attempts: int | None = None
    problem: Problem | None = None
    effects: tuple[Mapping[str, Json], ...] | None = None


PREVIEW: TypeAdapter[StoredPreview] = TypeAdapter(StoredPreview)
FACTS: TypeAdapter[tuple[Fact, ...]] = TypeAdapter(tuple[Fact, ...])
PROBLEM: TypeAdapter[Problem] = TypeAdapter(Problem)
EFFECTS: TypeAdapter[tuple[Mapping[str, Json], ...]] = TypeAdapter(tuple[Mapping[str, Json], ...])

OPEN = (Outcome.SENDING.value, Outcome.UNKNOWN.value)


class Records:
    """Reads and writes plans and changes; every change of an outcome writes its audit row in the same transaction."""

    def __init__(self, database: Database, key: AuditKey, audit: Audit) -> None:
        self._database = database
        self._key = key
        self._audit = audit

    def add_plan(self, stored: StoredPlan) -> None:
        """Keep a new plan."""
        plan = stored.plan
        with self._database.write() as connection:
            connection.execute(
                insert(PLAN).values(
                    id=plan.id,
                    created=plan.created,
                    actor=plan.actor,
                    role=plan.role.value,
                    application=plan.application,
                    world=plan.world,
                    kind=plan.kind,
                    operation=plan.operation,
                    status="open",
                    target_kind=plan.target.kind,
                    target_id=plan.target.id,
                    lease=stored.lease,
                    arguments=canonical(stored.change.model_dump(mode="json")),
                    call_digest=stored.call_digest,
                    renews=plan.renews,
                )
            )

    def add_preview(self, stored: StoredPreview) -> None:
        """Keep the preview of a plan, unless it has one already (previews are made once) or was erased meanwhile."""
        preview = stored.preview
        with self._database.write() as connection:
            connection.execute(
                update(PLAN)
                .where(PLAN.c.id == preview.plan_id, PLAN.c.preview.is_(None), PLAN.c.arguments.is_not(None))
                .values(
                    preview=PREVIEW.dump_json(stored).decode(),
                    preview_digest=preview.digest,
                    previewed=preview.made,
                )
            )

    def plan(self, plan_id: str) -> StoredPlan | None:
        """The plan, or None when there is none or its arguments were erased."""
        with self._database.read() as connection:
            row = connection.execute(select(PLAN).where(PLAN.c.id == plan_id)).one_or_none()
        return None if row is None else _stored_plan(row)

    def claim(self, change: StoredChange, subjects: Sequence[Target], entry: Entry) -> bool:
        """Record a change, or return False when this plan was recorded before or its target is taken.

        The two unique indexes decide, so two threads, processes or replicas cannot both be told True.
        Raises `UnknownPlan` when its data was erased meanwhile.
        """
        unerased = select(PLAN.c.id).where(PLAN.c.id == change.id, PLAN.c.arguments.is_not(None))
        try:
            with self._database.write() as connection:
                if connection.execute(unerased.with_for_update()).one_or_none() is None:
                    raise UnknownPlan
                connection.execute(insert(CHANGE).values(_columns(change)))
                for target in dict.fromkeys(subjects):
                    self._add_subject(connection, change.id, target)
                self._audit.append(entry, connection)
        except IntegrityError:
            return False
        return True

    def mark_sent(self, change_id: str, at: datetime) -> bool:
        """Note that sending begins; False when the sweep has taken the record away meanwhile."""
        with self._database.write() as connection:
            result = connection.execute(
                update(CHANGE)
                .where(
                    CHANGE.c.id == change_id,
                    CHANGE.c.outcome == Outcome.SENDING.value,
                    CHANGE.c.sent.is_(None),
                )
                .values(sent=at)
            )
            return result.rowcount == 1

    def finish(self, change_id: str, ending: Ending, entry: Entry) -> bool:
        """Write down how it ended, if that is news.

        An open record takes every ending. A definite answer also corrects what was concluded by reading back.
        """
        allowed: ColumnElement[bool] = CHANGE.c.outcome.in_(OPEN)
        if ending.known_by == "answer" and not ending.outcome.open:
            allowed = or_(allowed, CHANGE.c.known_by == "read_back")
        values: dict[str, object] = {
            "outcome": ending.outcome.value,
            "words": ending.words,
            "known_by": ending.known_by,
            "finished": None if ending.outcome.open else ending.at,
        }
        if ending.outcome is Outcome.DONE:
            values["verification"] = Verification.PENDING.value
        if ending.attempts is not None:
            values["attempts"] = ending.attempts
        if ending.problem is not None:
            values["problem"] = PROBLEM.dump_json(ending.problem).decode()
        if ending.effects is not None:
            values["effects"] = EFFECTS.dump_json(ending.effects).decode()
        with self._database.write() as connection:
            result = connection.execute(
                update(CHANGE)
                .where(
                    CHANGE.c.id == change_id,
                    allowed,
                    # Concluding twice is no news and writes no second audit row.
                    or_(CHANGE.c.outcome != ending.outcome.value, CHANGE.c.words != ending.words),
                )
                .values(values)
            )
            if result.rowcount == 0:
                return False
            self._audit.append(entry, connection)
            return True

    def verified(
        self, change_id: str, verification: Verification, actual: Sequence[Fact], entry: Entry
    ) -> None:
        """Keep what reading back found, unless the record was erased meanwhile."""
        unerased = select(PLAN.c.id).where(PLAN.c.arguments.is_not(None))
        with self._database.write() as connection:
            result = connection.execute(
                update(CHANGE)
                .where(CHANGE.c.id == change_id, CHANGE.c.id.in_(unerased))
                .values(verification=verification.value, actual=FACTS.dump_json(tuple(actual)).decode())
            )
            if result.rowcount:
                self._audit.append(entry, connection)

    def change(self, change_id: str) -> StoredChange | None:
        """The change, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(CHANGE).where(CHANGE.c.id == change_id)).one_or_none()
        return None if row is None else _change(row)

    def holder(self, application: str, world: str, lease: str) -> StoredChange | None:
        """The open change that holds the lease, or None."""
        with self._database.read() as connection:
            row = connection.execute(
                select(CHANGE).where(
                    CHANGE.c.application == application,
                    CHANGE.c.world == world,
                    CHANGE.c.lease == lease,
                    CHANGE.c.outcome.in_(OPEN),
                )
            ).one_or_none()
        return None if row is None else _change(row)

    def open(self, application: str, world: str) -> list[str]:
        """Ids of changes that are sending or unknown, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(CHANGE.c.id)
                .where(
                    CHANGE.c.application == application,
                    CHANGE.c.world == world,
                    CHANGE.c.outcome.in_(OPEN),
                )
                .order_by(CHANGE.c.confirmed, CHANGE.c.id)
            )
            return [row.id for row in rows]

    def overdue(self, now: datetime) -> list[StoredChange]:
        """Changes still *sending* whose time is over: whoever sent them is gone."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(CHANGE).where(CHANGE.c.outcome == Outcome.SENDING.value, CHANGE.c.lease_until < now)
            )
            return [_change(row) for row in rows]

    def recent(
        self, application: str, world: str, target: Target | None, actor: str | None, limit: int
    ) -> list[str]:
        """Ids of changes, newest first."""
        query = select(CHANGE.c.id).where(CHANGE.c.application == application, CHANGE.c.world == world)
        if target is not None:
            query = query.join(CHANGE_SUBJECT, CHANGE_SUBJECT.c.change_id == CHANGE.c.id).where(
                CHANGE_SUBJECT.c.kind == target.kind,
                CHANGE_SUBJECT.c.subject == self._key.subject(target.kind, target.id or ""),
            )
        if actor is not None:
            query = query.where(CHANGE.c.actor == actor)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(CHANGE.c.confirmed.desc(), CHANGE.c.id).limit(limit))
            return [row.id for row in rows]

    def dossiers(self, ids: Sequence[str]) -> list[Dossier]:
        """All that is known of these changes, in this order; ids that were never confirmed are left out."""
        with self._database.read() as connection:
            changes = {
                row.id: _change(row) for row in connection.execute(select(CHANGE).where(CHANGE.c.id.in_(ids)))
            }
            plans = {row.id: row for row in connection.execute(select(PLAN).where(PLAN.c.id.in_(changes)))}
            subjects: dict[str, list[Target]] = {each: [] for each in changes}
            for row in connection.execute(
                select(CHANGE_SUBJECT)
                .where(CHANGE_SUBJECT.c.change_id.in_(changes))
                .order_by(CHANGE_SUBJECT.c.kind, CHANGE_SUBJECT.c.id)
            ):
                subjects[row.change_id].append(Target(row.kind, row.id))
        return [
            Dossier(changes[each], _plan(plans[each]), _stored_plan(plans[each]), tuple(subjects[each]))
            for each in ids
            if each in changes
        ]

    def _add_subject(self, connection: Connection, change_id: str, target: Target) -> None:
        subject = self._key.subject(target.kind, target.id or "")
        connection.execute(
            insert(CHANGE_SUBJECT).values(
                change_id=change_id, kind=target.kind, subject=subject, id=target.id
            )
        )


def _stored_plan(row: Row[tuple[object, ...]]) -> StoredPlan | None:
    if row.arguments is None or row.kind not in KINDS:
        return None
    return StoredPlan(
        plan=_plan(row),
        change=KINDS[row.kind].model_validate_json(row.arguments),
        lease=row.lease,
        call_digest=row.call_digest,
        stored=None if row.preview is None else PREVIEW.validate_json(row.preview),
    )


def _plan(row: Row[tuple[object, ...]]) -> Plan:
    return Plan(
        id=row.id,
        created=row.created,
        actor=row.actor,
        role=Role(row.role),
        application=row.application,
        world=row.world,
        kind=row.kind,
        operation=row.operation,
        target=Target(row.target_kind, row.target_id),
        renews=row.renews,
    )


def _columns(change: StoredChange) -> dict[str, object]:
    return {
        "id": change.id,
        "application": change.application,
        "world": change.world,
        "lease": change.lease,
        "outcome": change.outcome.value,
        "words": change.words,
        "actor": change.actor,
        "role": change.role.value,
        "reason_code": change.reason_code,
        "reason": change.reason,
        "ticket": change.ticket,
        "confirmed": change.confirmed,
        "lease_until": change.lease_until,
        "sent": change.sent,
        "finished": change.finished,
        "attempts": change.attempts,
        "known_by": change.known_by,
        "verification": change.verification.value,
    }


def _change(row: Row[tuple[object, ...]]) -> StoredChange:
    return StoredChange(
        id=row.id,
        application=row.application,
        world=row.world,
        lease=row.lease,
        outcome=Outcome(row.outcome),
        words=row.words,
        actor=row.actor,
        role=Role(row.role),
        reason_code=row.reason_code or "",
        reason=row.reason or "",
        ticket=row.ticket or "",
        confirmed=row.confirmed,
        lease_until=row.lease_until,
        sent=row.sent,
        finished=row.finished,
        attempts=row.attempts,
        known_by=row.known_by,
        verification=Verification(row.verification),
        problem=None if row.problem is None else PROBLEM.validate_json(row.problem),
        actual=() if row.actual is None else FACTS.validate_json(row.actual),
        effects=None if row.effects is None else EFFECTS.validate_json(row.effects),
    )
