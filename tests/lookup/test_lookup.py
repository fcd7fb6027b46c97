"""Running investigations: shared answers, failures as data, roles below the pages, whole lists."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bench.server import in_flight, running
from desk.applications import Application
from desk.insight.investigation import Ask, AskAll, Batch, Investigation
from desk.lookup import Connections, Lookup, Progress, Reader, connections
from desk.lookup.budget import Budget
from desk.lookup.cache import Cache
from talon_client import Call, NotAllowed, NotFound, TalonClient, TalonError, calls
from talon_client.models import CustomerInventory, LedgerTransactionLogEntryIntegrationAPI

Handler = Callable[[httpx.Request], httpx.Response]


class Shops(Connections):
    """Connections whose clients are answered by a function."""

    def __init__(self, handler: Handler, names: tuple[str, ...] = ("shop",)) -> None:
        super().__init__({})
        self._made = {
            name: TalonClient(
                "https://shop.example.com",
                "demo-key",
                http=httpx.Client(transport=httpx.MockTransport(handler)),
                sleep=lambda _: None,
            )
            for name in names
        }

    def client(self, application: str) -> TalonClient:
        return self._made[application]

    def lists(self, application: str) -> TalonClient:
        return self._made[application]


class Seen:
    """Answers an inventory for every id but "nobody", and remembers what was asked."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        if "nobody" in request.url.path:
            return httpx.Response(404, json={"message": "no"})
        if request.url.path.endswith("/transactions"):
            skip, size = int(request.url.params["skip"]), int(request.url.params["pageSize"])
            rows = [{"transactionUUID": str(n), "amount": n} for n in range(2500)][skip : skip + size]
            return httpx.Response(200, json={"data": rows, "hasMore": skip + size < 2500})
        return httpx.Response(200, json={"profile": {"integrationId": "maria", "closedSessions": 3}})


def inventory(who: str) -> Investigation[CustomerInventory | TalonError]:
    call = calls.get_customer_inventory(who, profile=True)
    answers = yield Batch("The customer", (Ask(call),))
    return answers[call]


def everybody(_: str, __: Call[object]) -> bool | str:
    return True


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def reader(seen: Seen) -> Iterator[Reader]:
    made = Reader(Shops(seen, ("shop", "other")))
    yield made
    made.pool.shutdown()


def lookup(reader: Reader, role: str = "agent") -> Lookup:
    return Lookup(reader, role=role, allow=everybody)


def test_a_finding_comes_with_its_age_and_its_requests(reader: Reader) -> None:
    before = datetime.now(UTC)
    found = lookup(reader).run(inventory("maria"), "shop")
    assert isinstance(found.finding, CustomerInventory)
    assert found.asked == 1
    assert before <= found.as_of <= datetime.now(UTC)
    assert found.requests[0].call.operation.id == "get_customer_inventory"


def test_the_same_question_is_asked_once_until_somebody_refreshes(reader: Reader, seen: Seen) -> None:
    first = lookup(reader).run(inventory("maria"), "shop")
    again = lookup(reader).run(inventory("maria"), "shop")
    assert len(seen.paths) == 1
    assert again.asked == 0
    assert again.as_of == first.as_of
    lookup(reader).run(inventory("maria"), "shop", fresh=True)
    assert len(seen.paths) == 2


def test_answers_are_kept_apart_by_application_and_by_role(reader: Reader, seen: Seen) -> None:
    lookup(reader).run(inventory("maria"), "shop")
    lookup(reader).run(inventory("maria"), "other")
    lookup(reader, "viewer").run(inventory("maria"), "shop")
    assert len(seen.paths) == 3


def test_a_failure_is_an_answer_and_is_asked_again_next_time(reader: Reader, seen: Seen) -> None:
    found = lookup(reader).run(inventory("nobody"), "shop")
    assert isinstance(found.finding, NotFound)
    assert isinstance(found.requests[0].error, NotFound)
    lookup(reader).run(inventory("nobody"), "shop")
    assert len(seen.paths) == 2


