"""Faults on demand: plans consumed in order, or at a seeded rate, with proof of every one that was met."""

import random
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

# kind -> (default argument, whether it strikes after the request was carried out)
_KINDS: dict[str, tuple[float | None, bool]] = {
    "ok": (None, False),
    "html": (None, False),  # a proxy's 502 page
    "reset": (None, False),  # connection reset, nothing carried out
    "stall": (3600.0, False),  # nothing is answered for that many seconds, nothing carried out
    "delay": (1.0, False),  # answered normally, that many seconds late
    "empty": (None, True),  # carried out; the right status without a body
    "truncated": (None, True),  # carried out; half of the body, then the end of the connection
    "invalid-json": (None, True),  # carried out; a body that is not JSON
    "wrong-type": (None, True),  # carried out; the right JSON labelled text/plain
    "drip": (0.05, True),  # carried out; the body byte by byte, that many seconds apart
    "lost-ack": (None, True),  # carried out, then the connection is reset
}
_TEXT = re.compile(r"([a-z-]+|[1-5]\d\d)(?::(\d+(?:\.\d+)?))?")
_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned fault: `kind` is a name of the table above or "status"; `argument` in seconds."""

    text: str
    kind: str
    status: int = 0
    argument: float | None = None
    after: bool = False

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """Read "503", "429:2" (Retry-After), "delay:1.5", "drip:0.1", "lost-ack" ...; ValueError names it."""
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError(f"unknown fault {text!r}")
        name, number = match.groups()
        argument = float(number) if number else None
        if argument is not None and argument > _LONGEST:
            raise ValueError(f"fault {text!r} lasts longer than an hour")
        if name.isdigit():
            if int(name) < 400 or (argument is not None and not number.isdigit()):
                raise ValueError(f"fault {text!r}: an error status, with whole seconds of Retry-After if any")
            return cls(text, "status", status=int(name), argument=argument)
        if name not in _KINDS:
            raise ValueError(f"unknown fault {text!r}")
        default, after = _KINDS[name]
        if argument is not None and default is None:
            raise ValueError(f"fault {text!r} takes no number")
        return cls(text, name, argument=default if argument is None else argument, after=after)


@dataclass(slots=True)
class Plan:
    """Faults for one operation, or "*": consumed in order, or one by chance with every request at `rate`."""

    operation: str
    faults: deque[Fault]
    rate: float | None = None
    seed: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def next(self) -> Fault | None:
        if self.rate is None:
            return self.faults.popleft()
        return self.chance.choice(self.faults) if self.chance.random() < self.rate else None

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {"operation": self.operation, "plan": [fault.text for fault in self.faults]}
        return body if self.rate is None else body | {"rate": self.rate, "seed": self.seed}


@dataclass(frozen=True, slots=True)
class Taken:
    """A fault and the plan that it came from."""

    fault: Fault
    plan: Plan


class Faults:
    """All plans in force and what they did. A plan for the operation itself comes before one for "*"."""

    def __init__(self, remembered: int = 10_000) -> None:
        self._plans: list[Plan] = []
        self._hits: deque[dict[str, object]] = deque(maxlen=remembered)
        self._hit_count = 0

    def plan(self, operation: str, plan: Sequence[str], *, rate: float | None = None, seed: int = 0) -> None:
        """Add a plan; ValueError for an unknown fault, an empty plan, or a rate outside 0 to 1."""
        if not plan:
            raise ValueError("a plan needs at least one fault")
        if rate is not None and not 0 <= rate <= 1:
            raise ValueError("rate must be between 0 and 1")
        self._plans.append(Plan(operation, deque(map(Fault.parse, plan)), rate, seed))

    def take(self, operation: str) -> Taken | None:
        """Take the fault for this request, if any; it counts once it is `met`."""
        for wanted in (operation, "*"):
            for plan in self._plans:
                if plan.operation != wanted:
                    continue
                fault = plan.next()
                self._plans = [other for other in self._plans if other.faults]
                if fault is not None:
                    return Taken(fault, plan)
        return None

    def met(self, taken: Taken, operation: str, request_number: int) -> None:
        """Note that the fault was met."""
        self._hit_count += 1
        self._hits.append({"operation": operation, "fault": taken.fault.text, "request": request_number})

    def put_back(self, taken: Taken) -> None:
        """There was nothing to spoil: the fault waits for the next request, one by chance is forgotten."""
        if taken.plan.rate is not None:
            return
        taken.plan.faults.appendleft(taken.fault)
        if not any(plan is taken.plan for plan in self._plans):
            self._plans.insert(0, taken.plan)

    def as_json(self) -> dict[str, object]:
        """What is left to come, and what was hit, oldest first."""
        return {
            "left": [plan.as_json() for plan in self._plans],
            "hit": list(self._hits),
            "hits": self._hit_count,
        }

    def hits(self) -> list[dict[str, object]]:
        """The faults met so far, oldest first."""
        return list(self._hits)

    def clear(self) -> None:
        """Drop all plans and the proof of earlier ones."""
        self._plans.clear()
        self._hits.clear()
        self._hit_count = 0
