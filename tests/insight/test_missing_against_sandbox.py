"""Verdicts on missing points against a sandbox: personas, shuffled answers, 200 random customers, nothing written."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from desk.insight.missing import missing_points
from desk.insight.missing_fates import Fate
from desk.insight.missing_verdict import Certainty, Missing, Question, Verdict
from desk.insight.replay import replay_request
from talon_client import Call, Safety, TalonClient
from talon_sandbox import Sandbox
from tests.insight import missing_shop
from tests.insight.conftest import client_of
from tests.insight.help import NOW, play
from tests.insight.missing_help import look, sent

PERSONAS = [
    ("ORD-10701", "vera.unknown", Verdict.UNKNOWN_ORDER, 0),
    ("ORD-10081", "ines.open", Verdict.OPEN, 0),
    ("ORD-10052", "sven.cancelled", Verdict.ROLLED_BACK, 850),
    ("ORD-10702", "rolf.returned", Verdict.ROLLED_BACK, 480),
    ("ORD-10711", "gabi.guest", Verdict.OTHER_ACCOUNT, 0),
    ("ORD-10712", "gabi.guest", Verdict.OTHER_ACCOUNT, 0),
    ("ORD-10722", "gina.replaced", Verdict.RULE_FAILED, 0),
    ("ORD-10731", "udo.rules", Verdict.WOULD_AWARD, 0),
    ("ORD-10023", "maria.pending", Verdict.PENDING, 1417),
    ("ORD-10741", "wanda.app", Verdict.WAITING, 25),
    ("ORD-10751", "karl.card", Verdict.ELSEWHERE, 73),
    ("ORD-10761", "petra.spent", Verdict.SPENT, 270),
    ("ORD-10031", "tom.expired", Verdict.EXPIRED, 1389),
    ("ORD-10771", "mia.mixed", Verdict.EXPIRED, 1490),
    ("ORD-10022", "maria.pending", Verdict.THERE, 1240),
]


@pytest.mark.parametrize(("order", "customer", "verdict", "amount"), PERSONAS)
def test_every_verdict_has_its_persona(
    shop: TalonClient, order: str, customer: str, verdict: Verdict, amount: int
) -> None:
    found, made = look(shop, order, customer)
    assert (found.verdict, found.amount) == (verdict, amount)
    holders = len(found.searched)
    assert len([call for call in made if call.safety is Safety.READ]) <= 2 + 3 * holders
    dry = [call for call in made if call.safety is not Safety.READ]
    assert all(call.safety is Safety.DRY for call in dry)
    assert len(dry) == (verdict in (Verdict.RULE_FAILED, Verdict.WOULD_AWARD))


def test_the_older_edition_comes_to_the_same_verdicts() -> None:
    with Sandbox(now=NOW, socket=False, edition="25.15", customers=0) as older, client_of(older) as client:
        for order, customer, verdict, amount in PERSONAS:
            found, _ = look(client, order, customer)
            assert (found.verdict, found.amount) == (verdict, amount), order


def test_the_rule_that_fails_is_named_with_its_reason(shop: TalonClient) -> None:
    found, _ = look(shop, "ORD-10722")
    assert (found.known, found.failures[0].rule_name) == (1, "Gold bonus")
    assert found.failures[0].details == "the cart total is 0, at least 100 is needed"


@pytest.mark.parametrize(("order", "customer", "verdict", "amount"), PERSONAS)
def test_the_verdict_follows_the_data_and_not_the_number(
    shop: TalonClient, order: str, customer: str, verdict: Verdict, amount: int
) -> None:
    """Every persona's order is asked for under the number of the next one's."""
    numbers = [each[0] for each in PERSONAS]
    alias = numbers[(numbers.index(order) + 1) % len(numbers)]

    def respond(call: Call[Any]) -> Any:
        if call.operation.id == "get_customer_session":
            from talon_client import calls

            answer = sent(shop, calls.get_customer_session(order))
            session = getattr(answer, "customer_session", None)
            if session is None:
                return answer
            renamed = session.model_copy(update={"integration_id": alias})
            return answer.model_copy(update={"customer_session": renamed})
        answer = sent(shop, call)
        if not isinstance(answer, tuple):
            return answer
        return tuple(
            row.model_copy(update={"customer_session_id": alias}) if row.customer_session_id == order else row
            for row in answer
        )

    asked = missing_points(
        Question(alias, customer), now=NOW, fresh_id="f", programs=(1, 3), card_programs=(2,)
    )
    found, _ = play(asked, respond)
    assert (found.verdict, found.amount) == (verdict, amount)


class Looked:
    """All orders of the random customers, each with its verdict, and the world as it was before and after."""

    def __init__(self, sandbox: Sandbox, client: TalonClient) -> None:
        self.sandbox, self.client = sandbox, client
        self.orders = missing_shop.live(sandbox, client)
        before = sandbox.change(lambda world: list(world.conn.iterdump()))
        logged = len(sandbox.requests())
        self.found: dict[str, Missing] = {}
        self.reads: Counter[str] = Counter()
        for order in self.orders:
            self.found[order.id], made = look(client, order.id, programs=(1,), card_programs=(2,))
            self.reads[order.id] = sum(call.safety is Safety.READ for call in made)
        self.log = sandbox.requests()[logged:]
        self.untouched = before == sandbox.change(lambda world: list(world.conn.iterdump()))


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Looked]:
    path = missing_shop.campaigns(tmp_path_factory.mktemp("campaigns"))
    with (
        Sandbox(now=missing_shop.BEGAN, socket=False, world="empty", campaigns=path) as sandbox,
        client_of(sandbox) as client,
    ):
        yield Looked(sandbox, client)


def test_each_order_gets_exactly_one_verdict_and_all_kinds_come_up(looked: Looked) -> None:
    counts = Counter(found.verdict for found in looked.found.values())
    assert len(looked.found) > missing_shop.CUSTOMERS
    assert set(counts) == set(Verdict) - {Verdict.UNKNOWN_ORDER, Verdict.NO_ROW}, counts


def test_nothing_is_written_and_the_dry_run_leaves_no_trace(looked: Looked) -> None:
    assert looked.untouched
    assert {entry["method"] for entry in looked.log if not entry["dry"]} == {"GET"}
    tried = [found for found in looked.found.values() if found.today is not None]
    assert len([entry for entry in looked.log if entry["dry"]]) == len(tried) > 20
    for order, found in looked.found.items():
        assert looked.reads[order] <= 2 + 3 * len(found.searched), order


def test_parts_add_up_to_what_the_sandbox_awarded_and_has_left(looked: Looked) -> None:
    for order, found in looked.found.items():
        if not found.searched:
            continue
        true = looked.sandbox.change(lambda world, order=order: missing_shop.left_of(world, order))  # type: ignore[misc]
        mine: Counter[str] = Counter()
        for each in found.brought:
            assert sum(part.amount for part in each.parts) == each.awarded, order
            mine["awarded"] += int(each.awarded * 100)
            mine["active"] += int(each.total(Fate.ACTIVE) * 100)
            mine["pending"] += int((each.total(Fate.PENDING) + each.total(Fate.WAITING)) * 100)
            mine["expired"] += int(each.total(Fate.EXPIRED) * 100)
        assert +mine == true, order


def test_the_verdict_is_that_of_the_largest_part(looked: Looked) -> None:
    for order, found in looked.found.items():
        if found.main is None or found.fate is None or found.session.state == "cancelled":
            continue
        others = [found.main.total(fate) for fate in Fate if fate is not Fate.TAKEN_BACK]
        assert found.amount >= max(others) > Decimal(0) or found.fate is Fate.TAKEN_BACK, order
        assert found.certainty in (Certainty.PROVEN, Certainty.INFERRED)


def test_what_todays_rules_say_is_what_a_real_closing_brings(looked: Looked) -> None:
    tried = {Verdict.WOULD_AWARD: 0, Verdict.RULE_FAILED: 0}
    for found in looked.found.values():
        if found.verdict in tried:
            assert found.session.source is not None
            real = missing_shop.would_earn(
                looked.sandbox, looked.client, replay_request(found.session.source)
            )
            assert real is (found.verdict is Verdict.WOULD_AWARD), found.session.id
            tried[found.verdict] += 1
    assert min(tried.values()) > 10
