"""What became of a write, in plain words: an entry for each of `desk.guard.outcome.WORDS`, and for reading back."""

from desk.ui.words.base import Tone, Words, unknown

_READ_BACK = "The desk looks it up again by itself. Do not repeat the change before that."
_NOTHING = "Nothing has changed for the customer."
_IN_FORCE = "It was in force when the API answered."
_MAYBE = "It may or may not have happened for the customer."
_LOOK = "Open the customer again, look at what is there now, and start anew if it is still needed."

# key: (what happened, tone, what it means for the customer, what to do now)
_OUTCOMES: dict[str, tuple[str, Tone, str, str]] = {
    "sending": ("Being sent", Tone.PENDING, "Not answered yet.", "Wait a moment, then refresh."),
    "done": ("Done", Tone.ACTIVE, _IN_FORCE, ""),
    "done.unreadable": (
        "Done, but the answer could not be read",
        Tone.ACTIVE,
        "The API accepted it; what exactly it answered is lost.",
        "See below what reading back found.",
    ),
    "done.already": (
        "Done",
        Tone.ACTIVE,
        f"{_IN_FORCE} The first attempt had worked although its answer was lost.",
        "",
    ),
    "done.read_back": (
        "Done, as reading back shows",
        Tone.ACTIVE,
        "It was in force when read back. The answer itself was lost on the way.",
        "",
    ),
    "done.declared": (
        "Done, as somebody checked by hand",
        Tone.ACTIVE,
        "Whoever settled this receipt saw it in Campaign Manager.",
        "",
    ),
    "refused.bad_request": (
        "Refused: the API does not accept this change",
        Tone.NEGATIVE,
        _NOTHING,
        "The API's own reason is below. Correct what it names and start again.",
    ),
    "refused.unauthorized": (
        "Refused: the API key is not accepted",
        Tone.NEGATIVE,
        _NOTHING,
        "The key is wrong, expired, or of another environment. Whoever runs this desk has to replace it.",
    ),
    "refused.forbidden": (
        "Refused: the API key may not do this",
        Tone.NEGATIVE,
        _NOTHING,
        "Ask whoever runs this desk whether the key should be allowed to.",
    ),
    "refused.not_found": (
        "Refused: the API does not find it",
        Tone.NEGATIVE,
        _NOTHING,
        "Check the id and the Application; it may have been deleted meanwhile.",
    ),
    "refused.conflict": (
        "Refused: something else is changing it at the same time",
        Tone.NEGATIVE,
        _NOTHING,
        "Often the shop itself is updating this customer. Wait a few seconds and start again.",
    ),
    "refused.rate_limited": (
        "Refused: too many requests at the moment",
        Tone.NEGATIVE,
        _NOTHING,
        "Wait a minute and start again.",
    ),
    "refused.other": ("Refused by the API", Tone.NEGATIVE, _NOTHING, "The API's own reason is below."),
    "failed.not_sent": (
        "Not sent: the API could not be reached",
        Tone.NEGATIVE,
        f"Nothing left this desk. {_NOTHING}",
        "Check the connection, then start again.",
    ),
    "failed.not_allowed": (
        "Not sent: not allowed here",
        Tone.NEGATIVE,
        f"The desk refused before anything was sent. {_NOTHING}",
        "Somebody with the right role can do it.",
    ),
    "failed.configuration": (
        "Not sent: this desk is not set up for it",
        Tone.NEGATIVE,
        _NOTHING,
        "Tell whoever runs this desk; the message below names what is missing.",
    ),
    "failed.not_read": (
        "Not sent: the last look before sending failed",
        Tone.NEGATIVE,
        f"The desk sends nothing that it could not check first. {_NOTHING}",
        "Start again in a moment.",
    ),
    "failed.interrupted": (
        "Not sent: the desk was interrupted before sending",
        Tone.NEGATIVE,
        _NOTHING,
        "Start again.",
    ),
    "failed.not_there": (
        "Did not happen, as reading back shows",
        Tone.NEGATIVE,
        f"The request or its answer was lost. {_NOTHING}",
        "Start again.",
    ),
    "failed.declared": (
        "Did not happen, as somebody checked by hand",
        Tone.NEGATIVE,
        f"Whoever settled this receipt looked in Campaign Manager. {_NOTHING}",
        "Start again.",
    ),
    "unknown.lost": (
        "Unknown: the answer was lost",
        Tone.PENDING,
        _MAYBE,
        _READ_BACK,
    ),
    "unknown.server_error": (
        "Unknown: the API failed while working on it",
        Tone.PENDING,
        _MAYBE,
        _READ_BACK,
    ),
    "unknown.fault": (
        "Unknown: this desk failed while sending",
        Tone.PENDING,
        _MAYBE,
        f"{_READ_BACK} Tell whoever runs this desk, with the reference.",
    ),
    "unknown.interrupted": (
        "Unknown: the desk was interrupted while sending",
        Tone.PENDING,
        _MAYBE,
        _READ_BACK,
    ),
    "unknown.unclear": (
        "Unknown: reading back does not settle it",
        Tone.PENDING,
        f"{_MAYBE} Something else has changed the same thing meanwhile.",
        "Compare the figures below with Campaign Manager, using the ids on the receipt.",
    ),
    "unknown.no_read_back": (
        "Unknown, and this API cannot show it",
        Tone.PENDING,
        _MAYBE,
        "Check in Campaign Manager, using the ids on the receipt.",
    ),
    "unknown.past_world": (
        "Unknown: its demo world is gone",
        Tone.EXPIRED,
        "It was made in an earlier demo world, which ended with that run of the desk.",
        "Nothing to do.",
    ),
    "stale.changed": (
        "Not sent: it changed since you looked",
        Tone.PENDING,
        f"The preview was no longer true. {_NOTHING}",
        "Look at the new preview and confirm that.",
    ),
    "stale.old": (
        "Not sent: the preview was too old",
        Tone.PENDING,
        _NOTHING,
        "Look at the new preview and confirm that.",
    ),
    "stale.other_preview": (
        "Not sent: a newer preview exists",
        Tone.PENDING,
        f"Another tab or person previewed it again. {_NOTHING}",
        "Look at the new preview and confirm that.",
    ),
    "stale.past_world": (
        "Not sent: its demo world is gone",
        Tone.EXPIRED,
        "It was planned in an earlier demo world.",
        _LOOK,
    ),
}
_VERIFICATIONS = {
    "pending": (
        "Not checked yet",
        Tone.PENDING,
        "Reading back is under way. Refresh the receipt in a moment.",
    ),
    "as_previewed": (
        "As previewed",
        Tone.ACTIVE,
        "Read back after the change: everything is as the preview said.",
    ),
    "differs": (
        "Differs from the preview",
        Tone.PENDING,
        "Done, but not everything is as previewed; see the marked lines.",
    ),
    "not_there": (
        "Not visible",
        Tone.NEGATIVE,
        "The API said yes, but reading back does not show it. Check in Campaign Manager before telling the customer.",
    ),
    "could_not_look": ("Not checked", Tone.PENDING, "Reading back failed. Refresh the receipt to try again."),
    "not_needed": ("Nothing to check", Tone.PLAIN, "Nothing was done, so there was nothing to read back."),
}
_WAITING = {
    "waiting": (
        "Waits for a supervisor",
        Tone.PENDING,
        "Nothing was sent. A supervisor confirms or declines it.",
    ),
    "confirmed": ("Confirmed", Tone.ACTIVE, "The receipt says what became of it."),
    "declined": ("Declined", Tone.NEGATIVE, "Nothing was sent."),
    "withdrawn": ("Withdrawn", Tone.PLAIN, "Nothing was sent."),
}
OUTCOMES = tuple(_OUTCOMES)
WAITING = tuple(_WAITING)
VERIFICATIONS = tuple(_VERIFICATIONS)


