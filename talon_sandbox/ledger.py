"""The points ledger, writing side: additions are lots, subtractions draw on them; nothing is ever changed.

Four append-only tables (schema.sql): `entry`, `draw`, `activation`, `void`. Amounts are hundredths, instants
microseconds UTC. The part of a subtraction that no lot covers is the negative balance; a later award pays it
first. Rules: facts.md, Loyalty ledger; what nobody documents: choices.py.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from .catalog import Program, ReturnPolicy
from .identity import make_uuid
from .ledger_read import SPENDING_ORDER, lot_at, usable_lots

Origin = Literal["session", "manual", "import"]


class NotEnoughPoints(Exception):
    """A spend asked for more than the active points."""

    def __init__(self, wanted: int, active: int) -> None:
        super().__init__(f"{wanted} hundredths wanted, {active} active")
        self.wanted = wanted
        self.active = active


@dataclass(frozen=True, slots=True)
class Reason:
    """What a row says about itself: name, where it came from, session (internal id), rule, store."""

    name: str
    origin: Origin = "manual"
    session_id: int | None = None
    ruleset_id: int | None = None
    rule_name: str | None = None
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """When a lot can be used: `starts` None at once, `expires` None never; `awaits` until it is activated."""

    starts: int | None = None
    expires: int | None = None
    awaits: bool = False
    validity: str | None = None


AT_ONCE = Window()


@dataclass(frozen=True, slots=True)
class Posted:
    """A row that was written."""

    id: int
    uuid: str
    amount: int
    window: Window = AT_ONCE


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback took: the row down to zero and the row beyond it, each only where there is one."""

    covered: Posted | None
    negative: Posted | None


def open_account(
    conn: sqlite3.Connection,
    program: Program,
    subledger: str,
    at: int,
    *,
    profile: int | None = None,
    card: int | None = None,
) -> int:
    """The id of the ledger of that profile or card (internal ids), made where there is none.

    A profile joins the program with its first ledger (choices.py, join-on-first-points).
    """
    found = conn.execute(
        "select id from account where profile_id is ? and card_id is ? and program_id = ? and subledger = ?",
        (profile, card, program.id, subledger),
    ).fetchone()
    if found is not None:
        return int(found[0])
    if profile is not None:
        conn.execute("insert or ignore into program_member values (?, ?, ?)", (program.id, profile, at))
    made = conn.execute(
        "insert into account (program_id, profile_id, card_id, subledger) values (?, ?, ?, ?)",
        (program.id, profile, card, subledger),
    )
    return int(made.lastrowid or 0)


def add(
    conn: sqlite3.Connection,
    account: int,
    amount: int,
    at: int,
    reason: Reason,
    window: Window = AT_ONCE,
    *,
    uuid: str | None = None,
) -> Posted:
    """Award a lot; a negative balance is paid from it at once, even while it is pending."""
    lot = _insert(conn, account, "addition", "earn", amount, at, reason, window=window, uuid=uuid)
    _pay_negative(conn, account, lot, at)
    return lot


def spend(
    conn: sqlite3.Connection, account: int, amount: int, at: int, reason: Reason, *, uuid: str | None = None
) -> Posted:
    """Spend active points, earliest expiry first, unlimited last, among equals the oldest award first.

    Raises NotEnoughPoints, and writes nothing, when the active points do not suffice.
    """
    lots = _enough(usable_lots(conn, account, at), amount)
    active = sum(left for _, left in lots)
    if amount > active:
        raise NotEnoughPoints(amount, active)
    row = _insert(conn, account, "subtraction", "spend", amount, at, reason, uuid=uuid)
    _draw(conn, row, lots, at)
    return row


def deduct(
    conn: sqlite3.Connection, account: int, amount: int, at: int, reason: Reason
) -> tuple[Posted, ...]:
    """Take points by hand, below zero where they do not suffice: then two rows, to zero and beyond.

    Active points go first, then pending ones (choices.py, manual-deduction-order).
    """
    usable = usable_lots(conn, account, at, ("active", "pending"))
    covered, negative = _subtract(conn, account, "spend", amount, at, reason, usable, below_zero=True)
    return tuple(row for row in (covered, negative) if row is not None)


def reimburse(conn: sqlite3.Connection, subtraction: int, at: int, reason: Reason) -> list[Posted]:
    """Give back what a spend took: a new addition for each lot it drew on, with that lot's window, once.

    A second call finds nothing left to give back and returns an empty list.
    """
    sources = conn.execute(
        f"""select d.lot, d.amount, e.account, e.created, e.starts, e.expires, e.awaits,
                   (select min(a.at) from activation a where a.lot = e.id) as activated,
                   (select a.expires from activation a where a.lot = e.id
                    order by a.at desc, a.id desc limit 1) as moved
            from live_draw d join entry e on e.id = d.lot
            where d.subtraction = ? and not exists (
                select 1 from entry r
                where r.undoes = d.subtraction and r.source = d.lot and r.kind = 'addition')
            order by {SPENDING_ORDER}""",
        (subtraction,),
    ).fetchall()
    given = []
    for source in sources:
        starts = source["activated"] if source["awaits"] else source["starts"]  # of others a moved expiry
        expires = source["expires"] if source["activated"] is None else source["moved"]
        lot = _insert(
            conn,
            source["account"],
            "addition",
            "rollback",
            source["amount"],
            at,
            reason,
            window=Window(source["created"] if starts is None else starts, expires),
            undoes=subtraction,
            source=source["lot"],
        )
        _pay_negative(conn, source["account"], lot, at)
        given.append(lot)
    return given


