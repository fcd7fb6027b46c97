"""Fault plans by themselves: order, precedence, chance, and what is refused."""

import pytest

from talon_sandbox.faults import Fault, Faults


def _texts(faults: Faults, operation: str, count: int) -> list[str | None]:
    return [_meet(faults, operation, number) for number in range(count)]


def _meet(faults: Faults, operation: str, number: int) -> str | None:
    taken = faults.take(operation)
    if taken is None:
        return None
    faults.met(taken, operation, number)
    return taken.fault.text


def test_a_plan_is_consumed_in_order_and_then_over() -> None:
    faults = Faults()
    faults.plan("get_loyalty_balances", ["429:2", "ok", "reset"])
    assert _texts(faults, "get_customer_session", 1) == [None]
    assert _texts(faults, "get_loyalty_balances", 4) == ["429:2", "ok", "reset", None]
    assert [hit["fault"] for hit in faults.hits()] == ["429:2", "ok", "reset"]
    assert faults.as_json()["left"] == []


def test_a_fault_that_was_put_back_is_no_hit_and_comes_next() -> None:
    faults = Faults()
    faults.plan("get_customer_session", ["empty", "503"])
    faults.plan("get_customer_session", ["500"])
    for _ in range(2):
        taken = faults.take("get_customer_session")
        assert taken is not None
        faults.put_back(taken)
    assert faults.hits() == []
    assert _texts(faults, "get_customer_session", 1) == ["empty"]
    taken = faults.take("get_customer_session")  # the last of its plan
    assert taken is not None
    faults.put_back(taken)
    assert _texts(faults, "get_customer_session", 3) == ["503", "500", None]


def test_the_operations_own_plan_comes_before_one_for_all() -> None:
    faults = Faults()
    faults.plan("*", ["503"])
    faults.plan("reopen_customer_session", ["500"])
    assert _texts(faults, "reopen_customer_session", 3) == ["500", "503", None]


def test_a_rate_strikes_by_chance_and_the_same_seed_strikes_the_same_requests() -> None:
    runs = []
    for _ in range(2):
        faults = Faults()
        faults.plan("*", ["503", "reset"], rate=0.3, seed=5)
        runs.append(_texts(faults, "get_customer_session", 500))
    assert runs[0] == runs[1]
    struck = [text for text in runs[0] if text]
    assert 100 < len(struck) < 200
    assert set(struck) == {"503", "reset"}


def test_clearing_drops_plans_and_proof() -> None:
    faults = Faults()
    faults.plan("*", ["503", "503"])
    assert _meet(faults, "get_customer_session", 1) is not None
    faults.clear()
    assert faults.take("get_customer_session") is None
    assert faults.as_json() == {"left": [], "hit": [], "hits": 0}


@pytest.mark.parametrize(
    "text", ["", "nonsense", "200", "700", "reset:1", "429:1.5", "delay:-1", "delay:4000", "delay:x"]
)
def test_unknown_faults_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="fault"):
        Fault.parse(text)


@pytest.mark.parametrize(("plan", "rate"), [([], None), (["503"], 1.5), (["503"], -0.1)])
def test_impossible_plans_are_refused(plan: list[str], rate: float | None) -> None:
    with pytest.raises(ValueError, match=r"plan|rate"):
        Faults().plan("*", plan, rate=rate)
