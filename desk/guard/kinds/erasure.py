"""Erasing the personal data of one customer at the API, in all Applications of its environment."""

from collections.abc import Sequence
from typing import Any

from desk.guard.change import Change, Proof, Reading, Wire
from desk.guard.kinds.reading import ProfileId, answer_or_missing, batch, child, profile
from desk.guard.model import Fact, Note, Target
from desk.insight.investigation import Investigation
from talon_client import Call, calls


class EraseCustomer(Change):
    """Delete all attributes of one customer, of their sessions and events. Nobody can take it back; points stay."""

    profile_id: ProfileId

    kind = "erase_customer"

    def target(self) -> Target:
        return profile(self.profile_id)

    def call(self) -> Call[Any]:
        return calls.delete_customer_data(self.profile_id)

    def look(self) -> Investigation[Reading]:
        call = calls.get_customer_inventory(self.profile_id, profile=True)
        found = answer_or_missing((yield batch(call))[call])
        # How many, never which: what is to be erased must not live on in the desk's own records.
        count = len(child(child(found or {}, "profile"), "attributes"))
        return Reading(
            fingerprint={"exists": found is not None, "attributes": count},
            facts=(Fact("profile.attributes", (), count),),
            blocks=() if found is not None else (Note("profile_unknown"),),
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (Fact("profile.attributes", (), 0),)

    def notes(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Note, ...]:
        return (Note("all_applications"),)

    def proof(self, before: Wire, after: Wire) -> Proof:
        if not after.get("exists") or (before.get("attributes") and not after.get("attributes")):
            return Proof.APPLIED
        # Who had none shows no trace; sessions may have had some all the same.
        return Proof.NOT_APPLIED if before.get("attributes") else Proof.UNCLEAR
