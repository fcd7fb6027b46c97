"""Evaluation groups: which campaigns are asked side by side, and which one counts (choices.py, evaluation-groups)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..catalog import Campaign, Group

EXCLUSIONS = {"listOrder": "CampaignIsNotFirst", "highestDiscount": "CampaignGaveLowerDiscount"}


@dataclass(frozen=True, slots=True)
class Result:
    """What one campaign of a group came to: whether it gave anything, and its discounts in hundredths."""

    gave: bool
    discount: int


def arrange(campaigns: Sequence[Campaign]) -> list[list[Campaign]]:
    """The campaigns in their order; those of a group that chooses stand together where the first of them stood."""
    arranged: list[list[Campaign]] = []
    groups: dict[int, list[Campaign]] = {}
    for campaign in campaigns:
        group = campaign.group
        if group is None or group.mode == "stackable":
            arranged.append([campaign])
        elif group.id in groups:
            groups[group.id].append(campaign)
        else:
            arranged.append(groups.setdefault(group.id, [campaign]))
    return arranged


def choose(group: Group, results: Sequence[Result]) -> int | None:
    """The index of the campaign that counts: the first, or the one with the highest discount; None where none gave."""
    giving = [index for index, result in enumerate(results) if result.gave]
    if not giving:
        return None
    if group.mode == "highestDiscount":
        return max(giving, key=lambda index: (results[index].discount, -index))
    return giving[0]
