"""How every page offers a change: a button, a preview, a dialog, and what became of it. The only way to write.

    offer(current(), Offer("release", "Release ...", "Release SUMMER for maria", ReleaseCoupon(...)))

The button keeps a plan and asks for its preview; a change that cannot be made says why, in place of the dialog. The
dialog's button confirms what the preview showed, once. Everything that counts happens in `desk.guard`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from desk.guard import Change, Fact, GuardError, Outcome, Preview, Receipt
from desk.guard.model import Json
from desk.ui import confirm
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.place import Place, link
from desk.ui.receipt_view import RECEIPT, problem, programs_of, result
from desk.ui.small import small_table
from desk.ui.strip import panel, trouble
from desk.ui.theme import word_md
from desk.ui.words import Names, Tone, effect
from desk.ui.words import facts as words
from desk.ui.words import trouble as words_for
from desk.ui.words.sessions import merged
from talon_client import TalonError
from talon_client.models import Effect


@dataclass(frozen=True)
class Offer:
    """One change that a page offers.

    `label` stands on the page's button, `title` over the dialog, `button` on what confirms it. `change` is None and
    `blocked` says why while there is nothing to offer. `explain` shows more in the dialog; `predicted` are facts that
    the page expects and `shown` is what else it shows, both kept for the receipt; `reckon` finds such facts out when
    the button is pressed. `names` are those of programs and cart lines in the effects of a dry run. `after` shows
    more beside the outcome. `dismiss` stands on the dialog's other button.
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


@dataclass(frozen=True)
class Reckoning:
    """What a page found out itself about a change: facts to verify afterwards, and sentences to weigh before it.

    `instead_of`: codes of the preview's own notes that `notes` say better.
    """

    facts: Sequence[Fact] = ()
    notes: Sequence[str] = ()
    instead_of: Sequence[str] = ()


@dataclass
class _Flow:
    """Where one offer stands: what was meant, on which page, and its plan, words and preview once they are there."""

    change: Change
    place: Place
    plan: str = ""
    preview: Preview | None = None
    button: str = ""
    title: str = ""
    reckoned: Reckoning = field(default_factory=Reckoning)


def _slot(key: str) -> str:
    return f"desk-change-{key}"


def _begin(key: str, change: Change, button: str, title: str) -> None:
    confirm.close(key)
    st.session_state[_slot(key)] = _Flow(change, _subject(), button=button, title=title)


def _subject() -> Place:
    """What the page is about: a flow that was begun about something else is not shown there."""
    place = here()
    return Place(
        place.application,
        place.customer,
        session=place.session,
        code=place.code,
        card=place.card,
        receipt=place.receipt,
    )


def begun(key: str) -> bool:
    """Whether the offer `key` was begun on this page, and its dialog or its outcome still stands."""
    flow: _Flow | None = st.session_state.get(_slot(key))
    if flow is None or flow.place != _subject():
        return False
    return flow.preview is None or not flow.preview.confirmable or confirm.standing(key)


def _forget(key: str) -> None:
    confirm.close(key)
    st.session_state.pop(_slot(key), None)


