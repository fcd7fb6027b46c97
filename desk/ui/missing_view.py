"""Missing points on a page: asking, the verdict, what proves it, the reply; and the ways that lead there."""

from datetime import UTC, datetime
from uuid import uuid4

import streamlit as st

from desk.insight.find import spelled
from desk.insight.history import Ledger
from desk.insight.missing import Tried, missing_points, state_of, which_order
from desk.insight.missing_verdict import Missing, Question, Verdict
from desk.insight.points import Points
from desk.lookup import Found
from desk.ui import expired_view, missing_proof, missing_words, session_view
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.missing_reply import reply as words_of_reply
from desk.ui.place import LONGEST, Place, go, link
from desk.ui.strip import answer, empty_state, mark_of, marked, nothing, panel, reply
from desk.ui.theme import badge_md
from desk.ui.words import Tone

MISSING = "pages/thing/missing.py"
TRIED = "desk-missing-tried"
AT_ONCE = 5
"""Rules that gave nothing which are shown before the rest is folded away."""


def looked(desk: Desk, place: Place, *, fresh: bool) -> Found[Missing]:
    """The verdict on the order of this place. A dry run is made once while it holds, not in every run of the page;
    `ValueError` when the API cannot be asked for such an id."""
    kept: tuple[str, Tried] | None = st.session_state.get(TRIED)
    tried = kept[1] if kept and kept[0] == desk.application.name and not fresh else None
    programs = {
        kind: [each.id for each in desk.application.programs if each.kind == kind]
        for kind in ("profile", "card")
    }
    found = desk.find_out(
        "Looking for the points",
        lambda: missing_points(
            Question(place.session, place.customer),
            now=datetime.now(UTC),
            fresh_id=f"desk-trial-{uuid4()}",
            programs=programs["profile"],
            card_programs=programs["card"],
            may_try=desk.may_dry_run,
            tried=tried,
        ),
        fresh=fresh,
    )
    today, at = found.finding.today, found.finding.tried_at
    if today is not None and at is not None and today.error is None:
        st.session_state[TRIED] = (desk.application.name, Tried(state_of(found.finding.session), today, at))
    return found


def ways(place: Place, found: Missing) -> None:
    """Where one comes from: the order, and the customer who asks or whose order it is."""
    if not found.session.found:
        return
    customer = place.customer or found.session.profile_id
    with st.container(horizontal=True, gap="medium"):
        link(
            session_view.SESSION, "The order", place.of_session(place.session), icon=":material/receipt_long:"
        )
        if customer:
            label = f"Customer {md(short(customer))}"
            link(session_view.CUSTOMER, label, place.of_customer(customer), icon=":material/person:")


def verdict(desk: Desk, found: Missing) -> None:
    """The answer, how sure it is, and what to do now."""
    said = missing_words.headline(found, desk.application, desk.formats)
    answer(said.text, said.detail, said.tone)
    if found.verdict is not None:
        sure = missing_words.certainty(found)
        st.markdown(f"{badge_md(sure.text, sure.tone)} {md(sure.detail)}")
    if found.verdict is Verdict.NO_ROW and not desk.may_dry_run:
        st.markdown("Why is asked by a dry run, which your role may not make.")
    panel("What to do now", missing_words.next_step(found, desk.may_dry_run), Tone.PLAIN, key="missing-next")


def elsewhere(desk: Desk, place: Place, found: Missing) -> None:
    """Where else to look: other Applications for an unknown order, its own customer for somebody else's."""
    if found.verdict is Verdict.UNKNOWN_ORDER:
        others = [each for each in desk.process.settings.applications if each.name != desk.application.name]
        for each in others:
            target = Place(application=each.name, session=place.session)
            link(MISSING, f"Look in {md(mark_of(each).title)}", target, icon=":material/travel_explore:")
        if not others:
            nothing("No other Application is set up at this desk.", key="missing-no-other")
    elif found.verdict is Verdict.OTHER_ACCOUNT and found.session.profile_id:
        own = Place(place.application, found.session.profile_id, session=place.session)
        link(MISSING, "What became of its points there", own, icon=":material/person_search:")


