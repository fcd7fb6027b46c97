"""The seventeen invariants of sandbox.md by number, and the tests that assert each; what had no test yet is here."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from talon_sandbox.clock import to_datetime
from tests.sandbox.shop import CLUB, Shop, kinds, line

HERE = Path(__file__).parent


class Invariant(NamedTuple):
    """What holds, and the functions that assert it, as file::function."""

    says: str
    asserted_by: tuple[str, ...]


_STEP = "ledger_checks.py::at_every_step"
_FIGURES = "session_checks.py::check_figures"
INVARIANTS = {
    1: Invariant("the three lists agree with a naive model", ("ledger_checks.py::_check_lists",)),
    2: Invariant("earned - rolled back = active + pending + expired + spent - negative", (_STEP,)),
    3: Invariant("additions - subtractions = active + pending + expired - negative", (_STEP, _FIGURES)),
    4: Invariant(
        "ahead, pending never rises, expired never falls, changes only at a start or an expiry, to the tick",
        ("ledger_checks.py::_check_future",),
    ),
    5: Invariant("a balance asked at T stays, whatever is written later", ("ledger_checks.py::_check_past",)),
    6: Invariant(
        "no lot drawn beyond its amount, no draw across subledgers or before its lot",
        (
            "ledger_checks.py::_check_draws",
            "test_time_and_store.py::test_the_database_itself_refuses_wrong_draws",
        ),
    ),
    7: Invariant("a spend draws active lots in the documented order", ("ledger_play.py::spend",)),
    8: Invariant("a spend is reimbursed once", ("ledger_play.py::reimburse",)),
    9: Invariant(
        "any sequence of partial returns that covers the cart ends like one full return",
        ("test_returns.py::test_any_split_of_returns_ends_where_one_full_return_ends",),
    ),
    10: Invariant(
        "the same key any number of times = once, byte for byte",
        (
            "session_play.py::_close",
            "session_play.py::_return",
            "test_once_and_dry.py::test_the_same_key_any_number_of_times_is_once",
            "test_lost_acknowledgements.py::_play",
        ),
    ),
    11: Invariant(
        "dry leaves the database as it was, byte for byte",
        (
            "session_play.py::play",
            "test_once_and_dry.py::test_dry_leaves_the_database_as_it_was_byte_for_byte",
        ),
    ),
    12: Invariant(
        "close, reopen, close = close, for what a reopening takes back",
        ("test_reopening.py::test_close_reopen_close_is_close",),
    ),
    13: Invariant(
        "the points lists add up to the balance; the union of pages is the unpaged set",
        (
            "ledger_checks.py::_check_lists",
            "test_points_lists.py::test_the_union_of_pages_is_the_whole",
            _FIGURES,
        ),
    ),
    14: Invariant("inventory, balances and points lists show one number", (_FIGURES,)),
    15: Invariant(
        "a coupon's counter = sessions that redeemed it and stand", ("session_checks.py::check_counters",)
    ),
    16: Invariant(
        "every closed session with a points effect has its entry and the reverse",
        ("session_checks.py::check_effects_and_entries",),
    ),
    17: Invariant(
        "deleting personal data leaves ledger totals unchanged",
        ("test_invariants.py::test_deleting_personal_data_leaves_ledger_totals_unchanged",),
    ),
}


def test_all_seventeen_are_asserted_somewhere_that_exists() -> None:
    assert sorted(INVARIANTS) == list(range(1, 18))
    for number, invariant in INVARIANTS.items():
        for place in invariant.asserted_by:
            file, _, function = place.partition("::")
            tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
            [found] = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function]
            assert any(_asserts(node) for node in ast.walk(found)), (number, place)


def test_deleting_personal_data_leaves_ledger_totals_unchanged(shop: Shop) -> None:
    """Invariant 17: the attributes go, on the profile and on its sessions; not one figure moves."""
    world = shop.world
    world.add_points(CLUB, "eve", 10_000)
    world.create_coupon("TENPERCENT", 102)
    shop.send("update_customer_profile_v2", {"integration_id": "eve"}, {}, {"attributes": {"Name": "Eve"}})
    fields: dict[str, Any] = {
        "couponCodes": ["TENPERCENT"],
        "attributes": {"PointsToSpend": 20, "Note": "for Eve"},
    }
    shop.close("a", [line("50", 2, "Shoes")], **fields)
    shop.close("b", [line("30")])
    shop.give_back("a", (0, 1))
    shop.cancel("b")
    world.advance(timedelta(days=3))
    instants = [world.now() + days * 86_400_000_000 for days in (-2, 0, 20, 400)]

    def ledgers() -> object:
        rows = world.conn.execute("select * from entry"), world.conn.execute("select * from draw")
        balances = [shop.balances("eve", end_date=to_datetime(t), include_tiers=True) for t in instants]
        inventory = shop.inventory("eve")
        return (
            [[tuple(row) for row in each] for each in rows],
            balances,
            inventory["loyalty"],
            inventory["coupons"],
        )

    before = ledgers()
    shop.send("delete_customer_data", {"integration_id": "eve"})
    assert ledgers() == before
    assert shop.inventory("eve")["profile"]["attributes"] == {}
    assert shop.session("a")["customerSession"]["attributes"] == {}
    told = shop.cancel("a")  # and what was erased can still be taken back
    assert {"rollbackAddedLoyaltyPoints", "rollbackDeductedLoyaltyPoints"} <= set(kinds(told))


def _asserts(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Attribute) and node.attr == "raises")
