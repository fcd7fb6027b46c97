"""Coupons of one customer: what can be used, since when and until when, and releasing what is reserved."""

import streamlit as st

from desk.guard import ReleaseCoupon, ReserveCoupon
from desk.insight.coupons import WalletEntry
from desk.ui import coupon_rows, coupon_view, customer_view
from desk.ui.changing import Offer, offer, outcomes, yours
from desk.ui.current import Desk, current, here
from desk.ui.escape import md, short
from desk.ui.strip import Figure, answer, figures, nothing
from desk.ui.words import Tone, coupon_state

_ACTIVE = (
    "Active: valid and not used up. A coupon whose campaign has only been scheduled is active too, and works from "
    "the day its campaign starts."
)


def page() -> None:
    """The answer, the wallet, and what can be done with a code."""
    desk, place = current(), here()
    opened = customer_view.opened(desk)
    if opened is None:
        return
    entries = opened.finding.coupons
    usable = [each for each in entries if each.usable]
    answer(_headline(len(usable), len(entries)), _ACTIVE if usable else "")
    if entries:
        figures(_figures(entries))
        coupon_rows.show(desk, entries, "wallet")
    else:
        nothing("No coupon is reserved for this customer or was redeemed by them.", key="wallet")
    st.caption(
        "Only reserved and redeemed codes are in this list. A code that was e-mailed and never reserved is not: "
        "paste it into Find."
    )
    if not yours(desk, "reserve", "release"):
        return
    st.subheader("Reserve a code for this customer", anchor=False)
    _reserve(desk, place.customer)
    _release(desk, place.customer, entries)


def _headline(usable: int, all_: int) -> str:
    if not all_:
        return "No coupons"
    if not usable:
        return "No coupon is active"
    return "1 coupon is active" if usable == 1 else f"{usable} coupons are active"


def _figures(entries: tuple[WalletEntry, ...]) -> list[Figure]:
    tones = {"active": Tone.ACTIVE, "pending": Tone.PENDING, "used": Tone.SPENT, "expired": Tone.EXPIRED}
    states = [each.state for each in entries]
    return [
        Figure(coupon_state(state).text, str(states.count(state)), tones.get(state, Tone.PLAIN))
        for state in dict.fromkeys([*tones, *states])
        if state in tones or state
    ][:5]


def _reserve(desk: Desk, customer: str) -> None:
    code = st.text_input(
        "Coupon code",
        key=f"reserve-code-{customer}",
        max_chars=1000,
        persist_state="session",
        autocomplete="off",
        width=420,
    )
    wanted = (code or "").strip()
    offer(
        desk,
        Offer(
            key="reserve",
            label="Reserve for this customer",
            title=f"Reserve {short(wanted, 40)} for {short(customer, 40)}",
            button=f"Reserve {wanted}",
            change=ReserveCoupon(code=wanted or "-", profile_id=customer),
            blocked="" if wanted else "Type or paste a code first.",
            reckon=lambda change: coupon_view.held_already(desk, change),
        ),
    )


def _release(desk: Desk, customer: str, entries: tuple[WalletEntry, ...]) -> None:
    held = [each for each in entries if each.release.allowed is not False]
    if not held:
        outcomes(desk, "release")
        return
    st.subheader("Release a reservation", anchor=False)
    code = st.selectbox("Reserved code", [each.code for each in held], key="release-code", width=420)
    chosen = next((each for each in held if each.code == code), held[0])
    if chosen.release.why:
        st.caption(md(chosen.release.why))
    offer(
        desk,
        Offer(
            key="release",
            label=f"Release {chosen.code}",
            title=f"Release {short(chosen.code, 40)} of {short(customer, 40)}",
            button=f"Release {chosen.code}",
            change=ReleaseCoupon(code=chosen.code, profile_id=customer),
            primary=False,
        ),
    )


page()
