"""Points, transactions, balances and inventory: filters, pages, and one number everywhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from talon_sandbox import imports
from talon_sandbox.clock import to_micros
from talon_sandbox.ledger import Window
from tests.sandbox.shop import CLUB, START, ApiError, Shop, five, line

DAY = timedelta(days=1)


def later(days: float) -> int:
    return to_micros(START + days * DAY)


@pytest.fixture
def rich(shop: Shop) -> Shop:
    """A ledger with a bit of everything."""
    world = shop.world
    world.add_points(CLUB, "eve", 10_000, name="A", window=Window(None, later(10)))
    world.add_points(CLUB, "eve", 5_000, name="B")
    world.add_points(CLUB, "eve", 3_000, name="C", window=Window(later(5), later(40)))
    world.add_points(CLUB, "eve", 1_025, name="D", subledger="shoes", window=Window(None, later(3)))
    world.add_points(CLUB, "eve", 700, name="E", window=Window(awaits=True, validity="30D"))
    world.advance(DAY)
    shop.close("ORD-1", [line("20")], attributes={"PointsToSpend": 20})
    world.advance(DAY)
    world.deduct_points(CLUB, "eve", 500, name="F")
    return shop


def test_what_is_left_of_each_lot(rich: Shop) -> None:
    active = {row["name"]: row["amount"] for row in rich.points("eve")["data"]}
    assert active == {"A": 75, "B": 50, "D": Decimal("10.25")}
    pending = {row["name"]: row for row in rich.points("eve", status="pending")["data"]}
    assert {name: row["amount"] for name, row in pending.items()} == {
        "C": 30,
        "E": 7,
        "Points for purchase": 200,
    }
    assert (pending["E"]["startDate"], pending["E"]["validityDuration"]) == ("immediate", "30D")
    assert pending["Points for purchase"]["customerSessionId"] == "ORD-1"
    rich.world.advance(10 * DAY)
    expired = {row["name"]: row["amount"] for row in rich.points("eve", status="expired")["data"]}
    assert expired == {"A": 75, "D": Decimal("10.25")}


def test_one_number_everywhere(rich: Shop) -> None:
    for _ in range(4):
        balances = rich.balances("eve")
        inventory = rich.inventory("eve")["loyalty"]["programs"][str(CLUB)]
        main = balances["balance"]
        for status, wire in (("active", "currentBalance"), ("pending", "pendingBalance")):
            rows = rich.points("eve", status=status, page_size=1000)["data"]
            total = sum(row["amount"] for row in rows if row["subledgerId"] == "")
            assert total == main[f"{status}Points"] == inventory["ledger"][wire]
        rows = rich.points("eve", status="expired")["data"]
        assert sum(row["amount"] for row in rows if row["subledgerId"] == "") == main["expiredPoints"]
        rich.world.advance(13 * DAY)


def test_all_zero_subledgers_are_left_out_of_the_inventory(rich: Shop) -> None:
    program = rich.inventory("eve")["loyalty"]["programs"][str(CLUB)]
    assert set(program["subLedgers"]) == {"shoes"}
    rich.world.advance(5 * DAY)
    assert rich.inventory("eve")["loyalty"]["programs"][str(CLUB)]["subLedgers"] == {}
    assert five(rich.balances("eve")["subledgerBalances"]["shoes"]) == (0, 0, 0, Decimal("10.25"), 0)


def test_balances_by_subledger_and_at_any_instant(rich: Shop) -> None:
    only = rich.balances("eve", subledger_id="shoes")
    assert set(only) == {"subledgerBalances"}
    assert set(only["subledgerBalances"]) == {"shoes"}
    assert rich.figures("eve", end_date=START - DAY) == (0, 0, 0, 0, 0)
    assert rich.figures("eve", end_date=START) == (150, 37, 0, 0, 0)
    assert rich.figures("eve", end_date=START + DAY) == (130, 237, 20, 0, 0)
    assert rich.figures("eve") == (125, 237, 25, 0, 0)
    assert rich.figures("eve", end_date=START + 10 * DAY - timedelta(microseconds=1)) == (155, 207, 25, 0, 0)
    assert rich.figures("eve", end_date=START + 10 * DAY) == (80, 207, 25, 75, 0)


def test_transactions_are_newest_first_and_filtered(rich: Shop) -> None:
    def names(**query: Any) -> list[str]:
        return [row["name"] for row in rich.transactions("eve", **query)["data"]]

    everything = names()
    assert everything == ["F", "Points for purchase", "Paid with points", "E", "D", "C", "B", "A"]
    assert names(loyalty_transaction_type="session") == everything[1:3]
    assert names(loyalty_transaction_type="import") == []
    assert names(subledger_id="shoes") == ["D"]
    assert names(subledger_id="nope") == []
    assert names(customer_session_ids=("ORD-1", "nope")) == everything[1:3]
    assert names(start_date=START + DAY) == everything[:3]
    assert names(end_date=START) == everything[3:]
    assert names(start_date=START + DAY, end_date=START + DAY) == everything[1:3]
    assert names(awaits_activation=True) == ["E"]
    uuids = [row["transactionUUID"] for row in rich.transactions("eve")["data"]]
    assert len(set(uuids)) == len(uuids)
    assert names(transaction_uuids=(uuids[0], uuids[3])) == ["F", "E"]
    with pytest.raises(ApiError) as refused:
        names(awaits_activation=False)
    assert refused.value.errors[0]["source"] == {"parameter": "awaitsActivation"}


def test_starts_and_expiries_are_words_or_timestamps(rich: Shop) -> None:
    found = {row["name"]: (row["startDate"], row["expiryDate"]) for row in rich.transactions("eve")["data"]}
    assert found["A"] == ("immediate", "2026-11-30T09:00:00Z")
    assert found["B"] == ("immediate", "unlimited")
    assert found["C"] == ("2026-11-25T09:00:00Z", "2026-12-30T09:00:00Z")
    assert found["E"] == ("on_action", "unlimited")
    assert found["F"] == ("immediate", "unlimited")


def test_points_are_sorted_as_asked(rich: Shop) -> None:
    def names(**query: Any) -> list[str]:
        return [row["name"] for row in rich.points("eve", **query)["data"]]

    assert names(sort="expiryDate") == ["D", "A", "B"]
    assert names(sort="-expiryDate") == ["B", "A", "D"]
    assert names(sort="startDate", status="pending") == ["C", "Points for purchase", "E"]
    assert names(sort="-startDate", status="pending") == ["E", "Points for purchase", "C"]
    assert names(customer_session_ids=("ORD-1",), status="pending") == ["Points for purchase"]


@pytest.mark.parametrize("read", ["points", "transactions"])
def test_the_union_of_pages_is_the_whole(rich: Shop, read: str) -> None:
    def page(skip: int, size: int) -> Any:
        return getattr(rich, read)("eve", skip=skip, page_size=size)

    whole = page(0, 1000)
    assert whole["hasMore"] is False
    for size in range(1, 10):
        rows: list[Any] = []
        more = True
        while more:
            answer = page(len(rows), size)
            rows += answer["data"]
            more = answer["hasMore"]
        assert rows == whole["data"]
    assert page(1000, 50) == {"hasMore": False, "data": []}


def test_the_last_fifty_by_default(shop: Shop) -> None:
    for number in range(60):
        shop.world.add_points(CLUB, "eve", 100, name=str(number))
    answer = shop.transactions("eve")
    assert answer["hasMore"] is True
    assert [row["name"] for row in answer["data"]] == [str(number) for number in range(59, 9, -1)]


def test_somebody_without_points_has_zeros_and_somebody_unknown_is_404(shop: Shop) -> None:
    shop.put("s", profileId="new", cartItems=[])
    assert shop.balances("new")["subledgerBalances"] == {}
    assert shop.figures("new") == (0, 0, 0, 0, 0)
    assert shop.points("new") == shop.transactions("new") == {"hasMore": False, "data": []}
    assert shop.inventory("new")["loyalty"] == {"cards": [], "programs": {}}
    for read in (shop.balances, shop.points, shop.transactions, shop.inventory):
        with pytest.raises(ApiError) as refused:
            read("ghost")
        assert refused.value.status == 404


def test_inventory_blocks_come_with_their_flags(rich: Shop) -> None:
    assert set(rich.inventory("eve")) == {
        "profile",
        "referrals",
        "coupons",
        "loyalty",
        "giveaways",
        "achievements",
    }
    assert rich.send("get_customer_inventory", {"integration_id": "eve"}, {}).body == {}
    asked = rich.send(
        "get_customer_inventory", {"integration_id": "eve"}, {"profile": True, "coupons": False}
    )
    assert set(asked.body) == {"profile"}  # type: ignore[call-overload]


def test_ids_are_ordinary_text(shop: Shop) -> None:
    for name in ("a/b", "100%", "?x=1#y", "..", "名前🎁", "x" * 10_000, "'; drop table profile; --"):
        shop.world.add_points(CLUB, name, 100)
        assert shop.figures(name)[0] == 1
        assert shop.inventory(name)["profile"]["integrationId"] == name


def test_an_import_keeps_its_dates_and_its_order(shop: Shop) -> None:
    first = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [
        imports.Row(
            first + timedelta(days=day),
            "addition",
            1000,
            f"day {day}",
            expires=first + timedelta(days=day + 90),
        )
        for day in range(0, 300, 10)
    ]
    rows += [
        imports.Row(first + timedelta(days=day, hours=1), "subtraction", 100, "spent")
        for day in range(50, 90)
    ]
    shop.world.import_transactions(CLUB, "old", rows)
    assert shop.figures("old", end_date=first + timedelta(days=10)) == (20, 0, 0, 0, 0)
    answer = shop.transactions("old", page_size=1000)["data"]
    assert len(answer) == 70
    assert len(shop.transactions("old", page_size=1000, loyalty_transaction_type="import")["data"]) == 70
    assert [row["created"] for row in answer] == sorted((row["created"] for row in answer), reverse=True)
    active, _, spent, expired, _ = shop.figures("old")
    assert (active + spent + expired, spent) == (300, 40)
    for wrong in (first, START + DAY):
        with pytest.raises(ValueError, match="row"):
            shop.world.import_transactions(CLUB, "old", [imports.Row(wrong, "addition", 1, "wrong")])
    with pytest.raises(LookupError):
        shop.world.import_transactions(
            CLUB, "old", [imports.Row(START, "addition", 1, "wrong", subledger="nope")]
        )
