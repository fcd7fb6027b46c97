"""A preview as people read it, before the click: what to weigh, what is taken back, before and after."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from desk.guard import Fact, Preview, Receipt
from desk.ui.current import Desk
from desk.ui.escape import md, short
from desk.ui.receipt_view import programs_of, value_of
from desk.ui.small import small_table
from desk.ui.strip import panel
from desk.ui.theme import word_md
from desk.ui.words import Names, Tone, effect
from desk.ui.words import facts as words
from desk.ui.words.sessions import merged
from talon_client.models import Effect


@dataclass(frozen=True)
class Reckoning:
    """What a page found out itself about a change: facts to verify afterwards, and sentences to weigh before it.

    `instead_of`: codes of the preview's own notes that `notes` say better.
    """

    facts: Sequence[Fact] = ()
    notes: Sequence[str] = ()
    instead_of: Sequence[str] = ()


def show(desk: Desk, preview: Preview, reckoned: Reckoning, names: Names | None, *, key: str) -> None:
    """What the change would do: what to weigh, what a dry run took back, before and after."""
    programs, formats = programs_of(desk), desk.formats
    notes = [
        words.note(each, formats, programs) for each in preview.notes if each.code not in reckoned.instead_of
    ]
    for number, text in enumerate([*notes, *reckoned.notes]):
        panel(text, "", Tone.PENDING, key=f"{key}-note-{number}")
    _taken_back(desk, names, preview)
    afterwards = "Afterwards" if preview.dry else "Afterwards (predicted)"
    small_table(["", "Now", afterwards], _rows(desk, names, preview), alt="Before and after the change")


def source(desk: Desk, preview: Preview) -> None:
    """Who says so, and as of when."""
    said = (
        "The API worked this out in a dry run; nothing has changed yet."
        if preview.dry
        else "Predicted by the desk; checked afterwards."
    )
    st.caption(f"{said} Read at {md(desk.formats.moment(preview.made, seconds=True))}.")


def _taken_back(desk: Desk, names: Names | None, preview: Preview) -> None:
    """The effects of a dry run as sentences, those of one kind added up."""
    found = merged([Effect.model_validate(each) for each in preview.effects])
    said = [
        effect(each.effect_type, desk.masking.props(each.effect_type, each.props), desk.formats, names)
        for each in found
    ]
    lines = [f"- {word_md(each)}" for each in said]
    if lines:
        st.markdown("\n".join(lines))


def _rows(desk: Desk, names: Names | None, preview: Preview) -> list[tuple[str, str, str]]:
    """Before and after, what changes first. What the sentences above say already is left out, and what nobody
    expects to change."""
    before = {(fact.topic, fact.about): fact.value for fact in preview.before}
    after = {(fact.topic, fact.about): fact.value for fact in preview.expected}
    # How points divide tells more than their sum, which stays on the receipt.
    divided = {fact.about for fact in preview.before if fact.topic == "points.active"}
    worth_a_look = _unpredicted(preview)
    return [
        (
            _label(desk, names, key),
            value_of(desk, key[0], key[1], before.get(key)),
            value_of(desk, key[0], key[1], after[key]) if key in after else "not known beforehand",
        )
        for key in words.interesting(preview.before, preview.expected)
        if (before.get(key) != after[key] if key in after else key in worth_a_look)
        and not key[0].startswith("effect.")
        and not (key[0] == "points.total" and key[1] in divided)
        and not (key[0] == "tier" and preview.dry)  # what it means for the tier is said above
    ]


def _unpredicted(preview: Preview) -> set[tuple[str, tuple[str, ...]]]:
    """What may become something that nobody can say: points that a dry run moves, a tier that a note is about."""
    moved = {fact.about for fact in preview.expected if fact.topic.startswith("effect.points_")}
    noted = {
        (str(note.value("program")), str(note.value("subledger") or ""))
        for note in preview.notes
        if note.code == "tier_at_risk"
    }
    places = [*(("points.", about) for about in moved), *(("tier", about) for about in noted)]
    return {
        (fact.topic, fact.about)
        for fact in preview.before
        if any(fact.topic.startswith(topic) and fact.about == about for topic, about in places)
    }


def _label(desk: Desk, names: Names | None, key: tuple[str, tuple[str, ...]]) -> str:
    """What a fact is about; a returned item by its name, where the page told it."""
    topic, about = key
    if topic == "item.returned" and names and about[0].isdecimal():
        name = names.items.get(int(about[0]))
        if name:
            return f"Returned: {short(name, 40)} ({short(about[1], 40)})"
    return words.label(topic, about, programs_of(desk)).text


def changed(desk: Desk, receipt: Receipt, names: Names | None) -> None:
    """What reading back shows to be another than before. Totals stand on the receipt."""
    rows = [
        (
            _label(desk, names, (line.topic, line.about)),
            value_of(desk, line.topic, line.about, line.before),
            value_of(desk, line.topic, line.about, line.actual),
        )
        for line in receipt.lines
        if line.read and line.actual != line.before and not line.topic.startswith(("effect.", "points.total"))
    ]
    small_table(["", "Before", "Now"], rows, alt="What has changed")
