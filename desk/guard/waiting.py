"""Changes above their author's limit: kept with the reason that was given, until a supervisor decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from desk.guard.audit import Audit, Entry
from desk.guard.database import Database
from desk.guard.errors import GuardError
from desk.guard.limits import Over
from desk.guard.model import Plan, Target
from desk.guard.outcome import Outcome
from desk.guard.roles import Actor, Role
from desk.guard.tables import PLAN, WAITING

_OVER: TypeAdapter[tuple[Over, ...]] = TypeAdapter(tuple[Over, ...])


class State(str, Enum):
    """Where a waiting change stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    """A supervisor confirmed it; the receipt says what became of it."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Waiting:
    """A change that waits, or waited, for a supervisor."""

    plan_id: str
    application: str
    kind: str
    operation: str
    target: Target
    state: State
    actor: str
    role: Role
    asked: datetime
    over: tuple[Over, ...]
    reason_code: str
    reason: str
    ticket: str
    decided: datetime | None
    decided_by: str
    note: str
    change_id: str
    """The receipt, once it was confirmed."""

    def asked_by(self, actor: Actor) -> bool:
        """Whether this person asked for it. Without sign-in the role of the menu is all that tells people apart."""
        return self.actor == actor.name and (actor.signed_in or self.role is actor.role)

    def why_not(self, actor: Actor) -> str:
        """Why this person may not decide about it: a second one has to, and a supervisor; empty for those who may."""
        if self.asked_by(actor):
            return "Somebody else has to confirm what you asked for."
        return "" if actor.role is Role.SUPERVISOR else "Only a supervisor may confirm what waits."


class Waitings:
    """Reads and writes them; each step writes its audit row in the same transaction."""

    def __init__(self, database: Database, audit: Audit) -> None:
        self._database, self._audit = database, audit

    def ask(
        self, plan: Plan, over: Sequence[Over], said: tuple[str, str, str], at: datetime, entry: Entry
    ) -> None:
        """Keep a plan for a supervisor; asking twice keeps the first. `said`: code, reason, ticket."""
        code, reason, ticket = said
        values = {
            "plan_id": plan.id,
            "application": plan.application,
            "world": plan.world,
            "state": State.WAITING.value,
            "actor": entry.actor,
            "role": entry.role,
            "asked": at,
            "over": _OVER.dump_json(tuple(over)).decode(),
            "reason_code": code,
            "reason": reason,
            "ticket": ticket,
        }
        try:
            with self._database.write() as connection:
                connection.execute(insert(WAITING).values(values))
                self._audit.append(entry, connection)
        except IntegrityError:
            pass

    def get(self, plan_id: str) -> Waiting | None:
        """The one of that plan, or None."""
        with self._database.read() as connection:
            row = connection.execute(_QUERY.where(WAITING.c.plan_id == plan_id)).one_or_none()
        return None if row is None else _waiting(row)

    def all(self, application: str, world: str, *, actor: str | None, limit: int = 100) -> list[Waiting]:
        """Those of an Application, waiting ones first, then the newest; of one person where `actor` is given."""
        query = _QUERY.where(WAITING.c.application == application, WAITING.c.world == world)
        if actor is not None:
            query = query.where(WAITING.c.actor == actor)
        first = WAITING.c.state != State.WAITING.value
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(first, WAITING.c.asked.desc()).limit(limit))
            return [_waiting(row) for row in rows]

    def behind(self, plan: Plan) -> Waiting | None:
        """What this plan asks for itself, or carries out for whoever asked, however often it was renewed in between;
        or None."""
        root = self._root(plan.id)
        return None if root is None else self.get(root)

    def _root(self, plan_id: str) -> str | None:
        with self._database.read() as connection:
            seen, at = set[str](), plan_id or None
            while at is not None and at not in seen:
                seen.add(at)
                found = connection.execute(
                    select(WAITING.c.plan_id).where(WAITING.c.plan_id == at)
                ).one_or_none()
                if found is not None:
                    return at
                at = connection.execute(select(PLAN.c.renews).where(PLAN.c.id == at)).scalar_one_or_none()
        return None

    def take(self, plan: Plan, by: str, at: datetime) -> bool:
        """Just before a plan is sent: what it carries out counts as confirmed. False when somebody has decided about
        that meanwhile; True also for a plan that nobody had to ask for."""
        root = self._root(plan.id)
        if root is None:
            return True
        with self._database.write() as connection:
            return _decide(connection, root, State.CONFIRMED, by, at, change_id=plan.id)

    def settle(self, plan: Plan, outcome: Outcome, by: str, at: datetime) -> None:
        """The plan ended: where nothing has happened, what it was to carry out waits again."""
        root = self._root(plan.id)
        if root is None:
            return
        with self._database.write() as connection:
            if outcome in (Outcome.DONE, Outcome.UNKNOWN):
                _decide(connection, root, State.CONFIRMED, by, at, change_id=plan.id)
            else:
                connection.execute(
                    update(WAITING)
                    .where(WAITING.c.plan_id == root, WAITING.c.change_id == plan.id)
                    .values(state=State.WAITING.value, decided=None, decided_by=None, change_id=None)
                )

    def decide(self, plan_id: str, state: State, actor: Actor, note: str, at: datetime, entry: Entry) -> None:
        """Decline or withdraw. Raises `GuardError` when somebody has decided meanwhile."""
        with self._database.write() as connection:
            if not _decide(connection, plan_id, state, actor.name, at, note=note):
                raise GuardError("Somebody has decided about this meanwhile.")
            self._audit.append(entry, connection)


_QUERY = select(WAITING, PLAN.c.kind, PLAN.c.operation, PLAN.c.target_kind, PLAN.c.target_id).join(
    PLAN, PLAN.c.id == WAITING.c.plan_id
)


def _decide(
    connection: Connection,
    plan_id: str,
    state: State,
    by: str,
    at: datetime,
    *,
    note: str = "",
    change_id: str | None = None,
) -> bool:
    result = connection.execute(
        update(WAITING)
        .where(WAITING.c.plan_id == plan_id, WAITING.c.state == State.WAITING.value)
        .values(state=state.value, decided=at, decided_by=by, note=note, change_id=change_id)
    )
    return result.rowcount == 1


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    return Waiting(
        plan_id=row.plan_id,
        application=row.application,
        kind=row.kind,
        operation=row.operation,
        target=Target(row.target_kind, row.target_id),
        state=State(row.state),
        actor=row.actor,
        role=Role(row.role),
        asked=row.asked,
        over=_OVER.validate_json(row.over),
        reason_code=row.reason_code,
        reason=row.reason or "",
        ticket=row.ticket or "",
        decided=row.decided,
        decided_by=row.decided_by or "",
        note=row.note or "",
        change_id=row.change_id or "",
    )
