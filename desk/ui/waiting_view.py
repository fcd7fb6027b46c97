"""A change above somebody's limit, as people read it: what waits, why, and the link for a supervisor."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from desk.guard import GuardError, Over, Role, Waiting
from desk.ui.current import Desk
from desk.ui.escape import md
from desk.ui.receipt_view import KINDS, WAITS, name_of, reason_of
from desk.ui.strip import copyable, panel
from desk.ui.words import Tone, waiting
from talon_client import NotAllowed

PAGE = WAITS
MEANT = {
    "return_items": "Return of items, session {}",
    "reopen_session": "Reopening of session {}",
    "cancel_session": "Cancelling of session {}",
}
FORETOLD = "return_cart_items"
"""What a dry run has weighed; of other operations it is known only how much they can take back at most."""


def over_text(desk: Desk, role: Role, exceeded: Sequence[Over], operation: str) -> str:
    """ "It takes back 812 points, more than the 500 points of an agent alone"; of a value that is not known, that."""
    formats = desk.formats
    takes = "It takes back" if operation == FORETOLD else "It can take back up to"

    def write(each: Over, text: str) -> str:
        number = Decimal(text)
        return formats.points_named(number) if each.what == "points" else formats.money(number)

    def tell(each: Over) -> str:
        limit = write(each, each.limit)
        if each.is_ is None:
            return (
                f"What it takes back in money is not known, for a price is missing. "
                f"{role.named.capitalize()} alone may take back up to {limit}"
            )
        return f"{takes} {write(each, each.is_)}, more than the {limit} of {role.named} alone"

    return "; ".join(map(tell, exceeded))


def title(found: Waiting) -> str:
    """What was meant, in a few words: "Reopening of session ORD-1"."""
    name = name_of(found.target)
    if found.kind in MEANT:
        return MEANT[found.kind].format(name)
    return f"{KINDS.get(found.kind, found.kind)}, {found.target.kind} {name}"


def link_of(found: Waiting) -> str:
    """The address that goes to a supervisor, as this browser sees the desk."""
    base = (st.context.url or "").split("?")[0].rstrip("/")
    root = base.rsplit("/", 1)[0] if base.count("/") > 2 else base
    return f"{root}/waiting?application={found.application}&plan={found.plan_id}"


WHAT_NEXT = (
    "Send a supervisor the link below. They see the change anew, as it is then, and confirm or decline it."
)


def kept(desk: Desk, found: Waiting, *, key: str) -> None:
    """Nothing was sent: what to do with the link."""
    panel("Nothing was sent: it waits for a supervisor", WHAT_NEXT, Tone.PENDING, key=key)
    copyable(link_of(found), "Link for a supervisor")


def decide(desk: Desk, found: Waiting, note: str) -> str:
    """Declines it, or withdraws what this person had asked for; why that was not possible, or nothing."""
    try:
        desk.guard.decline(found.plan_id, desk.actor, note)
    except GuardError as error:
        return str(error)
    except NotAllowed as error:
        return error.reason
    return ""


def facts(desk: Desk, found: Waiting, items: str = "") -> None:
    """What of it, who asked, when and why; who decided."""
    formats = desk.formats
    why = reason_of(desk, found.reason_code, found.reason)
    lines = [
        *([("Items", items)] if items else []),
        ("Asked by", f"{found.actor} ({found.role.value}), {formats.moment(found.asked)}"),
        ("Above the limit", over_text(desk, found.role, found.over, found.operation)),
        ("Reason", why or "none given"),
        ("Ticket", found.ticket or "none given"),
    ]
    if found.decided is not None:
        said = f"{waiting(found.state.value).text} by {found.decided_by}, {formats.moment(found.decided)}"
        lines.append(("Decided", f"{said}: {found.note}" if found.note else said))
    st.markdown("  \n".join(f":gray[{name}] {md(text)}" for name, text in lines))
