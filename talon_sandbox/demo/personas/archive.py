"""A customer with a long past: 5 000 imported transactions, and real orders on top."""

from datetime import datetime, timedelta

from ...imports import Row
from ..people import person
from ..scenario import Scenario
from ..shop import PRODUCTS
from ..stage import CLUB, Life, Stage

ROWS = 5_000
_SESSIONS = 40
_IMPORTED = 210  # days before the end
_SPEND_EVERY = 5
_EXPIRED = 40
_SPENDING_FROM = 65


def scenarios(stage: Stage) -> list[Scenario]:
    """The long ledger."""
    return [
        Scenario(
            "ivan.archive",
            "profile",
            "Ivan has shopped for years; his old points were imported.",
            f"{ROWS} imported rows and {_SESSIONS} orders since: the ledger needs many pages and adds up.",
            (f"ORD-{_order(0)}", f"ORD-{_order(_SESSIONS - 1)}"),
            (_ivan(stage),),
        )
    ]


def _order(number: int) -> int:
    return 10_300 + number


def _ivan(stage: Stage) -> Life:
    since = stage.ago(_IMPORTED + 1, 6)
    yield since
    stage.profile(person("Ivan", "Papadakis", "Athens", "GR", id="ivan.archive", since=since))
    yield stage.ago(_IMPORTED, 6)
    stage.world.import_transactions(CLUB, "ivan.archive", _rows(stage.ago(_IMPORTED + 510, 6)))
    for number in range(_SESSIONS):
        yield stage.ago(_IMPORTED - 5 - number * 5, 12, number)
        product = PRODUCTS[number % len(PRODUCTS)]
        stage.session(f"ORD-{_order(number)}", "ivan.archive", [product.line(1 + number % 2)])


def _rows(start: datetime) -> list[Row]:
    """Small awards every few hours; every fifth row spends most of what the four before it brought.

    The first ones were valid for a weekend only and expired unused.
    """
    step = timedelta(hours=510 * 24 / ROWS)
    rows = []
    for number in range(ROWS):
        at = start + number * step
        if number >= _SPENDING_FROM and number % _SPEND_EVERY == _SPEND_EVERY - 1:
            rows.append(Row(at, "subtraction", 4200 + 100 * (number % 7), "Voucher at the till"))
        else:
            points = 500 + 125 * (number % 11)
            valid = timedelta(days=365 if number >= _EXPIRED else 2)
            rows.append(Row(at, "addition", points, "Purchase", expires=at + valid))
    return rows
