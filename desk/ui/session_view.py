"""A session as a page shows it: who and what state, figures, cart, effects in plain words, what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import streamlit as st

from desk.guard import Outcome, Receipt, Target
from desk.insight.balances import ZERO
from desk.insight.effects import PurseChange, Topic
from desk.insight.replay import Refusal, refusals
from desk.insight.sessions import Line, SessionView
from desk.insight.taken_back import taken_back
from desk.lookup import RequestNote
from desk.ui import tables
from desk.ui.current import Desk, here
from desk.ui.escape import in_key, md, short
from desk.ui.place import LONGEST, Place, go, link
from desk.ui.receipt_view import RECEIPT, programs_of, title
from desk.ui.strip import Figure, answer, copyable, empty_state, figures, nothing, panel
from desk.ui.theme import word_md
from desk.ui.words import Names, Tone, coupon_reason, effect, exclusion, outcome, referral_reason
from desk.ui.words import sessions as words
from desk.ui.words.replies import back
from talon_client.models import Effect

CUSTOMER = "pages/customer/overview.py"
SESSION = "pages/thing/session.py"
AT_ONCE = 8
"""Effects of one topic that are shown before the rest is folded away."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Effects that belong together on the page."""

    title: str
    topics: tuple[Topic, ...]


PARTS = (
    _Part("Points", (Topic.POINTS,)),
    _Part("Discounts", (Topic.DISCOUNTS,)),
    _Part("Coupons and referrals", (Topic.COUPONS, Topic.REFERRALS)),
    _Part(
        "Everything else",
        tuple(
            topic
            for topic in Topic
            if topic not in (Topic.POINTS, Topic.DISCOUNTS, Topic.COUPONS, Topic.REFERRALS)
        ),
    ),
)


def headline(desk: Desk, session: SessionView) -> None:
    """The answer, and the figures behind it."""
    said = words.headline(session, desk.application, desk.formats, datetime.now(UTC))
    answer(said.text, said.detail, said.tone)
    figures(_figures(desk, session))


def _figures(desk: Desk, session: SessionView) -> list[Figure]:
    money, totals = desk.formats.money, session.totals
    ordered = words.units(session)[1]
    undone = sum(
        (
            abs(each.number("value") or ZERO)
            for each in session.effects
            if each.effect_type == "rollbackDiscount"
        ),
        ZERO,
    )
    return [
        Figure("Total before discounts", money(totals.total), note=desk.formats.count(ordered, "item")),
        Figure(
            "Discounts",
            money(-totals.discounts if totals.discounts else ZERO),
            note=f"{money(undone)} taken back" if undone else "",
        ),
        *_points(desk, session, "Points earned", Tone.ACTIVE, earned=True),
        *_points(desk, session, "Points spent", Tone.SPENT, earned=False),
    ]


def _points(desk: Desk, session: SessionView, label: str, tone: Tone, *, earned: bool) -> list[Figure]:
    """One figure a ledger: points of two programs are never added up."""

    def pair(change: PurseChange) -> tuple[Decimal, Decimal]:
        return (change.earned, change.lost) if earned else (change.spent, change.given_back)

    if session.state == "open":
        label = f"{label} once closed"
    found = [each for each in session.points if any(pair(each))]
    if not found:
        return [Figure(label, "0")]
    undone = "taken back" if earned else "given back"
    later = words.pending(session, datetime.now(UTC)) if earned and session.state == "closed" else {}
    shown = []
    for each in found[:2]:
        value, back = pair(each)
        notes = [f"{desk.formats.points(back)} {undone}"] if back else []
        if waits := sum(later.get(each.purse, {}).values()):
            notes.append(f"{desk.formats.points(waits)} pending")
        if len(session.points) > 1:
            notes.insert(0, short(words.ledger(each.purse, desk.application), 40))
        shown.append(Figure(label, desk.formats.points(value), tone, " · ".join(notes)))
    return shown


def cart(desk: Desk, session: SessionView) -> None:
    """The lines as ordered, with what came back and what each was discounted by."""
    st.subheader("Cart", anchor=False)
    if not session.lines:
        nothing("The cart is empty.", key="cart")
        return
    returned = any(line.returned for line in session.lines)
    columns = [
        tables.Column("Item"),
        tables.Column("SKU"),
        tables.Column("Quantity", "count"),
        *((tables.Column("Returned", "count"), tables.Column("Left", "count")) if returned else ()),
        tables.Column("Price each", "money"),
        tables.Column("Discount", "money", "What stands off this line, all units together"),
    ]
    tables.show(
        columns,
        [_line(line, returned) for line in session.lines],
        desk.formats,
        key="cart",
        alt="Items of this session",
        one="line",
        order="",
    )
    for cost in session.costs:
        st.caption(md(f"Plus “{short(cost.name)}”: {desk.formats.money(cost.price)}"))


def _line(line: Line, returned: bool) -> tables.Row:
    back = (line.returned, line.remaining) if returned else ()
    return (line.name, line.sku, line.quantity, *back, line.price, line.discount or None)


def effects(desk: Desk, session: SessionView) -> None:
    """What the rules gave, in plain words, the API's own word beside each."""
    st.subheader("What it would get" if session.state == "open" else "What it got", anchor=False)
    rejected = ("rejectCoupon", "rejectReferral")
    kept = [each for each in session.effects if each.effect_type not in rejected]
    if not kept:
        nothing(_none(desk, session), key="effects")
    known = {topic: group.effects for group in session.groups for topic in (group.topic,)}
    for part in PARTS:
        found = [each for topic in part.topics for each in known.get(topic, ()) if each in kept]
        if found:
            sentences(desk, session, found, part.title)
    refused(desk, refusals(session.effects))


