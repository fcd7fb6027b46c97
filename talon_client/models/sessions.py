"""Customer sessions: carts and orders, their updates, returns and what came of them."""

from typing import Annotated, Literal, TypeVar

from pydantic import Field

from talon_client.models.base import (
    Amount,
    Attributes,
    Entity,
    Many,
    Mapped,
    Model,
    Number,
    Open,
    RequestModel,
    SentAttributes,
    Timestamp,
)
from talon_client.models.coupons import IntegrationCoupon, InventoryReferral
from talon_client.models.effects import Effect
from talon_client.models.events import Event, EventV3
from talon_client.models.responses import IntegrationResponse

_T = TypeVar("_T")

Code = Annotated[str, Field(max_length=100)]
ReadOnly = Annotated[_T | None, Field(exclude=True)]


class AdditionalCostEntry(Model):
    """Shipping and the like, by name."""

    price: Number | None = None


class Product(Model):
    """The product that a line belongs to."""

    name: str | None = None


class PriceDetail(Model):
    """One price of an item, by the name of its type."""

    price: Number | None = None
    adjustment_context_id: str | None = None
    adjustment_reference_id: str | None = None
    adjustment_effective_from: Timestamp | None = None
    adjustment_effective_until: Timestamp | None = None


class CartItemEntry(Model):
    """A line of a stored cart; `position` counts from 0. Weight in grams, sizes in millimetres."""

    name: str | None = None
    sku: str | None = None
    quantity: int | None = None
    returned_quantity: int | None = None
    remaining_quantity: int | None = None
    price: Number | None = None
    category: str | None = None
    position: int | None = None
    attributes: Attributes = {}
    additional_costs: Mapped[AdditionalCostEntry] = {}
    catalog_item_id: int | None = Field(default=None, alias="catalogItemID")
    product: Product | None = None
    weight: Number | None = None
    height: Number | None = None
    width: Number | None = None
    length: Number | None = None
    selected_price_type: str | None = None
    adjustment_reference_id: str | None = None
    adjustment_effective_from: Timestamp | None = None
    adjustment_effective_until: Timestamp | None = None
    prices: Mapped[PriceDetail] = {}


class VariantAllocation(Model):
    """The variant of an experiment that this session belongs to."""

    experiment_id: int | None = Field(default=None, alias="experimentID")
    variant_id: int | None = Field(default=None, alias="variantID")


class CustomerSessionV2(Entity):
    """A session. `total` is items plus additional costs before discounts."""

    integration_id: str | None = None
    application_id: int | None = None
    profile_id: str | None = None
    store_integration_id: str | None = None
    coupon_codes: Many[str] = ()
    referral_code: str | None = None
    loyalty_cards: Many[str] = ()
    state: Open[Literal["open", "closed", "partially_returned", "cancelled"]] | None = None
    cart_items: Many[CartItemEntry] = ()
    additional_costs: Mapped[AdditionalCostEntry] = {}
    identifiers: Many[str] = ()
    attributes: Attributes = {}
    first_session: bool | None = None
    update_count: int | None = None
    total: Number | None = None
    cart_item_total: Number | None = None
    additional_cost_total: Number | None = None
    cart_item_additional_cost_total: Number | None = None
    updated: Timestamp | None = None
    evaluable_campaign_ids: Many[int] = ()
    experiment_variant_allocations: Many[VariantAllocation] = ()


class ReturnedCartItemEntry(Model):
    """A line of a return; newer editions may name the sku."""

    position: int | None = None
    quantity: int | None = None
    sku: str | None = None


class Return(Entity):
    """One return of items."""

    application_id: int | None = None
    account_id: int | None = None
    returned_cart_items: Many[ReturnedCartItemEntry] = ()
    event_id: int | None = None
    session_id: int | None = None
    session_integration_id: str | None = None
    profile_id: int | None = None
    profile_integration_id: str | None = None
    created_by: int | None = None


class IntegrationStateV2(IntegrationResponse):
    """The answer of an update or a return: effects always, the blocks of `response_content` when asked."""

    customer_session: CustomerSessionV2 | None = None
    coupons: Many[IntegrationCoupon] = ()
    referral: InventoryReferral | None = None
    previous_returns: Many[Return] = ()
    event: Event | None = None
    advanced_event: EventV3 | None = None
    # The name `return` is a keyword, so the attribute says what it is.
    made_return: Return | None = Field(default=None, alias="return")


