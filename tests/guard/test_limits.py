"""How far a role goes alone: points and value of a return, at the limit and over it."""

from decimal import Decimal

import httpx
import pytest

from desk.guard import CancelSession, Guard, NeedsSupervisor, Outcome, Over, ReopenSession, ReturnItems, Role
from desk.guard.limits import over
from desk.guard.model import Weight
from desk.policy import Limit, Policy
from tests.guard.conftest import AGENT, ON_SQLITE, Bench
from tests.guard.test_write_path import RETURN

D = Decimal


def limited(**limit: object) -> Policy:
    """That limit for agents."""
    return Policy(reason_required=(), limits={Role.AGENT: Limit.model_validate(limit)})


@pytest.mark.parametrize(
    ("limit", "weight", "found"),
    [
        ({"points": 500}, Weight(D(500), D(99)), ()),
        ({"points": 500}, Weight(D("500.01"), D(0)), (Over("points", "500.01", "500"),)),
        ({"points": 0}, Weight(D(0), D(10)), ()),
        ({"points": 0}, Weight(D(1), D(10)), (Over("points", "1", "0"),)),
        ({"value": "49.90"}, Weight(D(0), D("49.90")), ()),
        ({"value": "49.90"}, Weight(D(0), D("49.91")), (Over("value", "49.91", "49.9"),)),
        ({"points": 1, "value": 1}, Weight(D(2), D(3)), (Over("points", "2", "1"), Over("value", "3", "1"))),
        ({"points": 1, "value": 9}, Weight(D(2), D(3)), (Over("points", "2", "1"),)),
        ({}, Weight(D(10**9), D(10**9)), ()),
        ({"points": 1}, None, ()),
        ({"value": 10**9}, Weight(D(0), None), (Over("value", None, "1000000000"),)),
        ({"points": 1}, Weight(D(1), None), ()),
    ],
)
def test_at_the_limit_is_within_it(
    limit: dict[str, object], weight: Weight | None, found: tuple[Over, ...]
) -> None:
    assert over(limited(**limit), Role.AGENT, weight) == found


def test_a_limit_is_of_its_role_only() -> None:
    for role in (Role.SUPERVISOR, Role.CHECKER, Role.VIEWER):
        assert over(limited(points=0), role, Weight(D(1), D(1))) == ()


@pytest.mark.parametrize(("points", "alone"), [(20, True), (19, False)])
def test_a_return_above_the_limit_waits_and_sends_nothing(bench: Bench, points: int, alone: bool) -> None:
    """Two units, ten points each."""
    bench.policy = limited(points=points)
    guard = bench.guard()
    preview = bench.previewed(guard, RETURN)
    assert preview.weight is not None
    assert preview.weight.points == 20
    assert (guard.limits(AGENT, preview) == ()) is alone
    if alone:
        assert guard.confirm(preview.plan_id, AGENT, digest=preview.digest).outcome is Outcome.DONE
        assert guard.all_waiting("shop", AGENT) == []
        return
    for _ in range(3):
        with pytest.raises(NeedsSupervisor) as caught:
            guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
        assert caught.value.plan_id == preview.plan_id
    assert bench.shop.sent("return") == 0
    assert guard.recent("shop") == []
    assert len(guard.all_waiting("shop", AGENT)) == 1
    assert [row.outcome for row in guard.audit.rows()] == ["waiting"]


@ON_SQLITE
def test_the_value_is_that_of_the_items_at_the_prices_of_the_cart(bench: Bench) -> None:
    bench.shop.sessions["ORD-1"]["cartItems"][0]["price"] = 12.5
    bench.policy = limited(value="24.99")
    guard = bench.guard()
    preview = bench.previewed(guard, RETURN)
    assert preview.weight == Weight(D(20), D(25))
    assert guard.limits(AGENT, preview) == (Over("value", "25", "24.99"),)


