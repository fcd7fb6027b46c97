"""The verdict on missing points in sentences: the answer, how sure it is, what to do, and what proves it. No
Streamlit."""

from collections.abc import Sequence

from desk.applications import Application
from desk.insight.missing_fates import Fate, Part
from desk.insight.missing_verdict import Certainty, Missing, Verdict
from desk.ui.escape import short
from desk.ui.formats import Formats
from desk.ui.words import Tone, Words
from desk.ui.words import sessions as words

_TONES = {
    Verdict.THERE: Tone.ACTIVE,
    Verdict.PENDING: Tone.PENDING,
    Verdict.WAITING: Tone.PENDING,
    Verdict.OPEN: Tone.PENDING,
    Verdict.SPENT: Tone.SPENT,
    Verdict.EXPIRED: Tone.EXPIRED,
}
_NEXT = {
    Verdict.UNKNOWN_ORDER: "Check the number with the customer: O and 0, capitals, the prefix. Another environment "
    "holds other orders.",
    Verdict.OPEN: "Points are given when the shop closes the order. If the customer has paid, tell whoever runs the "
    "shop that this order was never closed.",
    Verdict.OTHER_ACCOUNT: "Ask the customer whether they have another account. Points are moved in Campaign Manager "
    "only, by somebody who may.",
    Verdict.PENDING: "Tell the customer the date. Nothing has to be done.",
    Verdict.WAITING: "Find out with whoever runs the campaign which action starts these points, and tell the customer.",
    Verdict.ELSEWHERE: "Tell the customer where the points are.",
    Verdict.SPENT: "Tell the customer what they were used for. If they did not make that order, treat it as misuse of "
    "their account.",
    Verdict.EXPIRED: "Tell the customer the date. To make up for it, hand the exact amounts over to Campaign Manager, "
    "below.",
    Verdict.THERE: "Tell the customer where to look. If they see another figure in the shop, the shop may show an old "
    "one.",
    Verdict.RULE_FAILED: "If the customer should have had points by an offer of that day, hand this order over to "
    "whoever runs the campaigns.",
    Verdict.WOULD_AWARD: "Hand this order over to whoever runs the campaigns: only they can see which rules held on "
    "its day, and add points.",
    Verdict.NO_ROW: "Ask somebody who may make dry runs why no rule gave points.",
}
_CANCELLED = "Tell the customer. If the order was not meant to be cancelled, a new one is needed."
_RETURNED = "Tell the customer. If nothing came back, the return was booked by mistake: tell the shop."
_THOUGH_CANCELLED = (
    "Tell the customer. What a cancel takes back follows the program's return policy: if more should have been taken "
    "back, tell whoever runs the program."
)
_SURE = {
    Certainty.PROVEN: ("Proven", Tone.ACTIVE, "The ledger and the state of the order say so."),
    Certainty.INFERRED: (
        "Inferred",
        Tone.PENDING,
        "That the points are used is certain. What used them follows from the order of spending: earliest expiry "
        "first, unlimited last. The API does not say it.",
    ),
    Certainty.TODAY: (
        "By today's rules",
        Tone.PENDING,
        "That there is no row is certain. Why was tried on today's rules, budgets and customer; on the day of the "
        "order they may have been others.",
    ),
    Certainty.PARTLY: ("Partly known", Tone.PENDING, "That there is no row is certain; why is not known."),
}


def certainty(found: Missing) -> Words:
    """How sure the verdict is: `text` for a badge, `detail` what it rests on."""
    text, tone, detail = _SURE[found.certainty]
    if found.certainty is Certainty.INFERRED and found.fate is not Fate.SPENT:
        detail = (
            "These points were spent once and given back. Which ones follows from the order of spending; the API does "
            "not say it."
        )
    return Words(text, "", tone, detail)


