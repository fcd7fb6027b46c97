"""Plan and preview: what somebody means to do, and what it would do, before anything is sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from desk.guard.change import Change, Reading, Wire
from desk.guard.errors import NotConfirmable
from desk.guard.kinds.reading import objects
from desk.guard.looking import balances, read
from desk.guard.model import Fact, Json, Plan, Preview, Problem, Target
from desk.guard.problems import problem_of
from desk.guard.records import StoredPlan, StoredPreview
from desk.guard.roles import Actor
from desk.guard.tools import Tools
from desk.guard.wire import digest, record
from talon_client import BadRequest, Call, Conflict, NotFound, TalonClient

_PREVIEW: TypeAdapter[Preview] = TypeAdapter(Preview)


def make_plan(
    tools: Tools, application: str, actor: Actor, change: Change, renews: str | None = None
) -> Plan:
    """Keep what somebody means to do. Raises `NotAllowed` (and records it) when the role may not do it."""
    call = change.call()
    dry = change.dry()
    if dry is not None and tools.request(dry) != tools.request(call):
        raise AssertionError(f"{change.kind}: the dry run is not the request that would be sent")
    plan = Plan(
        id=str(uuid.uuid4()),
        created=tools.clock(),
        actor=actor.name,
        role=actor.role,
        application=application,
        world=tools.application(application).world,
        kind=change.kind,
        operation=call.operation.id,
        target=change.target(),
        renews=renews,
    )
    tools.authorise(actor, plan, call)
    lease = tools.key.subject("lease", *change.lease())
    tools.records.add_plan(StoredPlan(plan, change, lease, tools.seal(call), None))
    return plan


def make_preview(tools: Tools, plan_id: str, actor: Actor, predicted: Sequence[Fact], shown: Json) -> Preview:
    """The preview of a plan: made once, then always the same. Raises `TalonError` when the API cannot be asked."""
    stored = tools.plan(plan_id)
    tools.authorise(actor, stored.plan, stored.change.call())
    if stored.stored is not None:
        return stored.stored.preview
    application = tools.application(stored.plan.application)
    if stored.plan.world != application.world:
        raise NotConfirmable("The demo world that this was planned in is gone.")
    client = tools.client(application, actor)
    made = _preview(tools, stored, client, tuple(predicted), shown)
    tools.records.add_preview(made)
    # Another tab may have been quicker: then its preview is the one that counts.
    kept = tools.plan(plan_id).stored
    return made.preview if kept is None else kept.preview


def _preview(
    tools: Tools, stored: StoredPlan, client: TalonClient, predicted: tuple[Fact, ...], shown: Json
) -> StoredPreview:
    change, now = stored.change, tools.clock()
    reading = read(stored, client)
    dry = None if reading.blocks else change.dry()
    answer, refusal = _try(client, dry) if dry is not None else (None, None)
    if answer is not None:
        ledgers = dict.fromkeys((*reading.ledgers, *change.ledgers(answer)))
        reading = replace(reading, ledgers=tuple(ledgers))
    before = (*reading.facts, *balances(reading.ledgers, client))
    possible = not reading.blocks and refusal is None
    preview = Preview(
        plan_id=stored.plan.id,
        digest="",
        made=now,
        valid_until=now + tools.timing.preview_valid,
        fingerprint=reading.fingerprint,
        before=before,
        expected=_merge(change.expect(reading, before, answer), predicted) if possible else (),
        effects=tuple(objects((answer or {}).get("effects"))),
        dry=answer is not None,
        notes=change.notes(reading, before, answer) if possible else (),
        blocks=reading.blocks,
        refusal=refusal,
        shown=shown,
        weight=change.weight(reading, answer),
    )
    sealed = replace(preview, digest=digest([stored.call_digest, _json(preview)]))
    return StoredPreview(sealed, _subjects(stored, reading), reading.ledgers)


def _try(client: TalonClient, dry: Call[Any]) -> tuple[Wire | None, Problem | None]:
    """The answer of the dry run, or why the API would refuse the real one."""
    try:
        return record(client.send(dry)), None
    except (BadRequest, NotFound, Conflict) as error:
        return None, problem_of(error)


def _json(preview: Preview) -> Mapping[str, Json]:
    dumped: Mapping[str, Json] = _PREVIEW.dump_python(preview, mode="json")
    return dumped


def _merge(promised: tuple[Fact, ...], predicted: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """What is promised, with what the page reckoned in finer detail. A ledger that it reckoned is not also promised
    as a sum: where part of an award has expired, a return takes that part without moving the sum."""
    reckoned = {fact.about for fact in predicted if fact.topic.startswith("points.")}
    kept = tuple(fact for fact in promised if fact.topic != "points.total" or fact.about not in reckoned)
    known = {(fact.topic, fact.about) for fact in kept}
    return (*kept, *(fact for fact in predicted if (fact.topic, fact.about) not in known))


def _subjects(stored: StoredPlan, reading: Reading) -> tuple[Target, ...]:
    holders = (
        Target("card", f"{ledger.program}/{ledger.id}")
        if ledger.holder == "card"
        else Target("profile", ledger.id)
        for ledger in reading.ledgers
    )
    every = (stored.plan.target, *stored.change.subjects(), *reading.subjects, *holders)
    return tuple(dict.fromkeys(every))