def evidence(desk: Desk, found: Missing) -> None:
    """What proves it, line by line; the rules that gave nothing; where was looked."""
    session, application = found.session, desk.application
    formats = missing_words.zoned(found, application, desk.formats)
    if not session.found:
        return
    st.subheader("What proves it", anchor=False)
    lines = [f"- {md(missing_proof.order_line(found, formats))}"]
    for each in sorted(found.brought, key=lambda each: each is not found.main):
        lines.append(f"- {md(missing_proof.earned_line(each, application, formats))}")
        lines += [f"    - {md(missing_proof.part_line(part, formats))}" for part in each.parts]
    if found.without_row:
        lines.append(f"- {md(missing_proof.unheld_line(found.without_row, application, formats))}")
    if found.searched:
        lines.append(f"- {md(missing_proof.searched_line(found.searched, application))}")
    st.markdown("\n".join(lines))
    if formats.zone != desk.formats.zone:
        st.caption(
            md(f"All days and times here are those of {formats.zone}, where the program counts its days.")
        )
    _tried(desk, found)


def _tried(desk: Desk, found: Missing) -> None:
    """What today's rules say: who gave nothing and why; codes that the order itself has used up are only named."""
    if found.today is None or found.tried_at is None:
        return
    if not found.today.asked:
        panel("Today's rules could not be tried", found.today.why_not, Tone.PENDING, key="missing-not-tried")
        return
    how = "with the whole cart as ordered, without the returns, " if found.today.after_returns else ""
    st.caption(md(f"Today's rules were tried {how}at {desk.formats.moment(found.tried_at, seconds=True)}."))
    if found.verdict is Verdict.RULE_FAILED and found.failures:
        st.markdown("**Rules that do not apply today**")
        if found.known:
            st.caption("First those that have given points to this customer before.")
        elif found.of_points:
            st.caption("First those of campaigns that deal with points.")
        lines = [f"- {md(missing_proof.failure_line(each))}" for each in found.failures]
        first = found.known or found.of_points or AT_ONCE
        st.markdown("\n".join(lines[:first]))
        if lines[first:]:
            with st.expander(f"{desk.formats.count(len(lines) - first, 'more rule')} that gave nothing"):
                st.markdown("\n".join(lines[first:]))
    for number, code in enumerate(found.own):
        panel(
            f"{short(code.code)} is used up, by this very order",
            "So today's refusal says nothing against the order.",
            key=f"missing-own-{number}",
        )


def to_copy(desk: Desk, found: Missing) -> None:
    """The reply; where nothing is known, none."""
    text = words_of_reply(found, desk.application, desk.process.replies)
    if not text:
        return
    st.subheader("Reply to the customer", anchor=False)
    reply(marked(text, desk.application), "Ready to copy")


def ask(desk: Desk, key: str, label: str = "Order number", typed: str = "") -> None:
    """A box for an order number, as people write it; leads to the verdict, with the customer who is open."""
    key = f"missing-{key}"
    with st.form(f"{key}-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(label, value=typed, key=f"{key}-id", max_chars=LONGEST, autocomplete="off")
        sent = st.form_submit_button("Look for its points")
    wanted = (text or "").strip()
    if sent and wanted:
        spellings = spelled(wanted, desk.application.find.session)
        order = desk.find_out("Looking for the order", lambda: which_order(spellings)).finding
        go(MISSING, here().of_session(order or wanted))
    elif sent:
        st.caption("Type or paste an order number first.")


def none_open(desk: Desk, place: Place) -> None:
    """No order is named yet."""
    hint = "Paste the number of the order whose points are missing."
    empty_state("Which order's points are missing?", [hint])
    ask(desk, "none")


def button(place: Place) -> None:
    """The way here from an order."""
    if st.button("Points missing?", key="points-missing", icon=":material/manage_search:"):
        go(MISSING, place)


def why_no_row(desk: Desk) -> None:
    """The way here from a ledger, which shows only what was given, or from a customer who has none."""
    with st.expander("Why is there no row for an order?", icon=":material/manage_search:"):
        ask(desk, "ledger", "Number of the order that is not in the list")


def from_ledger(desk: Desk, points: Points, ledger: Ledger) -> None:
    """The questions that a ledger leaves: an order without a row, and what expired."""
    why_no_row(desk)
    expired_view.section(desk, points, ledger)
