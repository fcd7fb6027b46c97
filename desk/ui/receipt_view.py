"""A receipt as people read it: what became of the change first, then what was proven, then the details."""

from collections.abc import Mapping
from datetime import datetime

import streamlit as st

from desk.applications import Application
from desk.guard import GuardError, Outcome, Problem, Receipt, Target, Verification, Waiting
from desk.guard.model import Scalar
from desk.lookup import Lookup
from desk.ui import tables
from desk.ui.current import Desk
from desk.ui.escape import md
from desk.ui.place import Place, link
from desk.ui.strip import copyable, mark_of, marked, panel, reply
from desk.ui.words import Tone, Words, outcome, verification
from desk.ui.words import facts as words
from desk.ui.words.replies import reply as words_of_reply
from desk.ui.words.replies import returned_items

RECEIPT = "pages/change/receipt.py"
WAITS = "pages/change/waiting.py"
KINDS = {
    "reserve_coupon": "Coupon reserved",
    "release_coupon": "Reservation released",
    "link_card": "Card linked",
    "unlink_card": "Customer taken off the card",
    "erase_customer": "Customer data erased",
    "generate_card": "Card generated",
    "return_items": "Items returned",
    "reopen_session": "Session reopened",
    "cancel_session": "Session cancelled",
    "update_profile": "Profile changed",
}


def programs_of(desk: Desk) -> words.Programs:
    """The names of this Application's programs."""
    return words.Programs({str(each.id): each.title for each in desk.application.programs})


def value_of(desk: Desk, topic: str, about: tuple[str, ...], found: Scalar) -> str:
    """A fact's value as people may read it: a customer's attributes are masked here too."""
    if topic == "attribute" and found is not None:
        return desk.masking.value(about[0] if about else "", found)
    return words.value(topic, found, desk.formats)


def title(receipt: Receipt) -> str:
    """What the change was, in a few words."""
    return KINDS.get(receipt.kind, receipt.kind)


def forget(lookup: Lookup, receipt: Receipt) -> None:
    """What was read before it is asked again. No Streamlit: it runs between a change and its outcome on the page."""
    if receipt.kind == "erase_customer":
        lookup.forget_everything()
        return
    ids = [each.id for each in receipt.subjects if each.id]
    # A card's subject is `program/identifier`: what was read names only the identifier.
    lookup.forget([*ids, *(part for id_ in ids if (part := id_.partition("/")[2]))])


def said_of(desk: Desk, receipt: Receipt) -> Words:
    """What became of it, as of the time when it was read back."""
    seen = receipt.verification in (Verification.AS_PREVIEWED, Verification.DIFFERS)
    read = desk.formats.moment(receipt.finished) if seen and receipt.finished else ""
    return outcome(receipt.words, read)


def result(desk: Desk, receipt: Receipt, *, key: str, linked: bool = True) -> None:
    """The outcome as a panel, what it means, and the way to the receipt."""
    said = said_of(desk, receipt)
    proof = proof_of(receipt)
    tone = proof.tone if _checked(receipt) and proof.tone is Tone.PENDING else said.tone
    tone = Tone.PENDING if _differs(receipt) else tone
    proven = f" {proof.text}." if _checked(receipt) else ""
    panel(f"{title(receipt)}: {said.text}.{proven}", f"{said.customer} {said.detail}".strip(), tone, key=key)
    if receipt.problem:
        problem(receipt.problem)
    if _differs(receipt) or (_checked(receipt) and unforeseen(receipt)):
        lines(desk, receipt, key=f"{key}-lines")
    if linked:
        link(RECEIPT, "Open the receipt", Place(application=receipt.application, receipt=receipt.id))


def _checked(receipt: Receipt) -> bool:
    return receipt.verification is not Verification.NOT_NEEDED and receipt.outcome is Outcome.DONE


def _differs(receipt: Receipt) -> bool:
    return receipt.verification in (Verification.DIFFERS, Verification.NOT_THERE)


def problem(found: Problem) -> None:
    """The API's own words."""
    st.markdown(f":small[The API says: {md(found.message)}{f' ({found.status})' if found.status else ''}]")
    for name, details, where in found.errors:
        text = " - ".join(part for part in (name, details, where) if part)
        st.markdown(f":small[{md(text)}]")


