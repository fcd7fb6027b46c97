"""The world behind the API: database, clock, catalog, snapshots, and writes that this API does not offer."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from . import cards, coupons, imports, ledger, profiles
from .catalog import Catalog, Program, load_catalog
from .clock import Clock, ClockError, check_instant, to_micros, to_wire, wall_clock
from .references import check_references
from .rules import check_rules
from .store import connect, copy, latest_write, transaction, unusable


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a new database begins; a file that holds a world, an empty one included, goes on as it is.

    The clock stands frozen at `now`, the dates of the campaigns file count from `anchor`, and `fill` makes what is
    in the world, all in one transaction: a world that was given up half-way is none.
    """

    now: datetime
    anchor: datetime
    fill: "Callable[[World], None]"


class World:
    """One sandbox deployment. Not for several threads at once.

    `now` freezes the clock; without it the wall clock is followed. `campaigns` replaces the data file, whose
    relative dates count from `anchor` (default: the beginning of a new world; kept in the database).
    `beginning` takes the place of `now` and `anchor` where the database is new.
    CatalogError says what is wrong with that file, StoreError what is wrong with the database file, ClockError what
    is wrong with `now`.
    """

    def __init__(
        self,
        path: str = ":memory:",
        *,
        now: datetime | None = None,
        campaigns: str | Path | None = None,
        anchor: datetime | None = None,
        beginning: Beginning | None = None,
        ignore_idempotency_keys: bool = False,
        wall: Callable[[], int] = wall_clock,
    ) -> None:
        self.conn: sqlite3.Connection = connect(path)
        self.clock = Clock(self.conn, wall)
        self.ignore_idempotency_keys = ignore_idempotency_keys
        self._snapshots: dict[str, sqlite3.Connection] = {}
        try:
            with transaction(self.conn):
                self._open(path, now, campaigns, anchor, beginning)
            self._baseline = copy(self.conn)
        except sqlite3.OperationalError as error:
            self.conn.close()
            raise unusable(path, error) from None
        except BaseException:
            self.conn.close()
            raise

    def _open(
        self,
        path: str,
        now: datetime | None,
        campaigns: str | Path | None,
        anchor: datetime | None,
        beginning: Beginning | None,
    ) -> None:
        """Make a new world, or take up that of a file: it holds one when its clock has been set."""
        new = self.conn.execute("select 1 from clock").fetchone() is None
        if not new:
            self._go_on(path, now)
        elif beginning is None:
            self._begin(now, anchor)
        else:
            self._begin(beginning.now, beginning.anchor)
        began = int(self.conn.execute("select anchor from clock").fetchone()[0])
        self.catalog: Catalog = load_catalog(campaigns, now=began)
        check_rules(self.catalog)
        if not new:
            check_references(self.conn, self.catalog, path)
        if new:
            profiles.make_audiences(self.conn, self.catalog, self.now())
        if new and beginning is not None:
            beginning.fill(self)

    def _begin(self, now: datetime | None, anchor: datetime | None) -> None:
        start = 0 if now is None else to_micros(now)
        if now is not None:
            check_instant(start)
        mode = "wall" if now is None else "frozen"
        self.conn.execute("insert into clock values (1, ?, ?, ?, 0)", (mode, start, start))
        began = self.now() if anchor is None else to_micros(anchor)
        self.conn.execute("update clock set anchor = ?", (began,))

    def _go_on(self, path: str, now: datetime | None) -> None:
        self.clock.start_again(latest_write(self.conn))
        if now is not None and to_micros(now) < self.now():
            raise ClockError(
                f"in {path} it is {to_wire(self.now())} already, and the clock only goes forward:"
                " name a later instant or none, or choose another file"
            )
        if now is not None:
            self.freeze(now)

    def now(self) -> int:
        """The present on the sandbox's clock, microseconds UTC."""
        return self.clock.now()

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still."""
        return self.clock.frozen

    def freeze(self, moment: datetime) -> None:
        """Stop the clock at `moment`; ClockError when that lies in the past."""
        self.clock.freeze(to_micros(moment))

    def advance(self, by: timedelta) -> None:
        """Move the clock forward, frozen or not; ClockError for a negative step."""
        self.clock.advance(by)

    def follow_wall_clock(self) -> None:
        """Let the clock run on from the present instant."""
        self.clock.follow_wall_clock()

    def mark_baseline(self) -> None:
        """Make the present state the one that `reset` returns to."""
        self._baseline.close()
        self._baseline = copy(self.conn)

    def reset(self) -> None:
        """Return to the baseline, clock included."""
        self._baseline.backup(self.conn)
        self.clock.start_again(latest_write(self.conn))

    def snapshot(self, name: str) -> None:
        """Keep the present state under `name`, in memory; replaces an earlier one of that name."""
        taken = copy(self.conn)
        earlier = self._snapshots.pop(name, None)
        if earlier is not None:
            earlier.close()
        self._snapshots[name] = taken

    def restore(self, name: str) -> None:
        """Return to a snapshot, clock included; KeyError when there is none of that name."""
        self._snapshots[name].backup(self.conn)
        self.clock.start_again(latest_write(self.conn))

    @property
    def snapshots(self) -> tuple[str, ...]:
        """The names of the snapshots kept."""
        return tuple(self._snapshots)

    def close(self) -> None:
        """Close the database and drop the snapshots."""
        for conn in (*self._snapshots.values(), self._baseline, self.conn):
            conn.close()
        self._snapshots.clear()

    @contextmanager
    def transaction(self, *, keep: bool = True) -> Iterator[None]:
        """One transaction at one instant; undone on an error, or when `keep` is false."""
        with self.clock.held(), transaction(self.conn, keep=keep):
            yield

    def program(self, program_id: int) -> Program:
        """The program of that id; KeyError when the campaigns file has none."""
        return self.catalog.programs[program_id]

    # What Campaign Manager and the Management API offer, and the Integration API does not.

    def create_coupon(self, code: str, campaign_id: int, settings: coupons.NewCoupon = coupons.PLAIN) -> int:
        """Create a code; returns its internal id. ValueError when the code or the campaign is not usable."""
        with self.transaction():
            return coupons.create(self.conn, self.catalog, code, campaign_id, settings, self.now())

    def create_card(
        self,
        program_id: int,
        identifier: str,
        *,
        status: str = "active",
        users_limit: int | None = None,
        block_reason: str | None = None,
    ) -> int:
        """Create a card, blocked ones included, with its own limit of users; returns its internal id."""
        with self.transaction():
            return cards.create(
                self.conn,
                self.program(program_id),
                identifier,
                self.now(),
                status=status,
                users_limit=users_limit,
                block_reason=block_reason,
            )

    def add_points(
        self,
        program_id: int,
        holder: str,
        points: int,
        *,
        name: str = "Added by hand",
        subledger: str = "",
        window: ledger.Window = ledger.AT_ONCE,
    ) -> ledger.Posted:
        """Add `points` hundredths by hand to a profile (integration id) or card (identifier)."""
        with self.transaction():
            account = imports.account_of(self, program_id, holder, subledger)
            return ledger.add(self.conn, account, points, self.now(), ledger.Reason(name), window)

    def deduct_points(
        self,
        program_id: int,
        holder: str,
        points: int,
        *,
        name: str = "Deducted by hand",
        subledger: str = "",
    ) -> tuple[ledger.Posted, ...]:
        """Take `points` hundredths by hand; below zero on profile-based programs only (NotEnoughPoints)."""
        with self.transaction():
            account, now = imports.account_of(self, program_id, holder, subledger), self.now()
            if self.program(program_id).card_based:
                return (ledger.spend(self.conn, account, points, now, ledger.Reason(name)),)
            return ledger.deduct(self.conn, account, points, now, ledger.Reason(name))

    def import_transactions(self, program_id: int, holder: str, rows: "list[imports.Row]") -> None:
        """Write a history through the ledger in one transaction, each row at its own instant in the past."""
        with self.transaction():
            imports.write(self, program_id, holder, rows)

    def create_audience(self, audience_id: int, name: str) -> None:
        """Create an audience, or rename it."""
        with self.transaction():
            profiles.save_audience(self.conn, audience_id, name, self.now())

    def join_audience(self, audience_id: int, integration_id: str) -> None:
        """Make the profile, created where there is none, a member."""
        with self.transaction():
            profile = profiles.ensure(self.conn, integration_id, self.now())
            profiles.join_audience(self.conn, audience_id, profile.id, self.now())
