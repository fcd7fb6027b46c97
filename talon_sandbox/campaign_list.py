"""`integration_get_all_campaigns`: the enabled campaigns with their rules, a page at a time."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, cast

from .catalog import Campaign
from .clock import to_micros, to_wire
from .contract import Answer, Request

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]
_DEFAULT_PAGE = 50


def get_all(world: "World", request: Request) -> Answer:
    """In the order of their ids. Nothing is linked to stores or audiences here, so those filters find nothing."""
    query = request.query
    wanted = cast("Sequence[int]", query.get("campaign_ids") or ())
    linked = query.get("store_id") is not None or query.get("audience_id") is not None
    found = [
        campaign
        for campaign in world.catalog.campaigns.values()
        if campaign.state == "enabled"
        and not linked
        and (not wanted or campaign.id in wanted)
        and _within(campaign.starts, query.get("start_after"), query.get("start_before"))
        and _within(campaign.ends, query.get("end_after"), query.get("end_before"))
    ]
    skip, size = cast(int, query.get("skip", 0)), cast(int, query.get("page_size", _DEFAULT_PAGE))
    page = found[skip : skip + size]
    return Answer(
        200, {"hasMore": len(found) > skip + size, "data": [_to_answer(world, each) for each in page]}
    )


def _within(moment: int | None, after: object, before: object) -> bool:
    if isinstance(after, datetime) and (moment is None or moment < to_micros(after)):
        return False
    return not isinstance(before, datetime) or (moment is not None and moment <= to_micros(before))


def _to_answer(world: "World", campaign: Campaign) -> Wire:
    answer: Wire = {
        "id": campaign.id,
        "applicationId": world.catalog.application_id,
        "name": campaign.name,
        "description": campaign.description,
        "attributes": {},
        "state": campaign.state,
        "tags": list(campaign.tags),
        "features": list(campaign.features),
        "rules": [{"title": rule.name} for rule in campaign.rules],
        "linkedStoreIds": [],
        "linkedAudienceIds": [],
    }
    if campaign.starts is not None:
        answer["startTime"] = to_wire(campaign.starts)
    if campaign.ends is not None:
        answer["endTime"] = to_wire(campaign.ends)
    return answer
