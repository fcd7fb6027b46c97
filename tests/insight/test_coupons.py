"""Coupons in a wallet, holders of a code, and what can be done."""

from typing import Any

import pytest

from desk.insight.coupons import Reservation, holders, wallet, wallet_entry
from talon_client import TalonError
from talon_client.models import CustomerProfile, IntegrationCoupon, InventoryCoupon, Page
from tests.insight.help import BAD, DOWN, NOT_FOUND, asked, day, play


def coupon(**values: Any) -> InventoryCoupon:
    return InventoryCoupon.model_validate({"value": "SUMMER", "state": "active", **values})


@pytest.mark.parametrize(
    ("values", "kind", "personal"),
    [
        ({}, Reservation.SOFT, False),
        ({"isReservationMandatory": True}, Reservation.HARD, False),
        ({"implicitlyReserved": True}, Reservation.IMPLICIT, False),
        ({"isReservationMandatory": True, "implicitlyReserved": True}, Reservation.HARD, False),
        ({"recipientIntegrationId": "maria"}, Reservation.SOFT, True),
        ({"reservation": False}, Reservation.SOFT, True),
        ({"reservation": True}, Reservation.SOFT, False),
    ],
)
def test_how_a_code_is_tied_to_customers(values: dict[str, Any], kind: Reservation, personal: bool) -> None:
    entry = wallet_entry(coupon(**values))
    assert (entry.reservation, entry.personal) == (kind, personal)


def test_window_and_usage() -> None:
    entry = wallet_entry(
        coupon(
            startDate=day(-1).isoformat(),
            expiryDate="2022-08-02T15:04:05Z07:00",
            usageLimit=0,
            usageCounter=3,
            profileRedemptionCount=1,
            discountLimit=50,
            discountRemainder=12.5,
        )
    )
    assert (entry.starts, entry.expires, entry.odd_expiry) == (day(-1), None, "2022-08-02T15:04:05Z07:00")
    assert (entry.used, entry.usage_limit, entry.used_by_customer) == (3, 0, 1)
    assert str(entry.remainder) == "12.5"


def test_usable_ones_first() -> None:
    entries = wallet([coupon(value="Z"), coupon(value="A", state="expired"), coupon(value="B")])
    assert [entry.code for entry in entries] == ["B", "Z", "A"]


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        ({}, True),
        ({"recipientIntegrationId": "maria"}, False),
        ({"implicitlyReserved": True}, False),
        ({"state": "used"}, False),
        ({"state": "expired"}, True),
    ],
)
def test_release_from_the_wallet(values: dict[str, Any], allowed: bool) -> None:
    option = wallet_entry(coupon(**values)).release
    assert option.allowed is allowed
    assert bool(option.why) is not allowed


def test_a_coupon_of_a_session_has_no_state() -> None:
    assert wallet_entry(IntegrationCoupon.model_validate({"value": "X"})).state == ""


def page(*ids: str) -> Page[CustomerProfile]:
    return Page(data=tuple(CustomerProfile.model_validate({"integrationId": each}) for each in ids))


def test_holders() -> None:
    found, batches = play(holders("A/B"), lambda call: page("maria", "otto"))
    assert asked(batches) == ["get_reserved_customers /v1/coupon_reservations/customerprofiles/A%2FB"]
    assert found.profiles == ("maria", "otto")
    assert found.holds("otto")
    assert not found.holds("Otto")


def test_nobody_holds_it() -> None:
    found, _ = play(holders("A"), lambda call: page())
    assert (found.known, found.profiles) == (True, ())


@pytest.mark.parametrize(("error", "known"), [(NOT_FOUND, False), (DOWN, None), (BAD, None)])
def test_unknown_is_not_the_same_as_could_not_look(error: TalonError, known: bool | None) -> None:
    found, _ = play(holders("A"), lambda call: error)
    assert found.known is known
    assert found.error is (None if known is False else error)
