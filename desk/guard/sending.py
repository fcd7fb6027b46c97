"""Confirm: record, send once, find out what happened. One plain function, safe to call twice from anywhere."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from desk.guard.change import Proof
from desk.guard.errors import NeedsSupervisor, NotConfirmable, TargetBusy
from desk.guard.kinds.reading import objects
from desk.guard.limits import over
from desk.guard.looking import read
from desk.guard.model import Json, Preview, Problem, Verification
from desk.guard.outcome import Outcome, Verdict, judge
from desk.guard.problems import problem_of
from desk.guard.records import Ending, StoredChange, StoredPlan, StoredPreview
from desk.guard.resolving import resolve, sweep_one, verify
from desk.guard.roles import Actor
from desk.guard.tools import Tools
from desk.guard.waiting import State, Waiting
from desk.guard.wire import canonical, record
from desk.policy import FREE
from talon_client import Call, Safety, TalonClient, TalonError

READ_BACK = "done.read_back"


@dataclass(frozen=True)
class Confirmation:
    """What the person said when confirming."""

    actor: Actor
    digest: str
    """Of the preview that the page showed."""
    reason: str
    ticket: str
    reason_code: str = ""


def confirm(tools: Tools, plan_id: str, said: Confirmation) -> None:
    """Carry the plan out, exactly once; when it returns, its record says what became of it.

    Called again for the same plan it waits for the first call and sends nothing. Raises `NotAllowed`,
    `NotConfirmable`, `NeedsSupervisor`, `TargetBusy`, `UnknownPlan`: then nothing was recorded as sent, nor sent.
    """
    if tools.records.change(plan_id) is not None:
        return _wait(tools, plan_id)
    plan = tools.plan(plan_id)
    if plan.stored is None or not plan.stored.preview.confirmable:
        raise NotConfirmable("This change has no preview that could be confirmed.")
    call = plan.change.call()
    tools.authorise(said.actor, plan.plan, call)
    _explained(tools, plan, said)
    _within_limits(tools, plan, plan.stored.preview, said)
    fresh = _record(tools, plan, said)
    stale = _stale(tools, plan, plan.stored.preview, said, call)
    if stale is not None:
        ended = replace(fresh, outcome=Outcome.STALE, words=stale, finished=fresh.confirmed)
        tools.records.claim(ended, plan.stored.subjects, tools.entry(plan.plan, said.actor, stale, {}))
        return None
    if not _claim(tools, plan, plan.stored, fresh, said):
        return _wait(tools, plan_id)
    return _carry_out(tools, plan, plan.stored.preview, call, said.actor)


def _explained(tools: Tools, plan: StoredPlan, said: Confirmation) -> None:
    """The reason and the ticket that the policy asks for."""
    policy, operation = tools.policy, plan.plan.operation
    if operation in policy.reason_required and not said.reason_code:
        raise NotConfirmable("Nothing was sent: choose a reason first.")
    if said.reason_code and said.reason_code not in {each.code for each in policy.reasons}:
        raise NotConfirmable("Nothing was sent: this reason is not in the list (any more).")
    if said.reason_code == FREE and not said.reason:
        raise NotConfirmable("Nothing was sent: say the reason in your own words.")
    if operation in policy.ticket_required and not said.ticket:
        raise NotConfirmable("Nothing was sent: it needs a ticket.")


def _within_limits(tools: Tools, plan: StoredPlan, preview: Preview, said: Confirmation) -> None:
    """Above the limit of the role it is kept for a supervisor. What waits is confirmed by a second person; two are
    enough, so no limit holds for that one."""
    asked = tools.waitings.behind(plan.plan)
    if asked is not None:
        return _as_second(tools, plan, asked, said)
    found = over(tools.policy, said.actor.role, preview.weight)
    if not found:
        return None
    detail: Mapping[str, Json] = {
        "reason_code": said.reason_code,
        "reason": said.reason,
        "ticket": said.ticket,
        "over": [[each.what, each.is_, each.limit] for each in found],
    }
    entry = tools.entry(plan.plan, said.actor, "waiting", detail)
    said_why = (said.reason_code, said.reason, said.ticket)
    tools.waitings.ask(plan.plan, found, said_why, tools.clock(), entry)
    raise NeedsSupervisor(plan.plan.id)


def _as_second(tools: Tools, plan: StoredPlan, asked: Waiting, said: Confirmation) -> None:
    """A supervisor confirms what somebody else asked for, on a preview of their own."""
    if asked.state is not State.WAITING:
        raise NotConfirmable(f"Nothing was sent: {asked.decided_by} has decided about this already.")
    own = asked.plan_id == plan.plan.id
    if own and asked.asked_by(said.actor):
        raise NeedsSupervisor(asked.plan_id)
    why = asked.why_not(said.actor)
    if why:
        raise tools.refused(said.actor, plan.plan, why)
    if own:
        raise NotConfirmable("Nothing was sent: look at it as it is now first.")


def _record(tools: Tools, plan: StoredPlan, said: Confirmation) -> StoredChange:
    now = tools.clock()
    return StoredChange(
        id=plan.plan.id,
        application=plan.plan.application,
        world=plan.plan.world,
        lease=plan.lease,
        outcome=Outcome.SENDING,
        words="sending",
        actor=said.actor.name,
        role=said.actor.role,
        reason_code=said.reason_code,
        reason=said.reason,
        ticket=said.ticket,
        confirmed=now,
        lease_until=now + tools.timing.lease,
        sent=None,
        finished=None,
        attempts=0,
        known_by="",
        verification=Verification.NOT_NEEDED,
        problem=None,
        actual=(),
        effects=None,
    )


def _stale(
    tools: Tools, plan: StoredPlan, preview: Preview, said: Confirmation, call: Call[Any]
) -> str | None:
    """Why the preview does not count any more, as far as that shows without asking the API."""
    if plan.plan.world != tools.application(plan.plan.application).world:
        return "stale.past_world"
    if said.digest != preview.digest:
        return "stale.other_preview"
    if tools.clock() > preview.valid_until:
        return "stale.old"
    # A new version of the desk may build another request from the same arguments.
    return None if tools.seal(call) == plan.call_digest else "stale.changed"


def _claim(
    tools: Tools, plan: StoredPlan, stored: StoredPreview, fresh: StoredChange, said: Confirmation
) -> bool:
    """Take the lease, queueing behind other changes of the target. False: this plan was recorded by somebody else."""
    detail: Mapping[str, Json] = {
        "request": list(tools.request(plan.change.call())),
        "before": stored.preview.fingerprint,
        "reason_code": said.reason_code,
        "reason": said.reason,
        "ticket": said.ticket,
        **_asked(tools, plan),
    }
    looked: set[str] = set()
    turns = int(tools.timing.queue / tools.timing.poll)
    holder: StoredChange | None = None
    for _ in range(turns):
        now = tools.clock()
        fresh = replace(fresh, confirmed=now, lease_until=now + tools.timing.lease)
        if tools.records.claim(fresh, stored.subjects, tools.entry(plan.plan, said.actor, "sending", detail)):
            return True
        if tools.records.change(fresh.id) is not None:
            return False
        holder = tools.records.holder(fresh.application, fresh.world, fresh.lease)
        if holder is None:
            continue
        if holder.outcome is Outcome.UNKNOWN:
            if holder.id in looked:
                break  # it was read back and is still open: waiting here would not settle it
            looked.add(holder.id)
            resolve(tools, holder.id)
        elif not sweep_one(tools, holder):
            tools.sleep(tools.timing.poll.total_seconds())
    raise TargetBusy(fresh.id if holder is None else holder.id)


def _asked(tools: Tools, plan: StoredPlan) -> Mapping[str, Json]:
    """Who had asked for it, and under which plan that waits."""
    found = tools.waitings.behind(plan.plan)
    return {} if found is None else {"asked_by": found.actor, "waited": found.plan_id}


def _wait(tools: Tools, plan_id: str) -> None:
    """Until the record that somebody else works on has an outcome and was verified, or its sender must be gone."""
    patience = {Outcome.SENDING: tools.timing.lease, Outcome.DONE: tools.timing.verifying}
    waited = timedelta()
    while (change := tools.records.change(plan_id)) is not None:
        pending = change.outcome is Outcome.SENDING or change.verification is Verification.PENDING
        if not pending or waited >= patience.get(change.outcome, timedelta()) or sweep_one(tools, change):
            return
        tools.sleep(tools.timing.poll.total_seconds())
        waited += tools.timing.poll


def _carry_out(tools: Tools, plan: StoredPlan, preview: Preview, call: Call[Any], actor: Actor) -> None:
    """Inside the lease: look again, send, find out."""
    client = tools.client(tools.application(plan.plan.application), actor)
    try:
        reading = read(plan, client)
    except TalonError as error:
        return _finish(
            tools, plan, actor, Verdict(Outcome.FAILED, "failed.not_read", False), problem=problem_of(error)
        )
    except BaseException:
        _finish(tools, plan, actor, Verdict(Outcome.FAILED, "failed.not_read", False))
        raise
    taken = canonical(reading.fingerprint) == canonical(preview.fingerprint)
    if not (taken and tools.waitings.take(plan.plan, actor.name, tools.clock())):
        return _finish(tools, plan, actor, Verdict(Outcome.STALE, "stale.changed", False))
    if not tools.records.mark_sent(plan.plan.id, tools.clock()):
        return None  # the sweep took us for dead, and nothing may be sent any more
    return _send(tools, plan, client, call, actor)


def _send(tools: Tools, plan: StoredPlan, client: TalonClient, call: Call[Any], actor: Actor) -> None:
    effects: tuple[Mapping[str, Json], ...] | None = None
    problem: Problem | None = None
    deletes = call.safety is Safety.IDEMPOTENT and call.operation.method == "DELETE"
    try:
        answer = client.fetch(call.with_key(plan.plan.id))
    except Exception as error:
        verdict = judge(error, idempotent_delete=deletes)
        attempts = error.attempts if isinstance(error, TalonError) else 1
        problem = problem_of(error)
    except BaseException:
        _finish(tools, plan, actor, Verdict(Outcome.UNKNOWN, "unknown.interrupted", True), attempts=1)
        raise
    else:
        verdict = judge(answer.value, idempotent_delete=deletes)
        attempts = answer.attempts
        effects = tuple(objects(record(answer.value).get("effects")))
    if verdict.read_back and verdict.outcome is not Outcome.DONE:
        # Looked at while the record is still *sending*, so that nobody who waits for it is told "unknown"
        # a moment before the desk knows better.
        verdict = _look_back(plan, client, verdict)
    _finish(tools, plan, actor, verdict, attempts=attempts, problem=problem, effects=effects)
    if verdict.outcome is Outcome.DONE:
        verify(tools, plan, client, actor)


def _look_back(plan: StoredPlan, client: TalonClient, verdict: Verdict) -> Verdict:
    """An unknown outcome, or a refusal that may only refuse the repetition of what an earlier attempt did."""
    lost = Verdict(Outcome.UNKNOWN, "unknown.lost", True)
    if plan.stored is None:
        return verdict
    try:
        after = read(plan, client)
    except TalonError:
        return verdict if verdict.outcome is Outcome.UNKNOWN else lost
    proof = plan.change.proof(plan.stored.preview.fingerprint, after.fingerprint)
    if proof is Proof.APPLIED:
        return Verdict(Outcome.DONE, READ_BACK, True)
    return verdict if proof is Proof.NOT_APPLIED else Verdict(Outcome.UNKNOWN, "unknown.unclear", True)


def _finish(
    tools: Tools,
    plan: StoredPlan,
    actor: Actor,
    verdict: Verdict,
    *,
    attempts: int | None = None,
    problem: Problem | None = None,
    effects: tuple[Mapping[str, Json], ...] | None = None,
) -> None:
    ending = Ending(
        outcome=verdict.outcome,
        words=verdict.words,
        at=tools.clock(),
        known_by="read_back" if verdict.words == READ_BACK else "answer",
        attempts=attempts,
        problem=problem,
        effects=effects,
    )
    detail: dict[str, Json] = (
        {} if problem is None else {"problem": problem.message, "status": problem.status}
    )
    tools.records.finish(
        plan.plan.id,
        ending,
        tools.entry(plan.plan, actor, verdict.outcome.value, {**detail, "words": verdict.words}),
    )
    tools.waitings.settle(plan.plan, verdict.outcome, actor.name, tools.clock())
