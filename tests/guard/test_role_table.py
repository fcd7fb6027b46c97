"""Everybody and everything: each operation, each kind of change and every other right, as oneself and in disguise,
against what really arrives at the sandbox and what the trail says of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from desk.applications import Application
from desk.guard import Actor, Database, Guard, GuardError, Outcome, Preview, Role, Target, audit_rows
from desk.guard.audit_rows import Filter
from desk.guard.sign_ins import SignInEnded
from desk.guard.tools import Timing
from desk.policy import Limit, Policy
from talon_client import OPERATIONS, Call, NotAllowed, TalonClient
from talon_client.models import CartItem, IntegrationRequest, NewCustomerSessionV2
from talon_sandbox import Sandbox
from tests.client.examples import EXAMPLES
from tests.guard.conftest import KEY, ON_SQLITE
from tests.guard.role_table import AGENT, MAY, NOBODY, PEOPLE, SORTS, SUPERVISOR, VIEWER, may
from tests.guard.test_roles import DRY, MANY, NEVER, SINGLES
from tests.guard.test_write_path import EVERY

POLICY = Policy(reason_required=(), limits={Role.AGENT: Limit(points=Decimal(1_000_000))})
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARIA = Target("profile", "maria")
CART = [CartItem(sku="TEA", quantity=3, price=Decimal(10)), CartItem(sku="CUP", quantity=1, price=Decimal(5))]

ONE, LARGE = "change what belongs to one customer", "change many, or what nobody can take back"
CALLS: list[tuple[str, Call[Any]]] = [
    *(("look at the API", EXAMPLES[name]) for name in SORTS["look at the API"]),
    *(("try something out", call) for call in DRY.values()),
    *((ONE, SINGLES[name]) for name in SORTS[ONE]),
    *((LARGE, MANY[name]) for name in SORTS[LARGE]),
    *((LARGE, MANY[name]) for name in ("create_coupon_reservation", "delete_coupon_reservation")),
    *(("anything else", call) for call in NEVER.values()),
]


def test_the_table_holds_every_operation_once() -> None:
    every = [name for names in SORTS.values() for name in names]
    assert sorted(every) == sorted(OPERATIONS)
    assert len(every) == 40


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    """An empty world with Maria, Ben, two codes and two cards."""
    with Sandbox(world="empty") as sandbox:
        with TalonClient(sandbox.url, sandbox.api_key) as client:
            for name in ("maria", "ben"):
                client.send(EVERY["update_profile"].model_copy(update={"profile_id": name}).call())
        for code in ("SUMMER", "WINTER"):
            sandbox.change(lambda world, code=code: world.create_coupon(code, 102))  # type: ignore[misc]
        for card in ("CARD-1", "CARD-3"):
            sandbox.change(lambda world, card=card: world.create_card(2, card))  # type: ignore[misc]
        sandbox.change(lambda world: world.mark_baseline())
        yield sandbox


@dataclass
class Desk:
    """A desk with sign-in on a live Application, and everybody signed in to it."""

    sandbox: Sandbox
    client: TalonClient
    guard: Guard
    people: dict[str, Actor]

    def arrived(self) -> int:
        """How many requests arrived at the API."""
        return self.sandbox.run(lambda shell: shell.requests.total)

    def written(self) -> int:
        """How many of them were no reads and no dry runs."""
        reads = SORTS["look at the API"]
        return sum(not each["dry"] and each["operation"] not in reads for each in self.sandbox.requests())

    def refusals(self) -> int:
        """How many rows of the trail say that something was not allowed."""
        with self.guard.audit.database.read() as connection:
            return audit_rows.count(connection, Filter(outcome="not_allowed"), audit_rows.EVERYTHING)

    def prepare(self, kind: str) -> Preview:
        """A fresh world in which that change can be made, and its preview by somebody who may."""
        self.sandbox.reset()
        session = NewCustomerSessionV2(profile_id="maria", state="closed", cart_items=CART)
        self.client.update_customer_session_v2("ORD-1", body=IntegrationRequest(customer_session=session))
        first = EVERY[kind].undo() if kind in ("release", "unlink") else None
        if first is not None:
            self.client.send(first.call())
        if kind == "update_profile":
            back = EVERY[kind].model_copy(update={"attributes": {"City": "Lyon"}})
            self.client.send(back.call())
        return self.previewed(kind, SUPERVISOR if right_of(kind) == LARGE else AGENT)

    def previewed(self, kind: str, person: str) -> Preview:
        """That change, planned and previewed by somebody."""
        actor = self.people[person]
        preview = self.guard.preview(self.guard.plan("shop", actor, EVERY[kind]).id, actor)
        assert preview.confirmable, (kind, preview.blocks, preview.refusal)
        return preview

    def disguises(self, person: str) -> list[Actor]:
        """Somebody under other names and roles: their own sign-in, none, or one that was never begun."""
        me = self.people[person]
        others = [each for name, each in self.people.items() if name not in (person, NOBODY)]
        return [
            *(replace(me, role=role) for role in Role if role is not me.role),
            *(replace(me, name=each.name) for each in others),
            *(replace(each, sign_in=me.sign_in) for each in others),
            *(Actor(me.name, role) for role in Role),
            *(Actor(me.name, role, signed_in=True) for role in Role),
            *(Actor(me.name, role, signed_in=True, sign_in="made up") for role in Role),
            Actor("desk", Role.VIEWER),
        ]


@pytest.fixture
def desk(running: Sandbox, database: Database) -> Iterator[Desk]:
    running.reset()
    client = TalonClient(running.url, running.api_key, attempts=1)
    application = Application.model_validate(
        {"name": "shop", "base_url": running.url, "api_key": running.api_key, "live": True}
    )
    guard = Guard(
        database,
        KEY,
        {"shop": application},
        lambda _: client,
        clock=lambda: NOW,
        timing=Timing(poll=timedelta(milliseconds=2)),
        policy=POLICY,
        sign_in_required=True,
    )
    people = {}
    for name in PEOPLE:
        claims: dict[str, object] = {"sub": name, "email": f"{name}@shop.example", "roles": [name]}
        try:
            people[name] = guard.sign_ins.enter(claims)
        except SignInEnded as ended:
            assert (name, ended.why) == (NOBODY, "no_role")
            with database.read() as connection:
                row = connection.exec_driver_sql("select id from sign_in where role = 'none'").one()
            people[name] = Actor(f"{name}@shop.example", Role.VIEWER, signed_in=True, sign_in=row.id)
    yield Desk(running, client, guard, people)
    client.close()


def right_of(kind: str) -> str:
    """Which right a kind of change needs."""
    return next(right for right, names in SORTS.items() if EVERY[kind].call().operation.id in names)


def refused(act: Callable[[], object]) -> bool:
    """Whether that was refused for who it is."""
    try:
        act()
    except NotAllowed:
        return True
    except GuardError:
        return False
    except Exception as error:  # the API's own answer: it was asked
        assert type(error).__module__.startswith("talon_client"), error
    return False


WHOLE = pytest.mark.parametrize(
    "whole", [pytest.param(False, id="pairwise"), pytest.param(True, id="whole", marks=pytest.mark.soak)]
)
"""Everything as oneself; in disguise either each thing in each, or two of them in turn for each thing."""


def some(every: list[Actor], number: int, whole: bool) -> list[Actor]:
    """The disguises that one thing is tried in."""
    return every if whole else [every[(2 * number + each) % len(every)] for each in range(2)]


@ON_SQLITE
@WHOLE
@pytest.mark.parametrize("person", PEOPLE)
def test_every_operation_as_oneself_and_in_disguise(desk: Desk, person: str, whole: bool) -> None:
    application = desk.guard._tools.application("shop")
    for number, (right, call) in enumerate(CALLS):
        for actor, allowed in [
            (desk.people[person], may(person, right)),
            *((each, may(NOBODY, right)) for each in some(desk.disguises(person), number, whole)),
        ]:
            before, noted = desk.arrived(), desk.refusals()
            view = desk.guard._tools.client(application, actor)
            said_no = refused(lambda view=view, call=call: view.send(call))  # type: ignore[misc]
            arrived = desk.arrived() - before
            assert (said_no, arrived > 0) == (not allowed, allowed), (actor, right, call.operation.id)
            assert desk.refusals() - noted == (not allowed), "a refusal is written down, once"


@ON_SQLITE
@WHOLE
@pytest.mark.parametrize("kind", EVERY)
def test_every_step_of_every_change_as_oneself_and_in_disguise(desk: Desk, kind: str, whole: bool) -> None:
    right, number_of_kind = right_of(kind), list(EVERY).index(kind)
    preview = desk.prepare(kind)
    for person in PEOPLE:
        own = may(person, right)
        disguised = some(desk.disguises(person), number_of_kind, whole)
        for actor in [*([] if own else [desk.people[person]]), *disguised]:
            before, noted = desk.written(), desk.refusals()
            for number, step in enumerate(steps(desk, kind, preview, actor), 1):
                assert refused(step) is not may(NOBODY, right), (actor, kind, number)
                assert desk.refusals() - noted == number
            assert desk.written() == before, (actor, kind)
    assert desk.guard.recent("shop") == []
    for person in PEOPLE:
        if not may(person, right):
            continue
        desk.prepare(kind)
        mine = desk.previewed(kind, person)
        before = desk.written()
        plan, see, renew, confirm = steps(desk, kind, mine, desk.people[person])
        assert [refused(each) for each in (plan, see, renew)] == [False] * 3
        assert desk.written() == before
        assert not refused(confirm)
        assert desk.written() == before + 1
        receipt = desk.guard.receipt(mine.plan_id)
        assert (receipt.outcome, receipt.actor) == (Outcome.DONE, desk.people[person].name)


def steps(desk: Desk, kind: str, preview: Preview, actor: Actor) -> list[Callable[[], object]]:
    """What somebody can try with a change, their own or one that another person has begun."""
    guard, plan_id = desk.guard, preview.plan_id
    return [
        lambda: guard.plan("shop", actor, EVERY[kind]),
        lambda: guard.preview(plan_id, actor),
        lambda: guard.renew(plan_id, actor),
        lambda: guard.confirm(plan_id, actor, digest=preview.digest),
    ]


@ON_SQLITE
@WHOLE
@pytest.mark.parametrize("person", PEOPLE)
def test_everything_else_as_oneself_and_in_disguise(desk: Desk, person: str, whole: bool) -> None:
    """What leaves the desk or opens its records. Each right is tried on something that another person has made."""
    guard = desk.guard
    agent, supervisor = desk.people[AGENT], desk.people[SUPERVISOR]
    guard.exported("shop", agent, "ledger", 3, MARIA)
    guard.exported("shop", supervisor, "ledger", 3, MARIA)
    waiting, unknown = _asked(desk), _unknown(desk)
    rights: dict[str, Callable[[Actor], object]] = {
        "reveal a masked field": lambda actor: guard.reveal("shop", actor, MARIA, "Email"),
        "save a file": lambda actor: guard.exported("shop", actor, "ledger", 1, MARIA),
        "read one's own trail": lambda actor: guard.trail(actor).export("shop", Filter()),
        "erase the desk's own records of somebody": lambda actor: guard.erase(
            "shop", actor, Target("profile", "x")
        ),
        "settle a change by one's own word": lambda actor: guard.declare(
            unknown, actor, applied=True, reason="seen"
        ),
        "decide about what others asked for": lambda actor: guard.decline(waiting, actor, "no"),
        "settle a change by reading back": lambda actor: _settled(guard, unknown, actor),
    }
    for number, (right, act) in enumerate(rights.items()):
        for actor in some(desk.disguises(person), number, whole):
            noted = desk.refusals()
            said_no = refused(lambda act=act, actor=actor: act(actor))  # type: ignore[misc]
            assert said_no is not may(NOBODY, right), (right, actor)
            assert desk.refusals() > noted, (right, actor)
    for right, act in rights.items():
        if right == "decide about what others asked for" and person == AGENT:
            continue  # it is this agent's own: withdrawn, see test_waiting.py
        noted, expected = desk.refusals(), not may(person, right)
        assert refused(lambda act=act: act(desk.people[person])) is expected, right  # type: ignore[misc]
        assert (desk.refusals() > noted) is expected, right
    _seen(desk, person, waiting)


def _seen(desk: Desk, person: str, waiting: str) -> None:
    """Whose rows and whose waiting changes somebody sees."""
    guard, me = desk.guard, desk.people[person]
    everything = may(person, "read everybody's trail")
    if may(person, "read one's own trail"):
        rows = guard.trail(me).rows(Filter())
        assert rows
        assert ({row.actor for row in rows} == {me.name}) is not everything
    asked = may(person, "see what others asked for") or person == AGENT
    assert bool(guard.all_waiting("shop", me)) is asked
    assert refused_or_unknown(lambda: guard.waiting(waiting, me)) is not asked


def refused_or_unknown(act: Callable[[], object]) -> bool:
    """Whether somebody was told that there is no such thing."""
    try:
        act()
    except (NotAllowed, GuardError):
        return True
    return False


def _asked(desk: Desk) -> str:
    """A return above the agent's limit, which waits."""
    desk.prepare("return")
    guard, agent = desk.guard, desk.people[AGENT]
    guard.policy.limits[Role.AGENT] = Limit(points=Decimal(0))
    preview = desk.previewed("return", AGENT)
    assert refused_or_unknown(lambda: guard.confirm(preview.plan_id, agent, digest=preview.digest))
    guard.policy.limits[Role.AGENT] = Limit(points=Decimal(1_000_000))
    return preview.plan_id


def _unknown(desk: Desk) -> str:
    """A change whose answer was lost and whose target could not be read back."""
    preview = desk.previewed("reserve", AGENT)
    desk.sandbox.faults("create_coupon_reservation", ["lost-ack"])
    desk.sandbox.faults("get_reserved_customers", ["ok", "500"])
    receipt = desk.guard.confirm(preview.plan_id, desk.people[AGENT], digest=preview.digest)
    assert receipt.outcome is Outcome.UNKNOWN
    return receipt.id


def _settled(guard: Guard, change_id: str, actor: Actor) -> None:
    """`resolve` leaves the record as it is when reading was refused."""
    rows = len(guard.audit.rows(outcome="not_allowed", limit=10_000))
    guard.resolve(change_id, actor)
    if len(guard.audit.rows(outcome="not_allowed", limit=10_000)) > rows:
        raise NotAllowed("reading was refused", operation="get_reserved_customers")


def test_nobody_is_in_no_row_of_the_table() -> None:
    assert not any(NOBODY in people for people in MAY.values())
    assert {VIEWER, SUPERVISOR} <= set(MAY["look at the API"])
