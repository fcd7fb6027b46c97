"""A figure: what was measured, what it should be, and whether it is missed by more than a quarter."""

from dataclasses import dataclass
from typing import Literal

TOLERANCE = 1.25


@dataclass(frozen=True)
class Figure:
    """`value` and `bound` in `unit`; `better` says which way: at `most` the bound, or at `least`. `note` says how it
    was measured."""

    name: str
    value: float
    bound: float
    unit: str
    note: str
    better: Literal["most", "least"] = "most"

    @property
    def excess(self) -> float:
        """How many times worse than its bound it is; 1 or less when the bound is kept."""
        if self.better == "most":
            return self.value / self.bound
        return self.bound / self.value if self.value > 0 else float("inf")

    @property
    def missed(self) -> bool:
        """Whether it is worse than its target by more than a quarter."""
        return self.excess > TOLERANCE

    @property
    def word(self) -> str:
        """`ok`, `close` (missed by less than a quarter) or `MISSED`."""
        if self.missed:
            return "MISSED"
        return "ok" if self.excess <= 1 else "close"

    def __str__(self) -> str:
        shown = f"{self.value:8.2f} {self.unit:6} (at {self.better} {self.bound:g})"
        return f"{self.word:7} {self.name:45} {shown:34} {self.note}"