def offer(desk: Desk, it: Offer) -> Receipt | None:
    """Shows the button and, where it has been pressed, what follows. Returns the receipt once there is one."""
    why_not = ("" if desk.may_write else _not_yours(desk)) or it.blocked
    if not begun(it.key):
        _forget(it.key)
    st.button(
        md(it.label),
        key=f"{_slot(it.key)}-begin",
        type="primary" if it.primary else "secondary",
        disabled=bool(why_not) or it.change is None,
        on_click=_begin,
        args=(it.key, it.change, it.button, it.title or it.button),
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


def outcomes(desk: Desk, *keys: str) -> None:
    """What became of these offers, where the page cannot show them because what they are about could not be read."""
    for key in keys:
        flow: _Flow | None = st.session_state.get(_slot(key))
        if begun(key) and flow is not None and flow.preview is not None and flow.preview.confirmable:
            _confirmation(desk, Offer(key, "", flow.button, None), flow, flow.preview)


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
            flow.reckoned = it.reckon(flow.change) if it.reckon else Reckoning(it.predicted)
            flow.preview = desk.guard.preview(
                flow.plan, desk.actor, predicted=flow.reckoned.facts, shown=it.shown
            )
    except (TalonError, ValueError) as error:
        if trouble(
            words_for(error, f"“{short(flow.change.target().id or flow.change.kind)}”"),
            key=f"{it.key}-preview",
        ):
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

    ask = confirm.Ask(flow.title, flow.button, desk.mark, reason=True, ticket=True, dismiss=it.dismiss)
    return confirm.confirmation(
        it.key,
        ask,
        lambda: show_preview(desk, it, preview, flow.reckoned),
        send,
        lambda receipt: _ended(desk, it, flow, receipt),
    )


def _ids(found: str | None) -> tuple[str, ...]:
    """A card's subject is `program/identifier`: what was read names only the identifier."""
    if not found:
        return ()
    return (found, found.partition("/")[2]) if "/" in found else (found,)


def show_preview(desk: Desk, it: Offer, preview: Preview, reckoned: Reckoning) -> None:
    """What the change would do: what to weigh, what a dry run took back, before and after, and who says so."""
    programs, formats = programs_of(desk), desk.formats
    notes = [
        words.note(each, formats, programs) for each in preview.notes if each.code not in reckoned.instead_of
    ]
    for number, text in enumerate([*notes, *reckoned.notes]):
        panel(text, "", Tone.PENDING, key=f"{it.key}-note-{number}")
    _taken_back(desk, it, preview)
    small_table(["", "Now", "Afterwards"], _rows(desk, it, preview), alt="Before and after the change")
    if it.explain:
        it.explain(preview)
    source = (
        "The API worked this out in a dry run; nothing has changed yet."
        if preview.dry
        else "Predicted by the desk; checked afterwards."
    )
    st.caption(f"{source} Read at {md(formats.moment(preview.made, seconds=True))}.")


def _taken_back(desk: Desk, it: Offer, preview: Preview) -> None:
    """The effects of a dry run as sentences, those of one kind added up."""
    found = merged([Effect.model_validate(each) for each in preview.effects])
    lines = [f"- {word_md(effect(each.effect_type, each.props, desk.formats, it.names))}" for each in found]
    if lines:
        st.markdown("\n".join(lines))


def _rows(desk: Desk, it: Offer, preview: Preview) -> list[tuple[str, str, str]]:
    """Before and after, what changes first. What the sentences above say already is left out."""
    before = {(fact.topic, fact.about): fact.value for fact in preview.before}
    after = {(fact.topic, fact.about): fact.value for fact in preview.expected}
    # How points divide tells more than their sum, which stays on the receipt.
    divided = {fact.about for fact in preview.before if fact.topic == "points.active"}
    return [
        (
            _label(desk, it, key),
            words.value(key[0], before.get(key), desk.formats),
            words.value(key[0], after[key], desk.formats) if key in after else "not known beforehand",
        )
        for key in words.interesting(preview.before, preview.expected)
        if before.get(key) != after.get(key)
        and not key[0].startswith("effect.")
        and not (key[0] == "points.total" and key[1] in divided)
        and not (key[0] == "tier" and preview.dry)  # what it means for the tier is said above
    ]


def _label(desk: Desk, it: Offer, key: tuple[str, tuple[str, ...]]) -> str:
    """What a fact is about; a returned item by its name, where the page told it."""
    topic, about = key
    if topic == "item.returned" and it.names and about[0].isdecimal():
        name = it.names.items.get(int(about[0]))
        if name:
            return f"Returned: {short(name, 40)} ({short(about[1], 40)})"
    return words.label(topic, about, programs_of(desk)).text


def _ended(desk: Desk, it: Offer, flow: _Flow, receipt: Receipt) -> None:
    result(desk, receipt, key=f"{it.key}-result", linked=False)
    if receipt.outcome is Outcome.DONE:
        small_table(["", "Before", "Now"], _changed(desk, it, receipt), alt="What has changed")
    if it.after:
        it.after(receipt)
    with st.container(horizontal=True, vertical_alignment="center"):
        if receipt.outcome is Outcome.STALE:
            st.button(
                "Look at the new preview", key=f"{it.key}-renew", on_click=_renew, args=(desk, it.key, flow)
            )
        link(RECEIPT, "Open the receipt", Place(application=receipt.application, receipt=receipt.id))
        st.button("Close", key=f"{it.key}-done", type="tertiary", on_click=_forget, args=(it.key,))


def _changed(desk: Desk, it: Offer, receipt: Receipt) -> list[tuple[str, str, str]]:
    """What reading back shows to be another than before. Totals stand on the receipt."""
    return [
        (
            _label(desk, it, (line.topic, line.about)),
            words.value(line.topic, line.before, desk.formats),
            words.value(line.topic, line.actual, desk.formats),
        )
        for line in receipt.lines
        if line.read and line.actual != line.before and not line.topic.startswith(("effect.", "points.total"))
    ]


def _renew(desk: Desk, key: str, flow: _Flow) -> None:
    try:
        renewed = desk.guard.renew(flow.plan, desk.actor)
    except (GuardError, TalonError):
        _forget(key)
        return
    confirm.close(key)
    change = desk.guard.change(renewed.id)
    st.session_state[_slot(key)] = _Flow(change, flow.place, renewed.id, button=flow.button, title=flow.title)
