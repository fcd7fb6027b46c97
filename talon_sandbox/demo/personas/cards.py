"""Loyalty cards and who holds them."""

from ..people import person
from ..scenario import Scenario
from ..shop import cart
from ..stage import CARDS, Life, Stage


def scenarios(stage: Stage) -> list[Scenario]:
    """Shared by two, at its limit, blocked, and one that nobody holds."""
    return [
        Scenario(
            "CARD-1001",
            "card",
            "Lena and Lars share a card.",
            "Two holders, points from orders of both; there is room for more holders.",
            ("lena.shared", "lars.shared"),
            (_shared(stage),),
        ),
        Scenario(
            "CARD-1002",
            "card",
            "A second person wants to use Mila's card.",
            "One holder, and one is the limit: linking another is refused.",
            ("mila.limit",),
            (_at_limit(stage),),
        ),
        Scenario(
            "CARD-1003",
            "card",
            "Otto lost his card; Campaign Manager blocked it.",
            "Blocked, with the reason; its points stay visible and cannot be used.",
            ("otto.blocked",),
            (_blocked(stage),),
        ),
        Scenario(
            "CARD-1004",
            "card",
            "A card from the till that nobody has registered yet.",
            "Active, no holders: it can be linked.",
            (),
            (_unclaimed(stage),),
        ),
    ]


def _shared(stage: Stage) -> Life:
    yield stage.ago(260, 9)
    stage.world.create_card(CARDS, "CARD-1001", users_limit=5)
    for first, handle in (("Lena", "lena.shared"), ("Lars", "lars.shared")):
        stage.profile(person(first, "Eriksen", "Malmö", "SE", id=handle, since=stage.ago(260)))
        stage.link_card(CARDS, "CARD-1001", handle)
    yield stage.ago(180, 12)
    stage.session("ORD-10101", "lena.shared", cart(("HOM-103", 1)), card="CARD-1001")
    yield stage.ago(90, 17, 35)
    stage.session("ORD-10102", "lars.shared", cart(("OUT-106", 1), ("ACC-104", 1)), card="CARD-1001")


def _at_limit(stage: Stage) -> Life:
    yield stage.ago(140, 10)
    stage.world.create_card(CARDS, "CARD-1002", users_limit=1)
    stage.profile(person("Mila", "Rossi", "Milan", "IT", id="mila.limit", since=stage.ago(140)))
    stage.link_card(CARDS, "CARD-1002", "mila.limit")
    yield stage.ago(100, 13)
    stage.session("ORD-10111", "mila.limit", cart(("ACC-105", 1), ("HOM-104", 1)), card="CARD-1002")


def _blocked(stage: Stage) -> Life:
    yield stage.ago(300, 10)
    stage.world.create_card(CARDS, "CARD-1003")
    stage.profile(person("Otto", "Zimmermann", "Vienna", "AT", id="otto.blocked", since=stage.ago(300)))
    stage.link_card(CARDS, "CARD-1003", "otto.blocked")
    yield stage.ago(220, 18)
    stage.session("ORD-10121", "otto.blocked", cart(("OUT-104", 2)), card="CARD-1003")
    yield stage.ago(18, 11, 20)
    stage.block_card(CARDS, "CARD-1003", "Lost")


def _unclaimed(stage: Stage) -> Life:
    yield stage.ago(15, 10)
    stage.generate_card(CARDS, "CARD-1004")
