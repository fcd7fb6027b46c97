"""The rule engine: `evaluate(world, session, event, now)`, a pure function over the campaigns file."""

from .engine import evaluate
from .grammar import check_rules
from .model import Effect, Evaluation, Event, Failure, SessionView

__all__ = ["Effect", "Evaluation", "Event", "Failure", "SessionView", "check_rules", "evaluate"]
