"""Who may do what, the one write path, the audit trail and the export. Pages import from here."""

from desk.guard.change import Change
from desk.guard.database import Database, DatabaseError, open_database, state_directory
from desk.guard.errors import GuardError, NotConfirmable, TargetBusy, UnknownApplication, UnknownPlan
from desk.guard.guard import Guard
from desk.guard.keys import AuditKey, open_key
from desk.guard.kinds import (
    CancelSession,
    GenerateCard,
    LinkCard,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    UpdateProfile,
    new_card_id,
)
from desk.guard.model import Fact, Line, Note, Plan, Preview, Problem, Receipt, Target, Verification
from desk.guard.outcome import WORDS, Outcome
from desk.guard.roles import Actor, Role, may

__all__ = [
    "WORDS",
    "Actor",
    "AuditKey",
    "CancelSession",
    "Change",
    "Database",
    "DatabaseError",
    "Fact",
    "GenerateCard",
    "Guard",
    "GuardError",
    "Line",
    "LinkCard",
    "NotConfirmable",
    "Note",
    "Outcome",
    "Plan",
    "Preview",
    "Problem",
    "Receipt",
    "ReleaseCoupon",
    "ReopenSession",
    "ReserveCoupon",
    "ReturnItems",
    "ReturnedItem",
    "Role",
    "Target",
    "TargetBusy",
    "UnknownApplication",
    "UnknownPlan",
    "UpdateProfile",
    "Verification",
    "may",
    "new_card_id",
    "open_database",
    "open_key",
    "state_directory",
]
