"""Effects that move the expiry of points: `extendLoyaltyPointsExpiryDate`, `setLoyaltyPointsExpiryDate`.

Points that wait for an action are left alone: they have no expiry yet (choices.py, expiry-of-waiting).
"""

from ..catalog import Json, Program
from ..clock import to_wire
from ..durations import add_duration
from ..ledger_read import movable_lots
from .build import build
from .draft import Context
from .model import Effect, Wire


def extend(context: Context, spec: Json, index: int) -> list[Effect]:
    """Active and pending lots that expire last longer, each by the same duration; nothing where there are none."""
    duration = str(spec["by"])
    program, subledger = context.program(spec["program"]), str(spec.get("subledger", ""))
    changes: list[Wire] = []
    for lot in _lots(context, program, subledger):
        if lot.expires is not None:
            moved = add_duration(lot.expires, duration, program.zone)
            changes.append(_change(context, lot.uuid, lot.expires, moved))
    props: Wire = {"programId": program.id, "subLedgerId": subledger, "extensionDuration": duration}
    return _tell(context, "extendLoyaltyPointsExpiryDate", props, changes)


def replace(context: Context, spec: Json, index: int) -> list[Effect]:
    """Active, pending and unlimited lots all expire at one instant, `valid` after the present."""
    program, subledger = context.program(spec["program"]), str(spec.get("subledger", ""))
    instant = add_duration(context.now, str(spec["valid"]), program.zone)
    changes = [_change(context, lot.uuid, lot.expires, instant) for lot in _lots(context, program, subledger)]
    props: Wire = {"programId": program.id, "subLedgerId": subledger, "newExpiryDate": to_wire(instant)}
    return _tell(context, "setLoyaltyPointsExpiryDate", props, changes)


class _Lot:
    __slots__ = ("expires", "uuid")

    def __init__(self, uuid: str, expires: int | None) -> None:
        self.uuid, self.expires = uuid, expires


def _lots(context: Context, program: Program, subledger: str) -> list[_Lot]:
    """The lots with the expiry that effects before this one have given them."""
    account = context.account(program, subledger)
    if account is None:
        return []
    moved = context.draft.expiries
    found = movable_lots(context.world.conn, account, context.now)
    return [_Lot(uuid, moved.get(uuid, expires)) for uuid, expires in found]


def _change(context: Context, uuid: str, before: int | None, after: int) -> Wire:
    context.draft.expiries[uuid] = after
    change: Wire = {"transactionUUID": uuid, "newExpiryDate": to_wire(after)}
    return change if before is None else {**change, "previousExpiryDate": to_wire(before)}


def _tell(context: Context, effect_type: str, props: Wire, changes: list[Wire]) -> list[Effect]:
    return [build(context, effect_type, {**props, "affectedTransactions": changes})] if changes else []