def next_step(found: Missing, may_try: bool) -> str:
    """What to do now."""
    if found.verdict is None:
        return "Try again. Say nothing to the customer before everything could be read."
    if found.verdict is Verdict.ROLLED_BACK:
        return _CANCELLED if found.session.state == "cancelled" else _RETURNED
    if found.though_cancelled:
        return _THOUGH_CANCELLED
    if found.zero_total:
        return "Tell the customer. If they paid something, tell the shop: the total that it sent for this order is 0."
    if found.verdict is Verdict.NO_ROW and may_try:
        return "Try again to learn why, or hand this order over to whoever runs the campaigns."
    return _NEXT[found.verdict]


def zoned(found: Missing, application: Application, formats: Formats) -> Formats:
    """The one zone of all that is said of a finding: the program's where points have days, else the reader's."""
    main = found.main or next(iter(found.brought), None)
    return words.zoned(application, main.purse, formats) if main else formats


def headline(found: Missing, application: Application, formats: Formats) -> Words:
    """The answer: one sentence, and what it means."""
    if found.verdict is None:
        return Words(
            "It could not be looked everywhere, so there is no answer yet",
            detail="Some of what would prove it could not be read; half of it proves nothing.",
        )
    text, detail = _said(found, application, formats)
    return Words(text, "", _TONES.get(found.verdict, Tone.PLAIN), detail)


