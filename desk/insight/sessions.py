"""A session as an agent reads it: lines with what was returned and discounted, totals, effects, what can be
done."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from desk.insight.balances import ZERO
from desk.insight.effects import EffectGroup, PurseChange, grouped, purse_changes, settled
from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.reading import Unread, instant
from desk.insight.standing import returned_units
from talon_client import BadRequest, NotFound, TalonError, calls
from talon_client.models import (
    CartItemEntry,
    CustomerSessionV2,
    Effect,
    IntegrationCustomerSessionResponse,
    Return,
)


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """A discount on one line. `unit` counts from 0 where it is on one unit of several."""

    name: str
    amount: Decimal
    unit: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the cart; `position` counts from 0 and is what a return names. Money in the Application's
    currency; `price` is one unit's, None when the API did not send it."""

    position: int
    sku: str
    name: str
    category: str
    price: Decimal | None
    quantity: int
    returned: int
    discounts: tuple[LineDiscount, ...]
    attributes: Mapping[str, Any]

    @property
    def remaining(self) -> int:
        """Units that can still be returned."""
        return max(self.quantity - self.returned, 0)

    @property
    def discount(self) -> Decimal:
        """All discounts on this line that still stand."""
        return sum((each.amount for each in self.discounts), ZERO)


@dataclass(frozen=True, slots=True)
class CostLine:
    """An additional cost such as shipping, and the discounts on it."""

    name: str
    price: Decimal | None
    discounts: tuple[LineDiscount, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Money of a session. `total`: items and additional costs before discounts, as the API says. `discounts`:
    all that still stand. `to_pay`: the difference; None when the API sent no total."""

    total: Decimal | None
    items: Decimal | None
    additional_costs: Decimal | None
    discounts: Decimal

    @property
    def to_pay(self) -> Decimal | None:
        """What is left of the total after discounts; what was returned is not taken off."""
        return None if self.total is None else self.total - self.discounts


@dataclass(frozen=True, slots=True)
class EarlierReturn:
    """A return that was made. `at` None and one entry only: the API did not list them, the sum is known from
    the lines. `items`: position and quantity; position None where the API names a sku only."""

    at: datetime | None
    items: tuple[tuple[int | None, str, int], ...]
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state. `to` is the state afterwards, `how` the operation's name. `why` says why not, or
    what to know when it is allowed."""

    to: str
    how: str
    allowed: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session. `found` None: could not be looked, `error` says why; False: no such session here.

    `effects`: as the API keeps them, without what was rolled back. Instants in UTC.
    """

    id: str
    found: bool | None
    state: str = ""
    profile_id: str = ""
    created: datetime | None = None
    updated: datetime | None = None
    lines: tuple[Line, ...] = ()
    costs: tuple[CostLine, ...] = ()
    totals: Totals = Totals(None, None, None, ZERO)
    discounts: tuple[LineDiscount, ...] = ()
    coupon_codes: tuple[str, ...] = ()
    referral_code: str = ""
    loyalty_cards: tuple[str, ...] = ()
    returns: tuple[EarlierReturn, ...] = ()
    effects: tuple[Effect, ...] = ()
    source: CustomerSessionV2 | None = None
    error: TalonError | None = None

    @property
    def groups(self) -> tuple[EffectGroup, ...]:
        """The effects by topic."""
        return grouped(self.effects)

    @property
    def points(self) -> tuple[PurseChange, ...]:
        """Points earned and spent, by ledger."""
        return purse_changes(self.effects, self.profile_id)

    @property
    def moves(self) -> tuple[Move, ...]:
        """What can be done with it, and why not."""
        return moves(self.state, any(line.remaining for line in self.lines))

    def move(self, how: "How") -> Move:
        """One of them."""
        return next(move for move in self.moves if move.how == how)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The failure as a page shows it, or nothing."""
        return () if self.error is None else (Unread("the session", self.error),)


class How(StrEnum):
    """The ways to change a session's state."""

    CLOSE = "close"
    CANCEL = "cancel"
    RETURN = "return"
    REOPEN = "reopen"


_AFTER = {How.CLOSE: "closed", How.CANCEL: "cancelled", How.RETURN: "partially_returned", How.REOPEN: "open"}
_ALLOWED: Mapping[str, Mapping[How, str]] = {
    "open": {
        How.CLOSE: "Coupons are redeemed and points are kept.",
        How.CANCEL: "Nothing was kept yet; the session ends here.",
    },
    "closed": {
        How.CANCEL: "Everything is rolled back as far as it can be, and the session ends here.",
        How.RETURN: "The effects of the items that you pick are rolled back.",
        How.REOPEN: "The session can be edited again; it cannot be previewed.",
    },
    "partially_returned": {
        How.CANCEL: "What is left is rolled back, and the session ends here.",
        How.RETURN: "Further items can be returned; the API documents this only by its figures.",
    },
    "cancelled": {},
}
_REFUSED: Mapping[How, str] = {
    How.CLOSE: "Only an open session can be closed.",
    How.CANCEL: "A cancelled session stays cancelled.",
    How.RETURN: "Items can be returned from a closed session only.",
    How.REOPEN: "Only a closed session can be reopened, and not once items were returned.",
}


def moves(state: str, anything_left: bool = True) -> tuple[Move, ...]:
    """All four ways, each allowed or not, with the reason (facts.md, Sessions). An unknown state allows
    none."""
    allowed = _ALLOWED.get(state)
    found = []
    for how in How:
        if allowed is None:
            why = f"This desk does not know the state “{state}”."
            found.append(Move(_AFTER[how], how, False, why))
        elif how is How.RETURN and how in allowed and not anything_left:
            found.append(Move(_AFTER[how], how, False, "Every item has been returned already."))
        else:
            found.append(Move(_AFTER[how], how, how in allowed, allowed.get(how, _REFUSED[how])))
    return tuple(found)


def session(session_id: str, application: str | None = None) -> Investigation[SessionView]:
    """A session with its effects. One request; 400 and 404 mean that there is none (facts.md, Transport).
    `ValueError` when the API cannot be asked for such an id."""
    call = calls.get_customer_session(session_id)
    answers = yield Batch("Session", (Ask(call, application),))
    answer = answers.at(application, call)
    if isinstance(answer, NotFound | BadRequest):
        return SessionView(session_id, found=False)
    if isinstance(answer, TalonError):
        return SessionView(session_id, found=None, error=answer)
    return session_view(session_id, answer)


def session_view(session_id: str, answer: IntegrationCustomerSessionResponse) -> SessionView:
    """The view of an answer."""
    source = answer.customer_session or CustomerSessionV2()
    counted = settled(answer.effects)
    lines = tuple(_line(place, item, counted) for place, item in enumerate(source.cart_items))
    return SessionView(
        id=source.integration_id or session_id,
        found=True,
        state=source.state or "",
        profile_id=source.profile_id or "",
        created=instant(source.created),
        updated=instant(source.updated),
        lines=lines,
        costs=_costs(source, counted),
        totals=Totals(
            source.total,
            source.cart_item_total,
            source.additional_cost_total,
            sum((effect.number("value") or ZERO for effect in counted if _is_discount(effect)), ZERO),
        ),
        discounts=tuple(_discount(effect) for effect in counted if effect.effect_type == "setDiscount"),
        coupon_codes=source.coupon_codes,
        referral_code=source.referral_code or "",
        loyalty_cards=source.loyalty_cards,
        returns=_returns_from_lines(lines),
        effects=answer.effects,
        source=source,
    )


def earlier_returns(returns: Iterable[Return], lines: Iterable[Line]) -> tuple[EarlierReturn, ...]:
    """The returns as an update or a return answers them (`previousReturns`), oldest first; where the API
    lists none, their sum from the lines."""
    skus = {line.position: line.sku for line in lines}
    listed = [
        EarlierReturn(
            instant(each.created),
            tuple(
                (
                    item.position,
                    item.sku or skus.get(-1 if item.position is None else item.position, ""),
                    item.quantity or 0,
                )
                for item in each.returned_cart_items
            ),
            each.id,
        )
        for each in returns
    ]
    listed.sort(key=lambda each: (each.at is not None, each.at, each.id or 0))
    return tuple(listed) or _returns_from_lines(lines)


def _returns_from_lines(lines: Iterable[Line]) -> tuple[EarlierReturn, ...]:
    items = tuple((line.position, line.sku, line.returned) for line in lines if line.returned)
    return (EarlierReturn(None, items),) if items else ()


def _is_discount(effect: Effect) -> bool:
    return (effect.effect_type or "").startswith("setDiscount")


def _discount(effect: Effect) -> LineDiscount:
    unit = effect.number("subPosition")
    name, amount = effect.text("name") or "", effect.number("value") or ZERO
    return LineDiscount(name, amount, None if unit is None else int(unit))


def _line(place: int, item: CartItemEntry, effects: Iterable[Effect]) -> Line:
    position = place if item.position is None else item.position
    return Line(
        position=position,
        sku=item.sku or "",
        name=item.name or "",
        category=item.category or "",
        price=item.price,
        quantity=item.quantity or 0,
        returned=returned_units(item) or 0,
        discounts=tuple(
            _discount(effect)
            for effect in effects
            if effect.effect_type == "setDiscountPerItem" and effect.number("position") == position
        ),
        attributes=dict(item.attributes),
    )


def _costs(source: CustomerSessionV2, effects: Iterable[Effect]) -> tuple[CostLine, ...]:
    discounts: dict[str, list[LineDiscount]] = {}
    for effect in effects:
        if effect.effect_type == "setDiscountPerAdditionalCost":
            discounts.setdefault(effect.text("additionalCost") or "", []).append(_discount(effect))
    return tuple(
        CostLine(name, cost.price, tuple(discounts.get(name, ())))
        for name, cost in source.additional_costs.items()
    )
