"""The same promises against the sandbox over HTTP: its rules, its faults, several desk processes, kill -9."""

import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from desk.guard import (
    Actor,
    Change,
    Database,
    Guard,
    Outcome,
    Preview,
    ReturnedItem,
    ReturnItems,
    TargetBusy,
    Verification,
)
from desk.guard.tables import CHANGE, PLAN
from talon_client import TalonClient, calls
from talon_client.models import (
    CartItem,
    CustomerProfileIntegrationRequestV2,
    IntegrationRequest,
    NewCustomerSessionV2,
)
from talon_sandbox import Sandbox
from talon_sandbox.world import World
from tests.guard.conftest import ON_SQLITE
from tests.guard.test_locks import together
from tests.guard.test_write_path import BY, EVERY
from tests.guard.worker import AGENT, KEY, TIMING, Desk, confirm_all, make_and_die, migrate

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.guard.worker"])

CART = [CartItem(sku="TEA", quantity=3, price=Decimal(10)), CartItem(sku="CUP", quantity=1, price=Decimal(5))]


@pytest.fixture(scope="session")
def running() -> Iterator[Sandbox]:
    """An empty world with Maria, Ben, two codes and a card."""
    with Sandbox(world="empty") as sandbox:
        with TalonClient(sandbox.url, sandbox.api_key) as client:
            for name in ("maria", "ben"):
                body = CustomerProfileIntegrationRequestV2(attributes={"City": "Lyon"})
                client.update_customer_profile_v2(name, body=body)
        sandbox.change(lambda world: world.create_coupon("SUMMER", 102))
        sandbox.change(lambda world: world.create_coupon("WINTER", 102))
        sandbox.change(lambda world: world.create_card(2, "CARD-1"))
        sandbox.change(lambda world: world.create_card(2, "CARD-3"))
        sandbox.change(lambda world: world.mark_baseline())
        yield sandbox


@dataclass
class Site:
    """A sandbox and a desk beside it."""

    sandbox: Sandbox
    desk: Desk
    database: Database
    guard: Guard
    client: TalonClient

    def order(self, session_id: str, profile_id: str = "maria") -> None:
        """A closed session with points."""
        session = NewCustomerSessionV2(profile_id=profile_id, state="closed", cart_items=CART)
        self.client.update_customer_session_v2(session_id, body=IntegrationRequest(customer_session=session))

    def prepare(self, kind: str) -> Preview:
        """Everything that this change needs, and its preview."""
        self.order("ORD-1")
        first = EVERY[kind].undo() if kind in ("release", "unlink") else None
        if first is not None:
            preview = self.previewed(first)
            self.guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
        return self.previewed(EVERY[kind], BY.get(kind, AGENT))

    def previewed(self, change: Change, actor: Actor = AGENT) -> Preview:
        return self.guard.preview(self.guard.plan("shop", actor, change).id, actor)

    def returned(self, session_id: str) -> int:
        """Units of the first line that the sandbox says were returned."""
        session = self.client.get_customer_session(session_id).customer_session
        assert session is not None
        return session.cart_items[0].returned_quantity or 0

    def applied(self, kind: str) -> bool:
        """Whether the sandbox shows the change."""
        session = self.client.get_customer_session("ORD-1").customer_session
        holders = {
            code: [each.integration_id for each in self.client.get_reserved_customers(code).data]
            for code in ("SUMMER", "WINTER")
        }
        assert session is not None
        profile = self.client.get_customer_inventory("maria", profile=True).profile
        assert profile is not None
        cards = {card: self.client.send_all([_card(card)])[0] for card in ("CARD-1", "CARD-3", "CARD-9")}
        shown = {
            "reserve": holders["SUMMER"] == ["maria"],
            "release": holders["WINTER"] == [],
            "link": bool(getattr(cards["CARD-1"], "profiles", ())),
            "generate": not isinstance(cards["CARD-9"], Exception),
            "return": self.returned("ORD-1") == 2,
            "reopen": session.state == "open",
            "cancel": session.state == "cancelled",
            "update_profile": profile.attributes.get("City") == "Paris",
            "unlink": not getattr(cards["CARD-3"], "profiles", ()),
            "erase": not profile.attributes,
        }
        return shown[kind]


def _deduct(program: int, hundredths: int, world: World) -> None:
    world.deduct_points(program, "maria", hundredths)


def _card(card_id: str):  # type: ignore[no-untyped-def]
    return calls.get_loyalty_card_balances(2, card_id)


@pytest.fixture(params=[False, True], ids=["honours keys", "ignores keys"])
def site(
    request: pytest.FixtureRequest, running: Sandbox, database: Database, database_url: str
) -> Iterator[Site]:
    running.reset()
    running.change(lambda world: setattr(world, "ignore_idempotency_keys", request.param))
    desk = Desk(database_url, running.url, running.api_key)
    guard, client = desk.guard(database)
    yield Site(running, desk, database, guard, client)
    client.close()


