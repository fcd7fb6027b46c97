"""A figure: what was measured, what it should be, and whether it is missed by more than a quarter."""

from dataclasses import dataclass

TOLERANCE = 1.25


@dataclass(frozen=True)
class Figure:
    """`value` and `most` in `unit`; smaller is better. `note` says how it was measured."""

    name: str
    value: float
    most: float
    unit: str
    note: str

    @property
    def missed(self) -> bool:
        """Whether it is worse than its target by more than a quarter."""
        return self.value > self.most * TOLERANCE

    @property
    def word(self) -> str:
        """`ok`, `close` (missed by less than a quarter) or `MISSED`."""
        if self.missed:
            return "MISSED"
        return "ok" if self.value <= self.most else "close"

    def __str__(self) -> str:
        shown = f"{self.value:8.2f} {self.unit:6} (at most {self.most:g})"
        return f"{self.word:7} {self.name:45} {shown:34} {self.note}"
