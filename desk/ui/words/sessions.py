"""A session in plain words: the one sentence on top, what it gave by ledger, what came back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from desk.applications import Application
from desk.insight.effects import Purse, PurseChange, purse_of
from desk.insight.returning import PointsPreview, TierRisk
from desk.insight.sessions import SessionView
from desk.insight.taken_back import TakenBack
from desk.ui.escape import short
from desk.ui.formats import Formats, to_datetime
from desk.ui.words.base import Tone, Words
from desk.ui.words.effects import Names
from desk.ui.words.states import session_state
from talon_client.models import Effect

_TONES = {"open": Tone.PENDING, "closed": Tone.PLAIN, "partially_returned": Tone.PLAIN}


def names_of(application: Application, session: SessionView) -> Names:
    """What programs and cart lines are called in this session's effects."""
    return Names(
        {each.id: each.title for each in application.programs},
        {line.position: line.name or line.sku for line in session.lines},
    )


def ledger(purse: Purse, application: Application, *, card: bool = True) -> str:
    """`Points club`, `Points club / bonus`, `Store card (CARD-1001)`; the card is left out where it goes without."""
    title = application.program(purse.program_id).title
    title = f"{title} / {purse.subledger}" if purse.subledger else title
    return f"{title} ({purse.card})" if purse.card and card else title


def amounts(
    changes: Sequence[PurseChange],
    figure: Callable[[PurseChange], Decimal],
    application: Application,
    formats: Formats,
) -> str:
    """`849 points`, or by ledger where there are several: `849 points in Points club and 84.9 in Store card`."""
    found = [(each, figure(each)) for each in changes if figure(each)]
    if len(found) < 2:
        return formats.points_named(found[0][1]) if found else ""
    parts = [
        f"{formats.points(value)} in {ledger(each.purse, application, card=False)}" for each, value in found
    ]
    first = formats.points_named(found[0][1])
    return " and ".join((parts[0].replace(formats.points(found[0][1]), first, 1), *parts[1:]))


def headline(session: SessionView, application: Application, formats: Formats, now: datetime) -> Words:
    """The answer: state, day, who paid what and earned what. `detail` says what that means, and which of the
    points cannot be spent yet at `now` (days in the program's zone)."""
    state = session_state(session.state)
    say = {
        "closed": _closed,
        "open": _open,
        "partially_returned": _returned,
        "cancelled": _cancelled,
    }.get(session.state)
    text = say(session, application, formats) if say else f"In the state “{state.text}”"
    detail = _left(session, application, formats) if session.state == "partially_returned" else state.detail
    if session.state == "closed":
        got = any(each.earned for each in session.points) or any(
            each.effect_type == "acceptCoupon" for each in session.effects
        )
        detail = " ".join([detail if got else _NOTHING, *_later(session, application, formats, now)])
    return Words(text, session.state, _TONES.get(session.state, Tone.PLAIN), detail)


_NOTHING = "The order is complete: no coupon was redeemed with it, and no points were given."


def pending(session: SessionView, now: datetime) -> dict[Purse, dict[datetime | None, Decimal]]:
    """Points of a session that were given for later, by ledger and start; None starts with an action."""
    found: dict[Purse, dict[datetime | None, Decimal]] = {}
    for each in session.effects:
        purse = purse_of(each, session.profile_id) if each.effect_type == "addLoyaltyPoints" else None
        awaits, start = each.props.get("awaitsActivation") is True, to_datetime(each.text("startDate"))
        if purse is not None and (awaits or (start is not None and start > now)):
            days, at = found.setdefault(purse, {}), None if awaits else start
            days[at] = days.get(at, Decimal(0)) + abs(each.number("value") or Decimal(0))
    return found


def zoned(application: Application, purse: Purse, formats: Formats) -> Formats:
    """The formats with the days of that ledger's program."""
    zone = application.program(purse.program_id).time_zone or application.time_zone
    return replace(formats, zone=zone)


def _later(session: SessionView, application: Application, formats: Formats, now: datetime) -> list[str]:
    """`1,417 of them are pending until Fri 27 Nov 2026.`, a sentence for each ledger and day."""
    several = sum(1 for each in session.points if each.earned) > 1
    said = []
    for purse, days in pending(session, now).items():
        local = zoned(application, purse, formats)
        them = f"those in {ledger(purse, application, card=False)}" if several else "them"
        by_day: dict[str, Decimal] = {}
        for at, amount in days.items():
            words = "were given as pending, until they are activated"
            if at is not None:
                other = local.day(at) != formats.day(at)  # another day where the reader is
                words = f"until {local.day(at)}" + (f" ({local.zone})" if other else "")
            by_day[words] = by_day.get(words, Decimal(0)) + amount
        for words, amount in by_day.items():
            verb = "is pending" if amount == 1 else "are pending"
            tail = words if words.startswith("were") else f"{verb} {words}"
            said.append(f"{formats.points(amount)} of {them} {tail}.")
    return said


def who(session: SessionView) -> str:
    """The customer's id, shortened, or that there is none."""
    return short(session.profile_id, 40) if session.profile_id else "a customer without a profile"


def _closed(session: SessionView, application: Application, formats: Formats) -> str:
    day = f" on {formats.day(session.updated)}" if session.updated else ""
    earned = amounts(session.points, lambda each: each.earned, application, formats)
    paid = "" if session.totals.to_pay is None else f" paid {formats.money(session.totals.to_pay)} and"
    return f"Closed{day}: {who(session)}{paid} earned {earned or 'no points'}"


