"""The parts of a customer's overview: points by program, coupons, cards, everything else, and the timeline."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from desk.guard.model import Target
from desk.insight.cards import CardView
from desk.insight.coupons import WalletEntry
from desk.insight.customer import Customer, LedgerFacts, ProgramFacts
from desk.insight.points import Points
from desk.insight.timeline import EntryKind, timeline
from desk.ui import coupon_rows, overview_words, points_words, tables
from desk.ui.current import Desk, here
from desk.ui.escape import md, short
from desk.ui.formats import Formats
from desk.ui.overview_words import Happening
from desk.ui.place import Place, go, link
from desk.ui.receipt_view import title as receipt_title
from desk.ui.strip import nothing
from desk.ui.theme import tinted
from desk.ui.words import Tone, Words, card_status, outcome, progress

POINTS = "pages/customer/points.py"
PAGES = {
    "session": "pages/thing/session.py",
    "coupon": "pages/thing/coupon.py",
    "card": "pages/thing/card.py",
    "receipt": "pages/change/receipt.py",
}
SIDE_BY_SIDE = 3
NEWEST = 200


def programs(desk: Desk, found: Customer) -> None:
    """A box for each program: what is in each ledger, the tier and the way to the next."""
    if not found.programs:
        return
    st.subheader("Points", anchor=False)
    for start in range(0, len(found.programs), SIDE_BY_SIDE):
        row = found.programs[start : start + SIDE_BY_SIDE]
        for column, program in zip(st.columns(len(row)), row, strict=True):
            with column, st.container(border=True, height="stretch", key=f"overview-program-{program.id}"):
                _program(desk, program)


def _program(desk: Desk, program: ProgramFacts) -> None:
    zoned = zoned_of(desk, program.id)
    st.markdown(f"**{md(program.label)}**")
    place = Place(application=desk.application.name, customer=here().customer, program=program.id)
    for ledger in program.ledgers or (program.main,):
        said = ledger.reported
        with st.container(gap="xsmall"):
            parts = [tinted(f"{zoned.points(said.active)} to spend", Tone.ACTIVE)]
            if said.active is None and not said.negative:
                parts = ["what can be spent could not be read"]
            if said.pending:
                parts.append(tinted(f"{zoned.points(said.pending)} pending", Tone.PENDING))
            if said.negative:
                parts.append(tinted(f"{zoned.points(said.negative)} owed", Tone.NEGATIVE))
            label = f"{md(ledger.subledger)}: " if ledger.subledger else ""
            st.markdown(label + " · ".join(parts))
            if not ledger.subledger:
                _tier(ledger, zoned)
    if program.joined:
        st.caption(md(f"Member since {zoned.day(program.joined)}"))
    link(POINTS, "Show these points", place, icon=":material/show_chart:")


def _tier(ledger: LedgerFacts, zoned: Formats) -> None:
    line = points_words.tier_line(ledger.tier, zoned)
    share = points_words.tier_share(ledger.tier, ledger.reported.active or Decimal(0))
    if line and share is not None:
        st.progress(share, text=md(line))
    elif line:
        st.markdown(md(line))
    ahead = points_words.tier_ahead(ledger.tier, zoned)
    if ahead:
        st.caption(md(ahead))


def zoned_of(desk: Desk, program_id: int) -> Formats:
    """The formats with the program's own days."""
    return desk.formats_in(desk.application.program(program_id).time_zone or desk.application.time_zone)


def coupons(desk: Desk, entries: Sequence[WalletEntry]) -> None:
    """The wallet in short: each code with its state leads to its page. Nothing where it is empty."""
    if not entries:
        return
    st.subheader("Coupons", anchor=False)
    coupon_rows.show(desk, entries, "overview-coupons")


def cards(desk: Desk, entries: Sequence[CardView]) -> None:
    """The customer's cards, each with status, points and holders."""
    if not entries:
        return
    st.subheader("Cards", anchor=False)
    tables.show(
        [
            tables.Column("Card", "link"),
            tables.Column("Program"),
            tables.Column("Status", "badge"),
            tables.Column("Can be spent", "points"),
            tables.Column("Pending", "points"),
            tables.Column("Holders", hint="How many customers use it, and how many may."),
        ],
        [_card(desk, each) for each in entries],
        desk.formats,
        key="overview-cards",
        alt="Loyalty cards of this customer",
        one="card",
        order="",
        on_open=lambda row: go(
            PAGES["card"], here().of_card(entries[row].identifier, entries[row].program_id)
        ),
    )


def _card(desk: Desk, card: CardView) -> tables.Row:
    program = card.program or desk.application.program(card.program_id).title
    main = card.main
    return (card.identifier, program, card_status(card.status), main.active, main.pending, holders(card))


def holders(card: CardView) -> str:
    """`2 of 5`, `2 of unlimited`, or `2` where the limit is not known."""
    count = len(card.holders)
    if card.limit is None:
        return str(count)
    return f"{count} of {card.limit}" if card.limit else f"{count} of unlimited"


