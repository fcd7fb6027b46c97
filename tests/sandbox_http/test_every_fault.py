"""Every operation x every fault of the sandbox, through the client: one typed end, and proof that the fault hit."""

from collections.abc import Iterator
from itertools import product
from random import Random

import httpx
import pytest

from talon_client import OPERATIONS, OutcomeUnknown, Safety, TalonClient, TalonError
from talon_sandbox import Sandbox
from tests.client import examples

from .conftest import NOW

FAULTS = (
    *("400", "401", "403", "404", "409", "408", "429", "429:1", "500", "502", "503", "504", "html"),
    *(
        "reset",
        "stall",
        "delay:0.001",
        "empty",
        "truncated",
        "invalid-json",
        "wrong-type",
        "drip:0.0001",
        "lost-ack",
    ),
)
CARRIED_OUT = {"empty", "truncated", "invalid-json", "wrong-type", "drip:0.0001", "lost-ack", "delay:0.001"}


@pytest.fixture(scope="module")
def quiet() -> Iterator[Sandbox]:
    """A sandbox without a socket, so that nothing but the faults is between client and answer."""
    with Sandbox(now=NOW, socket=False) as sandbox:
        yield sandbox


Clients = dict[bool, TalonClient]


@pytest.fixture(scope="module")
def clients(quiet: Sandbox) -> Iterator[Clients]:
    """Clients of one attempt. The second, for what never comes, does not wait long."""
    with httpx.Client(transport=quiet.transport()) as http:
        yield {
            stalled: TalonClient(quiet.url, quiet.api_key, http=http, timeout=timeout, attempts=1)
            for stalled, timeout in ((False, 10.0), (True, 0.02))
        }


def play(sandbox: Sandbox, clients: Clients, operation: str, fault: str) -> str | None:
    """Meets one operation with one fault and answers what was wrong."""
    sandbox.reset()
    before = sandbox.change(lambda world: world.conn.total_changes)
    sandbox.faults(operation, [fault])
    try:
        end: object = examples.run(operation, clients[fault == "stall"])
    except TalonError as error:
        end = error
    hits = [hit["fault"] for hit in sandbox.hits()]
    if hits != [fault]:
        return f"{operation} x {fault}: hit {hits}"
    if fault == "delay:0.001" and isinstance(end, TalonError):
        return f"{operation} x {fault}: {end!r} for a delay"
    if (
        fault == "lost-ack"
        and examples.EXAMPLES[operation].safety.writes
        and not isinstance(end, OutcomeUnknown)
    ):
        return f"{operation} x {fault}: {end!r} is no unknown outcome"
    wrote = sandbox.change(lambda world: world.conn.total_changes) - before
    if fault not in CARRIED_OUT and wrote:
        return f"{operation} x {fault}: carried out all the same"
    return None


def test_every_operation_meets_every_fault(
    quiet: Sandbox, clients: Clients, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = list(product(OPERATIONS, FAULTS))
    wrong = [found for cell in cells if (found := play(quiet, clients, *cell)) is not None]
    with capsys.disabled():
        print(
            f"\nsandbox faults through the client: {len(cells)} cells tried, {len(cells) - len(wrong)} passed"
        )
    assert wrong == []


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_faults_by_chance_are_all_survived(
    quiet: Sandbox, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, ends = Random(seed), {"values": 0, "errors": 0}
    quiet.reset()
    quiet.faults("*", [fault for fault in FAULTS if fault != "stall"], rate=0.3, seed=seed)
    with (
        httpx.Client(transport=quiet.transport()) as http,
        TalonClient(
            quiet.url, quiet.api_key, http=http, timeout=1.0, idempotency_keys=True, sleep=lambda _: None
        ) as client,
    ):
        for _ in range(3_000):
            operation = chance.choice(list(OPERATIONS))
            try:
                examples.run(operation, client)
                ends["values"] += 1
            except TalonError:
                ends["errors"] += 1
    with capsys.disabled():
        print(f"\nseed {seed}: {len(quiet.hits())} faults, {ends}")
    assert ends["values"] > ends["errors"]


def test_the_list_of_faults_is_whole() -> None:
    from talon_sandbox.faults import _KINDS

    played = {fault.partition(":")[0] for fault in FAULTS}
    assert set(_KINDS) - {"ok"} <= played
    assert {each.safety for each in OPERATIONS.values()} == set(Safety) - {Safety.DRY}
