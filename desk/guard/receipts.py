"""Receipts: what is known about a confirmed change, put together from its records."""

from collections.abc import Sequence
from datetime import datetime

from desk.guard.change import Change
from desk.guard.looking import lines
from desk.guard.model import Receipt
from desk.guard.outcome import Outcome
from desk.guard.records import Dossier, StoredChange
from desk.guard.tools import Tools

_LATER = 200
"""How many of a customer's latest changes are looked through for the one that took another back."""


def receipts(tools: Tools, ids: Sequence[str]) -> list[Receipt]:
    """The receipts of changes, in this order; plans that were never confirmed have none."""
    return [_receipt(tools, dossier) for dossier in tools.records.dossiers(ids)]


def _receipt(tools: Tools, dossier: Dossier) -> Receipt:
    change, plan, stored = dossier.change, dossier.plan, dossier.stored
    preview = None if stored is None or stored.stored is None else stored.stored.preview
    answered = change.effects is not None
    return Receipt(
        id=change.id,
        application=change.application,
        world=change.world,
        past_world=past_world(tools, change),
        kind=plan.kind,
        operation=plan.operation,
        target=plan.target,
        subjects=dossier.subjects,
        outcome=change.outcome,
        words=change.words,
        actor=change.actor,
        role=change.role,
        reason_code=change.reason_code,
        reason=change.reason,
        ticket=change.ticket,
        planned=plan.created,
        confirmed=change.confirmed,
        sent=change.sent,
        finished=change.finished,
        attempts=change.attempts,
        problem=change.problem,
        verification=change.verification,
        lines=() if preview is None else lines(preview, change.actual, answered=answered),
        effects=change.effects or (),
        shown=None if preview is None else preview.shown,
        known_by=change.known_by,
        look_again=_look_again(tools, change),
        meant=() if stored is None else stored.change.subjects(),
    )


def past_world(tools: Tools, change: StoredChange) -> bool:
    """Whether it was sent to a demo world that is gone."""
    application = tools.applications.get(change.application)
    return change.world != ("" if application is None else application.world)


def undo(tools: Tools, change_id: str) -> Change | None:
    """The change that takes a done one back, where there is one and its world still stands."""
    change = tools.records.change(change_id)
    stored = tools.records.plan(change_id)
    if change is None or stored is None or change.outcome is not Outcome.DONE or past_world(tools, change):
        return None
    return stored.change.undo()


def taken_back(tools: Tools, change_id: str) -> Receipt | None:
    """The receipt of the first later change that took a done one back; None where none did, or none could."""
    back, change = undo(tools, change_id), tools.records.change(change_id)
    if back is None or change is None:
        return None
    # By the customer where there is one: many more people share a code than a customer has changes.
    subject = next(iter(back.subjects()), back.target())
    ids = tools.records.recent(change.application, change.world, subject, None, _LATER)
    wanted = {back.target(), *back.subjects()}
    found = [
        each
        for each in receipts(tools, ids)
        if each.confirmed > change.confirmed
        and each.outcome is Outcome.DONE
        and each.kind == back.kind
        and wanted <= set(each.subjects)
    ]
    return min(found, key=lambda each: each.confirmed, default=None)


def _look_again(tools: Tools, change: StoredChange) -> datetime | None:
    settles = change.outcome is Outcome.UNKNOWN and tools.clock() <= change.lease_until
    return change.lease_until if settles else None
