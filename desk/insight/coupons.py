"""Coupons of a customer and holders of a code: states, windows, uses, and what can be done with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from desk.insight.investigation import Ask, Batch, Investigation
from desk.insight.reading import instant
from talon_client import NotFound, TalonError, calls
from talon_client.models import IntegrationCoupon


class Reservation(StrEnum):
    """How a code is tied to customers (facts.md, Coupons).

    `HARD`: only holders redeem. `SOFT`: shown in the wallet, anyone redeems. `IMPLICIT`: visible to everyone.
    """

    HARD = "hard"
    SOFT = "soft"
    IMPLICIT = "implicit"


@dataclass(frozen=True, slots=True)
class Option:
    """Whether something can be done. `allowed` None: only the API can tell. `why` says it in a sentence."""

    allowed: bool | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class WalletEntry:
    """One coupon of a customer's inventory; instants in UTC.

    `state` is the API's word; "active" does not promise that the campaign runs. `usage_limit` 0 is unlimited,
    None was not sent. `remainder` is what a gift card has left. `recipient`: whose personal code it is. `odd_expiry`:
    what the API sent as its last day, where that is no date.
    """

    code: str
    state: str
    reservation: Reservation
    personal: bool
    recipient: str
    starts: datetime | None
    expires: datetime | None
    used: int
    usage_limit: int | None
    used_by_customer: int | None
    campaign_id: int | None
    discount_limit: Decimal | None
    remainder: Decimal | None
    reservations: Decimal | None
    created: datetime | None
    release: Option
    odd_expiry: str = ""

    @property
    def usable(self) -> bool:
        """Whether the API calls it active."""
        return self.state == "active"


_NOT_FOR_PERSONAL = "This code is personal: it was made for one customer and cannot be reserved."
_IMPLICIT = "Everyone sees this code without a reservation: there is none to release."
_USED = "This code is used up; releasing it changes nothing."


def wallet_entry(coupon: IntegrationCoupon) -> WalletEntry:
    """A coupon of the inventory, or of a session's answer (then without a state)."""
    state = str(getattr(coupon, "state", None) or "")
    return WalletEntry(
        code=coupon.value or "",
        state=state,
        reservation=reservation_kind(coupon),
        personal=is_personal(coupon),
        recipient=coupon.recipient_integration_id or "",
        starts=instant(coupon.start_date),
        expires=instant(coupon.expiry_date),
        used=coupon.usage_counter or 0,
        usage_limit=coupon.usage_limit,
        used_by_customer=coupon.profile_redemption_count,
        campaign_id=coupon.campaign_id,
        discount_limit=coupon.discount_limit,
        remainder=coupon.discount_remainder,
        reservations=coupon.reservation_counter,
        created=instant(coupon.created),
        release=_release(coupon, state),
        odd_expiry=coupon.expiry_date if isinstance(coupon.expiry_date, str) else "",
    )


def wallet(coupons: Iterable[IntegrationCoupon]) -> tuple[WalletEntry, ...]:
    """All coupons of an inventory: what can be used first, then by code."""
    return tuple(sorted(map(wallet_entry, coupons), key=lambda entry: (not entry.usable, entry.code)))


def reservation_kind(coupon: IntegrationCoupon) -> Reservation:
    """Hard where the API demands a reservation, implicit where everyone has one, else soft."""
    if coupon.is_reservation_mandatory:
        return Reservation.HARD
    return Reservation.IMPLICIT if coupon.implicitly_reserved else Reservation.SOFT


def is_personal(coupon: IntegrationCoupon) -> bool:
    """Whether it has a recipient, or the API says that it cannot be reserved for several customers."""
    return bool(coupon.recipient_integration_id) or coupon.reservation is False


def _release(coupon: IntegrationCoupon, state: str) -> Option:
    if is_personal(coupon):
        return Option(False, _NOT_FOR_PERSONAL)
    if coupon.implicitly_reserved:
        return Option(False, _IMPLICIT)
    return Option(False, _USED) if state == "used" else Option(True)


@dataclass(frozen=True, slots=True)
class Holders:
    """Who holds a code. `known` None: could not be looked, `error` says why. An empty list of a known code
    means that the code exists and nobody holds it."""

    code: str
    known: bool | None
    profiles: tuple[str, ...] = ()
    error: TalonError | None = None

    def holds(self, integration_id: str) -> bool:
        """Whether that customer holds it."""
        return integration_id in self.profiles


def holders(code: str, application: str | None = None) -> Investigation[Holders]:
    """Who holds this code. One request. `ValueError` when the API cannot be asked for such a code."""
    call = calls.get_reserved_customers(code)
    answers = yield Batch("Holders of the code", (Ask(call, application),))
    page = answers.at(application, call)
    if isinstance(page, NotFound):
        return Holders(code, known=False)
    if isinstance(page, TalonError):
        return Holders(code, known=None, error=page)
    return Holders(code, True, tuple(each.integration_id for each in page.data if each.integration_id))


@dataclass(frozen=True, slots=True)
class Seen:
    """A code as the wallet of one of its holders shows it; the API has no other view of a coupon. `entry` None:
    that wallet does not show it, or could not be read (`error`)."""

    holder: str
    entry: WalletEntry | None = None
    error: TalonError | None = None


def seen(code: str, holder: str) -> Investigation[Seen]:
    """State, window and uses of `code` from the wallet of a customer who holds it. One request."""
    call = calls.get_customer_inventory(holder, coupons=True)
    answers = yield Batch("The code in a holder's wallet", (Ask(call),))
    inventory = answers[call]
    if isinstance(inventory, TalonError):
        return Seen(holder, error=inventory)
    entry = next((each for each in wallet(inventory.coupons) if each.code == code), None)
    return Seen(holder, entry)
