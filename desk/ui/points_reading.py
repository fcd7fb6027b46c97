"""Reads the ledgers that a page shows: of one program, one card, or a whole customer; each is reckoned once."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from desk.insight.customer import Customer
from desk.insight.investigation import Answers, Ask, AskAll, Batch, Investigation
from desk.insight.points import Points, card_points, points
from desk.insight.reading import Unread
from desk.lookup import Found, RequestNote
from desk.ui.current import Desk

CARDS = 3  # of a customer with more, the others are read on their own page
MOST_ROWS = 60_000


@dataclass(frozen=True, slots=True)
class Ledgers:
    """All ledgers of a customer, what failed, and what was asked for them."""

    points: tuple[Points, ...]
    unread: tuple[Unread, ...]
    requests: tuple[RequestNote, ...]


class Memory:
    """Findings by the answers they came from: the same answers (the very objects, from the cache) are not thought
    through again in the next run of the page. Bounded by rows, oldest first."""

    def __init__(self, most: int = MOST_ROWS) -> None:
        self._most = most
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, tuple[tuple[object, ...], Points, int]] = OrderedDict()

    def recall(self, key: str, answers: tuple[object, ...]) -> Points | None:
        """What these answers came to, if they are the ones that were kept."""
        with self._guard:
            kept = self._kept.get(key)
            if kept is None or len(kept[0]) != len(answers):
                return None
            if any(one is not other for one, other in zip(kept[0], answers, strict=True)):
                return None
            self._kept.move_to_end(key)
            return kept[1]

    def keep(self, key: str, answers: tuple[object, ...], finding: Points) -> None:
        """Keeps a finding together with its answers."""
        rows = 1 + sum(len(ledger.moves) for ledger in finding.ledgers)
        with self._guard:
            self._kept[key] = (answers, finding, rows)
            self._kept.move_to_end(key)
            total = sum(each[2] for each in self._kept.values())
            while total > self._most and len(self._kept) > 1:
                _, (_, _, freed) = self._kept.popitem(last=False)
                total -= freed


@st.cache_resource(show_spinner=False)
def _memory() -> Memory:
    return Memory()


def points_of(desk: Desk, program_id: int, holder: str, *, card: bool = False, fresh: bool) -> Found[Points]:
    """All ledgers of a profile in one program, or of a card."""
    return desk.find_out("Points", lambda: _one(_memory(), program_id, holder, card), fresh=fresh)


def points_of_all(desk: Desk, found: Customer, *, fresh: bool) -> Ledgers:
    """The ledgers of every program and card of a customer, read together."""
    memory = _memory()

    def investigation() -> Investigation[tuple[Points, ...]]:
        programs = [_one(memory, each.id, found.integration_id, False) for each in found.programs]
        cards = [_one(memory, each.program_id, each.identifier, True) for each in found.cards[:CARDS]]
        return together("Points", [*programs, *cards])

    read = desk.find_out("Points and their history", investigation, fresh=fresh)
    failed = tuple(part for each in read.finding for part in each.unread)
    return Ledgers(read.finding, failed, read.requests)


def _one(memory: Memory, program_id: int, holder: str, card: bool) -> Investigation[Points]:
    """The investigation of one program or card, answered from memory where nothing new was read."""
    now = datetime.now(UTC)
    part = card_points(program_id, holder, now=now) if card else points(program_id, holder, now=now)
    batch = next(part)
    answers = yield batch
    values = tuple(_value(answers, ask) for ask in batch.asks)
    key = f"{program_id}/{card}/{holder}"
    finding = memory.recall(key, values)
    if finding is None:
        finding = _finish(part, answers)
        memory.keep(key, values, finding)
    return finding


def _value(answers: Answers, ask: Ask | AskAll) -> object:
    if isinstance(ask, AskAll):
        return answers.all(ask.call, ask.application)
    return answers.at(ask.application, ask.call)


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
