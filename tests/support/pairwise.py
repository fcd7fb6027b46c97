"""Rows of a big table so that every pair of values meets at least once; the whole table belongs to `make soak`."""

from collections.abc import Sequence
from itertools import combinations, product


def pairwise(*columns: Sequence[str]) -> list[tuple[str, ...]]:
    """A small set of rows, one value of each column, in which each pair of values of two columns appears."""
    open_pairs = {
        (i, a, j, b)
        for i, j in combinations(range(len(columns)), 2)
        for a, b in product(columns[i], columns[j])
    }
    rows = []
    while open_pairs:
        row = max(product(*columns), key=lambda each: len(_pairs(each) & open_pairs))
        open_pairs -= _pairs(row)
        rows.append(row)
    return rows


def _pairs(row: tuple[str, ...]) -> set[tuple[int, str, int, str]]:
    return {(i, row[i], j, row[j]) for i, j in combinations(range(len(row)), 2)}
