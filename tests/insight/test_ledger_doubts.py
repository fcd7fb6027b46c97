"""What does not add up: exact gaps, and rows that are worth a look."""

from decimal import Decimal
from typing import Any

from desk.insight.balances import Reported
from desk.insight.cancelled import NOT_LOOKED, cancelled
from desk.insight.reconcile import SuspectKind
from talon_client import Call
from tests.insight.help import DOWN, NOT_FOUND, Book, day, explained, play
from tests.insight.orders import answered


def test_a_gap_is_exact() -> None:
    book = Book()
    book.add("10", day(-10))
    said = Reported(Decimal("12.5"), Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    reconciliation = explained(book, reported=said).reconciliation
    assert reconciliation is not None
    assert not reconciliation.explained
    assert [(gap.figure, gap.difference) for gap in reconciliation.gaps] == [("active", Decimal("2.5"))]


def test_the_same_rule_twice_for_one_session_is_a_suspect_unless_it_was_one_evaluation() -> None:
    book = Book()
    earn: dict[str, Any] = {"customerSessionId": "S", "rulesetId": 1, "ruleName": "earn"}
    book.add("10", day(-10), **earn)
    book.add("10", day(-10), **earn)
    once = explained(book, reported=Reported()).reconciliation
    book.add("10", day(-9), **earn)
    twice = explained(book, reported=Reported()).reconciliation
    assert once is not None
    assert once.suspects == ()
    assert twice is not None
    assert [(each.kind, [row.id for row in each.rows]) for each in twice.suspects] == [
        (SuspectKind.SAME_RULE_TWICE, [1, 3])
    ]


def test_points_of_a_cancelled_session_are_a_suspect_where_something_does_not_add_up() -> None:
    book = Book()
    for name in ("kept", "called off", "taken back", "unknown", "unread"):
        book.add("10", day(-10), customerSessionId=name, ruleName="earn")
    book.take("10", day(-9), customerSessionId="taken back", ruleName="earn")
    states = {"kept": "closed", "called off": "cancelled", "taken back": "cancelled"}

    def respond(call: Call[Any]) -> Any:
        name = str(call.argument("customer_session_id"))
        return answered(state=states[name]) if name in states else NOT_FOUND if name == "unknown" else DOWN

    short = explained(book, reported=Reported(Decimal(30)))
    found, batches = play(cancelled(short), respond)
    assert [len(batch.asks) for batch in batches] == [4]  # what was taken back is no question
    assert found.suspect is not None
    assert found.suspect.kind is SuspectKind.CANCELLED_SESSION
    assert [row.session for row in found.suspect.rows] == ["called off"]
    assert (found.looked, found.of, len(found.unread)) == (2, 4, 1)
    assert play(cancelled(explained(book, reported=Reported(Decimal(40)))), respond) == (NOT_LOOKED, [])


def test_the_newest_sessions_are_looked_at() -> None:
    book = Book()
    for number in range(30):
        book.add("1", day(-40 + number), customerSessionId=f"S{number}")
    found, batches = play(
        cancelled(explained(book, reported=Reported(Decimal(29)))), lambda _: answered(state="closed")
    )
    names = {str(ask.call.argument("customer_session_id")) for batch in batches for ask in batch.asks}
    assert names == {f"S{number}" for number in range(20, 30)}
    assert (found.suspect, found.looked, found.of) == (None, 10, 30)


def test_sessions_are_harvested_newest_first() -> None:
    book = Book()
    book.add("1", day(-3), customerSessionId="A")
    book.add("1", day(-2), customerSessionId="B")
    book.add("1", day(-1), customerSessionId="A")
    assert explained(book).sessions() == ("A", "B")
