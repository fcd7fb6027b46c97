"""Coroutines in tests: on a thread of their own, for a browser test leaves its event loop running on the main one."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(story: Coroutine[Any, Any, T]) -> T:
    """Runs it to its end in a new event loop and answers what it answers."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


class Loop:
    """One event loop for many coroutines, on a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._runner = asyncio.Runner()

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Runs it to its end and answers what it answers."""
        return self._thread.submit(self._runner.run, story).result()

    def close(self) -> None:
        """Ends the loop and its thread."""
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()
