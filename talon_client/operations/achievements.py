"""Operations on achievements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter, query_parameter
from talon_client.operations.common import END_DATE, INTEGRATION_ID, PAGE_SIZE, SKIP, START_DATE

ProgressStatus = Literal["inprogress", "completed", "not_started"]
PastProgressStatus = Literal["inprogress", "completed", "expired"]

GET_CUSTOMER_ACHIEVEMENTS = Operation(
    id="get_customer_achievements",
    wire_id="getCustomerAchievements",
    tag="Achievements",
    method="GET",
    path="/v1/customer_profiles/{integrationId}/achievements",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        INTEGRATION_ID,
        query_parameter("campaign_ids", "campaignIds", "integers", style="joined"),
        query_parameter("achievement_ids", "achievementIds", "integers", style="joined"),
        query_parameter(
            "achievement_status",
            "achievementStatus",
            "strings",
            style="joined",
            choices=("active", "scheduled"),
        ),
        query_parameter(
            "current_progress_status",
            "currentProgressStatus",
            "strings",
            style="joined",
            choices=("inprogress", "completed", "not_started"),
        ),
        PAGE_SIZE,
        SKIP,
    ),
    response_model=lambda: models.Page[models.AchievementStatusEntry],
    paged=True,
)

GET_CUSTOMER_ACHIEVEMENT_HISTORY = Operation(
    id="get_customer_achievement_history",
    wire_id="getCustomerAchievementHistory",
    tag="Achievements",
    method="GET",
    path="/v1/customer_profiles/{integrationId}/achievements/{achievementId}",
    safety=Safety.READ,
    success=(200,),
    parameters=(
        INTEGRATION_ID,
        path_parameter("achievement_id", "achievementId", "integer"),
        query_parameter(
            "progress_status",
            "progressStatus",
            "strings",
            style="joined",
            choices=("inprogress", "completed", "expired"),
        ),
        START_DATE,
        END_DATE,
        PAGE_SIZE,
        SKIP,
    ),
    response_model=lambda: models.Page[models.AchievementProgress],
    paged=True,
)

ALL = (GET_CUSTOMER_ACHIEVEMENTS, GET_CUSTOMER_ACHIEVEMENT_HISTORY)


def get_customer_achievements(
    integration_id: str,
    *,
    campaign_ids: Sequence[int] | None = None,
    achievement_ids: Sequence[int] | None = None,
    achievement_status: Sequence[Literal["active", "scheduled"]] | None = None,
    current_progress_status: Sequence[ProgressStatus] | None = None,
    page_size: int | None = None,
    skip: int | None = None,
) -> Call[models.Page[models.AchievementStatusEntry]]:
    """Achievements of the Application and how far one customer is; without `achievement_status` the active ones.

    `GET /v1/customer_profiles/{integrationId}/achievements`, READ, paged. Raises `NotFound` for an unknown
    profile.

    >>> client.get_customer_achievements("maria.pending", achievement_status=["active"])
    """
    return GET_CUSTOMER_ACHIEVEMENTS.bind(
        {
            "integration_id": integration_id,
            "campaign_ids": campaign_ids,
            "achievement_ids": achievement_ids,
            "achievement_status": achievement_status,
            "current_progress_status": current_progress_status,
            "page_size": page_size,
            "skip": skip,
        }
    )


def get_customer_achievement_history(
    integration_id: str,
    achievement_id: int,
    *,
    progress_status: Sequence[PastProgressStatus] | None = None,
    start_date: datetime | None = None,
    end_date: datetime | None = None,
    page_size: int | None = None,
    skip: int | None = None,
) -> Call[models.Page[models.AchievementProgress]]:
    """One customer's progress in an achievement, period by period; both dates are inclusive.

    `GET /v1/customer_profiles/{integrationId}/achievements/{achievementId}`, READ, paged. Raises `NotFound` for
    an unknown profile or achievement.

    >>> client.get_customer_achievement_history("maria.pending", 1, progress_status=["completed"])
    """
    return GET_CUSTOMER_ACHIEVEMENT_HISTORY.bind(
        {
            "integration_id": integration_id,
            "achievement_id": achievement_id,
            "progress_status": progress_status,
            "start_date": start_date,
            "end_date": end_date,
            "page_size": page_size,
            "skip": skip,
        }
    )
