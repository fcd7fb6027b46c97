"""The words of the campaigns file: which conditions and effects there are, and what each may say."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import cast

from ..catalog import Catalog, CatalogError, Json
from ..durations import is_duration

# Name: words it must have, words it may have.
_Shape = tuple[str, str]
_LONGEST_PREFIX = 90
_ITEMS = "category sku attribute is"
CONDITIONS: Mapping[str, _Shape] = {
    "coupon": ("", ""),
    "referral": ("", ""),
    "cart_total": ("", "at_least at_most"),
    "cart_has": ("", f"{_ITEMS} quantity at_least at_most"),
    "profile": ("", ""),
    "audience": ("name", ""),
    "profile_attribute": ("name", "is in at_least at_most"),
    "session_attribute": ("name", "is in at_least at_most"),
    "card": ("", "program"),
    "points": ("program", "subledger at_least at_most"),
    "tier": ("program in", "subledger"),
    "first_session": ("", ""),
    "closed_sessions": ("", "at_least at_most"),
    "event": ("type", ""),
    "any": ("of", ""),
    "not": ("of", ""),
}
EFFECTS: Mapping[str, _Shape] = {
    "discount": ("name", "percent amount of at_most"),
    "discount_items": ("name", f"percent amount {_ITEMS}"),
    "discount_cost": ("name cost", "percent amount"),
    "discount_item_cost": ("name cost", f"percent amount {_ITEMS}"),
    "add_points": (
        "name program",
        f"points per_euro of whole each subledger pending valid awaits_action {_ITEMS} to",
    ),
    "give_away": ("pool", "on_completion"),
    "progress": ("achievement", "by"),
    "start_progress": ("achievement", ""),
    "webhook": ("id name", ""),
    "error": ("message", ""),
    "create_referral": ("campaign", ""),
    "pay_with_points": ("name program attribute points_per_euro", "subledger"),
    "notify": ("title body", "type"),
    "custom": ("id name", "payload"),
    "free_item": ("sku name", ""),
    "set_attribute": ("path value", ""),
    "join_audience": ("audience", ""),
    "leave_audience": ("audience", ""),
    "extend_expiry": ("program by", "subledger"),
    "set_expiry": ("program valid", "subledger"),
    "create_coupon": ("campaign", "prefix usage_limit valid"),
    "reserve_coupon": ("code", ""),
}
# What may stand under a word, everywhere or, where it has two meanings, by effect. Other words take anything.
_KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        ("at_least", "at_most", "quantity", "percent", "amount", "points", "per_euro"), "a number"
    ),
    **dict.fromkeys(("points_per_euro", "by"), "a number above 0"),
    **dict.fromkeys(("program", "audience", "achievement", "on_completion"), "a whole number"),
    **dict.fromkeys(("pool", "campaign", "id", "usage_limit"), "a whole number"),
    **dict.fromkeys(("pending", "valid"), "a duration such as 14D"),
    **dict.fromkeys(("name", "title", "body", "type", "message", "path", "sku", "category"), "a text"),
    **dict.fromkeys(("attribute", "subledger", "cost", "code", "prefix", "of", "to"), "a text"),
    **dict.fromkeys(("whole", "each", "awaits_action"), "true or false"),
    "in": "a list",
}
_OWN_KINDS: Mapping[tuple[str, str], str] = {
    ("extend_expiry", "by"): "a duration such as 14D",
    ("any", "of"): "a list",
    ("not", "of"): "an object",
}


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_FITS: Mapping[str, Callable[[object], bool]] = {
    "a number": _is_number,
    "a number above 0": lambda value: _is_number(value) and cast(Decimal, value) > 0,
    "a whole number": lambda value: isinstance(value, int) and _is_number(value) and value >= 0,
    "a duration such as 14D": lambda value: isinstance(value, str) and is_duration(value),
    "a text": lambda value: isinstance(value, str),
    "true or false": lambda value: isinstance(value, bool),
    "a list": lambda value: isinstance(value, list),
    "an object": lambda value: isinstance(value, dict),
}
_MOST_USES = 999_999
# Words of which an effect needs exactly one.
_ONE_OF = {
    "discount": ("percent", "amount"),
    "discount_items": ("percent", "amount"),
    "discount_cost": ("percent", "amount"),
    "discount_item_cost": ("percent", "amount"),
    "add_points": ("points", "per_euro"),
}


def check_rules(catalog: Catalog) -> None:
    """CatalogError for the first condition or effect that cannot be, with its campaign and rule."""
    for campaign in catalog.campaigns.values():
        for rule in campaign.rules:
            place = f"campaign {campaign.name!r}, rule {rule.name!r}"
            for condition in _with_inner(rule.conditions, place):
                _check(condition, "if", CONDITIONS, place)
            for effect in (*rule.effects, *rule.otherwise):
                _check(effect, "do", EFFECTS, place)
                _check_effect(catalog, effect, place)


def _with_inner(conditions: Iterable[object], place: str) -> Iterable[Json]:
    for condition in conditions:
        if not isinstance(condition, dict):
            raise CatalogError(f"{place}: a condition must be an object")
        yield condition
        inner = condition.get("of")
        if condition.get("if") in ("any", "not") and inner is not None:
            yield from _with_inner(inner if isinstance(inner, list) else [inner], place)


def _check(spec: Json, verb: str, shapes: Mapping[str, _Shape], place: str) -> None:
    name = spec.get(verb)
    if not isinstance(name, str) or name not in shapes:
        raise CatalogError(f"{place}: {name!r} must be one of {', '.join(shapes)}")
    needed, optional = (words.split() for words in shapes[name])
    for word in needed:
        if word not in spec:
            raise CatalogError(f"{place}: {name} must have {word}")
    for word, value in spec.items():
        if word not in (verb, *needed, *optional):
            raise CatalogError(f"{place}: {name} must not have {word}")
        kind = _OWN_KINDS.get((name, word), _KINDS.get(word))
        if kind is not None and not _FITS[kind](value):
            raise CatalogError(f"{place}: {word} must be {kind}")


def _check_effect(catalog: Catalog, effect: Json, place: str) -> None:
    name = cast(str, effect["do"])
    choices = _ONE_OF.get(name, ())
    if choices and sum(word in effect for word in choices) != 1:
        raise CatalogError(f"{place}: {name} must have {' or '.join(choices)}")
    if name in ("discount_cost", "discount_item_cost") and effect["cost"] not in catalog.additional_costs:
        raise CatalogError(f"{place}: cost must be one of the additionalCosts")
    if "program" in effect:
        program = catalog.programs.get(cast(int, effect["program"]))
        subledger = effect.get("subledger", "")
        if program is None or (subledger and subledger not in program.subledgers):
            raise CatalogError(f"{place}: {name} must name a program of the file, and a subledger of that")
    if name in ("create_coupon", "create_referral") and effect["campaign"] not in catalog.campaigns:
        raise CatalogError(f"{place}: {name} must name a campaign of the file")
    if len(str(effect.get("prefix", ""))) > _LONGEST_PREFIX:
        raise CatalogError(f"{place}: prefix must have at most {_LONGEST_PREFIX} characters")
    if cast(int, effect.get("usage_limit", 0)) > _MOST_USES:
        raise CatalogError(f"{place}: usage_limit must be at most {_MOST_USES}")
    if "pool" in effect and effect["pool"] not in catalog.giveaways:
        raise CatalogError(f"{place}: {name} must name a giveaway pool of the file")
    for word in ("achievement", "on_completion"):
        if word in effect and effect[word] not in catalog.achievements:
            raise CatalogError(f"{place}: {word} must name an achievement of the file")
    if effect.get("to", "advocate") != "advocate":
        raise CatalogError(f"{place}: {name} can only be given to the advocate")
    if "audience" in effect and effect["audience"] not in catalog.audiences:
        raise CatalogError(f"{place}: {name} must name an audience of the file")
