"""Generating a loyalty card and linking one to a customer."""

import secrets
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from desk.guard.change import Change, Ledger, Proof, Reading, Wire
from desk.guard.kinds.reading import (
    ProfileId,
    answer,
    answer_or_missing,
    batch,
    card,
    known_profile,
    objects,
    profile,
    text,
)
from desk.guard.model import Fact, Note, Target
from desk.insight.investigation import Investigation
from talon_client import Call, calls
from talon_client.models import GenerateLoyaltyCard, LoyaltyCardRegistration

ProgramId = Annotated[int, Field(ge=1)]
CardId = Annotated[str, Field(min_length=1, max_length=1000)]
"""A card that exists: whatever the deployment calls it, imported ones included."""
NewCardId = Annotated[str, Field(min_length=4, max_length=108, pattern=r"^[A-Za-z0-9._%+@-]+$")]
"""What the API takes for a card that it is to make."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_card_id(choose: Callable[[str], str] = secrets.choice) -> str:
    """A fresh card identifier, legal in both editions, without letters that are misread on the phone.

    The desk chooses identifiers itself, so that a card whose answer was lost can be looked up.
    """
    return "-".join("".join(choose(_ALPHABET) for _ in range(4)) for _ in range(4))


class LinkCard(Change):
    """Link a card to one customer. What a card's limit of users says to it, the API decides."""

    program_id: ProgramId
    card_id: CardId
    profile_id: ProfileId

    kind = "link_card"

    def target(self) -> Target:
        return card(self.program_id, self.card_id)

    def subjects(self) -> tuple[Target, ...]:
        return (profile(self.profile_id),)

    def call(self) -> Call[Any]:
        return calls.link_loyalty_card_to_profile(
            self.program_id, self.card_id, body=LoyaltyCardRegistration(integration_id=self.profile_id)
        )

    def look(self) -> Investigation[Reading]:
        card_call = calls.get_loyalty_card_balances(self.program_id, self.card_id)
        profile_call = calls.get_customer_inventory(self.profile_id, profile=True)
        answers = yield batch(card_call, profile_call)
        linked = _profiles(answer(answers[card_call]))
        blocks = known_profile(answers[profile_call])
        if self.profile_id in linked:
            blocks += (Note("already_linked"),)
        return Reading(
            fingerprint={"profiles": linked},
            facts=(
                Fact("card.linked", (), self.profile_id in linked),
                Fact("card.profiles", (), len(linked)),
            ),
            subjects=tuple(profile(each) for each in linked),
            blocks=blocks,
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (Fact("card.linked", (), True),)

    def proof(self, before: Wire, after: Wire) -> Proof:
        return Proof.APPLIED if _has(after, self.profile_id) else Proof.NOT_APPLIED

    def undo(self) -> "UnlinkCard":
        return UnlinkCard(program_id=self.program_id, card_id=self.card_id, profile_id=self.profile_id)


class UnlinkCard(Change):
    """Take one customer off a card. The points stay on the card. Deployments before 26 may not know the operation."""

    program_id: ProgramId
    card_id: CardId
    profile_id: ProfileId

    kind = "unlink_card"

    def target(self) -> Target:
        return card(self.program_id, self.card_id)

    def subjects(self) -> tuple[Target, ...]:
        return (profile(self.profile_id),)

    def call(self) -> Call[Any]:
        return calls.unlink_loyalty_card_from_profile(
            self.program_id, self.card_id, body=LoyaltyCardRegistration(integration_id=self.profile_id)
        )

    def look(self) -> Investigation[Reading]:
        call = calls.get_loyalty_card_balances(self.program_id, self.card_id)
        answers = yield batch(call)
        linked = _profiles(answer(answers[call]))
        return Reading(
            fingerprint={"profiles": linked},
            facts=(
                Fact("card.linked", (), self.profile_id in linked),
                Fact("card.profiles", (), len(linked)),
            ),
            subjects=tuple(profile(each) for each in linked),
            blocks=() if self.profile_id in linked else (Note("not_linked"),),
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (Fact("card.linked", (), False),)

    def proof(self, before: Wire, after: Wire) -> Proof:
        return Proof.NOT_APPLIED if _has(after, self.profile_id) else Proof.APPLIED

    def undo(self) -> LinkCard:
        return LinkCard(program_id=self.program_id, card_id=self.card_id, profile_id=self.profile_id)


def _has(fingerprint: Wire, profile_id: str) -> bool:
    profiles = fingerprint.get("profiles")
    return isinstance(profiles, Sequence) and profile_id in profiles


class GenerateCard(Change):
    """Generate a card under an identifier that the desk chose (`new_card_id`), linked to customers or to nobody."""

    program_id: ProgramId
    card_id: NewCardId
    profile_ids: tuple[ProfileId, ...] = ()
    status: Literal["active", "inactive"] = "active"

    kind = "generate_card"

    def target(self) -> Target:
        return card(self.program_id, self.card_id)

    def subjects(self) -> tuple[Target, ...]:
        return tuple(profile(each) for each in self.profile_ids)

    def call(self) -> Call[Any]:
        body = GenerateLoyaltyCard(
            status=self.status, card_identifier=self.card_id, customer_profile_ids=list(self.profile_ids)
        )
        return calls.generate_loyalty_card(self.program_id, body=body)

    def look(self) -> Investigation[Reading]:
        card_call = calls.get_loyalty_card_balances(self.program_id, self.card_id)
        profile_calls = [calls.get_customer_inventory(each, profile=True) for each in self.profile_ids]
        answers = yield batch(card_call, *profile_calls)
        found = answer_or_missing(answers[card_call])
        blocks = tuple(note for call in profile_calls for note in known_profile(answers[call]))
        if found is not None:
            blocks += (Note("card_exists"),)
        linked = () if found is None else _profiles(found)
        ledgers = () if found is None else (Ledger(self.program_id, "card", self.card_id),)
        return Reading(
            fingerprint={"exists": found is not None},
            facts=(
                Fact("card.exists", (), found is not None),
                Fact("card.profiles", (), len(linked)),
            ),
            blocks=blocks,
            ledgers=ledgers,
        )

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        return (
            Fact("card.exists", (), True),
            Fact("card.profiles", (), len(set(self.profile_ids))),
        )

    def proof(self, before: Wire, after: Wire) -> Proof:
        return Proof.APPLIED if after.get("exists") else Proof.NOT_APPLIED


def _profiles(found: Wire) -> tuple[str, ...]:
    return tuple(sorted(text(each.get("integrationId")) for each in objects(found.get("profiles"))))
