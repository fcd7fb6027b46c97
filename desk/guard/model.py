"""What the write path hands to pages: plans, previews, receipts and the small values that they are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from typing_extensions import TypeAliasType

from desk.guard.outcome import Outcome
from desk.guard.roles import Role

Json = TypeAliasType("Json", "bool | int | str | Sequence[Json] | Mapping[str, Json] | None")
"""JSON without floating point: amounts travel as decimal text."""

Scalar: TypeAlias = "bool | int | str | None"


@dataclass(frozen=True)
class Target:
    """One thing that a change touches, in the API's own words, with its id."""

    kind: str
    """`session`, `profile`, `coupon`, `card`, `reservation` (a code held by one profile)."""
    id: str | None
    """None once personal data was erased."""


@dataclass(frozen=True)
class Fact:
    """One thing that was read (or is expected) about what a change touches."""

    topic: str
    """What it is: `session.state`, `item.returned`, `points.active`, `coupon.holds`, `card.linked` ..."""
    about: tuple[str, ...]
    """Which one: position, sku and (where it has one) name of an item, program and subledger of points, otherwise
    empty."""
    value: Scalar
    """Counts as int, points and money as decimal text."""


@dataclass(frozen=True)
class Line:
    """One row of a receipt's table: a fact before the change, as previewed, and as read afterwards."""

    topic: str
    about: tuple[str, ...]
    before: Scalar
    expected: Scalar
    actual: Scalar
    predicted: bool
    """Whether `expected` was promised; False means nobody said what this would become."""
    read: bool
    """Whether `actual` was read after the change."""

    @property
    def differs(self) -> bool:
        """Whether the change did something else here than was previewed."""
        return self.predicted and self.read and self.expected != self.actual


@dataclass(frozen=True)
class Note:
    """Something to tell the person about a preview; `code` is the key of its words."""

    code: str
    values: tuple[tuple[str, Scalar], ...] = ()

    def value(self, name: str) -> Scalar:
        """The value called `name`, or None."""
        return dict(self.values).get(name)


@dataclass(frozen=True)
class Problem:
    """What the API, or the way to it, said instead of yes. Never holds a key, a body or a header."""

    error: str
    """Name of the class in `talon_client.errors`."""
    status: int | None
    message: str
    errors: tuple[tuple[str, str, str], ...] = ()
    """The API's own list: title, details, where."""


@dataclass(frozen=True)
class Plan:
    """A change that somebody means to make, kept so that a link, a tab or a replica finds it again."""

    id: str
    created: datetime
    actor: str
    role: Role
    application: str
    world: str
    """Which demo world it was made in; empty outside the embedded sandbox."""
    kind: str
    """Name of the change in `desk.guard.kinds`."""
    operation: str
    target: Target
    renews: str | None
    """The plan that this one replaces because its preview had gone stale."""


@dataclass(frozen=True)
class Weight:
    """What a change takes back from a customer. `value` is in the Application's currency, None where that
    is not known."""

    points: Decimal = Decimal(0)
    value: Decimal | None = Decimal(0)


@dataclass(frozen=True)
class Preview:
    """What a page shows before the click. Fixed once made; `confirm` wants its `digest` back."""

    plan_id: str
    digest: str
    made: datetime
    valid_until: datetime
    """After this the confirmation ends as *stale*; renew the plan."""
    fingerprint: Mapping[str, Json]
    """What must not change between here and sending."""
    before: tuple[Fact, ...]
    expected: tuple[Fact, ...]
    effects: tuple[Mapping[str, Json], ...]
    """What the dry run answered, in the API's own form; empty for writes that have none."""
    dry: bool
    """Whether the API itself was asked (a dry run), or this is the desk's own prediction."""
    notes: tuple[Note, ...]
    """Warnings: a negative balance, a tier at risk ..."""
    blocks: tuple[Note, ...]
    """Why it cannot be confirmed; empty means that it can."""
    refusal: Problem | None
    """The API's own refusal of the dry run."""
    shown: Json
    """What else the page showed (predicted lists of a reopening), kept for the receipt."""
    weight: Weight | None = None
    """What it takes back from the customer; None where it takes nothing back."""

    @property
    def confirmable(self) -> bool:
        """Whether `confirm` will accept it."""
        return not self.blocks and self.refusal is None


class Verification(str, Enum):
    """What reading back after a change found."""

    PENDING = "pending"
    """Done; reading back is under way, or was cut off."""
    AS_PREVIEWED = "as_previewed"
    DIFFERS = "differs"
    """Done, and something is not as it was previewed: see the lines that differ."""
    NOT_THERE = "not_there"
    """Done by the API's word, but reading back does not show it."""
    COULD_NOT_LOOK = "could_not_look"
    NOT_NEEDED = "not_needed"
    """Nothing was done, so there was nothing to verify."""


@dataclass(frozen=True)
class Receipt:
    """What is known about one confirmed change, now."""

    id: str
    """Of the record; also that of its plan, and the idempotency key that was sent."""
    application: str
    world: str
    past_world: bool
    """Made in a demo world that is gone; nothing about it can be looked up any more."""
    kind: str
    operation: str
    target: Target
    subjects: tuple[Target, ...]
    """Everything that it touched, the target included."""
    outcome: Outcome
    words: str
    """Key of the sentence for the outcome, one of `desk.guard.outcome.WORDS`."""
    actor: str
    role: Role
    reason_code: str
    """One of the policy's reasons; empty where none was asked for."""
    reason: str
    ticket: str
    planned: datetime
    confirmed: datetime
    sent: datetime | None
    """None: nothing left the house."""
    finished: datetime | None
    attempts: int
    problem: Problem | None
    verification: Verification
    lines: tuple[Line, ...]
    effects: tuple[Mapping[str, Json], ...]
    """What the API answered, in its own form."""
    shown: Json
    known_by: str
    """What the outcome is known by: `answer`, `read_back`, `declared`, or empty."""
    look_again: datetime | None
    """For *unknown*: when reading back will settle it."""
    meant: tuple[Target, ...] = ()
    """What its arguments name besides the target (the customer of a reservation); empty once that is erased."""

    @property
    def erased(self) -> bool:
        """Whether what it touched was erased on demand; then there are no ids, no reason and no lines any more."""
        return self.target.id is None

    @property
    def unsettled(self) -> bool:
        """Whether `Guard.resolve` may still find out more."""
        unseen = self.verification in (Verification.PENDING, Verification.COULD_NOT_LOOK)
        return not (self.past_world or self.erased) and (
            self.outcome is Outcome.UNKNOWN or (self.outcome is Outcome.DONE and unseen)
        )
