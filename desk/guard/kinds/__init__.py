"""The changes that the desk can make, each a small declaration."""

from desk.guard.change import Change
from desk.guard.kinds.cards import GenerateCard, LinkCard, new_card_id
from desk.guard.kinds.profiles import UpdateProfile
from desk.guard.kinds.reservations import ReleaseCoupon, ReserveCoupon
from desk.guard.kinds.returns import ReturnedItem, ReturnItems
from desk.guard.kinds.sessions import CancelSession, ReopenSession

KINDS: dict[str, type[Change]] = {
    kind.kind: kind
    for kind in (
        ReserveCoupon,
        ReleaseCoupon,
        LinkCard,
        GenerateCard,
        ReturnItems,
        ReopenSession,
        CancelSession,
        UpdateProfile,
    )
}
"""By the name that the database keeps."""

__all__ = [
    "KINDS",
    "CancelSession",
    "GenerateCard",
    "LinkCard",
    "ReleaseCoupon",
    "ReopenSession",
    "ReserveCoupon",
    "ReturnItems",
    "ReturnedItem",
    "UpdateProfile",
    "new_card_id",
]