def proof_of(receipt: Receipt) -> Words:
    """What reading back found, and of how many of the lines that `lines` shows."""
    shown = [line for line in receipt.lines if words.worth_showing(line)]
    return verification(
        receipt.verification.value,
        sum(line.predicted and line.read for line in shown),
        len(shown),
        unforeseen(receipt),
    )


def unforeseen(receipt: Receipt) -> int:
    """How many of the lines that `lines` shows changed although nobody had predicted what they would become."""
    return sum(words.unforeseen(line) for line in receipt.lines if words.worth_showing(line))


def lines(desk: Desk, receipt: Receipt, *, key: str) -> None:
    """Before, as previewed, as read afterwards; lines that differ are marked by a word."""
    shown = [line for line in receipt.lines if words.worth_showing(line)]
    programs, formats = programs_of(desk), desk.formats
    rows = [
        (
            words.label(line.topic, line.about, programs).text,
            value_of(desk, line.topic, line.about, line.before),
            value_of(desk, line.topic, line.about, line.expected) if line.predicted else "not predicted",
            value_of(desk, line.topic, line.about, line.actual) if line.read else "not read",
            "differs" if line.differs else "changed" if words.unforeseen(line) else "",
        )
        for line in shown
    ]
    columns = ["What", "Before", "Expected", "Afterwards", "Note"]
    tables.show(
        [tables.Column(name) for name in columns],
        rows,
        formats,
        key=key,
        alt="What the change did: before, expected, afterwards",
        one="line",
        order="",
    )


def _application(desk: Desk, receipt: Receipt) -> Application | None:
    """The Application, unless it is not configured any more."""
    known = desk.process.settings.applications
    return next((each for each in known if each.name == receipt.application), None)


def _label(desk: Desk, receipt: Receipt) -> str:
    application = _application(desk, receipt)
    return mark_of(application).title if application else receipt.application


def reason_of(desk: Desk, code: str, text: str) -> str:
    """The reason that was chosen, as the list calls it, and the words beside it: "Goodwill: the parcel was late"."""
    label = desk.guard.policy.reason_label(code) if code else ""
    return ": ".join(part for part in (label, text) if part)


def asked_for(desk: Desk, receipt: Receipt) -> Waiting | None:
    """What somebody had asked a supervisor for and this receipt carried out; None where nobody had to ask."""
    return desk.guard.asked_for(receipt.id)


def _asked(desk: Desk, found: Waiting) -> str:
    return f"{found.actor} ({found.role.value}), {desk.formats.moment(found.asked, seconds=True)}"


def _way_to_what_waited(desk: Desk, found: Waiting) -> None:
    """For whoever asked and for supervisors; others do not see what waits."""
    try:
        desk.guard.waiting(found.plan_id, desk.actor)
    except GuardError:
        return
    link(WAITS, "Open what was asked for", Place(application=found.application, plan=found.plan_id))


def times(desk: Desk, receipt: Receipt) -> None:
    """Who, why and when."""
    asked = asked_for(desk, receipt)

    def moment(found: datetime | None, otherwise: str) -> str:
        return desk.formats.moment(found, seconds=True) if found else otherwise

    by = f"{receipt.actor} ({receipt.role.value})"
    facts = [
        *([("Asked by", _asked(desk, asked)), ("Confirmed by", by)] if asked else [("By", by)]),
        ("Application", _label(desk, receipt)),
        ("Reason", reason_of(desk, receipt.reason_code, receipt.reason) or "none given"),
        ("Ticket", receipt.ticket or "none given"),
        ("Confirmed", moment(receipt.confirmed, "not yet")),
        ("Sent", moment(receipt.sent, "nothing left the desk")),
        ("Answered", moment(receipt.finished, "not yet")),
        ("Attempts", str(receipt.attempts)),
    ]
    st.markdown("  \n".join(f":gray[{name}] {md(text)}" for name, text in facts))
    application = _application(desk, receipt)
    ticket = application.ticket_link(receipt.ticket) if application and receipt.ticket else None
    with st.container(horizontal=True):
        if asked:
            _way_to_what_waited(desk, asked)
        if ticket:
            st.link_button("Open the ticket", ticket, type="tertiary", icon=":material/open_in_new:")


