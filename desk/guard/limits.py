"""How much a change moves, and whether that is more than a role may do alone."""

from dataclasses import dataclass

from desk.guard.model import Weight
from desk.guard.wire import amount
from desk.policy import Policy, Role


@dataclass(frozen=True)
class Over:
    """One limit that a change exceeds: `points` or `value`, how much it is, and how much the role may do alone.

    `is_` None: how much it is is not known, so that nobody can say that the role may do it alone.
    """

    what: str
    is_: str | None
    limit: str


def over(policy: Policy, role: Role, weight: Weight | None) -> tuple[Over, ...]:
    """The limits of `role` that the change exceeds; none where it moves nothing or the role has no limits."""
    limit = policy.limits.get(role)
    if limit is None or weight is None:
        return ()
    pairs = (("points", weight.points, limit.points), ("value", weight.value, limit.value))
    return tuple(
        Over(what, None if is_ is None else amount(is_), amount(at))
        for what, is_, at in pairs
        if at is not None and (is_ is None or is_ > at)
    )
