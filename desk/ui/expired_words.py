"""What expired, as a text for whoever adds points in Campaign Manager: exact amounts, ids, days. No Streamlit."""

from collections.abc import Sequence
from decimal import Decimal

from desk.applications import Application
from desk.insight.expired import Expired, ExpiredDay
from desk.insight.ledger import Row
from desk.insight.points import Points
from desk.ui.formats import Formats
from desk.ui.strip import mark_of

MOST_LOTS = 100
MOST_ADDED = 5


def hand_off(points: Points, found: Expired, application: Application, formats: Formats) -> str:
    """What to add by hand, for whom, and why. Amounts are exact and ungrouped; days in the zone of `formats`."""
    program = application.program(points.program_id)
    lines = [
        f"Points to add by hand in Campaign Manager: {found.amount:f}",
        f"Application: {mark_of(application).title}",
        f"Program: {program.title} (id {points.program_id})",
        f"Subledger: {found.ledger.subledger or 'none, the main ledger'}",
        f"{'Card' if points.card else 'Customer profile'}: {points.holder}",
        "They expired unused:",
    ]
    lots = [(day, each) for day in found.days for each in day.lots]
    for day, each in lots[:MOST_LOTS]:
        row = each.lot.row
        order = f"order {row.session}" if row.session else "no order"
        rule = f', by "{row.rule or row.name}"' if row.rule or row.name else ""
        lines.append(
            f"- {each.amount:f} of {each.lot.awarded:f}, {order}{rule}, earned {formats.moment(row.created)}, "
            f"expired {formats.moment(each.at)}, transaction {row.key}"
        )
        if each is day.lots[-1]:
            lines.append(f"  {balances(day)}")
    rest = sum((each.amount for _, each in lots[MOST_LOTS:]), Decimal(0))
    if rest:
        lines.append(f"- {rest:f} in {len(lots) - MOST_LOTS} older awards")
    since = added_lines(found.since, formats)
    lines.append(f"Added by hand or imported since: {'; '.join(since) or 'nothing'}")
    return "\n".join(lines)


def balances(day: ExpiredDay) -> str:
    """What could be spent at the end of the day before, and of the day itself."""
    return (
        f"Balance at the end of the day before {day.before:f}, at the end of {day.day:%d %b %Y} {day.after:f}"
    )


def added_lines(rows: Sequence[Row], formats: Formats) -> list[str]:
    """`150 on Fri 28 Nov 2025, 14:05 CET ("Goodwill")`, newest first; of many what the rest comes to."""
    lines = [_added(row, formats) for row in rows[:MOST_ADDED]]
    rest = rows[MOST_ADDED:]
    if rest:
        lines.append(f"{sum((row.amount for row in rest), Decimal(0)):f} in {len(rest)} earlier rows")
    return lines


def _added(row: Row, formats: Formats) -> str:
    name = f' ("{row.name}")' if row.name else ""
    ledger = f" in {row.subledger}" if row.subledger else ""
    return f"{row.amount:f}{ledger} on {formats.moment(row.created)}{name}"
