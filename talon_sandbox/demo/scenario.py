"""A persona of the demo world: who it is, what happened, and what an agent should find."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from .stage import Life

Kind = Literal["profile", "session", "coupon", "card"]


class Listed(TypedDict):
    """A scenario as `GET /_sandbox/scenarios` shows it."""

    id: str
    kind: Kind
    story: str
    find: str
    also: list[str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`id` is what one pastes into Find, `kind` what it is; `also` are further ids of the same story."""

    id: str
    kind: Kind
    story: str
    find: str
    also: Sequence[str] = ()
    lives: Sequence[Life] = field(default=(), repr=False)

    def listed(self) -> Listed:
        """The scenario without what made it."""
        return {
            "id": self.id,
            "kind": self.kind,
            "story": self.story,
            "find": self.find,
            "also": list(self.also),
        }
