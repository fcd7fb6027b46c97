"""Customers whose points for an order are missing, each for another reason."""

from ..people import Person, person
from ..scenario import Scenario
from ..shop import cart
from ..stage import CARDS, GOLD_AUDIENCE, PAY_WITH_POINTS, Life, Stage

SHOE_DAYS = 101
"""A campaign that gives a discount and no points."""


def scenarios(stage: Stage) -> list[Scenario]:
    """Unknown, returned, somebody else's, no rule, another rule today, waiting, on a card, spent, spent and expired."""
    return [
        Scenario(
            "vera.unknown",
            "profile",
            "Vera quotes order ORD-10701, and nobody can find it.",
            "There is no such order here; she bought in another shop.",
            (),
            (_vera(stage),),
        ),
        Scenario(
            "rolf.returned",
            "profile",
            "Rolf misses the points of ORD-10702, which he sent back.",
            "Everything of ORD-10702 came back, and its points were taken back.",
            ("ORD-10702",),
            (_rolf(stage),),
        ),
        Scenario(
            "gabi.guest",
            "profile",
            "Gabi misses the points of ORD-10711 and ORD-10712.",
            "ORD-10711 was made without an account, ORD-10712 with her second one, gabi.second.",
            ("gabi.second", "ORD-10711", "ORD-10712"),
            (_gabi(stage),),
        ),
        Scenario(
            "gina.replaced",
            "profile",
            "Gina is a Gold customer and expected her bonus for ORD-10722 too.",
            "ORD-10722 was a free replacement: its total is 0, and the Gold bonus wants 100.",
            ("ORD-10721", "ORD-10722"),
            (_gina(stage),),
        ),
        Scenario(
            "udo.rules",
            "profile",
            "Udo got no points for ORD-10731, although everybody gets some.",
            "The till let only one campaign look at ORD-10731; today's rules would award points.",
            ("ORD-10731",),
            (_udo(stage),),
        ),
        Scenario(
            "wanda.app",
            "profile",
            "Wanda ordered ORD-10741 by app and cannot use the bonus for that.",
            "25 points of ORD-10741 wait for an action; the 20 for its price are there.",
            ("ORD-10741",),
            (_wanda(stage),),
        ),
        Scenario(
            "karl.card",
            "profile",
            "Karl bought ORD-10751 at the till and misses its points in his account.",
            "He showed the card CARD-1005 and did not sign in: the points are on the card.",
            ("CARD-1005", "ORD-10751"),
            (_karl(stage),),
        ),
        Scenario(
            "petra.spent",
            "profile",
            "Petra says that the points of ORD-10761 are gone.",
            "She paid ORD-10762 with them.",
            ("ORD-10761", "ORD-10762"),
            (_petra(stage),),
        ),
        Scenario(
            "mia.mixed",
            "profile",
            "Mia says that the points of ORD-10771 are gone.",
            "500 of them paid for a part of ORD-10772, the other 1490 expired within the last six weeks.",
            ("ORD-10771", "ORD-10772"),
            (_mia(stage),),
        ),
        Scenario(
            "greta.goodwill",
            "profile",
            "Greta asks a second time for the points of ORD-10781 that expired.",
            "They expired, and 300 points were added by hand since.",
            ("ORD-10781",),
            (_greta(stage),),
        ),
    ]


def _vera(stage: Stage) -> Life:
    yield stage.ago(50, 9)
    stage.profile(_someone(stage, "Vera", "Lang", "vera.unknown", 50))


def _rolf(stage: Stage) -> Life:
    yield stage.ago(70, 9)
    stage.profile(_someone(stage, "Rolf", "Adler", "rolf.returned", 70))
    yield stage.ago(34, 17, 30)
    stage.session("ORD-10702", "rolf.returned", cart(("OUT-106", 1)))
    yield stage.ago(25, 10, 15)
    stage.give_back("ORD-10702", (0, 1))


def _gabi(stage: Stage) -> Life:
    yield stage.ago(110, 9)
    stage.profile(_someone(stage, "Gabi", "Costa", "gabi.guest", 110))
    stage.profile(_someone(stage, "Gabi", "Costa", "gabi.second", 110))
    yield stage.ago(44, 20, 5)
    stage.session("ORD-10711", "", cart(("CLO-102", 1)))
    yield stage.ago(39, 20, 40)
    stage.session("ORD-10712", "gabi.second", cart(("ACC-106", 2)))


def _gina(stage: Stage) -> Life:
    yield stage.ago(140, 9)
    stage.profile(_someone(stage, "Gina", "Rossi", "gina.replaced", 140))
    stage.join_audience(GOLD_AUDIENCE, "gina.replaced")
    yield stage.ago(120, 12, 45)
    stage.session("ORD-10721", "gina.replaced", cart(("CLO-103", 1)))
    yield stage.ago(20, 11)
    stage.session("ORD-10722", "gina.replaced", [{**cart(("CLO-103", 1))[0], "price": 0}])


def _udo(stage: Stage) -> Life:
    yield stage.ago(65, 9)
    stage.profile(_someone(stage, "Udo", "Quist", "udo.rules", 65))
    yield stage.ago(36, 18, 20)
    stage.session("ORD-10731", "udo.rules", cart(("CLO-104", 1)), evaluable=[SHOE_DAYS])


def _wanda(stage: Stage) -> Life:
    yield stage.ago(80, 9)
    stage.profile(_someone(stage, "Wanda", "Novák", "wanda.app", 80))
    yield stage.ago(40, 13, 10)
    postcard = {**cart(("HOM-104", 1))[0], "price": 2}
    stage.session("ORD-10741", "wanda.app", [postcard], attributes={"Channel": "app"})


def _karl(stage: Stage) -> Life:
    yield stage.ago(95, 9)
    stage.profile(_someone(stage, "Karl", "Jansen", "karl.card", 95))
    stage.generate_card(CARDS, "CARD-1005", "karl.card")
    yield stage.ago(33, 15, 50)
    stage.session("ORD-10751", "", cart(("OUT-101", 2)), card="CARD-1005", attributes={"Channel": "shop"})


def _petra(stage: Stage) -> Life:
    yield stage.ago(130, 9)
    stage.profile(_someone(stage, "Petra", "Olsen", "petra.spent", 130))
    yield stage.ago(100, 19, 25)
    stage.session("ORD-10761", "petra.spent", cart(("HOM-105", 1)))
    yield stage.ago(30, 12, 5)
    stage.session("ORD-10762", "petra.spent", cart(("CLO-103", 1)), attributes=PAY_WITH_POINTS)


def _mia(stage: Stage) -> Life:
    yield stage.ago(420, 9)
    stage.profile(_someone(stage, "Mia", "Fischer", "mia.mixed", 420))
    yield stage.ago(405, 16, 30)
    stage.session("ORD-10771", "mia.mixed", cart(("OUT-102", 1)))
    yield stage.ago(200, 18, 15)
    stage.session("ORD-10772", "mia.mixed", cart(("CLO-105", 1)), attributes={"PointsToSpend": 500})


def _greta(stage: Stage) -> Life:
    yield stage.ago(430, 9)
    stage.profile(_someone(stage, "Greta", "Hansen", "greta.goodwill", 430))
    yield stage.ago(410, 14, 35)
    stage.session("ORD-10781", "greta.goodwill", cart(("CLO-103", 1)))
    yield stage.ago(10, 10, 20)
    stage.give("greta.goodwill", 300, "Goodwill: points that expired", days=90)


def _someone(stage: Stage, first: str, last: str, profile_id: str, days: float) -> Person:
    return person(first, last, "Hamburg", "DE", id=profile_id, since=stage.ago(days))
