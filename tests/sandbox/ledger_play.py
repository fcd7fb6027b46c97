"""Plays random ledger histories: the sandbox's ledger and the naive one side by side, compared at every step."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pytest
from hypothesis import strategies as st

from talon_sandbox import ledger
from talon_sandbox.ledger import Reason, Window
from talon_sandbox.ledger_read import balance
from talon_sandbox.profiles import ensure
from talon_sandbox.world import World
from tests.sandbox.naive import NaiveLedger
from tests.sandbox.shop import CLUB

Policy: TypeAlias = Literal["only_pending", "within_balance", "unlimited"]
Step: TypeAlias = tuple[str, int, int | None, int | None, str]
POLICIES: tuple[Policy, ...] = ("only_pending", "within_balance", "unlimited")
SUBLEDGERS = ("", "shoes")

_NONE = st.none()
_AMOUNT = st.integers(1, 12)
_SPAN = st.integers(1, 60)
_PERHAPS = st.one_of(_NONE, _SPAN)
_WHICH = st.integers(0, 30)
_WHERE = st.sampled_from(("", "", "", "shoes"))


def _step(
    name: str, first: st.SearchStrategy[int], *rest: st.SearchStrategy[int | None]
) -> st.SearchStrategy[Step]:
    second, third = (*rest, _NONE, _NONE)[:2]
    return st.tuples(st.just(name), first, second, third, _WHERE)


STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        # awards often, so that there is something to spend and to take back
        *[_step("add", st.integers(1, 24), _PERHAPS, _PERHAPS) for _ in range(6)],
        *[_step("add_awaiting", _AMOUNT, _PERHAPS) for _ in range(2)],
        _step("spend", st.integers(1, 6)),
        _step("spend", _AMOUNT),
        _step("deduct", _AMOUNT),
        _step("roll_back", _AMOUNT, _WHICH),
        _step("reimburse", st.integers(0, 1)),
        _step("reimburse", st.integers(0, 1)),
        _step("activate", _WHICH, _PERHAPS),
        _step("move expiry", _WHICH, _SPAN),
        _step("wait", _SPAN),
        # straight to the next start or expiry, or one tick either side of it
        _step("jump", st.integers(-1, 1)),
        _step("jump", st.integers(-1, 1)),
        _step("delete", st.integers(0, 9)),
    ),
    min_size=15,
    max_size=40,
)

PLAYED: Counter[str] = Counter()
"""What was played, for the tests that ask whether the histories reach everything."""


@dataclass
class Book:
    """One ledger in both models."""

    world: World
    policy: Policy
    account: int
    naive: NaiveLedger = field(default_factory=NaiveLedger)
    lots: dict[int, int] = field(default_factory=dict)  # lot -> amount
    rolled: Counter[int] = field(default_factory=Counter)
    spends: list[int] = field(default_factory=list)
    reimbursed: set[int] = field(default_factory=set)
    awaiting: list[int] = field(default_factory=list)
    past: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)

    def figures(self, t: int) -> tuple[int, ...]:
        found = balance(self.world.conn, self.account, t)
        return (found.active, found.pending, found.spent, found.expired, found.negative)

    def add(self, amount: int, now: int, window: Window) -> int:
        lot = ledger.add(self.world.conn, self.account, amount, now, Reason("step", "session"), window)
        self.naive.add(lot.id, amount, now, window.starts, window.expires, awaits=window.awaits)
        self.lots[lot.id] = amount
        return lot.id

    def spend(self, amount: int, now: int) -> None:
        try:
            row = ledger.spend(self.world.conn, self.account, amount, now, Reason("step", "session"))
        except ledger.NotEnoughPoints as refused:
            PLAYED["spend refused"] += 1
            assert not self.naive.spend(-1, amount, now)
            assert refused.active == len(self.naive.in_state("active", now))
            return
        assert self.naive.spend(row.id, amount, now)
        drawn = dict(
            self.world.conn.execute(
                "select lot, amount from draw where subtraction = ?", (row.id,)
            ).fetchall()
        )
        assert drawn == {
            lot: len(points) for lot, points in self.naive.taken_by(row.id).items()
        }  # invariant 7
        self.spends.append(row.id)

    def deduct(self, amount: int, now: int) -> None:
        rows = ledger.deduct(self.world.conn, self.account, amount, now, Reason("by hand"))
        self.naive.deduct(rows[0].id, amount, now)
        assert sum(row.amount for row in rows) == amount

    def roll_back(self, amount: int, which: int, now: int) -> None:
        if not self.lots:
            return
        lot = list(self.lots)[which % len(self.lots)]
        amount = min(amount, self.lots[lot] - self.rolled[lot])
        if amount == 0:
            return
        self.rolled[lot] += amount
        done = ledger.roll_back(self.world.conn, lot, amount, now, self.policy, Reason("step", "session"))
        debts = len(self.naive.debts)
        self.naive.roll_back(-lot, lot, amount, now, self.policy)
        below = len(self.naive.debts) - debts
        assert (0 if done.negative is None else done.negative.amount) == below
        PLAYED["below zero" if below else "rolled back"] += 1

    def reimburse(self, which: int, now: int) -> None:
        if not self.spends:
            return
        spend = self.spends[which % len(self.spends)]
        taken = self.naive.taken_by(spend)
        rows = ledger.reimburse(self.world.conn, spend, now, Reason("step", "session"))
        if spend in self.reimbursed:
            assert rows == []  # invariant 8
            PLAYED["reimbursed twice"] += 1
            return
        self.reimbursed.add(spend)
        assert sorted(row.amount for row in rows) == sorted(len(points) for points in taken.values())
        for row in rows:
            source = self.world.conn.execute("select source from entry where id = ?", (row.id,)).fetchone()[0]
            point = taken[source][0]
            assert len(taken[source]) == row.amount
            assert row.window.expires == point.windows[-1][1]
            assert row.window.starts == (point.activations or [point.starts or point.born])[0]
            self.naive.add(row.id, row.amount, now, row.window.starts, row.window.expires)
            self.naive.reimbursed(row.amount, now)

    def activate(self, which: int, span: int | None, now: int) -> None:
        if not self.awaiting:
            return
        lot = self.awaiting.pop(which % len(self.awaiting))
        expires = None if span is None else now + span
        if lot not in self.naive.left("pending", now):
            with pytest.raises(ValueError, match="nothing"):
                ledger.activate(self.world.conn, lot, now, expires)
            return
        ledger.activate(self.world.conn, lot, now, expires)
        self.naive.activate(lot, now, expires)
        PLAYED["activated"] += 1

    def move_expiry(self, which: int, span: int, now: int) -> None:
        """Give any lot but those that await an action another expiry, sooner or later than its own."""
        lots = [lot for lot in self.lots if lot not in self.awaiting]
        if not lots:
            return
        lot = lots[which % len(lots)]
        usable = {**self.naive.left("active", now), **self.naive.left("pending", now)}
        (uuid,) = self.world.conn.execute("select uuid from entry where id = ?", (lot,)).fetchone()
        assert ledger.move_expiry(self.world.conn, uuid, now, now + span) == (lot in usable)
        if lot in usable:
            PLAYED["expiry moved"] += 1
            self.naive.move_expiry(lot, now, now + span)

    def delete(self, now: int) -> None:
        """All transactions of the ledger: as if they had never been, also at every earlier instant."""
        hidden = self.world.conn.execute("select id from live_entry where account = ?", (self.account,))
        ids = [row[0] for row in hidden.fetchall()]
        ledger.void(self.world.conn, ids, now)
        for lot in self.lots:
            gone = ledger.roll_back(self.world.conn, lot, 1, now, self.policy, Reason("step", "session"))
            assert gone == ledger.RolledBack(None, None)
        assert all(ledger.reimburse(self.world.conn, s, now, Reason("step")) == [] for s in self.spends)
        past: list[tuple[int, tuple[int, ...]]] = [(t, (0, 0, 0, 0, 0)) for t, _ in self.past]
        fresh = Book(self.world, self.policy, self.account, past=past)
        for name in ("naive", "lots", "rolled", "spends", "reimbursed", "awaiting", "past"):
            setattr(self, name, getattr(fresh, name))


@dataclass
class History:
    """The main ledger and a subledger of one profile on one clock."""

    world: World
    now: int
    books: dict[str, Book]

    @classmethod
    def begin(cls, world: World, policy: Policy) -> "History":
        profile, now = ensure(world.conn, "random", world.now()), world.now()
        program = world.program(CLUB)
        return cls(
            world,
            now,
            {
                name: Book(
                    world, policy, ledger.open_account(world.conn, program, name, now, profile=profile.id)
                )
                for name in SUBLEDGERS
            },
        )

    def play(self, step: Step) -> None:
        name, first, second, third, where = step
        book, now = self.books[where], self.now
        PLAYED[name] += 1
        match name:
            case "add":
                starts = None if second is None else now + second
                expires = None if third is None else (starts or now) + third
                book.add(first, now, Window(starts, expires))
            case "add_awaiting":
                expires = None if second is None else now + second
                book.awaiting.append(book.add(first, now, Window(None, expires, awaits=True)))
            case "spend":
                book.spend(first, now)
            case "deduct":
                book.deduct(first, now)
            case "roll_back":
                book.roll_back(first, second or 0, now)
            case "reimburse":
                book.reimburse(first, now)
            case "activate":
                book.activate(first, second, now)
            case "move expiry":
                book.move_expiry(first, second or 1, now)
            case "delete":
                if first == 0:
                    book.delete(now)
            case "wait":
                self._go(now + first)
            case "jump":
                turns = {t for each in self.books.values() for t in each.naive.turning_points()}
                ahead = sorted(t for t in turns if t + first > now)
                if ahead:
                    PLAYED[f"jump {first:+}"] += 1
                    self._go(ahead[0] + first)

    def _go(self, t: int) -> None:
        for book in self.books.values():
            book.past.append((self.now, book.figures(self.now)))
        self.now = t
