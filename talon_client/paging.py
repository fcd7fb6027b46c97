"""Whole lists: pages fetched a few at a time, each item once, and a report of what was seen."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from talon_client.call import Call
from talon_client.errors import BadRequest
from talon_client.models.base import Page

T = TypeVar("T")

LARGE_PAGE = 1000
SMALL_PAGE = 50
LOOK_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Report:
    """How an iteration went. `repeated` items came twice because the list grew meanwhile and were dropped.

    `complete` is True once the last page has been read.
    """

    items: int = 0
    pages: int = 0
    repeated: int = 0
    complete: bool = False
    total: int | None = None


@dataclass(slots=True)
class PageSize:
    """The page size that a deployment accepts: learnt once, then shared by all iterations of a client."""

    value: int = LARGE_PAGE


class Iteration(Generic[T]):
    """The items of a list, in the API's order. Iterate it once; `pages()` gives them page by page."""

    def __init__(
        self,
        call: Call[Page[T]],
        send: Callable[[Call[Page[T]]], Page[T]],
        submit: Callable[[Call[Page[T]]], "Future[Page[T]]"],
        page_size: PageSize,
        look_ahead: int = LOOK_AHEAD,
        progress: Callable[[Report], None] | None = None,
    ) -> None:
        if not call.operation.paged:
            raise ValueError(f"{call.operation.id} is not a paged list")
        self._call = call
        self._send = send
        self._submit = submit
        self._page_size = page_size
        self._look_ahead = look_ahead
        self._progress = progress
        self._seen: set[object] = set()
        self.report = Report()

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[tuple[T, ...]]:
        """The new items of each page; pages are looked ahead while the list says that there is more."""
        start = int(dict(self._call.query).get("skip", "0"))
        first, size = self._first(start)
        yield self._take(first)
        if not _more(first, start + len(first.data)):
            self._finish()
            return
        step = min(size, len(first.data)) or size
        waiting: deque[tuple[int, Future[Page[T]]]] = deque()
        following = start + step
        try:
            while True:
                while len(waiting) < self._ahead(first, following):
                    waiting.append((following, self._submit(_at(self._call, following, step))))
                    following += step
                skip, future = waiting.popleft()
                page = future.result()
                yield self._take(page)
                if not page.data or not _more(page, skip + len(page.data)):
                    break
                if len(page.data) < step:
                    # A short page in the middle: go on exactly behind it, or rows would be skipped.
                    _drop(waiting)
                    following = skip + len(page.data)
        finally:
            _drop(waiting)
        self._finish()

    def _ahead(self, first: Page[T], following: int) -> int:
        if first.total_result_size is None:
            return self._look_ahead
        return self._look_ahead if following < first.total_result_size else 1

    def _first(self, start: int) -> tuple[Page[T], int]:
        asked = dict(self._call.query).get("pageSize")
        if asked is not None:
            return self._send(_at(self._call, start, int(asked))), int(asked)
        size = self._page_size.value
        try:
            return self._send(_at(self._call, start, size)), size
        except BadRequest:
            if size <= SMALL_PAGE:
                raise
        # 25.15 and older accept 50 at most (facts.md, Transport); whatever else was wrong shows again.
        page = self._send(_at(self._call, start, SMALL_PAGE))
        self._page_size.value = SMALL_PAGE
        return page, SMALL_PAGE

    def _take(self, page: Page[T]) -> tuple[T, ...]:
        fresh = []
        for item in page.data:
            identity = _identity(item)
            if identity is not None:
                if identity in self._seen:
                    continue
                self._seen.add(identity)
            fresh.append(item)
        known = self.report
        self.report = Report(
            items=known.items + len(fresh),
            pages=known.pages + 1,
            repeated=known.repeated + len(page.data) - len(fresh),
            total=page.total_result_size,
        )
        if self._progress:
            self._progress(self.report)
        return tuple(fresh)

    def _finish(self) -> None:
        self.report = replace(self.report, complete=True)
        if self._progress:
            self._progress(self.report)


def _identity(item: object) -> object:
    return getattr(item, "transaction_uuid", None) or getattr(item, "id", None)


def _more(page: Page[T], reached: int) -> bool:
    if page.total_result_size is not None:
        return bool(page.data) and reached < page.total_result_size
    return bool(page.has_more) and bool(page.data)


def _at(call: Call[Page[T]], skip: int, size: int) -> Call[Page[T]]:
    kept = tuple(pair for pair in call.query if pair[0] not in ("skip", "pageSize"))
    return replace(call, query=(*kept, ("pageSize", str(size)), ("skip", str(skip))))


def _drop(waiting: "deque[tuple[int, Future[Page[T]]]]") -> None:
    while waiting:
        waiting.popleft()[1].cancel()
