"""The operation table and the models against the official descriptions, both editions, property by property."""

import types
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from talon_client import OPERATIONS, Operation, Parameter
from talon_client.models import Model
from talon_client.models import base as base_models
from tests.support.description import Described, Edition, Schema, edition

pytestmark = pytest.mark.description

EDITIONS = ("25.15", "26.16")

# Differences that are meant, each with its reason. A test fails for entries that are not needed.
REASONS: dict[str, str] = {
    # Parameters: what is refused here would fail there, or be no text of that kind.
    "25.15 get_*.loyalty_card_id min_length": "from 26.16 on identifiers have at least 4 characters",
    "25.15 link_*.loyalty_card_id min_length": "from 26.16 on identifiers have at least 4 characters",
    "*.integration_id max_length": "the profile's own field holds 1000 (effects.md, Lengths)",
    "*.customer_session_id max_length": "no id is longer than 1000 (effects.md, Lengths)",
    "*.coupon_value max_length": "codes have at most 100 characters where they are used",
    "*.skip minimum": "there is nothing before the first row",
    "26.16 *.sort choices": "the text allows a leading minus (effects.md, Slips)",
    # Bodies
    "*CartItem.adjustmentEffectiveFrom": "read-only",
    "*CartItem.adjustmentEffectiveUntil": "read-only",
    "*CartItem.adjustmentReferenceId": "read-only",
    "*CartItem.prices": "read-only",
    "*CartItem.selectedPriceType": "read-only",
    "25.15 ReturnedCartItem.position required": "from 26.16 on a sku may stand for it",
    # Answers
    "CustomerProfileIntegrationResponseV2.achievements": "can be asked for (effects.md, Slips)",
    "* LoyaltyCard.status": "blocked by a transfer (facts.md, Cards)",
    "* InventoryCoupon.state": "the values are in the description's text only",
    "* *.event untyped": "kept as sent: the desk shows effects, not events",
    "* *.advancedEvent untyped": "kept as sent: the desk shows effects, not events",
    "* *.triggeredCampaigns untyped": "kept as sent: nothing reads campaigns yet",
    "* *.campaignEligibility untyped": "kept as sent: nothing reads campaigns yet",
    "26.16 Effect.props kind": "kept as sent, by effectType",
    "* *Ledger*Entry*.startDate kind": "a moment, `immediate` or `on_action` (facts.md, Loyalty ledger)",
    "* *Ledger*Entry*.expiryDate kind": "a moment or `unlimited` (facts.md, Loyalty ledger)",
    "* CartItem.position kind": "a whole number that the description calls a number",
    "* CartItemEntry.position kind": "a whole number that the description calls a number",
}


@pytest.fixture(params=EDITIONS)
def described(request: pytest.FixtureRequest) -> Edition:
    return edition(request.param)


def both(operation: Operation[Any]) -> Iterator[tuple[Edition, Described]]:
    for name in EDITIONS:
        yield edition(name), edition(name).operations[operation.wire_id]


class Differences:
    """Collects differences, and which of the reasons were needed for them."""

    def __init__(self) -> None:
        self.unexplained: list[str] = []
        self.used: set[str] = set()
        self._known: dict[str, set[str]] = defaultdict(set)
        self._ours: dict[str, set[str]] = defaultdict(set)

    def add(self, where: str, what: str) -> None:
        reasons = [reason for reason in REASONS if fnmatchcase(where, reason)]
        self.used.update(reasons)
        if not reasons:
            self.unexplained.append(f"{where}: {what}")

    def saw(self, model: type[BaseModel], ours: Iterable[str], theirs: Iterable[str]) -> None:
        name = model.__name__.partition("[")[0]
        self._ours[name].update(ours)
        self._known[name].update(theirs)

    def add_inventions(self) -> None:
        """Our fields that no edition has in any place where the model is used."""
        for name, fields in self._ours.items():
            for wire in fields - self._known[name]:
                self.add(f"{name}.{wire}", "no edition has it")


# What is compared


def compare_parameters(operation: Operation[Any], name: str, theirs: Described, found: Differences) -> None:
    ours = {each.wire: each for each in operation.parameters if each.since <= name}
    for wire in set(ours) ^ set(theirs.parameters):
        found.add(f"{name} {operation.id}.{wire}", "not in both")
    for wire in set(ours) & set(theirs.parameters):
        compare_parameter(f"{name} {operation.id}.", name, ours[wire], theirs.parameters[wire], found)


