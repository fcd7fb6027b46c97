"""Operations on campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, query_parameter
from talon_client.operations.common import PAGE_SIZE, SKIP

INTEGRATION_GET_ALL_CAMPAIGNS = Operation(
    id="integration_get_all_campaigns",
    wire_id="integrationGetAllCampaigns",
    tag="Campaigns",
    method="GET",
    path="/v1/integration/campaigns",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        PAGE_SIZE,
        SKIP,
        query_parameter("campaign_ids", "campaignIds", "integers", style="joined"),
        query_parameter("start_after", "startAfter", "datetime"),
        query_parameter("start_before", "startBefore", "datetime"),
        query_parameter("end_after", "endAfter", "datetime"),
        query_parameter("end_before", "endBefore", "datetime"),
        query_parameter("store_id", "storeId", "integer"),
        query_parameter("audience_id", "audienceId", "integer"),
    ),
    response_model=lambda: models.Page[models.IntegrationCampaign],
    since="26.16",
    paged=True,
)

ALL = (INTEGRATION_GET_ALL_CAMPAIGNS,)


def integration_get_all_campaigns(
    *,
    page_size: int | None = None,
    skip: int | None = None,
    campaign_ids: Sequence[int] | None = None,
    start_after: datetime | None = None,
    start_before: datetime | None = None,
    end_after: datetime | None = None,
    end_before: datetime | None = None,
    store_id: int | None = None,
    audience_id: int | None = None,
) -> Call[models.Page[models.IntegrationCampaign]]:
    """Enabled campaigns of the Application with their rules; the bounds are inclusive.

    `GET /v1/integration/campaigns`, READ, paged.

    >>> client.integration_get_all_campaigns(campaign_ids=[1, 2])
    """
    return INTEGRATION_GET_ALL_CAMPAIGNS.bind(
        {
            "page_size": page_size,
            "skip": skip,
            "campaign_ids": campaign_ids,
            "start_after": start_after,
            "start_before": start_before,
            "end_after": end_after,
            "end_before": end_before,
            "store_id": store_id,
            "audience_id": audience_id,
        }
    )
