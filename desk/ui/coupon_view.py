"""One coupon code: its state as a holder's wallet shows it, and who holds it."""

from collections.abc import Sequence

import streamlit as st

from desk.guard import Change, ReserveCoupon
from desk.insight.coupons import Holders, holders, seen
from desk.ui import coupon_rows, tables
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.place import Place, go, link
from desk.ui.preview_view import Reckoning
from desk.ui.strip import Figure, figures, nothing, trouble
from desk.ui.words import coupon_state, reservation
from desk.ui.words import trouble as words_for

WALLET = "pages/customer/wallet.py"
FEW = 12
NAMED = 5
"""Holders that a sentence names."""


def state(desk: Desk, code: Holders) -> None:
    """What the code is worth, as the wallet of a holder shows it."""
    if not code.profiles:
        return
    holder = here().customer if here().customer in code.profiles else code.profiles[0]
    found = desk.find_out("Reading a holder's wallet", lambda: seen(code.code, holder)).finding
    if found.error is not None:
        trouble(words_for(found.error, "the state of this code"), key="coupon-state", retry=False)
        return
    if found.entry is None:
        nothing(
            "The wallet of its holder does not show this code, so its state is not known.", key="coupon-state"
        )
        return
    entry = found.entry
    state, who = (
        coupon_state(entry.state),
        reservation("personal" if entry.personal else entry.reservation.value),
    )
    limit = {0: "without a limit", None: "limit unknown"}.get(entry.usage_limit, f"of {entry.usage_limit}")
    figures(
        [
            Figure(
                "State", state.text, state.tone, desk.formats.short_day(entry.starts) if entry.starts else ""
            ),
            Figure("Who may use it", who.text),
            Figure("Used", desk.formats.count(entry.used), note=limit),
            Figure("Until", coupon_rows.until(entry, desk.formats)),
        ]
    )
    st.caption(md(" ".join(part for part in (state.detail, who.detail) if part)))


def holders_of(desk: Desk, code: Holders) -> None:
    """Who holds it, as links to their wallets."""
    if not code.profiles:
        nothing(
            "Without a reservation the code is in nobody's wallet; whether it can still be used depends on it."
        )
        return
    if len(code.profiles) <= FEW:
        for each in code.profiles:
            link(WALLET, md(short(each)), Place(application=desk.application.name, customer=each))
        return
    tables.show(
        [tables.Column("Customer", "link")],
        [(each,) for each in code.profiles],
        desk.formats,
        key="holders",
        alt="Customers who hold this code",
        one="customer",
        order="",
        on_open=lambda row: go(WALLET, Place(application=desk.application.name, customer=code.profiles[row])),
    )


def held_already(desk: Desk, change: Change) -> Reckoning:
    """Who else holds the code that is about to be reserved, read anew; nothing for any other change."""
    if not isinstance(change, ReserveCoupon):
        return Reckoning()
    code = change.code
    found = desk.find_out("Looking up who holds the code", lambda: holders(code), fresh=True).finding
    if found.error is not None:
        return Reckoning(notes=("Who else holds this code could not be looked up.",))
    others = [each for each in found.profiles if each != change.profile_id]
    return Reckoning(notes=(_held_by(desk, others),)) if others else Reckoning()


def _held_by(desk: Desk, others: Sequence[str]) -> str:
    who = "Somebody else holds" if len(others) == 1 else f"{desk.formats.count(len(others))} others hold"
    more = f" and {desk.formats.count(len(others) - NAMED)} more" if len(others) > NAMED else ""
    return f"{who} this code already: {', '.join(short(each, 40) for each in others[:NAMED])}{more}."
