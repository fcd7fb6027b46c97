"""The written customers of the demo world, each a support story."""

from ..scenario import Scenario
from ..stage import Stage
from . import archive, cards, coupons, missing, orders, points, rewards, texts


def written(stage: Stage) -> list[Scenario]:
    """All personas, in the order in which they are listed."""
    return [
        scenario
        for chapter in (points, orders, coupons, cards, rewards, missing, texts, archive)
        for scenario in chapter.scenarios(stage)
    ]
