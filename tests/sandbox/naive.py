"""The ledger in the most naive way: every single hundredth of a point is an object with its own fate."""

from dataclasses import dataclass, field


@dataclass
class Point:
    """One hundredth: born with a lot, perhaps taken at some instant."""

    lot: int
    born: int
    starts: int | None
    windows: list[tuple[int, int | None]]  # (known since, expires)
    taken: int | None = None
    taken_by: int | None = None
    activations: list[int] = field(default_factory=list)
    awaits: bool = False

    def state(self, t: int) -> str:
        if self.born > t or (self.taken is not None and self.taken <= t):
            return "gone"
        expires = [end for since, end in self.windows if since <= t][-1]
        if expires is not None and expires <= t:
            return "expired"
        if self.awaits:
            return "active" if any(at <= t for at in self.activations) else "pending"
        return "pending" if self.starts is not None and self.starts > t else "active"

    def order(self, t: int) -> tuple[float, int, int]:
        expires = [end for since, end in self.windows if since <= t][-1]
        return (float("inf") if expires is None else expires, self.born, self.lot)


@dataclass
class Debt:
    """One hundredth below zero, paid at some instant."""

    born: int
    by: int
    paid: int | None = None


class NaiveLedger:
    """One ledger; numbers of lots and subtractions are those of the caller."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self.debts: list[Debt] = []
        self.spent: list[tuple[int, int]] = []  # (instant, change)

    def add(
        self, lot: int, amount: int, t: int, starts: int | None, expires: int | None, *, awaits: bool = False
    ) -> None:
        made = [Point(lot, t, starts, [(t, expires)], awaits=awaits) for _ in range(amount)]
        self.points += made
        if expires is not None and expires <= t:
            return
        for point, debt in zip(made, [debt for debt in self.debts if debt.paid is None], strict=False):
            point.taken, point.taken_by, debt.paid = t, debt.by, t

    def activate(self, lot: int, t: int, expires: int | None) -> None:
        for point in self.points:
            if point.lot == lot:
                point.activations.append(t)
                point.windows.append((t, expires))

    def move_expiry(self, lot: int, t: int, expires: int) -> None:
        for point in self.points:
            if point.lot == lot:
                point.windows.append((t, expires))

    def in_state(self, state: str, t: int) -> list[Point]:
        return sorted((point for point in self.points if point.state(t) == state), key=lambda p: p.order(t))

    def spend(self, by: int, amount: int, t: int) -> bool:
        active = self.in_state("active", t)
        if len(active) < amount:
            return False
        self._take(active[:amount], by, t)
        self.spent.append((t, amount))
        return True

    def deduct(self, by: int, amount: int, t: int) -> None:
        usable = self.in_state("active", t) + self.in_state("pending", t)
        self._take(usable[:amount], by, t)
        self.debts += [Debt(t, by) for _ in range(amount - len(usable))]
        self.spent.append((t, amount))

    def roll_back(self, by: int, lot: int, amount: int, t: int, policy: str) -> None:
        own = [point for point in self.points if point.lot == lot and point.state(t) != "gone"]
        if policy == "only_pending":
            self._take([point for point in own if point.state(t) == "pending"][:amount], by, t)
            return
        others = [
            point for state in ("pending", "active") for point in self.in_state(state, t) if point.lot != lot
        ]
        usable = own + others
        self._take(usable[:amount], by, t)
        if policy == "unlimited":
            self.debts += [Debt(t, by) for _ in range(amount - len(usable))]

    def taken_by(self, by: int) -> dict[int, list[Point]]:
        """The points that a subtraction took, by lot."""
        found: dict[int, list[Point]] = {}
        for point in self.points:
            if point.taken_by == by:
                found.setdefault(point.lot, []).append(point)
        return found

    def reimbursed(self, amount: int, t: int) -> None:
        self.spent.append((t, -amount))

    def figures(self, t: int) -> tuple[int, int, int, int, int]:
        """Active, pending, spent, expired, negative at `t`."""
        states = [point.state(t) for point in self.points]
        return (
            states.count("active"),
            states.count("pending"),
            sum(change for at, change in self.spent if at <= t),
            states.count("expired"),
            sum(debt.born <= t and (debt.paid is None or debt.paid > t) for debt in self.debts),
        )

    def left(self, state: str, t: int) -> dict[int, int]:
        """How much is left of each lot in that state."""
        found: dict[int, int] = {}
        for point in self.in_state(state, t):
            found[point.lot] = found.get(point.lot, 0) + 1
        return found

    def turning_points(self) -> set[int]:
        """Every instant at which something starts or expires."""
        ends = {end for point in self.points for _, end in point.windows if end is not None}
        return ends | {point.starts for point in self.points if point.starts is not None}

    @staticmethod
    def _take(points: list[Point], by: int, t: int) -> None:
        for point in points:
            point.taken, point.taken_by = t, by
