"""One ledger for each return policy, worked out on paper: the third voice beside the code and the naive model.

Ten rows each at least; the comments number the rows as they are written, and do the sums.

1 point a euro, pending for 2 days, valid for 30 days after that; 1 point pays 1 euro.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.sandbox.shop import Shop, line, props


def _campaigns(policy: str) -> dict[str, Any]:
    earn = {
        "do": "add_points",
        "name": "earned",
        "program": 1,
        "per_euro": 1,
        "pending": "2D",
        "valid": "30D",
    }
    pay = {"do": "pay_with_points", "name": "paid", "program": 1, "attribute": "Points", "points_per_euro": 1}
    return {
        "attributes": {"CustomerSession": {"Points": "number"}},
        "programs": [{"id": 1, "name": "club", "title": "Club", "returnPolicy": policy}],
        "campaigns": [
            {"name": "earn", "rules": [{"name": "earn", "when": [{"if": "profile"}], "then": [earn]}]},
            {
                "name": "pay",
                "rules": [
                    {"name": "pay", "when": [{"if": "session_attribute", "name": "Points"}], "then": [pay]}
                ],
            },
        ],
    }


@pytest.fixture
def club(make_shop: Callable[[dict[str, Any]], Shop], request: pytest.FixtureRequest) -> Shop:
    return make_shop(_campaigns(request.param))


def days(shop: Shop, count: float) -> None:
    shop.world.advance(timedelta(days=count))


def figures(shop: Shop) -> tuple[int, ...]:
    return tuple(int(value) for value in shop.figures("eve"))


def buy(shop: Shop, session: str, euros: int, points: int = 0) -> None:
    attributes = {"Points": points} if points else {}
    shop.close(session, [line(str(euros))], attributes=attributes)


@pytest.mark.parametrize("club", ["only_pending"], indirect=True)
def test_only_pending(club: Shop) -> None:
    buy(club, "A", 100)  # 1: +100, pending until day 2
    assert figures(club) == (0, 100, 0, 0, 0)
    days(club, 1)
    club.give_back("A", (0, 1))  # 2: -100, still pending
    assert figures(club) == (0, 0, 0, 0, 0)
    buy(club, "B", 80)  # 3: +80, active on day 3, gone on day 33
    days(club, 2)
    assert figures(club) == (80, 0, 0, 0, 0)
    buy(club, "C", 50, points=30)  # 4: +50 pending, 5: -30 out of B
    assert figures(club) == (50, 50, 30, 0, 0)
    club.cancel("B")  # active by now: nothing comes back
    assert figures(club) == (50, 50, 30, 0, 0)
    club.cancel("C")  # 6: +30 with B's window, 7: -50 out of C, which is pending
    assert figures(club) == (80, 0, 0, 0, 0)
    windows = {row["name"]: (row["startDate"], row["expiryDate"]) for row in club.points("eve")["data"]}
    assert windows["Reimbursement: paid"] == windows["earned"]
    days(club, 29.99)
    assert figures(club) == (80, 0, 0, 0, 0)
    days(club, 0.01)  # day 33: B's 50 that were never spent and the 30 that came back with its window
    assert figures(club) == (0, 0, 0, 80, 0)
    club.close("D", [line("20", 3)])  # 8: +60, active on day 35, gone on day 65
    days(club, 1)
    club.give_back("D", (0, 1))  # 9: -20, a third of D, still pending: 60 - 20 = 40
    assert figures(club) == (0, 40, 0, 80, 0)
    days(club, 2)  # day 36
    club.give_back("D", (0, 1))  # active by now: the second third stays
    assert figures(club) == (40, 0, 0, 80, 0)
    buy(club, "E", 15)  # 10: +15, active on day 38, gone on day 68
    assert figures(club) == (40, 15, 0, 80, 0)
    days(club, 29)  # day 65: 80 + 40 = 120 expired, E is active
    assert figures(club) == (15, 0, 0, 120, 0)
    assert club.rows("eve") == [
        ("earned", 100),
        ("Rollback: earned", -100),
        ("earned", 80),
        ("earned", 50),
        ("paid", -30),
        ("Reimbursement: paid", 30),
        ("Rollback: earned", -50),
        ("earned", 60),
        ("Rollback: earned", -20),
        ("earned", 15),
    ]


@pytest.mark.parametrize("club", ["within_balance"], indirect=True)
def test_within_balance(club: Shop) -> None:
    buy(club, "A", 100)  # 1: +100, active on day 2, gone on day 32
    days(club, 5)
    buy(club, "B", 40)  # 2: +40, active on day 7, gone on day 37
    days(club, 5)
    assert figures(club) == (140, 0, 0, 0, 0)
    buy(club, "C", 200, points=120)  # 3: +200 pending until day 12, 4: -120: all of A, 20 of B
    assert figures(club) == (20, 200, 120, 0, 0)
    club.cancel("A")  # 5: -100: nothing is left of A, so 100 of C, which is pending
    assert figures(club) == (20, 100, 120, 0, 0)
    days(club, 3)
    assert figures(club) == (120, 0, 120, 0, 0)
    buy(club, "D", 10, points=10)  # 6: +10 pending until day 15, 7: -10 out of B
    assert figures(club) == (110, 10, 130, 0, 0)
    club.cancel("C")  # 8, 9: +100, +20 back as A and B; 10: -200: 100 left of C, 10 of D, 90 of A
    assert figures(club) == (40, 0, 10, 0, 0)
    days(club, 19)  # day 32: what is left of A expires
    assert figures(club) == (30, 0, 10, 10, 0)
    club.cancel("D")  # 11: +10 of B; 12: -10: D is empty, so 10 active ones, B's before its reimbursements
    assert figures(club) == (30, 0, 0, 10, 0)
    days(club, 5)  # day 37: B and what came back of it
    assert figures(club) == (0, 0, 0, 40, 0)
    club.cancel("B")  # B is used up and nothing can be spent: no row
    assert figures(club) == (0, 0, 0, 40, 0)
    assert [int(amount) for _, amount in club.rows("eve")] == [
        *(100, 40, 200, -120, -100, 10, -10, 100, 20, -200, 10, -10)
    ]


@pytest.mark.parametrize("club", ["unlimited"], indirect=True)
def test_unlimited(club: Shop) -> None:
    buy(club, "A", 100)  # 1: +100, active on day 2
    days(club, 2)
    buy(club, "B", 30, points=70)  # 2: +30 pending, 3: -30: an order of 30 takes no more
    assert figures(club) == (70, 30, 30, 0, 0)
    buy(club, "C", 70, points=70)  # 4: +70 pending, 5: -70
    assert figures(club) == (0, 100, 100, 0, 0)
    club.cancel("A")  # 6: -100: nothing left of A, 30 of B and 70 of C are pending
    assert figures(club) == (0, 0, 100, 0, 0)
    club.give_back("B", (0, 1))  # 7: -30, all below zero
    assert figures(club) == (0, 0, 100, 0, 30)
    last = club.transactions("eve")["data"][0]
    assert last["flags"] == {"createsNegativeBalance": True}
    assert (last["startDate"], last["expiryDate"]) == ("immediate", "unlimited")
    buy(club, "D", 20)  # 8: +20 pays the debt at once, pending as it is
    assert figures(club) == (0, 0, 100, 0, 10)
    buy(club, "E", 25)  # 9: +25, 10 of it pay the rest
    assert figures(club) == (0, 15, 100, 0, 0)
    club.cancel("E")  # 10: -15 down to zero, 11: -10 beyond
    assert figures(club) == (0, 0, 100, 0, 10)
    club.cancel("C")  # 12: +70 come back and pay 10; 13: -60 down to zero, 14: -10 beyond
    assert figures(club) == (0, 0, 30, 0, 10)
    assert [int(amount) for _, amount in club.rows("eve")] == [
        *(100, 30, -30, 70, -70, -100, -30, 20, 25, -15, -10, 70, -60, -10)
    ]


@pytest.mark.parametrize("club", ["unlimited"], indirect=True)
def test_what_comes_back_expired_pays_no_debt(club: Shop) -> None:
    buy(club, "A", 100)  # +100, active on day 2, gone on day 32
    days(club, 2)
    buy(club, "B", 50, points=50)  # -50 out of A; +50, active on day 4, gone on day 34
    club.world.deduct_points(1, "eve", 13_000)  # -100 down to zero, -30 beyond
    assert figures(club) == (0, 0, 180, 0, 30)
    days(club, 31)  # day 33: A is over
    assert props(club.cancel("B"), "rollbackDeductedLoyaltyPoints")[0]["value"] == 50
    assert figures(club) == (0, 0, 130, 50, 80)  # 50 came back expired; the 50 of B's award are owed on top
