"""The one write path, as pages see it: plan, preview, confirm, receipt."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from desk.applications import Application
from desk.guard import forgetting, planning, receipts, resolving, revealing, sending
from desk.guard.audit import Audit, Entry
from desk.guard.change import Change
from desk.guard.database import Database
from desk.guard.errors import GuardError, UnknownPlan
from desk.guard.forgetting import Erased
from desk.guard.keys import AuditKey
from desk.guard.limits import Over, over
from desk.guard.model import Fact, Json, Plan, Preview, Receipt, Target
from desk.guard.records import Records
from desk.guard.roles import Actor, Role, Verdict
from desk.guard.sign_ins import SignIns
from desk.guard.tools import DESK, Timing, Tools
from desk.guard.trail import Trail
from desk.guard.waiting import State, Waiting, Waitings
from desk.policy import Policy
from talon_client import Call, TalonClient


def _now() -> datetime:
    return datetime.now(UTC)


class Guard:
    """Everything that changes anything at the API goes through here. One a process; thread-safe.

        plan = guard.plan("shop", actor, ReserveCoupon(code="SUMMER", profile_id="maria"))
        preview = guard.preview(plan.id, actor)
        receipt = guard.confirm(plan.id, actor, digest=preview.digest, reason="goodwill", ticket="4711")

    `connect` gives the (shared, unrestricted) client of an Application; the guard restricts it to what the actor may
    do. No method touches Streamlit, so a rerun cannot cut a confirmation in half.
    """

    def __init__(
        self,
        database: Database,
        key: AuditKey,
        applications: Mapping[str, Application],
        connect: Callable[[Application], TalonClient],
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], None] = time.sleep,
        timing: Timing | None = None,
        policy: Policy | None = None,
        sign_in_required: bool = False,
    ) -> None:
        self.policy = policy or Policy()
        self.audit = Audit(database, key, clock)
        self.sign_ins = SignIns(database, key, self.audit, self.policy, clock, required=sign_in_required)
        self._tools = Tools(
            records=Records(database, key, self.audit),
            audit=self.audit,
            key=key,
            applications=applications,
            connect=connect,
            clock=clock,
            sleep=sleep,
            timing=timing or Timing(),
            policy=self.policy,
            sign_ins=self.sign_ins,
            waitings=Waitings(database, self.audit),
        )

    def plan(self, application: str, actor: Actor, change: Change) -> Plan:
        """Keep what somebody means to do, under an id for URLs. Asks and sends nothing.

        Raises `NotAllowed` when the role may not do it (recorded in the trail), `ValueError` for arguments that no
        request can be built from.
        """
        return planning.make_plan(self._tools, application, actor, change)

    def renew(self, plan_id: str, actor: Actor) -> Plan:
        """A new plan for the same change, after the preview of the old one had gone stale."""
        stored = self._tools.plan(plan_id)
        return planning.make_plan(
            self._tools, stored.plan.application, actor, stored.change, renews=stored.plan.id
        )

    def preview(
        self, plan_id: str, actor: Actor, *, predicted: Sequence[Fact] = (), shown: Json = None
    ) -> Preview:
        """What the change would do, read and (where the API can) asked by a dry run. Made once, then always the same.

        `predicted` are facts that a page expects by its own reckoning, verified afterwards like the rest; `shown` is
        what else it shows (the lists of a reopening), kept for the receipt. Raises `TalonError` when the API cannot
        be asked; then nothing is kept and it can be called again.
        """
        return planning.make_preview(self._tools, plan_id, actor, predicted, shown)

    def change(self, plan_id: str) -> Change:
        """The arguments of a plan; raises `UnknownPlan`."""
        return self._tools.plan(plan_id).change

    def planned(self, plan_id: str) -> tuple[Plan, Preview | None]:
        """The plan and its preview, if it has one, without asking the API; raises `UnknownPlan`."""
        stored = self._tools.plan(plan_id)
        return stored.plan, None if stored.stored is None else stored.stored.preview

    def confirm(
        self,
        plan_id: str,
        actor: Actor,
        *,
        digest: str,
        reason_code: str = "",
        reason: str = "",
        ticket: str = "",
    ) -> Receipt:
        """Carry a plan out exactly once and say what became of it.

        `digest` is that of the preview on the page. Call it as often as you like, from threads, tabs and replicas:
        one call sends, all get the same receipt. A *stale* receipt means that nothing was sent: `renew` and
        preview again. `reason_code` is one of the policy's. Raises `NotAllowed`, `NotConfirmable` (also where the
        policy wants a reason or a ticket), `TargetBusy` or `UnknownPlan` when nothing could even be recorded, and
        `NeedsSupervisor` when it is above the role's limit: then it waits, and `waiting` finds it.
        """
        said = sending.Confirmation(actor, digest, reason.strip(), ticket.strip(), reason_code)
        sending.confirm(self._tools, plan_id, said)
        return self.receipt(plan_id)

    def limits(self, actor: Actor, preview: Preview) -> tuple[Over, ...]:
        """The limits of this person's role that a previewed change exceeds: confirming it would ask a supervisor."""
        return over(self.policy, actor.role, preview.weight)

    def waiting(self, plan_id: str, actor: Actor) -> Waiting:
        """The change that waits under this id. Raises `UnknownPlan`, also for somebody else's unless a supervisor."""
        found = self._tools.waitings.get(plan_id)
        if found is None or not (actor.role is Role.SUPERVISOR or found.actor == actor.name):
            raise UnknownPlan
        return found

    def asked_for(self, change_id: str) -> Waiting | None:
        """What somebody had asked for and this confirmed change carried out; None where nobody had to ask."""
        stored = self._tools.records.plan(change_id)
        found = None if stored is None else self._tools.waitings.behind(stored.plan)
        return found if found is not None and found.change_id == change_id else None

    def all_waiting(self, application: str, actor: Actor) -> list[Waiting]:
        """What waits for a supervisor, then what was decided lately; others than supervisors see their own."""
        world = self._tools.application(application).world
        whose = None if actor.role is Role.SUPERVISOR else actor.name
        return self._tools.waitings.all(application, world, actor=whose)

    def decline(self, plan_id: str, actor: Actor, note: str) -> None:
        """A supervisor says no, with a word why; whoever asked withdraws. Raises `GuardError` otherwise, `NotAllowed`
        (recorded) for everybody else and after the sign-in has ended."""
        found = self._tools.waitings.get(plan_id)
        if found is None:
            raise UnknownPlan
        mine, stored = found.asked_by(actor), self._tools.plan(plan_id)
        self._tools.still_signed_in(found.application, actor, stored.plan.operation)
        if not mine:
            self._tools.authorise(actor, stored.plan, stored.change.call())
            why = found.why_not(actor)
            if why:
                raise self._tools.refused(actor, stored.plan, why)
        if not mine and not note.strip():
            raise GuardError("Say in a word why not.")
        state = State.WITHDRAWN if mine else State.DECLINED
        entry = self._tools.entry(stored.plan, actor, state.value, {"note": note.strip()})
        self._tools.waitings.decide(plan_id, state, actor, note.strip(), self._tools.clock(), entry)

    def receipt(self, plan_id: str) -> Receipt:
        """What is known about a confirmed change, now; raises `UnknownPlan` when it was never confirmed."""
        found = receipts.receipts(self._tools, [plan_id])
        if not found:
            raise UnknownPlan
        return found[0]

    def recent(
        self,
        application: str,
        target: Target | None = None,
        *,
        actor: str | None = None,
        limit: int = 20,
    ) -> list[Receipt]:
        """Receipts of the present world, newest first; of everything that touched `target` when one is given."""
        world = self._tools.application(application).world
        ids = self._tools.records.recent(application, world, target, actor, limit)
        return receipts.receipts(self._tools, ids)

    def open(self, application: str) -> list[Receipt]:
        """Changes that are still sending or unknown, oldest first."""
        world = self._tools.application(application).world
        return receipts.receipts(self._tools, self._tools.records.open(application, world))

    def resolve(self, change_id: str, actor: Actor = DESK) -> Receipt:
        """Settle an *unknown* change by reading back, as far as that proves anything, or verify a done one that
        could not be read at the time (`Receipt.unsettled` says when this is worth calling). Never repeats it."""
        resolving.resolve(self._tools, change_id, actor)
        return self.receipt(change_id)

    def declare(self, change_id: str, actor: Actor, *, applied: bool, reason: str) -> Receipt:
        """Settle an *unknown* change that reading back cannot, by the word of somebody who looked elsewhere."""
        resolving.declare(self._tools, change_id, actor, applied, reason)
        return self.receipt(change_id)

    def sweep(self) -> list[str]:
        """At start: records whose sender is gone become *unknown* (or *failed*, when nothing had left). Their ids.

        Asks nothing of the API: `resolve` what `open` lists when somebody looks, or in the background.
        """
        return resolving.sweep(self._tools)

    def undo(self, change_id: str) -> Change | None:
        """The change that takes a done one back (release a reservation), to be planned like any other; or None."""
        return receipts.undo(self._tools, change_id)

    def taken_back(self, change_id: str) -> Receipt | None:
        """The receipt of the first later change that took a done one back, as far as this desk made it; or None."""
        return receipts.taken_back(self._tools, change_id)

    def refused(self, application: str, actor: Actor, call: Call[object], why: str) -> None:
        """Write down that a call was refused outside the write path (a read that the role may not make)."""
        self._note(application, actor, call.operation.id, "not_allowed", None, {"why": why})

    def exported(self, application: str, actor: Actor, what: str, rows: int, subject: Target | None) -> None:
        """Write down that something is exported, before it is handed out. Raises `NotAllowed` after sign-out."""
        self._tools.still_signed_in(application, actor, "export")
        self._note(application, actor, "export", "done", subject, {"what": what, "rows": rows})

    def _note(
        self,
        application: str,
        actor: Actor,
        operation: str,
        outcome: str,
        subject: Target | None,
        detail: Mapping[str, Json],
    ) -> None:
        self.audit.append(
            Entry(
                actor=actor.name,
                role=actor.role.value,
                application=application,
                world=self._tools.application(application).world,
                operation=operation,
                outcome=outcome,
                subject=subject,
                detail=detail,
            )
        )

    def now(self) -> datetime:
        """The desk's clock, in UTC: what decides how long something is shown or kept."""
        return self._tools.clock()

    def trail(self, actor: Actor) -> Trail:
        """The audit trail as this person may see it."""
        return Trail(self._tools, actor)

    def may_reveal(self, application: str, actor: Actor) -> Verdict:
        """True when this person may look at masked fields, one at a time, or why not; `reveal` decides again."""
        return revealing.may_reveal(self._tools.application(application), actor)

    def reveal(self, application: str, actor: Actor, target: Target, field: str) -> datetime:
        """Write down that a masked field is looked at; until when it may be shown. Raises `NotAllowed` (recorded)."""
        self._tools.still_signed_in(application, actor, revealing.OPERATION)
        return revealing.reveal(self._tools, application, actor, target, field)

    def forget_details(self, before: datetime) -> int:
        """Delete details of the audit trail from before that time; how many. The chain stays."""
        return forgetting.forget_details(self._tools, before)

    def erase(self, application: str, actor: Actor, target: Target) -> Erased:
        """Blank everything personal about `target` in the desk's own records, for supervisors only.

        Changes that are still being sent, or not settled, are left alone and named in the answer. Raises `NotAllowed`.
        """
        self._tools.still_signed_in(application, actor, forgetting.ERASE)
        return forgetting.erase(self._tools, application, actor, target)