@ON_SQLITE
@pytest.mark.parametrize("change", [RETURN, CancelSession(session_id="ORD-1")], ids=["return", "cancel"])
def test_a_value_that_is_not_known_goes_to_a_supervisor(
    bench: Bench, change: ReturnItems | CancelSession
) -> None:
    """A price that the API does not send is not 0."""
    bench.policy = limited(value=10**6)
    guard = bench.guard()
    preview = bench.previewed(guard, change)
    assert guard.limits(AGENT, preview) == (Over("value", None, "1000000"),)
    with pytest.raises(NeedsSupervisor) as caught:
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)
    assert guard.waiting(caught.value.plan_id, AGENT).over == (Over("value", None, "1000000"),)
    for line in bench.shop.sessions["ORD-1"]["cartItems"]:
        line["price"] = 1
    again = bench.previewed(guard, change)
    assert guard.limits(AGENT, again) == ()


@ON_SQLITE
@pytest.mark.parametrize(
    "change", [CancelSession(session_id="ORD-1"), ReopenSession(session_id="ORD-1")], ids=str
)
def test_what_takes_a_whole_session_back_is_held_against_the_limit_too(
    bench: Bench, change: CancelSession | ReopenSession
) -> None:
    """Or a return above the limit could be had by cancelling."""
    bench.policy = limited(points=39)
    guard = bench.guard()
    preview = bench.previewed(guard, change)
    assert preview.weight is not None
    assert preview.weight.points == 40
    with pytest.raises(NeedsSupervisor):
        guard.confirm(preview.plan_id, AGENT, digest=preview.digest)


def points(kind: str, value: int, rule: int = 1, **more: object) -> dict[str, object]:
    """An effect that gave points to, or took them back from, the club."""
    props = {"programId": 1, "subLedgerId": "", "value": value, **more}
    return {"effectType": kind, "rulesetId": 7, "ruleIndex": rule, "props": props}


GAVE, TOOK = "addLoyaltyPoints", "rollbackAddedLoyaltyPoints"


@ON_SQLITE
@pytest.mark.parametrize(
    ("effects", "weight"),
    [
        ([points(GAVE, 1421), points(TOOK, 199), points(TOOK, 649)], 573),
        ([points(GAVE, 100), points("addNegativeLoyaltyPoints", 30)], 70),
        ([points(GAVE, 100), points(TOOK, 150)], 0),
        ([points(TOOK, 100), points(GAVE, 100)], 100),
        ([points(GAVE, 100), points(TOOK, 60, rule=2)], 100),
        ([points(GAVE, 100), points(TOOK, 60, subLedgerId="shoes")], 100),
        ([points(GAVE, 100, recipientIntegrationId="maria"), points("addNegativeLoyaltyPoints", 60)], 40),
        ([points(GAVE, 100, recipientIntegrationId="maria"), points(TOOK, 60, recipientIntegrationId="ben")], 100),
        ([points(GAVE, 100, cartItemPosition=1), points(TOOK, 60, cartItemPosition=0)], 100),
        ([points(GAVE, 100, cartItemPosition=0), points(TOOK, 60, cartItemPosition=0)], 40),
        ([points(GAVE, 100), points(TOOK, 60, cartItemPosition=0)], 40),
        ([points(GAVE, 50), points(GAVE, 50), points(TOOK, 60)], 40),
        ([points(GAVE, 50, cartItemPosition=0, cartItemSubPosition=1),
          points(TOOK, 50, cartItemPosition=0, cartItemSubPosition=0)], 50),
    ],
)  # fmt: skip
def test_only_points_that_still_stand_are_weighed(
    bench: Bench, effects: list[dict[str, object]], weight: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what may have been taken back from an award that is not listed any more counts in full."""
    answer = {"customerSession": bench.shop.sessions["ORD-1"], "effects": effects}
    monkeypatch.setattr(bench.shop, "_get_session", lambda session_id: httpx.Response(200, json=answer))
    preview = bench.previewed(bench.guard(), CancelSession(session_id="ORD-1"))
    assert preview.weight is not None
    assert preview.weight.points == weight


def test_a_change_that_takes_nothing_back_has_no_weight(bench: Bench, guard: Guard) -> None:
    from tests.guard.test_write_path import EVERY

    assert bench.previewed(guard, EVERY["reserve"]).weight is None
