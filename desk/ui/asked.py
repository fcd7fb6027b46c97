"""What was asked of the API for this page: each request, how long it took, and its cURL text for those who need it."""

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from desk.lookup import RequestNote
from desk.ui import tables
from desk.ui.current import Desk
from desk.ui.strip import copyable, nothing
from desk.ui.words import Tone, Words

COLUMNS = [
    tables.Column("When", "moment"),
    tables.Column("Request", "link", "Opens its cURL text. The key is left out."),
    tables.Column("Answer", "badge"),
    tables.Column("Milliseconds", "count"),
    tables.Column("Rows", "count"),
    tables.Column("Note"),
]


def asked(desk: Desk, requests: Iterable[RequestNote], *, key: str = "asked") -> None:
    """A fold with the requests behind a page, oldest first. They are only described when it is open."""
    notes = tuple(requests)
    sent = sum(not note.cached for note in notes)
    title = f"What was asked: {desk.formats.count(sent, 'request')}"
    if len(notes) > sent:
        title += f", {desk.formats.count(len(notes) - sent, 'answer')} at hand"
    fold = st.expander(title, key=key, on_change="rerun")
    if not fold.open:
        return
    with fold:
        if not notes:
            nothing("Nothing was asked.", key=f"{key}-none")
            return
        tables.show(
            COLUMNS,
            [_row(note) for note in notes],
            desk.formats,
            key=f"{key}-table",
            alt="Requests behind this page",
            one="request",
            order="",
            on_open=lambda number: _curl(desk, notes[number]),
        )


def _row(note: RequestNote) -> tables.Row:
    return (
        note.at,
        note.call.operation.id,
        _answer(note),
        None if note.cached else int(note.elapsed * 1000),
        note.rows,
        _remark(note),
    )


def _answer(note: RequestNote) -> Words:
    if note.error is not None:
        return Words("Failed", "", Tone.NEGATIVE)
    return Words("At hand", "", Tone.PLAIN) if note.cached else Words("Answered", "", Tone.ACTIVE)


def _remark(note: RequestNote) -> str:
    if note.error is not None:
        attempts = f", {note.error.attempts} attempts" if note.error.attempts > 1 else ""
        return f"{type(note.error).__name__}{attempts}"
    return f"{note.repeated} repeated rows left out" if note.repeated else ""


def _curl(desk: Desk, note: RequestNote) -> None:
    """The request as cURL. It names the ids that were asked for, and never the key
    nor what is masked."""
    shown = replace(note.call, content=desk.masking.body(note.call.content))
    said = "As cURL, personal attributes masked" if shown != note.call else "As cURL"
    copyable(desk.lookup.client(note.application).describe(shown).curl, said)