def _said(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    say = {
        Verdict.UNKNOWN_ORDER: _unknown,
        Verdict.OPEN: _open,
        Verdict.OTHER_ACCOUNT: _other_account,
        Verdict.NO_ROW: _no_row,
        Verdict.WOULD_AWARD: _would_award,
        Verdict.RULE_FAILED: _rule_failed,
    }
    known = say.get(found.verdict) if found.verdict else None
    return (known or _of_ledger)(found, application, formats)


def _unknown(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    name = short(found.question.session_id)
    return f"No order “{name}” is known here", f"{application.label} does not know it."


def _open(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    gets = words.amounts(found.session.points, lambda each: each.earned, application, formats)
    proposal = f"Once closed it would bring {gets}, as proposed now." if gets else "Nothing is proposed now."
    return "The order is still open, and only a closed order brings points", proposal


def _no_row(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    return "No points were given for this order", "No ledger of the customer has a row for it."


def _would_award(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    gets = words.amounts(found.would, lambda each: each.earned, application, formats)
    return (
        f"No points were given, but today's rules would award {gets}",
        "Rules, budgets and the customer change: this is not what the order should have got.",
    )


def _other_account(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    if not found.session.profile_id:
        return (
            "The order was made without an account, so nobody got its points",
            "It names no profile, as when somebody orders as a guest.",
        )
    return (
        "The order belongs to another account",
        f"It was made by {short(found.session.profile_id, 40)}, not by {short(found.question.customer, 40)}.",
    )


def _rule_failed(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    """That the total is 0, before any rule; else names the rule where one is known to give points, or where only one
    comes into question."""
    if found.zero_total:
        return _zero_total(found)
    count = found.known or found.of_points or len(found.failures)
    if found.known or count == 1:
        first = found.failures[0]
        rest = {1: "", 2: "One more such rule does not apply either."}.get(
            count, f"{count - 1} more such rules do not apply either."
        )
        return (
            f"No points were given: the rule “{short(first.rule_name or 'unnamed', 60)}” does not apply",
            " ".join(filter(None, (_sentence(first.details), rest))),
        )
    none = "No points were given, and by today's rules there are none for it"
    if found.of_points:
        return none, f"None of the {count} rules of campaigns that deal with points applies. Why is below."
    if found.failures:
        return none, f"None of {count} rules applies; which of them give points is not known. Why is below."
    return (
        none,
        "No rule names a reason: the campaign may be over, or its points may come to zero for this cart.",
    )


def _zero_total(found: Missing) -> tuple[str, str]:
    """The total, and the rule that is known to give points, or the only one that comes into question, with the API's
    own reason: it may give points for something else than the amount."""
    said = "Rules that give points for the amount paid give none for 0."
    if found.known or (found.of_points or len(found.failures)) == 1:
        first = found.failures[0]
        rule = short(first.rule_name or "unnamed", 60)
        said = f"{said} The rule “{rule}” does not apply either. {_sentence(first.details)}".strip()
    return "No points were given, and the order's total is 0", said


def _sentence(text: str | None) -> str:
    """The API's own reason as a sentence."""
    said = (text or "").strip()
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('.') else '.'}" if said else ""


def _of_ledger(found: Missing, application: Application, formats: Formats) -> tuple[str, str]:
    main, fate = found.main, found.fate
    if main is None:
        return "The order was cancelled, so it brings no points", "No row shows points of it."
    assert fate is not None
    zoned, amount = words.zoned(application, main.purse, formats), found.amount
    points = (
        f"{formats.points(amount)} of this order's {formats.points_named(main.awarded)}"
        if amount < main.awarded
        else f"The {formats.points_named(amount)} of this order"
    )
    where = words.ledger(main.purse, application)
    days = _days(main.of(fate), zoned)
    rest = " ".join(
        f"{formats.points(main.total(each))} {_FATES[each]}."
        for each in Fate
        if each is not fate and main.total(each)
    )
    one = amount == 1
    though = ", although it was cancelled" if found.though_cancelled and fate is not Fate.EXPIRED else ""
    if found.verdict is Verdict.ELSEWHERE:
        to = f"the card {main.purse.card}" if main.purse.card else f"“{main.purse.subledger}”"
        them = "They" if amount == main.awarded else f"{formats.points(amount)} of them"
        is_, waits = ("is", "waits") if one and amount < main.awarded else ("are", "wait")
        state = {
            Fate.PENDING: f"{them} {is_} pending until {days}.",
            Fate.WAITING: f"{them} {waits} for an action.",
        }
        return (
            f"The {formats.points_named(main.awarded)} of this order went to {to}{though}",
            f"That is {where}. {state.get(fate, f'{them} can be used there now.')} {rest}".strip(),
        )
    text = {
        Fate.PENDING: f"{points} {'is' if one else 'are'} pending until {days}",
        Fate.WAITING: f"{points} {'waits' if one else 'wait'} for an action, and for no date",
        Fate.SPENT: f"{points} {'was' if one else 'were'} earned and {'has' if one else 'have'} been used since",
        Fate.EXPIRED: f"{points} expired on {days}",
        Fate.ACTIVE: f"{points} {'is' if one else 'are'} there and can be used now",
        Fate.TAKEN_BACK: f"{points} {'was' if one else 'were'} taken back",
    }[fate]
    because = {"cancelled": "The order was cancelled.", "partially_returned": "Items came back."}
    why = (
        because.get(found.session.state, "") if fate in (Fate.TAKEN_BACK, Fate.EXPIRED) and not though else ""
    )
    used = f"{used_for(main.of(fate), zoned)}." if fate is Fate.SPENT else ""
    if rest and fate is Fate.TAKEN_BACK and amount == main.awarded:
        rest += " That much was taken from other points, or is owed."
    return f"{text}{though}", " ".join(filter(None, (f"In {where}.", why, used, rest)))


_FATES = {
    Fate.PENDING: "are pending",
    Fate.WAITING: "wait for an action",
    Fate.SPENT: "have been used",
    Fate.EXPIRED: "expired",
    Fate.ACTIVE: "can be used now",
    Fate.TAKEN_BACK: "were taken back",
}


def _days(parts: Sequence[Part], zoned: Formats) -> str:
    """`Fri 28 Nov 2025`, or the first and the last of several days."""
    days = list(dict.fromkeys(zoned.day(part.at) for part in parts if part.at))
    return (
        days[0]
        if len(days) == 1
        else f"{days[0]} to {days[-1]}"
        if days
        else "a day that the API does not name"
    )


def used_for(parts: Sequence[Part], zoned: Formats) -> str:
    """`Used for ORD-1 on Fri 28 Nov 2025`, or for how many orders and when."""
    orders = list(dict.fromkeys(part.by.session for part in parts if part.by and part.by.session))
    if not any(part.by for part in parts):
        return "No row says what used them"
    on = f"on {_days(parts, zoned)}"
    if len(orders) == 1:
        return f"Used for {short(orders[0], 40)} {on}"
    return f"Used for {len(orders)} orders, {on}" if orders else f"Taken off {on}, not by an order"