class IntegrationCustomerSessionResponse(Model):
    """A stored session and its effects, without those that were rolled back."""

    customer_session: CustomerSessionV2 | None = None
    effects: Many[Effect] = ()


class ReopenSessionResponse(Model):
    """What a reopening undid."""

    effects: Many[Effect] = ()


class AdditionalCost(RequestModel):
    """An additional cost of a session or an item; its name must be defined in the account beforehand."""

    price: Amount


class CartItemProduct(RequestModel):
    """The product that a line belongs to."""

    name: str


class CartItem(RequestModel):
    """A line to send. `price` may be left out only for items in a catalog.

    What the API works out itself (position, returned quantity, prices by type, adjustments) is accepted, so that a line
    that was read can be sent again, and left out of what is sent."""

    sku: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1)]
    name: str | None = None
    price: Amount | None = None
    category: str | None = None
    weight: Amount | None = None
    height: Amount | None = None
    width: Amount | None = None
    length: Amount | None = None
    attributes: SentAttributes | None = None
    additional_costs: dict[str, AdditionalCost] | None = None
    catalog_item_id: Annotated[int | None, Field(alias="catalogItemID")] = None
    product: CartItemProduct | None = None
    # Read-only in the API: accepted so that a cart that was read can be sent again, and never sent.
    position: ReadOnly[int] = None
    returned_quantity: ReadOnly[int] = None
    remaining_quantity: ReadOnly[int] = None
    prices: ReadOnly[dict[str, PriceDetail]] = None
    selected_price_type: ReadOnly[str] = None
    adjustment_reference_id: ReadOnly[str] = None
    adjustment_effective_from: ReadOnly[Timestamp] = None
    adjustment_effective_until: ReadOnly[Timestamp] = None


class ExperimentVariantAllocation(RequestModel):
    """The variant of an experiment that the shop chose."""

    experiment_id: Annotated[int, Field(alias="experimentID")]
    variant_id: Annotated[int, Field(alias="variantID")]


class NewCustomerSessionV2(RequestModel):
    """A session to create or update. Left out: kept; `coupon_codes=[]` clears them (facts.md, Sessions).

    An unknown `profile_id` creates an empty profile. At most 1000 items, one card, five identifiers."""

    profile_id: str | None = None
    store_integration_id: Annotated[str | None, Field(min_length=1, max_length=1000)] = None
    evaluable_campaign_ids: list[int] | None = None
    coupon_codes: list[Code] | None = None
    referral_code: Code | None = None
    loyalty_cards: Annotated[list[str] | None, Field(max_length=1)] = None
    state: Literal["open", "closed", "partially_returned", "cancelled"] | None = None
    cart_items: Annotated[list[CartItem] | None, Field(max_length=1000)] = None
    experiment_variant_allocations: list[ExperimentVariantAllocation] | None = None
    additional_costs: dict[str, AdditionalCost] | None = None
    identifiers: Annotated[list[str] | None, Field(max_length=5)] = None
    attributes: SentAttributes | None = None


SessionResponseContent = Literal[
    "customerSession",
    "customerProfile",
    "coupons",
    "triggeredCampaigns",
    "referral",
    "loyalty",
    "event",
    "awardedGiveaways",
    "ruleFailureReasons",
    "previousReturns",
    "campaignEligibility",
    "achievements",
]


class IntegrationRequest(RequestModel):
    """The body of an update: the session, and which blocks the answer should hold."""

    customer_session: NewCustomerSessionV2
    response_content: list[SessionResponseContent] | None = None


class ReturnedCartItem(RequestModel):
    """Items to return, by `position` (from 0) or, in newer editions, by `sku`."""

    position: Annotated[int | None, Field(ge=0)] = None
    quantity: Annotated[int | None, Field(ge=1)] = None
    sku: Annotated[str | None, Field(min_length=1)] = None


class NewReturn(RequestModel):
    """A return to make."""

    returned_cart_items: Annotated[list[ReturnedCartItem], Field(min_length=1)]


ReturnResponseContent = Literal[
    "customerSession",
    "customerProfile",
    "coupons",
    "triggeredCampaigns",
    "referral",
    "loyalty",
    "event",
    "previousReturns",
]


class ReturnIntegrationRequest(RequestModel):
    """The body of a return."""

    return_: Annotated[NewReturn, Field(alias="return")]
    response_content: list[ReturnResponseContent] | None = None
