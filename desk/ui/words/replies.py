"""What an agent can say to the customer about a change: plain words, nothing that was not proven, no jargon."""

from collections.abc import Sequence
from decimal import Decimal

from desk.guard.model import Line, Receipt, Scalar, Verification
from desk.guard.outcome import Outcome
from desk.ui.escape import short
from desk.ui.formats import Formats, to_decimal

_DONE = {
    "reserve_coupon": "We have added the coupon {id} to your account.",
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
    """The reply for a receipt. Figures are only named when reading back showed them, or when they were sent."""
    if receipt.outcome is Outcome.DONE and receipt.verification is not Verification.NOT_THERE:
        pattern = _DONE.get(receipt.kind, "Your request has been carried out.")
        id_ = (
            (receipt.target.id or "").rpartition("/")[2]
            if receipt.target.kind == "card"
            else receipt.target.id
        )
        units = _units(receipt)
        text = pattern.format(id=id_ or "", units=formats.count(units, "item") if units > 0 else "items")
        return " ".join((text, *_usable(receipt), *_points(receipt, formats)))
    if receipt.outcome in (Outcome.UNKNOWN, Outcome.SENDING, Outcome.DONE):
        return _UNKNOWN
    return _NOT_DONE


def _units(receipt: Receipt) -> int:
    """How many units came back with this change, as reading back showed, else as they were sent."""
    lines = [line for line in receipt.lines if line.topic == "item.returned"]
    return sum(_moved(line, line.actual if line.read else line.expected) for line in lines)


def _returned(receipt: Receipt) -> list[tuple[str, int]]:
    """What reading back showed to have come back with this change: the item's name (else its SKU), and how many."""
    lines = [line for line in receipt.lines if line.topic == "item.returned" and line.read]
    return [(line.about[-1], _moved(line, line.actual)) for line in lines]


def _moved(line: Line, to: Scalar) -> int:
    return int(to_decimal(to) or 0) - int(to_decimal(line.before) or 0)


def _usable(receipt: Receipt) -> list[str]:
    """That a reserved code can be used, where its state was read as active: it may be used up, over, or not begun."""
    states = [line.actual for line in receipt.lines if line.topic == "coupon.state" and line.read]
    return ["You can use it with your next order."] if states == ["active"] else []


def returned_items(receipt: Receipt, formats: Formats) -> str:
    """`1 × Canvas tote, 2 × Mug`: what came back, as reading back showed; empty for other changes."""
    return ", ".join(
        f"{formats.count(moved)} × {short(item, 60)}" for item, moved in _returned(receipt) if moved
    )


def _points(receipt: Receipt, formats: Formats) -> list[str]:
    """What happened to the points, and how many can be spent now, where the change moved one main ledger and nothing
    else.

    A subledger's figure is not what the customer can spend: beside it the main ledger may hold more.
    """
    moved = [line for line in receipt.lines if line.topic.startswith("points.") and _differs(line)]
    ledgers = {line.about for line in moved}
    active = [line for line in moved if line.topic == "points.active"]
    if len(ledgers) != 1 or len(active) != 1 or active[0].about[1]:
        return []
    told = f"You can now spend {formats.points_named(to_decimal(active[0].actual))}."
    return [*_why(receipt, active[0].about, formats), told]


_WHY = {
    "return_items": (" for the returned items", ""),
    "cancel_session": (" that this order had earned", " spent on this order"),
    "reopen_session": (" that this order had earned", " spent on this order"),
}


def _why(receipt: Receipt, about: tuple[str, ...], formats: Formats) -> list[str]:
    """How many points of that ledger were taken back and given back, as the API answered."""
    earned = back(receipt).get(about, Decimal(0))
    spent = back(receipt, ("effect.points_given_back",)).get(about, Decimal(0))
    if receipt.kind not in _WHY:
        return []
    of_earned, of_spent = _WHY[receipt.kind]
    said = []
    if earned:
        was = "was" if earned == 1 else "were"
        said.append(f"{formats.points_named(earned)}{of_earned} {was} taken back.")
    if spent:
        was = "was" if spent == 1 else "were"
        said.append(f"{formats.points_named(spent)}{of_spent} {was} given back.")
    return said


def back(
    receipt: Receipt, topics: Sequence[str] = ("effect.points_taken_back", "effect.points_owed")
) -> dict[tuple[str, ...], Decimal]:
    """Points by ledger that the API's answer says to have gone back: those that were earned, below zero included."""
    found: dict[tuple[str, ...], Decimal] = {}
    for line in receipt.lines:
        points = to_decimal(line.actual) if line.read and line.topic in topics else None
        if points:
            found[line.about] = found.get(line.about, Decimal(0)) + abs(points)
    return found


def _differs(line: Line) -> bool:
    return line.read and line.actual is not None and to_decimal(line.actual) != to_decimal(line.before)
