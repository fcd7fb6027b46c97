"""One ledger on a page, of a profile or a card: answer, figures, chart, what expires, every row, and the proof."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from desk.guard.export import csv
from desk.guard.model import Target
from desk.insight.history import Ledger
from desk.insight.moves import Move
from desk.insight.points import Points
from desk.ui import charts, ledger_rows, points_words, tables
from desk.ui.choosing import choose
from desk.ui.current import Desk, here
from desk.ui.escape import md
from desk.ui.formats import Formats, differ
from desk.ui.place import go, stay
from desk.ui.steps import describe, finding
from desk.ui.strip import answer, figures, nothing
from desk.ui.theme import badge_md

SESSION = "pages/thing/session.py"
MAIN = "main"  # how the URL names the main ledger
WEEKS = 12
BARS = 3  # fewer than this are said in words


def chosen(points: Points, zoned: Formats) -> Ledger:
    """The ledger of the URL, else the first on which there are points; several can be chosen from."""
    names = {each.subledger or MAIN: points_words.name_of(each, zoned) for each in points.ledgers}
    value = choose(
        "Ledger",
        names,
        here().subledger or points_words.first_of(points).subledger or MAIN,
        "points-ledger",
        lambda name: replace(here(), subledger=name),
    )
    return points.ledger("" if value == MAIN else value) or points.main


def summary(ledger: Ledger, zoned: Formats) -> None:
    """The answer and the figures."""
    above, below = points_words.answer_of(ledger, zoned)
    answer(above, below)
    if not below:
        st.space("xsmall")
    figures(points_words.figures_of(ledger, zoned))


def zone_note(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """Names the program's zone where it is not the reader's: all days and times of a ledger are in it."""
    if differ(desk.formats, zoned, ledger.now):
        st.caption(md(f"Days and times of these points are those of {zoned.zone}, the program's time zone."))


def tier(ledger: Ledger, zoned: Formats) -> None:
    """The tier: how far to the next, until when this one, and what then. Nothing where the program has none."""
    view = ledger.tier
    if view is None or not (view.name or view.next_name):
        return
    line, share = points_words.tier_line(view, zoned), points_words.tier_share(view, ledger.spendable)
    if share is None:
        st.markdown(md(line))
    else:
        st.progress(share, text=md(line))
    ahead = points_words.tier_ahead(view, zoned)
    if ahead:
        st.caption(md(ahead))


def history(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """The chart of what could be spent, with its range in the URL."""
    if not ledger.has_rows:
        return
    if not any(move.change for move in ledger.moves):
        nothing("There were never points here that could be spent.", key="points-no-history")
        return
    place, now = here(), ledger.now
    value = choose(
        "Range of the chart",
        points_words.RANGES,
        place.range or points_words.default_range(ledger),
        "points-range",
        lambda name: replace(here(), range=name),
    )
    span = points_words.span_of(value)
    steps = points_words.steps_of(_within(ledger.past(), now - span if span else None, None))
    later = points_words.steps_of(_within(ledger.ahead(), None, now + span if span else None))
    title = finding(steps, zoned)
    charts.show(
        charts.point_history(steps, later, now, zoned, title, since=now - span if span else None),
        describe(steps, later, now, zoned, title),
        key="points-history",
    )


def _within(moves: Sequence[Move], start: datetime | None, end: datetime | None) -> Sequence[Move]:
    return [move for move in moves if (start is None or move.at >= start) and (end is None or move.at <= end)]


def expiries(ledger: Ledger, zoned: Formats) -> None:
    """What expires in which week, and what never does. Nothing where no points ever moved."""
    if not ledger.moves:
        return
    found = ledger.ladder(zoned.tz)
    st.subheader("What expires when", anchor=False)
    if not found.total:
        nothing("There are no unused points that could expire.", key="points-no-expiry")
        return
    rungs, later = points_words.rungs_of(
        ((each.week, each.amount) for each in found.weeks), ledger.now, zoned, WEEKS
    )
    lines = []
    if len(rungs) >= BARS:
        title = charts.ladder_finding(rungs, zoned)
        charts.show(charts.expiry_ladder(rungs, zoned, title), title, key="points-ladder")
    else:
        days = points_words.last_days(found, zoned)
        lines += [f"{zoned.points_named(amount)} on {zoned.day(at)}" for at, amount in days.items()]
    if later:
        lines.append(f"{zoned.points_named(later)} later, the last of them in {found.weeks[-1].week:%B %Y}")
    if found.unlimited:
        lines.append(f"{zoned.points_named(found.unlimited)} never expire")
    st.markdown("\n".join(f"- {md(line)}" for line in lines))


def rows(desk: Desk, points: Points, ledger: Ledger, zoned: Formats, name: str) -> None:
    """Every row with the balance after it, whether they explain the balance, and the file."""
    st.subheader("Every movement", anchor=False)
    if not ledger.has_rows:
        nothing("The rows could not be read, so nothing can be said about them.", key="points-no-rows")
        return
    lines = list(ledger.lines())
    transactions = sum(line.transaction for line in lines)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        text, tone = points_words.explained(ledger.reconciliation, transactions)
        if text:
            st.markdown(badge_md(text, tone))
        if lines:
            _download(desk, points, ledger, lines, name, zoned)
    _doubts(ledger, zoned)
    tables.show(
        ledger_rows.COLUMNS,
        ledger_rows.rows_of(lines, zoned),
        zoned,
        key=f"points-rows-{ledger.subledger}",
        alt=f"Ledger of {name}: what happened, points, balance after",
        one="step" if len(lines) > transactions else "row",
        height=_height(len(lines)),
        on_open=open_session([line.row.session for line in lines]),
    )
    if len(lines) > transactions:
        known, guessed = (
            desk.formats.count(transactions, "row"),
            desk.formats.count(len(lines) - transactions),
        )
        st.caption(f"{known} of the API, {guessed} inferred: starts and expiries have no row of their own.")


def _height(rows_: int) -> int | None:
    """A table that shows at most fifteen rows at once; shorter ones are as high as their rows."""
    return 560 if rows_ > 15 else None


def open_session(sessions: Sequence[str]) -> Callable[[int], None]:
    """Leads from a row to its order."""

    def leave(row: int) -> None:
        if sessions[row]:
            go(SESSION, here().of_session(sessions[row]))

    return leave


def _doubts(ledger: Ledger, zoned: Formats) -> None:
    """The exact gap of each figure, and rows worth a look."""
    found = ledger.reconciliation
    if found is None:
        return
    for gap in found.gaps:
        st.markdown(f"- {md(points_words.gap_line(gap, zoned))}")
    for suspect in found.suspects:
        st.markdown(f"- {md(points_words.suspect_line(suspect, zoned))}")


def _download(
    desk: Desk, points: Points, ledger: Ledger, lines: Sequence[Move], name: str, zoned: Formats
) -> None:
    guard, actor, application = desk.guard, desk.actor, desk.application
    subject = Target("card" if points.card else "profile", points.holder)
    mark = desk.mark.title if application.demo or not application.live else None

    def made() -> bytes:
        """Runs when somebody clicks: an export is written down before it is handed out."""
        guard.exported(application.name, actor, f"ledger of {name}", len(lines), subject)
        return csv(ledger_rows.FILE_COLUMNS, ledger_rows.file_rows(lines, zoned), mark=mark)

    st.download_button(
        "Save as CSV",
        made,
        file_name=_file_name("points", points.holder, name),
        mime="text/csv",
        key="points-csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )


def _file_name(*parts: str) -> str:
    """Letters, digits, dots and dashes only: ids hold slashes and worse."""
    return "-".join(re.sub(r"[^\w.-]+", "_", part)[:60].strip("._") or "x" for part in parts) + ".csv"


def on_a_day(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """The balance at the end of any day, past or future, by the rows. The day is in the URL."""
    place = here()
    day = _day(place.day)
    with st.expander("Balance on a date", expanded=day is not None, icon=":material/calendar_month:"):
        if not ledger.has_rows:
            nothing("The rows could not be read, so no other day can be reckoned.", key="points-no-day")
            return
        first = ledger.moves[0].at.astimezone(zoned.tz).date() if ledger.moves else ledger.now.date()
        today = ledger.now.astimezone(zoned.tz).date()
        st.session_state["points-day"] = day
        st.date_input(
            "At the end of the day",
            min_value=min(first, today, day or today) - timedelta(days=1),
            max_value=max(today, day or today) + timedelta(days=3 * 366),
            format="DD/MM/YYYY",
            key="points-day",
            on_change=_choose_day,
            width=220,
        )
        if day is None:
            nothing(
                f"Choose a day to see what could, or will, be spent then. Days are those of {zoned.zone}.",
                key="points-day-none",
            )
            return
        _balance_on(ledger, day, today, zoned)


def _choose_day() -> None:
    chosen: date | None = st.session_state["points-day"]
    stay(replace(here(), day=chosen.isoformat() if chosen else ""))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _balance_on(ledger: Ledger, day: date, today: date, zoned: Formats) -> None:
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zoned.tz).astimezone(UTC)
    balance = ledger.at(end - timedelta(microseconds=1))
    verb = "were" if day < today else "are" if day == today else "will be"
    there = f"There {verb} {zoned.points_named(balance.active)}"
    text = f"{there} to spend at the end of {zoned.day(end - timedelta(hours=1))}"
    st.markdown(f"**{md(text)}**")
    parts = [
        ("pending", balance.pending),
        ("spent until then", balance.spent),
        ("expired until then", balance.expired),
    ]
    if balance.negative:
        parts.append(("owed", balance.negative))
    st.markdown(md(" · ".join(f"{zoned.points(value)} {label}" for label, value in parts)))
    if day > today:
        st.caption("If nothing is earned or spent until then.")


def lots(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """Each award with what is left of it, folded away."""
    if not ledger.lots:
        return
    left = sum(1 for lot in ledger.lots if lot.remaining and lot.status.value != "expired")
    title = f"Awards and what is left of them: {desk.formats.count(len(ledger.lots), 'award')}, {left} with points left"
    fold = st.expander(title, key="points-lots", on_change="rerun", icon=":material/inventory_2:")
    if not fold.open:
        return
    with fold:
        newest = list(reversed(ledger.lots))
        tables.show(
            ledger_rows.LOT_COLUMNS,
            ledger_rows.lot_rows(newest, zoned),
            zoned,
            key="points-lots-table",
            alt="Awards with what is left of each",
            one="award",
            height=_height(len(newest)),
            on_open=open_session([lot.row.session for lot in newest]),
        )
        st.caption("Which award a spend drew on is inferred: earliest expiry first, unlimited last.")
