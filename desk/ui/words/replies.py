"""What an agent can say to the customer about a change: plain words, nothing that was not proven, no jargon."""

from desk.guard.model import Line, Receipt, Verification
from desk.guard.outcome import Outcome
from desk.ui.formats import Formats, to_decimal

_DONE = {
    "reserve_coupon": "We have added the coupon {id} to your account. You can use it with your next order.",
    "release_coupon": "The coupon {id} has been taken off your account.",
    "unlink_card": "The loyalty card {id} is no longer linked to your account. Its points stay on the card.",
    "erase_customer": "Your data was erased from our promotions and loyalty programs.",
    "link_card": "The loyalty card {id} is now linked to your account.",
    "generate_card": "Your new loyalty card is ready. Its number is {id}.",
    "return_items": "We have registered the return of {units} from order {id}.",
    "reopen_session": "We have reopened order {id}, so that it can be changed.",
    "cancel_session": "We have cancelled order {id}.",
    "update_profile": "We have changed your details as you asked.",
}
_UNKNOWN = (
    "We are checking whether your request has gone through, and will come back to you as soon as we know."
)
_NOT_DONE = (
    "Your request has not been carried out yet: nothing has changed on your account. We are looking into it."
)


def reply(receipt: Receipt, formats: Formats) -> str:
    """The reply for a receipt. Figures are only named when reading back showed them."""
    if receipt.outcome is Outcome.DONE and receipt.verification is not Verification.NOT_THERE:
        pattern = _DONE.get(receipt.kind, "Your request has been carried out.")
        id_ = (
            (receipt.target.id or "").rpartition("/")[2]
            if receipt.target.kind == "card"
            else receipt.target.id
        )
        text = pattern.format(id=id_ or "", units=formats.count(_units(receipt), "item"))
        return " ".join((text, *_points(receipt, formats)))
    if receipt.outcome in (Outcome.UNKNOWN, Outcome.SENDING, Outcome.DONE):
        return _UNKNOWN
    return _NOT_DONE


def _units(receipt: Receipt) -> int:
    moved = 0
    for line in receipt.lines:
        if line.topic == "item.returned" and line.read:
            moved += int(to_decimal(line.actual) or 0) - int(to_decimal(line.before) or 0)
    return moved


def _points(receipt: Receipt, formats: Formats) -> list[str]:
    """How many points can be spent now, where the change moved one main ledger and nothing else.

    A subledger's figure is not what the customer can spend: beside it the main ledger may hold more.
    """
    moved = [line for line in receipt.lines if line.topic.startswith("points.") and _differs(line)]
    ledgers = {line.about for line in moved}
    active = [line for line in moved if line.topic == "points.active"]
    if len(ledgers) != 1 or len(active) != 1 or active[0].about[1]:
        return []
    return [f"You can now spend {formats.points_named(to_decimal(active[0].actual))}."]


def _differs(line: Line) -> bool:
    return line.read and line.actual is not None and to_decimal(line.actual) != to_decimal(line.before)
