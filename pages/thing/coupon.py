"""One coupon code: who holds it, reserving it for a customer, releasing it."""

import streamlit as st

from desk.guard import ReleaseCoupon, ReserveCoupon
from desk.insight.coupons import Holders, holders
from desk.ui import coupon_view
from desk.ui.changing import Offer, offer, outcomes, yours
from desk.ui.choosing import at_first
from desk.ui.current import Desk, current, here
from desk.ui.escape import in_key
from desk.ui.strip import answer, customer_strip, empty_state, trouble
from desk.ui.words import trouble as words_for


def page() -> None:
    """The code, who holds it, and the two changes."""
    desk, code = current(), here().code
    if not code:
        empty_state("No coupon is open", ["Paste a coupon code into Find."])
        return
    try:
        found = desk.find_out("Looking up the code", lambda: holders(code))
    except ValueError as error:
        answer("This cannot be a coupon code", str(error))
        return
    if customer_strip(code, desk.mark, found.as_of, desk.formats, key="coupon"):
        desk.lookup.forget([code])
        st.rerun()
    if not _known(desk, found.finding):
        return
    coupon_view.state(desk, found.finding)
    coupon_view.holders_of(desk, found.finding)
    if yours(desk, "reserve", "release"):
        _reserve(desk, found.finding)
        _release(desk, found.finding)
    st.caption(
        "This API shows a code through the wallets of those who hold it. What it gives, and codes that nobody holds, "
        "are in Campaign Manager."
    )


def _known(desk: Desk, code: Holders) -> bool:
    if code.error is not None:
        answer("This code could not be looked up")
        if trouble(words_for(code.error, "the holders of this code"), key="coupon"):
            st.rerun()
        return False
    if not code.known:
        answer(
            "No such coupon code here",
            f"The Application {desk.application.label} does not know it. Look for O and 0, I and 1, and spaces.",
        )
        return False
    count = len(code.profiles)
    if not count:
        answer("The code exists, nobody holds it")
    else:
        answer(
            "1 customer holds this code"
            if count == 1
            else f"{desk.formats.count(count)} customers hold this code"
        )
    return True


def _reserve(desk: Desk, code: Holders) -> None:
    st.subheader("Reserve it for a customer", anchor=False)
    typed = st.text_input(
        "Customer id",
        value=here().customer,
        key=f"reserve-customer-{in_key(code.code, here().customer)}",
        max_chars=1000,
        persist_state="session",
        autocomplete="off",
        width=420,
    )
    wanted = (typed or "").strip()
    held = "This customer holds the code already." if wanted and code.holds(wanted) else ""
    offer(
        desk,
        Offer(
            key="reserve",
            label="Reserve the code",
            button=f"Reserve {code.code} for {wanted}",
            change=ReserveCoupon(code=code.code, profile_id=wanted or "-"),
            blocked=held or ("" if wanted else "Type or paste a customer id first."),
            reckon=lambda change: coupon_view.held_already(desk, change),
        ),
    )


def _release(desk: Desk, code: Holders) -> None:
    if not code.profiles:
        outcomes(desk, "release")
        return
    st.subheader("Release it", anchor=False)
    chosen = st.selectbox(
        "Customer who holds it",
        code.profiles,
        index=at_first(code.profiles),
        key=f"release-customer-{in_key(code.code, here().customer)}",
        placeholder="Choose who is to lose it",
        width=420,
    )
    offer(
        desk,
        Offer(
            key="release",
            label="Release the reservation",
            button=f"Release {code.code} of {chosen}",
            change=ReleaseCoupon(code=code.code, profile_id=chosen or "-"),
            blocked="" if chosen else "Choose the customer first.",
            primary=False,
        ),
    )


page()
