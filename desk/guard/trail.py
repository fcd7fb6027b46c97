"""The audit trail as one person may see it: everything for supervisors, what they did themselves for everybody else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desk.guard import audit_rows
from desk.guard.audit import Audit, Entry, Verification
from desk.guard.audit_rows import AuditRow, Filter, Head, Scope
from desk.guard.keys import AuditKey
from desk.guard.roles import Actor, Role
from desk.guard.tools import Tools

READ = "read_trail"
"""What the trail calls it when somebody wanted to read it without a sign-in."""
ABOUT = ("profile", "session", "coupon", "card")
"""Kinds of things that an id may be of, when somebody asks what happened to it."""


@dataclass(frozen=True)
class Choices:
    """What can be filtered by: the values that occur in what this person may see, sorted."""

    actors: Sequence[str]
    applications: Sequence[str]
    operations: Sequence[str]
    outcomes: Sequence[str]


@dataclass(frozen=True)
class Exported:
    """What an export holds. Its own record is the last row of the trail at that moment, and so its head."""

    rows: Sequence[AuditRow]
    """Newest first."""
    own: AuditRow

    @property
    def head(self) -> Head:
        """What a later check is held against."""
        return self.own.head


def scope_of(tools: Tools, actor: Actor) -> Scope:
    """Whose rows somebody may see (the roles table of design.md, "audit").

    A role that was only chosen in a menu opens no rows of Applications that are live, or not known any more.
    """
    if actor.role is not Role.SUPERVISOR:
        return Scope(own=actor.name)
    if actor.signed_in:
        return Scope(everything=True)
    harmless = [each.name for each in tools.applications.values() if not each.live]
    return Scope(own=actor.name, applications=harmless)


class Trail:
    """Read, export and verify, within what the person may see. Made by `Guard.trail`; `NotAllowed` (recorded) without
    a sign-in where one is needed."""

    def __init__(self, tools: Tools, actor: Actor) -> None:
        tools.still_signed_in("", actor, READ)
        self._tools = tools
        self._audit: Audit = tools.audit
        self._actor = actor
        self._scope = scope_of(tools, actor)

    @property
    def own_only(self) -> bool:
        """Whether only what the person did is shown."""
        return self._actor.role is not Role.SUPERVISOR

    def about(self, text: str) -> frozenset[str]:
        """What `Filter.subjects` takes for an id that people type: it may be of a profile, session, coupon or card."""
        key: AuditKey = self._tools.key
        cards = {
            f"{program.id}/{text}"
            for application in self._tools.applications.values()
            for program in application.programs
            if program.kind == "card"
        }
        kinds = [(kind, text) for kind in ABOUT] + [("card", each) for each in sorted(cards)]
        return frozenset(key.subject(kind, id_) for kind, id_ in kinds)

    def rows(self, wanted: Filter, *, before: int | None = None, limit: int = 100) -> list[AuditRow]:
        """Rows, newest first; those with a smaller sequence than `before` only."""
        with self._audit.database.read() as connection:
            return audit_rows.rows(connection, wanted, self._scope, before=before, limit=limit)

    def count(self, wanted: Filter) -> int:
        """How many rows there are in all."""
        with self._audit.database.read() as connection:
            return audit_rows.count(connection, wanted, self._scope)

    def row(self, sequence: int) -> AuditRow | None:
        """One row; None where there is none, or the person may not see it."""
        with self._audit.database.read() as connection:
            return audit_rows.row(connection, sequence, self._scope)

    def choices(self) -> Choices:
        """What occurs in the rows that the person may see."""
        with self._audit.database.read() as connection:
            found = audit_rows.combinations(connection, self._scope)
        return Choices(*(_values(each[column] for each in found) for column in range(4)))

    def export(self, application: str, wanted: Filter) -> Exported:
        """All rows of a filter, and the record of having exported them, written first: no record, no export.

        The filter's id is not written down: only an erasure that knew of it could find it there again. Raises
        `NotAllowed` when the sign-in has ended since the page was drawn.
        """
        self._tools.still_signed_in(application, self._actor, "export")
        with self._audit.database.write() as connection:
            rows = audit_rows.count(connection, wanted, self._scope)
            filtered = wanted != Filter()
            entry = Entry(
                actor=self._actor.name,
                role=self._actor.role.value,
                application=application,
                world=self._tools.application(application).world,
                operation="export",
                outcome="done",
                detail={"what": "audit trail", "rows": rows, "filtered": filtered},
            )
            own = self._audit.append(entry, connection)
        with self._audit.database.read() as connection:
            found = audit_rows.rows(connection, wanted, self._scope, before=own)
            last = audit_rows.row(connection, own, self._scope)  # in every scope, for it is the person's own
        assert last is not None
        return Exported(found, last)

    def verify(self, exported: Head | None = None) -> Verification:
        """Walk the whole chain, whoever's rows; says nothing of what stands in them."""
        return self._audit.verify(exported)


def _values(found: Iterable[str]) -> list[str]:
    return sorted({each for each in found if each})
