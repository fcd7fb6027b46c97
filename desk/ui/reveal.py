"""Masked fields, shown one at a time for a minute: who may is decided in `desk.guard`, when it ends by its clock.

What the browser's session holds is which field and until when, never the value; the value is drawn from what the page
has read, and a small part of the page runs again every few seconds to take it away.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import streamlit as st

from desk.guard import Target
from desk.guard.masking import plain
from desk.ui.current import Desk
from desk.ui.escape import md, short
from desk.ui.strip import copyable, panel
from desk.ui.words import Tone
from talon_client import NotAllowed

TICK = 2.0
"""Seconds between two looks at the clock while something is shown."""
_SHOWN = "desk-revealed"
_REFUSED = "desk-reveal-refused"

Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class _Field:
    """One masked attribute. `number`: its place among the masked ones, since names can be anything."""

    key: Key
    target: Target
    name: str
    number: int


def fields(desk: Desk, target: Target, values: Mapping[str, object]) -> None:
    """A button for each masked attribute, for those who may; and the values that are being shown."""
    masked = [each.name for each in desk.masking.attributes(values) if each.masked]
    if not masked:
        return
    verdict = desk.guard.may_reveal(desk.application.name, desk.actor)
    if verdict is not True:
        st.caption(md(verdict))
        return
    found = [_Field(_key(desk, target, name), target, name, n) for n, name in enumerate(masked)]

    @st.fragment
    def part() -> None:
        st.caption("What is masked can be shown, one field at a time, for a minute. That is written down.")
        with st.container(horizontal=True, gap="small"):
            for each in found:
                _button(desk, each)
        why = st.session_state.pop(_REFUSED, "")
        if why:
            panel("It stays masked", why, Tone.NEGATIVE, key="reveal-refused")
        for each in found:
            if _until(desk, each.key):
                _watched(desk, each, values)

    part()


def _key(desk: Desk, target: Target, name: str) -> Key:
    """Whose look at what: another person or role in the same tab begins anew."""
    actor = desk.actor
    return (
        desk.application.name,
        actor.name,
        actor.role.value,
        actor.sign_in,
        target.kind,
        target.id or "",
        name,
    )


def _button(desk: Desk, field: _Field) -> None:
    shown = _until(desk, field.key) is not None
    label = f"Hide {short(field.name, 40)}" if shown else f"Show {short(field.name, 40)}"
    st.button(
        md(label),
        key=f"desk-reveal-{field.number}-{'hide' if shown else 'show'}",
        on_click=_hide if shown else _show,
        args=(field.key,) if shown else (desk, field),
    )


def _show(desk: Desk, field: _Field) -> None:
    try:
        until = desk.guard.reveal(desk.application.name, desk.actor, field.target, field.name)
    except NotAllowed as error:
        st.session_state[_REFUSED] = str(error)
        return
    _open()[field.key] = until


def _hide(key: Key) -> None:
    _open().pop(key, None)


def _open() -> dict[Key, datetime]:
    """What is shown until when; what is over is forgotten."""
    found: dict[Key, datetime] = st.session_state.setdefault(_SHOWN, {})
    return found


def _until(desk: Desk, key: Key) -> datetime | None:
    """Until when a field may be shown; None when it may not (any more), by the server's clock."""
    until = _open().get(key)
    if until is None or desk.guard.now() < until:  # what another role had revealed has another key
        return until
    _hide(key)
    return None


def _watched(desk: Desk, field: _Field, values: Mapping[str, object]) -> None:
    """The value, in a part of the page that runs again by itself, and without the value once its minute is over."""

    @st.fragment(run_every=TICK)
    def part() -> None:
        until = _until(desk, field.key)
        if until is None:
            st.rerun()  # also ends the running again
        with st.container(key=f"desk-revealed-{field.number}-{int(until.timestamp())}", gap="xsmall"):
            when = f"{until.astimezone(desk.formats.tz):%H:%M:%S}"
            copyable(plain(values.get(field.name)), f"{field.name}, shown until {when}")

    part()
