"""What a kind of change declares: its call, its target, how to read the target, and what proves that it happened."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict

from desk.guard.model import Fact, Json, Note, Target, Weight
from desk.insight.investigation import Investigation
from talon_client import Call

Wire: TypeAlias = Mapping[str, Json]
"""An answer in the API's own names, as `desk.guard.wire.wire` makes it."""


class Proof(str, Enum):
    """What two readings, before and after, say about a change whose answer was lost."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Ledger:
    """One loyalty ledger whose balance belongs on the receipt: of a profile or of a card in a program."""

    program: int
    holder: str
    """`profile` or `card`."""
    id: str


@dataclass(frozen=True)
class Reading:
    """The target as it is now."""

    fingerprint: Wire
    """Only what would make the preview wrong if it changed. Compared for equality just before sending."""
    facts: tuple[Fact, ...] = ()
    subjects: tuple[Target, ...] = ()
    """What else the change touches, as far as reading the target tells."""
    blocks: tuple[Note, ...] = ()
    """Why the change makes no sense on this target."""
    ledgers: tuple[Ledger, ...] = ()
    weight: Weight | None = None
    """What the change takes back, as far as reading the target tells; None where it takes nothing back."""


class Change(BaseModel, ABC):
    """One intended change with its arguments. Frozen, checked, and kept as JSON in the plan.

    Everything here is pure; `desk.guard.guard.Guard` does the reading and sending.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: ClassVar[str]
    """Name in the database; never renamed."""

    @abstractmethod
    def target(self) -> Target:
        """What is changed, as the receipt names it."""

    def lease(self) -> tuple[str, ...]:
        """What only one open record at a time may touch: the target, where a change does not say otherwise."""
        target = self.target()
        return (target.kind, target.id or "")

    @abstractmethod
    def call(self) -> Call[Any]:
        """What is sent on confirmation, without its key."""

    def dry(self) -> Call[Any] | None:
        """The same call with `dry=true`, or None where the API has no dry run of it."""
        return None

    def subjects(self) -> tuple[Target, ...]:
        """What the arguments name besides the target (the profile of a reservation ...)."""
        return ()

    @abstractmethod
    def look(self) -> Investigation[Reading]:
        """Read the target. Runs for the preview, again just before sending, and to read back.

        Raises `TalonError` when the target could not be read.
        """

    def expect(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Fact, ...]:
        """What the facts should be afterwards; only what is promised, nothing guessed."""
        return ()

    def notes(self, reading: Reading, before: Sequence[Fact], dry: Wire | None) -> tuple[Note, ...]:
        """What the person should weigh before confirming."""
        return ()

    def ledgers(self, dry: Wire) -> tuple[Ledger, ...]:
        """Ledgers that the dry run names, besides those of the reading."""
        return ()

    def weight(self, reading: Reading, dry: Wire | None) -> Weight | None:
        """What the change takes back from the customer, to be held against the limits of a role."""
        return reading.weight

    @abstractmethod
    def proof(self, before: Wire, after: Wire) -> Proof:
        """Did it happen? From the fingerprints of the preview and of reading back."""

    def undo(self) -> "Change | None":
        """The change that takes this one back, where there is one."""
        return None
