"""States of sessions, coupons, points, cards and ledger rows in plain words (source: facts.md)."""

from collections.abc import Mapping

from desk.ui.words.base import Tone, Words, unknown

_SESSIONS = {
    "open": ("Open", Tone.PENDING, "The cart is not paid yet: points and discounts are proposed, not given."),
    "closed": (
        "Closed",
        Tone.ACTIVE,
        "The order is paid: its coupons are redeemed and its points are given.",
    ),
    "partially_returned": (
        "Partly returned",
        Tone.SPENT,
        "Some or all items came back; what they earned is taken back as far as the program's return policy takes it "
        "back. The API keeps this state after a full return.",
    ),
    "cancelled": (
        "Cancelled",
        Tone.EXPIRED,
        "Its coupons can be used again, and its points are taken back as far as the program's return policy takes them "
        "back. It cannot be opened again.",
    ),
}
_COUPONS = {
    "active": (
        "Active",
        Tone.ACTIVE,
        "Reserved and not used up. If its campaign is only scheduled, it works from the campaign's start.",
    ),
    "used": ("Used", Tone.SPENT, "Redeemed as often as it may be."),
    "expired": ("Expired", Tone.EXPIRED, "Its last day is over."),
    "pending": ("Not valid yet", Tone.PENDING, "Its first day is still to come."),
    "disabled": ("Campaign off", Tone.NEGATIVE, "Its campaign is not active, so it cannot be redeemed."),
}
_POINTS = {
    "active": ("Active", Tone.ACTIVE, "Can be spent now."),
    "pending": ("Pending", Tone.PENDING, "Booked, and can be spent from a later day or after an action."),
    "spent": ("Spent", Tone.SPENT, "Used for an order."),
    "expired": ("Expired", Tone.EXPIRED, "Not used before its last day."),
    "negative": (
        "Negative",
        Tone.NEGATIVE,
        "Owed: more was taken back than was left. New points pay this off first.",
    ),
}
_CARDS = {
    "active": ("Active", Tone.ACTIVE, "Points can be earned and spent with it."),
    "inactive": ("Inactive", Tone.EXPIRED, "No points move on it until it is activated."),
    "blocked": (
        "Blocked",
        Tone.NEGATIVE,
        "Its points were moved to another card in Campaign Manager. This cannot be undone.",
    ),
}
_RESERVATIONS = {
    "hard": (
        "Holders only",
        Tone.ACTIVE,
        "The code needs a reservation; without one it is refused.",
    ),
    "soft": (
        "Anyone",
        Tone.SPENT,
        "The reservation only shows the code to the customer.",
    ),
    "implicit": ("Anyone, shown to all", Tone.PLAIN, "The campaign shows this code to all customers."),
    "personal": (
        "Its recipient only",
        Tone.PLAIN,
        "Made for one customer. It cannot be reserved for anybody else.",
    ),
}
_MOVES = {
    "addition": ("Added", Tone.ACTIVE, "Points were added."),
    "subtraction": ("Taken off", Tone.SPENT, "Points were spent or taken back."),
}
_SOURCES = {
    "manual": ("By hand", "Booked by a person in Campaign Manager."),
    "session": ("By an order", "Booked by a rule for an order."),
    "import": ("By an import", "Booked by a file that somebody imported."),
}
_PROGRESS = {
    "inprogress": ("Under way", Tone.PENDING, ""),
    "completed": ("Completed", Tone.ACTIVE, ""),
    "expired": ("Expired", Tone.EXPIRED, "Its time ran out before the target was reached."),
    "not_started": ("Not started", Tone.PLAIN, ""),
}


def _find(table: Mapping[str, tuple[str, Tone, str]], word: str | None, thing: str) -> Words:
    """The entry for `word`, or the word itself where nobody knows it."""
    found = table.get(word or "")
    return Words(found[0], word or "", found[1], found[2]) if found else unknown(word or "", thing)


def session_state(word: str | None) -> Words:
    """`closed` as "Closed", with what it means for points and coupons."""
    return _find(_SESSIONS, word, "session state")


def coupon_state(word: str | None) -> Words:
    """The inventory's coupon state. "active" does not promise that the campaign runs (facts.md, Coupons)."""
    return _find(_COUPONS, word, "coupon state")


def reservation(word: str | None) -> Words:
    """`hard`, `soft`, `implicit` or `personal`: how a code is tied to customers."""
    return _find(_RESERVATIONS, word, "kind of reservation")


def points_status(word: str | None) -> Words:
    """`active`, `pending`, `spent`, `expired` or `negative`."""
    return _find(_POINTS, word, "points status")


def card_status(word: str | None) -> Words:
    """`active`, `inactive` or `blocked`."""
    return _find(_CARDS, word, "card status")


def move(word: str | None) -> Words:
    """A ledger row's type: `addition` or `subtraction`."""
    return _find(_MOVES, word, "transaction type")


def source(word: str | None) -> Words:
    """Where a ledger row comes from: `manual`, `session` or `import`."""
    found = _SOURCES.get(word or "")
    return Words(found[0], word or "", Tone.PLAIN, found[1]) if found else unknown(word or "", "source")


def progress(word: str | None) -> Words:
    """An achievement's progress status."""
    return _find(_PROGRESS, word, "progress status")
