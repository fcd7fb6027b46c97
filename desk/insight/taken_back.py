"""When points of a session were taken back: the session names the rows, its ledgers date them.

Sources: effects.md (`transactionUUID` of a rollback), facts.md (Loyalty ledger: rows' `transactionUUID` is newer).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desk.insight.effects import Purse, purse_of
from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.reading import Unread, instant
from desk.insight.sessions import SessionView
from desk.insight.standing import TAKES
from talon_client import BadRequest, Call, NotFound, TalonError, calls
from talon_client.models import Page

ROWS = 100
"""What one request asks for: the newest rows of the session."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`at`: the instants (UTC), oldest first. `complete`: whether every rollback that the session lists was dated."""

    at: tuple[datetime, ...] = ()
    complete: bool = True
    unread: tuple[Unread, ...] = ()


def taken_back(session: SessionView) -> Investigation[TakenBack]:
    """One request for each customer or card whose points were taken back for the session; none where the session lists
    no rollback."""
    wanted: set[str] = set()
    holders: dict[tuple[int, str, str], Call[Page[Any]]] = {}
    named = True
    for effect in session.effects:
        purse = purse_of(effect, session.profile_id) if effect.effect_type in TAKES else None
        if purse is None:
            continue
        uuid = effect.text("transactionUUID")
        named = named and bool(uuid)
        if uuid:
            wanted.add(uuid)
            with suppress(ValueError):  # a holder that the API cannot be asked for
                holders[purse.program_id, purse.profile, purse.card] = _rows(purse, session.id)
    if not holders:
        return TakenBack(complete=named and not wanted)
    answers = yield Batch("When points were taken back", tuple(map(Ask, holders.values())))
    found: dict[str, datetime] = {}
    unread: list[Unread] = []
    for (program, _, card), call in holders.items():
        answer = answers[call]
        # No such ledger any more; an edition without this filter.
        if isinstance(answer, NotFound | BadRequest):
            continue
        if isinstance(answer, TalonError):
            unread.append(
                Unread(f"the rows of {f'the card {card}' if card else f'program {program}'}", answer)
            )
            continue
        found |= _dated(answer.data)
    dated = wanted & found.keys()
    return TakenBack(tuple(sorted({found[each] for each in dated})), named and dated == wanted, tuple(unread))


def _rows(purse: Purse, session_id: str) -> Call[Page[Any]]:
    ask: Any = (
        calls.get_loyalty_card_transactions if purse.card else calls.get_loyalty_program_profile_transactions
    )
    call: Call[Page[Any]] = ask(
        purse.program_id, purse.card or purse.profile, customer_session_ids=[session_id], page_size=ROWS
    )
    return call


def _dated(rows: Iterable[Any]) -> dict[str, datetime]:
    return {
        each.transaction_uuid: at
        for each in rows
        if each.transaction_uuid and (at := instant(each.created)) is not None
    }
