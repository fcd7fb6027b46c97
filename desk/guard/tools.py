"""What every step of the write path works with: records, trail, clock, and clients that allow what the role allows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from desk.applications import Application
from desk.guard.audit import Audit, Entry
from desk.guard.errors import UnknownApplication, UnknownPlan
from desk.guard.keys import AuditKey
from desk.guard.model import Json, Plan
from desk.guard.records import Records, StoredPlan
from desk.guard.roles import Actor, Role, Verdict, may
from desk.guard.sign_ins import SignIns
from desk.guard.waiting import Waitings
from desk.policy import Policy
from talon_client import Call, NotAllowed, TalonClient

DESK = Actor("desk", Role.VIEWER)
"""Who reads back when nobody pressed a button."""


@dataclass(frozen=True)
class Timing:
    """How long things may take."""

    deadline: timedelta = timedelta(seconds=20)
    """Of one call of the client."""
    margin: timedelta = timedelta(seconds=20)
    """For clocks of replicas that differ, and an API that still works on what it was sent."""
    preview_valid: timedelta = timedelta(minutes=2)
    poll: timedelta = timedelta(milliseconds=50)
    verifying: timedelta = timedelta(seconds=5)
    """How long a second confirmation waits for the first one's reading back."""
    queue: timedelta = timedelta(seconds=15)
    """How long a confirmation waits for another change of the same target."""

    @property
    def lease(self) -> timedelta:
        """After this a record still *sending* has lost its sender: reading the target and sending may each take a
        whole deadline."""
        return 2 * self.deadline + self.margin


@dataclass(frozen=True)
class Tools:
    """Shared by planning, sending and resolving."""

    records: Records
    audit: Audit
    key: AuditKey
    applications: Mapping[str, Application]
    connect: Callable[[Application], TalonClient]
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    timing: Timing
    policy: Policy
    sign_ins: SignIns
    waitings: Waitings

    def application(self, name: str) -> Application:
        """The configured Application; `UnknownApplication` otherwise."""
        try:
            return self.applications[name]
        except KeyError:
            raise UnknownApplication(name) from None

    def plan(self, plan_id: str) -> StoredPlan:
        """The plan; `UnknownPlan` otherwise."""
        stored = self.records.plan(plan_id)
        if stored is None:
            raise UnknownPlan
        return stored

    def client(self, application: Application, actor: Actor) -> TalonClient:
        """A client that refuses, before any I/O, what the actor may not send there, and writes that down."""
        by_right = self.allowed(actor, application)

        def predicate(call: Call[Any]) -> Verdict:
            verdict = by_right(call)
            if verdict is not True:
                why = verdict if isinstance(verdict, str) else "not allowed"
                self._note(application.name, actor, call.operation.id, why)
            return verdict

        return self.connect(application).restricted(predicate)

    def allowed(self, actor: Actor, application: Application) -> Callable[[Call[Any]], Verdict]:
        """What the actor may send there: by sign-in, asked anew for each request, and by role."""
        by_role = may(actor, application)

        def predicate(call: Call[Any]) -> Verdict:
            ended = None if actor is DESK else self.sign_ins.refusal(actor)
            return by_role(call) if ended is None else ended

        return predicate

    def still_signed_in(self, application: str, actor: Actor, operation: str) -> None:
        """Raises `NotAllowed` (recorded) when the sign-in has ended, or there is none where one is needed."""
        ended = self.sign_ins.refusal(actor)
        if ended is None:
            return
        self._note(application, actor, operation, ended)
        raise NotAllowed(ended, operation=operation)

    def _note(self, application: str, actor: Actor, operation: str, why: str) -> None:
        """A refusal that belongs to no plan."""
        entry = Entry(
            actor=actor.name,
            role=actor.role.value,
            application=application,
            world=self.application(application).world if application else "",
            operation=operation,
            outcome="not_allowed",
            detail={"why": why},
        )
        self.audit.append(entry)

    def authorise(self, actor: Actor, plan: Plan, call: Call[object]) -> None:
        """Refuse now, and write it down, what the client would refuse later. Raises `NotAllowed`."""
        verdict = self.allowed(actor, self.application(plan.application))(call)
        if verdict is not True:
            raise self.refused(actor, plan, verdict if isinstance(verdict, str) else "not allowed")

    def refused(self, actor: Actor, plan: Plan, why: str) -> NotAllowed:
        """Write down that somebody may not do this; what to raise then."""
        self.audit.append(self.entry(plan, actor, "not_allowed", {"why": why}))
        return NotAllowed(why, operation=plan.operation)

    def entry(self, plan: Plan, actor: Actor, outcome: str, detail: Mapping[str, Json]) -> Entry:
        """The audit row for something that happened to a plan."""
        return Entry(
            actor=actor.name,
            role=actor.role.value,
            application=plan.application,
            world=plan.world,
            operation=plan.operation,
            outcome=outcome,
            subject=plan.target,
            detail=detail,
            change_id=plan.id,
        )

    def seal(self, call: Call[object]) -> str:
        """What must be equal for two calls to be the same request, but for `dry` and key."""
        return self.key.seal("\n".join(self.request(call)))

    @staticmethod
    def request(call: Call[object]) -> tuple[str, ...]:
        """Method, path, query without `dry`, and body of a call."""
        query = [f"{name}={value}" for name, value in call.query if name != "dry"]
        body = "" if call.content is None else call.content.decode()
        return (call.operation.method, call.path, "&".join(query), body)
