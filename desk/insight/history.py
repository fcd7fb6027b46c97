"""One ledger, explained: rows with the balance after each, history and forecast, lots, reconciliation."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

import numpy as np

from desk.insight.balances import Balance, Reported, TierView
from desk.insight.causes import Reasons, causes
from desk.insight.columns import NEVER, Ints, moment, ticks, whole
from desk.insight.ledger import Status
from desk.insight.lots import (
    NO_LOTS,
    UNSAID,
    Book,
    Ladder,
    LotColumns,
    Lots,
    Meaning,
    Redemption,
    if_redeemed,
    ladder,
    statuses_at,
)
from desk.insight.moves import NO_MOVES, Move, Moves
from desk.insight.reconcile import Reconciliation, reconcile, suspects_of
from desk.insight.rows import Rows
from desk.insight.sweep import sweep
from desk.insight.unused import NOTHING_LISTED, STATUSES, Unused

CLOCKS = timedelta(minutes=5)
"""So far the clocks of desk and API may be apart."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """One subledger ("" is the main ledger) of a profile or a card, as of `now`.

    `moves`: every step, oldest first, forecast included; `lots`: oldest award first; `reported`: the API's
    own figures, None when they were not read; `reconciliation` likewise. `has_rows` is False when the
    transactions were not read: then everything but `reported` and `tier` is empty and means nothing.
    """

    subledger: str
    now: datetime
    moves: Moves = field(default_factory=lambda: NO_MOVES)
    lots: Lots = field(default_factory=lambda: NO_LOTS)
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
        place = int(np.searchsorted(self.moves.columns.at, ticks(instant), side="right"))
        return self.moves.balance(place - 1) if place else Balance()

    def lots_at(self, instant: datetime) -> Lots:
        """The lots of which something was (or will be) left at an instant, with what was left and their status then;
        oldest award first."""
        columns, book = self.lots.columns, self.lots.book
        left = columns.awarded - book.used_at(instant)[columns.places]
        then = replace(
            columns,
            left=left,
            listed=np.full(len(left), UNSAID, dtype=columns.listed.dtype),
            statuses=statuses_at(columns.starts, columns.expires, instant),
        )
        return Lots(then, book).where((book.rows.created[columns.places] <= ticks(instant)) & (left > 0))

    def past(self) -> Moves:
        """The steps up to now, oldest first: the history for the chart."""
        return self.moves.until(self.now)

    def ahead(self) -> Moves:
        """The steps after now, soonest first: starts and expiries that are already certain."""
        return self.moves.after(self.now)

    def lines(self, *, inferred: bool = True) -> Iterator[Move]:
        """The table, newest first: `line.balance.active` is the balance after it. `inferred`: with expiries
        and starts, which have no row at the API."""
        past = self.past()
        return reversed(past if inferred else past.where(past.columns.transactions))

    def ladder(self, zone: tzinfo = UTC) -> Ladder:
        """What expires each week, weeks in `zone`."""
        return ladder(self.lots, self.now, zone)

    def if_redeemed(self, amount: Decimal) -> Redemption:
        """What a spend of `amount` would take now; `ladder(result.after, now, zone)` shows the rest."""
        return if_redeemed(self.lots, amount, self.now)

    def sessions(self) -> tuple[str, ...]:
        """Ids of sessions that the rows name, newest first. Sessions without points stay invisible."""
        return tuple(each for each in dict.fromkeys(reversed(self.moves.rows.sessions)) if each)


def explain(
    rows: Rows,
    now: datetime,
    *,
    subledger: str = "",
    listed: Unused = NOTHING_LISTED,
    complete: bool = False,
    reported: Reported | None = None,
    tier: TierView | None = None,
) -> Ledger:
    """One ledger from its rows, as `read_rows` gives them.

    `listed`: unused points; `complete`: all three lists of them were read. A row that is younger than `now` moves it
    by `CLOCKS` at most: the desk's clock may be behind the API's. One that is dated later than that is suspect, and
    counts from its own instant on.
    Takes time in proportion to n log n, and about 5 microseconds and 500 bytes a row.
    """
    written = int(np.searchsorted(rows.created, ticks(now + CLOCKS), side="right"))
    if written:
        now = max(now, moment(rows.created[written - 1]))
    explaining = _Explaining(rows, now, listed, complete)
    plain = Ledger(subledger, now, reported=reported, tier=tier)
    if explaining.open_questions:
        # Where both readings fit, nothing was spent of such a lot: it was taken back, most likely while it waited.
        waited = explaining.under(plain, waited=True)
        if _fits(waited):
            return waited
    return explaining.under(plain)


def _fits(ledger: Ledger) -> bool:
    """Whether nothing speaks against this reading of the rows."""
    return ledger.reconciliation is None or ledger.reconciliation.explained


class _Explaining:
    """What every reading of the rows shares."""

    def __init__(self, rows: Rows, now: datetime, listed: Unused, complete: bool) -> None:
        self.rows, self.now, self.listed, self.complete = rows, now, listed, complete
        self.reasons: Reasons = causes(rows)
        self.scale = max(rows.scale, listed.scale)
        self.amounts = rows.amounts(self.scale)
        self.lots = np.flatnonzero(rows.added)
        # For each row its entry in the lists of unused points, -1 where it has none.
        self.entries = listed.places_of(rows)
        self.there = self.entries >= 0

    @property
    def open_questions(self) -> bool:
        """Whether it is unknown of any lot if it was ever activated."""
        if not self.complete:
            return False
        return bool(((self.rows.starts[self.lots] == NEVER) & ~self.there[self.lots]).any())

    def under(self, plain: Ledger, *, waited: bool = False) -> Ledger:
        """The ledger, explained. No answer tells whether a lot that waited for an action, and is used up by now, was
        activated before: it counts as activated, or with `waited` as taken back while it waited."""
        starts, expires, unreadable = self._windows(waited)
        swept = sweep(self.rows, self.reasons, starts, expires, self.amounts)
        left = whole(swept.left)
        meaning = self._meaning(left)
        columns = LotColumns(
            places=self.lots,
            awarded=self.amounts[self.lots],
            left=left[self.lots],
            listed=self._listed(meaning)[self.lots],
            starts=starts[self.lots],
            expires=expires[self.lots],
            unreadable=unreadable[self.lots],
            statuses=statuses_at(starts[self.lots], expires[self.lots], self.now),
        )
        ledger = replace(
            plain,
            moves=Moves(swept.steps, self.rows, self.scale),
            lots=Lots(columns, Book(self.rows, self.reasons.causes, self.scale, swept.draws)),
            meaning=meaning,
        )
        if plain.reported is None:
            return ledger
        usable = columns.statuses != STATUSES.index(Status.EXPIRED)
        others = self.lots[usable & (columns.listed != UNSAID) & (columns.listed != columns.left)].tolist()
        early = np.flatnonzero(self.rows.created > ticks(self.now)).tolist()
        suspects = suspects_of(self.rows, self.reasons, swept.uncovered, others=others, early=early)
        return replace(ledger, reconciliation=reconcile(ledger.balance, plain.reported, suspects))

    def _windows(self, waited: bool) -> tuple[Ints, Ints, Ints]:
        """Starts, expiries and whether they could not be read, by place. The lists of unused points are fresher than
        the transactions: a lot that was activated or extended shows it there only."""
        rows, entries = self.rows, self.entries
        starts, expires, unreadable = rows.starts.copy(), rows.expires.copy(), rows.unreadable.copy()
        known = np.flatnonzero(self.there)
        said = self.listed.windows.of(entries[known], rows.created[known])
        read = ~said.unreadable
        starts[known[read]], expires[known[read]] = said.starts[read], said.expires[read]
        unreadable[known[read]] = False
        activated = np.zeros(len(rows), dtype=bool)
        activated[self.there] = self.listed.statuses[entries[self.there]] != STATUSES.index(Status.PENDING)
        if self.complete and not waited:
            activated |= ~self.there
        # Activated at an instant that no answer names; the award is the nearest that is known.
        starts = np.where((starts == NEVER) & activated, rows.created, starts)
        return starts, expires, unreadable

    def _meaning(self, lefts: Ints) -> Meaning:
        """Whether the lists say what is left or what was awarded, where the rows allow to tell. Which lots were drawn
        on is inferred, so that a lot that is listed whole tells it only where the lists name just the lots of which
        something is left. Where they name others, they are believed: the order of spending was not as inferred."""
        there = self.there[self.lots]
        left, awarded = lefts[self.lots], self.amounts[self.lots]
        said = self.listed.amounts(self.scale)[self.entries[self.lots[there]]]
        if (said < awarded[there]).any():
            return Meaning.LEFT
        if not (left < awarded)[there].any():
            return Meaning.UNCLEAR
        used_up = (left == 0) & (awarded > 0)
        other = used_up[there].any() or (self.complete and (left[~there] > 0).any())
        return Meaning.UNCLEAR if other else Meaning.AWARDED

    def _listed(self, meaning: Meaning) -> Ints:
        """What the API lists as unused of each row's lot, by place."""
        none = 0 if self.complete and meaning is not Meaning.AWARDED else UNSAID
        amounts = self.listed.amounts(self.scale)
        found = np.full(len(self.rows), none, dtype=amounts.dtype)
        if meaning is not Meaning.AWARDED:
            found[self.there] = amounts[self.entries[self.there]]
        return found
