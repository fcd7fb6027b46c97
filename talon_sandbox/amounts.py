"""Points and money: Decimal outside, whole hundredths inside."""

from decimal import ROUND_HALF_UP, Decimal

_HUNDREDTH = Decimal("0.01")


def to_hundredths(value: object) -> int:
    """`value` (int or Decimal) in hundredths, halves away from zero (choices.py, rounding)."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"{value!r} is not an amount")
    return int((Decimal(value) * 100).to_integral_value(rounding=ROUND_HALF_UP))


def to_decimal(hundredths: int) -> Decimal:
    """Hundredths as a Decimal without trailing zeros, for an answer."""
    value = Decimal(hundredths) * _HUNDREDTH
    return value.quantize(Decimal(1)) if hundredths % 100 == 0 else value.normalize()


def share(amount: int, part: int, whole: int) -> int:
    """The part of `amount` that belongs to `part` of `whole`, rounded down; all of it at the end."""
    return amount if part >= whole else amount * part // whole


def percentage(amount: int, percent: Decimal) -> int:
    """`percent` per cent of `amount` hundredths, half rounded up."""
    return int((Decimal(amount) * percent / 100).to_integral_value(rounding=ROUND_HALF_UP))
