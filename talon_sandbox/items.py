"""Cart item catalogs: synchronised item by item, asked for prices, remembered price by price."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from .amounts import to_decimal, to_hundredths
from .attributes import check_attributes
from .clock import to_micros, to_wire
from .contract import Answer, Request, invalid, not_found
from .durations import is_duration, parse_relative
from .encoding import dump_json, load_json, parse_instant

if TYPE_CHECKING:
    from .world import World

Wire = dict[str, object]


def sync(world: "World", request: Request) -> Answer:
    """`sync_catalog`: all actions or none; a new version each time (choices.py, catalog-version)."""
    number, body = request.number("catalog_id"), request.body or {}
    if number not in world.catalog.catalogs:
        raise not_found(f"catalog {number}")
    for index, action in enumerate(cast(Sequence[Wire], body["actions"])):
        pointer = f"/actions/{index}/payload"
        payload = cast(Wire, action["payload"])
        check_attributes(
            world.catalog, "CartItem", cast(Wire, payload.get("attributes") or {}), f"{pointer}/attributes"
        )
        _ACTIONS[str(action["type"])](world, number, payload, pointer)
    version = cast(int, body.get("version") or _version(world.conn, number) + 1)
    world.conn.execute(
        "insert into catalog_version values (?, ?, ?) on conflict (catalog_id) do update"
        " set version = excluded.version, modified = excluded.modified",
        (number, version, world.now()),
    )
    return Answer(200, _to_answer(world, number))


def _add(world: "World", number: int, payload: Wire, pointer: str) -> None:
    known = _item(world.conn, number, str(payload["sku"]))
    if known is not None and payload.get("replaceIfExists") is not True:
        raise invalid("Duplicate", f"the catalog has an item {payload['sku']!r}", pointer=f"{pointer}/sku")
    _save(world, number, payload, {})


def _patch(world: "World", number: int, payload: Wire, pointer: str) -> None:
    known = _item(world.conn, number, str(payload["sku"]))
    if known is None and payload.get("createIfNotExists") is not True:
        raise invalid("Not found", f"the catalog has no item {payload['sku']!r}", pointer=f"{pointer}/sku")
    _save(world, number, payload, {} if known is None else _document(known))


def _patch_many(world: "World", number: int, payload: Wire, pointer: str) -> None:
    changes = {name: value for name, value in payload.items() if name != "filters"}
    for row in _matching(world, number, payload):
        _save(world, number, {**changes, "sku": row["sku"]}, _document(row))


def _remove(world: "World", number: int, payload: Wire, pointer: str) -> None:
    if _item(world.conn, number, str(payload["sku"])) is None:
        raise invalid("Not found", f"the catalog has no item {payload['sku']!r}", pointer=f"{pointer}/sku")
    world.conn.execute("delete from catalog_item where catalog_id = ? and sku = ?", (number, payload["sku"]))


def _remove_many(world: "World", number: int, payload: Wire, pointer: str) -> None:
    ids = [(row["id"],) for row in _matching(world, number, payload)]
    world.conn.executemany("delete from catalog_item where id = ?", ids)


def _adjust(world: "World", number: int, payload: Wire, pointer: str) -> None:
    for adjustment in cast(Sequence[Wire], payload["adjustments"]):
        if adjustment.get("price") is not None:
            _observe(world, str(payload["sku"]), to_hundredths(adjustment["price"]))


_ACTIONS = {
    "ADD": _add,
    "PATCH": _patch,
    "PATCH_MANY": _patch_many,
    "REMOVE": _remove,
    "REMOVE_MANY": _remove_many,
    "ADD_PRICE_ADJUSTMENT": _adjust,
}


def _save(world: "World", number: int, payload: Wire, earlier: Wire) -> None:
    attributes = {
        **cast(Wire, earlier.get("attributes") or {}),
        **cast(Wire, payload.get("attributes") or {}),
    }
    kept = {name: payload.get(name, earlier.get(name)) for name in ("price", "product")}
    document = {
        **{name: value for name, value in kept.items() if value is not None},
        "attributes": attributes,
    }
    world.conn.execute(
        "insert into catalog_item (catalog_id, sku, document) values (?, ?, ?)"
        " on conflict (catalog_id, sku) do update set document = excluded.document",
        (number, payload["sku"], dump_json(document).decode()),
    )
    if payload.get("price") is not None:
        _observe(world, str(payload["sku"]), to_hundredths(payload["price"]))


def _observe(world: "World", sku: str, price: int) -> None:
    world.conn.execute(
        "insert into price_observation (sku, at, price) values (?, ?, ?)", (sku, world.now(), price)
    )


def _matching(world: "World", number: int, payload: Wire) -> list[sqlite3.Row]:
    rows = world.conn.execute(
        "select * from catalog_item where catalog_id = ? order by id", (number,)
    ).fetchall()
    filters = cast(Sequence[Wire], payload.get("filters") or ())
    return [row for row in rows if all(_holds(row, each) for each in filters)]


def _holds(row: sqlite3.Row, condition: Mapping[str, object]) -> bool:
    name, wanted = str(condition["attr"]), condition["value"]
    document = _document(row)
    own: Wire = {"sku": row["sku"], "price": document.get("price")}
    value = own.get(name, cast(Wire, document.get("attributes") or {}).get(name))
    if condition["op"] == "EQ":
        return value == wanted
    if condition["op"] == "IN":
        return value in cast(Sequence[object], wanted if isinstance(wanted, list) else [wanted])
    if not isinstance(value, int | Decimal) or not isinstance(wanted, int | Decimal):
        return False
    return {"LT": value < wanted, "LE": value <= wanted, "GT": value > wanted, "GE": value >= wanted}[
        str(condition["op"])
    ]


@dataclass(frozen=True, slots=True)
class Priced:
    """An item of a catalog that has a price, as it was sent."""

    id: int
    price: object


def find(world: "World", sku: str) -> Priced | None:
    """The item of that sku in the first catalog that has a price for it."""
    rows = world.conn.execute("select * from catalog_item where sku = ? order by id", (sku,)).fetchall()
    prices = [Priced(row["id"], _document(row).get("price")) for row in rows]
    return next((each for each in prices if each.price is not None), None)


def best_prior_price(world: "World", request: Request) -> Answer:
    """`best_prior_price`: the lowest price in force in the time before a date, by item (choices.py, best-price)."""
    body = request.body or {}
    timeframe, end = str(body["timeframe"]), to_micros(parse_instant(str(body["timeframeEndDate"])))
    if timeframe.isascii() and timeframe.isdigit():
        timeframe += "D"  # a number of days
    if not is_duration(timeframe):
        raise invalid("Invalid value", "a number of days such as 30", pointer="/timeframe")
    try:
        since = parse_relative(f"now-{timeframe}", end)
    except (OverflowError, ValueError):
        raise invalid("Invalid value", "outside the calendar", pointer="/timeframe") from None
    found = []
    for sku in dict.fromkeys(cast(Sequence[str], body["skus"])):
        rows = world.conn.execute(
            "select * from price_observation where sku = ? and at <= ? order by at, id", (sku, end)
        ).fetchall()
        before = [row for row in rows if row["at"] < since][-1:]
        inside = [row for row in rows if row["at"] >= since]
        if before or inside:
            found.append(_best(min((*before, *inside), key=lambda row: (row["price"], row["id"]))))
    return Answer(200, found)


def _best(row: sqlite3.Row) -> Wire:
    return {
        "id": row["id"],
        "sku": row["sku"],
        "observedAt": to_wire(row["at"]),
        "contextIds": [],
        "contextId": "",
        "price": to_decimal(row["price"]),
        "metadata": {"influencingCampaignDetails": []},
        "target": {"type": "NONE"},
    }


def _item(conn: sqlite3.Connection, number: int, sku: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = conn.execute(
        "select * from catalog_item where catalog_id = ? and sku = ?", (number, sku)
    ).fetchone()
    return row


def _document(row: sqlite3.Row) -> Wire:
    return cast(Wire, load_json(row["document"].encode()))


def _version(conn: sqlite3.Connection, number: int) -> int:
    row = conn.execute("select version from catalog_version where catalog_id = ?", (number,)).fetchone()
    return 0 if row is None else int(row[0])


def _to_answer(world: "World", number: int) -> Wire:
    catalog = world.catalog.catalogs[number]
    row = world.conn.execute("select * from catalog_version where catalog_id = ?", (number,)).fetchone()
    return {
        "id": number,
        "created": to_wire(catalog.created),
        "accountId": world.catalog.account_id,
        "modified": to_wire(row["modified"]),
        "name": catalog.name,
        "description": catalog.description,
        "subscribedApplicationsIds": [world.catalog.application_id],
        "version": row["version"],
        "createdBy": 1,
    }