def _none(desk: Desk, session: SessionView) -> str:
    """Why there are no effects: an order that was cancelled is listed without what was rolled back (facts.md)."""
    if session.state == "open":
        return "Nothing is proposed at the moment."
    if session.state != "cancelled":
        return "As it is now, no rule has given this session anything."
    programs = programs_of(desk)
    took: dict[tuple[str, ...], Decimal] = {}
    for each in _receipts(desk, session):
        if each.kind == "cancel_session" and each.outcome is Outcome.DONE:
            for about, points in back(each).items():
                took[about] = took.get(about, ZERO) + points
    if took:
        had = [
            f"{desk.formats.points_named(points)} in {programs.ledger(*about[:2])}"
            for about, points in took.items()
        ]
        return f"Nothing as it is now. Cancelling it here took back {' and '.join(had)}."
    return "Nothing as it is now: a cancelled session is listed without what was rolled back."


def _receipts(desk: Desk, session: SessionView) -> list[Receipt]:
    """The latest changes made to it at this desk."""
    return desk.guard.recent(desk.application.name, Target("session", session.id), limit=10)


def sentences(desk: Desk, session: SessionView, found: Sequence[Effect], what: str) -> None:
    """Effects as a list; a long one is folded after the first few."""
    names = words.names_of(desk.application, session)
    lines = [f"- {_sentence(desk, each, names)}" for each in found]
    st.markdown("\n".join([f"**{what}**", "", *lines[:AT_ONCE]]))
    if lines[AT_ONCE:]:
        with st.expander(f"{desk.formats.count(len(lines) - AT_ONCE)} more about {what.lower()}"):
            st.markdown("\n".join(lines[AT_ONCE:]))


def _sentence(desk: Desk, each: Effect, names: Names) -> str:
    rule = f" :small[:gray[by “{md(short(each.rule_name))}”]]" if each.rule_name else ""
    return (
        word_md(
            effect(each.effect_type, desk.masking.props(each.effect_type, each.props), desk.formats, names)
        )
        + rule
    )


def refused(desk: Desk, codes: Sequence[Refusal]) -> None:
    """Codes that were typed and gave nothing: why, and what to do."""
    if not codes:
        return
    st.markdown("**Refused codes**")
    for number, each in enumerate(codes):
        why = referral_reason(each.reason) if each.referral else coupon_reason(each.reason)
        parts = [
            why.text,
            f"Left out because {exclusion(each.exclusion)}." if each.exclusion else "",
            why.detail,
        ]
        if each.own_limit:
            parts.append("This very order has used it up, so that alone says nothing against the order.")
        panel(
            f"{short(each.code)} was refused",
            " ".join(filter(None, parts)),
            Tone.NEGATIVE,
            key=f"code-{number}",
        )
        st.markdown(f":small[:gray[{md(' · '.join(filter(None, (each.reason, each.details))))}]]")


def earlier(desk: Desk, session: SessionView) -> Sequence[RequestNote]:
    """What came back so far and when, and what this desk has done with the session. Answers what was asked for it."""
    came = words.came_back(session, desk.formats)
    receipts = _receipts(desk, session)
    if not came and not receipts:
        return ()
    st.subheader("Earlier returns and changes", anchor=False)
    asked: Sequence[RequestNote] = ()
    if came:
        st.markdown(md(f"Came back so far: {came}."))
        made = [each for each in receipts if each.kind == "return_items" and each.outcome is Outcome.DONE]
        found = desk.find_out("Reading when it came back", lambda: taken_back(session))
        asked = found.requests
        here_ = [each.confirmed for each in reversed(made)]
        st.caption(md(words.came_when(found.finding, here_, desk.formats)))
    if receipts:
        tables.show(
            [tables.Column("Change", "link"), tables.Column("Outcome", "badge"), tables.Column("When", "moment"),
             tables.Column("By")],
            [(title(each), outcome(each.words), each.confirmed, each.actor) for each in receipts],
            desk.formats,
            key="session-changes",
            alt="Changes made to this session at this desk",
            one="change",
            on_open=lambda row: go(RECEIPT, here().of_receipt(receipts[row].id)),
        )  # fmt: skip
    return asked


def none_open(desk: Desk, asked: str) -> None:
    """No id, or one (`asked`, as the address has it) that is too long to be an id."""
    if asked.strip():
        answer("This cannot be a session id", f"It has {len(asked)} characters; ids have at most {LONGEST}.")
        copyable(asked, "What was asked for")
    else:
        empty_state("No session is open", ["Paste an order or session id here, or into Find."])
    other_session(desk, "open")


def to_customer(desk: Desk, session: SessionView) -> None:
    """The way to the customer whose session it is."""
    if session.profile_id:
        place = Place(application=desk.application.name, customer=session.profile_id)
        link(CUSTOMER, f"Customer {md(short(session.profile_id))}", place, icon=":material/person:")


def other_session(desk: Desk, key: str, typed: str = "") -> None:
    """A box to open any session by its id, `typed` to begin with; the customer that is open stays open."""
    key = f"{key}-{in_key(typed)}" if typed else key  # another id, another box
    with st.form(f"{key}-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Session or order id", value=typed, key=f"{key}-id", max_chars=LONGEST, autocomplete="off"
        )
        sent = st.form_submit_button("Open the session")
    wanted = (text or "").strip()
    if sent and wanted:
        go(SESSION, here().of_session(wanted))
    elif sent:
        st.caption("Type or paste an id first.")
