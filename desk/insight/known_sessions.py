"""The sessions of a customer that are known at all: those that ledger rows name. No operation lists sessions, so that
one without points stays invisible (facts.md, What this API cannot do)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from desk.insight.balances import ZERO
from desk.insight.causes import Cause, causes
from desk.insight.effects import Purse
from desk.insight.investigation import Ask, AskAll, Batch, Investigation
from desk.insight.ledger import Row
from desk.insight.reading import Unread
from desk.insight.rows import Rows, read_rows
from desk.insight.sessions import SessionView, session_view
from talon_client import BadRequest, Call, NotFound, TalonError, calls
from talon_client.models import IntegrationCustomerSessionResponse, Page

NEWEST = 10
"""So many sessions are read for their state: what a table shows without scrolling."""


@dataclass(frozen=True, slots=True)
class KnownSession:
    """What one ledger says about one session. `at`: of its latest row, UTC; points are never negative.

    `view` None: it was not read, or could not be; its state is then unknown.
    """

    id: str
    purse: Purse
    at: datetime
    earned: Decimal = ZERO
    spent: Decimal = ZERO
    taken_back: Decimal = ZERO
    given_back: Decimal = ZERO
    view: SessionView | None = None

    @property
    def state(self) -> str:
        """The session's state where it was read, else ""."""
        return self.view.state if self.view else ""


@dataclass(frozen=True, slots=True)
class KnownSessions:
    """Newest first, one entry for each session and ledger. `unread`: ledgers and sessions that could not be read."""

    entries: tuple[KnownSession, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Each session once, newest first."""
        return tuple(dict.fromkeys(each.id for each in self.entries))

    @property
    def purses(self) -> tuple[Purse, ...]:
        """The ledgers that name sessions."""
        return tuple(dict.fromkeys(each.purse for each in self.entries))


def known_sessions(
    integration_id: str,
    programs: Iterable[int],
    cards: Iterable[tuple[int, str]] = (),
    *,
    now: datetime,
    newest: int = NEWEST,
) -> Investigation[KnownSessions]:
    """The sessions that the complete transactions of these programs and cards (program, identifier) name, then the
    newest of them for their states. Two batches. `ValueError` when an id cannot be asked."""
    asked: dict[Purse, Call[Page[Any]]] = {}
    for program in programs:
        call = calls.get_loyalty_program_profile_transactions(program, integration_id)
        asked[Purse(program, profile=integration_id)] = call
    for program, card in cards:
        asked[Purse(program, card=card)] = calls.get_loyalty_card_transactions(program, card)
    answers = yield Batch("Ledgers", tuple(AskAll(call) for call in asked.values()))
    entries: list[KnownSession] = []
    unread: list[Unread] = []
    for holder, rows_call in asked.items():
        rows = answers.all(rows_call)
        if isinstance(rows, TalonError):
            if not isinstance(rows, NotFound):  # no such ledger: nothing is in it
                unread.append(Unread(f"the transactions of {_name(holder)}", rows))
            continue
        entries += harvested(read_rows(rows, now), holder)
    entries.sort(key=lambda each: (each.at, each.id), reverse=True)
    views: dict[str, SessionView] = {}
    reads = {id_: session_call(id_) for id_ in list(dict.fromkeys(each.id for each in entries))[:newest]}
    wanted = {id_: request for id_, request in reads.items() if request is not None}
    if wanted:
        answers = yield Batch("States of the newest sessions", tuple(map(Ask, wanted.values())))
    for id_, request in wanted.items():
        answer = answers[request]
        if isinstance(answer, NotFound | BadRequest):
            continue
        if isinstance(answer, TalonError):
            unread.append(Unread(f"the session “{id_}”", answer))
            continue
        views[id_] = session_view(id_, answer)
    return KnownSessions(tuple(_with(each, views) for each in entries), tuple(unread))


def harvested(rows: Rows, holder: Purse) -> list[KnownSession]:
    """What the rows of one holder, oldest first, say about each session, subledger by subledger."""
    found: dict[tuple[str, str], KnownSession] = {}
    for subledger, mine in rows.by_subledger().items():
        purse = Purse(holder.program_id, subledger, holder.profile, holder.card)
        for row, cause in zip(mine, causes(mine).causes, strict=True):
            if not row.session:
                continue
            key = (subledger, row.session)
            had = found.get(key) or KnownSession(row.session, purse, row.created)
            found[key] = _plus(had, row, cause)
    return list(found.values())


def _plus(had: KnownSession, row: Row, cause: Cause) -> KnownSession:
    amount = {each: row.amount if each is cause else ZERO for each in Cause}
    return KnownSession(
        had.id,
        had.purse,
        max(had.at, row.created),
        had.earned + amount[Cause.EARNED],
        had.spent + amount[Cause.SPENT],
        had.taken_back + amount[Cause.TAKEN_BACK],
        had.given_back + amount[Cause.GIVEN_BACK],
    )


def _with(each: KnownSession, views: Mapping[str, SessionView]) -> KnownSession:
    return KnownSession(
        each.id,
        each.purse,
        each.at,
        each.earned,
        each.spent,
        each.taken_back,
        each.given_back,
        views.get(each.id),
    )


def session_call(session_id: str) -> Call[IntegrationCustomerSessionResponse] | None:
    """The request for a session; None for an id that a path cannot hold."""
    try:
        return calls.get_customer_session(session_id)
    except ValueError:
        return None


def _name(holder: Purse) -> str:
    return f"card {holder.card}" if holder.card else f"program {holder.program_id}"
