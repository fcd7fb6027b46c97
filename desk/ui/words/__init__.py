"""Plain words for all that the API says: effects, reasons, states, errors, outcomes; its own word beside them."""

from desk.ui.words.base import Tone, Words, unknown
from desk.ui.words.effects import EFFECTS, Names, effect
from desk.ui.words.errors import Sort, Trouble, trouble
from desk.ui.words.outcomes import OUTCOMES, VERIFICATIONS, WAITING, outcome, verification, waiting
from desk.ui.words.reasons import (
    COUPON_REASONS,
    REFERRAL_REASONS,
    coupon_reason,
    exclusion,
    failure,
    referral_reason,
)
from desk.ui.words.states import (
    card_status,
    coupon_state,
    move,
    points_status,
    progress,
    reservation,
    session_state,
    source,
)

__all__ = [
    "COUPON_REASONS",
    "EFFECTS",
    "OUTCOMES",
    "REFERRAL_REASONS",
    "VERIFICATIONS",
    "WAITING",
    "Names",
    "Sort",
    "Tone",
    "Trouble",
    "Words",
    "card_status",
    "coupon_reason",
    "coupon_state",
    "effect",
    "exclusion",
    "failure",
    "move",
    "outcome",
    "points_status",
    "progress",
    "referral_reason",
    "reservation",
    "session_state",
    "source",
    "trouble",
    "unknown",
    "verification",
    "waiting",
]
