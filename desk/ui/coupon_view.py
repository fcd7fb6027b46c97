"""One coupon code: its state as a holder's wallet shows it, and who holds it."""

import streamlit as st

from desk.insight.coupons import Holders, seen
from desk.ui import tables
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.place import Place, go, link
from desk.ui.strip import Figure, figures, nothing, trouble
from desk.ui.words import coupon_state, reservation
from desk.ui.words import trouble as words_for

WALLET = "pages/customer/wallet.py"
FEW = 12


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
            Figure("Until", desk.formats.short_day(entry.expires) if entry.expires else "no end"),
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
