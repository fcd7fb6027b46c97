"""One list of what happened to a customer: ledger rows, sessions that they name, coupons, achievements,
newest first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desk.insight.customer import Customer
from desk.insight.moves import MoveKind
from desk.insight.points import Points
from desk.insight.reading import instant
from desk.insight.sessions import SessionView


class EntryKind(StrEnum):
    """What an entry is about."""

    POINTS = "points"
    EXPIRY = "expiry"
    SESSION = "session"
    COUPON = "coupon"
    ACHIEVEMENT = "achievement"
    GIVEAWAY = "giveaway"
    REFERRAL = "referral"
    CARD = "card"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `what`: a short word ("spent", "reserved"); `name`: a rule, code or title from
    the API; `amount`: signed points, where points moved. Ids are empty where there is none."""

    at: datetime
    kind: EntryKind
    what: str
    name: str = ""
    amount: Decimal | None = None
    session_id: str = ""
    program_id: int | None = None
    subledger: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """`entries` newest first. `sessions`: ids that the ledgers name, newest first; a session that moved no
    points stays invisible, no operation lists them (facts.md)."""

    entries: tuple[Entry, ...]
    sessions: tuple[str, ...]


def timeline(
    customer: Customer, points: Iterable[Points] = (), sessions: Iterable[SessionView] = ()
) -> Timeline:
    """Merges what was read; nothing is asked. `sessions`: those that were opened, with their state."""
    read = tuple(points)
    opened = {view.id: view for view in sessions if view.found}
    harvested = dict.fromkeys([*(each for one in read for each in one.sessions()), *opened])
    entries = [
        *(entry for one in read for entry in _ledger_entries(one)),
        *_session_entries(read, opened),
        *_customer_entries(customer),
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Timeline(tuple(entries), tuple(harvested))


_EXPIRIES = frozenset({MoveKind.EXPIRED, MoveKind.LAPSED})


def _ledger_entries(points: Points) -> Iterable[Entry]:
    for ledger in points.ledgers:
        for move in ledger.past():
            yield Entry(
                at=move.at,
                kind=EntryKind.EXPIRY if move.kind in _EXPIRIES else EntryKind.POINTS,
                what=move.kind.value,
                name=move.row.rule or move.row.name,
                amount=move.row.signed if move.transaction else move.change,
                session_id=move.row.session,
                program_id=points.program_id,
                subledger=ledger.subledger,
                card=points.holder if points.card else "",
            )


def _session_entries(read: Iterable[Points], opened: dict[str, SessionView]) -> Iterable[Entry]:
    first: dict[str, datetime] = {}
    for points in read:
        for ledger in points.ledgers:
            for move in ledger.past():
                if move.transaction and move.row.session:
                    first.setdefault(move.row.session, move.at)
                    first[move.row.session] = min(first[move.row.session], move.at)
    for session_id, at in first.items():
        view = opened.get(session_id)
        yield Entry(at, EntryKind.SESSION, view.state if view else "known from points", session_id=session_id)
    for session_id, view in opened.items():
        at_ = view.updated or view.created
        if session_id not in first and at_ is not None:
            yield Entry(at_, EntryKind.SESSION, view.state, session_id=session_id)


def _customer_entries(customer: Customer) -> Iterable[Entry]:
    profile = customer.profile
    dated: list[tuple[datetime | None, EntryKind, str, str]] = []
    if profile is not None:
        dated.append((profile.created, EntryKind.PROFILE, "created", ""))
    for program in customer.programs:
        dated.append((program.joined, EntryKind.PROFILE, "joined", program.label))
    for coupon in customer.coupons:
        # The API does not say when a code was reserved or redeemed, only since when it exists.
        dated.append((coupon.created, EntryKind.COUPON, "created", coupon.code))
    for achievement in customer.achievements:
        title = achievement.title or achievement.name or ""
        dated.append((instant(achievement.start_date), EntryKind.ACHIEVEMENT, "started", title))
        dated.append((instant(achievement.completion_date), EntryKind.ACHIEVEMENT, "completed", title))
    for giveaway in customer.giveaways:
        dated.append((instant(giveaway.created), EntryKind.GIVEAWAY, "awarded", giveaway.code or ""))
    for referral in customer.referrals:
        dated.append((instant(referral.created), EntryKind.REFERRAL, "created", referral.code or ""))
    for card in customer.cards:
        for holder in card.holders:
            if holder.integration_id == customer.integration_id:
                dated.append((holder.since, EntryKind.CARD, "linked", card.identifier))
    return (Entry(at, kind, what, name) for at, kind, what, name in dated if at is not None)
