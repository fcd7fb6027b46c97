"""What proves a verdict on missing points, line by line. No Streamlit."""

from collections.abc import Sequence

from desk.applications import Application
from desk.insight.effects import Purse, PurseChange
from desk.insight.missing_fates import Brought, Fate, Part
from desk.insight.missing_verdict import Missing
from desk.ui.escape import short
from desk.ui.formats import Formats
from desk.ui.words import session_state
from desk.ui.words import sessions as words
from talon_client.models import RuleFailureReason


def part_line(part: Part, zoned: Formats) -> str:
    """One part as evidence: what became of how many points, when, and by what."""
    amount = zoned.points_named(part.amount)
    at = zoned.moment(part.at) if part.at else "a moment that the API does not name"
    until = f", usable until {zoned.moment(part.expires)}" if part.expires else ", without an end"
    text = {
        Fate.ACTIVE: f"{amount} can be used now{until}",
        Fate.PENDING: f"{amount} pending until {at}",
        Fate.WAITING: f"{amount} waiting for an action",
        Fate.EXPIRED: f"{amount} expired unused on {at}",
        Fate.SPENT: f"{amount} used on {at}",
        Fate.TAKEN_BACK: f"{amount} taken back on {at}",
    }[part.fate]
    by = (
        f" by {short(part.by.session, 40)}" if part.by and part.by.session and part.fate is Fate.SPENT else ""
    )
    if part.fate is Fate.SPENT and part.by and not part.by.session:
        by = f", “{short(part.by.name, 40)}”" if part.by.name else ", by hand"
    back = f" (were used for {short(part.back_from, 40)} and given back)" if part.back_from else ""
    return f"{text}{by}{back}{' (inferred)' if part.inferred else ''}"


def earned_line(each: Brought, application: Application, formats: Formats) -> str:
    """`1,417 points in Points club, earned on Fri 28 Nov 2025 by “10 points per euro”`; the day in the zone of
    `formats`."""
    rules = list(dict.fromkeys(row.rule or row.name for row in each.rows if row.rule or row.name))
    by = f" by “{short(rules[0], 60)}”" if len(rules) == 1 else f" by {len(rules)} rules" if rules else ""
    on = formats.moment(min(row.created for row in each.rows))
    return (
        f"{formats.points_named(each.awarded)} in {words.ledger(each.purse, application)}, earned on {on}{by}"
    )


def order_line(found: Missing, formats: Formats) -> str:
    """The order as it stands: state, when it was changed last, whose it is, what it cost."""
    session = found.session
    state = session_state(session.state).text
    on = f", last changed on {formats.moment(session.updated)}" if session.updated else ""
    total = (
        "" if session.totals.total is None else f", {formats.money(session.totals.total)} before discounts"
    )
    return f"The order: {state.lower()}{on}, of {words.who(session)}{total}"


def searched_line(purses: Sequence[Purse], application: Application) -> str:
    """Where was looked, subledgers included."""
    names = [words.ledger(each, application) for each in purses]
    return (
        f"Looked through, with all subledgers: {', '.join(names)}"
        if names
        else "No program or card to look through"
    )


def unheld_line(changes: Sequence[PurseChange], application: Application, formats: Formats) -> str:
    """That the order names points which no ledger holds."""
    named = words.amounts(changes, lambda each: each.earned, application, formats)
    return (
        f"The order itself names {named}, and no ledger has a row of it for them: rows may have been deleted in "
        "Campaign Manager"
    )


def failure_line(failure: RuleFailureReason) -> str:
    """A rule that gave nothing, with its campaign and the API's own reason."""
    code = failure.coupon_value or failure.referral_value
    about = f" for {short(code, 40)}" if code else ""
    campaign = failure.campaign_name or f"campaign {failure.campaign_id}"
    rule = short(failure.rule_name or "unnamed", 80)
    return f"“{rule}” of {short(campaign, 80)}{about}: {failure.details or 'no reason given'}"
