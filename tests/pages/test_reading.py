"""Reckoning once: the same answers are not thought through again, new ones always are."""

from decimal import Decimal

from desk.insight.history import explain
from desk.insight.points import Points
from desk.insight.rows import read_rows
from desk.ui.points_reading import Memory
from tests.insight.help import NOW, Book, day


def finding(rows: int) -> Points:
    book = Book()
    for number in range(rows):
        book.add("1", day(-number - 1))
    return Points(1, "maria", False, NOW, (explain(read_rows(book.rows, NOW), NOW),))


def test_only_the_very_same_answers_are_recognised() -> None:
    memory, kept = Memory(), finding(1)
    answers: tuple[object, ...] = ([Decimal(1)], [Decimal(2)])
    memory.keep("1/maria", answers, kept)
    assert memory.recall("1/maria", answers) is kept
    assert memory.recall("1/maria", ([Decimal(1)], [Decimal(2)])) is None
    assert memory.recall("1/maria", answers[:1]) is None
    assert memory.recall("1/lena", answers) is None


def test_what_was_kept_longest_ago_goes_first() -> None:
    memory = Memory(most=12)
    answers: tuple[object, ...] = (object(),)
    for name in ("a", "b", "c"):
        memory.keep(name, answers, finding(4))
    assert memory.recall("a", answers) is None
    assert memory.recall("b", answers) is not None
    assert memory.recall("c", answers) is not None


def test_one_finding_larger_than_the_bound_is_kept_alone() -> None:
    memory = Memory(most=3)
    answers: tuple[object, ...] = (object(),)
    memory.keep("a", answers, finding(50))
    assert memory.recall("a", answers) is not None
