"""Erasing a customer's data: at the API, and then in the desk's own records."""

import streamlit as st

from desk.guard import Actor, EraseCustomer, Guard, Target
from desk.guard.roles import allowed
from desk.ui.changing import Offer, begun, offer
from desk.ui.current import Desk
from desk.ui.escape import short


def erase(desk: Desk, customer_id: str) -> None:
    """Erasing a customer, for those whose role may; nothing for all others."""
    key, change = "erase", EraseCustomer(profile_id=customer_id)
    if not begun(key) and not (desk.may_write and allowed(desk.actor.role, change.call()) is True):
        return
    guard, actor, application = desk.guard, desk.actor, desk.application.name
    with st.expander("Erase this customer's data", expanded=begun(key), icon=":material/delete_forever:"):
        st.markdown(
            "The API deletes all attributes of this customer, of their sessions and events, in **every Application of "
            "this environment**. Ids and points stay. After that this desk blanks what it holds about them itself: "
            "reasons, tickets, before and after. Its audit trail keeps only a fingerprint of the id."
        )
        offer(
            desk,
            Offer(
                key=key,
                label="Erase this customer's data …",
                title=f"Erase the data of {short(customer_id, 40)}",
                button="Erase for good",
                change=change,
                primary=False,
                typed=customer_id,
                dismiss="Keep the data",
                then=lambda receipt: _forget(guard, application, actor, customer_id),
                then_failed=(
                    "The API has deleted the data, but this desk still holds its own records about this customer. "
                    "Erase again: that blanks them too."
                ),
            ),
        )


def _forget(guard: Guard, application: str, actor: Actor, customer_id: str) -> None:
    guard.erase(application, actor, Target("profile", customer_id))
