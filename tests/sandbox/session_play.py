"""Plays random histories of sessions through the operations, keeping its own count of what should stand."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

from hypothesis import strategies as st

from talon_sandbox.clock import to_datetime
from talon_sandbox.encoding import dump_json
from talon_sandbox.world import World
from tests.sandbox.shop import CLUB, STAFF, START, ApiError, Shop, is_as, line, props

Step: TypeAlias = tuple[str, int, Any, Any]
PEOPLE = ("eve", "anna")
CODES = ("TENPERCENT", "FIVE")
SESSIONS = 4

_WHO = st.sampled_from(PEOPLE)
_WHICH = st.integers(0, SESSIONS - 1)
_CART = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 3), st.sampled_from(["", "Shoes", "Clothing"])), max_size=3
)


def _step(name: str, first: st.SearchStrategy[int], *rest: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    second, third = (*rest, st.none(), st.none())[:2]
    return st.tuples(st.just(name), first, second, third)


STEPS: st.SearchStrategy[list[Step]] = st.lists(
    st.one_of(
        _step("open", _WHICH, _CART, _WHO),
        _step("close", _WHICH, _CART, _WHO),
        _step("close", _WHICH, _CART, _WHO),
        _step("close twice under a key", _WHICH, _CART, _WHO),
        _step("close dry", _WHICH, _CART, _WHO),
        _step("cancel", _WHICH),
        _step("cancel dry", _WHICH),
        _step("reopen", _WHICH),
        _step("return", _WHICH, st.integers(0, 2), st.integers(1, 2)),
        _step("return twice under a key", _WHICH, st.integers(0, 2), st.integers(1, 2)),
        _step("return again", _WHICH, st.integers(0, 2), st.integers(1, 2)),
        _step("wait", st.integers(1, 20)),
        _step("jump", st.integers(-1, 1)),
        _step("take", st.integers(1, 2000), st.none(), _WHO),
    ),
    min_size=3,
    max_size=16,
)


def open_shop() -> Shop:
    """Two members of staff with points of the club, two codes, a card; this is what a reset returns to."""
    world = World(now=START)
    world.create_coupon("TENPERCENT", 102)
    world.create_coupon("FIVE", 108)
    world.create_card(2, "CARD-1")
    for name in PEOPLE:
        world.join_audience(3, name)
        world.add_points(CLUB, name, 50_000)
    world.mark_baseline()
    return Shop(world)


@dataclass
class Player:
    """Plays steps on a shop and notes which codes each session has redeemed."""

    shop: Shop
    redeemed: dict[str, set[str]] = field(default_factory=dict)
    keys: int = 0

    def play(self, step: Step) -> bool:
        """One step; False when it was refused, which must have left nothing behind."""
        conn = self.shop.world.conn
        before = conn.serialize()
        try:
            self._act(*step)
        except ApiError as error:
            assert error.status == 400
            assert is_as(conn, before), "a refusal leaves nothing behind"
            return False
        if step[0].endswith("dry"):
            assert is_as(conn, before)  # invariant 11
        return True

    def _act(self, name: str, which: int, second: Any, third: Any) -> None:
        session = f"s{which}"
        if name == "open":
            self._put(session, "open", second, third)
        elif name.startswith("close"):
            self._close(session, second, third, name)
        elif name == "cancel":
            self.shop.cancel(session)
            self.redeemed.pop(session, None)
        elif name == "cancel dry":
            self.shop.put(session, state="cancelled", query={"dry": True})
        elif name == "reopen":
            self.shop.reopen(session)
            self.redeemed.pop(session, None)
        elif name.startswith("return"):
            self._return(session, second, third, name)
        elif name == "wait":
            self.shop.world.advance(timedelta(days=which))
        elif name == "jump":
            self._jump(which)
        else:
            self.shop.world.deduct_points(STAFF, third, which)

    def _put(self, session: str, state: str, cart: Any, who: str, **more: Any) -> Any:
        number = int(session[1:])
        return self.shop.put(
            session,
            state=state,
            profileId=who,
            cartItems=[line(str(price), quantity, category) for price, quantity, category in cart],
            couponCodes=list(CODES),
            loyaltyCards=["CARD-1"],
            attributes={"PointsToSpend": number * 10},
            additionalCosts={"shipping": {"price": 5}},
            **more,
        )

    def _close(self, session: str, cart: Any, who: str, name: str) -> None:
        more: dict[str, Any] = {"query": {"dry": True}} if name.endswith("dry") else {}
        if name.endswith("key"):
            self.keys += 1
            more = {"key": f"key-{self.keys}"}
        first = self._put(session, "closed", cart, who, **more)
        if name.endswith("key"):
            once = self.shop.world.conn.serialize()
            again = self._put(session, "closed", cart, who, **more)
            assert dump_json(again) == dump_json(first)  # invariant 10
            assert is_as(self.shop.world.conn, once)
        if not name.endswith("dry"):
            self.redeemed[session] = {each["value"] for each in props(first, "acceptCoupon")}

    def _return(self, session: str, position: int, quantity: int, name: str) -> None:
        body = {"return": {"returnedCartItems": [{"position": position, "quantity": quantity}]}}
        path, query = {"customer_session_id": session}, {"run_rule_engine": name == "return again"}
        self.keys += 1
        key = f"key-{self.keys}" if name.endswith("key") else None
        first = self.shop.send("return_cart_items", path, query, body, key=key).body
        if key is not None:
            once = self.shop.world.conn.serialize()
            again = self.shop.send("return_cart_items", path, query, body, key=key).body
            assert dump_json(again) == dump_json(first)  # invariant 10
            assert is_as(self.shop.world.conn, once)

    def _jump(self, tick: int) -> None:
        """Straight to the next start or expiry of any lot, or one microsecond before or after it."""
        world = self.shop.world
        (ahead,) = world.conn.execute(
            "select min(t) from (select starts + ?1 t from entry union select expires + ?1 from entry)"
            " where t > ?2",
            (tick, world.now()),
        ).fetchone()
        if ahead is not None:
            world.freeze(to_datetime(ahead))
