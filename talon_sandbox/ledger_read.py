"""The points ledger, reading side: figures and lists at any instant, computed, never stored.

At instant `t` a lot is expired if `expires <= t`, else pending if it starts later or awaits an action, else
active (sandbox.md, Ledger). Amounts are hundredths, instants microseconds UTC.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["active", "pending", "expired"]

# Earliest expiry first, unlimited last, among equals the oldest award first (facts.md, Loyalty ledger).
SPENDING_ORDER = "expires is null, expires, created, id"

# Every lot of the accounts in `{accounts}` as it was at `:t`: what is left of it, its window, its state.
_LOTS = """
    select *, case when expires <= :t then 'expired' when starts is null or starts > :t then 'pending'
              else 'active' end as state
    from (
        select e.id, e.uuid, e.account, e.amount, e.created, e.name, e.session_id, e.awaits, e.validity,
            e.starts is null and not e.awaits as at_once,
            e.amount - coalesce((select sum(d.amount) from live_draw d where d.lot = e.id and d.at <= :t), 0)
                as remaining,
            case when e.awaits then (select min(a.at) from activation a where a.lot = e.id and a.at <= :t)
                 else coalesce(e.starts, e.created) end as starts,
            case when exists (select 1 from activation a where a.lot = e.id and a.at <= :t)
                 then (select a.expires from activation a where a.lot = e.id and a.at <= :t
                       order by a.at desc, a.id desc limit 1)
                 else e.expires end as expires
        from live_entry e
        where e.kind = 'addition' and e.created <= :t and {where}
    )
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """One ledger at one instant, in hundredths; `negative` is counted as a positive number."""

    active: int = 0
    pending: int = 0
    spent: int = 0
    expired: int = 0
    negative: int = 0


def accounts_of(
    conn: sqlite3.Connection, program: int, *, profile: int | None = None, card: int | None = None
) -> dict[str, int]:
    """The ledgers of a profile or card (internal ids) in a program: subledger id to account, main first."""
    # Told apart, so that each finds its own index: `is ?` would walk through all ledgers without a card.
    whose, number = ("card_id", card) if profile is None else ("profile_id", profile)
    rows = conn.execute(
        f"select subledger, id from account where program_id = ? and {whose} = ? order by subledger",
        (program, number),
    )
    return {row[0]: row[1] for row in rows}


def balance(conn: sqlite3.Connection, account: int, t: int) -> Balance:
    """The figures of one ledger at `t`: active, pending, spent, expired, negative."""
    lots = _LOTS.format(where="e.account = :account")
    states = dict(
        conn.execute(
            f"select state, sum(remaining) from ({lots}) group by state",
            {"account": account, "t": t},
        ).fetchall()
    )
    spends, subtracted, drawn, given = conn.execute(
        """select coalesce(sum(case when kind = 'subtraction' and cause = 'spend' then amount end), 0),
                  coalesce(sum(case when kind = 'subtraction' then amount end), 0),
                  coalesce(sum(case when kind = 'subtraction' then (
                      select sum(d.amount) from live_draw d
                      where d.subtraction = e.id and d.at <= :t) end), 0),
                  coalesce(sum(case when kind = 'addition' and cause = 'rollback' then amount end), 0)
           from live_entry e where account = :account and created <= :t""",
        {"account": account, "t": t},
    ).fetchone()
    return Balance(
        active=states.get("active", 0),
        pending=states.get("pending", 0),
        spent=spends - given,
        expired=states.get("expired", 0),
        negative=subtracted - drawn,
    )


def usable_lots(
    conn: sqlite3.Connection, account: int, t: int, states: Sequence[State] = ("active",)
) -> Iterator[tuple[int, int]]:
    """Lots with something left at the present `t` as (id, left), state by state, each in spending order.

    Reads along the index `open_lot`, no further than the caller does, so that a long history costs nothing.
    """
    order = "o.never, o.expires, o.created, o.lot"
    for state in states:
        for never in ("o.never = 0 and o.expires > :t", "o.never = 1"):
            rows = conn.execute(
                f"""select o.lot, e.amount - coalesce((select sum(d.amount) from draw d where d.lot = o.lot), 0)
                    from open_lot o join entry e on e.id = o.lot
                    where o.account = :account and {never} and :state = case
                        when e.awaits and not exists (select 1 from activation a where a.lot = e.id)
                             or e.starts > :t then 'pending' else 'active' end
                    order by {order}""",
                {"account": account, "t": t, "state": state},
            )
            yield from ((row[0], row[1]) for row in rows)


def movable_lots(conn: sqlite3.Connection, account: int, t: int) -> list[tuple[str, int | None]]:
    """Active and pending lots with something left as (uuid, expires); those that await an action left out."""
    rows = conn.execute(
        f"""select uuid, expires from ({_LOTS.format(where="e.account = :account")})
            where remaining > 0 and state <> 'expired' and starts is not null order by {SPENDING_ORDER}""",
        {"account": account, "t": t},
    )
    return [(row[0], row[1]) for row in rows]


