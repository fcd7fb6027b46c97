"""Whole lists in coroutines: pages fetched a few at a time, each item once, and a report of what was seen."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Any, Generic, TypeVar

from talon_client.call import Call
from talon_client.errors import BadRequest
from talon_client.models.base import Page
from talon_client.paging import check_paged
from talon_client.walk import PageSize, Report, Walk

T = TypeVar("T")
R = TypeVar("R")


class AsyncIteration(Generic[T]):
    """The items of a list, in the API's order, or page by page. `report` says how it went.

    Each iteration asks the API anew. Leave it early and the pages in flight are cancelled (at once under
    `contextlib.aclosing`). With a `page_size` of 1, or rows without ids, changes of the list meanwhile go unseen.
    """

    def __init__(
        self,
        call: Call[Page[T]],
        submit: "Callable[[Call[Page[T]]], asyncio.Task[Page[T]]]",
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
        self._begun: list[AsyncGenerator[Any, None]] = []
        self.report = Report()

    def __aiter__(self) -> AsyncGenerator[T, None]:
        return self._open(self._items())

    def pages(self) -> AsyncGenerator[tuple[T, ...], None]:
        """The new items of each page; pages are looked ahead while the list says that there is more."""
        return self._open(self._pages())

    async def aclose(self) -> None:
        """Ends what was begun of it: the pages in flight are cancelled, and have let go when this returns."""
        while self._begun:
            await self._begun.pop().aclose()

    def _open(self, begun: AsyncGenerator[R, None]) -> AsyncGenerator[R, None]:
        self._begun.append(begun)
        return begun

    async def _items(self) -> AsyncGenerator[T, None]:
        pages = self._pages()
        try:
            async for page in pages:
                for row in page:
                    yield row
        finally:
            await pages.aclose()

    async def _pages(self) -> AsyncGenerator[tuple[T, ...], None]:
        walk = Walk(self._call, self._page_size, self._look_ahead)
        self.report = walk.report
        waiting: deque[asyncio.Task[Page[T]]] = deque()
        try:
            while not walk.done:
                for call in walk.wanted():
                    waiting.append(
                        self._submit(call)
                    )  # one by one: what a view refuses leaves the others known
                page = await self._next_page(waiting, walk)
                if page is None:
                    continue
                rows, in_step = walk.take(page)
                if not in_step:
                    await drop(waiting)
                    waiting.clear()
                self.report = walk.report
                if self._progress:
                    self._progress(walk.report)
                if rows:
                    yield rows
        finally:
            await drop(waiting)

    async def _next_page(self, waiting: "deque[asyncio.Task[Page[T]]]", walk: Walk[T]) -> Page[T] | None:
        """The oldest page in flight; None when it is to be asked again, smaller."""
        try:
            # It stays among those in flight until it is there, so that it is dropped with them.
            page = await waiting[0]
        except BadRequest:
            waiting.popleft()
            if walk.shrink():
                return None
            raise
        waiting.popleft()
        return page


async def drop(tasks: "Iterable[asyncio.Task[R]]") -> None:
    """Cancels what is still under way, and waits until all of it has let go of its connections and turns."""
    tasks = [*tasks]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
