"""The confirmation of a change: a dialog with the preview, one button, and exactly one execution.

A double click runs a Streamlit button's code twice, in two threads. Here both share one `Once`: the first runs the
change, the second waits for the first and gets the same outcome. `desk.guard` locks again, across tabs and replicas.
"""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

import streamlit as st

from desk.ui.escape import md
from desk.ui.strip import trouble
from desk.ui.theme import Mark, band
from desk.ui.words.errors import Trouble
from desk.ui.words.errors import trouble as words_for

T = TypeVar("T")


class Cancelled(Exception):
    """The dialog was cancelled before the change began."""


class Once(Generic[T]):
    """Runs a function once, whoever asks and however often; everybody gets that one result, or that one exception."""

    def __init__(self) -> None:
        self.token = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._begun = False
        self._finished = threading.Event()
        self._value: T | None = None
        self._error: BaseException | None = None

    def run(self, function: Callable[[], T]) -> T:
        """The outcome of the first call's `function`; later calls wait for it. Their own function is not called."""
        with self._lock:
            mine, self._begun = not self._begun, True
        if mine:
            try:
                self._value = function()
            except BaseException as error:
                self._error = error
                raise
            finally:
                self._finished.set()
            return self._value
        self._finished.wait()
        if self._error is not None:
            raise self._error
        return cast(T, self._value)

    def cancel(self) -> bool:
        """Whether it could still be stopped: False once it has begun."""
        with self._lock:
            if self._begun:
                return False
            self._begun, self._error = True, Cancelled()
        self._finished.set()
        return True

    @property
    def finished(self) -> bool:
        """Whether the change has run (or was cancelled)."""
        return self._finished.is_set()


@dataclass(frozen=True, slots=True)
class Answers:
    """What was typed in the dialog, stripped."""

    reason: str = ""
    ticket: str = ""
    code: str = ""


NOTHING = Answers()


@dataclass(frozen=True, slots=True)
class Ask:
    """The words of one confirmation. `button` says what happens: "Return 1 item". `typed`: the id to type to confirm.
    `dismiss` closes it without doing anything. `reasons`: codes and labels to choose from; `free` is the code that
    wants words."""

    title: str
    button: str
    mark: Mark
    reasons: tuple[tuple[str, str], ...] = ()
    reason_required: bool = False
    free: str = ""
    ticket: bool = False
    ticket_required: bool = False
    given: Answers = NOTHING
    """What stands in the fields at first: what somebody else had given."""
    typed: str = ""
    sending: str = "Sending"
    dismiss: str = "Cancel"


@dataclass(slots=True)
class _State(Generic[T]):
    """What one confirmation keeps between runs."""

    once: Once[T]
    open: bool = True
    outcome: T | None = None
    failure: Trouble | None = None


def _slot(key: str) -> str:
    return f"desk-confirm-{key}"


def open_dialog(key: str) -> None:
    """Opens the confirmation `key` with a fresh token; made to be a button's `on_click`."""
    st.session_state[_slot(key)] = _State[object](Once())


def close(key: str) -> None:
    """Forgets the confirmation `key` and its outcome."""
    st.session_state.pop(_slot(key), None)


def standing(key: str) -> bool:
    """Whether the dialog `key` is open, or its outcome still shown."""
    return _slot(key) in st.session_state


def confirmation(
    key: str,
    ask: Ask,
    preview: Callable[[], None],
    confirm: Callable[[Answers], T],
    show: Callable[[T], None],
) -> T | None:
    """Call it in every run, where the outcome is to be shown. Returns the outcome once there is one.

    While open: a dialog with `preview()`, the Application's mark and the button. Submitting calls `confirm(answers)`
    exactly once (a plain function without any Streamlit call) and reruns the page, which then shows `show(outcome)`
    here, inline, until `close(key)` or the next opening. An exception out of `confirm` shows as a panel.
    """
    state: _State[T] | None = st.session_state.get(_slot(key))
    if state is None:
        return None
    if state.open:
        st.dialog(md(ask.title), width="medium", dismissible=False)(_dialog)(
            key, ask, state, preview, confirm
        )
        return None
    if state.failure is not None:
        trouble(state.failure, key=f"{key}-failure", retry=False)
    if state.outcome is not None:
        show(state.outcome)
    return state.outcome


