"""How every page offers a change: a button, a preview, a dialog, and what became of it. The only way to write.

    offer(current(), Offer("release", "Release ...", "Release SUMMER for maria", ReleaseCoupon(...)))

The button keeps a plan and asks for its preview; a change that cannot be made says why, in place of the dialog. The
dialog's button confirms what the preview showed, once. Everything that counts happens in `desk.guard`.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from desk.guard import Change, Fact, GuardError, NeedsSupervisor, Outcome, Over, Preview, Receipt, Waiting
from desk.guard.model import Json
from desk.policy import FREE
from desk.ui import confirm, preview_view, receipt_view, waiting_view
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.faults import traced
from desk.ui.place import Place, link
from desk.ui.preview_view import Reckoning
from desk.ui.receipt_view import RECEIPT, back_on, problem, programs_of, result, title
from desk.ui.strip import panel, trouble
from desk.ui.words import Names, Tone
from desk.ui.words import facts as words
from desk.ui.words import trouble as words_for
from talon_client import TalonError

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """One change that a page offers.

    `label` stands on the page's button, `title` over the dialog, `button` on what confirms it. `change` is None and
    `blocked` says why while there is nothing to offer. `explain` shows more in the dialog; `predicted` are facts that
    the page expects and `shown` is what else it shows, both kept for the receipt; `reckon` finds such facts out when
    the button is pressed. `names` are those of programs and cart lines in the effects of a dry run. `after` shows
    more beside the outcome. `dismiss` stands on the dialog's other button. `renews` is the plan of somebody else that
    this carries out, `given` what they gave as reason and ticket. `typed`: the id to type to confirm. `then` runs once
    after it was done, outside of Streamlit; where it fails, `then_failed` says beside the outcome what that means.
    """

    key: str
    label: str
    button: str
    change: Change | None
    title: str = ""
    blocked: str = ""
    primary: bool = True
    explain: Callable[[Preview], None] | None = None
    predicted: Sequence[Fact] = ()
    shown: Json = None
    reckon: Callable[[Change], "Reckoning"] | None = None
    names: Names | None = None
    after: Callable[[Receipt], None] | None = None
    dismiss: str = "Cancel"
    renews: str = ""
    given: confirm.Answers = confirm.NOTHING
    typed: str = ""
    then: Callable[[Receipt], None] | None = None
    then_failed: str = ""


@dataclass
class _Flow:
    """Where one offer stands: what the page was about (what was begun about something else is not shown there), what
    was meant, None until the run in which it was pressed has got to it, and its plan, words and preview once they are
    there. `said`: what was typed to confirm it, until it is done."""

    change: Change | None
    place: Place
    plan: str = ""
    preview: Preview | None = None
    button: str = ""
    title: str = ""
    reckoned: Reckoning = field(default_factory=Reckoning)
    unfinished: str = ""
    said: confirm.Answers = confirm.NOTHING

    @property
    def meant(self) -> Change:
        """What was meant, once the run has got to it."""
        assert self.change is not None
        return self.change


def _slot(key: str) -> str:
    return f"desk-change-{key}"


def _begin(key: str) -> None:
    """Pressed. What is meant is what the run that follows offers, not what the last one did: a box may have been filled
    and left by this very click, and callbacks are called as the run before had made them."""
    confirm.close(key)
    subject, last = here().subject, st.session_state.get(_slot(key))
    said = last.said if last is not None and last.place == subject else confirm.NOTHING
    st.session_state[_slot(key)] = _Flow(None, subject, said=said)


def begun(key: str) -> bool:
    """Whether the offer `key` was begun on this page, and its dialog or its outcome still stands."""
    flow: _Flow | None = st.session_state.get(_slot(key))
    if flow is None or flow.place != here().subject:
        return False
    return flow.preview is None or not flow.preview.confirmable or confirm.standing(key)


def _forget(key: str) -> None:
    confirm.close(key)
    st.session_state.pop(_slot(key), None)


def offer(desk: Desk, it: Offer) -> Receipt | None:
    """Shows the button and, where it has been pressed, what follows. Returns the receipt once there is one.

    The outcome stands in the button's place where the change cannot be offered (again).
    """
    if not begun(it.key):
        _forget(it.key)
        if not desk.may_write:
            return None  # what a role lacks is not shown; `yours` has said why
    why_not = ("" if desk.may_write else _not_yours(desk)) or it.blocked
    offered = not why_not and it.change is not None
    # Where the outcome stands, a button that says why it cannot be pressed would read as part of it.
    if offered or not begun(it.key):
        st.button(
            md(it.label),
            key=f"{_slot(it.key)}-begin",
            type="primary" if it.primary else "secondary",
            disabled=not offered,
            on_click=_begin,
            args=(it.key,),
        )
        if why_not:
            st.caption(md(why_not))
    flow: _Flow | None = st.session_state.get(_slot(it.key))
    if flow is not None and flow.change is None:
        if not offered:
            _forget(it.key)  # it could be pressed before what was typed last
            return None
        flow.change, flow.button, flow.title = it.change, it.button, it.title or it.button
    if flow is None or (flow.preview is None and not _prepare(desk, it, flow)):
        return None
    assert flow.preview is not None
    if not flow.preview.confirmable:
        _impossible(desk, it, flow.preview)
        return None
    return _confirmation(desk, it, flow, flow.preview)


def outcomes(
    desk: Desk, *keys: str, names: Names | None = None, after: Callable[[Receipt], None] | None = None
) -> None:
    """What became of these offers, where the page cannot show them because what they are about could not be read, or
    is decided. `names` and `after` as an `Offer` has them."""
    for key in keys:
        flow: _Flow | None = st.session_state.get(_slot(key))
        if begun(key) and flow is not None and flow.preview is not None and flow.preview.confirmable:
            it = Offer(key, "", flow.button, None, names=names, after=after)
            _confirmation(desk, it, flow, flow.preview)


def yours(desk: Desk, *keys: str) -> bool:
    """Whether this role may change anything; where not, one line says so in place of what pages would offer. True
    also while one of the offers `keys` still has an outcome to show."""
    if desk.may_write or any(begun(key) for key in keys):
        return True
    st.caption(md(_not_yours(desk)))
    return False


def _not_yours(desk: Desk) -> str:
    if desk.application.live and not desk.actor.signed_in:
        return "Read-only: changes on a live Application need somebody who is signed in."
    return f"As {desk.actor.role.value} you may look, but not change anything."


def _prepare(desk: Desk, it: Offer, flow: _Flow) -> bool:
    """Plans and previews. False when that failed; then nothing was sent and the page says so."""
    try:
        with st.spinner("Checking what would happen", show_time=True):
            if not flow.plan:
                flow.plan = _planned(desk, it, flow)
            flow.reckoned = it.reckon(flow.meant) if it.reckon else Reckoning(it.predicted)
            flow.preview = desk.guard.preview(
                flow.plan, desk.actor, predicted=flow.reckoned.facts, shown=it.shown
            )
    except (TalonError, ValueError) as error:
        if trouble(
            words_for(error, f"“{short(flow.meant.target().id or flow.meant.kind)}”"),
            key=f"{it.key}-preview",
        ):
            st.rerun()
        return False
    except GuardError as error:
        panel("This cannot be started", str(error), Tone.NEGATIVE, key=f"{it.key}-guard")
        return False
    confirm.open_dialog(it.key)
    return True


def _planned(desk: Desk, it: Offer, flow: _Flow) -> str:
    if it.renews:
        return desk.guard.renew(it.renews, desk.actor).id
    return desk.guard.plan(desk.application.name, desk.actor, flow.meant).id


def _impossible(desk: Desk, it: Offer, preview: Preview) -> None:
    reasons = " ".join(words.note(each, desk.formats, programs_of(desk)) for each in preview.blocks)
    panel("This cannot be done", reasons or "The API would refuse it.", Tone.NEGATIVE, key=f"{it.key}-no")
    if preview.refusal:
        problem(preview.refusal)
    st.button("Close", key=f"{it.key}-close", on_click=_forget, args=(it.key,))


def _confirmation(desk: Desk, it: Offer, flow: _Flow, preview: Preview) -> Receipt | None:
    # Plain values: the dialog's fragment runs later, with this run's closures.
    guard, lookup, actor = desk.guard, desk.lookup, desk.actor

    def send(said: confirm.Answers) -> Receipt | Waiting:
        flow.said = said
        try:
            receipt = guard.confirm(
                flow.plan,
                actor,
                digest=preview.digest,
                reason_code=said.code,
                reason=said.reason,
                ticket=said.ticket,
            )
        except NeedsSupervisor:
            flow.said = confirm.NOTHING
            return guard.waiting(flow.plan, actor)
        receipt_view.forget(lookup, receipt)
        if receipt.outcome is Outcome.DONE:
            flow.said = confirm.NOTHING
        if it.then is None or receipt.outcome is not Outcome.DONE:
            return receipt
        try:
            it.then(receipt)
        except Exception as error:  # the change is done, whatever became of what follows it
            _log.error("after %s\n%s", receipt.kind, traced(error))
            flow.unfinished = it.then_failed
        return guard.receipt(flow.plan)

    exceeded = guard.limits(actor, preview)
    # By what was meant: the plan itself may be erased by now, and its outcome still stands.
    policy, operation = guard.policy, flow.meant.call().operation.id
    ask = confirm.Ask(
        flow.title,
        "Ask a supervisor" if exceeded else flow.button,
        desk.mark,
        reasons=tuple((each.code, each.label) for each in policy.reasons),
        reason_required=operation in policy.reason_required,
        free=FREE,
        ticket=True,
        ticket_required=operation in policy.ticket_required,
        given=it.given if flow.said == confirm.NOTHING else flow.said,
        typed=it.typed,
        dismiss=it.dismiss,
    )
    outcome = confirm.confirmation(
        it.key,
        ask,
        lambda: _preview(desk, it, preview, flow.reckoned, exceeded, operation),
        send,
        lambda found: (
            _waits(desk, it, found) if isinstance(found, Waiting) else _ended(desk, it, flow, found)
        ),
    )
    return outcome if isinstance(outcome, Receipt) else None


def _preview(
    desk: Desk,
    it: Offer,
    preview: Preview,
    reckoned: Reckoning,
    exceeded: Sequence[Over],
    operation: str,
) -> None:
    if exceeded:
        panel(
            waiting_view.over_text(desk, desk.actor.role, exceeded, operation),
            "Nothing is sent now: a supervisor confirms it by its link.",
            Tone.PENDING,
            key=f"{it.key}-over",
        )
    preview_view.show(desk, preview, reckoned, it.names, key=it.key)
    if it.explain:
        it.explain(preview)
    preview_view.source(desk, preview)


def _waits(desk: Desk, it: Offer, found: Waiting) -> None:
    waiting_view.kept(desk, found, key=f"{it.key}-waits")
    with st.container(horizontal=True, vertical_alignment="center"):
        link(waiting_view.PAGE, "Open what waits", Place(application=found.application, plan=found.plan_id))
        st.button("Close", key=f"{it.key}-done", type="tertiary", on_click=_forget, args=(it.key,))


def _ended(desk: Desk, it: Offer, flow: _Flow, kept: Receipt) -> None:
    receipt = desk.guard.receipt(kept.id)  # as it is now: settled, taken back or erased since
    back = desk.guard.taken_back(receipt.id)
    if back is not None:
        panel(
            f"{title(receipt)}: {back_on(desk, back)}",
            "It was done, and a later change took it back.",
            key=f"{it.key}-back",
        )
    else:
        result(desk, receipt, key=f"{it.key}-result", linked=False)
    if receipt.erased:
        st.caption("Its data was erased on request. The receipt keeps what it was, who did it and when.")
    if flow.unfinished:
        panel("Not finished at this desk", flow.unfinished, Tone.NEGATIVE, key=f"{it.key}-unfinished")
    if back is None and receipt.outcome is Outcome.DONE:
        preview_view.changed(desk, receipt, it.names)
    if back is None and it.after:
        it.after(receipt)
    with st.container(horizontal=True, vertical_alignment="center"):
        if receipt.outcome is Outcome.STALE:
            st.button(
                "Look at the new preview", key=f"{it.key}-renew", on_click=_renew, args=(desk, it.key, flow)
            )
        what = "Open what is left of the receipt" if receipt.erased else "Open the receipt"
        link(RECEIPT, what, Place(application=receipt.application, receipt=receipt.id))
        st.button("Close", key=f"{it.key}-done", type="tertiary", on_click=_forget, args=(it.key,))


def _renew(desk: Desk, key: str, flow: _Flow) -> None:
    try:
        renewed = desk.guard.renew(flow.plan, desk.actor)
    except (GuardError, TalonError):
        _forget(key)
        return
    confirm.close(key)
    change = desk.guard.change(renewed.id)
    st.session_state[_slot(key)] = replace(flow, change=change, plan=renewed.id, preview=None)
