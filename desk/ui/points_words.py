"""A ledger in sentences: what can be spent, what comes, what goes, the tier, and whether the rows add up. No Streamlit.

Days of starts, expiries and tiers are said in the program's time zone: callers pass its `Formats`.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from desk.insight.balances import Balance, Reported, TierView
from desk.insight.cancelled import Cancelled
from desk.insight.columns import NEVER
from desk.insight.days import day_of, local, plus
from desk.insight.due import Due, awaiting, expiring, last_expiry, starting
from desk.insight.history import Ledger
from desk.insight.ledger import Status
from desk.insight.lots import Ladder, Redemption
from desk.insight.points import Points
from desk.insight.reconcile import Gap, Reconciliation, Suspect, SuspectKind, reconcile
from desk.ui.formats import Formats
from desk.ui.steps import Rung
from desk.ui.strip import Figure
from desk.ui.words.base import Tone

ZERO = Decimal(0)
SOON = timedelta(days=30)
WEEKS = 60
"""How far the ladder of expiries reaches."""
DAYS = 3
"""So many days of expiry are named of what a redemption takes."""


def known(ledger: Ledger, name: str) -> Decimal | None:
    """One figure of a ledger: the API's where it was read, else what the rows come to; None without either."""
    said: Decimal | None = getattr(ledger.reported, name) if ledger.reported is not None else None
    own: Decimal = getattr(ledger.balance, name)
    return own if said is None and ledger.has_rows else said


def figure(ledger: Ledger, name: str) -> Decimal:
    """The same, and nothing where it is not known."""
    return known(ledger, name) or ZERO


def unknown(where: Sequence[str] = ()) -> str:
    """Where nobody knows what can be spent: `How many points can be spent in Club and Shoes could not be read.`"""
    place = f" in {' and '.join(where)}" if where else ""
    return f"How many points can be spent{place} could not be read."


def first_of(points: Points) -> Ledger:
    """The ledger to show first: the main one, unless only another holds anything."""
    return min(
        points.ledgers,
        key=lambda each: (
            each.spendable <= 0,
            figure(each, "pending") <= 0,
            figure(each, "negative") <= 0,
            each.subledger != "",
        ),
        default=points.main,
    )


def spendable(active: Decimal, negative: Decimal, pending: Decimal, formats: Formats) -> str:
    """`250 points can be spent now.`, or that points are owed, or that there are none (yet)."""
    if active > 0:
        return f"{formats.points_named(active)} can be spent now."
    if negative > 0:
        return f"No points can be spent: {formats.points_named(negative)} are owed."
    return f"No points can be spent {'yet' if pending > 0 else 'now'}."


def coming(ledger: Ledger, zoned: Formats) -> str:
    """`40 more from Fri 28 Nov 2025, another 20 later.`, with what waits for an action and what no award explains;
    empty where nothing is pending."""
    pending = figure(ledger, "pending")
    if pending <= 0:
        return ""
    first, waiting = starting(ledger, zoned.tz), awaiting(ledger)
    dated = first.amount + first.later if first else ZERO
    if dated + waiting > pending:  # the API says less: nobody knows of which
        first, dated, waiting = None, ZERO, ZERO
    rest = pending - dated - waiting
    parts = [(first.amount, f"from {zoned.day(first.day)}"), (first.later, "later")] if first else []
    parts.append((waiting, "waits for an action" if waiting == 1 else "wait for an action"))
    parts.append((rest, "is pending" if rest == 1 else "are pending"))
    more = " more" if ledger.spendable > 0 else ""
    (amount, what), *others = [part for part in parts if part[0] > 0]
    said = [f"{zoned.points(amount)}{more} {what}"]
    said += [f"another {zoned.points(amount)} {what}" for amount, what in others]
    return f"{', '.join(said)}."


def going(ledger: Ledger, zoned: Formats) -> str:
    """`120 expire on Wed 3 Dec 2025 unless used before.`; empty where nothing has a last day."""
    first, active = expiring(ledger, zoned.tz), figure(ledger, "active")
    if first is not None:
        return _going(first, zoned, "")
    if not ledger.has_rows or active <= 0:
        return ""
    if dateless(ledger):
        return "Not all of their dates could be read."
    known = ledger.lots.there(Status.ACTIVE).total
    return "None of them expires." if known >= active else ""


