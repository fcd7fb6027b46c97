"""Audiences: groups of customers that campaigns are made for."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, RootModel

from talon_client.models.base import Entity, Many, RequestModel, SentAttributes, Timestamp

IntegrationId = Annotated[str, Field(min_length=1, max_length=1000)]
Name = Annotated[str, Field(min_length=1)]


class Audience(Entity):
    """An audience. `integration` and `integration_id` name it in the tool that it comes from."""

    account_id: int | None = None
    name: str | None = None
    sandbox: bool | None = None
    description: str | None = None
    integration: str | None = None
    integration_id: str | None = None
    created_in_3rd_party: Annotated[bool | None, Field(alias="createdIn3rdParty")] = None
    last_update: Timestamp | None = None
    subscribed_applications_ids: Many[int] = ()


class NewAudience(RequestModel):
    """An audience to create. The API refuses a second one of the same `integration` and `integration_id`."""

    name: Name
    sandbox: bool | None = None
    description: str | None = None
    integration: str | None = None
    integration_id: IntegrationId | None = None
    created_in_3rd_party: Annotated[bool | None, Field(alias="createdIn3rdParty")] = None
    last_update: AwareDatetime | None = None
    subscribed_applications_ids: list[int] | None = None


class UpdateAudience(RequestModel):
    """The new name of an audience. Renaming runs no rules (facts.md, The rest)."""

    name: Name
    subscribed_applications_ids: list[int] | None = None


class CustomerProfileAudienceRequestItem(RequestModel):
    """One customer who joins (`add`) or leaves (`delete`) one audience."""

    action: Literal["add", "delete"]
    profile_integration_id: Annotated[str, Field(max_length=1000)]
    audience_id: int


class CustomerProfileAudienceRequest(RequestModel):
    """Memberships to change, at most 1000 a request (facts.md, The rest)."""

    data: Annotated[list[CustomerProfileAudienceRequestItem] | None, Field(max_length=1000)] = None


class AttributeQuery(RootModel[SentAttributes]):
    """Attributes to set, by name: `AttributeQuery({"newsletter": True})`."""

    def to_json(self) -> bytes:
        """The body as the API expects it: the attributes themselves."""
        return self.model_dump_json().encode()