def outcome(key: str, read: str = "") -> Words:
    """`Receipt.words` as words: `text` what happened, `customer` what it means for them, `detail` what to do.

    `read`: the moment of reading back, where that showed the change. A receipt tells of that moment, not of today.
    """
    found = _OUTCOMES.get(key)
    if found is None:
        return unknown(key, "outcome")
    said = found[2].replace(_IN_FORCE, f"It was in force when read at {read}.") if read else found[2]
    return Words(found[0], key, found[1], found[3], said)


def waiting(key: str) -> Words:
    """`State` of a change that somebody asked a supervisor for, as words: `detail` says what that means."""
    found = _WAITING.get(key)
    return Words(found[0], key, found[1], found[2]) if found else unknown(key, "state")


def verification(key: str, predicted: int = 0, lines: int = 0, unforeseen: int = 0) -> Words:
    """`Verification` as words: what reading back found. `predicted` of the `lines` shown had been promised;
    `unforeseen` of them changed without that."""
    found = _VERIFICATIONS.get(key)
    if found and key == "as_previewed" and unforeseen:
        what = "1 line" if unforeseen == 1 else f"{unforeseen} lines"
        rest = f"What was predicted came true ({predicted} of {lines} lines); see below what else changed."
        return Words(f"{what} changed that {_was(unforeseen)} not predicted", key, Tone.PENDING, rest)
    if found and key == "as_previewed" and predicted < lines:
        some = f"What was predicted came true ({predicted} of {lines} lines); the rest was not predicted."
        return Words(found[0], key, found[1], some)
    return Words(found[0], key, found[1], found[2]) if found else unknown(key, "verification")


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