HARDER_FIRST = pytest.mark.parametrize(
    "site",
    [
        pytest.param(True, id="ignores keys"),
        pytest.param(False, id="honours keys", marks=pytest.mark.soak),
    ],
    indirect=True,
)
"""Whole processes are slow: the deployment that forgives less stands for both, but in the long run."""


@ON_SQLITE
@pytest.mark.parametrize("site", [True], ids=["ignores keys"], indirect=True)
@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("fault", ["ok", "lost-ack", "503", "invalid-json", "429", "reset"])
def test_every_change_against_the_sandbox(site: Site, kind: str, fault: str) -> None:
    preview = site.prepare(kind)
    assert preview.confirmable
    before = len(site.sandbox.requests(EVERY[kind].call().operation.id))
    site.sandbox.faults(EVERY[kind].call().operation.id, [fault, "503", "503"] if fault == "503" else [fault])
    receipt = site.guard.confirm(preview.plan_id, BY.get(kind, AGENT), digest=preview.digest)
    assert (receipt.outcome is Outcome.DONE) is site.applied(kind), receipt.words
    if fault in ("ok", "lost-ack", "invalid-json"):
        assert receipt.outcome is Outcome.DONE
        assert receipt.verification is Verification.AS_PREVIEWED, receipt.lines
    if kind not in ("release", "erase") and fault != "429":
        assert len(site.sandbox.requests(EVERY[kind].call().operation.id)) == before + 1


@ON_SQLITE
@pytest.mark.parametrize("site", [False], ids=["honours keys"], indirect=True)
@pytest.mark.parametrize("deducted", [0, 100, 400])
def test_the_points_of_a_return_are_foretold(site: Site, deducted: int) -> None:
    """What the dry run says is what happens, also when points are missing, and where the program allows debts."""
    site.sandbox.change(lambda world: world.join_audience(3, "maria"))  # staff: a program that allows debts
    site.order("ORD-1")
    for program in (1, 3):
        if deducted:
            site.sandbox.change(partial(_deduct, program, 100 * deducted))
    preview = site.previewed(EVERY["return"])
    receipt = site.guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert receipt.verification is Verification.AS_PREVIEWED, receipt.lines
    totals = {line.about: line for line in receipt.lines if line.topic == "points.total"}
    assert set(totals) == {("1", ""), ("3", "")}
    assert all(line.predicted and line.read for line in totals.values())
    owed = [note for note in preview.notes if note.code == "negative_balance"]
    assert bool(owed) is (Decimal(str(totals[("3", "")].actual)) < 0)


def test_two_tabs_and_a_lost_answer_make_one_return(site: Site) -> None:
    site.order("ORD-1")
    one = ReturnItems(session_id="ORD-1", items=(ReturnedItem(position=0, quantity=1),))
    previews = [site.previewed(one) for _ in range(2)]
    site.sandbox.faults("return_cart_items", ["lost-ack"])
    receipts = together(
        [
            lambda each=each: site.guard.confirm(each.plan_id, AGENT, digest=each.digest)  # type: ignore[misc]
            for each in (*previews, *previews)
        ]
    )
    assert site.returned("ORD-1") == 1
    assert sorted({receipt.words for receipt in receipts}) == ["done.read_back", "stale.changed"]


def race(site: Site, plans: list[list[tuple[str, str]]]) -> list[tuple[str, str, str]]:
    """Two desk processes, each confirming its list, in step."""
    barrier, results = PROCESSES.Barrier(2), PROCESSES.Queue()
    workers = [
        PROCESSES.Process(target=confirm_all, args=(site.desk, each, barrier, results)) for each in plans
    ]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=60) for _ in range(sum(len(each) for each in plans))]
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    return found


@HARDER_FIRST
@pytest.mark.parametrize("rounds", [6, pytest.param(200, marks=pytest.mark.soak)])
@pytest.mark.parametrize("lossy", [False, True], ids=["all answers arrive", "answers are lost"])
def test_two_processes_confirm_the_same_returns(site: Site, lossy: bool, rounds: int) -> None:
    """Half of the rounds confirm one plan twice, half two plans for the same return: one effect a round."""
    shared: list[list[tuple[str, str]]] = [[], []]
    for number in range(rounds):
        site.order(f"ORD-{number}")
        change = ReturnItems(session_id=f"ORD-{number}", items=(ReturnedItem(position=0, quantity=1),))
        first = site.previewed(change)
        second = first if number % 2 else site.previewed(change)
        shared[0].append((first.plan_id, first.digest))
        shared[1].append((second.plan_id, second.digest))
    if lossy:
        site.sandbox.faults("return_cart_items", ["lost-ack"] * rounds)
    found = race(site, shared)
    assert [site.returned(f"ORD-{number}") for number in range(rounds)] == [1] * rounds
    outcomes: dict[str, set[str]] = {}
    for plan_id, outcome, _ in found:
        outcomes.setdefault(plan_id, set()).add(outcome)
    assert sum("done" in each for each in outcomes.values()) == rounds, found
    assert set().union(*outcomes.values()) <= {"done", "stale"}
    assert site.guard.audit.verify().intact


