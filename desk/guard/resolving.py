"""What a crash or a lost answer left open: sweep it to *unknown*, settle it by reading back, never by repeating."""

from desk.guard.audit import Entry
from desk.guard.change import Proof
from desk.guard.errors import GuardError
from desk.guard.kinds.effects import changed
from desk.guard.looking import balances, compare, lines, read
from desk.guard.model import Json, Plan, Verification
from desk.guard.outcome import Outcome
from desk.guard.records import Ending, StoredChange, StoredPlan
from desk.guard.roles import Actor
from desk.guard.tools import DESK, Tools
from talon_client import TalonClient, TalonError

_UNSEEN = (Verification.PENDING, Verification.COULD_NOT_LOOK)


def sweep(tools: Tools) -> list[str]:
    """Take records whose sender must be gone out of *sending*, and give back their ids. Sends nothing."""
    return [change.id for change in tools.records.overdue(tools.clock()) if sweep_one(tools, change)]


def sweep_one(tools: Tools, change: StoredChange) -> bool:
    """The same for one record; False while it may still belong to another replica."""
    if change.outcome is not Outcome.SENDING or tools.clock() <= change.lease_until:
        return False
    (dossier,) = tools.records.dossiers([change.id])
    if change.sent is None:
        # Sending is noted before it begins, in a way that fails once this here is written.
        ending = _ending(tools, Outcome.FAILED, "failed.interrupted")
    else:
        ending = _ending(tools, Outcome.UNKNOWN, "unknown.interrupted")
    return _conclude(tools, dossier.plan, DESK, ending)


def resolve(tools: Tools, change_id: str, actor: Actor = DESK) -> None:
    """Read the target back: settle an *unknown* record as far as that proves anything, verify a done one that nobody
    has verified yet.

    Applied is believed at once. *Not applied* only after the lease: until then the API may still be at work
    on what it was sent. A target that cannot be read leaves the record as it is.
    """
    change = tools.records.change(change_id)
    if change is not None and sweep_one(tools, change):
        change = tools.records.change(change_id)
    plan = tools.records.plan(change_id)
    if change is None or plan is None or plan.stored is None:
        return
    application = tools.application(change.application)
    client = tools.client(application, actor)
    if change.outcome is Outcome.UNKNOWN and change.world != application.world:
        _conclude(tools, plan.plan, actor, _ending(tools, Outcome.UNKNOWN, "unknown.past_world"))
    elif change.outcome is Outcome.UNKNOWN:
        _settle(tools, change, plan, client, actor)
    elif (
        change.outcome is Outcome.DONE
        and change.verification in _UNSEEN
        and change.world == application.world
    ):
        verify(tools, plan, client, actor)


def _settle(tools: Tools, change: StoredChange, plan: StoredPlan, client: TalonClient, actor: Actor) -> None:
    if plan.stored is None:
        return
    try:
        reading = read(plan, client)
    except TalonError:
        return
    proof = plan.change.proof(plan.stored.preview.fingerprint, reading.fingerprint)
    if proof is Proof.APPLIED:
        if _conclude(tools, plan.plan, actor, _ending(tools, Outcome.DONE, "done.read_back")):
            verify(tools, plan, client, actor)
    elif proof is Proof.UNCLEAR:
        _conclude(tools, plan.plan, actor, _ending(tools, Outcome.UNKNOWN, "unknown.unclear"))
    elif tools.clock() > change.lease_until:
        _conclude(tools, plan.plan, actor, _ending(tools, Outcome.FAILED, "failed.not_there"))


def declare(tools: Tools, change_id: str, actor: Actor, applied: bool, reason: str) -> None:
    """Settle an *unknown* record by the word of somebody who looked in Campaign Manager.

    Raises `NotAllowed` for a role that could not have made the change, `GuardError` when it is not unknown.
    """
    change, plan = tools.records.change(change_id), tools.plan(change_id)
    if change is None or change.outcome is not Outcome.UNKNOWN:
        raise GuardError("This change is not unknown (any more); there is nothing to settle.")
    if not reason.strip():
        raise GuardError("Say how you know what became of it.")
    tools.authorise(actor, plan.plan, plan.change.call())
    outcome, words = (Outcome.DONE, "done.declared") if applied else (Outcome.FAILED, "failed.declared")
    ending = Ending(outcome, words, tools.clock(), known_by="declared")
    _conclude(tools, plan.plan, actor, ending, {"reason": reason})


def verify(tools: Tools, plan: StoredPlan, client: TalonClient, actor: Actor) -> None:
    """Read everything again that the preview spoke of, and keep whether it came as previewed."""
    change = tools.records.change(plan.plan.id)
    if change is None or plan.stored is None:
        return
    preview = plan.stored.preview
    happened = () if change.effects is None else changed(change.effects)
    try:
        reading = read(plan, client)
    except TalonError:
        actual, verification = happened, Verification.COULD_NOT_LOOK
    else:
        actual = (*reading.facts, *balances(plan.stored.ledgers, client), *happened)
        verification = compare(lines(preview, actual, answered=change.effects is not None))
        if plan.change.proof(preview.fingerprint, reading.fingerprint) is Proof.NOT_APPLIED:
            verification = Verification.NOT_THERE
    found: list[Json] = [[fact.topic, list(fact.about), fact.value] for fact in actual]
    entry = tools.entry(plan.plan, actor, verification.value, {"after": found})
    tools.records.verified(plan.plan.id, verification, actual, entry)


def _conclude(
    tools: Tools, plan: Plan, actor: Actor, ending: Ending, detail: dict[str, Json] | None = None
) -> bool:
    news = tools.records.finish(plan.id, ending, _entry(tools, plan, actor, ending, detail))
    if news:
        tools.waitings.settle(plan, ending.outcome, actor.name, ending.at)
    return news


def _ending(tools: Tools, outcome: Outcome, words: str) -> Ending:
    return Ending(outcome, words, tools.clock(), known_by="read_back")


def _entry(
    tools: Tools, plan: Plan, actor: Actor, ending: Ending, detail: dict[str, Json] | None = None
) -> Entry:
    return tools.entry(plan, actor, ending.outcome.value, {**(detail or {}), "words": ending.words})
