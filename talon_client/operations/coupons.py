"""Operations on coupon reservations."""

from __future__ import annotations

from talon_client import models
from talon_client.call import Call, Safety
from talon_client.operation import Operation, path_parameter

COUPON_VALUE = path_parameter("coupon_value", "couponValue", max_length=1000)

GET_RESERVED_CUSTOMERS = Operation(
    id="get_reserved_customers",
    wire_id="getReservedCustomers",
    tag="Coupons",
    method="GET",
    path="/v1/coupon_reservations/customerprofiles/{couponValue}",
    safety=Safety.READ,
    success=(200,),
    parameters=(COUPON_VALUE,),
    response_model=lambda: models.Page[models.CustomerProfile],
)

CREATE_COUPON_RESERVATION = Operation(
    id="create_coupon_reservation",
    wire_id="createCouponReservation",
    tag="Coupons",
    method="POST",
    path="/v1/coupon_reservations/{couponValue}",
    safety=Safety.UNSAFE,
    success=(201,),
    parameters=(COUPON_VALUE,),
    request_model=lambda: models.CouponReservations,
    response_model=lambda: models.Coupon,
)

DELETE_COUPON_RESERVATION: Operation[None] = Operation(
    id="delete_coupon_reservation",
    wire_id="deleteCouponReservation",
    tag="Coupons",
    method="DELETE",
    path="/v1/coupon_reservations/{couponValue}",
    safety=Safety.IDEMPOTENT,
    success=(204,),
    parameters=(COUPON_VALUE,),
    request_model=lambda: models.CouponReservations,
)

ALL = (GET_RESERVED_CUSTOMERS, CREATE_COUPON_RESERVATION, DELETE_COUPON_RESERVATION)


def get_reserved_customers(coupon_value: str) -> Call[models.Page[models.CustomerProfile]]:
    """The profiles that hold a reservation of this code; an empty list means that nobody does.

    `GET /v1/coupon_reservations/customerprofiles/{couponValue}`, READ, not paged. Raises `NotFound` for an
    unknown code.

    >>> client.get_reserved_customers("HELLO10")
    """
    return GET_RESERVED_CUSTOMERS.bind({"coupon_value": coupon_value})


def create_coupon_reservation(coupon_value: str, *, body: models.CouponReservations) -> Call[models.Coupon]:
    """Reserves a code for customers, past its `reservationLimit` (facts.md, Coupons).

    `POST /v1/coupon_reservations/{couponValue}`, UNSAFE. Personal codes are refused.

    >>> body = models.CouponReservations(integration_ids=["maria.pending"])
    >>> client.create_coupon_reservation("HELLO10", body=body)
    """
    return CREATE_COUPON_RESERVATION.bind({"coupon_value": coupon_value}, body)


def delete_coupon_reservation(coupon_value: str, *, body: models.CouponReservations) -> Call[None]:
    """Releases reservations of a code.

    `DELETE /v1/coupon_reservations/{couponValue}` with a body, IDEMPOTENT.

    >>> body = models.CouponReservations(integration_ids=["maria.pending"])
    >>> client.delete_coupon_reservation("HELLO10", body=body)
    """
    return DELETE_COUPON_RESERVATION.bind({"coupon_value": coupon_value}, body)