def dateless(ledger: Ledger) -> Decimal:
    """Unused points of awards with a date that could not be read, and no expiry that could."""
    lots = ledger.lots.there(Status.ACTIVE, Status.PENDING)
    return lots.where((lots.columns.unreadable != 0) & (lots.columns.expires == NEVER)).total


def going_soon(ledger: Ledger, zoned: Formats, where: str = "") -> str:
    """The same when that day is within 30 days; `where` names the ledger where several are spoken of."""
    first = expiring(ledger, zoned.tz)
    return _going(first, zoned, where) if first is not None and first.day - ledger.now <= SOON else ""


def _going(first: Due, zoned: Formats, where: str) -> str:
    verb = "expires" if first.amount == 1 else "expire"
    place = f" ({where})" if where else ""
    return f"{zoned.points(first.amount)} {verb} on {zoned.day(first.day)} unless used before{place}."


def gone(ledger: Ledger, zoned: Formats, where: str = "") -> str:
    """`1,389 expired on Tue 27 Oct 2026.`; empty where nothing did lately. `where` as above."""
    last = last_expiry(ledger, zoned.tz)
    place = f" ({where})" if where else ""
    return "" if last is None else f"{zoned.points(last.amount)} expired on {zoned.day(last.day)}{place}."


def answer_of(ledger: Ledger, zoned: Formats) -> tuple[str, str]:
    """The answer in one or two sentences, and the line below it."""
    negative, pending = figure(ledger, "negative"), figure(ledger, "pending")
    sentence = spendable(ledger.spendable, negative, pending, zoned)
    if known(ledger, "active") is None and negative <= 0:
        sentence = unknown()
    above = " ".join(part for part in (sentence, coming(ledger, zoned)) if part)
    owed = "New points pay off first what is owed." if negative > 0 else ""
    below = " ".join(part for part in (owed, going(ledger, zoned), gone(ledger, zoned)) if part)
    return above, below


def tier_line(tier: TierView | None, zoned: Formats) -> str:
    """`Gold until Wed 31 Dec 2025. 260 points to Platinum.`; empty where the program has no tiers."""
    if tier is None:
        return ""
    parts = []
    if tier.name:
        parts.append(f"{tier.name} until {zoned.day(tier.expires)}." if tier.expires else f"{tier.name}.")
    if tier.next_name and tier.points_to_next is not None:
        start = "No tier yet: " if not tier.name else ""
        parts.append(f"{start}{zoned.points_named(tier.points_to_next)} to {tier.next_name}.")
    elif tier.top:
        parts.append("This is the highest tier.")
    return " ".join(parts)


def tier_ahead(tier: TierView | None, zoned: Formats) -> str:
    """What happens when the tier ends, as the API projects it; empty where it says nothing."""
    if tier is None or not tier.expires or not tier.name:
        return ""
    if tier.drops and tier.stay_points is not None:
        keep = "keeps" if tier.stay_points == 1 else "keep"
        return (
            f"With today's points {tier.projected_name or 'no tier'} after that."
            f" {zoned.points(tier.stay_points)} more by then {keep} {tier.name}."
        )
    if tier.projected_name == tier.name:
        return f"With today's points it stays {tier.name} after that."
    return f"{tier.projected_name} after that, with today's points." if tier.projected_name else ""


def tier_on(tier: TierView | None, day: datetime, now: datetime, zoned: Formats) -> str:
    """What can be said of the tier at another instant, and what cannot: the API tells the present tier with its dates,
    and what it becomes when it ends (facts.md, Loyalty ledger). Empty where there are no tiers."""
    if tier is None or not (tier.name or tier.next_name):
        return ""
    name, starts, ends = tier.name, tier.starts, tier.expires
    unknown = f"not known. The API tells today's only ({f'now {name}' if name else 'none now'}"
    if day_of(day, zoned.tz) == day_of(now, zoned.tz):
        text = f"{name or 'none yet'}."
    elif day < now and name and starts is not None and starts <= day:
        text = f"{name}, since {zoned.day(starts)}."
    elif day < now:
        text = f"{unknown}{f', since {zoned.day(starts)}' if name and starts else ''})."
    elif name and ends is not None and day < ends:
        text = (
            f"{name}, which lasts until {zoned.day(ends)}. More points may raise it before;"
            " in a program that lowers tiers at once, fewer may lower it."
        )
    else:
        text = f"{unknown}{f', until {zoned.day(ends)}' if name and ends else ''}). {tier_ahead(tier, zoned)}".strip()
    return f"Tier on that day: {text}"


