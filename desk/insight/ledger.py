"""One row of a ledger and one entry of the lists of unused points, with windows that can be computed with.

Whole ledgers are columns: `rows` and `unused`.
"""

from datetime import datetime
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


def is_addition(kind: str | None, amount: Decimal | float) -> bool:
    """Whether a row adds points; where its type says neither, its sign does."""
    return kind == "addition" or (kind != "subtraction" and amount >= 0)


def read_row(key: str, entry: Transaction, created: datetime, dated: bool) -> Row:
    """One row; `created` is the instant at which it stands."""
    amount = ZERO if entry.amount is None else entry.amount
    addition = is_addition(entry.type, amount)
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
