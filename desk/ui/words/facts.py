"""Facts of a preview or receipt in plain words: what was read, what should become of it, and what to weigh."""

from collections.abc import Mapping

from desk.guard.model import Fact, Line, Note, Scalar
from desk.ui.formats import Formats, to_decimal
from desk.ui.words.base import Words
from desk.ui.words.states import coupon_state, session_state

# topic: label; {0}, {1} are the parts of `about`, {ledger} the program and subledger by name.
_LABELS = {
    "session.state": "State of the session",
    "item.returned": "Returned units of {1} (line {line})",
    "coupon.holds": "This customer holds the code",
    "coupon.holders": "Customers who hold the code",
    "coupon.state": "State of the code",
    "profile.attributes": "Attributes of the profile",
    "card.linked": "The card is linked to this customer",
    "card.profiles": "Customers linked to the card",
    "card.exists": "The card exists",
    "attribute": "Attribute {0}",
    "tier": "Tier in {ledger}",
    "points.total": "Points in {ledger}, pending included",
    "points.active": "Points that can be spent, {ledger}",
    "points.pending": "Pending points, {ledger}",
    "points.spent": "Spent points, {ledger}",
    "points.expired": "Expired points, {ledger}",
    "points.negative": "Points owed, {ledger}",
    "effect.points_taken_back": "Earned points taken back, {ledger}",
    "effect.points_given_back": "Spent points given back, {ledger}",
    "effect.points_owed": "Earned points taken back below zero, {ledger}",
    "effect.discount_taken_back": "Discount taken back",
    "effect.coupon_given_back": "Coupon {0} usable again",
    "effect.other": "Other effects taken back ({0})",
}
_STATES = {"session.state": session_state, "coupon.state": coupon_state}
_MONEY = ("effect.discount_taken_back",)
_POINTS = ("points.", "effect.points_")

# code: (what it says, whether it stands in the way); {name} are the note's values.
_NOTES = {
    "already_holds": "This customer holds the code already. There is nothing to reserve.",
    "does_not_hold": "This customer does not hold the code. There is nothing to release.",
    "not_linked": "The card is not linked to this customer.",
    "all_applications": "This reaches every Application of this environment, and nobody can take it back.",
    "already_linked": "The card is linked to this customer already.",
    "card_exists": "A card with this identifier exists already. Choose another one.",
    "profile_unknown": "There is no such customer in this Application. Reserving or linking would make an empty one.",
    "session_not_closed": "Only a closed session can be changed like this; this one is {state}.",
    "session_not_cancellable": "This session is {state} and cannot be cancelled.",
    "item_unknown": "There is no line {position} in this session.",
    "more_than_left": "Of {sku} only {left} can still be returned.",
    "nothing_to_change": "Everything has these values already.",
    "negative_balance": "Afterwards the customer owes points: {ledger} would stand at {points}.",
    "tier_at_risk": "The tier {tier} may be lost: fewer points remain in {ledger}.",
}


class Programs:
    """Names of programs, to call ledgers by. `titles`: by program id as text."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = dict(titles)

    def ledger(self, program: str, subledger: str) -> str:
        """`Points club`, `Points club / bonus`."""
        title = self._titles.get(program) or f"program {program}"
        return f"{title} / {subledger}" if subledger else title


def label(topic: str, about: tuple[str, ...], programs: Programs) -> Words:
    """What a fact is about; a topic without words is shown as it is."""
    pattern = _LABELS.get(topic)
    if pattern is None:
        return Words(" ".join((topic, *about)), topic)
    parts = (*about, "", "")
    line = str(int(parts[0]) + 1) if topic == "item.returned" and parts[0].isdecimal() else ""
    text = pattern.format(*parts, ledger=programs.ledger(parts[0], parts[1]), line=line)
    return Words(text, topic)


def value(topic: str, found: Scalar, formats: Formats) -> str:
    """A fact's value as people read it."""
    if found is None:
        return "-"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if topic in _STATES:
        return _STATES[topic](str(found)).text
    number = to_decimal(found)
    if number is not None and topic in _MONEY:
        return formats.money(number)
    if number is not None and topic.startswith(_POINTS):
        return formats.points(number)
    return str(found)


def interesting(facts: tuple[Fact, ...], others: tuple[Fact, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """Which facts a preview shows, in order: what changes first, then what was read; zeros that stay are left out."""
    expected = {(fact.topic, fact.about): fact.value for fact in others}
    before = {(fact.topic, fact.about): fact.value for fact in facts}
    changing = [key for key in expected if before.get(key) != expected[key]]
    staying = [key for key in before if key not in changing and _matters(key[0], before[key])]
    return [*changing, *staying]


def _matters(topic: str, found: Scalar) -> bool:
    return not (topic.startswith(("points.", "effect.")) and to_decimal(found or "0") == 0)


def worth_showing(line: Line) -> bool:
    """Whether a line of a receipt says anything: zeros that stayed zeros do not."""
    values = (line.before, line.expected, line.actual)
    return any(found is not None and _matters(line.topic, found) for found in values)


def unforeseen(line: Line) -> bool:
    """Whether it changed although nobody had predicted what it would become. Counts of holders follow from the change
    itself, and others move them too; the state of a code is read from whoever holds it, so only afterwards."""
    if line.topic in ("card.profiles", "coupon.holders", "coupon.state"):
        return False
    return line.read and not line.predicted and line.actual != line.before


def note(found: Note, formats: Formats, programs: Programs) -> str:
    """A remark of a preview, as a sentence; an unknown one is shown raw."""
    values = {name: "" if each is None else str(each) for name, each in found.values}
    pattern = _NOTES.get(found.code)
    if pattern is None:
        return " ".join((found.code, *(f"{name}={each}" for name, each in values.items())))
    shown = dict(values)
    if "state" in shown:
        shown["state"] = session_state(shown["state"]).text.lower()
    if "points" in shown:
        shown["points"] = formats.points(to_decimal(shown["points"]) or 0)
    if "position" in shown and shown["position"].isdecimal():
        shown["position"] = str(int(shown["position"]) + 1)
    shown["ledger"] = programs.ledger(values.get("program", ""), values.get("subledger", ""))
    return pattern.format(**shown)
