"""What the desk's own records forget: details by their age, and everything personal about one subject on demand.

The chain of the audit trail holds no personal data and stays whole; "verify" counts the details that are gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, and_, delete, or_, select, update

from desk.guard.audit import Entry
from desk.guard.kinds import KINDS
from desk.guard.model import Json, Target, Verification
from desk.guard.records import OPEN, PREVIEW
from desk.guard.roles import Actor, Role
from desk.guard.tables import AUDIT, AUDIT_DETAIL, CHANGE, CHANGE_SUBJECT, PLAN, WAITING
from desk.guard.tools import DESK, Tools
from desk.guard.wire import canonical
from talon_client import NotAllowed

ERASE = "erase"
FORGET = "forget_details"
_CHUNK = 500
"""Ids in one statement: databases have a limit."""


@dataclass(frozen=True)
class Erased:
    """What an erasure took out of the desk's own records."""

    changes: int
    """Receipts that hold nothing personal any more."""
    plans: int
    """Plans that were never confirmed; their links lead nowhere now."""
    details: int
    """Details of the audit trail."""
    left: tuple[str, ...]
    """Changes that were not touched, since they are still being sent or not settled; erase again afterwards."""


def forget_details(tools: Tools, before: datetime) -> int:
    """Delete the details of audit rows from before that time, and give back how many. Recorded when there are any.

    Details of changes that are still open stay, for somebody has to settle those.
    """
    waiting = select(CHANGE.c.id).where(CHANGE.c.outcome.in_(OPEN))
    with tools.audit.database.write() as connection:
        gone = connection.execute(
            delete(AUDIT_DETAIL).where(
                AUDIT_DETAIL.c.sequence.in_(select(AUDIT.c.sequence).where(AUDIT.c.time < before)),
                or_(AUDIT_DETAIL.c.change_id.is_(None), AUDIT_DETAIL.c.change_id.not_in(waiting)),
            )
        ).rowcount
        if gone:
            detail: dict[str, Json] = {"details": gone, "before": before.isoformat()}
            entry = Entry(DESK.name, DESK.role.value, "", FORGET, "done", detail=detail)
            tools.audit.append(entry, connection)
    return gone


def erase(tools: Tools, application: str, actor: Actor, target: Target) -> Erased:
    """Blank everything personal about `target` in the records of that Application and of those of its environment.

    One transaction; recorded with the HMAC of the id and without the id. A change that touched somebody else too
    (a shared card) loses its details for both. Raises `NotAllowed` for everybody but supervisors, recorded likewise.
    """
    _authorise(tools, application, actor, target)
    environment = tools.application(application)
    names = [each.name for each in tools.applications.values() if each.live == environment.live]
    with tools.audit.database.write() as connection:
        touched = set(_changes(tools, connection, names, target)) | set(
            _plans(tools, connection, names, target)
        )
        left = _unsettled(tools, connection, sorted(touched))
        ids = sorted(touched - set(left))
        changes = sum(_blank(connection, chunk) for chunk in _chunks(ids))
        details = _blank_details(tools, connection, names, target, ids)
        erased = Erased(changes, len(ids) - changes, details, tuple(left))
        tools.audit.append(_entry(tools, application, actor, target, erased), connection)
    return erased


def _authorise(tools: Tools, application: str, actor: Actor, target: Target) -> None:
    live = tools.application(application)
    if actor.role is not Role.SUPERVISOR:
        why = f"Only a supervisor may erase, not {actor.role.named}."
    elif live.live and not actor.signed_in:
        why = f"{live.label} is live, so nothing is erased until you are signed in."
    else:
        return
    tools.audit.append(_entry(tools, application, actor, target, why))
    raise NotAllowed(why, operation=ERASE)


def _entry(tools: Tools, application: str, actor: Actor, target: Target, what: Erased | str) -> Entry:
    """With the HMAC of the id only: the record of an erasure must not need erasing."""
    return Entry(
        actor=actor.name,
        role=actor.role.value,
        application=application,
        world=tools.application(application).world,
        operation=ERASE,
        outcome="not_allowed" if isinstance(what, str) else "done",
        subject=target,
        detail={"why": what}
        if isinstance(what, str)
        else {
            "changes": what.changes,
            "plans": what.plans,
            "details": what.details,
            "left": list(what.left),
        },
        named=False,
    )


