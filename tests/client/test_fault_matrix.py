"""Every operation x every fault, once and lasting, keys honoured or not, both clients: each ends as it must."""

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import httpx
import pytest

from talon_client import (
    AsyncTalonClient,
    Call,
    Conflict,
    DecodeError,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Safety,
    ServerError,
    TalonClient,
    TalonError,
    Timeout,
    TransportError,
    Unauthorized,
)
from tests.client import faults
from tests.client.examples import EXAMPLES
from tests.client.faults import FAULTS, Faulty
from tests.client.help import CUSTOMER, KEY, World
from tests.support.coroutines import Loop

DEADLINE = 20.0
REFUSALS: dict[str, type[TalonError]] = {
    "401": Unauthorized,
    "404": NotFound,
    "409 duplicate": Conflict,
    "409 concurrency": Conflict,
}


class Cell(NamedTuple):
    """One combination. `lasting`: the fault comes with every request, else with the first one only."""

    operation: str
    fault: str
    lasting: bool
    keys: bool
    driver: str


COMBINATIONS = list(product((False, True), (False, True), ("threads", "coroutines")))


def pairs() -> Iterator[Cell]:
    """Every operation with every fault, the rest so that every pair of values meets."""
    for i, operation in enumerate(EXAMPLES):
        for j, fault in enumerate(FAULTS):
            yield Cell(operation, fault, *COMBINATIONS[(i + j) % len(COMBINATIONS)])


def everything() -> Iterator[Cell]:
    """The whole table."""
    for operation, fault, rest in product(EXAMPLES, FAULTS, COMBINATIONS):
        yield Cell(operation, fault, *rest)


# What must come of a cell, from the safety of the call and the kind of the fault alone.


def may_repeat(cell: Cell, call: Call[Any]) -> bool:
    if call.safety in (Safety.READ, Safety.DRY, Safety.IDEMPOTENT):
        return True
    return call.safety is Safety.KEYED and cell.keys


def expected(cell: Cell, call: Call[Any]) -> type[TalonError] | None:
    """The error that must come, None for a value."""
    fault, writes = cell.fault, call.safety.writes
    if fault in faults.UNREADABLE:
        return None if call.operation.response is None else DecodeError
    if fault in faults.REFUSED:
        return REFUSALS[fault]
    if fault in faults.CUT and writes:
        return DecodeError  # it was done, only the answer is not there
    if fault == "429 until a far date":
        return RateLimited
    once_is_survived = (
        fault in faults.NOT_SENT
        or may_repeat(cell, call)
        or (fault == "409 concurrency" and call.safety is Safety.KEYED)
    )
    if not cell.lasting and once_is_survived:
        return None
    if fault in faults.NOT_SENT:
        return TransportError
    if fault in faults.LATER:
        return REFUSALS.get(fault, RateLimited)
    if writes:
        return OutcomeUnknown
    if fault in faults.FAILED:
        return ServerError
    return Timeout if fault == "no answer in time" and not cell.lasting else TransportError


def most_arrivals(cell: Cell, call: Call[Any]) -> int:
    """How often the API may see the request at most."""
    if call.safety is Safety.UNSAFE:
        return 1
    if cell.fault in faults.UNREADABLE or cell.fault in faults.REFUSED:
        return 1
    if call.safety is Safety.KEYED and not cell.keys and cell.fault != "409 concurrency":
        return 1
    return 3


# Playing it


def play(cell: Cell) -> str | None:
    """Plays one cell and answers what was wrong with it."""
    world, call = World(), EXAMPLES[cell.operation]
    transport = Faulty(cell.fault, cell.lasting, call, world)
    outcome = (threads if cell.driver == "threads" else coroutines)(cell, call, transport, world)
    return (
        wrong_outcome(outcome, expected(cell, call))
        or wrong_requests(transport.arrived, most_arrivals(cell, call), call)
        or (f"took {world.now - 1000:.1f} s" if world.now - 1000 > DEADLINE + 1 else None)
    )


def threads(cell: Cell, call: Call[Any], transport: Faulty, world: World) -> object:
    with httpx.Client(transport=transport) as http:
        client = TalonClient(
            "http://localhost:1",
            KEY,
            http=http,
            idempotency_keys=cell.keys,
            clock=world.clock,
            sleep=world.sleep,
            random=world.random,
        )
        try:
            return client.send(call)
        except Exception as error:
            return error


def coroutines(cell: Cell, call: Call[Any], transport: Faulty, world: World) -> object:
    async def sleep(seconds: float) -> None:
        world.sleep(seconds)

    async def send() -> object:
        async with httpx.AsyncClient(transport=transport) as http:
            client = AsyncTalonClient(
                "http://localhost:1",
                KEY,
                http=http,
                idempotency_keys=cell.keys,
                clock=world.clock,
                sleep=sleep,
                random=world.random,
            )
            try:
                return await client.send(call)
            except Exception as error:
                return error

    return LOOPS[-1].run(send())


LOOPS: list[Loop] = []


@pytest.fixture(autouse=True, scope="module")
def _loop() -> Iterator[None]:
    LOOPS.append(Loop())
    yield
    LOOPS.pop().close()


def wrong_outcome(outcome: object, error: type[TalonError] | None) -> str | None:
    if not isinstance(outcome, Exception):
        return None if error is None else f"a value in place of {error.__name__}"
    if error is None or not isinstance(outcome, error) or not isinstance(outcome, TalonError):
        return f"{outcome!r} in place of {'a value' if error is None else error.__name__}"
    told = f"{outcome} {outcome!r} {outcome.__cause__!r} {outcome.__context__!r}"
    return "the error tells too much" if KEY in told or CUSTOMER in told or "maria" in told else None


def wrong_requests(arrived: list[httpx.Request], most: int, call: Call[Any]) -> str | None:
    if len(arrived) > most:
        return f"sent {len(arrived)} times, {most} at most"
    keys = {request.headers.get("idempotency-key") for request in arrived}
    if arrived and (len(keys) != 1 or (None in keys) is call.safety.takes_key):
        return f"keys {keys}"
    return "the request changed" if len({request.content for request in arrived}) > 1 else None


def run(cells: list[Cell]) -> list[str]:
    return [f"{cell}: {wrong}" for cell in cells if (wrong := play(cell)) is not None]


def test_every_operation_meets_every_fault(capsys: pytest.CaptureFixture[str]) -> None:
    cells = list(pairs())
    wrong = run(cells)
    with capsys.disabled():
        print(f"\nfault matrix, pairwise: {len(cells)} cells tried, {len(cells) - len(wrong)} passed")
    assert wrong == []


def test_pairs_are_all_pairs() -> None:
    seen = {
        (name, value, other, each)
        for cell in pairs()
        for name, value in cell._asdict().items()
        for other, each in cell._asdict().items()
        if name < other
    }
    whole = {
        (name, value, other, each)
        for cell in everything()
        for name, value in cell._asdict().items()
        for other, each in cell._asdict().items()
        if name < other
    }
    assert seen == whole


@pytest.mark.soak
def test_the_whole_fault_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    cells = list(everything())
    wrong = run(cells)
    with capsys.disabled():
        print(f"\nfault matrix, whole: {len(cells)} cells tried, {len(cells) - len(wrong)} passed")
    assert wrong == []
