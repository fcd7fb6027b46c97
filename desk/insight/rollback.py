"""What taking points back does to a balance: the award itself first, then pending, then active points, then debt.

Source: facts.md, Loyalty ledger ("pending first, then active down to 0"). How much a return policy lets go is in
the dry answer already; from which points it comes is inferred, and exact where the API lists the award.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from desk.insight.balances import ZERO, Reported
from desk.insight.effects import Purse, purse_of
from desk.insight.ledger import NO_WINDOW, Listed, Status, Window
from desk.insight.lots import status_at
from desk.insight.reading import effect_date
from talon_client.models import Effect


@dataclass(frozen=True, slots=True)
class Own:
    """An award of the session: what is left of it, what it is now, and from when to when it counts."""

    effect: Effect
    left: Decimal
    status: Status
    window: Window = NO_WINDOW


def own_awards(
    effects: Iterable[Effect],
    purse: Purse,
    profile_id: str,
    listed: Mapping[str, Listed] | None,
    now: datetime,
) -> tuple[Own, ...]:
    """The awards of a session to one ledger. `listed`: unused points by transaction UUID, None when they are not
    known; then nothing is taken to be spent of them, and their dates say what they are."""
    found = []
    for effect in effects:
        if effect.effect_type != "addLoyaltyPoints" or purse_of(effect, profile_id) != purse:
            continue
        if listed is not None:
            entry = listed.get(effect.text("transactionUUID") or "")
            found.append(
                Own(effect, entry.amount, entry.status, entry.window)
                if entry
                else Own(effect, ZERO, Status.ACTIVE)
            )
            continue
        waits = effect.props.get("awaitsActivation") is True
        starts = None if waits else effect_date(effect, "startDate") or now
        window = Window(starts, effect_date(effect, "expiryDate"))
        found.append(Own(effect, effect.number("value") or ZERO, status_at(window, now), window))
    return tuple(found)


def predict(before: Reported, rollbacks: Iterable[Effect], awards: Sequence[Own], now: datetime) -> Reported:
    """The balance of one ledger after these rollback effects, all of which are about it."""
    points = {
        Status.ACTIVE: before.active or ZERO,
        Status.PENDING: before.pending or ZERO,
        Status.EXPIRED: before.expired or ZERO,
    }
    spent, owed = before.spent or ZERO, before.negative or ZERO
    left = {place: own.left for place, own in enumerate(awards)}
    for effect in rollbacks:
        amount = abs(effect.number("value") or ZERO)
        match effect.effect_type:
            case "rollbackAddedLoyaltyPoints":
                for place, part in _parts(effect, amount, awards, left, points):
                    left[place] -= part
                    points[awards[place].status] -= part
                    amount -= part
                for status in (Status.PENDING, Status.ACTIVE):
                    part = min(amount, points[status])
                    points[status] -= part
                    amount -= part
                owed += amount
            case "rollbackDeductedLoyaltyPoints":
                spent -= amount
                window = Window(effect_date(effect, "startDate") or now, effect_date(effect, "expiryDate"))
                status = status_at(window, now)
                paid = ZERO if status is Status.EXPIRED else min(owed, amount)
                owed -= paid
                points[status] += amount - paid
            case "addNegativeLoyaltyPoints":
                owed += amount
    return replace(
        before,
        active=points[Status.ACTIVE],
        pending=points[Status.PENDING],
        spent=None if before.spent is None else spent,
        expired=None if before.expired is None else points[Status.EXPIRED],
        negative=owed,
    )


def missing_at(
    end: datetime | None, before: Reported, rollbacks: Iterable[Effect], awards: Sequence[Own]
) -> Decimal | None:
    """How many points fewer will be active at `end` because of these rollbacks: what expires until then is gone
    either way. None where that is not known: no such instant, or points that are not the session's own."""
    points = {
        Status.ACTIVE: before.active or ZERO,
        Status.PENDING: before.pending or ZERO,
        Status.EXPIRED: before.expired or ZERO,
    }
    left = {place: own.left for place, own in enumerate(awards)}
    found = ZERO
    for effect in rollbacks:
        amount = abs(effect.number("value") or ZERO)
        if end is None or effect.effect_type != "rollbackAddedLoyaltyPoints":
            return None
        for place, part in _parts(effect, amount, awards, left, points):
            own = awards[place]
            left[place] -= part
            points[own.status] -= part
            amount -= part
            if part and (own.window.starts is None or not own.window.readable):
                return None
            found += part if status_at(own.window, end) is Status.ACTIVE else ZERO
        if amount:
            return None
    return found


def _parts(
    rollback: Effect,
    amount: Decimal,
    awards: Sequence[Own],
    left: Mapping[int, Decimal],
    points: Mapping[Status, Decimal],
) -> Iterator[tuple[int, Decimal]]:
    """How much of a rollback comes out of which award of the session; what is over comes from elsewhere."""
    for place in _undone(rollback, awards):
        part = min(amount, left[place], points[awards[place].status])
        amount -= part
        yield place, part


def _undone(rollback: Effect, awards: Sequence[Own]) -> list[int]:
    """The awards that a rollback undoes: of the same rule, and of the same item where both name one."""
    same = [place for place, own in enumerate(awards) if _rule(own.effect) == _rule(rollback)]
    item = [place for place in same if _item(awards[place].effect) == _item(rollback)]
    return item or same


def _rule(effect: Effect) -> tuple[int | None, int | None, str | None]:
    return (effect.ruleset_id, effect.rule_index, effect.rule_name)


def _item(effect: Effect) -> tuple[str | None, str | None]:
    return (effect.text("cartItemPosition"), effect.text("cartItemSubPosition"))
