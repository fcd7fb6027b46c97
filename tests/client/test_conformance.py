"""The operation table and the models against the official descriptions, both editions, property by property."""

import types
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import AwareDatetime, BaseModel, RootModel
from pydantic.fields import FieldInfo

from talon_client import OPERATIONS, Operation, Parameter
from talon_client.models import Model
from talon_client.models import base as base_models
from talon_client.models.effect_props import PROPS
from tests.support.description import Described, Edition, Schema, edition

pytestmark = pytest.mark.description

EDITIONS = ("25.15", "26.16")

# Differences that are meant, each with its reason. A test fails for entries that are not needed.
REASONS: dict[str, str] = {
    # Parameters: what is refused here would fail there, or be no text of that kind.
    "26.16 *.loyalty_card_id min_length": "25.15 has no lower bound, and old cards keep their identifiers",
    "*.silent choices": "the description names both values in its text only",
    "*.campaign_ids kind": "numbers that the description writes as text",
    "*.achievement_ids kind": "numbers that the description writes as text",
    "*.integration_id max_length": "the profile's own field holds 1000 (effects.md, Lengths)",
    "*.customer_session_id max_length": "no id is longer than 1000 (effects.md, Lengths)",
    "*.coupon_value max_length": "codes have at most 100 characters where they are used",
    "*.skip minimum": "there is nothing before the first row",
    "26.16 *.sort choices": "the text allows a leading minus (effects.md, Slips)",
    # Bodies
    "25.15 ReturnedCartItem.position required": "from 26.16 on a sku may stand for it",
    "* IntegrationEventV2Request.profileId required": "the API needs it all the same (facts.md, The rest)",
    "26.16 NewReferralsForMultipleAdvocates.usageLimit required": "the API needs it (facts.md, The rest)",
    "25.15 *Item*.type": "one class for each type of action",
    "25.15 AddPriceAdjustment.type": "one class for each type of action",
    "* *Item*.type required": "the class sets it",
    "* AddPriceAdjustment.type required": "the class sets it",
    "26.16 *Item*.type kind": "one class for each type of action",
    "26.16 AddPriceAdjustment.type kind": "one class for each type of action",
    # Answers
    "25.15 Campaign.features": "from 26.16 on",
    "* *Event*.effects kind": "lists of positional values in an old form, kept as sent",
    "* LedgerEntry.amount kind": "points can have decimals",
    "26.16 LabelTarget.type": "one class for both kinds of target",
    "26.16 LoyaltyLedgerEntry.type": "the same two values as in transactions",
    "CustomerProfileIntegrationResponseV2.achievements": "can be asked for (effects.md, Slips)",
    "* LoyaltyCard.status": "blocked by a transfer (facts.md, Cards)",
    "* InventoryCoupon.state": "the values are in the description's text only",
    "26.16 Effect.props kind": "kept as sent, by effectType",
    "* *Ledger*Entry*.startDate kind": "a moment, `immediate` or `on_action` (facts.md, Loyalty ledger)",
    "* *Ledger*Entry*.expiryDate kind": "a moment or `unlimited` (facts.md, Loyalty ledger)",
    "26.16 *EffectProps.*osition kind": "a whole number that the description calls a number",
    "26.16 ShowBundleMetadataEffectProps.itemsIndices kind": "whole numbers that the description calls numbers",
    "26.16 TriggerWebhookEffectProps.webhookId kind": "a whole number that the description calls a number",
    "ExtendLoyaltyPointsExpiryDateEffectProps.previousExpirationDate": "25.15 sends it (effects.md)",
    "ExtendLoyaltyPointsExpiryDateEffectProps.transactionUUIDs": "25.15 sends it (effects.md)",
    "* CartItem.position kind": "a whole number that the description calls a number",
    "* CartItemEntry.position kind": "a whole number that the description calls a number",
}


@pytest.fixture(params=EDITIONS)
def described(request: pytest.FixtureRequest) -> Edition:
    return edition(request.param)


def both(operation: Operation[Any]) -> Iterator[tuple[Edition, Described]]:
    """The editions that have it. A legacy operation is in none: nothing describes it any more."""
    for name in EDITIONS:
        if operation.wire_id in edition(name).operations:
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
    if issubclass(model, RootModel):
        assert edition(name).kind(schema) == kind_of(model.model_fields["root"].annotation)
        return
    theirs = edition(name).fields(branch(model, edition(name), schema))
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