def others(desk: Desk, found: Customer) -> None:
    """Achievements, referrals, giveaways; then, in one line, everything that was read and is empty."""
    if found.achievements:
        _achievements(desk, found)
    if found.referrals:
        _referrals(desk, found)
    if found.giveaways:
        _giveaways(desk, found)
    parts = {
        "coupons": found.coupons,
        "cards": found.cards,
        "achievements": found.achievements,
        "referrals": found.referrals,
        "giveaways": found.giveaways,
        "audiences": found.profile.audiences if found.profile else (),
    }
    empty = [name for name, held in parts.items() if not held]
    if empty:
        named = f"{', '.join(empty[:-1])} or {empty[-1]}" if len(empty) > 1 else empty[0]
        nothing(f"This customer has no {named}.", key="overview-none")


def _achievements(desk: Desk, found: Customer) -> None:
    st.subheader("Achievements", anchor=False)
    formats = desk.formats
    for each in found.achievements:
        done, target = each.progress or Decimal(0), each.target or Decimal(0)
        words = progress(each.status)
        name = md(each.title or each.name or "Achievement")
        label = f"**{name}**: {md(formats.points(done))} of {md(formats.points(target))}"
        share = float(max(Decimal(0), min(done / target, Decimal(1)))) if target > 0 else 0.0
        st.progress(share, text=f"{label} · {md(words.text)}")


def _referrals(desk: Desk, found: Customer) -> None:
    st.subheader("Referrals", anchor=False)
    tables.show(
        [
            tables.Column("Code"),
            tables.Column("Valid until"),
            tables.Column("Used"),
            tables.Column("Friends"),
        ],
        [
            (
                each.code,
                desk.formats.moment(each.expiry_date) if each.expiry_date else "no end",
                f"{each.usage_counter or 0} of {each.usage_limit}"
                if each.usage_limit
                else f"{each.usage_counter or 0}",
                ", ".join(each.referred_customers),
            )
            for each in found.referrals
        ],
        desk.formats,
        key="overview-referrals",
        alt="Referral codes of this customer",
        one="referral code",
        order="",
    )


def _giveaways(desk: Desk, found: Customer) -> None:
    st.subheader("Giveaways", anchor=False)
    tables.show(
        [tables.Column("Code"), tables.Column("Awarded", "moment"), tables.Column("State", "badge")],
        [
            (
                each.code,
                each.created,
                Words("Used", "", Tone.SPENT) if each.used else Words("Not used", "", Tone.ACTIVE),
            )
            for each in found.giveaways
        ],
        desk.formats,
        key="overview-giveaways",
        alt="Giveaways of this customer",
        one="giveaway",
        order="",
    )


def happenings(desk: Desk, found: Customer, points: Sequence[Points]) -> list[Happening]:
    """The timeline, newest first: what the API says, and what was changed at this desk."""
    merged = timeline(found, points)
    # A session is known here by its points alone, and its points are in the list already.
    entries = [
        overview_words.happening(each, desk.formats)
        for each in merged.entries
        if each.kind is not EntryKind.SESSION
    ]
    receipts = desk.guard.recent(desk.application.name, Target("profile", found.integration_id), limit=50)
    for receipt in receipts:
        words = Words("Changed at this desk", receipt.operation, Tone.PLAIN)
        text = f"{receipt_title(receipt)}: {outcome(receipt.words).text}"
        entries.append(Happening(receipt.confirmed, words, None, text, receipt.id, "receipt"))
    entries.sort(key=lambda each: (each.at, each.words.text not in _BEGINNINGS), reverse=True)
    return entries


_BEGINNINGS = ("Profile created", "Joined the program")  # stand below what happened at the same instant


def timeline_table(desk: Desk, entries: Sequence[Happening]) -> None:
    """The newest of them as a table; the ledger has the rest."""
    shown = entries[:NEWEST]
    tables.show(
        [
            tables.Column("When", "moment"),
            tables.Column("What", "badge"),
            tables.Column("Points", "change"),
            tables.Column("About", "link"),
            tables.Column("Reason"),
        ],
        [(each.at, each.words, each.points, _about(each), each.text) for each in shown],
        desk.formats,
        key="overview-timeline",
        alt="What happened to this customer, newest first",
        one="event",
        complete=len(shown) == len(entries),
        rest="there are more: the Points page has all movements",
        height=420 if len(shown) > 11 else None,
        on_open=lambda row: _leave(shown[row]),
    )


def _about(each: Happening) -> str:
    """What the link says: an order, code or card by its id, a receipt by a word."""
    return "receipt" if each.link == "receipt" else short(each.id, 40)


def _leave(each: Happening) -> None:
    place = here()
    places = {
        "session": place.of_session(each.id),
        "coupon": place.of_code(each.id),
        "card": place.of_card(each.id, each.program_id),
        "receipt": place.of_receipt(each.id),
    }
    if each.link in places:
        go(PAGES[each.link], replace(places[each.link]))
