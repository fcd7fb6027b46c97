"""A customer in sentences: what can be spent where, what is on its way, what else they hold. No Streamlit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from desk.insight.customer import Customer, LedgerFacts, ProgramFacts
from desk.insight.points import Points
from desk.insight.timeline import Entry, EntryKind
from desk.ui import points_words
from desk.ui.formats import Formats, differ
from desk.ui.strip import Figure
from desk.ui.words import Tone, Words

ZERO = Decimal(0)
Zoned = Callable[[int], Formats]
"""The formats of a program, by its id: days of starts, expiries and tiers are in its zone."""


@dataclass(frozen=True, slots=True)
class Pot:
    """Points that can be spent as one: a ledger of a program."""

    program: ProgramFacts
    ledger: LedgerFacts

    @property
    def label(self) -> str:
        """`Points club`, or `Points club, newsletter` for a subledger."""
        return (
            f"{self.program.label}, {self.ledger.subledger}" if self.ledger.subledger else self.program.label
        )

    @property
    def active(self) -> Decimal:
        """What can be spent now."""
        return self.ledger.reported.active or ZERO

    @property
    def read(self) -> bool:
        """Whether the API says what can be spent; of points that are owed nothing can."""
        return self.ledger.reported.active is not None or self.negative > 0

    @property
    def pending(self) -> Decimal:
        """What can be spent later."""
        return self.ledger.reported.pending or ZERO

    @property
    def negative(self) -> Decimal:
        """What is owed."""
        return self.ledger.reported.negative or ZERO

    @property
    def tier(self) -> str:
        """The tier's name, empty without one."""
        return (self.ledger.tier.name or "") if self.ledger.tier else ""


def pots(found: Customer) -> list[Pot]:
    """All ledgers: those with points to spend first, then with points to come, then owed; main ledgers first."""
    every = [Pot(program, ledger) for program in found.programs for ledger in program.ledgers]
    return sorted(
        every,
        key=lambda pot: (pot.active <= 0, pot.pending <= 0, pot.negative <= 0, pot.ledger.subledger != ""),
    )


def answer_of(found: Customer, zoned: Zoned) -> str:
    """The one sentence, of what was read first: points to spend in the main pot, with its tier."""
    every = pots(found)
    if not found.programs:
        return _with_cards(found, zoned)
    several = len([pot for pot in every if pot.active or pot.pending or pot.negative]) > 1
    tier = f" ({every[0].tier})" if every and every[0].tier else ""
    if every and every[0].active > 0:
        where = f" in {every[0].label}" if several else ""
        amount = zoned(every[0].program.id).points_named(every[0].active)
        return f"{amount} can be spent now{where}{tier}."
    unread = _unread(found, every)
    if unread:
        return points_words.unknown(unread if len(every) > 1 or len(found.programs) > 1 else ())
    if any(pot.pending for pot in every):
        return f"No points can be spent yet{tier}."
    owing = next((pot for pot in every if pot.negative), None)
    if owing is not None:
        owed = zoned(owing.program.id).points_named(owing.negative)
        return f"No points can be spent: {owed} are owed in {owing.label}."
    return f"No points can be spent now{tier}."


def _unread(found: Customer, every: Sequence[Pot]) -> list[str]:
    """What to call the programs and ledgers of which nobody knows what can be spent."""
    without = [program.label for program in found.programs if not program.ledgers]
    return without + [pot.label for pot in every if not pot.read]


def _with_cards(found: Customer, zoned: Zoned) -> str:
    """Without a program of their own: a card, even an empty one, is one."""
    carried = next((card for card in found.cards if card.main.active and card.status != "blocked"), None)
    if carried is not None:
        amount = zoned(carried.program_id).points_named(carried.main.active)
        return f"{amount} can be spent with card {carried.identifier}."
    usable = [card for card in found.cards if card.status != "blocked"]
    if len(usable) > 1:
        return f"No points can be spent now: nothing is on this customer's {len(usable)} cards."
    if usable:
        return f"No points can be spent now with card {usable[0].identifier}."
    if found.cards:
        return f"No points can be spent: card {found.cards[0].identifier} is blocked."
    return "No points: this customer is in no loyalty program."


def details_of(found: Customer, zoned: Zoned, points: Sequence[Points] = (), *, read: bool = True) -> str:
    """The line below: other pots, what is on its way and when, coupons. `points` once the ledgers were `read`."""
    every = pots(found)
    parts = [
        f"Also {zoned(pot.program.id).points(pot.active)} in {pot.label}."
        for pot in every[1:]
        if pot.active > 0
    ]
    carried = [card for card in found.cards if card.main.active and card.status != "blocked"]
    parts += [
        f"Also {zoned(card.program_id).points(card.main.active)} on card {card.identifier}."
        for card in (carried if found.programs else carried[1:])
    ]
    ledgers = {(each.program_id, ledger.subledger): ledger for each in points for ledger in each.ledgers}
    for pot in every:
        if pot.pending > 0:
            ledger, formats = ledgers.get((pot.program.id, pot.ledger.subledger)), zoned(pot.program.id)
            said = points_words.coming(ledger, formats) if ledger and ledger.has_rows else ""
            if not said and read:
                said = f"{formats.points(pot.pending)} more are pending."
            parts.append(said)
    for number, pot in enumerate(every):
        dated = ledgers.get((pot.program.id, pot.ledger.subledger))
        if dated is not None and dated.has_rows:
            formats, where = zoned(pot.program.id), pot.label if number else ""
            parts.append(points_words.going_soon(dated, formats, where))
            parts.append(points_words.gone(dated, formats, where))
    parts += [
        f"{zoned(pot.program.id).points_named(pot.negative)} are owed in {pot.label}."
        for pot in (every if any(pot.active > 0 for pot in every) else every[1:])
        if pot.negative > 0
    ]
    usable = found.headline.usable_coupons
    if usable:
        parts.append(f"{usable} coupon{'' if usable == 1 else 's'} can be used.")
    return " ".join(part for part in parts if part)


