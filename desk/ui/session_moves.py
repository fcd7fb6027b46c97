"""What can be done with a session: return items, reopen, cancel; explained side by side, previewed, confirmed."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

import streamlit as st

from desk.guard import CancelSession, ReopenSession, ReturnedItem, ReturnItems
from desk.insight.returning import ReturnItem, check_items
from desk.insight.sessions import How, Line, SessionView
from desk.ui import reopen_view, session_told
from desk.ui.changing import Offer, begun, offer
from desk.ui.current import Desk
from desk.ui.escape import in_key, md, short

FEW = 12
"""Lines that are offered at once; of more, those that came back are chosen first."""


def returns(desk: Desk, session: SessionView, now: datetime) -> None:
    """Pick what came back, see what that does, confirm."""
    move = session.move(How.RETURN)
    if not (move.allowed and desk.may_write) and not begun("return"):
        return
    st.subheader("Return items", anchor=False)
    items = _picked(session) if move.allowed else []
    count = sum(item.quantity for item in items)
    problem = (check_items(session, items) if items else "") if move.allowed else move.why
    what = f"Return {desk.formats.count(count, 'item')}"
    it = Offer(
        key="return",
        label=f"{what} …" if items else "Return items …",
        button=what,
        title=f"{what} of {short(session.id, 40)}",
        change=_return(session, items) if items and not problem else None,
        blocked=problem or ("" if items else "Choose how many of each item came back."),
    )
    offer(desk, session_told.of_return(desk, session, now).on(it))


def _return(session: SessionView, items: Iterable[ReturnItem]) -> ReturnItems:
    return ReturnItems(
        session_id=session.id,
        items=tuple(ReturnedItem(position=each.position, quantity=each.quantity) for each in items),
    )


def _picked(session: SessionView) -> list[ReturnItem]:
    """The quantities that were chosen. What came back already cannot be chosen; the write path checks again."""
    mark = in_key(session.id)
    left = [line for line in session.lines if line.remaining]
    if len(left) > FEW:
        left = st.multiselect(
            "Which items came back?",
            left,
            format_func=lambda line: f"{short(line.name or line.sku)} ({line.remaining} left)",
            key=f"return-lines-{mark}",
            persist_state="session",
        )
    keys = {_key(mark, line): line.remaining for line in left}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = [(line, _quantity(line, _key(mark, line))) for line in left]
        if sum(keys.values()) > 1:
            st.button(
                "Choose all that is left",
                key=f"return-all-{mark}",
                type="tertiary",
                on_click=_choose_all,
                args=(keys,),
            )
    return [ReturnItem(line.position, quantity) for line, quantity in chosen if quantity]


def _quantity(line: Line, key: str) -> int:
    with st.container(width=260, gap="xsmall"):
        st.markdown(f"{md(short(line.name or line.sku, 40))} :small[:gray[{line.remaining} left]]")
        found = st.number_input(
            _spoken(f"How many of {line.name or line.sku} came back, {line.remaining} left"),
            min_value=0,
            max_value=line.remaining,
            value="min",
            step=1,
            key=key,
            persist_state="session",
            label_visibility="collapsed",
        )
    return int(found or 0)


def _spoken(text: str) -> str:
    """A label for screen readers: they are given it as it stands, escapes and all, so that what would need escapes
    is left out."""
    return re.sub(r"[^\w .,()+&-]", " ", text)


def _key(mark: str, line: Line) -> str:
    """Another one after a return, so that what was chosen for it is not chosen again."""
    return f"return-{mark}-{line.position}-{line.returned}"


def _choose_all(keys: Mapping[str, int]) -> None:
    for key, remaining in keys.items():
        st.session_state[key] = remaining


def reopen(desk: Desk, session: SessionView, now: datetime) -> None:
    """What reopening is predicted to do, before the click and in the dialog; the receipt checks it."""
    move = session.move(How.REOPEN)
    if not (move.allowed and desk.may_write) and not begun("reopen"):
        return
    st.subheader("Reopen it", anchor=False)
    told = session_told.of_reopening(desk, session, now)
    if move.allowed and told.prediction:
        reopen_view.lists(desk, told.prediction, told.names)
    it = Offer(
        key="reopen",
        label="Reopen the session …",
        button=f"Reopen {short(session.id, 40)}",
        change=ReopenSession(session_id=session.id) if move.allowed else None,
        blocked="" if move.allowed else move.why,
        primary=False,
    )
    offer(desk, told.on(it))


def cancel(desk: Desk, session: SessionView, now: datetime) -> None:
    """Ends the session for good: what that is predicted to do, in the dialog; the receipt checks it."""
    move = session.move(How.CANCEL)
    if not (move.allowed and desk.may_write) and not begun("cancel"):
        return
    st.subheader("Cancel it", anchor=False)
    st.markdown(md(f"{move.why} It cannot be undone." if move.allowed else move.why))
    it = Offer(
        key="cancel",
        label="Cancel the session …",
        button=f"Cancel {short(session.id, 40)} for good",
        change=CancelSession(session_id=session.id) if move.allowed else None,
        blocked="" if move.allowed else move.why,
        primary=False,
        dismiss="Keep the session",
    )
    offer(desk, session_told.of_cancel(desk, session, now).on(it))
