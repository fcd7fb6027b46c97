"""Who may do what, the one write path, the audit trail and the export. Pages import from here."""

from desk.guard.change import Change
from desk.guard.database import Database, DatabaseError, open_database, state_directory
from desk.guard.errors import (
    GuardError,
    NeedsSupervisor,
    NotConfirmable,
    TargetBusy,
    UnknownApplication,
    UnknownPlan,
)
from desk.guard.guard import Guard
from desk.guard.keys import AuditKey, open_key
from desk.guard.kinds import (
    CancelSession,
    EraseCustomer,
    GenerateCard,
    LinkCard,
    ReleaseCoupon,
    ReopenSession,
    ReserveCoupon,
    ReturnedItem,
    ReturnItems,
    UnlinkCard,
    UpdateProfile,
    new_card_id,
)
from desk.guard.limits import Over
from desk.guard.model import Fact, Line, Note, Plan, Preview, Problem, Receipt, Target, Verification
from desk.guard.outcome import WORDS, Outcome
from desk.guard.roles import Actor, Role, may
from desk.guard.sign_ins import SignInEnded
from desk.guard.waiting import State, Waiting

__all__ = [
    "WORDS",
    "Actor",
    "AuditKey",
    "CancelSession",
    "Change",
    "Database",
    "DatabaseError",
    "EraseCustomer",
    "Fact",
    "GenerateCard",
    "Guard",
    "GuardError",
    "Line",
    "LinkCard",
    "NeedsSupervisor",
    "NotConfirmable",
    "Note",
    "Outcome",
    "Over",
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
    "SignInEnded",
    "State",
    "Target",
    "TargetBusy",
    "UnknownApplication",
    "UnknownPlan",
    "UnlinkCard",
    "UpdateProfile",
    "Verification",
    "Waiting",
    "may",
    "new_card_id",
    "open_database",
    "open_key",
    "state_directory",
]
