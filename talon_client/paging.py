"""Whole lists: pages fetched a few at a time, each item once, and a report of what was seen."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from typing import Generic, TypeVar

from talon_client.call import Call
from talon_client.errors import BadRequest
from talon_client.models.base import Page
from talon_client.pool import abandon, result
from talon_client.walk import PageSize, Report, Walk

T = TypeVar("T")

__all__ = ["Iteration", "PageSize", "Report"]


def check_paged(call: Call[object]) -> None:
    """A `ValueError` for what is no list."""
    if not call.operation.paged:
        raise ValueError(f"{call.operation.id} is not a paged list")


class Iteration(Generic[T]):
    """The items of a list, in the API's order, or page by page. `report` says how it went.

    Each iteration asks the API anew. Leave it early and the pages in flight are dropped. With a `page_size`
    of 1, or rows without ids, changes of the list meanwhile go unseen.
    """

    def __init__(
        self,
        call: Call[Page[T]],
        submit: Callable[[Call[Page[T]]], "Future[Page[T]]"],
        page_size: PageSize,
        progress: Callable[[Report], None] | None,
        look_ahead: int,
    ) -> None:
        check_paged(call)
        self._call = call
        self._submit = submit
        self._page_size = page_size
        self._progress = progress
        self._look_ahead = look_ahead
        self.report = Report()

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def pages(self) -> Generator[tuple[T, ...], None, None]:
        """The new items of each page; pages are looked ahead while the list says that there is more."""
        walk = Walk(self._call, self._page_size, self._look_ahead)
        self.report = walk.report
        waiting: deque[Future[Page[T]]] = deque()
        try:
            while not walk.done:
                for call in walk.wanted():
                    waiting.append(
                        self._submit(call)
                    )  # one by one: what a view refuses leaves the others known
                page = self._next_page(waiting, walk)
                if page is None:
                    continue
                rows, in_step = walk.take(page)
                if not in_step:
                    abandon(waiting)
                    waiting.clear()
                self.report = walk.report
                if self._progress:
                    self._progress(walk.report)
                if rows:
                    yield rows
        finally:
            abandon(waiting)

    def _next_page(self, waiting: "deque[Future[Page[T]]]", walk: Walk[T]) -> Page[T] | None:
        """The oldest page in flight; None when it is to be asked again, smaller."""
        try:
            return result(waiting.popleft(), self._call)
        except BadRequest:
            if walk.shrink():
                return None
            raise
