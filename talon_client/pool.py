"""Calls on threads: a pool that answers with typed errors, also when it is closed meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from talon_client.call import Call
from talon_client.errors import TalonError, TransportError

T = TypeVar("T")
R = TypeVar("R")


class Pool:
    """Threads for as many calls as may be in flight."""

    def __init__(self, size: int) -> None:
        self._threads = ThreadPoolExecutor(max_workers=size, thread_name_prefix="talon-client")
        self._closed = False

    def close(self) -> None:
        """Drops what has not begun; what is under way ends by itself."""
        self._closed = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    def later(self, work: Callable[[Call[T]], R], call: Call[T]) -> "Future[R]":
        """Does it on a thread of the pool."""
        try:
            return self._threads.submit(work, call)
        except RuntimeError:
            if not self._closed:
                raise
        future: Future[R] = Future()
        future.cancel()
        return future


def done(value: R) -> "Future[R]":
    """A future that waited for nothing."""
    future: Future[R] = Future()
    future.set_result(value)
    return future


def result(future: "Future[R]", call: Call[object]) -> R:
    """What came of the call; a future that was cancelled raises `TransportError`, for nothing was sent."""
    if not future.cancelled():
        try:
            return future.result()
        except CancelledError:
            pass  # while we waited: the error raised below is to have no context
    raise TransportError("the client is closed, nothing was sent", operation=call.operation.id, sent=False)


def result_or_error(future: "Future[R | TalonError]", call: Call[object]) -> R | TalonError:
    """Like `result`, with a `TalonError` as the value."""
    try:
        return result(future, call)
    except TalonError as error:
        return error


def as_finished(futures: "Sequence[Future[R]]") -> Iterator[int]:
    """Their places in the order in which they finish.

    `concurrent.futures.as_completed` would wait for ever for what a closed pool has dropped.
    """
    finished: SimpleQueue[int] = SimpleQueue()
    for place, future in enumerate(futures):
        future.add_done_callback(partial(_note, finished, place))
    for _ in futures:
        yield finished.get()


def _note(finished: "SimpleQueue[int]", place: int, _: "Future[R]") -> None:
    finished.put(place)


def abandon(futures: "Iterable[Future[R]]") -> None:
    """Cancels what has not begun."""
    for future in futures:
        future.cancel()
