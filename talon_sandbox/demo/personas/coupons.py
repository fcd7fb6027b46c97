"""Customers with coupons in their wallets, and codes that are refused."""

from ..scenario import Scenario
from ..stage import Stage


def scenarios(stage: Stage) -> list[Scenario]:
    """Reservations hard and soft, and every state of a wallet."""
    return []
