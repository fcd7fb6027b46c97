"""What of the audit trail is asked for: widgets that keep their choice while other pages are open."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

import streamlit as st

from desk.guard.audit_rows import Filter
from desk.guard.trail import Choices, Trail
from desk.ui.current import Desk
from desk.ui.place import LONGEST
from desk.ui.words import trail as words

KEY = "audit-filter"


class Asked(NamedTuple):
    """A filter, and what stands for it in the state of the page."""

    wanted: Filter
    mark: tuple[object, ...]
    filtered: bool


def asked(desk: Desk, trail: Trail, choices: Choices) -> Asked:
    """Draws the filters and gives back what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="desk-audit-filters"):
        since, until = _day("From"), _day("To")
        actor = "" if trail.own_only else _choose("Who", choices.actors, "Anybody")
        labels = {each.name: each.label or each.name for each in desk.process.settings.applications}
        application = _choose("Application", choices.applications, "Any", labels)
        operation = _choose("What", choices.operations, "Anything", _operations(choices.operations))
        outcome = _choose("Outcome", choices.outcomes, "Any", _outcomes(choices.outcomes))
        about = st.text_input(
            "About (an id or a ticket)",
            key=f"{KEY}-about",
            max_chars=LONGEST,
            placeholder="paste an id or a ticket",
            autocomplete="off",
            persist_state="session",
        )
    text = (about or "").strip()
    wanted = Filter(
        actor=actor or None,
        application=application or None,
        operation=operation or None,
        outcome=outcome or None,
        subjects=trail.about(text) if text else None,
        ticket=text,
        since=_start(desk, since),
        until=_start(desk, until + timedelta(days=1)) if until else None,
    )
    mark = (since, until, actor, application, operation, outcome, text)
    return Asked(wanted, mark, any(mark))


def _day(label: str) -> date | None:
    found = st.date_input(
        label,
        value=None,
        min_value=date(2020, 1, 1),
        max_value=date(2100, 1, 1),
        format="DD/MM/YYYY",
        key=f"{KEY}-{label.lower()}",
        width=170,
        persist_state="session",
    )
    return found if isinstance(found, date) else None


def _start(desk: Desk, day: date | None) -> datetime | None:
    """The day's first moment, in the zone that the times are shown in."""
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=desk.formats.tz)


def _choose(label: str, values: Sequence[str], anything: str, names: dict[str, str] | None = None) -> str:
    """One of the values, or empty; nothing is drawn where there is nothing to choose."""
    key = f"{KEY}-{label.lower()}"
    if st.session_state.get(key) not in (None, "", *values):
        del st.session_state[key]  # chosen in another role
    if len(values) < 2 and not st.session_state.get(key):
        return ""
    found = st.selectbox(
        label,
        ["", *values],
        format_func=lambda value: (names or {}).get(value, value) if value else anything,
        key=key,
        persist_state="session",
    )
    return found or ""


def _operations(keys: Sequence[str]) -> dict[str, str]:
    return _apart({key: words.operation(key).text for key in keys})


def _outcomes(keys: Sequence[str]) -> dict[str, str]:
    return _apart({key: words.trail_outcome(key).text for key in keys})


def _apart(texts: dict[str, str]) -> dict[str, str]:
    """Where two read alike, their own word tells them apart."""
    seen = list(texts.values())
    return {key: f"{text} ({key})" if seen.count(text) > 1 else text for key, text in texts.items()}