def compare_parameter(prefix: str, name: str, ours: Parameter, theirs: Schema, found: Differences) -> None:
    schema = edition(name).resolve(theirs["schema"])
    several = schema.get("type") == "array"
    inner = edition(name).resolve(schema["items"]) if several else schema
    kind = "datetime" if inner.get("format") == "date-time" else inner["type"]
    pairs: dict[str, tuple[object, object]] = {
        "place": (ours.place, theirs["in"]),
        "kind": (ours.kind, f"{kind}s" if several else kind),
        "style": (
            ours.style,
            "single" if not several else "repeated" if theirs.get("explode", True) else "joined",
        ),
        "choices": (set(ours.choices), set(inner.get("enum", ()))),
        "minimum": (ours.minimum, schema.get("minimum")),
        "maximum": (ours.maximum, schema.get("maximum")),
        "min_length": (ours.min_length, schema.get("minLength")),
        "max_length": (ours.max_length, schema.get("maxLength")),
    }
    if ours.repeated_since is not None and name < ours.repeated_since:
        # One value was the only one then: a list of one reads the same.
        pairs["kind"], pairs["style"] = (kind, kind), (None, None)
        assert not several
    for what, (mine, official) in pairs.items():
        if mine != official:
            found.add(f"{prefix}{ours.name} {what}", f"{mine!r} here, {official!r} there")


def compare_body(model: type[BaseModel], name: str, schema: Schema, found: Differences) -> None:
    theirs = edition(name).fields(schema)
    ours = by_alias(model)
    found.saw(model, ours, theirs)
    for wire in set(theirs) - set(ours):
        found.add(f"{name} {model.__name__}.{wire}", "cannot be sent")
    for wire in set(theirs) & set(ours):
        field, official = ours[wire], theirs[wire]
        if field.is_required() != official.required:
            found.add(f"{name} {model.__name__}.{wire} required", f"{field.is_required()} here")
        inner = edition(name).inner(official.schema)
        missing = set(inner.get("enum", ())) - literals(field.annotation)
        if missing:
            found.add(f"{name} {model.__name__}.{wire}", f"lacks {missing}")
        compare_kind(f"{name} {model.__name__}.{wire} kind", field, name, official.schema, found)
        for nested in models(field.annotation):
            compare_body(nested, name, inner, found)


def compare_answer(
    model: type[BaseModel], name: str, schema: Schema, found: Differences, seen: set[str] | None = None
) -> None:
    seen = set() if seen is None else seen
    if model.__name__ in seen:
        return
    seen.add(model.__name__)
    theirs = edition(name).fields(schema)
    ours = by_alias(model)
    found.saw(model, ours, theirs)
    assert theirs, f"{model.__name__} has no object to be compared with"
    for wire in set(theirs) - set(ours):
        found.add(f"{name} {model.__name__}.{wire}", "is not read")
    for wire in set(theirs) & set(ours):
        field, official = ours[wire], theirs[wire]
        inner = edition(name).inner(official.schema)
        if set(inner.get("enum", ())) != literals(field.annotation):
            official_values = sorted(inner.get("enum", ()))
            found.add(f"{name} {model.__name__}.{wire}", f"values: {official_values} there")
        assert not field.is_required(), (
            f"{model.__name__}.{wire} is required: no answer may be refused for it"
        )
        compare_kind(f"{name} {model.__name__}.{wire} kind", field, name, official.schema, found)
        nested = models(field.annotation)
        if edition(name).fields(inner) and not nested:
            found.add(f"{name} {model.__name__}.{wire} untyped", "has fields there")
        for each in nested:
            compare_answer(each, name, inner, found, seen)


KINDS: dict[Any, str] = {str: "string", int: "integer", Decimal: "number", bool: "boolean", Any: "any"}


def compare_kind(where: str, field: FieldInfo, name: str, schema: Schema, found: Differences) -> None:
    ours, theirs = kind_of(field.annotation), edition(name).kind(schema)
    if ours != theirs:
        found.add(where, f"{ours} here, {theirs} there")


