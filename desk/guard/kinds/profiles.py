"""Changing attributes of one customer profile."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from pydantic import Field

from desk.guard.change import Change, Proof, Reading, Wire
from desk.guard.kinds.reading import ProfileId, answer_or_missing, batch, child, number, profile
from desk.guard.model import Fact, Json, Note, Scalar, Target
from desk.guard.wire import canonical, wire
from desk.insight.investigation import Investigation
from talon_client import Call, calls
from talon_client.models import CustomerProfileIntegrationRequestV2

Value: TypeAlias = "bool | int | float | str | None"
Attribute = Annotated[str, Field(min_length=1, max_length=255)]


class UpdateProfile(Change):
    """Set attributes of one customer; those not named stay as they are. Rules do not run."""

    profile_id: ProfileId
    attributes: Annotated[dict[Attribute, Value], Field(min_length=1)]

    kind = "update_profile"

    def target(self) -> Target:
        return profile(self.profile_id)

    def call(self) -> Call[Any]:
        body = CustomerProfileIntegrationRequestV2(
            attributes={name: self.attributes[name] for name in sorted(self.attributes)}
        )
        return calls.update_customer_profile_v2(self.profile_id, body=body)

    def look(self) -> Investigation[Reading]:
        call = calls.get_customer_inventory(self.profile_id, profile=True)
        found = answer_or_missing((yield batch(call))[call])
        if found is None:
            return Reading(fingerprint={"exists": False}, blocks=(Note("profile_unknown"),))
        attributes = child(child(found, "profile"), "attributes")
        values: dict[str, Json] = {name: attributes.get(name) for name in sorted(self.attributes)}
        same = all(_same(values[name], wire(value)) for name, value in self.attributes.items())
        return Reading(
            fingerprint={"exists": True, "attributes": values},
            facts=tuple(Fact("attribute", (name,), _scalar(value)) for name, value in values.items()),
            blocks=(Note("nothing_to_change"),) if same else (),
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return tuple(
            Fact("attribute", (name,), _scalar(wire(value)))
            for name, value in sorted(self.attributes.items())
        )

    def proof(self, before: Wire, after: Wire) -> Proof:
        values = child(after, "attributes")
        if all(_same(values.get(name), wire(value)) for name, value in self.attributes.items()):
            return Proof.APPLIED
        return Proof.NOT_APPLIED if canonical(before) == canonical(after) else Proof.UNCLEAR


def _scalar(value: Json) -> Scalar:
    return value if value is None or isinstance(value, (bool, int, str)) else canonical(value)


def _same(left: Json, right: Json) -> bool:
    if left == right and isinstance(left, bool) is isinstance(right, bool):
        return True
    return number(left) is not None and number(left) == number(right)