def branch(model: type[BaseModel], official: Edition, schema: Schema) -> Schema:
    """Of alternatives told apart by `type`, the one that the model is for."""
    for each in official.resolve(schema).get("oneOf", ()):
        told = official.fields(each).get("type")
        if told is not None and told.schema.get("const") in literals(model.model_fields["type"].annotation):
            return each  # type: ignore[no-any-return]
    return schema


def compare_answer(
    model: type[BaseModel], name: str, schema: Schema, found: Differences, seen: set[str] | None = None
) -> None:
    seen = set() if seen is None else seen
    if model.__name__ in seen:
        return
    seen.add(model.__name__)
    theirs = edition(name).fields(schema)
    for alternative in edition(name).resolve(schema).get("oneOf", ()):
        theirs |= edition(name).fields(alternative)
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


KINDS: dict[Any, str] = {
    str: "string",
    int: "integer",
    Decimal: "number",  # sent
    base_models.Number: "number",  # read
    bool: "boolean",
    Any: "any",
    AwareDatetime: "datetime",
}


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
                for model in models(operation.response):
                    compare_answer(model, official.name, official.inner(answer), found)
    # The older edition describes no props.
    newest = edition(EDITIONS[-1])
    for props in dict.fromkeys(PROPS.values()):
        if props.__name__ in newest.schemas():
            compare_answer(props, newest.name, newest.schemas()[props.__name__], found)
    found.add_inventions()
    return found


# The tests


def test_every_operation_of_each_edition_is_there_and_no_other(described: Edition) -> None:
    ours = {each.wire_id for each in OPERATIONS.values() if each.since <= described.name and not each.legacy}
    assert ours == set(described.operations)
    assert [each.id for each in OPERATIONS.values() if each.legacy] == ["track_event"]


# Successes that a description leaves out: what `silent=yes` answers (effects.md, Slips; facts.md, Transport).
SILENT_204 = {
    ("25.15", "track_event_v2"),
    ("25.15", "update_customer_profiles_v2"),
    ("26.16", "track_event_v3"),
}


def test_method_path_success_and_bodies(described: Edition) -> None:
    for operation in OPERATIONS.values():
        theirs = described.operations.get(operation.wire_id)
        if theirs is None:
            continue
        assert (operation.method, operation.path) == (theirs.method, theirs.path)
        left_out = {204} if (described.name, operation.id) in SILENT_204 else set()
        assert set(operation.success) - left_out == {status for status in theirs.answers if status < 300}
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


def test_every_effect_that_is_described_has_its_props() -> None:
    newest = edition(EDITIONS[-1])
    described = {
        ref["$ref"].rpartition("/")[2]
        for ref in newest.fields(newest.schemas()["Effect"])["props"].schema["oneOf"]
    }
    assert described == {props.__name__ for props in PROPS.values()} - {"JoinLoyaltyProgramEffectProps"}
    for name, props in PROPS.items():
        # Two later names, and one schema that is not called like its type (effects.md).
        if name not in ("set", "callApi", "customEffect"):
            assert props.__name__ == f"{name[0].upper()}{name[1:]}EffectProps"


def test_which_operations_take_keys_and_locks_is_what_the_facts_say() -> None:
    keyed = {operation.wire_id for operation in OPERATIONS.values() if operation.safety.takes_key}
    assert keyed == {
        "updateCustomerProfilesV2",
        "trackEventV2",
        "updateCustomerSessionV2",
        "returnCartItems",
        "reopenCustomerSession",
        "updateCustomerProfileV2",
    }
    paged = {operation.wire_id for operation in OPERATIONS.values() if operation.paged}
    assert paged == {
        wire_id
        for wire_id in (each.wire_id for each in OPERATIONS.values() if not each.legacy)
        if "pageSize" in edition("26.16").operations[wire_id].parameters
    }
    for operation in OPERATIONS.values():
        if operation.legacy:
            continue
        assert operation.safety.writes == (operation.method != "GET") or operation.id == "best_prior_price"
        dry = "dry" in edition("26.16").operations[operation.wire_id].parameters
        assert (operation.dry_rule != "never") == dry
