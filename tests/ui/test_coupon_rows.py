"""Coupons in a table: what is said of their last day."""

import pytest

from desk.insight.coupons import wallet_entry
from desk.ui.coupon_rows import until
from desk.ui.formats import Formats
from talon_client.models import InventoryCoupon


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (None, "no end"),
        ("0001-01-01T00:00:00Z", "no end"),
        ("2026-08-02T15:04:05Z", "2 Aug 2026"),
        ("2022-08-02T15:04:05Z07:00", "not known (2022-08-02T15:04:05Z07:00)"),
    ],
)
def test_a_last_day_that_cannot_be_read_is_not_no_end(sent: str | None, said: str) -> None:
    entry = wallet_entry(InventoryCoupon.model_validate({"value": "X", "expiryDate": sent}))
    assert until(entry, Formats("en-GB")) == said