def _sent(site: Site, kind: str) -> list[object]:
    """The requests of a change that were not dry."""
    return [each for each in site.sandbox.requests(EVERY[kind].call().operation.id) if not each["dry"]]


MOMENTS = 27
"""Before and after each transaction and each request of a change, from its plan to its receipt: 20 to 26 by kind,
and one more in which it is finished."""
STEPS = ("nothing", "planned", "previewed", "recorded", "sending", "answered", "verified")
"""How far a change can have come when its process dies."""
DEATHS = [(kind, at) for at in range(MOMENTS) for kind in EVERY]


def _plans(site: Site) -> set[str]:
    with site.database.read() as connection:
        return set(connection.execute(select(PLAN.c.id)).scalars())


def _got_to(site: Site, before: set[str]) -> str:
    """How far the newest change came, by what its dead process left in the database."""
    new = _plans(site) - before
    if not new:
        return "nothing"
    (plan_id,) = new
    with site.database.read() as connection:
        plan = connection.execute(select(PLAN).where(PLAN.c.id == plan_id)).one()
        change = connection.execute(select(CHANGE).where(CHANGE.c.id == plan_id)).one_or_none()
    if change is None:
        return "planned" if plan.preview is None else "previewed"
    if change.outcome == "sending":
        return "recorded" if change.sent is None else "sending"
    return "answered" if change.verification == "pending" else "verified"


@HARDER_FIRST
@pytest.mark.parametrize(
    "deaths",
    [
        pytest.param([DEATHS[31 * number % len(DEATHS)] for number in range(20)], id="20"),
        pytest.param(DEATHS, id="all", marks=pytest.mark.soak),
    ],
)
def test_kill_9_at_any_step(site: Site, deaths: list[tuple[str, int]]) -> None:
    """Nothing lost, nothing twice, and every open record is settled after a restart."""
    died = 0
    steps: dict[str, set[str]] = {kind: set() for kind in EVERY}
    for kind, at in deaths:
        site.sandbox.reset()
        site.prepare(kind)
        known = {receipt.id for receipt in site.guard.recent("shop", limit=1000)}
        plans = _plans(site)
        before = len(_sent(site, kind))
        worker = PROCESSES.Process(
            target=make_and_die, args=(site.desk, EVERY[kind], BY.get(kind, AGENT), at)
        )
        worker.start()
        worker.join(60)
        died += worker.exitcode == -signal.SIGKILL
        steps[kind].add(_got_to(site, plans))
        later = Guard(
            site.database,
            KEY,
            {"shop": site.desk.application()},
            lambda _: site.client,
            clock=lambda: datetime.now(UTC) + timedelta(minutes=2),
            timing=TIMING,
        )
        later.sweep()
        for receipt in later.open("shop"):
            later.resolve(receipt.id)
        assert later.open("shop") == []
        made = [receipt for receipt in later.recent("shop", limit=1000) if receipt.id not in known]
        done = [receipt.outcome is Outcome.DONE for receipt in made]
        assert done in ([], [False], [True])
        assert (done == [True]) is site.applied(kind), (kind, at, done)
        assert len(_sent(site, kind)) - before <= 1
        assert later.audit.verify().intact
    print(f"{len(deaths)} kills, {died} of them before the change was finished")
    assert died >= len(deaths) * 0.6
    if len(deaths) == len(DEATHS):
        assert all(found == set(STEPS) for found in steps.values()), steps
    else:
        assert set().union(*steps.values()) == set(STEPS), steps


def test_a_target_under_a_lost_change_is_busy_and_then_free(site: Site) -> None:
    site.order("ORD-1")
    first, second = (site.previewed(EVERY["return"]) for _ in range(2))
    site.sandbox.faults("return_cart_items", ["503", "503", "503"])
    assert site.guard.confirm(first.plan_id, AGENT, digest=first.digest).outcome is Outcome.UNKNOWN
    with pytest.raises(TargetBusy):
        site.guard.confirm(second.plan_id, AGENT, digest=second.digest)


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_two_processes_migrate_at_once(
    database_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.guard.conftest import postgres_schema

    if database_url == "sqlite":
        migrate_twice(f"sqlite:///{tmp_path_factory.mktemp('migrate') / 'new.sqlite3'}")
    else:
        with postgres_schema() as url:
            migrate_twice(url)


def migrate_twice(url: str) -> None:
    workers = [PROCESSES.Process(target=migrate, args=(url,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
