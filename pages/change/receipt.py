"""The receipt of one change: what became of it, what was proven, and what to paste elsewhere."""

import streamlit as st

from desk.guard import Change, GuardError, Outcome, Receipt, Target
from desk.ui import coupon_view, receipt_view, reopen_view
from desk.ui.changing import Offer, offer, outcomes
from desk.ui.current import Desk, current, here
from desk.ui.escape import short
from desk.ui.place import Place, link
from desk.ui.strip import answer, as_of, empty_state, panel
from desk.ui.words import Tone


def page() -> None:
    """The outcome first, then before, expected and afterwards, then what can be done now."""
    desk, wanted = current(), here().receipt
    if not wanted:
        empty_state(
            "No receipt is open", ["Every change leads to its receipt; the latest are under Changes."]
        )
        return
    try:
        receipt = desk.guard.receipt(wanted)
    except GuardError as error:
        answer("No such receipt", str(error))
        return
    back = desk.guard.taken_back(receipt.id)
    said = receipt_view.said_of(desk, receipt)
    if back is None:
        detail = "" if receipt.erased else f"{said.customer} {said.detail}".strip()
        answer(f"{receipt_view.title(receipt)}: {said.text}", detail, said.tone)
    else:
        _taken_back(desk, receipt, back)
    if receipt.past_world:
        panel(
            "From an earlier demo shop",
            "It ended with that run; nothing can be looked up any more.",
            key="past",
        )
    if as_of(receipt.finished or receipt.confirmed, desk.formats, key="receipt"):
        st.rerun()
    if receipt.problem:
        receipt_view.problem(receipt.problem)
    if receipt.erased:
        receipt_view.erased(desk, receipt)
        return
    _resolve(desk, receipt)
    _proof(desk, receipt)
    reopen_view.checked(desk, receipt)
    _next(desk, receipt, back)
    st.subheader("To copy", anchor=False)
    receipt_view.to_copy(desk, receipt, back)
    with st.expander("Who, why and when", expanded=True):
        receipt_view.times(desk, receipt)
    with st.expander("The API's own words"):
        st.caption(f"Operation {receipt.operation}, receipt and idempotency key {receipt.id}")
        st.json(receipt_view.raw_effects(desk, receipt), expanded=False)


def _taken_back(desk: Desk, receipt: Receipt, back: Receipt) -> None:
    """What was done, and is not any more."""
    answer(
        f"{receipt_view.title(receipt)}: {receipt_view.back_on(desk, back)}",
        "It was done, and a later change took it back.",
    )
    link(
        receipt_view.RECEIPT,
        "Open the receipt of taking it back",
        Place(application=back.application, receipt=back.id),
    )


def _resolve(desk: Desk, receipt: Receipt) -> None:
    if not receipt.unsettled or receipt.past_world:
        return
    settles = desk.formats.moment(receipt.look_again, seconds=True) if receipt.look_again else ""
    when = f" It can be settled from {settles}." if settles else ""
    panel("Not known yet", f"Looking it up never repeats the change.{when}", Tone.PENDING, key="unknown")
    if st.button("Look it up now", type="primary", key="resolve"):
        with st.spinner("Reading back", show_time=True):
            desk.guard.resolve(receipt.id, desk.actor)
        receipt_view.forget(desk.lookup, receipt)
        st.rerun()


def _proof(desk: Desk, receipt: Receipt) -> None:
    if receipt.outcome is not Outcome.DONE:
        return
    found = receipt_view.proof_of(receipt)
    panel(found.text, found.detail, found.tone, key="proof")
    receipt_view.lines(desk, receipt, key="receipt-lines")


def _next(desk: Desk, receipt: Receipt, taken: Receipt | None) -> None:
    with st.container(horizontal=True):
        for each in receipt.subjects:
            found = _page_of(receipt.application, each)
            if found:
                link(found[0], f"Open the {each.kind}", found[1])
    if taken is not None:
        outcomes(desk, "undo")
        return
    back = desk.guard.undo(receipt.id)
    if back is not None:
        offer(
            desk,
            Offer(
                "undo",
                "Take it back",
                "Take it back",
                back,
                title=_name_of(back),
                primary=False,
                reckon=lambda change: coupon_view.held_already(desk, change),
            ),
        )


def _name_of(back: Change) -> str:
    """What taking it back does, in the dialog's title: "Take back: release SUMMER from maria"."""
    verb, word = {
        "release_coupon": ("release", "from"),
        "reserve_coupon": ("reserve", "for"),
        "link_card": ("link", "to"),
        "unlink_card": ("unlink", "from"),
    }.get(back.kind, (back.kind.replace("_", " "), "of"))
    whose = ", ".join(receipt_view.name_of(each) for each in back.subjects())
    what = f"{verb} {short(receipt_view.name_of(back.target()), 40)}"
    return f"Take back: {what} {word} {short(whose, 40)}" if whose else f"Take back: {what}"


def _page_of(application: str, subject: Target) -> tuple[str, Place] | None:
    """Where something that a change touched has its page."""
    if not subject.id:
        return None
    if subject.kind == "card":
        program, _, card = subject.id.partition("/")
        return "pages/thing/card.py", Place(application=application, card=card, program=int(program))
    pages = {
        "session": ("pages/thing/session.py", Place(application=application, session=subject.id)),
        "profile": ("pages/customer/overview.py", Place(application=application, customer=subject.id)),
        "coupon": ("pages/thing/coupon.py", Place(application=application, code=subject.id)),
    }
    return pages.get(subject.kind)


page()
