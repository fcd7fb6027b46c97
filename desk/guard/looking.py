"""Reading the target with the client, past any cache, and comparing what was found with what was promised."""

from collections.abc import Sequence
from typing import TypeVar

from desk.guard.change import Ledger, Reading
from desk.guard.kinds.balances import look_at_balances
from desk.guard.model import Fact, Line, Preview, Scalar, Verification
from desk.guard.records import StoredPlan
from desk.insight.investigation import Answers, Ask, Investigation
from talon_client import TalonClient

T = TypeVar("T")

EFFECT = "effect."
"""Facts of this family are read from the answer, all others from the target."""


def run(investigation: Investigation[T], client: TalonClient) -> T:
    """The finding of an investigation whose batches hold single calls only."""
    try:
        batch = next(investigation)
        while True:
            asks = [ask for ask in batch.asks if isinstance(ask, Ask)]
            outcomes = client.send_all([ask.call for ask in asks])
            batch = investigation.send(Answers(dict(zip(asks, outcomes, strict=True))))
    except StopIteration as stop:
        finding: T = stop.value
        return finding


def read(plan: StoredPlan, client: TalonClient) -> Reading:
    """The target as it is now. Raises `TalonError` when it cannot be read."""
    return run(plan.change.look(), client)


def balances(ledgers: Sequence[Ledger], client: TalonClient) -> tuple[Fact, ...]:
    """Points of these ledgers; those that cannot be read are left out."""
    return run(look_at_balances(ledgers), client)


def lines(preview: Preview, actual: Sequence[Fact], *, answered: bool) -> tuple[Line, ...]:
    """Before, expected and actual side by side. `answered`: the API's answer could be read."""
    before = _by_key(preview.before)
    expected = _by_key(preview.expected)
    found = _by_key(actual)
    keys = [*before, *(key for key in expected if key not in before)]
    keys += [key for key in found if key not in before and key not in expected]
    return tuple(
        Line(
            topic=topic,
            about=about,
            before=before.get((topic, about)),
            expected=expected.get((topic, about)),
            actual=found.get((topic, about)),
            predicted=(topic, about) in expected or (preview.dry and topic.startswith(EFFECT)),
            read=(topic, about) in found or (answered and topic.startswith(EFFECT)),
        )
        for topic, about in keys
    )


def compare(found: Sequence[Line]) -> Verification:
    """Whether everything that was promised, and could be read, came true."""
    checked = [line for line in found if line.predicted and line.read]
    if not checked:
        return Verification.COULD_NOT_LOOK
    return Verification.DIFFERS if any(line.differs for line in checked) else Verification.AS_PREVIEWED


def _by_key(facts: Sequence[Fact]) -> dict[tuple[str, tuple[str, ...]], Scalar]:
    return {(fact.topic, fact.about): fact.value for fact in facts}
