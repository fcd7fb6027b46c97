"""What of an order still stands: the effects that earlier rollbacks left something of, and the units of a line
that came back. The pages and the write path read both here, so that what is shown is what is weighed and proved.

Sources: facts.md (Sessions), effects.md ("When each rollback is documented to come").
"""

from collections.abc import Sequence
from decimal import Decimal

from desk.insight.balances import ZERO
from desk.insight.effects import purse_of, settled
from talon_client.models import CartItemEntry, Effect

TAKES = frozenset({"rollbackAddedLoyaltyPoints", "addNegativeLoyaltyPoints"})
"""What takes earned points back: down to zero, and the part below it (effects.md)."""


def returned_units(item: CartItemEntry) -> int | None:
    """How many units of a line came back, from either figure of the API; None where it sends neither."""
    if item.returned_quantity is not None:
        return item.returned_quantity
    if item.remaining_quantity is None:
        return None
    return max((item.quantity or 0) - item.remaining_quantity, 0)


def standing(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """The awards and discounts with what the rollbacks after them left of them; those with nothing left are left out. A
    rollback that fits nothing before it counts for nothing: its own may not be listed any more."""
    kept: list[Effect] = []
    for effect in settled(effects):
        kind = effect.effect_type or ""
        amount = _size(effect)
        if kind in TAKES or kind == "rollbackDiscount":
            for place, each in enumerate(kept):
                part = min(amount, _size(each)) if _undoes(effect, each) else ZERO
                amount -= part
                if part:
                    props = {**each.props, "value": _size(each) - part}
                    kept[place] = each.model_copy(update={"props": props})
        else:
            kept.append(effect)
    return tuple(each for each in kept if each.props.get("value") != ZERO)


def points_standing(effects: Sequence[Effect]) -> Decimal:
    """Points that effects gave and nothing has taken back yet, over all ledgers."""
    awards = (each for each in standing(effects) if each.effect_type == "addLoyaltyPoints")
    return sum(map(_size, awards), ZERO)


def _size(effect: Effect) -> Decimal:
    return abs(effect.number("value") or ZERO)


def _undoes(rollback: Effect, effect: Effect) -> bool:
    """Of the same name, or the same rule and ledger; of the same item where the effect is for one, of the same unit
    where both name it."""
    kind, item = effect.effect_type or "", "cartItemPosition"
    if rollback.effect_type == "rollbackDiscount":
        same = kind.startswith("setDiscount") and rollback.text("name") == effect.text("name")
        item = "position"
        unit = effect.number("subPosition"), rollback.number("cartItemSubPosition")
    else:
        same = kind == "addLoyaltyPoints" and _same_ledger(rollback, effect)
        same = same and rollback.rule_index == effect.rule_index and rollback.ruleset_id == effect.ruleset_id
        unit = effect.number("cartItemSubPosition"), rollback.number("cartItemSubPosition")
    at = effect.number(item)
    same_item = at is None or rollback.number("cartItemPosition") == at
    return same and same_item and (None in unit or unit[0] == unit[1])


def _same_ledger(rollback: Effect, award: Effect) -> bool:
    """Points below zero are documented without props: whose they are is compared only where both say it."""
    back, given = purse_of(rollback), purse_of(award)
    if back is None or given is None:
        return back is given
    place = (back.program_id, back.subledger, back.card) == (given.program_id, given.subledger, given.card)
    return place and (back.profile == given.profile or not back.profile or not given.profile)
