"""A benchmark's verdict: which way is better, and how much may be missed."""

from typing import Literal

import pytest

from bench.figure import Figure


@pytest.mark.parametrize(
    ("better", "value", "word"),
    [
        ("most", 4.0, "ok"),
        ("most", 5.0, "close"),
        ("most", 5.01, "MISSED"),
        ("least", 4.0, "ok"),
        ("least", 3.2, "close"),
        ("least", 3.19, "MISSED"),
        ("least", 0.0, "MISSED"),
    ],
)
def test_a_quarter_may_be_missed_either_way(
    better: Literal["most", "least"], value: float, word: str
) -> None:
    figure = Figure("figure", value, 4.0, "times", "", better)
    assert figure.word == word
    assert figure.missed == (word == "MISSED")
    assert f"(at {better} 4)" in str(figure)
