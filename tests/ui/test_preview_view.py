"""What a receipt says has changed: attributes are masked there as everywhere."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from desk.guard import Line
from desk.guard.masking import Masking
from desk.ui import preview_view
from desk.ui.current import Desk
from desk.ui.formats import Formats
from desk.ui.words.facts import Programs, label
from tests.ui.test_replies import receipt


def test_a_changed_attribute_is_masked_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SimpleNamespace(
        formats=Formats(), masking=Masking(), application=SimpleNamespace(programs=(), currency="EUR")
    )
    shown: list[Any] = []
    monkeypatch.setattr(preview_view, "small_table", lambda head, rows, **more: shown.extend(rows))
    street = Line("attribute", ("street",), "Ringweg", "Allee", "Allee", predicted=True, read=True)
    preview_view.changed(cast(Desk, desk), receipt(lines=(street,)), None)
    assert [row[1:] for row in shown] == [("R•••", "A•••")]


def test_points_owed_by_a_change_are_not_called_the_debt() -> None:
    assert (
        label("effect.points_owed", ("1", ""), Programs({"1": "Club"})).text
        == "Earned points taken back below zero, Club"
    )
