"""The demo's ordinary customers: each lives by its own random generators, so one more changes no other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..coupons import NewCoupon
from .people import Person, random_person
from .shop import random_cart, shipping
from .stage import GOLD_AUDIENCE, NEWSLETTER, PAY_WITH_POINTS, STAFF_AUDIENCE, Life, Stage

YEARS = 2
_FIRST_ORDER = 20_000
_ORDERS_EACH = 100
_HOURS = (*range(7, 12), *range(11, 15), *range(16, 23), 19, 20, 20, 21)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the shop offers: codes that anybody may type, cards, a campaign for codes that say thanks."""

    codes: Sequence[str]
    card_program: int
    thanks_campaign: int


def lives(stage: Stage, number: int, seed: int, habits: Habits) -> list[Life]:
    """The lives of customer `number`, one for the account and one an order, over up to two years."""
    chance = random.Random(f"{seed}:{number}")
    days = chance.triangular(20, 365 * YEARS - 5, 500)
    joined = _at_some_hour(chance, stage.end - timedelta(days=days))
    person = random_person(number, chance, since=joined)
    card = f"CARD-{2000 + number}" if chance.random() < 0.3 else None
    moments = sorted(
        joined + timedelta(minutes=5) + (stage.end - joined) * chance.random()
        for _ in range(3 + int(chance.triangular(0, 22.9, 5)))
    )
    numbers = (f"ORD-{_FIRST_ORDER + number * _ORDERS_EACH + index}" for index in range(_ORDERS_EACH))
    made = [_account(stage, random.Random(f"{seed}:{number}:account"), number, joined, person, card, habits)]
    for moment, order in zip(moments, numbers, strict=False):
        own = random.Random(f"{seed}:{number}:{order}")
        at = max(_at_some_hour(own, moment), joined + timedelta(minutes=5))
        made.append(_order(stage, own, at, order, person, card, habits))
    if chance.random() < 0.25:
        made.append(_open_cart(stage, chance, next(numbers), person))
    return made


def _account(
    stage: Stage,
    chance: random.Random,
    number: int,
    at: datetime,
    person: Person,
    card: str | None,
    habits: Habits,
) -> Life:
    """Signing up, and what the shop gave: an audience, a card, points by hand, a coupon."""
    is_gold, is_staff = chance.random() < 0.12, chance.random() < 0.06
    thanks, late = chance.random() < 0.2, chance.random() < 0.15
    yield at
    stage.profile(person)
    if card is not None:
        stage.generate_card(habits.card_program, card, person.id)
    if is_staff:
        stage.world.join_audience(STAFF_AUDIENCE, person.id)
    if person.attributes["Newsletter"]:
        stage.give(person.id, 50, "Newsletter sign-up", subledger=NEWSLETTER, days=180)
    yield at + timedelta(days=30)
    if thanks:
        stage.world.create_coupon(f"THANKS-{number:03d}", habits.thanks_campaign, NewCoupon(usage_limit=1))
        stage.reserve(f"THANKS-{number:03d}", person.id)
    if is_gold:
        stage.world.join_audience(GOLD_AUDIENCE, person.id)
    yield at + timedelta(days=chance.randrange(40, 300), hours=3)
    if late:
        stage.give(person.id, chance.choice((100, 150, 250)), "Goodwill: delivered late", days=90)


def _order(
    stage: Stage,
    chance: random.Random,
    at: datetime,
    order: str,
    person: Person,
    card: str | None,
    habits: Habits,
) -> Life:
    """One order, from the payment to what became of it."""
    cart = random_cart(chance)
    codes = [chance.choice(habits.codes)] if habits.codes and chance.random() < 0.15 else []
    used_card = card if chance.random() < 0.5 else None
    attributes: dict[str, object] = {
        "Channel": chance.choice(("web", "web", "app", "shop")),
        "PaymentMethod": chance.choice(("card", "invoice", "wallet")),
        "ShippingCity": person.attributes["City"],
    }
    if chance.random() < 0.2:
        attributes |= PAY_WITH_POINTS
    fate, days = chance.random(), timedelta(minutes=chance.randrange(24 * 60, 20 * 24 * 60))
    yield at
    stage.session(
        *(order, person.id, cart),
        coupons=codes,
        card=used_card,
        costs=shipping(chance),
        attributes=attributes,
    )
    if fate >= 0.25 or at + 2 * days > stage.end:
        return
    yield at + days
    if fate < 0.08:
        stage.set_state(order, "cancelled")
    elif fate < 0.22:
        position = chance.randrange(len(cart))
        stage.give_back(order, (position, 1))
        if fate < 0.12 and len(cart) > 1:
            yield at + 2 * days
            stage.give_back(order, ((position + 1) % len(cart), 1))
    else:
        stage.reopen(order)
        yield at + days + timedelta(hours=2)
        stage.set_state(order, "closed")


def _open_cart(stage: Stage, chance: random.Random, order: str, person: Person) -> Life:
    yield stage.end - timedelta(minutes=chance.randrange(5, 2000))
    stage.session(order, person.id, random_cart(chance), state="open", costs=shipping(chance))


def _at_some_hour(chance: random.Random, day: datetime) -> datetime:
    """That day at a time when people shop (UTC)."""
    return day.replace(
        hour=chance.choice(_HOURS), minute=chance.randrange(60), second=chance.randrange(60), microsecond=0
    )
