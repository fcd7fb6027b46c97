"""Points of cancelled orders that are still there: what may be behind a balance that the rows do not come to."""

from dataclasses import dataclass

from desk.insight.causes import causes
from desk.insight.history import Ledger
from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.known_sessions import NEWEST, session_call
from desk.insight.reading import Unread
from desk.insight.reconcile import Suspect, SuspectKind, standing
from talon_client import NotFound, TalonError


@dataclass(frozen=True, slots=True)
class Cancelled:
    """`suspect`: the awards of cancelled orders that nothing took back. `looked`: how many orders were read, the newest
    of the `of` whose points are still there."""

    suspect: Suspect | None = None
    looked: int = 0
    of: int = 0
    unread: tuple[Unread, ...] = ()


NOT_LOOKED = Cancelled()


def cancelled(ledger: Ledger) -> Investigation[Cancelled]:
    """Reads the newest orders whose points are still there, for their states. One batch; nothing is asked where the
    rows explain the balance."""
    if ledger.reconciliation is None or not ledger.reconciliation.gaps:
        return NOT_LOOKED
    rows = ledger.moves.rows
    places = standing(rows, causes(rows)).tolist()
    sessions = list(dict.fromkeys(rows.sessions[place] for place in reversed(places)))
    wanted = {id_: call for id_ in sessions[:NEWEST] if (call := session_call(id_)) is not None}
    if not wanted:
        return Cancelled(of=len(sessions))
    answers = yield Batch("States of the newest orders", tuple(map(Ask, wanted.values())))
    looked, gone, unread = 0, set(), []
    for id_, call in wanted.items():
        answer = answers[call]
        if isinstance(answer, TalonError):
            if not isinstance(answer, NotFound):
                unread.append(Unread(f"the order “{id_}”", answer))
            continue
        looked += 1
        if answer.customer_session is not None and answer.customer_session.state == "cancelled":
            gone.add(id_)
    found = tuple(rows[place] for place in places if rows.sessions[place] in gone)
    suspect = Suspect(SuspectKind.CANCELLED_SESSION, found) if found else None
    return Cancelled(suspect, looked, len(sessions), tuple(unread))