def test_a_refusal_reaches_neither_the_api_nor_the_cache(reader: Reader, seen: Seen) -> None:
    lookup(reader).run(inventory("maria"), "shop")
    refused = Lookup(reader, role="agent", allow=lambda _, __: "not in your role")
    found = refused.run(inventory("maria"), "shop")
    assert isinstance(found.finding, NotAllowed)
    assert "not in your role" in str(found.finding)
    assert len(seen.paths) == 1
    with pytest.raises(NotAllowed):
        refused.client("shop").send(calls.get_customer_inventory("maria"))


def test_an_unknown_application_is_a_refusal_not_a_crash(reader: Reader) -> None:
    assert isinstance(lookup(reader).run(inventory("maria"), "nowhere").finding, NotAllowed)


def test_a_write_forgets_that_customer_only_and_in_every_application(reader: Reader, seen: Seen) -> None:
    it = lookup(reader)
    it.run(inventory("maria"), "shop")
    it.run(inventory("paul"), "shop")
    it.run(inventory("maria"), "other")
    it.forget(["maria"])
    assert it.run(inventory("maria"), "shop").asked == 1
    assert it.run(inventory("paul"), "shop").asked == 0
    assert it.run(inventory("maria"), "other").asked == 1
    it.forget_everything()
    assert it.run(inventory("paul"), "shop").asked == 1
    assert len(seen.paths) == 6


def test_a_whole_list_comes_complete_and_in_order(reader: Reader) -> None:
    def rows() -> Investigation[tuple[LedgerTransactionLogEntryIntegrationAPI, ...]]:
        call = calls.get_loyalty_program_profile_transactions(1, "maria")
        answers = yield Batch("The ledger", (AskAll(call),))
        found = answers.all(call)
        assert isinstance(found, tuple)
        return found

    told: list[Progress] = []
    found = lookup(reader).run(rows(), "shop", progress=told.append)
    assert [row.transaction_uuid for row in found.finding] == [str(n) for n in range(2500)]
    assert found.requests[0].rows == 2500


def test_two_people_who_ask_at_once_share_one_request() -> None:
    arrived, go_on = threading.Barrier(2), threading.Event()
    asked: list[str] = []

    def slow(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        go_on.wait(5)
        return httpx.Response(200, content=json.dumps({"profile": {"integrationId": "maria"}}))

    reader = Reader(Shops(slow))
    results: list[object] = []

    def ask() -> None:
        arrived.wait(5)
        results.append(lookup(reader).run(inventory("maria"), "shop").finding)

    people = [threading.Thread(target=ask) for _ in range(2)]
    for person in people:
        person.start()
    while not asked:
        pass
    go_on.set()
    for person in people:
        person.join(5)
    assert len(asked) == 1
    assert len(results) == 2


def test_the_cache_is_bounded_by_age_and_by_rows(reader: Reader, seen: Seen) -> None:
    now = [0.0]
    reader.cache = Cache(
        ttl=60,
        rows=2,
        clock=lambda: now[0],
        now=lambda: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=now[0]),
    )
    it = lookup(reader)
    for who in ("a", "b", "c"):
        it.run(inventory(who), "shop")
    it.run(inventory("c"), "shop")
    assert len(seen.paths) == 3
    it.run(inventory("a"), "shop")
    assert len(seen.paths) == 4
    now[0] = 61
    it.run(inventory("a"), "shop")
    assert len(seen.paths) == 5


def test_a_long_list_waits_for_no_turns_and_has_at_most_eight_pages_in_flight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(connections, "Budget", lambda: Budget(sleep=slept.append))
    with running(0.02) as url:
        settings = {"name": "shop", "base_url": url, "api_key": "k" * 64, "live": False}
        made = Reader(Connections({"shop": Application.model_validate(settings)}))
        call = calls.get_loyalty_program_profile_transactions(5, "ledger-5000", page_size=50)

        def ledger() -> Investigation[object]:
            answers = yield Batch("Ledger", (AskAll(call),))
            return answers.all(call)

        rows = lookup(made).run(ledger(), "shop").finding
        assert isinstance(rows, tuple)
        assert len(rows) == 5_000
        most, requests = in_flight(url)
        assert requests >= 100
        assert 1 < most <= connections.LISTS_IN_FLIGHT
        assert slept == []
        made.close()
