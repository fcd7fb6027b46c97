"""A ledger on other days: the balance on a date, checked against the API; what expires when, and if some are spent."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import streamlit as st

from desk.insight.balances import Balance, Reported
from desk.insight.days import DAY, day_of, end_of, plus
from desk.insight.history import Ledger
from desk.insight.ledger import Status
from desk.insight.lots import Ladder, Redemption, ladder
from desk.insight.points import Points, balances_at
from desk.lookup import RequestNote
from desk.ui import charts, expiry_chart, points_words
from desk.ui.current import Desk, here
from desk.ui.escape import in_key, md
from desk.ui.formats import Formats
from desk.ui.ledger_rows import usable
from desk.ui.part import part
from desk.ui.place import stay
from desk.ui.steps import Rung, describe_ladder, ladder_finding
from desk.ui.strip import nothing
from desk.ui.theme import badge_md
from desk.ui.words import Tone
from talon_client import TalonError

AWARDS = 6  # of a day's balance, one line each
BARS = 3  # fewer than this are said in words
_MOST = 1e12
ZERO = Decimal(0)


def expiries(desk: Desk, ledger: Ledger, zoned: Formats) -> None:
    """What expires in which week, and what never does; and if some are redeemed now: a part that runs again alone.
    Nothing where no points moved."""
    if ledger.moves:
        part(desk, lambda: _expiries(ledger, zoned))


def _expiries(ledger: Ledger, zoned: Formats) -> None:
    found = ledger.ladder(zoned.tz)
    st.subheader("What expires when", anchor=False)
    if not found.total:
        nothing("There are no unused points that could expire.", key="points-no-expiry")
        return
    slot = f"points-redeem-{in_key(ledger.subledger)}"
    redeemed = _redemption(ledger, slot) if found.weeks else None
    after = ladder(redeemed.after, ledger.now, zoned.tz) if redeemed else None
    lines, later, last = [], ZERO, ""
    if found.weeks:
        rungs, since, later = points_words.rungs_of(found, ledger.now, zoned)
        last = f"{found.weeks[-1].week:%B %Y}"
        if len(rungs) >= BARS:
            _bars(rungs, since, after, redeemed, zoned)
        else:
            near = replace(found, weeks=found.weeks[: len(rungs)])
            days = points_words.last_days(near, zoned)
            lines += [f"{zoned.points_named(amount)} on {zoned.day(at)}" for at, amount in days.items()]
    if later:
        lines.append(f"{zoned.points_named(later)} later, the last of them in {last}")
    unread = points_words.dateless(ledger)
    if found.unlimited > unread:
        lines.append(f"{zoned.points_named(found.unlimited - unread)} never expire")
    if unread:
        lines.append(f"{zoned.points_named(unread)} with a date that could not be read")
    st.markdown("\n".join(f"- {md(line)}" for line in lines))
    if found.weeks and ledger.balance.active > 0:
        st.number_input(
            "If so many points are redeemed now",
            min_value=0.0,
            max_value=_MOST,
            value=None,
            step=1.0,
            format="%.10g",
            placeholder=f"up to {zoned.points(ledger.balance.active)}",
            key=slot,
            width=260,
        )
    if redeemed is not None and after is not None:
        st.markdown(f"**{md(points_words.redeemed_line(redeemed, after, zoned))}**")
        st.caption(
            "Nothing is asked or changed. Points that expire first are taken first, as the documentation has it."
        )


def _redemption(ledger: Ledger, slot: str) -> Redemption | None:
    """What somebody typed below, and what it would take; None where nothing is typed."""
    amount = st.session_state.get(slot)
    if not isinstance(amount, float | int) or not 0 < amount <= _MOST:
        return None
    return ledger.if_redeemed(Decimal(str(amount)))


def _bars(
    rungs: Sequence[Rung],
    since: datetime | None,
    after: Ladder | None,
    redeemed: Redemption | None,
    zoned: Formats,
) -> None:
    title = ladder_finding(rungs, zoned)
    left = None
    if redeemed is not None and after is not None:
        title = f"{title}; if {zoned.points(redeemed.wanted)} are redeemed now, what is filled"
        still = {each.week: each.amount for each in after.weeks}
        left = {rung.start: still.get(rung.start.date(), ZERO) for rung in rungs}
    charts.show(
        expiry_chart.expiry_ladder(rungs, zoned, title, left, now=since),
        describe_ladder(rungs, zoned, title, left),
        key="points-ladder",
    )


def on_a_day(desk: Desk, points: Points, ledger: Ledger, zoned: Formats) -> tuple[RequestNote, ...]:
    """The balance at the end of any day, past or future, by the rows and by the API. The day is in the URL. What was
    asked."""
    day = _day(here().day)
    with st.expander("Balance on a date", expanded=day is not None, icon=":material/calendar_month:"):
        if not ledger.has_rows:
            nothing("The rows could not be read, so no other day can be reckoned.", key="points-no-day")
            return ()
        today = day_of(ledger.now, zoned.tz)
        first = day_of(ledger.moves[0].at, zoned.tz) if ledger.moves else today
        st.session_state["points-day"] = day
        st.date_input(
            "At the end of the day",
            min_value=plus(min(first, today, day or today), -DAY),
            max_value=plus(max(today, day or today), timedelta(days=3 * 366)),
            format="DD/MM/YYYY",
            key="points-day",
            on_change=_choose_day,
            width=220,
        )
        if day is None:
            nothing(
                "Choose a day, or click the chart, to see what could, or will, be spent then."
                f" Days are those of {zoned.zone}.",
                key="points-day-none",
            )
            return ()
        return _balance_on(desk, points, ledger, day, today, zoned)


def _choose_day() -> None:
    chosen: date | None = st.session_state["points-day"]
    stay(replace(here(), day=chosen.isoformat() if chosen else ""))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _balance_on(
    desk: Desk, points: Points, ledger: Ledger, day: date, today: date, zoned: Formats
) -> tuple[RequestNote, ...]:
    last = end_of(day, zoned.tz)
    balance = ledger.at(last)
    verb = "were" if day < today else "are" if day == today else "will be"
    there = f"There {verb} {zoned.points_named(balance.active)}"
    text = f"{there} to spend at the end of {zoned.day(last)}"
    st.markdown(f"**{md(text)}**")
    parts = [
        ("pending", balance.pending),
        ("spent until then", balance.spent),
        ("expired until then", balance.expired),
    ]
    if balance.negative:
        parts.append(("owed", balance.negative))
    st.markdown(md(" · ".join(f"{zoned.points(value)} {label}" for label, value in parts)))
    _made_of(ledger, last, zoned)
    tier = points_words.tier_on(ledger.tier, last, ledger.now, zoned)
    if tier:
        st.markdown(md(tier))
    asked = desk.find_out(
        "Balance on a date", lambda: balances_at(points.program_id, points.holder, last, card=points.card)
    )
    said = asked.finding
    if isinstance(said, TalonError):
        st.markdown(f"{badge_md('Not checked', Tone.PLAIN)} {md(f'The API did not say: {said}')}")
    else:
        _compared(balance, said.get(ledger.subledger), zoned)
    if day > today:
        st.caption("If nothing is earned or spent until then.")
    return asked.requests


def _made_of(ledger: Ledger, at: datetime, zoned: Formats) -> None:
    """The awards that could be spent then, in the order in which they would have been."""
    there = ledger.lots_at(at).there(Status.ACTIVE).in_spending_order()
    lines = [
        f"{zoned.points(lot.remaining)} of {lot.row.session or lot.row.name or 'an award'},"
        f" earned {zoned.short_day(lot.row.created)}, {usable(lot, zoned)}"
        for lot in there[:AWARDS]
    ]
    if len(there) > AWARDS:
        lines.append(f"{zoned.points(there[AWARDS:].total)} of {len(there) - AWARDS} more awards")
    if lines:
        st.markdown("\n".join(f"- {md(line)}" for line in lines))


def _compared(balance: Balance, said: Reported | None, zoned: Formats) -> None:
    """Whether the API's own balance of that day is the same, figure by figure."""
    lines = points_words.differences(balance, said, zoned)
    if lines is None:
        st.markdown(
            f"{badge_md('Not checked', Tone.PLAIN)} The API says nothing about this ledger on that day."
        )
    elif not lines:
        st.markdown(badge_md("The API says the same", Tone.ACTIVE))
    else:
        st.markdown(badge_md("The API says something else", Tone.NEGATIVE))
        st.markdown("\n".join(f"- {md(line)}" for line in lines))
