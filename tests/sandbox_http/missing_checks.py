"""What the stories about missing points say holds, read through the API; `test_scenarios` runs them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

CLUB, CARDS = 1, 2


def _unknown(world: Any) -> None:
    assert world.status("GET", "/v2/customer_sessions/ORD-10701", None) in (400, 404)
    assert world.rows("vera.unknown") == []


def _returned(world: Any) -> None:
    assert world.session("ORD-10702")["customerSession"]["state"] == "partially_returned"
    assert [(row["type"], row["amount"]) for row in world.rows("rolf.returned")] == [
        ("subtraction", 480),
        ("addition", 480),
    ]


def _guest(world: Any) -> None:
    assert not world.session("ORD-10711")["customerSession"].get("profileId")
    assert world.session("ORD-10712")["customerSession"]["profileId"] == "gabi.second"
    assert world.rows("gabi.guest") == []


def _replaced(world: Any) -> None:
    assert world.session("ORD-10722")["customerSession"]["total"] == 0
    assert {row["customerSessionId"] for row in world.rows("gina.replaced")} == {"ORD-10721"}
    assert "Gold bonus" in {row["ruleName"] for row in world.rows("gina.replaced")}


def _rules(world: Any) -> None:
    assert world.session("ORD-10731")["customerSession"]["state"] == "closed"
    assert world.rows("udo.rules") == []


def _waiting(world: Any) -> None:
    assert [(row["startDate"], row["amount"]) for row in world.points("wanda.app", "pending")] == [
        ("immediate", 25)
    ]
    assert {row["amount"] for row in world.rows("wanda.app") if row["startDate"] == "on_action"} == {25}
    assert world.balance("wanda.app")["activePoints"] == 20


def _card(world: Any) -> None:
    assert not world.session("ORD-10751")["customerSession"].get("profileId")
    assert world.card("CARD-1005")["balance"]["activePoints"] == 73
    assert world.rows("karl.card") == []


def _spent(world: Any) -> None:
    rows = {(row["customerSessionId"], row["type"]): row["amount"] for row in world.rows("petra.spent")}
    assert rows["ORD-10761", "addition"] == rows["ORD-10762", "subtraction"] == 270


def _mixed(world: Any) -> None:
    (gone,) = world.points("mia.mixed", "expired")
    assert (gone["customerSessionId"], gone["amount"]) == ("ORD-10771", 1490)
    assert _lately(world, gone)
    assert world.balance("mia.mixed")["spentPoints"] == 500


def _goodwill(world: Any) -> None:
    (gone,) = world.points("greta.goodwill", "expired")
    assert (gone["customerSessionId"], gone["amount"]) == ("ORD-10781", 1190)
    assert _lately(world, gone)
    (given,) = [row for row in world.rows("greta.goodwill") if not row.get("customerSessionId")]
    assert given["amount"] == 300
    assert given["created"] > gone["expiryDate"]


def _lately(world: Any, gone: Any) -> bool:
    return bool(world.now - timedelta(days=42) < datetime.fromisoformat(gone["expiryDate"]) < world.now)


CHECKS: dict[str, Callable[[Any], None]] = {
    "vera.unknown": _unknown,
    "rolf.returned": _returned,
    "gabi.guest": _guest,
    "gina.replaced": _replaced,
    "udo.rules": _rules,
    "wanda.app": _waiting,
    "karl.card": _card,
    "petra.spent": _spent,
    "mia.mixed": _mixed,
    "greta.goodwill": _goodwill,
}