def tier_share(tier: TierView | None, active: Decimal) -> float | None:
    """How far it is to the next tier, 0 to 1; None where there is none."""
    if tier is None or not tier.next_name or tier.points_to_next is None:
        return None
    whole = active + tier.points_to_next
    return float(max(ZERO, min(active / whole, Decimal(1)))) if whole > 0 else None


def name_of(ledger: Ledger, zoned: Formats) -> str:
    """What to call a ledger where one is chosen: its id and what is on it."""
    name = ledger.subledger or "Main ledger"
    pending = figure(ledger, "pending")
    if ledger.spendable <= 0 < pending:
        return f"{name}: {zoned.points(pending)} pending"
    return f"{name}: {zoned.points(known(ledger, 'active'))}"


def figures_of(ledger: Ledger, zoned: Formats) -> list[Figure]:
    """Active, pending, spent, expired, and what is owed where anything is."""
    start = starting(ledger, zoned.tz)
    active, pending = figure(ledger, "active"), figure(ledger, "pending")
    spent, expired = figure(ledger, "spent"), figure(ledger, "expired")
    when = f"from {zoned.short_day(start.day)}" if start and pending else ""
    last = last_expiry(ledger, zoned.tz)
    ended = f"{'on' if last.amount == expired else 'last on'} {zoned.short_day(last.day)}" if last else ""
    entries = [
        Figure("Can be spent", zoned.points(known(ledger, "active")), toned(active, Tone.ACTIVE)),
        Figure("Pending", zoned.points(known(ledger, "pending")), toned(pending, Tone.PENDING), when),
        Figure("Spent", zoned.points(known(ledger, "spent")), toned(spent, Tone.SPENT)),
        Figure("Expired", zoned.points(known(ledger, "expired")), toned(expired, Tone.EXPIRED), ended),
    ]
    owed = figure(ledger, "negative")
    if owed > 0:
        entries.insert(1, Figure("Owed", zoned.points(owed), Tone.NEGATIVE, "new points pay this first"))
    return entries


def toned(value: Decimal, tone: Tone) -> Tone:
    """The tone of a figure; a zero has none, so that what is there stands out."""
    return tone if value else Tone.PLAIN


def rungs_of(ladder: Ladder, now: datetime, zoned: Formats) -> tuple[list[Rung], datetime | None, Decimal]:
    """The weeks in which points expire as rungs of the ladder, when its axis begins if not with the first of them, and
    how many points expire after it. It is `WEEKS` long, from now on; from the first expiry on if that is far off."""
    first = ladder.weeks[0]
    near = first.first - now < timedelta(weeks=WEEKS / 2)
    last = plus(now if near else first.first, timedelta(weeks=WEEKS))
    shown = [each for each in ladder.weeks if each.first <= last]
    year = local(now, zoned.tz).year
    rungs = [
        Rung(
            datetime(each.week.year, each.week.month, each.week.day, tzinfo=zoned.tz),
            week_label(each.week) + (f" {each.week.year}" if each.week.year != year else ""),
            each.amount,
        )
        for each in shown
    ]
    later = sum((each.amount for each in ladder.weeks[len(shown) :]), ZERO)
    return rungs, now if near else None, later


def last_days(ladder: Ladder, zoned: Formats) -> dict[datetime, Decimal]:
    """What expires on which day, soonest first, for a ladder that is short enough to be read out."""
    days: dict[date, tuple[datetime, Decimal]] = {}
    for week in ladder.weeks:
        for lot in week.lots:
            if lot.window.expires is not None:
                day = day_of(lot.window.expires, zoned.tz)
                at, amount = days.get(day, (lot.window.expires, ZERO))
                days[day] = (at, amount + lot.remaining)
    return dict(days.values())


def week_label(monday: date) -> str:
    """`1-7 Dec`, `29 Dec-4 Jan`: the days of a week, as short as they can be said."""
    sunday = plus(monday, timedelta(days=6))
    first = f"{monday.day}" if monday.month == sunday.month else f"{monday.day} {monday:%b}"
    return f"{first}\N{EN DASH}{sunday.day} {sunday:%b}"


def explained(found: Reconciliation | None, rows: int) -> tuple[str, Tone]:
    """The badge: whether the rows come to what the API reports. Empty where there is nothing to add up."""
    if found is None or not found.checked:
        return "Not checked against the API's balance", Tone.PLAIN
    if found.explained:
        return "The history adds up to this balance" if rows else "", Tone.ACTIVE
    return "The history does not add up to this balance", Tone.NEGATIVE


