"""Random ledger histories against the naive model: the figures at every instant, and the invariants."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_sandbox import ledger
from talon_sandbox.ledger import Reason, Window
from talon_sandbox.ledger_read import ListFilter, balance, movements, transactions, unused_points
from talon_sandbox.profiles import ensure
from talon_sandbox.world import World
from tests.sandbox.naive import NaiveLedger
from tests.sandbox.shop import CLUB, START

POLICIES: list[Literal["only_pending", "within_balance", "unlimited"]] = [
    "only_pending",
    "within_balance",
    "unlimited",
]
AMOUNT = st.integers(1, 12)
SPAN = st.integers(1, 60)
STEP = st.one_of(
    st.tuples(st.just("add"), AMOUNT, st.one_of(st.none(), SPAN), st.one_of(st.none(), SPAN)),
    st.tuples(st.just("add_awaiting"), AMOUNT, st.one_of(st.none(), SPAN), st.just(None)),
    st.tuples(st.just("spend"), AMOUNT, st.none(), st.none()),
    st.tuples(st.just("deduct"), AMOUNT, st.none(), st.none()),
    st.tuples(st.just("roll_back"), AMOUNT, st.integers(0, 30), st.none()),
    st.tuples(st.just("reimburse"), st.integers(0, 30), st.none(), st.none()),
    st.tuples(st.just("activate"), st.integers(0, 30), st.one_of(st.none(), SPAN), st.none()),
    st.tuples(st.just("wait"), SPAN, st.none(), st.none()),
    # straight to the next start or expiry, or one tick either side of it
    st.tuples(st.just("jump"), st.integers(-1, 1), st.none(), st.none()),
)


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    world = World(now=START)
    yield world
    world.close()


@dataclass
class History:
    """Both ledgers side by side."""

    world: World
    policy: Literal["only_pending", "within_balance", "unlimited"]
    account: int
    now: int
    naive: NaiveLedger = field(default_factory=NaiveLedger)
    lots: dict[int, int] = field(default_factory=dict)  # lot -> amount
    rolled: dict[int, int] = field(default_factory=dict)
    spends: list[int] = field(default_factory=list)
    reimbursed: set[int] = field(default_factory=set)
    awaiting: list[int] = field(default_factory=list)
    past: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)

    @property
    def reason(self) -> Reason:
        return Reason("step", "session")

    def play(self, step: tuple[str, int, int | None, int | None]) -> None:
        name, first, second, third = step
        match name:
            case "add":
                starts = None if second is None else self.now + second
                expires = None if third is None else (starts or self.now) + third
                self._add(first, Window(starts, expires))
            case "add_awaiting":
                expires = None if second is None else self.now + second
                self.awaiting.append(self._add(first, Window(None, expires, awaits=True)))
            case "spend":
                self._spend(first)
            case "deduct":
                rows = ledger.deduct(self.world.conn, self.account, first, self.now, Reason("by hand"))
                self.naive.deduct(rows[0].id, first, self.now)
            case "roll_back":
                self._roll_back(first, second or 0)
            case "reimburse":
                self._reimburse(first)
            case "activate":
                self._activate(first, second)
            case "wait":
                self._go(self.now + first)
            case "jump":
                ahead = sorted(t for t in self.naive.turning_points() if t + first > self.now)
                if ahead:
                    self._go(ahead[0] + first)

    def _add(self, amount: int, window: Window) -> int:
        lot = ledger.add(self.world.conn, self.account, amount, self.now, self.reason, window)
        self.naive.add(lot.id, amount, self.now, window.starts, window.expires, awaits=window.awaits)
        self.lots[lot.id] = amount
        return lot.id

    def _spend(self, amount: int) -> None:
        number = len(self.spends) + 10_000
        try:
            row = ledger.spend(self.world.conn, self.account, amount, self.now, self.reason)
        except ledger.NotEnoughPoints:
            assert not self.naive.spend(number, amount, self.now)
            return
        assert self.naive.spend(row.id, amount, self.now)
        self.spends.append(row.id)

    def _roll_back(self, amount: int, which: int) -> None:
        if not self.lots:
            return
        lot = list(self.lots)[which % len(self.lots)]
        amount = min(amount, self.lots[lot] - self.rolled.get(lot, 0))
        if amount == 0:
            return
        self.rolled[lot] = self.rolled.get(lot, 0) + amount
        ledger.roll_back(self.world.conn, lot, amount, self.now, self.policy, self.reason)
        self.naive.roll_back(-lot, lot, amount, self.now, self.policy)

    def _reimburse(self, which: int) -> None:
        if not self.spends:
            return
        spend = self.spends[which % len(self.spends)]
        taken = self.naive.taken_by(spend)
        rows = ledger.reimburse(self.world.conn, spend, self.now, self.reason)
        if spend in self.reimbursed:
            assert rows == []  # invariant 8: once
            return
        self.reimbursed.add(spend)
        assert sorted(row.amount for row in rows) == sorted(len(points) for points in taken.values())
        for row in rows:
            source = self.world.conn.execute("select source from entry where id = ?", (row.id,)).fetchone()[0]
            assert len(taken[source]) == row.amount
            point = taken[source][0]
            assert row.window.expires == point.windows[-1][1]
            self.naive.add(row.id, row.amount, self.now, row.window.starts, row.window.expires)
            self.naive.reimbursed(row.amount, self.now)

    def _activate(self, which: int, span: int | None) -> None:
        if not self.awaiting:
            return
        lot = self.awaiting.pop(which % len(self.awaiting))
        expires = None if span is None else self.now + span
        if lot not in self.naive.left("pending", self.now):
            with pytest.raises(ValueError, match="nothing"):
                ledger.activate(self.world.conn, lot, self.now, expires)
            return
        ledger.activate(self.world.conn, lot, self.now, expires)
        self.naive.activate(lot, self.now, expires)

    def _go(self, t: int) -> None:
        if t > self.now:
            self.past.append((self.now, self.figures(self.now)))
            self.now = t

    def figures(self, t: int) -> tuple[int, ...]:
        found = balance(self.world.conn, self.account, t)
        return (found.active, found.pending, found.spent, found.expired, found.negative)


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=100, deadline=None)
@given(steps=st.lists(STEP, max_size=25))
def test_any_history_agrees_with_the_naive_model(
    shared: World,
    policy: Literal["only_pending", "within_balance", "unlimited"],
    steps: list[tuple[str, int, int | None, int | None]],
) -> None:
    shared.reset()
    profile = ensure(shared.conn, "random", shared.now())
    account = ledger.open_account(shared.conn, shared.program(CLUB), "", shared.now(), profile=profile.id)
    history = History(shared, policy, account, shared.now())
    for step in steps:
        history.play(step)
        assert history.figures(history.now) == history.naive.figures(history.now), step
        _check_sums(history)
    _check_lists(history)
    _check_time(history)


def _check_sums(history: History) -> None:
    active, pending, spent, expired, negative = history.figures(history.now)
    sums = dict(
        history.world.conn.execute(
            "select kind || ' ' || cause, sum(amount) from entry where account = ? group by 1",
            (history.account,),
        ).fetchall()
    )
    added = sums.get("addition earn", 0) + sums.get("addition rollback", 0)
    taken = sums.get("subtraction spend", 0) + sums.get("subtraction rollback", 0)
    assert added - taken == active + pending + expired - negative  # invariant 3
    earned, back = sums.get("addition earn", 0), sums.get("subtraction rollback", 0)
    assert earned - back == active + pending + expired + spent - negative  # invariant 2
    assert negative == 0 or active == pending == 0


def _check_lists(history: History) -> None:
    conn, now = history.world.conn, history.now
    everything = ListFilter([history.account], size=1000)
    for state in ("active", "pending", "expired"):
        rows = unused_points(conn, everything, state, now)
        assert {row["id"]: row["remaining"] for row in rows} == history.naive.left(state, now)  # invariant 1
        pages: list[int] = []
        for skip in range(0, len(rows) + 1, 3):
            pages += [
                r["id"]
                for r in unused_points(conn, ListFilter([history.account], skip=skip, size=3), state, now)[:3]
            ]
        assert pages == [row["id"] for row in rows]  # invariant 13
    ids = [row["id"] for row in transactions(conn, everything)]
    assert ids == sorted(ids, reverse=True)
    assert (
        len(ids)
        == conn.execute("select count(*) from entry where account = ?", (history.account,)).fetchone()[0]
    )


def _check_time(history: History) -> None:
    for t, figures in history.past:
        assert history.figures(t) == figures == history.naive.figures(t)  # invariant 5
    turns = history.naive.turning_points()
    before = history.figures(history.now)
    for t in sorted({turn + tick for turn in turns for tick in (-1, 0, 1)}):
        if t <= history.now:
            continue
        after = history.figures(t)
        assert after == history.naive.figures(t)
        assert after[1] <= before[1], "pending never rises by itself"  # invariant 4
        assert after[3] >= before[3], "what has expired stays expired"
        assert t in turns or after == before, "nothing changes but at a start or an expiry"
        steps = movements(history.world.conn, history.account, t)
        assert sum(change for at, change in steps if at <= t) == after[0]
        before = after
