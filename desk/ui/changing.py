"""How every page offers a change: a button, a preview, a dialog, and what became of it. The only way to write.

    offer(current(), Offer("release", "Release ...", "Release SUMMER for maria", ReleaseCoupon(...)))

The button keeps a plan and asks for its preview; a change that cannot be made says why, in place of the dialog. The
dialog's button confirms what the preview showed, once. Everything that counts happens in `desk.guard`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from desk.guard import Change, Fact, GuardError, Outcome, Preview, Receipt
from desk.guard.model import Json
from desk.ui import confirm, tables
from desk.ui.current import Desk
from desk.ui.escape import md, short
from desk.ui.receipt_view import problem, programs_of, result
from desk.ui.strip import panel, trouble
from desk.ui.words import Tone
from desk.ui.words import facts as words
from desk.ui.words import trouble as words_for
from talon_client import TalonError


@dataclass(frozen=True)
class Offer:
    """One change that a page offers.

    `label` stands on the page's button, `title` over the dialog, `button` on what confirms it. `blocked` says why it
    is not offered at the moment. `explain` shows more in the dialog; `predicted` are facts that the page expects and
    `shown` is what else it shows, both kept for the receipt.
    """

    key: str
    label: str
    button: str
    change: Change
    title: str = ""
    blocked: str = ""
    primary: bool = True
    explain: Callable[[Preview], None] | None = None
    predicted: Sequence[Fact] = ()
    shown: Json = None


@dataclass
class _Flow:
    """Where one offer stands: what was meant, and its plan and preview once they are there."""

    change: Change
    plan: str = ""
    preview: Preview | None = None


def _slot(key: str) -> str:
    return f"desk-change-{key}"


def _begin(key: str, change: Change) -> None:
    confirm.close(key)
    st.session_state[_slot(key)] = _Flow(change)


def _forget(key: str) -> None:
    confirm.close(key)
    st.session_state.pop(_slot(key), None)


def offer(desk: Desk, it: Offer) -> Receipt | None:
    """Shows the button and, where it has been pressed, what follows. Returns the receipt once there is one."""
    why_not = it.blocked or ("" if desk.may_write else _not_yours(desk))
    st.button(
        md(it.label),
        key=f"{_slot(it.key)}-begin",
        type="primary" if it.primary else "secondary",
        disabled=bool(why_not),
        help=md(why_not) or None,
        on_click=_begin,
        args=(it.key, it.change),
    )
    if why_not:
        st.caption(md(why_not))
    flow: _Flow | None = st.session_state.get(_slot(it.key))
    if flow is None or (flow.preview is None and not _prepare(desk, it, flow)):
        return None
    assert flow.preview is not None
    if not flow.preview.confirmable:
        _impossible(desk, it, flow.preview)
        return None
    return _confirmation(desk, it, flow, flow.preview)


def _not_yours(desk: Desk) -> str:
    if desk.application.live and not desk.actor.signed_in:
        return "Read-only: changes on a live Application need somebody who is signed in."
    return f"As {desk.actor.role.value} you may look, but not change this."


def _prepare(desk: Desk, it: Offer, flow: _Flow) -> bool:
    """Plans and previews. False when that failed; then nothing was sent and the page says so."""
    try:
        with st.spinner("Checking what would happen", show_time=True):
            if not flow.plan:
                flow.plan = desk.guard.plan(desk.application.name, desk.actor, flow.change).id
            flow.preview = desk.guard.preview(flow.plan, desk.actor, predicted=it.predicted, shown=it.shown)
    except (TalonError, ValueError) as error:
        if trouble(words_for(error, f"“{short(flow.change.target().id or flow.change.kind)}”"), key=f"{it.key}-preview"):
            st.rerun()
        return False
    except GuardError as error:
        panel("This cannot be started", str(error), Tone.NEGATIVE, key=f"{it.key}-guard")
        return False
    confirm.open_dialog(it.key)
    return True


def _impossible(desk: Desk, it: Offer, preview: Preview) -> None:
    reasons = " ".join(words.note(each, desk.formats, programs_of(desk)) for each in preview.blocks)
    panel("This cannot be done", reasons or "The API would refuse it.", Tone.NEGATIVE, key=f"{it.key}-no")
    if preview.refusal:
        problem(preview.refusal)
    st.button("Close", key=f"{it.key}-close", on_click=_forget, args=(it.key,))


def _confirmation(desk: Desk, it: Offer, flow: _Flow, preview: Preview) -> Receipt | None:
    # Plain values: the dialog's fragment runs later, with this run's closures.
    guard, lookup, actor, application = desk.guard, desk.lookup, desk.actor, desk.application.name

    def send(said: confirm.Answers) -> Receipt:
        receipt = guard.confirm(
            flow.plan, actor, digest=preview.digest, reason=said.reason, ticket=said.ticket
        )
        lookup.forget(application, [part for each in receipt.subjects for part in _ids(each.id)])
        return receipt

    ask = confirm.Ask(title=it.title or it.button, button=it.button, mark=desk.mark, reason=True, ticket=True)
    return confirm.confirmation(
        it.key,
        ask,
        lambda: show_preview(desk, it, preview),
        send,
        lambda receipt: _ended(desk, it, flow, receipt),
    )


def _ids(found: str | None) -> tuple[str, ...]:
    """A card's subject is `program/identifier`: what was read names only the identifier."""
    if not found:
        return ()
    return (found, found.partition("/")[2]) if "/" in found else (found,)


def show_preview(desk: Desk, it: Offer, preview: Preview) -> None:
    """What the change would do: before and after, what to weigh, and whether the API was asked or the desk predicts."""
    programs, formats = programs_of(desk), desk.formats
    before = {(fact.topic, fact.about): fact.value for fact in preview.before}
    after = {(fact.topic, fact.about): fact.value for fact in preview.expected}
    rows = [
        (
            words.label(*key, programs).text,
            words.value(key[0], before.get(key), formats),
            words.value(key[0], after[key], formats) if key in after else "not known beforehand",
        )
        for key in words.interesting(preview.before, preview.expected)
    ]
    for each in preview.notes:
        panel(words.note(each, formats, programs), "", Tone.PENDING, key=f"{it.key}-{each.code}")
    columns = [tables.Column("What"), tables.Column("Now"), tables.Column("Afterwards")]
    tables.show(
        columns, rows, formats, key=f"{it.key}-preview", alt="What the change would do", one="line", order=""
    )
    if it.explain:
        it.explain(preview)
    source = (
        "The API worked this out in a dry run."
        if preview.dry
        else "Predicted by the desk; checked afterwards."
    )
    st.caption(f"{source} Read at {md(formats.moment(preview.made, seconds=True))}.")


def _ended(desk: Desk, it: Offer, flow: _Flow, receipt: Receipt) -> None:
    result(desk, receipt, key=f"{it.key}-result")
    if receipt.outcome is Outcome.STALE:
        st.button(
            "Look at the new preview", key=f"{it.key}-renew", on_click=_renew, args=(desk, it.key, flow.plan)
        )
    else:
        st.button("Close", key=f"{it.key}-done", type="tertiary", on_click=_forget, args=(it.key,))


def _renew(desk: Desk, key: str, plan: str) -> None:
    try:
        renewed = desk.guard.renew(plan, desk.actor)
    except (GuardError, TalonError):
        _forget(key)
        return
    confirm.close(key)
    st.session_state[_slot(key)] = _Flow(desk.guard.change(renewed.id), renewed.id)
