"""Thinning a series for a chart: fewer points, the same picture. The exact rows stay in the table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

MOST = 2000  # points a line; what a screen can show, and what SVG draws without stutter (practices.md)


def outline(values: Sequence[Decimal], most: int = MOST) -> list[int]:
    """Indices to keep, rising: first and last, and of each stretch its first, last, lowest and highest value."""
    count = len(values)
    if count <= most:
        return list(range(count))
    stretches = max(1, (most - 2) // 4)
    kept = {0, count - 1}
    for number in range(stretches):
        start, end = number * count // stretches, (number + 1) * count // stretches
        stretch = range(start, end)
        kept |= {start, end - 1, min(stretch, key=values.__getitem__), max(stretch, key=values.__getitem__)}
    return sorted(kept)


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