def _open(session: SessionView, application: Application, formats: Formats) -> str:
    if not session.effects:
        cart = "" if session.totals.total is None else f" of {formats.money(session.totals.total)}"
        return f"Open: {who(session)} has a cart{cart}, nothing is proposed yet"
    earned = amounts(session.points, lambda each: each.earned, application, formats)
    pay = "" if session.totals.to_pay is None else f" pay {formats.money(session.totals.to_pay)} and"
    return f"Open: {who(session)} would{pay} earn {earned or 'no points'}"


def _returned(session: SessionView, application: Application, formats: Formats) -> str:
    came, all_ = units(session)
    if came == all_ and all_:
        return f"Everything came back: {formats.count(all_, 'item')} returned"
    return f"Partly returned: {formats.count(came)} of {formats.count(all_, 'item')} came back"


def _left(session: SessionView, application: Application, formats: Formats) -> str:
    """What is left of the points that it earned."""
    parts = [
        f"{formats.points(each.earned - each.lost)} of {formats.points_named(each.earned)} in "
        f"{ledger(each.purse, application)}"
        for each in session.points
        if each.earned
    ]
    return f"Left of what it earned: {', '.join(parts)}." if parts else "It earned no points."


def _cancelled(session: SessionView, application: Application, formats: Formats) -> str:
    day = f" on {formats.day(session.updated)}" if session.updated else ""
    return f"Cancelled{day}: the order of {who(session)} was called off"


def units(session: SessionView) -> tuple[int, int]:
    """How many units came back, and how many were ordered."""
    return sum(line.returned for line in session.lines), sum(line.quantity for line in session.lines)


def came_back(session: SessionView, formats: Formats) -> str:
    """`1 T-shirt, organic and 2 City sneaker`: what was returned so far, all returns together."""
    parts = [
        f"{formats.count(line.returned)} × {short(line.name or line.sku, 40)}"
        for line in session.lines
        if line.returned
    ]
    return _and(parts)


def came_when(found: TakenBack, here: Sequence[datetime], formats: Formats) -> str:
    """On which days items came back, as far as the ledgers and this desk's own returns (`here`) tell."""
    days, mine = (list(dict.fromkeys(map(formats.day, each))) for each in (found.at, here))
    said = []
    if not {*days} <= {*mine}:
        said.append(f"Points were taken back for it on {_and(days)}.")
    if mine:
        said.append(f"Returns were made at this desk on {_and(mine)}.")
    if found.unread:
        said.append("The ledgers could not be read just now: on which other days is not known.")
    elif days and found.complete:
        said.append("Which item came back on which of them, this API does not say." if len(days) > 1 else "")
    else:
        others = "Of others, this API" if said else "This API"
        said.append(
            f"{others} says how much of a line came back, not when; the dates stand in Campaign Manager."
        )
    return " ".join(filter(None, said))


def _and(parts: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


_RISKS = {
    TierRisk.DROPS_NOW: "The tier changes with this: from {tier} to {after} in {where}.",
    TierRisk.MORE_MISSING: "To keep the tier {tier} in {where}, {missing} more are needed when it ends instead of "
    "{had}.",
    TierRisk.MAYBE_MORE: "To keep the tier {tier} in {where}, {had} more are needed when it ends; after this it may "
    "be more than that.",
    TierRisk.UNKNOWN: "The tier {tier} in {where} may be lost: fewer points remain, and this API does not say where "
    "it ends.",
}


def tier(points: PointsPreview, application: Application, formats: Formats) -> str:
    """What the loss of points means for the tier of one ledger: from what to what, where that is known."""
    had = points.tier.stay_points if points.tier and points.tier.stay_points else Decimal(0)
    return _RISKS.get(points.risk, "").format(
        tier=points.tier.name if points.tier else "",
        after=(points.tier_after.name if points.tier_after else "") or "no tier",
        where=ledger(points.purse, application),
        had=formats.points(had),
        missing=formats.points_named(had + (points.missing_later or 0)),
    )


def owed(points: PointsPreview, application: Application, formats: Formats) -> str:
    """That points will be owed in one ledger."""
    debt = (points.after.negative if points.after else None) or points.change.owed
    where = ledger(points.purse, application)
    return f"More is taken back than is left: {formats.points_named(debt)} would be owed in {where}."


def not_known(points: PointsPreview, policy: str | None, application: Application) -> str:
    """Why nobody can say beforehand what one ledger comes to."""
    if policy is None:
        why = "this desk was not told the program's return policy"
    elif points.change.spent:
        why = "points that were spent are given back, and some of them may have expired"
    elif points.before is None:
        why = "its balance could not be read"
    else:
        why = "the API did not say which of its points are unused"
    return f"What the points in {ledger(points.purse, application)} come to is not known beforehand: {why}."


# What makes two effects of one kind the same thing, so that their values may be added up.
_SAME = {
    "rollbackAddedLoyaltyPoints": ("programId", "subLedgerId", "cardIdentifier"),
    "rollbackDeductedLoyaltyPoints": ("programId", "subLedgerId", "cardIdentifier"),
    "addNegativeLoyaltyPoints": ("programId", "subLedgerId", "cardIdentifier"),
    "rollbackDiscount": ("name", "additionalCost"),
}


def merged(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The effects with rollbacks of one ledger, or of one discount, added up: one for each returned unit is noise."""
    found: dict[object, Effect] = {}
    for place, each in enumerate(effects):
        props = _SAME.get(each.effect_type or "")
        key = place if props is None else (each.effect_type, *(each.text(name) for name in props))
        had = found.get(key)
        if props is None or had is None:
            kept = (
                each.props
                if props is None
                else {name: each.props[name] for name in props if name in each.props}
            )
            value = {} if props is None else {"value": each.number("value")}
            found[key] = each.model_copy(update={"props": {**kept, **value}})
            continue
        total = (had.number("value") or Decimal(0)) + (each.number("value") or Decimal(0))
        found[key] = had.model_copy(update={"props": {**had.props, "value": total}})
    return tuple(found.values())
