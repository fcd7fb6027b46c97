"""Return, reopen and cancel side by side: what each does, when to use it, and why it is not possible now."""

from dataclasses import dataclass

import streamlit as st

from desk.insight.sessions import How, SessionView
from desk.ui.current import Desk
from desk.ui.strip import nothing
from desk.ui.theme import badge_md
from desk.ui.words import Tone


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to take an order back, in a few words. Sources: effects.md, When each rollback is documented to come."""

    how: How
    title: str
    when: str
    lines: tuple[tuple[str, str], ...]


WAYS = (
    _Way(
        How.RETURN,
        "Return items",
        "The customer sent something back.",
        (
            ("Points", "What the returned items earned is taken back, as far as the return policy goes."),
            ("Discounts", "Taken back for each returned unit."),
            ("Coupons", "Stay redeemed."),
            ("State", "Partly returned, even when all comes back."),
        ),
    ),
    _Way(
        How.REOPEN,
        "Reopen",
        "It was closed by mistake and has to be edited.",
        (
            ("Points", "Spent ones are given back; earned ones follow the program's return policy."),
            ("Discounts", "Worked out anew when the session is updated."),
            ("Coupons", "Not documented for redeemed codes; new codes stay."),
            ("State", "Open. It earns nothing until it is closed again."),
        ),
    ),
    _Way(
        How.CANCEL,
        "Cancel",
        "The whole order is called off.",
        (
            (
                "Points",
                "Spent ones are given back; earned ones are taken back, as far as the return policy goes.",
            ),
            ("Discounts", "Taken back."),
            ("Coupons", "Can be used again; new codes stay."),
            ("State", "Cancelled, for good."),
        ),
    ),
)


def compared(desk: Desk, session: SessionView) -> None:
    """The three ways side by side, each with the reason where it is not possible now."""
    st.subheader("Return, reopen or cancel?", anchor=False)
    for column, way in zip(st.columns(3), WAYS, strict=True):
        move = session.move(way.how)
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{way.title}**")
            st.markdown(way.when)
            st.markdown("\n".join(f"- :gray[{name}:] {text}" for name, text in way.lines))
            if move.allowed and desk.may_write:
                st.markdown(badge_md("Possible now", Tone.ACTIVE))
            elif move.allowed:
                st.markdown(badge_md(f"Possible, but not as {desk.actor.role.value}"))
            else:
                st.markdown(badge_md("Not possible now"))
            if not move.allowed:
                nothing(move.why, key=f"way-{way.how.value}")
