"""What effects say a change takes back, as facts: the same reading for a dry run, and for the answer that counts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from desk.guard.change import Ledger, Wire
from desk.guard.kinds.reading import child, number, text, whole
from desk.guard.model import Fact
from desk.guard.wire import amount

TAKEN = "rollbackAddedLoyaltyPoints"
GIVEN = "rollbackDeductedLoyaltyPoints"
OWED = "addNegativeLoyaltyPoints"
"""The part of a rollback below zero; newer SDKs name it, without its props (effects.md)."""

_POINTS = {TAKEN: "effect.points_taken_back", GIVEN: "effect.points_given_back", OWED: "effect.points_owed"}
_SUMS = {"rollbackDiscount": "effect.discount_taken_back"}


def changed(effects: Iterable[Wire]) -> tuple[Fact, ...]:
    """Sums of points and discounts by ledger, rolled back coupons by code, everything else by count.

    Ids of transactions and dates are left out: a dry run and the real thing may differ in them.
    """
    points: Counter[tuple[str, tuple[str, ...]]] = Counter()
    sums: dict[tuple[str, tuple[str, ...]], Decimal] = {}
    for effect in effects:
        kind, props = text(effect.get("effectType")), child(effect, "props")
        if kind in _POINTS:
            about: tuple[str, ...] = (str(whole(props.get("programId"))), text(props.get("subLedgerId")))
            _add(sums, (_POINTS[kind], about), props)
        elif kind in _SUMS:
            _add(sums, (_SUMS[kind], ()), props)
        elif kind == "rollbackCoupon":
            points[("effect.coupon_given_back", (text(props.get("value")),))] += 1
        elif kind.startswith("rollback"):
            points[("effect.other", (kind,))] += 1
    facts = [Fact(topic, about, amount(value)) for (topic, about), value in sums.items()]
    facts += [Fact(topic, about, count) for (topic, about), count in points.items()]
    return tuple(sorted(facts, key=lambda fact: (fact.topic, fact.about)))


def _add(
    sums: dict[tuple[str, tuple[str, ...]], Decimal], key: tuple[str, tuple[str, ...]], props: Wire
) -> None:
    sums[key] = sums.get(key, Decimal(0)) + (number(props.get("value")) or Decimal(0))


def net_points(effects: Iterable[Wire]) -> dict[tuple[str, str], Decimal]:
    """By program and subledger, how far active + pending - negative points move."""
    moved: dict[tuple[str, str], Decimal] = {}
    for effect in effects:
        kind, props = text(effect.get("effectType")), child(effect, "props")
        if kind not in _POINTS:
            continue
        key = (str(whole(props.get("programId"))), text(props.get("subLedgerId")))
        value = abs(number(props.get("value")) or Decimal(0))
        moved[key] = moved.get(key, Decimal(0)) + (value if kind == GIVEN else -value)
    return moved


def ledgers(effects: Iterable[Wire], profile_id: str) -> tuple[Ledger, ...]:
    """Whose points the effects touch: a card's where they name one, otherwise the recipient's or the customer's."""
    found: dict[Ledger, None] = {}
    for effect in effects:
        props = child(effect, "props")
        if "oyaltyPoints" not in text(effect.get("effectType")) or "programId" not in props:
            continue
        card_id = text(props.get("cardIdentifier"))
        holder = text(props.get("recipientIntegrationId")) or profile_id
        if card_id:
            found[Ledger(whole(props.get("programId")), "card", card_id)] = None
        elif holder:
            found[Ledger(whole(props.get("programId")), "profile", holder)] = None
    return tuple(found)


def totals(before: Sequence[Fact], effects: Sequence[Wire], holder_of: Sequence[Ledger]) -> tuple[Fact, ...]:
    """What the points of each ledger should come to, where each program is touched for one holder only."""
    moved = net_points(effects)
    single = {str(ledger.program) for ledger in holder_of if _alone(ledger, holder_of)}
    facts = []
    for fact in before:
        if fact.topic == "points.total" and fact.about[0] in single:
            had = number(fact.value) or Decimal(0)
            facts.append(Fact(fact.topic, fact.about, amount(had + moved.get(_key(fact), Decimal(0)))))
    return tuple(facts)


def _key(fact: Fact) -> tuple[str, str]:
    return (fact.about[0], fact.about[1])


def _alone(ledger: Ledger, others: Sequence[Ledger]) -> bool:
    return sum(other.program == ledger.program for other in others) == 1
