"""Thinning a series for a chart: fewer points, the same picture. The exact rows stay in the table."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

MARKS = 24  # marks of one kind: beyond that they hide the line
MOST = 1000  # points a line: four for each five pixels of a wide screen, each drawn as two corners


def outline(values: Sequence[Decimal], most: int = MOST, places: Sequence[float] | None = None) -> list[int]:
    """Indices to keep, rising: first and last, and of each stretch its first, last, lowest and highest value.

    `places` says where along the axis each value stands (rising): stretches are then equally wide on the screen, and
    what stands alone is never left out for the sake of what is crowded. Without it they hold equally many values.
    """
    count = len(values)
    if count <= most:
        return list(range(count))
    stretches = max(1, (most - 2) // 4)
    kept = {0, count - 1}
    for stretch in _stretches(count, stretches, places):
        lowest, highest = min(stretch, key=values.__getitem__), max(stretch, key=values.__getitem__)
        kept |= {stretch[0], stretch[-1], lowest, highest}
    return sorted(kept)


def _stretches(count: int, stretches: int, places: Sequence[float] | None) -> Iterator[range]:
    if places is None or places[-1] <= places[0]:
        for number in range(stretches):
            yield range(number * count // stretches, (number + 1) * count // stretches)
        return
    width, start = (places[-1] - places[0]) / stretches, 0
    for number in range(1, stretches):
        end = bisect_left(places, places[0] + number * width, start)
        if end > start:
            yield range(start, end)
        start = end
    yield range(start, count)


def largest(values: Sequence[Decimal], most: int) -> list[int]:
    """Indices to keep, rising: in each stretch the entry of the largest size, and always the last one."""
    count = len(values)
    if count <= most:
        return list(range(count))
    stretches = max(1, most - 1)
    kept = {count - 1}
    for number in range(stretches):
        stretch = range(number * count // stretches, (number + 1) * count // stretches)
        kept.add(max(stretch, key=lambda index: abs(values[index])))
    return sorted(kept)
