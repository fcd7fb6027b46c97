"""The invariants of one ledger (sandbox.md, What it is held to), asserted on a history that was played."""

from talon_sandbox.ledger_read import ListFilter, State, movements, transactions, unused_points
from tests.sandbox.ledger_play import Book, History

STATES: tuple[State, ...] = ("active", "pending", "expired")


def at_every_step(history: History) -> None:
    """Figures as in the naive model, and the sums (invariants 2, 3)."""
    for book in history.books.values():
        figures = book.figures(history.now)
        assert figures == book.naive.figures(history.now)
        active, pending, spent, expired, negative = figures
        sums = dict(
            book.world.conn.execute(
                "select kind || ' ' || cause, sum(amount) from live_entry where account = ? group by 1",
                (book.account,),
            ).fetchall()
        )
        earned, given = sums.get("addition earn", 0), sums.get("addition rollback", 0)
        used, back = sums.get("subtraction spend", 0), sums.get("subtraction rollback", 0)
        assert earned - back == active + pending + expired + spent - negative  # invariant 2
        assert earned + given - used - back == active + pending + expired - negative  # invariant 3
        assert negative == 0 or active == pending == 0


def at_the_end(history: History) -> None:
    """Lists and pages (1, 13), draws (6), the past (5) and the future (4)."""
    for book in history.books.values():
        _check_lists(book, history.now)
        _check_past(book)
        _check_future(book, history.now)
    _check_draws(history)


def _check_lists(book: Book, now: int) -> None:
    conn, everything = book.world.conn, ListFilter([book.account], size=1000)
    figures = dict(zip(("active", "pending", "spent", "expired"), book.figures(now), strict=False))
    for state in STATES:
        rows = unused_points(conn, everything, state, now)
        assert {row["id"]: row["remaining"] for row in rows} == book.naive.left(state, now)  # invariant 1
        assert sum(row["remaining"] for row in rows) == figures[state]  # invariant 13
        for size in (1, 3):
            pages: list[int] = []
            for skip in range(0, len(rows) + 1, size):
                page = unused_points(conn, ListFilter([book.account], skip=skip, size=size), state, now)
                pages += [row["id"] for row in page[:size]]
            assert pages == [row["id"] for row in rows]  # invariant 13
    listed = [row["id"] for row in transactions(conn, everything)]
    live = conn.execute("select id from live_entry where account = ? order by id desc", (book.account,))
    assert listed == [row[0] for row in live]


def _check_draws(history: History) -> None:
    """Invariant 6, read from the tables without the ledger's help."""
    conn = history.world.conn
    broken = conn.execute(
        """select count(*) from draw d join entry l on l.id = d.lot join entry s on s.id = d.subtraction
           where l.account <> s.account or d.at < l.created or d.at < s.created
              or l.kind <> 'addition' or s.kind <> 'subtraction'"""
    ).fetchone()[0]
    beyond = conn.execute(
        """select count(*) from entry e where amount <
             coalesce((select sum(amount) from draw where e.id in (draw.lot, draw.subtraction)), 0)"""
    ).fetchone()[0]
    assert (broken, beyond) == (0, 0)


def _check_past(book: Book) -> None:
    for t, figures in book.past:
        assert book.figures(t) == figures == book.naive.figures(t)  # invariant 5


def _check_future(book: Book, now: int) -> None:
    """Invariant 4, at every start and expiry, one tick before it and one after."""
    turns = book.naive.turning_points()
    before = book.figures(now)
    for t in sorted({turn + tick for turn in turns for tick in (-1, 0, 1)}):
        if t <= now:
            continue
        after = book.figures(t)
        assert after == book.naive.figures(t)
        assert after[1] <= before[1], "pending never rises by itself"
        assert after[3] >= before[3], "what has expired stays expired"
        assert t in turns or after == before, "nothing changes but at a start or an expiry"
        steps = movements(book.world.conn, book.account, t)
        assert sum(change for at, change in steps if at <= t) == after[0]
        before = after
