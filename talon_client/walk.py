"""Walking a paged list without any I/O: which pages to ask for, and which of their rows are new.

Offsets move while rows are added or removed, and pages in flight may be answered in another order than asked.
So each page is asked from the last row of the page before it: when that row is not where it should be, pages
are asked again until one joins up, or the gap is counted.
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from talon_client.call import Call
from talon_client.models.base import Page

T = TypeVar("T")

LARGE_PAGE = 1000
SMALL_PAGE = 50
LOOK_AHEAD = 8
REMEMBERED_ROWS = 10_000
TRIES_PER_GAP = 4
TRIES_PER_LIST = 40
# So many pages in a row without a new row, and more than are remembered: the list goes round in circles.
STALE_PAGES = 100


@dataclass(frozen=True, slots=True)
class Report:
    """How an iteration went. `repeated` rows came twice because the list grew meanwhile; they were dropped.

    `gaps` counts places where rows may be missing because the list changed too much meanwhile. `complete` is
    True once the end was reached. `total` is what the API says, where it says so.
    """

    items: int = 0
    pages: int = 0
    repeated: int = 0
    complete: bool = False
    total: int | None = None
    gaps: int = 0


@dataclass(slots=True)
class PageSize:
    """The page size that a deployment accepts: learnt once, then shared by all iterations of a client."""

    value: int = LARGE_PAGE


class Walk(Generic[T]):
    """One walk over a list. Ask for the `wanted` pages and `take` their answers in order until `done`."""

    def __init__(self, call: Call[Page[T]], page_size: PageSize, look_ahead: int = LOOK_AHEAD) -> None:
        query = dict(call.query)
        self._call = call
        self._shared_size = page_size
        self._chosen = "pageSize" in query
        self._size = int(query["pageSize"]) if self._chosen else page_size.value
        self._start = int(query.get("skip", "0"))
        self._look_ahead = look_ahead
        self._window = 1
        self._asked: deque[int] = deque()
        self._next = self._start
        self._overlap = 0
        self._known: set[object] = set()
        self._known_by_page: deque[frozenset[object]] = deque()
        self._trouble, self._tries, self._all_tries = -1, 0, 0
        self._stale = 0
        self.report = Report()
        self.done = False

    def wanted(self) -> list[Call[Page[T]]]:
        """The calls to start now, beside those in flight; at least one is in flight afterwards."""
        calls = []
        while len(self._asked) < self._window and not (self._asked and self._beyond(self._next)):
            calls.append(_at(self._call, self._next, self._size))
            self._asked.append(self._next)
            self._next += self._size - self._overlap
        return calls

    def shrink(self) -> bool:
        """After a 400: whether a smaller page may help. Then the first page is wanted again.

        25.15 and older accept 50 at most (facts.md, Transport); whatever else was wrong shows again.
        """
        if self._chosen or self.report.pages or self._size <= SMALL_PAGE:
            return False
        self._size = SMALL_PAGE
        self._go_to(self._start)
        return True

    def take(self, page: Page[T]) -> tuple[tuple[T, ...], bool]:
        """The new rows of the oldest page in flight, and whether the others in flight are still of use."""
        at = self._asked.popleft()
        first = not self.report.pages
        if first:
            self._begin(page)
        identities = [_identity(row) for row in page.data]
        missing = self._overlap > 0 and not first and not (identities and identities[0] in self._known)
        if missing and self._back_up(at):
            self._count(page, (), 0, 0)
            return (), False
        rows = self._fresh(page, identities)
        expected = self._overlap if not first and not missing else 0
        self._count(page, rows, max(0, len(page.data) - len(rows) - expected), int(missing))
        reached = at + len(page.data)
        more = _more(page, reached)
        # A page that holds no more than the row it was asked from, and promises more, would be asked for ever.
        stuck = len(page.data) <= (0 if first else self._overlap)
        self._stale = 0 if rows else self._stale + 1
        circles = self._stale > max(STALE_PAGES, len(self._known) // self._size)
        if stuck or circles or not more:
            self.done = True
            self.report = replace(self.report, complete=not more)
            return rows, False
        # One, two, four, eight: a short list costs few pages too many, a long one soon has all that it may.
        self._window = min(self._look_ahead, 2 * self._window)
        if reached - self._overlap != (self._asked[0] if self._asked else self._next):
            self._go_to(reached - self._overlap)
            return rows, False
        return rows, True

    def _begin(self, page: Page[T]) -> None:
        if not self._chosen and self._size < self._shared_size.value:
            self._shared_size.value = self._size
        if page.data and _more(page, self._start + len(page.data)):
            # A server may cap the size silently.
            self._size = len(page.data)
        known = all(_identity(row) is not None for row in page.data)
        self._overlap = 1 if known and self._size > 1 else 0

    def _go_to(self, position: int) -> None:
        self._asked.clear()
        self._next = position

    def _beyond(self, position: int) -> bool:
        total = self.report.total
        return total is not None and position >= total

    def _back_up(self, at: int) -> bool:
        """Asks again: first the same page (it may have been answered out of order), then from further and
        further back (rows may have been removed). False when that has been tried enough."""
        if at > self._trouble:
            self._trouble, self._tries = at, 0
        back = 0 if self._tries == 0 else self._size << (self._tries - 1)
        if self._tries == TRIES_PER_GAP or self._all_tries == TRIES_PER_LIST or back > REMEMBERED_ROWS:
            return False
        self._tries += 1
        self._all_tries += 1
        self._window = 1
        self._go_to(max(self._start, self._trouble - back))
        return True

    def _fresh(self, page: Page[T], identities: list[object]) -> tuple[T, ...]:
        # Only earlier pages count: two rows of one page are two rows, whatever their ids.
        known = self._known
        rows = tuple(
            row for row, identity in zip(page.data, identities, strict=True) if identity not in known
        )
        # What cannot be told apart (None) is never known.
        new = frozenset(identities) - known - {None}
        known |= new
        self._known_by_page.append(new)
        while len(known) > REMEMBERED_ROWS + self._size:
            known -= self._known_by_page.popleft()
        return rows

    def _count(self, page: Page[T], rows: tuple[T, ...], repeated: int, gaps: int) -> None:
        known = self.report
        self.report = Report(
            items=known.items + len(rows),
            pages=known.pages + 1,
            repeated=known.repeated + repeated,
            total=page.total_result_size,
            gaps=known.gaps + gaps,
        )


def _identity(row: object) -> object:
    identity = (getattr(row, "transaction_uuid", None), getattr(row, "id", None))
    return None if identity == (None, None) else identity


def _more(page: Page[T], reached: int) -> bool:
    if page.total_result_size is not None:
        return reached < page.total_result_size
    return bool(page.has_more)


def _at(call: Call[Page[T]], skip: int, size: int) -> Call[Page[T]]:
    kept = tuple(pair for pair in call.query if pair[0] not in ("skip", "pageSize"))
    return replace(call, query=(*kept, ("pageSize", str(size)), ("skip", str(skip))))