def roll_back(
    conn: sqlite3.Connection, lot: int, amount: int, at: int, policy: ReturnPolicy, reason: Reason
) -> RolledBack:
    """Take back `amount` of the award `lot` as the program's return policy allows (facts.md, Loyalty ledger).

    `only_pending`: what is left of the lot while it is pending. `within_balance`: what is left of the lot,
    whatever its state, then other pending points, then active ones, down to zero. `unlimited`: the same, and
    the rest becomes a second row below zero. A deleted award takes nothing (choices.py, deleted-rows).
    """
    awarded = conn.execute("select account from live_entry where id = ?", (lot,)).fetchone()
    if awarded is None:
        return RolledBack(None, None)
    account = int(awarded[0])
    left, state = lot_at(conn, lot, at)
    usable: Iterable[tuple[int, int]] = [(lot, left)] if left else []
    if policy == "only_pending":
        usable = usable if state == "pending" else []
    else:
        others = usable_lots(conn, account, at, ("pending", "active"))
        usable = chain(usable, (other for other in others if other[0] != lot))
    below = policy == "unlimited"
    covered, negative = _subtract(
        conn, account, "rollback", amount, at, reason, usable, below_zero=below, undoes=lot
    )
    return RolledBack(covered, negative)


def activate(conn: sqlite3.Connection, lot: int, at: int, expires: int | None) -> None:
    """Give an awaited lot its window from `at`, or move the expiry of any lot.

    ValueError for a lot that has expired or been used up: nothing brings that back.
    """
    left, state = lot_at(conn, lot, at)
    if left == 0 or state == "expired":
        raise ValueError(f"nothing of lot {lot} is left to be activated")
    conn.execute("insert into activation (lot, at, expires) values (?, ?, ?)", (lot, at, expires))


def move_expiry(conn: sqlite3.Connection, uuid: str, at: int, expires: int) -> bool:
    """Give a lot another expiry from `at` on; False, and nothing is written, when nothing of it can be used."""
    lot = int(conn.execute("select id from entry where uuid = ?", (uuid,)).fetchone()[0])
    left, state = lot_at(conn, lot, at)
    if left == 0 or state == "expired":
        return False
    conn.execute("insert into activation (lot, at, expires) values (?, ?, ?)", (lot, at, expires))
    return True


def void(conn: sqlite3.Connection, entries: Iterable[int], at: int) -> None:
    """Hide rows in every figure, past ones too (`delete_transactions`)."""
    conn.executemany("insert into void (entry, at) values (?, ?)", [(entry, at) for entry in entries])


def _subtract(
    conn: sqlite3.Connection,
    account: int,
    cause: Literal["spend", "rollback"],
    amount: int,
    at: int,
    reason: Reason,
    usable: Iterable[tuple[int, int]],
    *,
    below_zero: bool,
    undoes: int | None = None,
) -> tuple[Posted | None, Posted | None]:
    lots = _enough(usable, amount)
    covered = min(amount, sum(left for _, left in lots))
    first = second = None
    if covered:
        first = _insert(conn, account, "subtraction", cause, covered, at, reason, undoes=undoes)
        _draw(conn, first, lots, at)
    if below_zero and amount > covered:
        rest = amount - covered
        second = _insert(conn, account, "subtraction", cause, rest, at, reason, undoes=undoes, negative=True)
    return first, second


def _enough(usable: Iterable[tuple[int, int]], amount: int) -> list[tuple[int, int]]:
    """The first lots that hold `amount` together, or all there are."""
    lots: list[tuple[int, int]] = []
    found = 0
    for lot, left in usable:
        lots.append((lot, left))
        found += left
        if found >= amount:
            break
    return lots


def _draw(conn: sqlite3.Connection, row: Posted, lots: list[tuple[int, int]], at: int) -> None:
    rest = row.amount
    for lot, left in lots:
        if rest == 0:
            break
        taken = min(rest, left)
        conn.execute(
            "insert into draw (lot, subtraction, amount, at) values (?, ?, ?, ?)", (lot, row.id, taken, at)
        )
        rest -= taken


def _pay_negative(conn: sqlite3.Connection, account: int, lot: Posted, at: int) -> None:
    if lot.window.expires is not None and lot.window.expires <= at:
        return  # given back when it had expired already: nobody can pay with it
    left = lot.amount
    owed = conn.execute(
        """select e.id, e.amount - coalesce(
                      (select sum(d.amount) from live_draw d where d.subtraction = e.id), 0)
           from live_entry e where e.account = ? and e.negative = 1 order by e.id""",
        (account,),
    ).fetchall()
    for subtraction, rest in owed:
        paid = min(left, rest)
        if paid > 0:
            conn.execute("insert into draw values (?, ?, ?, ?)", (lot.id, subtraction, paid, at))
            left -= paid


def _insert(
    conn: sqlite3.Connection,
    account: int,
    kind: Literal["addition", "subtraction"],
    cause: Literal["earn", "spend", "rollback"],
    amount: int,
    at: int,
    reason: Reason,
    *,
    window: Window = AT_ONCE,
    uuid: str | None = None,
    negative: bool = False,
    undoes: int | None = None,
    source: int | None = None,
) -> Posted:
    number = int(conn.execute("select coalesce(max(id), 0) + 1 from entry").fetchone()[0])
    uuid = uuid or make_uuid("entry", number, account)
    conn.execute(
        """insert into entry (id, uuid, account, kind, cause, origin, amount, created, starts, expires,
                              awaits, validity, negative, undoes, source, session_id, store, name,
                              ruleset_id, rule_name)
           values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(number, uuid, account, kind, cause, reason.origin, amount, at),
            *(
                window.starts,
                window.expires,
                int(window.awaits),
                window.validity,
                int(negative),
                undoes,
                source,
            ),
            *(reason.session_id, reason.store, reason.name, reason.ruleset_id, reason.rule_name),
        ),
    )
    return Posted(number, uuid, amount, window)
