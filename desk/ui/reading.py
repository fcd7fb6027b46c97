"""What a page says about its own reading: what could not be read, and how old the rest is."""

from collections.abc import Iterable

from desk.insight.reading import Unread
from desk.ui.strip import trouble
from desk.ui.words import trouble as words_for


def unread(parts: Iterable[Unread], *, key: str) -> None:
    """A panel for each part that failed; the rest of the page stays. The page reads anew when `retried` says so."""
    for number, part in enumerate(parts):
        trouble(words_for(part.error, part.what), key=f"{key}-{number}")


def retried(key: str, most: int = 12) -> tuple[str, ...]:
    """The keys of the "Try again" buttons that `unread(..., key=key)` draws."""
    return tuple(f"{key}-{number}-again" for number in range(most))
