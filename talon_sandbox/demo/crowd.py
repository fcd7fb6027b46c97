"""The demo's ordinary customers: each lives by its own random generators, so one more changes no other."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .people import Person, random_person
from .shop import random_cart, shipping
from .stage import Life, Stage

YEARS = 2
_FIRST_ORDER = 20_000
_ORDERS_EACH = 100
_HOURS = (*range(7, 12), *range(11, 15), *range(16, 23), 19, 20, 20, 21)


@dataclass(frozen=True, slots=True)
class Habits:
    """What the shop offers them: codes that anybody may type, and the card program."""

    codes: Sequence[str] = ()
    card_program: int | None = None


def lives(stage: Stage, number: int, seed: int, habits: Habits) -> list[Life]:
    """The lives of customer `number`, one for the account and one an order, over up to two years."""
    chance = random.Random(f"{seed}:{number}")
    days = chance.triangular(20, 365 * YEARS - 5, 500)
    joined = _at_some_hour(chance, stage.end - timedelta(days=days))
    person = random_person(number, chance, since=joined)
    card = f"CARD-{2000 + number}" if habits.card_program is not None and chance.random() < 0.3 else None
    moments = sorted(
        joined + timedelta(minutes=5) + (stage.end - joined) * chance.random()
        for _ in range(3 + int(chance.triangular(0, 22.9, 5)))
    )
    numbers = (f"ORD-{_FIRST_ORDER + number * _ORDERS_EACH + index}" for index in range(_ORDERS_EACH))
    made = [_sign_up(stage, joined, person, card, habits)]
    for moment, order in zip(moments, numbers, strict=False):
        own = random.Random(f"{seed}:{number}:{order}")
        at = max(_at_some_hour(own, moment), joined + timedelta(minutes=5))
        made.append(_order(stage, own, at, order, person.id, card, habits))
    if chance.random() < 0.25:
        made.append(_open_cart(stage, chance, next(numbers), person.id))
    return made


def _sign_up(stage: Stage, at: datetime, person: Person, card: str | None, habits: Habits) -> Life:
    yield at
    stage.profile(person)
    if card is not None and habits.card_program is not None:
        stage.generate_card(habits.card_program, card, person.id)


def _order(
    stage: Stage,
    chance: random.Random,
    at: datetime,
    order: str,
    profile_id: str,
    card: str | None,
    habits: Habits,
) -> Life:
    """One order, from the payment to what became of it."""
    cart = random_cart(chance)
    codes = [chance.choice(habits.codes)] if habits.codes and chance.random() < 0.15 else []
    used_card = card if chance.random() < 0.5 else None
    attributes = {"PayWithPoints": True} if chance.random() < 0.2 else None
    fate, days = chance.random(), timedelta(days=chance.uniform(1, 20))
    yield at
    stage.session(
        *(order, profile_id, cart),
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


def _open_cart(stage: Stage, chance: random.Random, order: str, profile_id: str) -> Life:
    yield stage.end - timedelta(minutes=chance.randrange(5, 2000))
    stage.session(order, profile_id, random_cart(chance), state="open", costs=shipping(chance))


def _at_some_hour(chance: random.Random, day: datetime) -> datetime:
    """That day at a time when people shop (UTC)."""
    return day.replace(
        hour=chance.choice(_HOURS), minute=chance.randrange(60), second=chance.randrange(60), microsecond=0
    )
