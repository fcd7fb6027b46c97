"""Customers who ask about their points."""

from datetime import timedelta

from ...ledger import Window
from ..people import Person, person
from ..scenario import Scenario
from ..shop import cart
from ..stage import CLUB, NEWSLETTER, STAFF, Life, Stage

_PENDING_DAYS = 14  # how long the demo's points stay pending


def scenarios(stage: Stage) -> list[Scenario]:
    """Pending, expired, spent, waiting for an action, below zero, a tier about to drop, and brand new."""
    friday = stage.next_friday()
    return [
        Scenario(
            "maria.pending",
            "profile",
            "Maria paid order ORD-10023 and cannot see its points.",
            f"The points of ORD-10023 are pending until {friday:%A %d %B %Y}; older ones are active.",
            ("ORD-10022", "ORD-10023"),
            (_maria(stage),),
        ),
        Scenario(
            "tom.expired",
            "profile",
            "Tom says that points which he had in spring are gone.",
            "The points of ORD-10031 expired within the last six weeks, unused; a few newer ones are active.",
            ("ORD-10031", "ORD-10032"),
            (_tom(stage),),
        ),
        Scenario(
            "rita.tier",
            "profile",
            "Rita is Silver and asks how long.",
            "Silver ends within two weeks; what is left by then is worth Bronze.",
            ("ORD-10041", "ORD-10042"),
            (_rita(stage),),
        ),
        Scenario(
            "paul.waiting",
            "profile",
            "Paul was promised welcome points for confirming his address, and has not done so.",
            "300 points wait for an action: pending, with no date.",
            (),
            (_paul(stage),),
        ),
        Scenario(
            "nora.negative",
            "profile",
            "Nora works in the shop; a correction took more staff points than she had left.",
            "Staff perks show a negative balance of 150 and no active points.",
            (),
            (_nora(stage),),
        ),
        Scenario(
            "zoe.new",
            "profile",
            "Zoe registered today.",
            "No orders, no points, no tier, an empty wallet.",
            (),
            (_zoe(stage),),
        ),
    ]


def _maria(stage: Stage) -> Life:
    yield stage.ago(150, 9)
    stage.profile(_someone(stage, "Maria", "Keller", "maria.pending", 150))
    yield stage.ago(90, 18, 20)
    stage.session("ORD-10022", "maria.pending", cart(("CLO-101", 1), ("ACC-103", 1)))
    yield stage.next_friday() - timedelta(days=_PENDING_DAYS)
    stage.session("ORD-10023", "maria.pending", cart(("SHO-101", 1), ("OUT-104", 2)))


def _tom(stage: Stage) -> Life:
    yield stage.ago(430, 8)
    stage.profile(_someone(stage, "Tom", "Visser", "tom.expired", 430))
    yield stage.ago(404, 19, 5)
    stage.session("ORD-10031", "tom.expired", cart(("CLO-103", 1), ("HOM-104", 2)))
    yield stage.ago(60, 12, 30)
    stage.session("ORD-10032", "tom.expired", cart(("CLO-105", 1)))


def _rita(stage: Stage) -> Life:
    yield stage.ago(380, 8)
    stage.profile(_someone(stage, "Rita", "Moreau", "rita.tier", 380))
    yield stage.ago(370, 10, 15)
    stage.session("ORD-10041", "rita.tier", cart(("SHO-103", 1), ("CLO-103", 1)))
    yield stage.ago(120, 17, 40)
    stage.session("ORD-10042", "rita.tier", cart(("SHO-104", 1), ("ACC-101", 1)))


def _paul(stage: Stage) -> Life:
    yield stage.ago(6, 11)
    stage.profile(_someone(stage, "Paul", "Lindqvist", "paul.waiting", 6))
    stage.world.add_points(
        CLUB, "paul.waiting", 300_00, name="Welcome points", subledger=NEWSLETTER, window=Window(awaits=True)
    )


def _nora(stage: Stage) -> Life:
    yield stage.ago(210, 7)
    stage.profile(_someone(stage, "Nora", "Okafor", "nora.negative", 210))
    stage.world.add_points(STAFF, "nora.negative", 400_00, name="Staff allowance")
    yield stage.ago(30, 16)
    stage.world.deduct_points(STAFF, "nora.negative", 550_00, name="Correction: counted twice")


def _zoe(stage: Stage) -> Life:
    yield stage.ago(0, 0, 5)
    stage.profile(_someone(stage, "Zoé", "Dubois", "zoe.new", 0))


def _someone(stage: Stage, first: str, last: str, profile_id: str, days: float) -> Person:
    return person(first, last, "Berlin", "DE", id=profile_id, since=stage.ago(days))