def _dialog(
    key: str, ask: Ask, state: _State[T], preview: Callable[[], None], confirm: Callable[[Answers], T]
) -> None:
    """The dialog's inside. Reruns as a fragment, so `state` and `confirm` stay those of the run that opened it."""
    band(ask.mark, f"dialog-{key}")
    preview()
    with st.form(f"{_slot(key)}-{state.once.token}", border=False):
        answers = _fields(key, ask)
        typed = ""
        if ask.typed:
            # Not in the label: that is Markdown to the eye, and plain text to whoever hears it.
            st.markdown(f"To confirm, type **{md(ask.typed)}**")
            typed = st.text_input("Type the id to confirm", key=f"{_slot(key)}-typed", autocomplete="off")
        with st.container(horizontal=True, horizontal_alignment="right"):
            submitted = st.form_submit_button(md(ask.button), type="primary", key=f"{_slot(key)}-yes")
            cancelled = st.form_submit_button(md(ask.dismiss), key=f"{_slot(key)}-no")
    if cancelled and state.once.cancel():
        close(key)
        st.rerun()
    if not (submitted or cancelled):  # a Cancel that came too late waits for the outcome like everybody else
        return
    if submitted and ask.typed and typed.strip() != ask.typed:
        st.error(f"Nothing was sent: what was typed is not {md(ask.typed)}.")
        return
    if submitted and (missing := _missing(ask, answers)):
        st.error(f"Nothing was sent: {missing}.")
        return
    with st.spinner(f"{md(ask.sending)} to {md(ask.mark.label)}", show_time=True):
        _execute(ask, state, lambda: confirm(answers))
    st.rerun()


def _execute(ask: Ask, state: _State[T], change: Callable[[], T]) -> None:
    """Runs the change once and keeps what came of it. Nothing in here touches Streamlit: this thread may be stopped
    at its next Streamlit call, and the outcome must be in the state by then."""
    try:
        state.outcome = state.once.run(change)
    except Cancelled:
        pass
    except Exception as error:
        state.failure = words_for(error, f"“{ask.button}”", write=True)
    state.open = False


def _fields(key: str, ask: Ask) -> Answers:
    """Reason and ticket, where the confirmation asks for them."""
    code = reason = ticket = ""
    if ask.reasons:
        labels = dict(ask.reasons)
        label = "Why?" if ask.reason_required else "Why? (optional)"
        _first(f"{_slot(key)}-code", ask.given.code if ask.given.code in labels else "")
        chosen = st.pills(
            label,
            list(labels),
            required=ask.reason_required,  # then a second click on the chosen one does not take it away
            format_func=lambda each: md(labels[each]),
            key=f"{_slot(key)}-code",
        )
        code = chosen or ""
        _first(f"{_slot(key)}-reason", ask.given.reason)
        when = f"needed with “{md(labels[ask.free])}”" if ask.free in labels else "optional"
        reason = st.text_input(f"In your own words ({when})", key=f"{_slot(key)}-reason", max_chars=500)
    if ask.ticket:
        label = "Ticket" if ask.ticket_required else "Ticket (optional)"
        _first(f"{_slot(key)}-ticket", ask.given.ticket)
        ticket = st.text_input(label, key=f"{_slot(key)}-ticket", max_chars=100)
    return Answers((reason or "").strip(), (ticket or "").strip(), code)


def _first(key: str, value: str) -> None:
    """What a field holds before anybody has touched it."""
    if value and key not in st.session_state:
        st.session_state[key] = value


def _missing(ask: Ask, answers: Answers) -> str:
    """What the policy wants and was not given."""
    if ask.reason_required and not answers.code:
        return "choose why"
    if ask.free and answers.code == ask.free and not answers.reason:
        return "say why in your own words"
    return "it needs a ticket" if ask.ticket_required and not answers.ticket else ""
