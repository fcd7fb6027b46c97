"""How many pairs of a role and something to do the tests have tried, told at the end of a run."""

from collections import Counter

counts: Counter[str] = Counter()