def _changes(tools: Tools, connection: Connection, names: Sequence[str], target: Target) -> list[str]:
    """Changes that touched it, found by HMAC."""
    query = (
        select(CHANGE.c.id)
        .join(CHANGE_SUBJECT, CHANGE_SUBJECT.c.change_id == CHANGE.c.id)
        .join(PLAN, PLAN.c.id == CHANGE.c.id)
        .where(
            PLAN.c.arguments.is_not(None),  # else it was erased before
            CHANGE_SUBJECT.c.kind == target.kind,
            CHANGE_SUBJECT.c.subject == tools.audit.subject(target),
            CHANGE.c.application.in_(names),
        )
    )
    return [row.id for row in connection.execute(query)]


def _plans(tools: Tools, connection: Connection, names: Sequence[str], target: Target) -> Iterator[str]:
    """Plans that name it. A plan that was never confirmed has no HMACs, but still its arguments."""
    word = (target.id or "").rpartition("/")[2] if target.kind == "card" else target.id or ""
    if not word:
        return
    escaped = canonical(word)[1:-1]  # as arguments hold it; previews keep letters beyond ASCII
    mention = [
        column.contains(text, autoescape=True)
        for column in (PLAN.c.arguments, PLAN.c.preview)
        for text in {word, escaped}
    ]
    query = select(PLAN).where(
        PLAN.c.application.in_(names),
        PLAN.c.arguments.is_not(None),
        or_(and_(PLAN.c.target_kind == target.kind, PLAN.c.target_id == target.id), *mention),
    )
    for row in connection.execute(query):
        known = Target(row.target_kind, row.target_id)
        if target == known or target in _named(row.kind, row.arguments, row.preview):
            yield row.id


def _named(kind: str, arguments: str, preview: str | None) -> set[Target]:
    """What a plan is about, as far as this version of the desk knows its kind."""
    found: set[Target] = set()
    if kind in KINDS:
        change = KINDS[kind].model_validate_json(arguments)
        found.update((change.target(), *change.subjects()))
    if preview is not None:
        found.update(PREVIEW.validate_json(preview).subjects)
    return found


def _unsettled(tools: Tools, connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those that are open, or whose sender may still be at work: what it wrote afterwards would stay."""
    query = _open(tools)
    return [
        row.id for chunk in _chunks(ids) for row in connection.execute(query.where(CHANGE.c.id.in_(chunk)))
    ]


def _open(tools: Tools) -> Select[tuple[str]]:
    """A sender that has verified what it did writes no more; any other may, until its lease is over."""
    at_work = and_(CHANGE.c.lease_until >= tools.clock(), CHANGE.c.verification == Verification.PENDING.value)
    return select(CHANGE.c.id).where(or_(CHANGE.c.outcome.in_(OPEN), at_work))


def _blank(connection: Connection, ids: Sequence[str]) -> int:
    """Blank plans with their changes; how many of them were confirmed."""
    connection.execute(
        update(PLAN)
        .where(PLAN.c.id.in_(ids))
        .values(target_id=None, arguments=None, preview=None, preview_digest=None)
    )
    connection.execute(update(CHANGE_SUBJECT).where(CHANGE_SUBJECT.c.change_id.in_(ids)).values(id=None))
    connection.execute(
        update(WAITING).where(WAITING.c.plan_id.in_(ids)).values(reason=None, ticket=None, note=None)
    )
    return connection.execute(
        update(CHANGE)
        .where(CHANGE.c.id.in_(ids))
        .values(reason=None, ticket=None, problem=None, actual=None, effects=None)
    ).rowcount


def _blank_details(
    tools: Tools, connection: Connection, names: Sequence[str], target: Target, ids: Sequence[str]
) -> int:
    """Details of these changes, and of rows about it that belong to no change (an export, a revealed field)."""
    blank = update(AUDIT_DETAIL).where(AUDIT_DETAIL.c.body.is_not(None))
    blank = blank.values(body=None, salt=None, blanked=tools.clock())
    about = select(AUDIT.c.sequence).where(
        AUDIT.c.subject == tools.audit.subject(target),
        AUDIT.c.application.in_(names),
        AUDIT.c.operation != ERASE,  # these name nobody
    )
    unsettled = _open(tools)
    alone = or_(AUDIT_DETAIL.c.change_id.is_(None), AUDIT_DETAIL.c.change_id.not_in(unsettled))
    gone = connection.execute(blank.where(AUDIT_DETAIL.c.sequence.in_(about), alone)).rowcount
    for chunk in _chunks(ids):
        gone += connection.execute(blank.where(AUDIT_DETAIL.c.change_id.in_(chunk))).rowcount
    return gone


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
