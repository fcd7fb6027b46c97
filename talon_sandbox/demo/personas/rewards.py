"""Customers who collect, refer friends, and want to be forgotten."""

from ..people import person
from ..scenario import Scenario
from ..shop import cart
from ..stage import STAMP_AUDIENCE, Life, Stage

_FRIENDS = ("finn.friend", "fay.friend", "fritz.friend")
_FIRST_STAMP = 10601
_STAMPS = 11


def scenarios(stage: Stage) -> list[Scenario]:
    """A stamp card that was full, an advocate with three friends, data deleted."""
    orders = [f"ORD-{_FIRST_STAMP + number}" for number in range(_STAMPS)]
    return [
        Scenario(
            "nina.stamps",
            "profile",
            "Nina says that her tenth order should have brought a gift.",
            f"It did: order {orders[9]} awarded a tote bag code, and order {orders[10]} began the next card.",
            tuple(orders),
            (_nina(stage, orders),),
        ),
        Scenario(
            "rosa.advocate",
            "profile",
            "Rosa referred three friends and asks for her points.",
            "Two friends have ordered, 200 points each; the third has not.",
            (*_FRIENDS, "ORD-10621", "ORD-10622", "event-1"),
            (_rosa(stage),),
        ),
        Scenario(
            "hanna.erased",
            "profile",
            "Hanna asked for her data to be deleted.",
            "No attributes any more; her orders and points are still there.",
            ("ORD-10631",),
            (_hanna(stage),),
        ),
    ]


def _nina(stage: Stage, orders: list[str]) -> Life:
    yield stage.ago(330, 10)
    stage.profile(person("Nina", "Berg", "Oslo", "NO", id="nina.stamps", since=stage.ago(330)))
    stage.join_audience(STAMP_AUDIENCE, "nina.stamps")
    for number, order in enumerate(orders):
        yield stage.ago(320 - 29 * number, 17, 5)
        stage.session(order, "nina.stamps", cart(("ACC-103", 1 + number % 2)))


def _rosa(stage: Stage) -> Life:
    yield stage.ago(120, 9)
    stage.profile(person("Rosa", "Marin", "Sevilla", "ES", id="rosa.advocate", since=stage.ago(120)))
    stage.track("event-1", "rosa.advocate", "newsletter", {"Topic": "Shoes"})
    for name in _FRIENDS:
        stage.profile(
            person(name.split(".")[0].title(), "Novak", "Sevilla", "ES", id=name, since=stage.ago(119))
        )
    code = stage.refer("rosa.advocate")
    for days, order, friend in ((100, "ORD-10621", _FRIENDS[0]), (40, "ORD-10622", _FRIENDS[1])):
        yield stage.ago(days, 19)
        stage.session(order, friend, cart(("CLO-104", 1)), referral=code)


def _hanna(stage: Stage) -> Life:
    yield stage.ago(200, 8)
    stage.profile(person("Hanna", "Lind", "Malmö", "SE", id="hanna.erased", since=stage.ago(200)))
    yield stage.ago(190, 13)
    stage.session("ORD-10631", "hanna.erased", cart(("HOM-101", 1)))
    yield stage.ago(20, 15)
    stage.erase("hanna.erased")
