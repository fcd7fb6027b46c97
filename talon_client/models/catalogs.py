"""Cart item catalogs and the prices that were seen before."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from talon_client.models.base import (
    Amount,
    Entity,
    Many,
    Model,
    Number,
    Open,
    RequestModel,
    SentAttributes,
    SentValue,
    Timestamp,
)


class Catalog(Entity):
    """A catalog of items."""

    account_id: int | None = None
    modified: Timestamp | None = None
    name: str | None = None
    description: str | None = None
    subscribed_applications_ids: Many[int] = ()
    version: int | None = None
    created_by: int | None = None


class CatalogProduct(RequestModel):
    """The product that an item belongs to."""

    name: str


class CatalogActionFilter(RequestModel):
    """Which items an action is for. Several filters are joined by and; none means the whole catalog."""

    attr: str
    op: Literal["EQ", "LT", "LE", "GT", "GE", "IN"]
    value: SentValue


class AddItemCatalogAction(RequestModel):
    """A new item. With `replace_if_exists` an item of that sku is replaced."""

    sku: str
    price: Amount | None = None
    attributes: SentAttributes | None = None
    product: CatalogProduct | None = None
    replace_if_exists: bool | None = None


class PatchItemCatalogAction(RequestModel):
    """What to change on one item."""

    sku: str
    price: Amount | None = None
    attributes: SentAttributes | None = None
    product: CatalogProduct | None = None
    create_if_not_exists: bool | None = None


class PatchManyItemsCatalogAction(RequestModel):
    """What to change on all items that the filters name."""

    price: Amount | None = None
    filters: list[CatalogActionFilter] | None = None
    attributes: SentAttributes | None = None


class RemoveItemCatalogAction(RequestModel):
    """The item to remove."""

    sku: str


class RemoveManyItemsCatalogAction(RequestModel):
    """The items to remove; without filters all of them."""

    filters: list[CatalogActionFilter] | None = None


class NewPriceAdjustment(RequestModel):
    """A price that holds for a while. `price=None` takes an adjustment back."""

    price_type: str
    reference_id: Annotated[str, Field(min_length=1)]
    price: Amount | None = None
    calculated_at: AwareDatetime | None = None
    effective_from: AwareDatetime | None = None
    effective_until: AwareDatetime | None = None
    context_id: str | None = None


class AddPriceAdjustmentCatalogAction(RequestModel):
    """Price adjustments of one item, at most 100."""

    sku: str
    adjustments: Annotated[list[NewPriceAdjustment], Field(min_length=1, max_length=100)]


class _Action(RequestModel):
    def model_post_init(self, context: object, /) -> None:
        # Only fields that were set are sent, and the type is set by its class.
        self.model_fields_set.add("type")


class AddItem(_Action):
    """Adds an item."""

    type: Literal["ADD"] = "ADD"
    payload: AddItemCatalogAction


class PatchItem(_Action):
    """Changes an item."""

    type: Literal["PATCH"] = "PATCH"
    payload: PatchItemCatalogAction


class PatchManyItems(_Action):
    """Changes many items."""

    type: Literal["PATCH_MANY"] = "PATCH_MANY"
    payload: PatchManyItemsCatalogAction


class RemoveItem(_Action):
    """Removes an item."""

    type: Literal["REMOVE"] = "REMOVE"
    payload: RemoveItemCatalogAction


class RemoveManyItems(_Action):
    """Removes many items."""

    type: Literal["REMOVE_MANY"] = "REMOVE_MANY"
    payload: RemoveManyItemsCatalogAction


class AddPriceAdjustment(_Action):
    """Adjusts the prices of an item."""

    type: Literal["ADD_PRICE_ADJUSTMENT"] = "ADD_PRICE_ADJUSTMENT"
    payload: AddPriceAdjustmentCatalogAction


CatalogAction = Annotated[
    AddItem | PatchItem | PatchManyItems | RemoveItem | RemoveManyItems | AddPriceAdjustment,
    Field(discriminator="type"),
]


class CatalogSyncRequest(RequestModel):
    """1 to 1000 actions of one type, no sku twice: the API refuses the rest (facts.md, The rest)."""

    actions: Annotated[list[CatalogAction], Field(min_length=1, max_length=1000)]
    version: Annotated[int | None, Field(ge=1)] = None

    @model_validator(mode="after")
    def _uniform(self) -> Self:
        if len({action.type for action in self.actions}) > 1:
            raise ValueError("all actions of one request must be of one type: send them apart")
        skus = [sku for action in self.actions if (sku := getattr(action.payload, "sku", None)) is not None]
        if len(set(skus)) < len(skus):
            raise ValueError("a sku must not come twice in one request: send the second one apart")
        return self


class BestPriorTarget(RequestModel):
    """Whose prices: everybody's (`NONE`) or those of one audience."""

    target_type: Literal["NONE", "AUDIENCE"]
    audience_id: Annotated[int | None, Field(alias="audienceID")] = None


class BestPriorPriceRequest(RequestModel):
    """Which items, and the time to look back from `timeframe_end_date` (`30D`; durations: facts.md)."""

    skus: Annotated[list[str], Field(min_length=1)]
    timeframe_end_date: AwareDatetime
    timeframe: str
    timeframe_end_date_type: Literal["strict", "price", "sale"]
    target: BestPriorTarget | None = None


class InfluencingCampaignDetails(Model):
    """A campaign that lowered the price, and by how much."""

    campaign_id: int | None = None
    discount_value: Number | None = None


class AdjustmentDetails(Model):
    """The price adjustment that was in force."""

    reference_id: str | None = None
    selected_price_type: str | None = None
    value: Number | None = None


class BestPriorPriceMetadata(Model):
    """What made the price."""

    influencing_campaign_details: Many[InfluencingCampaignDetails] = ()
    adjustment_details: AdjustmentDetails | None = None


class AudienceReference(Model):
    """An audience, by number and by its id in the tool that it comes from."""

    id: int | None = None
    integration: str | None = None
    integration_id: str | None = None


class LabelTarget(Model):
    """Whose price it is: everybody's (`NONE`) or an audience's."""

    type: Open[Literal["NONE", "AUDIENCE"]] | None = None
    audience: AudienceReference | None = None


class BestPriorPrice(Model):
    """The lowest price of an item in the time asked for."""

    id: int | None = None
    sku: str | None = None
    observed_at: Timestamp | None = None
    context_ids: Many[str] = ()
    context_id: str | None = None
    price: Number | None = None
    metadata: BestPriorPriceMetadata | None = None
    target: LabelTarget | None = None
