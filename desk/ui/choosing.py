"""Choices that live in the URL: a link opens the same choice, Back undoes it, and a widget only mirrors it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from desk.ui.current import here
from desk.ui.escape import md
from desk.ui.place import Place, stay


def choose(
    label: str, options: Mapping[str, str], chosen: str, key: str, place: Callable[[str], Place]
) -> str:
    """One of `options` (value to words). `chosen` comes from the URL; an unknown one is the first option.

    `place(value)` is where the URL goes when somebody chooses. Nothing is shown where there is nothing to choose.
    """
    value = chosen if chosen in options else next(iter(options))
    if len(options) < 2:
        return value

    def moved() -> None:
        stay(place(st.session_state[key]))

    st.session_state[key] = (
        value  # the URL is the truth: Back, and links to this page, change it past the widget
    )
    shown = {each: md(words) for each, words in options.items()}
    st.segmented_control(
        label,
        list(options),
        key=key,
        format_func=shown.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=moved,
    )
    return value


def at_first(customers: Sequence[str]) -> int | None:
    """Whom a choice among customers names before anybody has chosen: the open one, or the only one there is. None of
    several others, for nobody meant the first."""
    if here().customer in customers:
        return customers.index(here().customer)
    return 0 if len(customers) == 1 else None


def pressed(*keys: str) -> bool:
    """Whether one of these buttons was pressed in this run, before they are drawn: what is read at the top of the
    page has to know what was pressed further down."""
    return any(bool(st.session_state.get(key)) for key in keys)
