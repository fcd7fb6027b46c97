"""Definitions beside campaigns and programs: achievements, giveaway pools, item catalogs. Instants in microseconds."""

from dataclasses import dataclass
from typing import Literal

Recurrence = Literal["no_recurrence", "on_expiration", "on_completion"]
Activation = Literal["user_action", "fixed_schedule"]


@dataclass(frozen=True, slots=True)
class Achievement:
    """What a customer can work towards; `target` in hundredths, `period` a duration or empty."""

    id: int
    campaign_id: int
    name: str
    title: str
    description: str
    target: int
    created: int
    recurrence: Recurrence = "no_recurrence"
    activation: Activation = "user_action"
    period: str = ""
    starts: int | None = None
    ends: int | None = None
    allow_rollback: bool = False

    def status_at(self, now: int) -> str:
        """`scheduled`, `active`, or, once it is over, `expired`."""
        if self.starts is not None and now < self.starts:
            return "scheduled"
        return "expired" if self.ends is not None and now >= self.ends else "active"

    @property
    def may_roll_back(self) -> bool:
        """Whether a completed one is taken back; never one that starts anew on completion (effects.md)."""
        return self.allow_rollback and self.recurrence != "on_completion"


@dataclass(frozen=True, slots=True)
class GiveawayPool:
    """Codes to give away: `size` of them, made when they are needed."""

    id: int
    name: str
    size: int
    code_length: int = 10


@dataclass(frozen=True, slots=True)
class ItemCatalog:
    """A catalog of items, filled through the API."""

    id: int
    name: str
    description: str
    created: int
