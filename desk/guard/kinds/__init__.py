"""The changes that the desk can make, each a small declaration."""

from desk.guard.change import Change
from desk.guard.kinds.cards import GenerateCard, LinkCard, UnlinkCard, new_card_id
from desk.guard.kinds.erasure import EraseCustomer
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
        UnlinkCard,
        GenerateCard,
        ReturnItems,
        ReopenSession,
        CancelSession,
        UpdateProfile,
        EraseCustomer,
    )
}
"""By the name that the database keeps."""

__all__ = [
    "KINDS",
    "CancelSession",
    "EraseCustomer",
    "GenerateCard",
    "LinkCard",
    "ReleaseCoupon",
    "ReopenSession",
    "ReserveCoupon",
    "ReturnItems",
    "ReturnedItem",
    "UnlinkCard",
    "UpdateProfile",
    "new_card_id",
]