def kind_of(annotation: Any) -> str:
    """The kind of a field as `Edition.kind` names it."""
    if annotation in KINDS:
        return KINDS[annotation]
    if is_model(annotation):
        return "object"
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if annotation == base_models.Timestamp:
        return "datetime"
    if origin is typing.Annotated:
        return kind_of(arguments[0])
    if origin in (tuple, list):
        return f"list of {kind_of(arguments[0])}"
    if origin is dict:
        inner = kind_of(arguments[1])
        return "object" if inner == "any" else f"map of {inner}"
    if origin is Literal:
        return "string"
    if origin in (typing.Union, types.UnionType):
        kinds = {kind_of(each) for each in arguments if each is not type(None)}
        if "datetime" in kinds or base_models.Timestamp in arguments:
            return "datetime"
        [kind] = kinds
        return kind
    raise AssertionError(f"what is {annotation}?")


def by_alias(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {field.alias or name: field for name, field in model.model_fields.items()}


def is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def models(annotation: Any) -> list[type[BaseModel]]:
    if is_model(annotation):
        return [annotation]
    return [model for argument in get_args(annotation) for model in models(argument)]


def literals(annotation: Any) -> set[str]:
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {value for argument in get_args(annotation) for value in literals(argument)}


def differences() -> Differences:
    found = Differences()
    for operation in OPERATIONS.values():
        for official, theirs in both(operation):
            compare_parameters(operation, official.name, theirs, found)
            if operation.request is not None and theirs.body is not None:
                compare_body(operation.request, official.name, theirs.body, found)
            answer = theirs.answers[operation.success[0]]
            if operation.response is not None and answer is not None:
                compare_answer(operation.response, official.name, answer, found)
    found.add_inventions()
    return found


# The tests


def test_method_path_success_and_bodies(described: Edition) -> None:
    for operation in OPERATIONS.values():
        theirs = described.operations[operation.wire_id]
        assert (operation.method, operation.path) == (theirs.method, theirs.path)
        assert set(operation.success) == {status for status in theirs.answers if status < 300}
        assert (operation.request is None) == (theirs.body is None)
        assert (operation.response is None) == (theirs.answers[operation.success[0]] is None)
        if described.name == EDITIONS[-1]:
            assert operation.tag == theirs.tag


def test_the_id_is_the_wire_id_in_snake_case() -> None:
    for operation in OPERATIONS.values():
        words = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation.wire_id)
        assert words == operation.id


def test_path_parameters_come_in_path_order() -> None:
    for operation in OPERATIONS.values():
        wires = [each.wire for each in operation.parameters if each.place == "path"]
        assert wires == [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def test_every_difference_has_a_reason_and_every_reason_a_difference() -> None:
    found = differences()
    assert sorted(found.unexplained) == []
    assert sorted(set(REASONS) - found.used) == []


def test_the_comparison_sees_what_it_should_see() -> None:
    class Wrong(Model):
        active_points: str | None = None
        invented: int | None = None

    found = Differences()
    official = edition("26.16")
    balances = official.operations["getLoyaltyBalances"].answers[200]
    assert balances is not None
    schema = official.fields(balances)["balance"].schema
    compare_answer(Wrong, "26.16", schema, found)
    assert any("expiredPoints: is not read" in each for each in found.unexplained)
    assert any("activePoints kind: string here, number there" in each for each in found.unexplained)
    parameter = OPERATIONS["get_loyalty_card_points"].parameter("status")
    compare_parameter("x.", "26.16", parameter, {"in": "query", "schema": {"type": "string"}}, found)
    assert any("x.status choices" in each for each in found.unexplained)


def test_which_operations_take_keys_and_locks_is_what_the_facts_say() -> None:
    keyed = {operation.wire_id for operation in OPERATIONS.values() if operation.safety.takes_key}
    assert keyed == {
        "updateCustomerSessionV2",
        "returnCartItems",
        "reopenCustomerSession",
        "updateCustomerProfileV2",
    }
    paged = {operation.wire_id for operation in OPERATIONS.values() if operation.paged}
    assert paged == {
        wire_id
        for wire_id in (operation.wire_id for operation in OPERATIONS.values())
        if "pageSize" in edition("26.16").operations[wire_id].parameters
    }
    for operation in OPERATIONS.values():
        assert operation.safety.writes == (operation.method != "GET")
        dry = "dry" in edition("26.16").operations[operation.wire_id].parameters
        assert (operation.dry_rule != "never") == dry
