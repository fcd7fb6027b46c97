"""Contenders measured in turns, in one process, so that a busy machine slows all of them alike."""

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """How long it took, once."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(contenders: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """The seconds of each contender in each round, after one round that does not count; who begins changes."""
    for work in contenders:
        work()
    gc.collect()
    gc.freeze()
    taken: list[list[float]] = [[] for _ in contenders]
    for turn in range(rounds):
        for place in range(len(contenders)):
            chosen = (place + turn) % len(contenders)
            taken[chosen].append(seconds(contenders[chosen]))
    gc.unfreeze()
    return taken


def ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median over the rounds of how many times longer the first took."""
    return median(a / b for a, b in zip(above, below, strict=True))
