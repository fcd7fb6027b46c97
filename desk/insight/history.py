"""One ledger, explained: rows with the balance after each, history and forecast, lots, reconciliation."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from operator import attrgetter

from desk.insight.balances import Balance, Reported, TierView
from desk.insight.causes import causes
from desk.insight.ledger import Listed, Row, Window
from desk.insight.lots import (
    Ladder,
    Lot,
    Meaning,
    Redemption,
    if_redeemed,
    is_open_question,
    ladder,
    lots_of,
    meaning_of,
    windows_of,
)
from desk.insight.reconcile import Reconciliation, reconcile, suspects_of
from desk.insight.sweep import Move, MoveKind, sweep

_AT = attrgetter("at")


@dataclass(frozen=True, slots=True)
class Ledger:
    """One subledger ("" is the main ledger) of a profile or a card, as of `now`.

    `moves`: every step, oldest first, forecast included; `lots`: oldest award first; `reported`: the API's
    own figures, None when they were not read; `reconciliation` likewise. `has_rows` is False when the
    transactions were not read: then everything but `reported` and `tier` is empty and means nothing.
    """

    subledger: str
    now: datetime
    moves: tuple[Move, ...] = ()
    lots: tuple[Lot, ...] = ()
    reported: Reported | None = None
    tier: TierView | None = None
    reconciliation: Reconciliation | None = None
    meaning: Meaning = Meaning.UNCLEAR
    has_rows: bool = True

    @property
    def balance(self) -> Balance:
        """The balance now, as the rows explain it."""
        return self.at(self.now)

    @property
    def spendable(self) -> Decimal:
        """Active points now: the API's figure where it was read, else the engine's."""
        if self.reported is not None and self.reported.active is not None:
            return self.reported.active
        return self.balance.active

    def at(self, instant: datetime) -> Balance:
        """The balance at any instant, past or future (then: if nothing is earned or spent until then)."""
        place = bisect_right(self.moves, instant, key=_AT)
        return self.moves[place - 1].balance if place else Balance()

    def lots_at(self, instant: datetime) -> tuple[tuple[Lot, Decimal], ...]:
        """What was (or will be) left of each lot at an instant, lots with nothing left out."""
        found = []
        for lot in self.lots:
            if lot.row.created <= instant:
                used = sum((draw.amount for draw in lot.draws if draw.at <= instant), Decimal(0))
                if lot.awarded > used:
                    found.append((lot, lot.awarded - used))
        return tuple(found)

    def past(self) -> tuple[Move, ...]:
        """The steps up to now, oldest first: the history for the chart."""
        return self.moves[: bisect_right(self.moves, self.now, key=_AT)]

    def ahead(self) -> tuple[Move, ...]:
        """The steps after now, soonest first: starts and expiries that are already certain."""
        return self.moves[bisect_right(self.moves, self.now, key=_AT) :]

    def lines(self, *, inferred: bool = True) -> Iterator[Move]:
        """The table, newest first: `line.balance.active` is the balance after it. `inferred`: with expiries
        and starts, which have no row at the API."""
        return (move for move in reversed(self.past()) if inferred or move.transaction)

    def next_start(self) -> Move | None:
        """The next pending points that become active."""
        return next((move for move in self.ahead() if move.kind is MoveKind.STARTED), None)

    def next_expiry(self) -> Move | None:
        """The next points that expire if they are not used."""
        return next((move for move in self.ahead() if move.kind is MoveKind.EXPIRED), None)

    def ladder(self, zone: tzinfo = UTC) -> Ladder:
        """What expires each week, weeks in `zone`."""
        return ladder(self.lots, self.now, zone)

    def if_redeemed(self, amount: Decimal) -> Redemption:
        """What a spend of `amount` would take now; `ladder(result.after, now, zone)` shows the rest."""
        return if_redeemed(self.lots, amount, self.now)

    def sessions(self) -> tuple[str, ...]:
        """Ids of sessions that the rows name, newest first. Sessions without points stay invisible."""
        newest = (move.row.session for move in reversed(self.moves) if move.transaction and move.row.session)
        return tuple(dict.fromkeys(newest))


def explain(
    rows: Iterable[Row],
    now: datetime,
    *,
    subledger: str = "",
    listed: Mapping[str, Listed] | None = None,
    complete: bool = False,
    reported: Reported | None = None,
    tier: TierView | None = None,
    cancelled: Collection[str] = (),
) -> Ledger:
    """One ledger from its rows (oldest first, as `read_rows` gives them).

    `listed`: unused points by row key; `complete`: all three lists of them were read; `cancelled`: ids of
    sessions that are known to be cancelled. A row that is younger than `now` moves it: the desk's clock may be
    behind the API's. Takes time in proportion to n log n.
    """
    ordered = tuple(rows)
    if ordered:
        now = max(now, ordered[-1].created)
    lists: Mapping[str, Listed] = listed or {}
    reasons = causes(ordered)

    def under(windows: Mapping[int, Window]) -> Ledger:
        swept = sweep(ordered, reasons, windows)
        meaning = meaning_of(ordered, swept, lists)
        ledger = Ledger(
            subledger=subledger,
            now=now,
            moves=tuple(swept.moves),
            lots=lots_of(ordered, reasons, windows, swept, lists, meaning, complete, now),
            reported=reported,
            tier=tier,
            meaning=meaning,
        )
        if reported is None:
            return ledger
        suspects = suspects_of(ordered, reasons, swept.uncovered, cancelled)
        return replace(ledger, reconciliation=reconcile(ledger.balance, reported, suspects))

    if any(is_open_question(row, lists, complete) for row in ordered):
        # Where both readings fit, nothing was spent of such a lot: it was taken back, most likely while it waited.
        waited = under(windows_of(ordered, lists, complete, waited=True))
        if _fits(waited):
            return waited
    return under(windows_of(ordered, lists, complete))


def _fits(ledger: Ledger) -> bool:
    """Whether nothing speaks against this reading of the rows."""
    return ledger.reconciliation is None or ledger.reconciliation.explained