_FIGURES = {
    "active": "that can be spent",
    "pending": "pending",
    "spent": "spent",
    "expired": "expired",
    "negative": "owed",
}


def gap_line(gap: Gap, formats: Formats) -> str:
    """`Points that can be spent: the API says 350, the rows come to 340 (+10).`"""
    return (
        f"Points {_FIGURES.get(gap.figure, gap.figure)}: the API says {formats.points(gap.reported)},"
        f" the rows come to {formats.points(gap.explained)} ({formats.change(gap.difference)})."
    )


def drawn_gap(found: Reconciliation | None, name: str, formats: Formats) -> str:
    """Says so where the chart of a figure ends at what the rows come to, and the API says something else."""
    gap = next((each for each in found.gaps if each.figure == name), None) if found is not None else None
    if gap is None:
        return ""
    return (
        f"This is what the rows come to: {formats.points(gap.explained)} today."
        f" The API says {formats.points(gap.reported)}; what does not add up is listed below."
    )


def differences(balance: Balance, said: Reported | None, formats: Formats) -> list[str] | None:
    """Where the API's balance of a day is not what the rows come to; None where it says nothing."""
    if said is None or not list(said.figures()):
        return None
    return [gap_line(gap, formats) for gap in reconcile(balance, said).gaps]


def redeemed_line(found: Redemption, after: Ladder, zoned: Formats) -> str:
    """`If 300 points are redeemed now, it takes 120 of what expires on Wed 3 Dec 2025, 180 of what never expires.`, and
    what goes first after that."""
    by_day: dict[str, Decimal] = {}
    never = ZERO
    for lot, amount in found.taken:
        if lot.window.expires is None:
            never += amount
        else:
            name = zoned.day(lot.window.expires)
            by_day[name] = by_day.get(name, ZERO) + amount
    parts = [
        f"{zoned.points(amount)} of what expires on {day}" for day, amount in list(by_day.items())[:DAYS]
    ]
    later = sum(list(by_day.values())[DAYS:], ZERO)
    if later:
        parts.append(f"{zoned.points(later)} of what expires later")
    if never:
        parts.append(f"{zoned.points(never)} of what never expires")
    text = (
        f"If {zoned.points_named(found.wanted)} are redeemed now, it takes {', '.join(parts) or 'nothing'}."
    )
    if found.short:
        text += f" {zoned.points_named(found.short)} more would be needed."
    if not after.weeks:
        return f"{text} Nothing is left to expire."
    first = after.weeks[0]
    day = last_days(Ladder((first,), ZERO), zoned)
    at, amount = next(iter(day.items()))
    return f"{text} After that {zoned.points(amount)} expire on {zoned.day(at)}, before any other."


_SUSPECTS = {
    SuspectKind.SAME_RULE_TWICE: "The same rule gave points twice for one order",
    SuspectKind.CANCELLED_SESSION: "Points of a cancelled order are still there",
    SuspectKind.ORPHAN_SUBTRACTION: "Points were taken off that were not there",
    SuspectKind.UNCLEAR_CAUSE: "It is not certain whether points were spent or taken back",
    SuspectKind.UNREADABLE_DATE: "A date of the API could not be read",
    SuspectKind.FUTURE_DATE: "A row is dated in the future, and does not count yet",
    SuspectKind.OTHER_LOTS: "The API counts other points as left than the documented order of spending leaves",
}


def suspect_line(suspect: Suspect, formats: Formats) -> str:
    """What is worth a look, with its orders or days."""
    where = list(dict.fromkeys(row.session or formats.short_day(row.created) for row in suspect.rows))
    named = ", ".join(where[:5]) + (f" and {formats.count(len(where) - 5)} more" if len(where) > 5 else "")
    return f"{_SUSPECTS.get(suspect.kind, suspect.kind.value)}: {named}."


def looked_line(found: Cancelled, formats: Formats) -> str:
    """How many orders were read for their states: `Not one is cancelled of 10 of 34 orders with points, the newest.`"""
    which = f"{formats.count(found.of, 'order')} with points"
    if found.looked < found.of:
        which = f"{formats.count(found.looked)} of {which}, the newest"
    said = f"Looked at for that: {which}." if found.suspect else f"Not one is cancelled of {which}."
    unread = f"{formats.count(len(found.unread), 'order')} could not be read." if found.unread else ""
    return f"{said if found.looked else ''} {unread}".strip()