def zones_of(points: Sequence[Points], zoned: Zoned, formats: Formats) -> str:
    """`Days are those of Europe/Berlin.`: for the line above, where a program's clock is not the reader's."""
    dated = [each for each in points if any(ledger.moves for ledger in each.ledgers)]
    zones = [zoned(each.program_id) for each in dated if differ(zoned(each.program_id), formats, each.now)]
    names = list(dict.fromkeys(each.zone for each in zones))
    return f"Days are those of {' and '.join(names)}." if names else ""


def awaited(found: Customer) -> bool:
    """Whether the line below the answer waits for the ledgers, to say when points start, expire or expired."""
    return any(pot.pending > 0 or pot.active > 0 or pot.ledger.reported.expired for pot in pots(found))


def figures_of(found: Customer, formats: Formats) -> list[Figure]:
    """What the answer is about, now and to come; coupons; orders. Points are never added up over ledgers."""
    every = pots(found)
    entries = []
    if every:
        first = every[0]
        entries.append(
            Figure(
                "Can be spent",
                formats.points(first.active if first.read else None),
                points_words.toned(first.active, Tone.ACTIVE),
                first.label,
            )
        )
        entries.append(
            Figure(
                "Pending",
                formats.points(first.ledger.reported.pending),
                points_words.toned(first.pending, Tone.PENDING),
                first.label,
            )
        )
    usable, held = found.headline.usable_coupons, len(found.coupons)
    entries.append(
        Figure(
            "Coupons to use",
            formats.count(usable),
            note=f"of {formats.count(held)} in the wallet" if held else "empty wallet",
        )
    )
    profile = found.profile
    if profile is not None:
        orders = formats.count(profile.closed_sessions or 0, "closed order")
        entries.append(Figure("Bought, before discounts", formats.money(profile.total_sales), note=orders))
    return entries


_WHAT = {
    (EntryKind.POINTS, "earned"): Words("Points earned", "", Tone.ACTIVE),
    (EntryKind.POINTS, "pending"): Words("Points earned, pending", "", Tone.PENDING),
    (EntryKind.POINTS, "started"): Words("Points became spendable", "", Tone.PENDING),
    (EntryKind.POINTS, "spent"): Words("Points spent", "", Tone.SPENT),
    (EntryKind.POINTS, "taken back"): Words("Points taken back", "", Tone.NEGATIVE),
    (EntryKind.POINTS, "given back"): Words("Points given back", "", Tone.ACTIVE),
    (EntryKind.POINTS, "added"): Words("Points added", "", Tone.ACTIVE),
    (EntryKind.POINTS, "taken off"): Words("Points taken off", "", Tone.SPENT),
    (EntryKind.EXPIRY, "expired"): Words("Points expired", "", Tone.EXPIRED),
    (EntryKind.EXPIRY, "lapsed"): Words("Points expired unused", "", Tone.EXPIRED),
    (EntryKind.COUPON, "created"): Words("Coupon made"),
    (EntryKind.ACHIEVEMENT, "started"): Words("Achievement begun"),
    (EntryKind.ACHIEVEMENT, "completed"): Words("Achievement completed", "", Tone.ACTIVE),
    (EntryKind.GIVEAWAY, "awarded"): Words("Giveaway awarded", "", Tone.ACTIVE),
    (EntryKind.REFERRAL, "created"): Words("Referral code made"),
    (EntryKind.CARD, "linked"): Words("Card linked"),
    (EntryKind.PROFILE, "created"): Words("Profile created"),
    (EntryKind.PROFILE, "joined"): Words("Joined the program"),
}


def what(entry: Entry) -> Words:
    """What an entry of the timeline was. Without an order, points were added or taken off."""
    word = entry.what
    if entry.kind is EntryKind.POINTS and not entry.session_id:
        word = {"earned": "added", "spent": "taken off"}.get(word, word)
    return _WHAT.get((entry.kind, word)) or Words(f"{entry.kind.value.capitalize()} {entry.what}")


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline. `link` is what it leads to: "session", "coupon", "card", "receipt" or nothing."""

    at: datetime
    words: Words
    points: Decimal | None
    text: str
    id: str = ""
    link: str = ""
    program_id: int = 0


def happening(entry: Entry, formats: Formats) -> Happening:
    """An entry with what it leads to. Points that are pending change nothing that can be spent yet, so that they are
    said in words; the change comes when they start."""
    if entry.kind is EntryKind.POINTS and entry.what == "pending" and entry.amount is not None:
        coming = ", ".join(filter(None, (f"{formats.points(entry.amount)} to come", entry.name)))
        entry = replace(entry, amount=None, name=coming)
    if entry.session_id:
        return Happening(entry.at, what(entry), entry.amount, entry.name, entry.session_id, "session")
    if entry.kind is EntryKind.COUPON:
        return Happening(entry.at, what(entry), None, "", entry.name, "coupon")
    if entry.kind is EntryKind.CARD:
        return Happening(entry.at, what(entry), None, "", entry.name, "card", entry.program_id or 0)
    return Happening(entry.at, what(entry), entry.amount, entry.name)