def one_line(desk: Desk, receipt: Receipt, back: Receipt | None = None) -> str:
    """The line to paste into a ticket. `back`: the receipt that took it back."""
    said = outcome(receipt.words)
    customers = [name_of(each) for each in receipt.subjects if each.kind == "profile"]
    whose = f", customer {', '.join(customers)}" if customers and receipt.target.kind != "profile" else ""
    items = returned_items(receipt, desk.formats)
    what = f"{title(receipt)}{f': {items}' if items else ''}"
    what = f"{what} ({receipt.target.kind} {name_of(receipt.target)}{whose})"
    when = desk.formats.moment(receipt.confirmed)
    points = "".join(f" {each}." for each in _points(desk, receipt))
    reason = reason_of(desk, receipt.reason_code, receipt.reason)
    why = f" Reason: {reason}." if reason else ""
    asked = asked_for(desk, receipt)
    by = f" By {receipt.actor} ({receipt.role.value})."
    who = f" Asked for by {asked.actor}, confirmed by {receipt.actor}." if asked else by
    ticket = f" Ticket {receipt.ticket}." if receipt.ticket else ""
    line = f"{_label(desk, receipt)}: {what}: {said.text}.{points}{why}{ticket}{who} {when}, receipt {receipt.id}"
    return f"{line}. {back_on(desk, back)}, receipt {back.id}" if back else line


def name_of(thing: Target) -> str:
    """Its id as people know it: a card's without the program."""
    id_ = thing.id or "erased"
    return id_.partition("/")[2] or id_ if thing.kind == "card" else id_


def customers(receipt: Receipt) -> str:
    """Whom it was for: those whom it names, else those whom it touched. Nothing where the target says it."""
    if receipt.target.kind == "profile":
        return ""
    for found in (receipt.meant, receipt.subjects):
        ids = [each.id for each in found if each.kind == "profile" and each.id]
        if ids:
            return ", ".join(ids)
    return ""


def _points(desk: Desk, receipt: Receipt) -> list[str]:
    """What can be spent now, ledger by ledger, where reading back showed that it moved."""
    programs, formats = programs_of(desk), desk.formats
    return [
        f"{words.label(line.topic, line.about, programs).text}: "
        f"{words.value(line.topic, line.before, formats)} before, "
        f"{words.value(line.topic, line.actual, formats)} afterwards"
        for line in receipt.lines
        if line.topic == "points.active" and line.read and line.actual != line.before
    ]


def back_on(desk: Desk, back: Receipt) -> str:
    """ "Taken back on ...": when that was confirmed."""
    return f"Taken back on {desk.formats.moment(back.confirmed)}"


def to_copy(desk: Desk, receipt: Receipt, back: Receipt | None = None) -> None:
    """What is pasted elsewhere: the line for the ticket, the words for the customer (unless it was taken back, by
    `back`), the ids."""
    reply(one_line(desk, receipt, back), "For the ticket")
    if back is None:
        applications = {each.name: each for each in desk.process.settings.applications}
        of = applications.get(receipt.application, desk.application)
        reply(marked(words_of_reply(receipt, desk.formats), of))
    with st.container(horizontal=True, gap="medium"):
        for each in receipt.subjects:
            with st.container(width="content", gap="xsmall"):
                copyable(name_of(each), each.kind.capitalize())


def raw_effects(desk: Desk, receipt: Receipt) -> list[dict[str, object]]:
    """What the API answered, in its own form, with personal attributes masked."""
    return [
        {**each, "props": desk.masking.props(str(each.get("effectType")), props)}
        if isinstance(props := each.get("props"), Mapping)
        else dict(each)
        for each in receipt.effects
    ]


def erased(desk: Desk, receipt: Receipt) -> None:
    """What is left of a receipt whose data was erased."""
    panel(
        "Its data was erased on request",
        "Whom it was for, why, what it read and what the API answered are gone. What it was, who did it and when, "
        "and what became of it, stay.",
        key="erased",
    )
    facts = [
        ("By", f"{receipt.actor} ({receipt.role.value})"),
        ("Application", _label(desk, receipt)),
        ("Confirmed", desk.formats.moment(receipt.confirmed, seconds=True)),
        ("Receipt", receipt.id),
    ]
    st.markdown("  \n".join(f":gray[{name}] {md(text)}" for name, text in facts))
