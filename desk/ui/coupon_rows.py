"""Coupons of a wallet as a table, the same words wherever a wallet is shown."""

from collections.abc import Sequence

from desk.insight.coupons import WalletEntry
from desk.ui import tables
from desk.ui.current import Desk, here
from desk.ui.escape import short
from desk.ui.formats import Formats
from desk.ui.place import go
from desk.ui.words import coupon_state, reservation

COUPON = "pages/thing/coupon.py"
MOMENT = 220  # wide enough for a day with its time


def show(desk: Desk, entries: Sequence[WalletEntry], key: str) -> None:
    """The wallet: state, who may use it, from when until when, uses; each code leads to its page."""
    left = any(each.remainder is not None for each in entries)
    columns = [
        tables.Column("Code", "link"),
        tables.Column("State", "badge"),
        tables.Column("Who may use it"),
        tables.Column("From", "moment", width=MOMENT),
        tables.Column("Until", "moment", width=MOMENT),
        tables.Column("Used"),
        *((tables.Column("Left", "money", "What a gift card has left."),) if left else ()),
    ]
    tables.show(
        columns,
        [row(each, desk.formats)[: len(columns)] for each in entries],
        desk.formats,
        key=key,
        alt="Coupons of this customer",
        one="coupon",
        order="usable first",
        on_open=lambda number: go(COUPON, here().of_code(entries[number].code)),
    )


def row(entry: WalletEntry, formats: Formats) -> tables.Row:
    """Code, state, who may use it, from, until, uses, and what is left on it."""
    return (
        entry.code,
        coupon_state(entry.state),
        who(entry),
        entry.starts,
        entry.expires,
        uses(entry, formats),
        entry.remainder,
    )


def who(entry: WalletEntry) -> str:
    """`Holders only`, `Anyone` and the like: who may redeem the code."""
    return reservation("personal" if entry.personal else entry.reservation.value).text


def until(entry: WalletEntry, formats: Formats) -> str:
    """Its last day; `no end` only where the API sent none, and what cannot be read as it came."""
    if entry.expires:
        return formats.short_day(entry.expires)
    return f"not known ({short(entry.odd_expiry, 40)})" if entry.odd_expiry else "no end"


def uses(entry: WalletEntry, formats: Formats) -> str:
    """`1 of 5`, `1 of unlimited`, or `1 of unknown` where the API did not send the limit."""
    limits = {0: "unlimited", None: "unknown"}
    limit = limits.get(entry.usage_limit) or formats.count(entry.usage_limit or 0)
    return f"{formats.count(entry.used)} of {limit}"