def lot_at(conn: sqlite3.Connection, lot: int, t: int) -> tuple[int, State]:
    """What is left of one lot at `t`, and its state; nothing of a deleted one, which counts as expired."""
    row = conn.execute(
        f"select remaining, state from ({_LOTS.format(where='e.id = :lot')})", {"lot": lot, "t": t}
    ).fetchone()
    return (0, "expired") if row is None else (row[0], row[1])


def movements(conn: sqlite3.Connection, account: int, t: int) -> list[tuple[int, int]]:
    """Every change of the active points as (instant, change), in order, future starts and expiries included.

    Only what was written by `t` is looked at.
    """
    lots = conn.execute(
        f"""select id, amount, starts, expires,
                   (select max(a.at) from activation a where a.lot = lots.id and a.at <= :t) as moved
            from ({_LOTS.format(where="e.account = :account")}) lots where starts is not null""",
        {"account": account, "t": t},
    ).fetchall()
    draws: dict[int, list[tuple[int, int]]] = {}
    for lot, at, amount in conn.execute(
        """select d.lot, d.at, d.amount from live_draw d join entry e on e.id = d.lot
           where e.account = ? and d.at <= ?""",
        (account, t),
    ):
        draws.setdefault(lot, []).append((at, amount))
    steps: list[tuple[int, int]] = []
    for number, awarded, starts, expires, moved in lots:
        stops = None if expires is None else max(expires, moved or expires)
        if stops is not None and stops <= starts:
            continue
        amount = left = awarded
        for at, part in draws.get(number, ()):
            if at <= starts:
                amount -= part
                left -= part
            elif stops is None or at < stops:
                steps.append((at, -part))
                left -= part
        steps.append((starts, amount))
        if stops is not None:
            steps.append((stops, -left))
    return sorted(steps)


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which rows of a list are wanted; empty or None means all. `sort` is startDate, -startDate and so on."""

    accounts: Sequence[int]
    sessions: Sequence[str] = ()
    uuids: Sequence[str] = ()
    skip: int = 0
    size: int = 50
    sort: str = ""
    origin: str = ""
    since: int | None = None
    until: int | None = None
    awaits_activation: bool = False


_SORTS = {
    "": "created desc, id desc",
    "startDate": "starts is null, starts, id",
    "-startDate": "starts is not null, starts desc, id desc",
    "expiryDate": "expires is null, expires, id",
    "-expiryDate": "expires is not null, expires desc, id desc",
}


def unused_points(conn: sqlite3.Connection, wanted: ListFilter, state: State, t: int) -> list[sqlite3.Row]:
    """One page, and one row more where there is a next page, of the lots in `state` with something left."""
    where, values = _conditions(wanted)
    return conn.execute(
        f"""select lots.*, account.subledger, account.program_id, session.integration_id as session
            from ({_LOTS.format(where=where)}) lots join account on account.id = lots.account
            left join session on session.id = lots.session_id
            where lots.remaining > 0 and lots.state = :state
            order by {_prefixed(_SORTS[wanted.sort], "lots")} limit :size + 1 offset :skip""",
        {**values, "t": t, "state": state},
    ).fetchall()


def transactions(conn: sqlite3.Connection, wanted: ListFilter) -> list[sqlite3.Row]:
    """One page, and one row more where there is a next page, of all rows, newest first."""
    where, values = _conditions(wanted)
    return conn.execute(
        f"""select e.*, account.subledger, account.program_id, session.integration_id as session
            from live_entry e join account on account.id = e.account
            left join session on session.id = e.session_id
            where {where} order by e.created desc, e.id desc limit :size + 1 offset :skip""",
        values,
    ).fetchall()


def _prefixed(order: str, table: str) -> str:
    return ", ".join(f"{table}.{part}" for part in order.split(", "))


def _conditions(wanted: ListFilter) -> tuple[str, dict[str, object]]:
    values: dict[str, object] = {"size": wanted.size, "skip": wanted.skip}
    parts = [_one_of("e.account", wanted.accounts, "account", values)]
    if wanted.sessions:
        inner = _one_of("integration_id", wanted.sessions, "session", values)
        parts.append(f"e.session_id in (select id from session where {inner})")
    if wanted.uuids:
        parts.append(_one_of("e.uuid", wanted.uuids, "uuid", values))
    if wanted.origin:
        parts.append("e.origin = :origin")
        values["origin"] = wanted.origin
    if wanted.since is not None:
        parts.append("e.created >= :since")
        values["since"] = wanted.since
    if wanted.until is not None:
        parts.append("e.created <= :until")
        values["until"] = wanted.until
    if wanted.awaits_activation:
        parts.append("e.awaits = 1 and not exists (select 1 from activation a where a.lot = e.id)")
    return " and ".join(parts), values


def _one_of(column: str, options: Sequence[int] | Sequence[str], name: str, values: dict[str, object]) -> str:
    values[name] = json.dumps(list(options))
    return f"{column} in (select value from json_each(:{name}))"
