"""`setDiscountPerAdditionalCostPerItem`: a discount on the additional cost of single units, such as gift wrapping."""

from dataclasses import replace

from ..amounts import to_decimal
from ..catalog import Json
from .build import build, part_of
from .conditions import matches
from .draft import Context
from .model import Effect, Item, Wire


def discount_item_cost(context: Context, spec: Json, index: int) -> list[Effect]:
    """One effect for each unit of the matching lines that carries the cost; nothing where none does."""
    made: list[Effect] = []
    for item in context.view.items:
        if str(spec["cost"]) in item.costs and matches(item, spec):
            for unit in item.units:
                made += _discount_unit(context, spec, item, unit)
    return made


def _discount_unit(context: Context, spec: Json, item: Item, unit: int) -> list[Effect]:
    name = str(spec["cost"])
    place = f"{name}/{item.position}/{unit}"
    taken = context.draft.cost_discounts.get(place, 0)
    charged = item.costs[name]
    wanted = min(part_of(spec, charged), charged - taken, context.left_to_pay())
    if wanted <= 0:
        return []
    allowed = context.take_budget(wanted)
    context.draft.cost_discounts[place] = taken + allowed
    props: Wire = {
        "name": str(spec["name"]),
        "additionalCostId": context.world.catalog.additional_costs[name],
        "additionalCost": name,
        "value": to_decimal(allowed),
        "position": item.position,
    }
    if item.quantity > 1:
        props["subPosition"] = unit
    if allowed < wanted:
        props["desiredValue"] = to_decimal(wanted)
    effect = build(context, "setDiscountPerAdditionalCostPerItem", props, allowed)
    return [replace(effect, position=item.position, sub_position=unit)]
