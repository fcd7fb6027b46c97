"""Operations on catalogs and prices."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter

BEST_PRIOR_PRICE = Operation(
    id="best_prior_price",
    wire_id="bestPriorPrice",
    tag="Catalogs",
    method="POST",
    path="/v1/best_prior_price",
    safety=Safety.READ,
    success=(200,),
    parameters=(),
    request_model=lambda: models.BestPriorPriceRequest,
    response_model=lambda: tuple[models.BestPriorPrice, ...],
    since="26.16",
)

SYNC_CATALOG = Operation(
    id="sync_catalog",
    wire_id="syncCatalog",
    tag="Catalogs",
    method="PUT",
    path="/v1/catalogs/{catalogId}/sync",
    safety=Safety.UNSAFE,
    success=(200,),
    parameters=(path_parameter("catalog_id", "catalogId", "integer"),),
    request_model=lambda: models.CatalogSyncRequest,
    response_model=lambda: models.Catalog,
)

ALL = (BEST_PRIOR_PRICE, SYNC_CATALOG)


def best_prior_price(*, body: models.BestPriorPriceRequest) -> Call[tuple[models.BestPriorPrice, ...]]:
    """The lowest price of each item in a time before a date, as price laws ask for it.

    `POST /v1/best_prior_price`, READ.

    >>> end = datetime(2026, 6, 1, tzinfo=UTC)
    >>> asked = models.BestPriorPriceRequest(
    ...     skus=["mug"], timeframe="30D", timeframe_end_date=end, timeframe_end_date_type="strict"
    ... )
    >>> client.best_prior_price(body=asked)
    """
    return BEST_PRIOR_PRICE.bind({}, body)


def sync_catalog(catalog_id: int, *, body: models.CatalogSyncRequest) -> Call[models.Catalog]:
    """Adds, changes or removes items of a catalog: 1 to 1000 actions of one type.

    `PUT /v1/catalogs/{catalogId}/sync`, UNSAFE. Raises `BadRequest` for a sku that comes twice, `NotFound` for an
    unknown catalog.

    >>> action = models.AddItem(payload=models.AddItemCatalogAction(sku="mug", price=Decimal("12.50")))
    >>> client.sync_catalog(1, body=models.CatalogSyncRequest(actions=[action]))
    """
    return SYNC_CATALOG.bind({"catalog_id": catalog_id}, body)
