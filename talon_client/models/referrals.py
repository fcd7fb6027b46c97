"""Referral codes to create."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from talon_client.models.base import RequestModel, SentAttributes

ProfileId = Annotated[str, Field(max_length=1000)]
UsageLimit = Annotated[int, Field(ge=0, le=999_999)]


class NewReferral(RequestModel):
    """One referral code for one advocate. `usage_limit` 0 means unlimited."""

    campaign_id: int
    advocate_profile_integration_id: ProfileId
    friend_profile_integration_id: str | None = None
    start_date: AwareDatetime | None = None
    expiry_date: AwareDatetime | None = None
    usage_limit: UsageLimit | None = None
    attributes: SentAttributes | None = None


class NewReferralsForMultipleAdvocates(RequestModel):
    """One referral code for each of 1 to 1000 advocates. `usage_limit` 0 means unlimited."""

    campaign_id: int
    advocate_profile_integration_ids: Annotated[list[str], Field(min_length=1, max_length=1000)]
    usage_limit: UsageLimit
    start_date: AwareDatetime | None = None
    expiry_date: AwareDatetime | None = None
    attributes: SentAttributes | None = None
    valid_characters: list[str] | None = None
    referral_pattern: Annotated[str | None, Field(min_length=3, max_length=100)] = None
