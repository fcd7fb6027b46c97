"""A shop over the core: requests in few words, for tests that read like a story."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from talon_sandbox.api import Answer, ApiError, Request, answer
from talon_sandbox.world import World

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CLUB, CARDS, STAFF = 1, 2, 3


def line(price: str, quantity: int = 1, category: str = "", sku: str = "SKU-1") -> dict[str, object]:
    """A cart line."""
    return {"sku": sku, "quantity": quantity, "price": Decimal(price), "category": category}


class Shop:
    """Sends requests to `world`; every method answers the body."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(
        self,
        operation: str,
        path: Mapping[str, Any],
        query: Mapping[str, object] | None = None,
        body: Mapping[str, object] | None = None,
        *,
        key: str | None = None,
    ) -> Answer:
        """Any operation; the key's body hash is made from the body."""
        return answer(self.world, Request(operation, path, query or {}, body, key, repr(body)))

    def put(
        self,
        session: str,
        content: Any = (),
        *,
        key: Any = None,
        query: Any = None,
        **fields: Any,
    ) -> Any:
        """Update a session with the given fields of `customerSession`."""
        body = {"customerSession": fields, "responseContent": list(content)}
        sent = self.send("update_customer_session_v2", {"customer_session_id": session}, query, body, key=key)
        return sent.body

    def close(
        self, session: str, items: Sequence[Mapping[str, object]], profile: str = "eve", **fields: Any
    ) -> Any:
        """Create and close a session in one go."""
        return self.put(session, state="closed", profileId=profile, cartItems=list(items), **fields)

    def cancel(self, session: str) -> Any:
        """Cancel a session."""
        return self.put(session, state="cancelled")

    def reopen(self, session: str) -> Any:
        """Reopen a session."""
        return self.send("reopen_customer_session", {"customer_session_id": session}).body

    def give_back(self, session: str, *items: tuple[int, int], query: Any = None) -> Any:
        """Return (position, quantity) pairs."""
        returned = [{"position": position, "quantity": quantity} for position, quantity in items]
        body = {"return": {"returnedCartItems": returned}, "responseContent": ["previousReturns"]}
        return self.send("return_cart_items", {"customer_session_id": session}, query, body).body

    def session(self, session: str) -> Any:
        """Read a session."""
        return self.send("get_customer_session", {"customer_session_id": session}).body

    def inventory(self, profile: str) -> Any:
        """Every block of the inventory."""
        flags = ("profile", "referrals", "coupons", "loyalty", "giveaways", "achievements")
        path = {"integration_id": profile}
        return self.send("get_customer_inventory", path, dict.fromkeys(flags, True)).body

    def balances(self, profile: str, program: int = CLUB, **query: Any) -> Any:
        """A profile's balances."""
        path = {"loyalty_program_id": program, "integration_id": profile}
        return self.send("get_loyalty_balances", path, query).body

    def figures(self, profile: str, program: int = CLUB, **query: Any) -> Any:
        """Active, pending, spent, expired and negative points of the main ledger."""
        return five(self.balances(profile, program, **query)["balance"])

    def points(self, profile: str, program: int = CLUB, **query: Any) -> Any:
        """Unused points."""
        path = {"loyalty_program_id": program, "integration_id": profile}
        return self.send("get_loyalty_program_profile_points", path, query).body

    def transactions(self, profile: str, program: int = CLUB, **query: Any) -> Any:
        """Transactions."""
        path = {"loyalty_program_id": program, "integration_id": profile}
        return self.send("get_loyalty_program_profile_transactions", path, query).body

    def rows(self, profile: str, program: int = CLUB) -> Any:
        """The ledger in the order of writing, subtractions with a minus sign."""
        data = self.transactions(profile, program, page_size=1000)["data"]
        sign = {"addition": 1, "subtraction": -1}
        return [(row["name"], row["amount"] * sign[row["type"]]) for row in reversed(data)]

    def coupon(self, code: str, profile: str = "eve") -> Any:
        """A coupon as the profile's inventory shows it."""
        return next(coupon for coupon in self.inventory(profile)["coupons"] if coupon["value"] == code)


def five(block: Mapping[str, Decimal]) -> Any:
    """The five figures of a balance."""
    return tuple(block[f"{name}Points"] for name in ("active", "pending", "spent", "expired", "negative"))


def kinds(body: Any) -> list[str]:
    """The types of the effects of an answer."""
    return [effect["effectType"] for effect in body["effects"]]


def props(body: Any, kind: str) -> list[Any]:
    """The props of the effects of one type."""
    return [effect["props"] for effect in body["effects"] if effect["effectType"] == kind]


def is_as(conn: sqlite3.Connection, before: bytes) -> bool:
    """Whether every row of every table is what it was, byte for byte.

    Pages that are free keep what a transaction wrote that was rolled back: they belong to no table.
    """
    if conn.serialize() == before:
        return True
    with closing(sqlite3.connect(":memory:")) as earlier:
        earlier.deserialize(before)
        return list(earlier.iterdump()) == list(conn.iterdump())


__all__ = ["ApiError", "Shop", "five", "is_as", "kinds", "line", "props"]
