"""The blocks that every page is made of, in their order: who, the answer, the figures, trouble, and what to paste."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from desk.applications import Application
from desk.ui.escape import md, short
from desk.ui.formats import MISSING, Formats
from desk.ui.theme import Environment, Mark, badge_md, tinted
from desk.ui.words.base import Tone
from desk.ui.words.errors import Sort, Trouble


def mark_of(application: Application) -> Mark:
    """The Application's name and environment, as its band and badge show it."""
    if application.demo:
        return Mark("Demo shop" if application.label == "DEMO" else application.label, Environment.DEMO)
    return Mark(application.label, Environment.LIVE if application.live else Environment.SANDBOX)


def formats_of(application: Application, zone: str = "") -> Formats:
    """How that Application writes numbers and money; `zone` is the browser's or a program's, else the Application's."""
    return Formats(application.locale, application.currency or "", zone or application.time_zone)


def copyable(text: str, label: str = "") -> None:
    """`text` exactly as it is, in one line with a copy control; `label` is said above it in small type."""
    if label:
        st.caption(md(label))
    st.code(text or " ", language=None, wrap_lines=False)


def reply(text: str, label: str = "Reply to the customer") -> None:
    """A longer text to copy, wrapped."""
    st.caption(md(label))
    st.code(text, language=None, wrap_lines=True)


def marked(text: str, application: Application) -> str:
    """A text for a customer, marked where it comes from the demo, so that it is never sent by mistake."""
    return f"[DEMO] {text}" if application.demo else text


def as_of(moment: datetime, formats: Formats, *, key: str, also: str = "") -> bool:
    """ "As of 14:05:12 CET" with a refresh button; True in the run in which it was pressed."""
    with st.container(key=f"desk-quiet-{key}", horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(md(f"As of {formats.moment(moment, seconds=True)}{also}"))
        return st.button("Refresh", key=f"{key}-refresh", type="tertiary", icon=":material/refresh:")


def customer_strip(
    customer: str,
    mark: Mark,
    moment: datetime,
    formats: Formats,
    *,
    name: str = "",
    facts: Sequence[str] = (),
    key: str = "strip",
) -> bool:
    """Who this is: id with copy, name (already masked by the caller), Application, facts, as of.

    True in the run in which Refresh was pressed.
    """
    with st.container(key=f"desk-strip-{key}", gap="xsmall"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.code(customer or " ", language=None, width="content")
            if name:
                st.markdown(f"**{md(short(name))}**")
            st.markdown(badge_md(mark.title, mark.color))
        return as_of(moment, formats, key=key, also="".join(f" · {fact}" for fact in facts))


def answer(sentence: str, detail: str = "", tone: Tone = Tone.PLAIN) -> None:
    """The answer in one sentence, the largest thing on the page and its only first-level heading; proof goes below."""
    st.title(tinted(sentence, tone), anchor=False)
    if detail:
        st.markdown(md(detail))


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure under the answer. `value` is formatted text; `note` says more in small type."""

    label: str
    value: str
    tone: Tone = Tone.PLAIN
    note: str = ""


def figures(entries: Sequence[Figure]) -> None:
    """Three or four figures in one row, in the colours of what they are; they wrap on a narrow window."""
    with st.container(horizontal=True, gap="small", vertical_alignment="distribute"):
        for entry in entries:
            st.metric(
                md(entry.label),
                # Colour is for what is there: a zero says nothing more in green.
                tinted(entry.value, Tone.PLAIN if entry.value in ("0", MISSING) else entry.tone),
                delta=md(entry.note) or None,
                delta_color="off",
                delta_arrow="off",
                border=True,
                height="stretch",
            )


@dataclass(frozen=True, slots=True)
class Example:
    """A demo id to try, with the story behind it."""

    id: str
    story: str


def empty_state(
    title: str, hints: Sequence[str], examples: Sequence[Example] = (), *, key: str = "empty"
) -> str | None:
    """Nothing is open yet: what can be pasted, and on the sandbox a few ids. The example that was pressed, or None."""
    st.title(md(title), anchor=False)
    for hint in hints:
        st.markdown(md(hint))
    chosen: str | None = None
    if examples:
        st.caption("Try one of these")
        for number, example in enumerate(examples):
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                if st.button(md(short(example.id)), key=f"{key}-example-{number}"):
                    chosen = example.id
                st.markdown(md(example.story))
    return chosen


def nothing(text: str, key: str = "none") -> None:
    """A part that is there and holds nothing ("No reservations"), told apart from one that failed."""
    with st.container(key=f"desk-quiet-{key}"):
        st.markdown(md(text))


_LOOKS = {
    Sort.UNKNOWN: "waiting",
    Sort.NOT_FOUND: "note",
    Sort.COULD_NOT_LOOK: "failed",
    Sort.REFUSED: "failed",
}


def trouble(problem: Trouble, *, key: str, retry: bool = True) -> bool:
    """An error as a panel: what happened, what it means for the customer, what to do now, a reference.

    True in the run in which "Try again" was pressed; the button is there only where trying again can help.
    """
    with st.container(key=f"desk-trouble-{_LOOKS[problem.sort]}-{key}", gap="xsmall"):
        st.markdown(f"**{md(problem.happened)}**")
        st.markdown(md(f"{problem.meaning} {problem.todo}".strip()))
        if problem.raw:
            st.markdown(f":small[The API says: {md(short(problem.raw, 600))}]")
        if problem.reference:
            st.markdown(f":small[:gray[Reference: {md(problem.reference)}]]")
        label = "Look again" if problem.sort is Sort.UNKNOWN else "Try again"
        return retry and problem.again and st.button(label, key=f"{key}-again", icon=":material/refresh:")


def panel(text: str, detail: str = "", tone: Tone = Tone.PLAIN, *, key: str) -> None:
    """An outcome or a remark inline, with a coloured edge; toasts disappear, and screen readers miss them."""
    look = {Tone.ACTIVE: "done", Tone.PENDING: "waiting", Tone.NEGATIVE: "failed"}.get(tone, "note")
    with st.container(key=f"desk-trouble-{look}-{key}", gap="xsmall"):
        st.markdown(f"**{md(text)}**")
        if detail:
            st.markdown(md(detail))


def waiting(what: str) -> AbstractContextManager[None]:
    """Says what is being fetched while the block runs, with the seconds; shows nothing for fast answers."""
    return st.spinner(md(what), show_time=True)
