"""Customers whose order came back, was called off or was opened again."""

from ..people import person
from ..scenario import Scenario
from ..shop import cart
from ..stage import PAY_WITH_POINTS, Life, Stage


def scenarios(stage: Stage) -> list[Scenario]:
    """Spent then cancelled, returned twice, reopened, an open cart."""
    return [
        Scenario(
            "sven.cancelled",
            "profile",
            "Sven paid ORD-10052 partly with points, then called it off.",
            "The points that ORD-10052 took are back, with the dates they had; those it earned are gone.",
            ("ORD-10051", "ORD-10052"),
            (_sven(stage),),
        ),
        Scenario(
            "ORD-10061",
            "session",
            "Clara sent back two of five items, on two days.",
            "Partially returned, two earlier returns; three items can still be returned.",
            ("clara.returns",),
            (_clara(stage),),
        ),
        Scenario(
            "ORD-10071",
            "session",
            "Hugo's order was closed by mistake and reopened.",
            "Open again; the points that it had awarded were rolled back.",
            ("hugo.reopened",),
            (_hugo(stage),),
        ),
        Scenario(
            "ORD-10081",
            "session",
            "Ines filled a cart an hour ago and has not paid.",
            "Open: effects are proposed, nothing is awarded yet.",
            ("ines.open",),
            (_ines(stage),),
        ),
    ]


def _sven(stage: Stage) -> Life:
    yield stage.ago(200, 9)
    stage.profile(person("Sven", "Hansen", "Aarhus", "DK", id="sven.cancelled", since=stage.ago(200)))
    stage.session("ORD-10051", "sven.cancelled", cart(("OUT-102", 1), ("OUT-103", 1)))
    yield stage.ago(45, 20, 10)
    stage.session("ORD-10052", "sven.cancelled", cart(("HOM-102", 1)), attributes=PAY_WITH_POINTS)
    yield stage.ago(43, 8, 30)
    stage.set_state("ORD-10052", "cancelled")


def _clara(stage: Stage) -> Life:
    yield stage.ago(75, 9)
    stage.profile(person("Clara", "Novák", "Prague", "CZ", id="clara.returns", since=stage.ago(75)))
    stage.session("ORD-10061", "clara.returns", cart(("CLO-105", 3), ("SHO-102", 1), ("ACC-102", 1)))
    yield stage.ago(66, 14, 20)
    stage.give_back("ORD-10061", (0, 1))
    yield stage.ago(61, 11, 45)
    stage.give_back("ORD-10061", (1, 1))


def _hugo(stage: Stage) -> Life:
    yield stage.ago(40, 10)
    stage.profile(person("Hugo", "Peeters", "Antwerp", "BE", id="hugo.reopened", since=stage.ago(40)))
    yield stage.ago(5, 15)
    stage.session("ORD-10071", "hugo.reopened", cart(("SHO-101", 1), ("HOM-101", 4)))
    yield stage.ago(4, 9, 30)
    stage.reopen("ORD-10071")


def _ines(stage: Stage) -> Life:
    yield stage.ago(20, 10)
    stage.profile(person("Ines", "Costa", "Porto", "PT", id="ines.open", since=stage.ago(20)))
    yield stage.an_hour_ago()
    stage.session("ORD-10081", "ines.open", cart(("CLO-104", 1), ("CLO-106", 2)), state="open")
