"""What the history chart draws: the figure that was chosen, thinned without a lie, with every cause named."""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from desk.insight.balances import Balance, Reported
from desk.insight.history import Ledger, explain
from desk.insight.lots import Ladder, Lots, ladder
from desk.insight.moves import MoveKind
from desk.insight.rows import read_rows
from desk.ui import charts, drawn, ledger_filters, points_words
from desk.ui.formats import Formats
from desk.ui.ledger_filters import Filters
from desk.ui.steps import Kind, finding, hover
from desk.ui.thin import MARKS, MOST
from tests.insight.help import NOW, Book, day

BERLIN = Formats("en-GB", "EUR", "Europe/Berlin")


def ledger_of(book: Book) -> Ledger:
    return explain(read_rows(book.rows, NOW), NOW)


def small() -> Ledger:
    book = Book()
    book.add("100", day(-60), expires=day(20), customerSessionId="ORD-1", ruleName="Double points", name="x")
    book.add("40", day(-50), day(-45), day(-10), name="Goodwill")
    book.take("30", day(-40), customerSessionId="ORD-2", ruleName="Pay", name="y")
    book.add("7", day(-1), starts=day(5), customerSessionId="ORD-3")
    return ledger_of(book)


def long(rows: int = 9000) -> Ledger:
    book = Book()
    for number in range(rows):
        at = day(-300 + number * 300 / rows)
        if number % 3 == 2:
            book.take(str(1 + number % 7), at, customerSessionId=f"S{number}", ruleName="Pay")
        else:
            book.add(str(5 + number % 11), at, expires=day(-200 + number * 300 / rows), name="n")
    return ledger_of(book)


def test_a_hover_names_the_order_and_the_rule() -> None:
    found = drawn.drawn(small(), "active", "all", BERLIN)
    assert hover(found.steps[0], BERLIN).endswith("earned 100 from order ORD-1 by “Double points” - 100 left")
    assert "from Goodwill" in hover(found.steps[1], BERLIN)
    assert [step.kind for step in found.steps] == [Kind.EARNED, Kind.ACTIVATED, Kind.SPENT, Kind.EXPIRED]
    assert [step.kind for step in found.ahead] == [Kind.ACTIVATED, Kind.EXPIRED]


def test_without_an_order_points_are_added_and_taken_off_and_only_those_marked_are_looked_up() -> None:
    book = Book()
    book.add("100", day(-60))
    book.take("100", day(-40), name="Correction")
    found = drawn.drawn(ledger_of(book), "active", "all", BERLIN)
    assert [step.kind for step in found.steps] == [Kind.ADDED, Kind.TAKEN_OFF]
    assert finding(found.steps, BERLIN) == "Balance fell by 100 on 8 May 2026: points were taken off"
    many = drawn.drawn(long(), "active", "all", BERLIN)
    assert {step.marked for step in many.steps} == {True, False}
    assert all(bool(step.label) == step.marked for step in many.steps)
    assert max(Counter(step.kind for step in many.steps if step.marked).values()) <= MARKS + 2


@pytest.mark.parametrize(
    ("figure", "values"),
    [
        ("active", [100, 140, 110, 100]),
        ("pending", [40, 0, 7]),
        ("spent", [30]),
        ("expired", [10]),
        ("negative", []),
    ],
)
def test_each_figure_has_a_line_of_its_own(figure: str, values: list[int]) -> None:
    ledger = small()
    # The 40 expire first, so that the 30 are taken from them.
    found = drawn.drawn(ledger, figure, "all", BERLIN)
    assert [step.active for step in found.steps] == values
    if figure != "negative":
        assert figure in drawn.subjects_of(ledger)


def test_a_range_begins_with_what_was_there() -> None:
    book = Book()
    book.add("50", day(-300))
    book.take("20", day(-30))
    found = drawn.drawn(ledger_of(book), "active", "3m", BERLIN)
    assert found.opening == 50
    assert [step.active for step in found.steps] == [30]
    assert found.days[0][1] == 50
    assert found.days[-1][1] == 30


