"""Random histories of sessions: counters, ledger rows and figures agree with the states at every step."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talon_sandbox.world import World
from tests.sandbox.shop import CLUB, STAFF, START, ApiError, Shop, line

WHO = st.sampled_from(["eve", "anna"])
WHICH = st.integers(0, 3)
CART = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 3), st.sampled_from(["", "Shoes", "Clothing"])), max_size=3
)
STEP = st.one_of(
    st.tuples(st.just("open"), WHICH, CART, WHO),
    st.tuples(st.just("close"), WHICH, CART, WHO),
    st.tuples(st.just("close"), WHICH, CART, WHO),
    st.tuples(st.just("cancel"), WHICH, st.none(), st.none()),
    st.tuples(st.just("reopen"), WHICH, st.none(), st.none()),
    st.tuples(st.just("return"), WHICH, st.integers(0, 2), st.integers(1, 2)),
    st.tuples(st.just("return again"), WHICH, st.integers(0, 2), st.integers(1, 2)),
    st.tuples(st.just("wait"), st.integers(1, 20), st.none(), st.none()),
    st.tuples(st.just("take"), st.integers(1, 2000), st.none(), WHO),
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Shop]:
    world = World(now=START)
    world.create_coupon("TENPERCENT", 102)
    world.create_coupon("FIVE", 108)
    world.create_card(2, "CARD-1")
    for name in ("eve", "anna"):
        world.join_audience(3, name)
        world.add_points(CLUB, name, 50_000)
    world.mark_baseline()
    yield Shop(world)
    world.close()


def play(shop: Shop, step: tuple[str, int, Any, Any]) -> None:
    name, which, second, third = step
    session = f"s{which}"
    if name in ("open", "close"):
        shop.put(
            session,
            state="open" if name == "open" else "closed",
            profileId=third,
            cartItems=[line(str(price), quantity, category) for price, quantity, category in second],
            couponCodes=["TENPERCENT", "FIVE"],
            loyaltyCards=["CARD-1"],
            attributes={"PointsToSpend": which * 10},
            additionalCosts={"shipping": {"price": 5}},
        )
    elif name == "cancel":
        shop.cancel(session)
    elif name == "reopen":
        shop.reopen(session)
    elif name.startswith("return"):
        shop.give_back(session, (second, third), query={"run_rule_engine": name == "return again"})
    elif name == "wait":
        shop.world.advance(timedelta(days=which))
    else:
        shop.world.deduct_points(STAFF, third, which)


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(STEP, max_size=14))
def test_any_history_of_sessions_keeps_the_books(
    shared: Shop, steps: list[tuple[str, int, Any, Any]]
) -> None:
    shared.world.reset()
    for step in steps:
        before = shared.world.conn.serialize()
        try:
            play(shared, step)
        except ApiError as error:
            assert error.status == 400
            assert shared.world.conn.serialize() == before, "a refusal leaves nothing behind"
    check_coupons(shared)
    check_effects_and_entries(shared)
    check_sums(shared)


def check_coupons(shop: Shop) -> None:
    """Invariant 15: a counter is the number of sessions, closed or partly returned, that redeemed the code."""
    for code in ("TENPERCENT", "FIVE"):
        redeemed = 0
        for number in range(4):
            try:
                session = shop.session(f"s{number}")
            except ApiError:
                continue
            if session["customerSession"]["state"] in ("closed", "partially_returned"):
                accepted = {
                    e["props"].get("value") for e in session["effects"] if e["effectType"] == "acceptCoupon"
                }
                redeemed += code in accepted
        coupon = next((c for c in shop.inventory("eve")["coupons"] if c["value"] == code), None)
        counter = shop.world.conn.execute(
            "select count(*) from redemption r join coupon c on c.id = r.coupon_id where c.code = ? and undone is null",
            (code,),
        ).fetchone()[0]
        assert counter == redeemed
        assert coupon is None or coupon["usageCounter"] == redeemed


def check_effects_and_entries(shop: Shop) -> None:
    """Invariant 16: every points effect of a closed session has its entry, and the reverse."""
    told: set[str] = set()
    closed = shop.world.conn.execute(
        "select e.props ->> 'transactionUUID' from session_effect e join session s on s.id = e.session_id"
        " where e.closing <= s.closings and e.type in ('addLoyaltyPoints', 'deductLoyaltyPoints',"
        " 'rollbackAddedLoyaltyPoints', 'rollbackDeductedLoyaltyPoints', 'addNegativeLoyaltyPoints')"
    )
    told = {row[0] for row in closed}
    written = {row[0] for row in shop.world.conn.execute("select uuid from entry where origin = 'session'")}
    assert told == written


def check_sums(shop: Shop) -> None:
    """Invariants 3 and 6 on every ledger, and negative only where nothing can be spent or is to come."""
    for profile in ("eve", "anna"):
        for program in (CLUB, STAFF):
            body = shop.balances(profile, program)
            for name, block in [("", body["balance"]), *body["subledgerBalances"].items()]:
                rows = shop.transactions(profile, program, page_size=1000)["data"]
                total = sum(
                    row["amount"] if row["type"] == "addition" else -row["amount"]
                    for row in rows
                    if row["subledgerId"] == name
                )
                left = block["activePoints"] + block["pendingPoints"] + block["expiredPoints"]
                assert total == left - block["negativePoints"]
                assert program == STAFF or block["negativePoints"] == 0
                assert not block["negativePoints"] or left == block["expiredPoints"]
    broken = shop.world.conn.execute(
        """select count(*) from draw d join entry l on l.id = d.lot join entry s on s.id = d.subtraction
           where l.account <> s.account or d.at < l.created or d.at < s.created"""
    ).fetchone()[0]
    assert broken == 0
