"""Reads the ledgers that a page shows: one program, one card, or all that a customer has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from desk.insight.customer import Customer
from desk.insight.investigation import Answers, Batch, Investigation
from desk.insight.points import Points, card_points, points
from desk.insight.reading import Unread
from desk.lookup import RequestNote
from desk.ui.current import Desk

CARDS = 3  # of a customer with more, the others are read on their own page


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All ledgers of a customer, what failed, and what was asked for them."""

    points: tuple[Points, ...]
    unread: tuple[Unread, ...]
    requests: tuple[RequestNote, ...]


def points_of_all(desk: Desk, found: Customer, *, fresh: bool) -> Ledgers:
    """The ledgers of every program and card of a customer, read together."""
    now = datetime.now(UTC)

    def investigation() -> Investigation[tuple[Points, ...]]:
        programs = [points(each.id, found.integration_id, now=now) for each in found.programs]
        cards = [card_points(each.program_id, each.identifier, now=now) for each in found.cards[:CARDS]]
        return together("Points", [*programs, *cards])

    read = desk.find_out("Points and their history", investigation, fresh=fresh)
    failed = tuple(part for each in read.finding for part in each.unread)
    return Ledgers(read.finding, failed, read.requests)


def together(title: str, parts: Sequence[Investigation[Points]]) -> Investigation[tuple[Points, ...]]:
    """Several investigations of one batch each as one: all their requests are made together."""
    if not parts:
        return ()
    batches = [next(part) for part in parts]
    answers = yield Batch(title, tuple(dict.fromkeys(ask for batch in batches for ask in batch.asks)))
    return tuple(_finish(part, answers) for part in parts)


def _finish(part: Investigation[Points], answers: Answers) -> Points:
    try:
        part.send(answers)
    except StopIteration as stop:
        found: Points = stop.value
        return found
    raise RuntimeError("an investigation of points asks one batch only")
