"""Rows of a ledger, read from the API's transactions: in order, each once, with windows that can be
computed with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from desk.insight.balances import ZERO
from desk.insight.reading import instant
from talon_client.models import (
    CardLedgerPointsEntryIntegrationAPI,
    CardLedgerTransactionLogEntryIntegrationAPI,
    LedgerPointsEntryIntegrationAPI,
    LedgerTransactionLogEntryIntegrationAPI,
)

Transaction: TypeAlias = LedgerTransactionLogEntryIntegrationAPI | CardLedgerTransactionLogEntryIntegrationAPI
PointsEntry: TypeAlias = LedgerPointsEntryIntegrationAPI | CardLedgerPointsEntryIntegrationAPI

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Window(NamedTuple):
    """When a lot can be used. `starts` None: it awaits an action. `expires` None: unlimited.

    `readable` is False when the API sent a date that is none: it then counts as at once, or as unlimited.
    """

    starts: datetime | None
    expires: datetime | None
    readable: bool = True


NO_WINDOW = Window(None, None)
"""Of a subtraction, which has none."""


class Row(NamedTuple):
    """One transaction. `amount` is never negative; `addition` tells its direction. Main ledger: subledger "".

    `key` identifies it: its transaction UUID where there is one, else its number. `below_zero`: the API marks
    it as the part of a subtraction that made the balance negative. `dated` is False when the API's creation
    date was unreadable and the row took the instant of its neighbour.
    """

    key: str
    id: int | None
    created: datetime
    addition: bool
    amount: Decimal
    subledger: str
    name: str
    session: str
    rule: str
    ruleset_id: int | None
    store: str
    window: Window
    below_zero: bool = False
    dated: bool = True

    @property
    def signed(self) -> Decimal:
        """The amount as a change: negative for subtractions."""
        return self.amount if self.addition else -self.amount


class Status(StrEnum):
    """What a lot is at an instant (facts.md, Loyalty ledger)."""

    ACTIVE = "active"
    PENDING = "pending"
    EXPIRED = "expired"


class Listed(NamedTuple):
    """One entry of the lists of unused points."""

    amount: Decimal
    status: Status
    window: Window


def key_of(id_: int | None, uuid: str | None) -> str:
    """How a row is told from others; 25.15 sends no UUIDs."""
    return uuid or ("" if id_ is None else f"#{id_}")


def read_window(starts: datetime | str | None, expires: datetime | str | None, created: datetime) -> Window:
    """The window of a row: `immediate` is its creation, `on_action` no start, `unlimited` no expiry."""
    readable = True
    begin: datetime | None = created
    if isinstance(starts, str):
        if starts == "on_action":
            begin = None
        elif starts not in ("immediate", ""):
            readable = False
    elif starts is not None:
        begin = instant(starts) or created
    end: datetime | None = None
    if isinstance(expires, str):
        readable = readable and expires in ("unlimited", "")
    elif expires is not None:
        end = instant(expires)
    return Window(begin, end, readable)


def read_rows(transactions: Iterable[Transaction], now: datetime) -> tuple[Row, ...]:
    """All rows, oldest first, each once, whatever order and pages they came in.

    Rows of one instant stand in the order of their numbers. A row whose date is unreadable stands where its
    number puts it.
    """
    entries: dict[str, Transaction] = {}
    nameless: list[Transaction] = []
    for entry in transactions:
        key = entry.transaction_uuid or key_of(entry.id, None)
        if key:
            entries[key] = entry
        else:
            nameless.append(entry)
    rows: list[Row] = []
    undated: list[str] = []
    for key, entry in entries.items():
        created = instant(entry.created)
        if created is None:
            undated.append(key)
        else:
            rows.append(_row(key, entry, created, True))
    rows.sort(key=_order)
    if undated:
        rows += [_row(key, entries[key], _neighbour(rows, entries[key], now), False) for key in undated]
    for entry in nameless:
        created = instant(entry.created)
        rows.append(_row("", entry, created or now, created is not None))
    if undated or nameless:
        rows.sort(key=_order)
        rows = [row if row.key else row._replace(key=f"?{place}") for place, row in enumerate(rows)]
    return tuple(rows)


def _order(row: Row) -> tuple[datetime, int, bool, str, str, Decimal, str]:
    # Without a number: additions first, so that a spend of the same instant finds what it draws on.
    number = -1 if row.id is None else row.id
    return (row.created, number, not row.addition, row.key, row.session, row.amount, row.name)


def _neighbour(rows: Sequence[Row], entry: Transaction, now: datetime) -> datetime:
    """The instant of the row with the next lower number, else of the first row, else now."""
    before = [row for row in rows if row.id is not None and entry.id is not None and row.id < entry.id]
    if before:
        return max(before, key=lambda row: row.id or 0).created
    return rows[0].created if rows else now


def _row(key: str, entry: Transaction, created: datetime, dated: bool) -> Row:
    amount = ZERO if entry.amount is None else entry.amount
    addition = entry.type == "addition" or (entry.type != "subtraction" and amount >= 0)
    flags = getattr(entry, "flags", None)
    return Row(
        key,
        entry.id,
        created,
        addition,
        abs(amount),
        entry.subledger_id or "",
        entry.name or "",
        entry.customer_session_id or "",
        entry.rule_name or "",
        entry.ruleset_id,
        getattr(entry, "store_integration_id", None) or "",
        read_window(entry.start_date, entry.expiry_date, created) if addition else NO_WINDOW,
        bool(flags and flags.creates_negative_balance),
        dated,
    )


def read_listed(lists: Mapping[Status, Iterable[PointsEntry]]) -> dict[str, Listed]:
    """The entries of the lists of unused points, by the key of the transaction that added them."""
    found: dict[str, Listed] = {}
    for status, entries in lists.items():
        for entry in entries:
            created = instant(entry.created) or _EPOCH
            window = read_window(entry.start_date, entry.expiry_date, created)
            amount = abs(entry.amount or ZERO)
            for key in (entry.transaction_uuid, key_of(entry.id, None)):
                if key:
                    found[key] = Listed(amount, status, window)
    return found
