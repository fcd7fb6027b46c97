"""A customer at a glance."""

# mypy: disable-error-code="comparison-overlap"
# Amounts are compared with whole numbers: 70 reads better than Decimal("70").

import pickle
from typing import Any

import pytest

from desk.insight.customer import Customer, customer
from talon_client import Call, TalonError
from talon_client.models import CustomerInventory, LoyaltyBalancesWithTiers
from tests.insight.help import DOWN, FORBIDDEN, NOT_FOUND, NOW, asked, day, play

INVENTORY = CustomerInventory.model_validate(
    {
        "profile": {
            "integrationId": "maria",
            "attributes": {"Name": "Maria <b>", "Email": "m@example.com"},
            "closedSessions": 12,
            "totalSales": 1034.5,
            "audienceMemberships": [{"id": 1, "name": "Gold"}, {"id": 2}],
            "created": day(-400).isoformat(),
            "lastActivity": "0001-01-01T00:00:00Z",
        },
        "loyalty": {
            "cards": [{"identifier": "CARD-1", "programID": 2, "status": "active", "usersPerCardLimit": 2}],
            "programs": {
                "1": {
                    "id": 1,
                    "title": "Points club",
                    "joinDate": day(-300).isoformat(),
                    "ledger": {
                        "currentBalance": 100,
                        "pendingBalance": 5,
                        "expiredBalance": 0,
                        "spentBalance": 0,
                        "currentTier": {"name": "Silver"},
                        "nextTierName": "Gold",
                    },
                    "subLedgers": {"shoes": {"currentBalance": 7, "pendingBalance": 0}},
                },
                "3": {"name": "perks", "ledger": {"currentBalance": 0, "negativeBalance": -4}},
            },
        },
        "coupons": [
            {"value": "B", "state": "used", "usageCounter": 1},
            {"value": "A", "state": "active", "isReservationMandatory": True},
        ],
        "referrals": [{"code": "FRIEND"}],
        "giveaways": [{"code": "MUG"}],
        "achievements": [{"title": "Ten orders", "progress": 3, "target": 10}],
    }
)
BALANCES = {
    1: LoyaltyBalancesWithTiers.model_validate(
        {
            "balance": {
                "activePoints": 101,
                "pendingPoints": 5,
                "spentPoints": 40,
                "expiredPoints": 9,
                "currentTier": {"name": "Silver"},
                "projectedTier": {"projectedActivePoints": 1, "stayInTierPoints": 99},
            },
            "subledgerBalances": {"boots": {"activePoints": 2}},
        }
    ),
    3: LoyaltyBalancesWithTiers.model_validate({"balance": {"activePoints": 0, "negativePoints": 4}}),
}


def look(
    inventory: Any = INVENTORY, balances: dict[int, Any] | None = None, programs: tuple[int, ...] = ()
) -> tuple[Customer, list[list[str]]]:
    known: dict[int, Any] = BALANCES if balances is None else balances

    def respond(call: Call[Any]) -> Any:
        if call.operation.id == "get_customer_inventory":
            return inventory
        program = call.argument("loyalty_program_id")
        assert isinstance(program, int)
        return known.get(program, NOT_FOUND)

    found, batches = play(customer("maria", programs), respond)
    return found, [asked([batch]) for batch in batches]


def test_programs_known_from_the_settings_need_one_batch() -> None:
    found, batches = look(programs=(1, 3))
    assert [len(batch) for batch in batches] == [3]
    assert found.unread == ()
    assert [program.id for program in found.programs] == [1, 3]


def test_programs_known_from_the_inventory_need_a_second_batch() -> None:
    _, batches = look(programs=(1,))
    assert [len(batch) for batch in batches] == [2, 1]
    assert batches[1] == ["get_loyalty_balances /v1/loyalty_programs/3/profile/maria/balances"]


def test_a_program_of_the_settings_that_the_customer_never_joined_is_not_shown() -> None:
    found, _ = look(programs=(1, 3, 9))
    assert [program.id for program in found.programs] == [1, 3]
    assert found.unread == ()


def test_profile() -> None:
    profile = look()[0].profile
    assert profile is not None
    assert profile.attributes == {"Name": "Maria <b>", "Email": "m@example.com"}
    assert profile.audiences == ("Gold", "#2")
    assert (profile.closed_sessions, profile.created, profile.last_activity) == (12, day(-400), None)


def test_points() -> None:
    found, _ = look()
    club = found.program(1)
    assert club is not None
    assert [(ledger.subledger, ledger.reported.active) for ledger in club.ledgers] == [
        ("", 101),
        ("boots", 2),
        ("shoes", 7),
    ]
    assert (club.label, club.joined, club.main.reported.spent) == ("Points club", day(-300), 40)
    assert club.main.tier is not None
    assert (club.main.tier.name, club.main.tier.stay_points) == ("Silver", 99)
    perks = found.program(3)
    assert perks is not None
    assert (perks.label, perks.main.reported.negative) == ("perks", 4)


def test_headline() -> None:
    headline = look()[0].headline
    assert [(label, points.active, points.negative) for label, points in headline.points] == [
        ("Points club", 110, None),
        ("perks", 0, 4),
    ]
    assert (headline.usable_coupons, headline.cards, headline.complete) == (1, 1, True)


def test_the_rest() -> None:
    found, _ = look()
    assert [entry.code for entry in found.coupons] == ["A", "B"]
    assert [card.identifier for card in found.cards] == ["CARD-1"]
    assert len(found.referrals) == len(found.giveaways) == len(found.achievements) == 1


@pytest.mark.parametrize("error", [DOWN, FORBIDDEN, NOT_FOUND])
def test_points_that_cannot_be_read_leave_the_figures_of_the_inventory(error: TalonError) -> None:
    found, _ = look(balances={1: error, 3: BALANCES[3]})
    assert [str(each) for each in found.unread] == [f"the points of Points club could not be read: {error}"]
    club = found.program(1)
    assert club is not None
    assert (club.main.reported.active, club.main.reported.spent) == (100, None)
    assert club.main.tier is not None
    assert not found.headline.complete


def test_an_unknown_customer() -> None:
    found, _ = look(inventory=NOT_FOUND)
    assert found.found is False
    assert found.unread == ()


def test_could_not_look() -> None:
    found, _ = look(inventory=DOWN)
    assert found.found is None
    assert [each.what for each in found.unread] == ["the customer"]


def test_an_inventory_with_nothing_in_it() -> None:
    found, batches = look(inventory=CustomerInventory())
    assert found.found
    assert found.profile is None
    assert len(batches) == 1
    assert found.headline.points == ()


def test_a_finding_can_be_pickled_as_caches_do() -> None:
    found, _ = look()
    assert pickle.loads(pickle.dumps(found)) == found


def test_an_id_that_cannot_be_asked() -> None:
    with pytest.raises(ValueError, match="integration_id"):
        play(customer(".."), lambda call: NOW)
