"""The invariants of a shop's books (sandbox.md, What it is held to), asserted on a history that was played."""

from collections import Counter
from decimal import Decimal
from typing import Any

from tests.sandbox.session_play import CODES, PEOPLE, Player
from tests.sandbox.shop import CLUB, STAFF, Shop

_TOLD = (
    "'addLoyaltyPoints', 'deductLoyaltyPoints', 'rollbackAddedLoyaltyPoints', 'rollbackDeductedLoyaltyPoints',"
    " 'addNegativeLoyaltyPoints'"
)
_NAMES = {"current": "active", "pending": "pending", "negative": "negative"}


def check(player: Player) -> None:
    """All of them."""
    check_counters(player)
    check_effects_and_entries(player.shop)
    check_what_was_undone(player.shop)
    for profile in PEOPLE:
        check_figures(player.shop, profile)


def check_counters(player: Player) -> None:
    """Invariant 15, by the count that the player kept of the answers."""
    for code in CODES:
        redeemed = sum(code in codes for codes in player.redeemed.values())
        coupon = next((c for c in player.shop.inventory("eve")["coupons"] if c["value"] == code), None)
        assert coupon is None or coupon["usageCounter"] == redeemed
        counter = player.shop.world.conn.execute(
            "select count(*) from redemption r join coupon c on c.id = r.coupon_id"
            " where c.code = ? and undone is null",
            (code,),
        ).fetchone()[0]
        assert counter == redeemed


def check_effects_and_entries(shop: Shop) -> None:
    """Invariant 16: each points effect of a closing has its entry with that amount and ledger, and the reverse."""
    told = shop.world.conn.execute(
        "select e.props ->> 'transactionUUID', cast(round(100 * (e.props ->> 'value')) as integer),"
        "  e.props ->> 'programId', e.props ->> 'subLedgerId', s.id"
        " from session_effect e join session s on s.id = e.session_id"
        f" where e.closing <= s.closings and e.type in ({_TOLD})"
    )
    written = shop.world.conn.execute(
        "select e.uuid, e.amount, a.program_id, a.subledger, e.session_id"
        " from entry e join account a on a.id = e.account where e.origin = 'session'"
    )
    assert Counter(map(tuple, told)) == Counter(map(tuple, written))


def check_what_was_undone(shop: Shop) -> None:
    """A session that is cancelled or open again keeps no spend, and no points where the policy takes them all."""
    rows = shop.world.conn.execute(
        """select a.program_id, sum(case when e.cause = 'spend' then -e.amount
                  when e.cause = 'rollback' and e.kind = 'addition' then e.amount else 0 end),
                  sum(case when e.cause = 'earn' then e.amount
                      when e.cause = 'rollback' and e.kind = 'subtraction' then -e.amount else 0 end)
           from entry e join account a on a.id = e.account join session s on s.id = e.session_id
           where s.state in ('open', 'cancelled') group by s.id, a.program_id"""
    ).fetchall()
    for program, spent, kept in rows:
        assert spent == 0
        assert kept == 0 or (program != STAFF and kept > 0)


def check_figures(shop: Shop, profile: str) -> None:
    """Invariants 3, 13 and 14: one number in balances, points lists, transactions and inventory."""
    loyalty = shop.inventory(profile)["loyalty"]["programs"]
    for program in (CLUB, STAFF):
        body = shop.balances(profile, program)
        rows = shop.transactions(profile, program, page_size=1000)["data"]
        left = {
            state: _by_ledger(shop, profile, program, state) for state in ("active", "pending", "expired")
        }
        shown = loyalty.get(str(program))
        for name, block in [("", body["balance"]), *body["subledgerBalances"].items()]:
            here = [row for row in rows if row["subledgerId"] == name]
            total = sum(row["amount"] if row["type"] == "addition" else -row["amount"] for row in here)
            usable = block["activePoints"] + block["pendingPoints"]
            assert total == usable + block["expiredPoints"] - block["negativePoints"]
            for state, lists in left.items():
                assert lists[name] == block[f"{state}Points"]
            assert program == STAFF or block["negativePoints"] == 0
            assert not block["negativePoints"] or usable == 0
            ledger = None if shown is None else shown["ledger"] if not name else shown["subLedgers"].get(name)
            for wire, figure in _NAMES.items():
                told = Decimal(0) if ledger is None else ledger[f"{wire}Balance"]
                assert told == block[f"{figure}Points"]


def _by_ledger(shop: Shop, profile: str, program: int, state: str) -> Counter[str]:
    found: Any = Counter()
    for row in shop.points(profile, program, status=state, page_size=1000)["data"]:
        found[row["subledgerId"]] += row["amount"]
    return found  # type: ignore[no-any-return]
