"""The rows of a ledger as a table and as a file: what happened, what it changed, what was left. No Streamlit."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from desk.guard.export import Cell
from desk.insight.days import local
from desk.insight.lots import Lot
from desk.insight.moves import Move, MoveKind
from desk.ui import tables
from desk.ui.formats import Formats
from desk.ui.words import Tone, Words, points_status

COLUMNS = [
    tables.Column("When", "moment"),
    tables.Column(
        "What", "badge", "“Inferred” has no row at the API: it follows from the dates of an award."
    ),
    tables.Column("Points", "change", "How it changed what can be spent."),
    tables.Column("Balance after", "points", "What could be spent from then on."),
    tables.Column("Order", "link"),
    tables.Column("Reason"),
    tables.Column("Note"),
]

_WHAT: dict[MoveKind, Words] = {
    MoveKind.EARNED: Words("Earned", "addition", Tone.ACTIVE),
    MoveKind.PENDING: Words("Earned, pending", "addition", Tone.PENDING),
    MoveKind.STARTED: Words("Spendable (inferred)", "", Tone.ACTIVE),
    MoveKind.SPENT: Words("Spent", "subtraction", Tone.SPENT),
    MoveKind.TAKEN_BACK: Words("Taken back", "subtraction", Tone.NEGATIVE),
    MoveKind.GIVEN_BACK: Words("Given back", "addition", Tone.ACTIVE),
    MoveKind.EXPIRED: Words("Expired (inferred)", "", Tone.EXPIRED),
    MoveKind.LAPSED: Words("Expired unused (inferred)", "", Tone.EXPIRED),
}
_ADDED = Words("Added", "addition", Tone.ACTIVE)
_TAKEN_OFF = Words("Taken off", "subtraction", Tone.SPENT)


def what(move: Move) -> Words:
    """What a step was. Without an order nobody earned or spent: points were added or taken off."""
    if not move.row.session and move.transaction:
        if move.kind is MoveKind.EARNED:
            return _ADDED
        if move.kind is MoveKind.SPENT:
            return _TAKEN_OFF
    return _WHAT[move.kind]


def what_kind(kind: MoveKind) -> Words:
    """What steps of a kind are called."""
    return _WHAT[kind]


def rows_of(moves: Sequence[Move], zoned: Formats) -> list[tables.Row]:
    """The table, in the order of `moves`. Callers show it in the program's zone too."""
    return [
        (
            move.at,
            what(move),
            move.change or None,
            move.balance.active,
            move.row.session,
            move.row.name or move.row.rule,
            note(move, zoned),
        )
        for move in moves
    ]


def note(move: Move, zoned: Formats) -> str:
    """What the figures of a row do not say by themselves."""
    window, text = move.row.window, ""
    if move.kind is MoveKind.PENDING:
        when = f"from {zoned.short_day(window.starts)}" if window.starts else "after an action"
        text = f"{zoned.points(move.amount)} {when}"
    elif move.kind is MoveKind.LAPSED:
        text = f"{zoned.points(move.amount)} were still pending"
    elif not move.transaction:
        text = f"awarded {zoned.short_day(move.row.created)}"
    elif move.kind is MoveKind.TAKEN_BACK and not move.change:
        text = f"{zoned.points(move.amount)} were pending"
    elif move.change != move.row.signed:
        text = _partly(move, zoned)
    elif move.row.addition and window.expires:
        text = f"until {zoned.short_day(window.expires)}"
    return text


def _partly(move: Move, zoned: Formats) -> str:
    """Of a row that changed less than it says: what it says, or where the rest went."""
    if not move.row.addition and move.balance.negative:
        return f"{zoned.points(move.amount + move.change)} below zero"
    whole = f"{zoned.points(move.amount)} in all"
    return f"{whole}, {_elsewhere(move, zoned)}" if move.row.addition else whole


def _elsewhere(move: Move, zoned: Formats) -> str:
    """Where the rest of an award went that cannot be spent."""
    expires = move.row.window.expires
    if expires is not None and expires <= move.at:
        return "already expired"
    if move.row.window.starts is None or move.row.window.starts > move.at:
        return "pending"
    return f"{zoned.points(move.amount - move.change)} paid what was owed"


FILE_COLUMNS = (
    "When",
    "What",
    "Points of the row",
    "Change of what can be spent",
    "Balance after",
    "Pending after",
    "Order",
    "Reason",
    "Rule",
    "Valid from",
    "Valid until",
    "Inferred",
    "Transaction",
)


def file_rows(moves: Iterable[Move], formats: Formats) -> Iterator[Sequence[Cell]]:
    """The same for a file: exact numbers, instants with their offset in the shown zone, nothing shortened."""
    for move in moves:
        window = move.row.window
        yield (
            local(move.at, formats.tz),
            what(move).text,
            move.row.signed if move.transaction else None,
            move.change,
            move.balance.active,
            move.balance.pending,
            move.row.session,
            move.row.name,
            move.row.rule,
            None if window.starts is None else local(window.starts, formats.tz),
            None if window.expires is None else local(window.expires, formats.tz),
            not move.transaction,
            move.row.key if move.transaction else "",
        )


LOT_COLUMNS = [
    tables.Column("Earned", "moment"),
    tables.Column("Points", "points"),
    tables.Column("Left", "points"),
    tables.Column("State", "badge"),
    tables.Column("Usable"),
    tables.Column("Order", "link"),
    tables.Column("Used by", hint="Inferred from the documented order of spending: earliest expiry first."),
]


def lot_rows(lots: Sequence[Lot], zoned: Formats) -> list[tables.Row]:
    """Awards, newest first, with what is left of each and what used it."""
    return [
        (
            lot.row.created,
            lot.awarded,
            lot.remaining,
            _state(lot),
            usable(lot, zoned),
            lot.row.session,
            used_by(lot, zoned),
        )
        for lot in lots
    ]


def _state(lot: Lot) -> Words:
    """An award of which nothing is left is used up, whatever its dates say."""
    return points_status(lot.status.value) if lot.remaining else Words("Used up", "", Tone.SPENT)


def usable(lot: Lot, zoned: Formats) -> str:
    """From when until when an award can be spent."""
    starts, expires, readable = lot.window
    start = (
        "after an action"
        if starts is None
        else f"from {zoned.short_day(starts)}"
        if starts > lot.row.created
        else ""
    )
    end = "never expires" if readable else "with a date that could not be read"
    if expires:
        end = f"until {zoned.short_day(expires)}"
    return f"{start}, {end}" if start else end


def used_by(lot: Lot, zoned: Formats) -> str:
    """`ORD-10052 (120), ORD-10061 (40)`: what drew on an award."""
    uses: dict[str, Decimal] = {}
    for draw in lot.draws:
        name = draw.row.session or draw.row.name or draw.row.rule or zoned.short_day(draw.at)
        uses[name] = uses.get(name, Decimal(0)) + draw.amount
    named = [f"{name} ({zoned.points(amount)})" for name, amount in list(uses.items())[:4]]
    if len(uses) > 4:
        named.append(f"{len(uses) - 4} more")
    return ", ".join(named)