def test_thousands_of_changes_are_thinned_to_their_outline_and_that_is_said() -> None:
    ledger = long()
    found = drawn.drawn(ledger, "active", "all", BERLIN)
    assert found.thinned
    assert max(len(found.steps), len(found.ahead)) <= MOST
    assert found.changes == int(np.count_nonzero(ledger.moves.columns.changes))
    past = [move.balance.active for move in ledger.past()]
    values = [step.active for step in found.steps]
    assert (min(values), max(values), values[-1]) == (min(past), max(past), past[-1])
    figure = charts.point_history(found.steps, found.ahead, NOW, BERLIN, thinned=True)
    assert figure.layout.xaxis.title.text == "the largest changes are marked"
    assert len(figure.to_json()) < 600_000


def test_nothing_is_thinned_where_all_can_be_drawn() -> None:
    found = drawn.drawn(small(), "active", "all", BERLIN)
    assert not found.thinned


@pytest.mark.parametrize(
    "event",
    [
        None,
        {},
        {"selection": {"points": []}},
        {"selection": {"points": [{"x": "nonsense"}]}},
        {"selection": 3},
    ],
)
def test_a_click_beside_every_mark_chooses_no_day(event: Any) -> None:
    assert charts.day_of(event) is None


def test_a_click_chooses_the_day_of_the_axis() -> None:
    assert charts.day_of({"selection": {"points": [{"x": "2026-05-03T23:59:59.1"}]}}) == date(2026, 5, 3)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["earned", "pending", "started", "spent", "expired", "pending"]),
        (Filters(kinds=[MoveKind.SPENT, MoveKind.EXPIRED]), ["spent", "expired"]),
        (Filters(sources=["hand"]), ["pending", "started", "expired"]),
        (Filters(sources=["order"], kinds=[MoveKind.SPENT]), ["spent"]),
        (Filters(rules=["Double points"]), ["earned"]),
        (Filters(rules=["Goodwill"]), ["pending", "started", "expired"]),
        (Filters(order="ord-2"), ["spent"]),
        (Filters(least=Decimal(40), most=Decimal(40)), ["pending", "started"]),
        (Filters(most=Decimal("9.5")), ["pending"]),
        (Filters(first=day(-45).date(), last=day(-40).date()), ["started", "spent"]),
        (Filters(order="nobody"), []),
    ],
)
def test_filters(filters: Filters, expected: list[str]) -> None:
    moves = small().past()
    assert [move.kind.value for move in ledger_filters.kept(moves, filters, BERLIN)] == expected


def test_days_of_filters_are_those_of_the_program() -> None:
    book = Book()
    book.add("1", "2026-06-10T22:30:00Z")  # the 11th in Berlin
    moves = ledger_of(book).past()
    assert len(ledger_filters.kept(moves, Filters(first=date(2026, 6, 11)), BERLIN)) == 1
    assert len(ledger_filters.kept(moves, Filters(last=date(2026, 6, 10)), BERLIN)) == 0


def test_the_api_s_balance_of_a_day_is_compared_figure_by_figure() -> None:
    mine = Balance(active=Decimal(340), spent=Decimal(10))
    same = Reported(active=Decimal(340), spent=Decimal(10))
    assert points_words.differences(mine, same, BERLIN) == []
    assert points_words.differences(mine, Reported(active=Decimal(350)), BERLIN) == [
        "Points that can be spent: the API says 350, the rows come to 340 (+10)."
    ]
    assert points_words.differences(mine, None, BERLIN) is None
    assert points_words.differences(mine, Reported(), BERLIN) is None


def test_a_redemption_says_what_it_takes_and_what_goes_first_then() -> None:
    ledger = small()
    found = ledger.if_redeemed(Decimal(60))
    text = points_words.redeemed_line(found, charts_ladder(ledger, found.after), BERLIN)
    assert text == (
        "If 60 points are redeemed now, it takes 60 of what expires on Tue 7 Jul 2026."
        " After that 40 expire on Tue 7 Jul 2026, before any other."
    )
    short = ledger.if_redeemed(Decimal(130))
    text = points_words.redeemed_line(short, charts_ladder(ledger, short.after), BERLIN)
    assert "30 points more would be needed. Nothing is left to expire." in text


def charts_ladder(ledger: Ledger, lots: Lots) -> Ladder:
    return ladder(lots, ledger.now, BERLIN.tz)
