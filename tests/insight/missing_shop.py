"""A shop whose rules changed a month ago, and random customers in it: what the verdicts are held against."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from talon_client import TalonClient
from talon_client.models import IntegrationRequest, ReturnIntegrationRequest
from talon_sandbox import Sandbox
from talon_sandbox.ledger_read import lot_at
from talon_sandbox.world import World
from tests.insight.help import NOW
from tests.support.surroundings import ROOT

CUSTOMERS = 200
BEGAN = NOW - timedelta(days=120)
CHANGED = NOW - timedelta(days=30)
CLUB, CARDS = 1, 2
_DAYS = 117
_PRICES = ("5", "15", "30", "60", "130")


def campaigns(folder: Path) -> Path:
    """Other campaigns than the shipped ones: points from 50 EUR until the rules changed, from 20 EUR after that, some
    at once and some later, on a card, in a subledger, and some that wait for an action."""

    def points(name: str, **more: Any) -> dict[str, Any]:
        return {"do": "add_points", "name": name, "program": CLUB, **more}

    def from_(least: int) -> dict[str, Any]:
        return {"if": "cart_total", "at_least": least}

    def campaign(number: int, name: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        common = {"created": "2024-01-01T00:00:00Z", "tags": [], "features": ["loyalty"]}
        return {"id": number, "name": name, **common, "rules": list(rules), **more}

    old = {
        "name": "Old points",
        "when": [{"if": "profile"}, from_(50)],
        "then": [points("Old", per_euro=1, valid="40D")],
    }
    new = {
        "name": "New points",
        "when": [{"if": "profile"}, from_(20)],
        "then": [points("New", per_euro=2, pending="14D", valid="60D")],
    }
    shoes = {
        "name": "Shoe points",
        "when": [{"if": "profile"}, {"if": "cart_has", "category": "Shoes"}],
        "then": [points("Shoes", points=40, subledger="shoes", valid="90D")],
    }
    app = {
        "name": "App points",
        "when": [{"if": "profile"}, {"if": "session_attribute", "name": "Channel", "is": "app"}],
        "then": [points("App", points=25, awaits_action=True, valid="90D")],
    }
    card = {
        "name": "Card points",
        "when": [{"if": "card", "program": CARDS}],
        "then": [{"do": "add_points", "name": "Card", "program": CARDS, "per_euro": 1, "valid": "90D"}],
    }
    pay = {
        "name": "Pay with points",
        "when": [{"if": "profile"}, {"if": "session_attribute", "name": "PayWithPoints", "is": True}],
        "then": [
            {
                "do": "pay_with_points",
                "name": "Paid with points",
                "program": CLUB,
                "attribute": "PayWithPoints",
                "points_per_euro": 10,
            }
        ],
    }
    day = CHANGED.isoformat().replace("+00:00", "Z")
    file: dict[str, Any] = json.loads((ROOT / "talon_sandbox" / "campaigns.json").read_text())
    file["achievements"] = []
    file["campaigns"] = [
        campaign(1, "Pay", pay),
        campaign(2, "Old club", old, endTime=day),
        campaign(3, "New club", new, shoes, startTime=day),
        campaign(4, "App", app),
        campaign(5, "Cards", card),
    ]
    path = folder / "campaigns.json"
    path.write_text(json.dumps(file))
    return path


@dataclass(frozen=True, slots=True)
class Order:
    """An order of a random customer: `id` of the session, `customer` who made it, "" for a guest."""

    id: str
    customer: str


def live(sandbox: Sandbox, client: TalonClient) -> tuple[Order, ...]:
    """Two hundred customers shop until NOW, in the order of time."""
    acts = sorted((act for number in range(CUSTOMERS) for act in _acts(number)), key=lambda act: act[0])
    orders: dict[str, Order] = {}
    for at, session, what, body in acts:
        sandbox.freeze(at)
        if what == "update":
            client.update_customer_session_v2(session, body=IntegrationRequest.model_validate(body))
            orders.setdefault(session, Order(session, body["customerSession"].get("profileId", "")))
        elif what == "return":
            client.return_cart_items(session, body=ReturnIntegrationRequest.model_validate(body))
        elif what == "reopen":
            client.reopen_customer_session(session)
        else:
            sandbox.change(lambda world, card=body: world.create_card(CARDS, card))  # type: ignore[misc]
    sandbox.freeze(NOW)
    return tuple(orders.values())


_Act = tuple[datetime, str, str, Any]


def _acts(number: int) -> list[_Act]:
    """What one customer does: one to three orders, some paid with points, sent back, called off or opened again."""
    chance = Random(number)
    customer, card = f"customer-{number}", f"CARD-{number:04d}"
    acts: list[_Act] = [(BEGAN, "", "card", card)]
    for place in range(chance.choice((1, 1, 2, 3))):
        order = f"O-{number}-{place}"
        at = BEGAN + timedelta(hours=1, minutes=chance.randrange(_DAYS * 1440))
        acts += _order(chance, order, at, "" if chance.random() < 0.1 else customer, card)
    return acts


def _order(chance: Random, order: str, at: datetime, customer: str, card: str) -> list[_Act]:
    cart = [
        {"sku": f"S{line}", "quantity": 1, "price": Decimal(chance.choice(_PRICES)), "category": category}
        for line, category in enumerate(chance.choices(("Shoes", "Hats"), k=chance.choice((1, 1, 2))))
    ]
    session: dict[str, Any] = {"state": "closed", "profileId": customer, "cartItems": cart, "attributes": {}}
    if chance.random() < 0.15:
        session["attributes"]["Channel"] = "app"
    if chance.random() < 0.3:
        session["attributes"]["PayWithPoints"] = True
    if chance.random() < 0.25:
        session["loyaltyCards"] = [card]
    fate = chance.random()
    if fate < 0.08:
        session["state"] = "open"
    acts: list[_Act] = [(at, order, "update", {"customerSession": session})]
    later = at + timedelta(hours=chance.randrange(1, 48))
    if 0.08 <= fate < 0.16:
        acts.append((later, order, "update", {"customerSession": {"state": "cancelled"}}))
    elif 0.16 <= fate < 0.26:
        places = [place for place in range(len(cart)) if place == 0 or chance.random() < 0.5]
        back = [{"position": place, "quantity": 1} for place in places]
        acts.append((later, order, "return", {"return": {"returnedCartItems": back}}))
    elif 0.26 <= fate < 0.3:
        acts.append((later, order, "reopen", None))
        acts.append((later + timedelta(hours=1), order, "update", {"customerSession": {"state": "closed"}}))
    return acts


def left_of(world: World, order: str) -> dict[str, int]:
    """What is left of an order's awards by state, in hundredths, as the sandbox's own books have it: also of what was
    spent and given back, for there the sandbox keeps which lot it came from. "awarded": all that was ever awarded."""
    rows = world.conn.execute(
        """with recursive mine(id) as (
               select e.id from entry e join session s on s.id = e.session_id
               where s.integration_id = ? and e.cause = 'earn'
               union select e.id from entry e join mine on e.source = mine.id)
           select mine.id, e.cause, e.amount from mine join entry e on e.id = mine.id""",
        (order,),
    ).fetchall()
    found: dict[str, int] = {}
    for lot, cause, amount in rows:
        remaining, state = lot_at(world.conn, lot, world.now())
        found[state] = found.get(state, 0) + remaining
        if cause == "earn":
            found["awarded"] = found.get("awarded", 0) + amount
    return {name: value for name, value in found.items() if value}


def would_earn(sandbox: Sandbox, client: TalonClient, body: IntegrationRequest) -> bool:
    """Whether the same cart, really closed under another id, brings points to its customer or a card; the world is put
    back afterwards."""
    sandbox.change(lambda world: world.snapshot("before"))
    client.update_customer_session_v2("really", body=body)
    earned: Sequence[Any] = sandbox.change(
        lambda world: world.conn.execute(
            "select 1 from entry e join session s on s.id = e.session_id"
            " where s.integration_id = 'really' and e.cause = 'earn'"
        ).fetchall()
    )
    sandbox.change(lambda world: world.restore("before"))
    return bool(earned)
