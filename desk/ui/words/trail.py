"""The audit trail in plain words: what was done, what became of it, and what checking the chain found."""

from collections.abc import Mapping

from desk.guard.audit import Verification
from desk.ui.formats import Formats
from desk.ui.words.base import Tone, Words
from desk.ui.words.outcomes import WAITING, outcome, verification, waiting
from talon_client import Safety
from talon_client.operations import OPERATIONS as API

_READS = frozenset(each.id for each in API.values() if each.safety is Safety.READ)

# Of the API, then the desk's own.
_OPERATIONS: dict[str, str] = {
    "create_coupon_reservation": "Reserve a coupon",
    "delete_coupon_reservation": "Release a reservation",
    "link_loyalty_card_to_profile": "Link a card",
    "unlink_loyalty_card_from_profile": "Unlink a card",
    "generate_loyalty_card": "Generate a card",
    "return_cart_items": "Return items",
    "reopen_customer_session": "Reopen a session",
    "update_customer_session_v2": "Cancel a session",
    "update_customer_profile_v2": "Change a profile",
    "update_customer_profiles_v2": "Change many profiles",
    "create_referral": "Make a referral code",
    "create_referrals_for_multiple_advocates": "Make many referral codes",
    "track_event": "Send an event",
    "track_event_v2": "Send an event",
    "track_event_v3": "Send an event",
    "join_loyalty_program": "Join a loyalty program",
    "activate_loyalty_points": "Activate points",
    "delete_loyalty_transactions_from_ledgers": "Delete points transactions",
    "delete_customer_data": "Erase a customer's data at Talon.One",
    "create_audience_v2": "Make an audience",
    "update_audience_v2": "Rename an audience",
    "delete_audience_v2": "Delete an audience",
    "update_audience_customers_attributes": "Change attributes of an audience",
    "delete_audience_memberships_v2": "Empty an audience",
    "update_customer_profile_audiences": "Change audiences of profiles",
    "sync_catalog": "Change a catalog",
    "export": "Save a file",
    "reveal": "Reveal a masked field",
    "sign_in": "Sign in",
    "sign_out": "Sign out",
    "erase": "Erase the desk's own records of somebody",
    "forget_details": "Delete old details",
    "read_trail": "Read the audit trail",
}
OPERATIONS = frozenset(_OPERATIONS)

_OUTCOMES: dict[str, tuple[str, Tone]] = {
    "sending": ("Confirmed", Tone.PLAIN),
    "done": ("Done", Tone.ACTIVE),
    "refused": ("Refused by the API", Tone.NEGATIVE),
    "failed": ("Not done", Tone.NEGATIVE),
    "unknown": ("Unknown", Tone.PENDING),
    "not_allowed": ("Not allowed", Tone.NEGATIVE),
    "idle": ("Ended: nobody was there", Tone.PLAIN),
    "over": ("Ended: it had lasted long enough", Tone.PLAIN),
}
_KINDS = {"profile": "customer"}

PROVES = (
    "An intact chain proves that no row was changed, taken out, swapped or slipped in by anybody who lacks the "
    "audit key, even with full access to the database."
)
PROVES_NOT = (
    "It does not prove that everything that happened was written down; nor that the newest rows were not cut off, "
    "unless it is checked against the seal of an earlier export; nor who took away a detail that is gone (erasures and "
    "deletions for age have rows of their own, so compare their numbers); and nothing against somebody who holds both "
    "the database and the key."
)
_PROBLEMS: Mapping[str, str] = {
    "missing": "Rows before row {0} are missing.",
    "changed": "Row {0} was changed, or was not written with this desk's key.",
    "order": "Row {0} does not follow from the row before it: it was swapped, or comes from another history.",
    "detail_changed": "The details of row {0} were changed.",
    "head": "The end of the trail should be row {0}, and is not: rows at the end were deleted or added by hand.",
    "cut_off": "Row {0}, which the seal speaks of, is not in this trail any more: its end was cut off, it was changed, "
    "or the seal is of another desk.",
}


def operation(key: str) -> Words:
    """What was done; an operation that has no words is shown by its name."""
    if key in _OPERATIONS:
        return Words(_OPERATIONS[key], key)
    return Words("Look something up", key) if key in _READS else Words(key, key)


def trail_outcome(key: str) -> Words:
    """What became of it: of a row, so a change has several, one after the other."""
    if key in _OUTCOMES:
        text, tone = _OUTCOMES[key]
        return Words(text, key, tone)
    if key in WAITING:
        return waiting(key)
    found = verification(key)
    if found.text != key:
        return Words(f"Read back: {found.text[:1].lower()}{found.text[1:]}", key, found.tone)
    return outcome(key)


def kind(key: str) -> str:
    """A kind of thing, as the desk calls it."""
    return _KINDS.get(key, key)


def checked(found: Verification, formats: Formats, *, against: bool) -> Words:
    """What checking the chain found, in two sentences. `against`: it was held against an earlier seal."""
    rows = formats.count(found.rows, "row")
    gone = _gone(found, formats)
    if not found.intact:
        number = formats.count(len(found.problems), "place")
        return Words(
            "The trail was tampered with", "", Tone.NEGATIVE, f"{number} in {rows} do not fit. {gone}"
        )
    if not found.rows:
        return Words("The trail is empty", "", Tone.PLAIN, "Nothing has been written down yet.")
    held = (
        "The row of the seal is still part of it, so nothing up to there was cut off."
        if against
        else "Whether rows were cut off at the end, only the seal of an earlier export can tell."
    )
    return Words(
        "The trail is intact", "", Tone.ACTIVE, f"{rows}, each in its place and unchanged. {gone} {held}"
    )


def _gone(found: Verification, formats: Formats) -> str:
    if not found.blanked:
        return "All details are there, and unchanged." if found.intact else ""
    erased = found.blanked - found.deleted
    parts = [
        f"{formats.count(number, 'row')} {what}"
        for number, what in (
            (erased, "erased on request"),
            (found.deleted, "deleted (for their age, as a rule)"),
        )
        if number
    ]
    return f"Details are gone of {' and '.join(parts)}; the chain does not need them."


def problem(sequence: int, what: str, formats: Formats) -> str:
    """One thing that is wrong with the chain."""
    return _PROBLEMS.get(what, "Row {0}: " + what).format(formats.count(sequence))
